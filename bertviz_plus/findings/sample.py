"""What an experiment measures: items in two halves, scored at every place that could be chosen."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.halves import best_on_the_other_half
from bertviz_plus.measures.tallies import Score, Tallies


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """Items, such as sentences, at several places, such as layers or heads.

    A subclass says how well a place does. The frame chooses the place for each half by what it does on the
    other half.

    Attributes
    ----------
    places : tuple
        What could be chosen: hidden layers by their numbers; heads, or conditions of training, by name.
    second_half : ndarray [items], bool
    notes : tuple of str
        What was left out, and why.
    fixed : int, optional
        The only place to measure at, by its position among `places`: a baseline's.
    """

    places: tuple[Any, ...]
    second_half: NDArray[np.bool_]
    notes: tuple[str, ...] = ()
    fixed: int | None = None

    place_name: ClassVar[str] = "hidden layer"
    halved: ClassVar[str] = "sentences"
    kind_name: ClassVar[str] = "kind"
    """What `kinds` are, where each has a place of its own."""

    def __len__(self) -> int:
        return len(self.second_half)

    @property
    def chooses(self) -> bool:
        """Whether each half is measured at the place that is best on the other."""
        return len(self.places) > 1

    def tallies_at(self, place: int) -> Tallies:
        """Return what a place is chosen by, of all items."""
        raise NotImplementedError

    def few(self, fewest: int, items: str) -> str:
        """Say that the items, called so, are too few for an answer; nothing where they are enough."""
        return f"{len(self)} {items} are there; {fewest} are needed" if len(self) < fewest else ""

    def read_by(self, reading: Any) -> Self:
        """Return the same items as another model reads them."""
        raise NotImplementedError

    @property
    def kinds(self) -> NDArray[np.intp] | None:
        """The kind of each item, ``[items]``, where each kind has a place of its own."""
        return None

    @property
    def candidates(self) -> tuple[int, ...]:
        """Positions of the places that may be chosen: all but layer 0, which is a baseline."""
        return tuple(range(int(len(self.places) > 1 and self.places[0] == 0), len(self.places)))

    @cached_property
    def at(self) -> NDArray[np.intp]:
        """The position of the place at which each item is measured, ``[items]``."""
        if self.fixed is not None:
            return np.full(len(self), self.fixed, np.intp)
        if len(self.candidates) == 1:
            return np.full(len(self), self.candidates[0], np.intp)
        scored = [self.tallies_at(place) for place in self.candidates]
        chosen = best_on_the_other_half(scored, self.second_half, self.kinds)
        return np.array(self.candidates, np.intp)[chosen]

    @property
    def chosen(self) -> list[Any]:
        """The places of the first half, then those of the second."""
        halves = (self.at[~self.second_half], self.at[self.second_half])
        return [self.places[place] for half in halves for place in dict.fromkeys(half.tolist())]

    def fixed_at(self, place: Any) -> Self:
        """Return the sample to be measured at one place, named as in `places`."""
        return replace(self, fixed=self.places.index(place))


@dataclass(frozen=True, eq=False, kw_only=True)
class CountedSample(Sample):
    """A sample whose score is made of counts, which are known at every place.

    Attributes
    ----------
    counts : ndarray [places, items, counts]
    score : callable
        From sums of counts to scores; see `Tallies`.
    groups, sentences : ndarray [items]
        See `Tallies`.

    Examples
    --------
    >>> right = np.array([[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]])
    >>> sample = CountedSample(
    ...     places=(0, 1, 2), second_half=np.array([False, False, True, True]),
    ...     counts=np.stack([right, np.ones_like(right)], axis=2),
    ...     score=lambda sums: sums[..., 0] / sums[..., 1],
    ...     groups=np.zeros(4, int), sentences=np.arange(4),
    ... )
    >>> sample.chosen, sample.tallies.value, sample.fixed_at(1).tallies.value
    ([2, 1], 0.0, 0.5)
    """

    counts: NDArray[Any]
    score: Score
    groups: NDArray[np.intp]
    sentences: NDArray[np.intp]

    @property
    def chooses(self) -> bool:
        """Whether each half is measured at the place that is best on the other."""
        return len(self.places) > 1

    def tallies_at(self, place: int) -> Tallies:
        """Return the counts of all items at one place."""
        return Tallies(self.counts[place], self.score, self.groups, self.sentences)

    @property
    def tallies(self) -> Tallies:
        """The counts of each item at its place."""
        counts = self.counts[self.at, np.arange(len(self))]
        return Tallies(counts, self.score, self.groups, self.sentences)
