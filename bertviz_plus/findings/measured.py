"""A number that an experiment takes, scored beside its baselines."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bertviz_plus.findings.baselines import Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.study import Study


class Scored(Protocol):
    """A score with its interval, such as `Tallies`."""

    @property
    def value(self) -> float:
        """The score."""

    def interval(self, resamples: int, seed: int) -> tuple[float, float]:
        """Return its 95% interval."""


@dataclass(frozen=True)
class Measured:
    """A number that an experiment takes, and what it is compared with; more is better.

    Attributes
    ----------
    name : str
        Short, for the head of a column.
    gloss : str
        How it is measured, and the field's own name of it.
    unit : str
        What the number is, in words that can follow "the": "share of words that …".
    ends : (str, str)
        What 0 and 1 mean.
    margin : float
        By how much the strongest baseline must be beaten.
    fewest : int
        How many items an answer needs.
    score : callable
        From a `Sample`, measured at its own places, and the `Study` to a `Scored`.
    baselines : tuple of Baseline
    """

    name: str
    gloss: str
    unit: str
    ends: tuple[str, str]
    margin: float
    fewest: int
    score: Callable[[Any, Study], Scored]
    baselines: tuple[Baseline, ...]

    def compared(self, study: Study) -> Comparison:
        """Score the sample and every baseline in the same way."""
        own = self.score(study.sample, study)
        levels = {one.name: one.score(self.score, study) for one in self.baselines}
        return Comparison(
            self.unit,
            own.value,
            own.interval(study.resamples, study.seed),
            {name: level for name, level in levels.items() if level is not None},
            self.margin,
            observations=len(study.sample),
            at_least=self.fewest,
            name=self.name,
            gloss=self.gloss,
            ends=self.ends,
            glosses={one.name: one.gloss for one in self.baselines},
        )
