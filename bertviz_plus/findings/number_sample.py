"""Numbers, as many cut as whole and of about the same values, and how exactly each is told."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.probes.number_vectors import NumberVectors, told

Floats = NDArray[np.float64]
FEWEST = 80
# How far the two numbers of a pair may lie apart: a tokenizer keeps small numbers whole, and years.
_NEAR = 50


@dataclass(frozen=True, eq=False, kw_only=True)
class NumberSample(CountedSample):
    """Pairs of a cut number and a whole one near it.

    Attributes
    ----------
    numbers, guesses : ndarray [numbers]
        Values, and what a probe that was fitted on others says.
    cut : ndarray [numbers], bool
    rows : ndarray [numbers]
        Which of those that were read.
    seed : int
    """

    numbers: NDArray[np.intp]
    guesses: Floats
    cut: NDArray[np.bool_]
    rows: NDArray[np.intp]
    seed: int

    place_name = "layer"
    halved = "numbers"

    @classmethod
    def of(cls, read: NumberVectors, seed: int) -> Self:
        """Take each cut number with the nearest whole one that is left."""
        rows = _matched(read)
        numbers, places = read.numbers[rows], np.arange(len(rows))
        left_out = (
            f"{len(read.numbers) - len(rows)} of {len(read.numbers)} numbers are left out: as many cut as "
            "whole ones are measured, which lie near each other."
        )
        sample = cls(
            places=("last layer",),
            second_half=second_half(places, seed),
            counts=np.zeros((1, len(rows), 4)),
            score=_cost,
            groups=np.zeros_like(places),
            sentences=places,
            numbers=numbers,
            guesses=numbers.astype(float),
            cut=read.pieces[rows] > 1,
            rows=rows,
            seed=seed,
            notes=(left_out,),
        )
        return sample.read_by(read) if len(rows) >= FEWEST else sample

    def read_by(self, reading: NumberVectors) -> Self:
        """Return the same numbers as another model reads them."""
        return self.told_from(reading.vectors[-1][self.rows])

    def told_from(self, vectors: Floats) -> Self:
        """Return the same numbers as they are told from other vectors."""
        guesses = told(vectors, self.numbers, seed=self.seed)
        # In units of the variance: 1 is what the mean of all numbers does.
        error = np.square(guesses - self.numbers) / self.numbers.var()
        counts = np.stack([error * self.cut, self.cut, error * ~self.cut, ~self.cut], axis=1)
        return replace(self, guesses=guesses, counts=counts[np.newaxis])

    def at_random(self) -> Self:
        """Return the same numbers as they are told from vectors that know nothing."""
        drawn = np.random.default_rng(self.seed).normal(size=(len(self), 64))
        return self.told_from(drawn)

    def unexplained(self, cut: bool) -> float:
        """Return the share of the variance of cut, or whole, numbers that is not told."""
        return float(_errors(self.counts[0].sum(axis=0))[0 if cut else 1])


def _matched(read: NumberVectors) -> NDArray[np.intp]:
    """Pair every cut number, in a fixed order, with the nearest whole one that no other has."""
    values, cut = read.numbers, read.pieces > 1
    whole = np.flatnonzero(~cut)
    free, rows = np.ones(len(whole), bool), []
    for place in np.random.default_rng(0).permutation(np.flatnonzero(cut)).tolist():
        away = np.where(free, abs(values[whole] - values[place]), np.inf)
        nearest = int(away.argmin())
        if away[nearest] <= _NEAR:
            free[nearest] = False
            rows += [place, int(whole[nearest])]
    return np.array(sorted(rows), np.intp)


def _errors(sums: Floats) -> Floats:
    """Return the mean errors of cut and of whole numbers, ``[2, …]``; more than the mean's is as much."""
    own = np.asarray(sums, float)
    parts = [
        np.divide(own[..., at], own[..., at + 1], out=np.zeros(own.shape[:-1]), where=own[..., at + 1] > 0)
        for at in (0, 2)
    ]
    return np.asarray(np.clip(np.stack(parts), 0, 1))


def _cost(sums: Floats) -> Floats:
    cut, whole = _errors(sums)
    return np.asarray(cut - whole)
