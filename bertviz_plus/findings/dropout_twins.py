"""Finding 18, its second half: does attention dropout make heads alike? Twins with more and less of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from bertviz_plus.findings.baselines import Baseline
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.head_pairs import HeadPairs, closer
from bertviz_plus.findings.lab_experiment import CURVE, LabExperiment
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.seeded_sample import SeededSample
from bertviz_plus.findings.study import Study
from bertviz_plus.findings.text_sample import TextReading
from bertviz_plus.measures.seeded import SeededTallies
from bertviz_plus.measures.tallies import Floats

MUCH, SOME, NONE = "dropout .3", "dropout .1", "no dropout"
_DROPOUT = {MUCH: 0.3, SOME: 0.1, NONE: 0.0}


def _alone(sums: Floats) -> Floats:
    """By what share heads of one layer are closer to each other than without dropout, whatever others are."""
    own, other = sums[..., 0], sums[..., 4]
    return np.asarray(1 - np.divide(own, other, out=np.ones_like(own), where=other > 0))


def _beyond(sums: Floats) -> Floats:
    return np.asarray(closer(sums[..., :4]) - closer(sums[..., 4:]))


def _beside_none(condition: str, score: Callable[[Floats], Floats]) -> Callable[..., SeededTallies]:
    def scored(sample: SeededSample, _: Study) -> SeededTallies:
        both = [sample.values("divergence", one) for one in (condition, NONE)]
        return sample.counted(np.concatenate(both, axis=2), score)

    return scored


def _measured(
    name: str, gloss: str, unit: str, condition: str, score: Callable[[Floats], Floats]
) -> Measured:
    return Measured(
        name=name,
        gloss=f"{gloss} By the Jensen–Shannon divergence of what they attend to.",
        unit=unit,
        ends=("no closer", "the same"),
        margin=0.05,
        fewest=40,
        score=_beside_none(condition, score),
        baselines=(Baseline("no difference", "is what a dropout that does nothing gives", lambda _: 0.0),),
    )


_MORE = "How much closer are heads of one layer than heads of different layers, beyond what they are without?"


class DropoutTwins(LabExperiment):
    """Finding 18, why heads behave alike: twins trained with attention dropout of .3, .1 and none.

    Models of two layers are pre-trained from scratch, from the same weights, on the same examples in the same
    order; they differ in nothing but the attention dropout. How much closer are the heads of one layer to
    each other, beside heads of different layers, with a dropout of .3 than with none? Dropout is off when
    their attention is compared. Clark et al. 2019 offered it as a conjecture; what comes out here speaks of
    what was trained here, two layers of four heads.

    Data are texts, by default the sentences of `bertviz_plus.documentation`. `details` has a row for each
    training and point; `show()` draws their losses.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["redundancy"].run(budget="full")  # doctest: +SKIP
    """

    key = "redundancy"
    items = "texts"
    conditions = (MUCH, SOME, NONE)
    numbers = ("divergence", *CURVE)
    budgets: ClassVar[Mapping[str, Budget]] = {
        "quick": Budget(3, {"examples": 16_000, "texts": 8_000}),
        "full": Budget(5, {"examples": 40_000, "texts": 30_000}),
    }
    measures = (
        _measured(
            "alike by dropout",
            _MORE,
            "share by which heads of one layer are closer than others, more than without dropout",
            MUCH,
            _beyond,
        ),
    )
    related = (
        _measured(
            "alike by some dropout",
            _MORE,
            "share by which heads of one layer are closer than others with dropout .1, more than without",
            SOME,
            _beyond,
        ),
        _measured(
            "closer by dropout",
            "Whatever heads of different layers do.",
            "share by which dropout of .3 brings the heads of a layer closer",
            MUCH,
            _alone,
        ),
    )

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, ArrayLike]:
        """Pre-train one twin, and compare its heads in texts held back."""
        from bertviz_plus.training.lab import pretrain

        del model
        texts, tested = self.texts(study)
        made = pretrain(texts, **self.lab(study, seed, attention_dropout=_DROPOUT[condition]))
        traces: Any = tuple(made.model.traces(tested, keep=("attention",), progress=False))
        return {"divergence": HeadPairs.of(TextReading(traces), seed).counts[0], **self.curve(made)}

    def extent(self, comparisons: Sequence[Comparison]) -> str:
        """Say of which models this speaks."""
        del comparisons
        return "in twins of two layers that differ in attention dropout alone"
