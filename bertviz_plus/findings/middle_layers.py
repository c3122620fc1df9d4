"""Is a score best in the middle layers? A sample that chooses among them, and its rival among the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from bertviz_plus.findings.baselines import Baseline
from bertviz_plus.findings.experiment import Need
from bertviz_plus.findings.sample import CountedSample


def middle_layers(places: Sequence[int]) -> tuple[int, ...]:
    """Return the positions of the hidden layers from a third to two thirds of the way up.

    Examples
    --------
    >>> middle_layers(range(7)), middle_layers(range(13)), middle_layers(range(3)), middle_layers(range(2))
    ((2, 3, 4), (4, 5, 6, 7, 8), (1,), ())
    """
    last = places[-1]
    return tuple(at for at, layer in enumerate(places) if last <= 3 * layer <= 2 * last and layer)


@dataclass(frozen=True, eq=False, kw_only=True)
class MiddleSample(CountedSample):
    """Counts at every hidden layer, of which those in the middle may be chosen.

    Attributes
    ----------
    outer : bool
        Whether those outside the middle may be chosen instead; layer 0 is a baseline of its own.
    """

    outer: bool = False

    @property
    def candidates(self) -> tuple[int, ...]:
        """Positions of the middle layers; with `outer`, of the others but layer 0."""
        middle = middle_layers(self.places)
        others = tuple(at for at, layer in enumerate(self.places) if layer and at not in middle)
        return others if self.outer else middle

    def outside(self) -> Self:
        """Return the sample that chooses outside the middle."""
        return replace(self, outer=True)


OUTER_LAYERS = Baseline(
    "the outer layers",
    "are the other layers, the best of which is chosen in the same way",
    lambda study: study.sample.outside(),
)
HAS_A_MIDDLE = Need(
    "there is no layer between the first and the last",
    lambda study: bool(middle_layers(study.reading.hidden_layers)),
)
