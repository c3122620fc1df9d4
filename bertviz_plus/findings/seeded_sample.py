"""What an experiment that trains measures: items, scored by each seed's model under each condition."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.runs import Runs
from bertviz_plus.findings.sample import Sample
from bertviz_plus.measures.seeded import SeededTallies, widening
from bertviz_plus.measures.tallies import Floats, Score

GROUP = "group"


@dataclass(frozen=True, eq=False, kw_only=True)
class SeededSample(Sample):
    """Items, such as test sentences, as the models of all seeds do them under each condition.

    Its places are the conditions. Nobody chooses one: it is measured under the first, and a baseline under
    another, ``fixed_place("random start", "starts from random weights", "random start")``.

    Attributes
    ----------
    runs : Runs
        Of which the third axis of each of `numbers` is the items'.

    Examples
    --------
    >>> runs = Runs(("tuned", "random"), (0, 1), {"right": np.stack([np.ones((2, 4)), np.zeros((2, 4))])})
    >>> sample = SeededSample.of(runs)
    >>> sample.scored("right").value, sample.fixed_at("random").scored("right").value
    (1.0, 0.0)
    >>> sample.difference("right", "random").value
    1.0
    """

    runs: Runs

    place_name = "condition"
    halved = "items"

    @classmethod
    def of(cls, runs: Runs, notes: Sequence[str] = ()) -> Self:
        """Take all items of the runs."""
        first = next(iter(runs.numbers.values()))
        items = first.shape[2] if first.ndim > 2 else 1
        return cls(
            places=runs.conditions,
            second_half=np.arange(items) % 2 == 1,
            notes=(*notes, _seeds_note(len(runs.seeds))),
            runs=runs,
        )

    def read_by(self, reading: Runs) -> Self:
        """Return the same items as the trainings of another model do them."""
        return replace(self, runs=reading)

    @property
    def candidates(self) -> tuple[int, ...]:
        """The first condition alone."""
        return (0,)

    @property
    def chooses(self) -> bool:
        """Never: the claim says which condition."""
        return False

    @property
    def condition(self) -> str:
        """The condition that is measured."""
        return str(self.places[0 if self.fixed is None else self.fixed])

    @property
    def sentences(self) -> NDArray[np.intp]:
        """What the bootstrap draws together, ``[items]``."""
        groups = self.runs.numbers.get(GROUP)
        return np.arange(len(self)) if groups is None else np.asarray(groups[0, 0], np.intp)

    def values(self, name: str, condition: str | None = None) -> NDArray[Any]:
        """Return what is called so under a condition, by default its own, ``[seeds, items, …]``."""
        return np.asarray(self.runs.numbers[name][self.places.index(condition or self.condition)])

    def scored(self, name: str) -> SeededTallies:
        """Score by the mean of what is called so over items, then seeds."""
        return SeededTallies.of_values(self.values(name), self.sentences)

    def difference(self, name: str, other: str) -> SeededTallies:
        """Score by how much more there is of it than under another condition, by seed and item."""
        own, others = self.values(name).astype(float), self.values(name, other)
        return SeededTallies.of_values(own - others, self.sentences)

    def counted(self, counts: Floats, score: Score) -> SeededTallies:
        """Score sums of counts ``[seeds, items, counts]`` over items; the value is the seeds' mean."""
        return SeededTallies(np.asarray(counts, float), score, self.sentences)


def _seeds_note(seeds: int) -> str:
    if seeds == 1:
        return (
            "A single seed was trained: the interval is of items alone and says nothing of how other seeds "
            "would come out."
        )
    return (
        f"The interval is over {seeds} seeds and over items together. From so few seeds their spread is "
        f"hardly known, so that part of the interval is made {widening(seeds):.1f} times as wide (Student's "
        "t); it can reach beyond what is possible."
    )
