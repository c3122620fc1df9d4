"""Finding 22: a model reads another language once its input embeddings alone are trained anew."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from bertviz_plus.findings.baselines import Baseline, fixed_place
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.lab_experiment import CURVE, LabExperiment
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.seeded_sample import SeededSample
from bertviz_plus.findings.study import Study
from bertviz_plus.measures.seeded import SeededTallies
from bertviz_plus.measures.tallies import Floats

ANEW, RANDOM, ALL = "embeddings alone", "a random body", "everything anew"


def _share(sums: Floats) -> Floats:
    own, first = sums[..., 0], sums[..., 1]
    return np.asarray(np.divide(own, first, out=np.zeros_like(own), where=first > 0))


def _known(sample: SeededSample, _: Study) -> SeededTallies:
    # What the first model knows of its own language is the same whatever is trained after it.
    first = sample.values("first", ANEW)
    return sample.counted(np.stack([sample.values("known"), first], axis=2), _share)


_RANDOM_BODY = fixed_place(
    RANDOM, "has embeddings trained as long, and layers that were never trained", RANDOM
)
KNOWN = Measured(
    name="second language known",
    gloss=(
        "What a model knows of texts is by how many nats its loss on masked pieces is below that of their "
        "frequency. Of what it knows of its first language, how much does it know of the second?"
    ),
    unit="share of what a model knows of its first language that it knows of the second by new embeddings",
    ends=("nothing", "as much"),
    margin=0.10,
    fewest=40,
    score=_known,
    baselines=(
        Baseline("frequency", "says each piece by its share of the texts", lambda _: 0.0),
        _RANDOM_BODY,
    ),
)
FOUND = Measured(
    name="translation found",
    gloss=(
        "Is a sentence, as the first language, nearest to itself as the second? Both ways, by cosine at the "
        "last hidden layer, centred; the first is read with the old embeddings, the second with the new."
    ),
    unit="share of sentences that find themselves in the other language after embeddings are changed",
    ends=("none", "all"),
    margin=0.05,
    fewest=40,
    score=lambda sample, _: sample.scored("found"),
    baselines=(
        Baseline("chance", "is a sentence drawn at random", lambda study: 1 / len(study.sample)),
        _RANDOM_BODY,
    ),
)


class EmbeddingsOnly(LabExperiment):
    """Finding 22: re-training the input embeddings alone lets a model read another language.

    A model of two layers is pre-trained from scratch on half of the texts. Then its body is frozen, and new
    embeddings are trained on the other half, which is read as a second language: English with pieces of
    which nothing is known, as in Fake-English (K et al. 2020). How much does the model know of held-back
    texts of the second language, beside what it knows of them in its first? The same is done with a body that
    was never trained, and, for comparison, with everything trained anew. As a second language it is the
    easiest there is: its grammar and its contents are the first's.

    Data are texts, by default the sentences of `bertviz_plus.documentation`. `details` has a row for each
    training on the second language and point; `show()` draws their losses.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["embeddings-only"].run(budget="full")  # doctest: +SKIP
    """

    key = "embeddings-only"
    items = "texts"
    conditions = (ANEW, RANDOM, ALL)
    numbers = ("known", "first", "found", *CURVE)
    budgets: ClassVar[Mapping[str, Budget]] = {
        "quick": Budget(3, {"examples": 12_000, "texts": 12_000}),
        "full": Budget(4, {"examples": 60_000, "texts": 30_000}),
    }
    measures = (KNOWN, FOUND)

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, ArrayLike]:
        """Pre-train on the first language, where it is to be, and train on the second."""
        from bertviz_plus.findings.translations import found_between
        from bertviz_plus.training.lab import pretrain, retrain_embeddings, untrained, wordpieces
        from bertviz_plus.training.text_losses import MaskedTexts

        del model
        texts, tested = self.texts(study)
        one, two = texts[::2], texts[1::2]
        asked = self.lab(study, seed)
        tokenizer = wordpieces(one, size=self.recipe["vocabulary"])
        begin = pretrain if condition == ANEW else untrained
        first = begin(one, tokenizer=tokenizer, **asked)
        if condition == ALL:
            second = pretrain(two, tokenizer=tokenizer, **asked | {"seed": seed + 1000})
        else:
            second = retrain_embeddings(first, two, tokenizer=tokenizer, seed=seed + 1000, progress=False)
        sequences = tokenizer(two, add_special_tokens=False)["input_ids"]
        masked = MaskedTexts.of(first.model, tested, seed=study.seed)
        frequency = masked.by_frequency(sequences, len(tokenizer))
        known = [(frequency - masked.losses(own.model.hf)) / masked.pieces for own in (second, first)]
        return {
            "known": known[0],
            "first": known[1],
            "found": found_between([first.model, second.model], tested, self.recipe["layers"]),
            **self.curve(second),
        }

    def unsettled(self, study: Study) -> str:
        """Let a model that knows nothing of its first language decide nothing."""
        first = study.reading.numbers["first"][0].mean()
        if first < _LEARNED:
            return (
                f"the model knows its first language by {max(0.0, first):.2f} nats a piece beyond frequency "
                "alone, so there is nothing that new embeddings could reach; a budget of more examples may"
            )
        return super().unsettled(study)

    def extent(self, comparisons: Sequence[Comparison]) -> str:
        """Say of which models and languages this speaks."""
        del comparisons
        return "in models of two layers, from English to Fake-English"


# Nats a piece.
_LEARNED = 0.1
