"""Finding 21, its training: twins that are told which language they read, and that are not."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from bertviz_plus.findings.baselines import Baseline
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.lab_experiment import CURVE, LabExperiment
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.seeded_sample import SeededSample
from bertviz_plus.findings.study import Study
from bertviz_plus.measures.seeded import SeededTallies
from bertviz_plus.measures.tallies import Floats

WITHOUT, WITH = "not told", "told the language"
# Of two layers: both languages have gone through one of them.
_HIDDEN_LAYER = 1
# Below so many times chance there is no sharing that an embedding could help.
_TIMES_CHANCE = 4


def _kept(sums: Floats) -> Floats:
    own, told = sums[..., 0], sums[..., 1]
    return np.asarray(np.divide(own, told, out=np.zeros_like(own), where=told > 0))


def _as_good(sample: SeededSample, _: Study) -> SeededTallies:
    both = np.stack([sample.values("found", one) for one in (WITHOUT, WITH)], axis=2)
    return sample.counted(both, _kept)


AS_GOOD = Measured(
    name="as good without",
    gloss=(
        "Of the sentences that find themselves in the other language in twins that are told it, how many do "
        "so in twins that are not? Nearest by cosine at hidden layer 1, centred."
    ),
    unit="share of translations found by twins that are told the language which twins that are not find too",
    ends=("none", "all"),
    margin=0.05,
    fewest=40,
    score=_as_good,
    baselines=(
        Baseline("a help worth having", "is what is left where the language id helps by 15%", lambda _: 0.85),
    ),
)
FOUND = Measured(
    name="translation found",
    gloss=(
        "Is an English sentence nearest to itself read as Fake-English, in twins that are not told the "
        "language? Both ways, by cosine at hidden layer 1, centred."
    ),
    unit="share of sentences that find themselves in the other language without being told it",
    ends=("none", "all"),
    margin=0.05,
    fewest=40,
    score=lambda sample, _: sample.scored("found"),
    baselines=(Baseline("chance", "is a sentence drawn at random", lambda study: 1 / len(study.sample)),),
)


class LanguageTwins(LabExperiment):
    """Finding 21, decided by training: telling a model which language it reads does not help.

    Twins of two layers are pre-trained from scratch, from the same weights, on the same texts: every second
    one as English, the others as Fake-English, which is English by ids of its own (K et al. 2020). One twin
    is told the language by an embedding that is added to every token's, the other is not. How many sentences
    that neither was trained on find themselves in the other language? Where the twin that is not told finds
    more than nine in ten of what the other finds, telling did not help. Twins that find hardly more than
    chance decide nothing.

    Data are texts, by default the sentences of `bertviz_plus.documentation`. `details` has a row for each
    training and point; `show()` draws the twins' losses.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["language-id"].run(budget="full")  # doctest: +SKIP
    """

    key = "language-id"
    items = "texts"
    conditions = (WITHOUT, WITH)
    numbers = ("found", *CURVE)
    budgets: ClassVar[Mapping[str, Budget]] = {
        "quick": Budget(3, {"examples": 24_000, "texts": 12_000}),
        "full": Budget(4, {"examples": 100_000, "texts": 30_000}),
    }
    measures = (AS_GOOD, FOUND)

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, ArrayLike]:
        """Pre-train one twin, and look for the translations of texts held back."""
        from bertviz_plus.findings.translations import found_between
        from bertviz_plus.training.lab import pretrain

        del model
        texts, tested = self.texts(study)
        told = condition == WITH
        made = pretrain(texts, **self.lab(study, seed, languages=2, language_embeddings=told))
        return {
            "found": found_between(list(made.models.values()), tested, _HIDDEN_LAYER),
            **self.curve(made),
        }

    def unsettled(self, study: Study) -> str:
        """Let twins that found hardly any translation decide nothing."""
        found = study.reading.numbers["found"]
        chance = 1 / found.shape[2]
        if found.mean(axis=(1, 2)).max() < _TIMES_CHANCE * chance:
            return (
                f"neither twin finds {_TIMES_CHANCE} times as many translations as chance ({chance:.3f}), so "
                "there is no sharing of languages that telling them could help; a budget of more examples may"
            )
        return super().unsettled(study)

    def extent(self, comparisons: Sequence[Comparison]) -> str:
        """Say of which models and languages this speaks."""
        del comparisons
        return "in twins of two layers, on English and Fake-English"
