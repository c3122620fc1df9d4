"""Hidden words: what a model knows of each, with labels of theirs erased, and whether a probe tells them."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.measures.predictions.erased_knowledge import ErasedKnowledge
from bertviz_plus.measures.tallies import Tallies

Floats = NDArray[np.float64]
TOLD_BY = 0.05
"""By how much more often than a guess a label must be told, as a share of the words."""


@dataclass(frozen=True, eq=False, kw_only=True)
class KnowledgeSample(CountedSample):
    """Hidden words, at that label of those that are told which is used least on the other half.

    Attributes
    ----------
    reading : ErasedKnowledge
    chosen_by : KnowledgeSample, optional
        The sample at whose labels this one is measured: an untrained twin is asked for the same.
    """

    reading: ErasedKnowledge
    chosen_by: "KnowledgeSample | None" = None

    place_name = "label"

    @classmethod
    def of(cls, reading: ErasedKnowledge) -> Self:
        """Take all words."""
        lost = f"{reading.left_out} words are left out: they are not one token of the model."
        return cls(
            places=reading.labels,
            second_half=reading.late,
            counts=_counts(reading),
            score=_kept_where_told,
            groups=np.zeros_like(reading.sentences),
            sentences=reading.sentences,
            notes=(lost,) * bool(reading.left_out),
            reading=reading,
        )

    def read_by(self, reading: ErasedKnowledge) -> Self:
        """Return the same words, and their labels, as another model reads them."""
        return replace(self, reading=reading, counts=_counts(reading), chosen_by=self)

    @cached_property
    def at(self) -> NDArray[np.intp]:
        """The position of the label of each word."""
        own: NDArray[np.intp] = super().at if self.chosen_by is None else self.chosen_by.at
        return own

    @property
    def kept(self) -> Tallies:
        """The share of its knowledge that the model keeps without the label."""
        return replace(self.tallies, score=kept)

    def share(self, column: int) -> Tallies:
        """Return the share of words whose label is told (2), still told (3), or the most frequent (4)."""
        return replace(self.tallies, score=lambda sums: sums[..., column] / sums[..., 5])

    @property
    def facts(self) -> Tallies:
        """The share of facts whose first answer is right (P@1)."""
        return Tallies.of_shares(self.reading.facts)


def _counts(reading: ErasedKnowledge) -> Floats:
    """Return, for each label and word, knowledge without it and beside, and whether it is told."""
    parts: list[Any] = [reading.erased, reading.random, reading.told, reading.still, reading.guessed]
    return np.stack([*parts, np.ones_like(reading.erased)], axis=2).astype(float)


def kept(sums: Floats) -> Floats:
    """Return what is kept without a label, as a share of what is kept without random directions.

    Of a label that nothing tells, and a model that knows nothing, 0.

    Examples
    --------
    >>> kept(np.array([[3.0, 4, 8, 5, 5, 10], [3, 4, 5, 5, 5, 10]])).tolist()
    [0.75, 0.0]
    """
    own = np.asarray(sums, float)
    erased, beside = own[..., 0], own[..., 1]
    share = np.divide(erased, beside, out=np.zeros(erased.shape), where=beside > 0)
    return np.where(own[..., 2] > own[..., 4], np.clip(share, 0, 1), 0)


def _kept_where_told(sums: Floats) -> Floats:
    """Return what is kept without a label, where a probe tells it by the margin until it is erased; or 0."""
    own = np.asarray(sums, float)
    told = own[..., 2] - np.maximum(own[..., 3], own[..., 4])
    return np.where(told > TOLD_BY * own[..., 5], kept(own), 0)
