"""A score made of counts that add up over items, so that any part of them can be scored, and resampled."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.intervals import draw_resamples, interval

Floats = NDArray[np.float64]
Score = Callable[[Floats], Floats]


def share(sums: Floats) -> Floats:
    """Return the first of two counts as a share of the second, NaN where that is 0.

    Examples
    --------
    >>> share(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [0.75, nan]
    """
    part, whole = sums[..., 0], sums[..., 1]
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))


@dataclass(frozen=True, eq=False)
class Tallies:
    """Counts of each item, and the score that their sums have.

    An accuracy sums right answers and answers; an error rate of alignments, four counts of links; an
    agreement of clusters, the cells of a table.

    Attributes
    ----------
    counts : ndarray [items, counts]
    score : callable
        From sums ``[..., counts]`` to scores ``[...]``; NaN where undefined.
    groups : ndarray [items]
        The value is the mean of these groups' scores: words, or pairs of languages.
    sentences : ndarray [items]
        Items of one sentence are not independent: a resample draws them together.
    apart : bool
        Whether each group is resampled by itself; a group's sentences are then its own.
    unbiased : bool
        Whether draws are moved to have the score as their mean: a resample holds some sentences twice,
        which agree with themselves.

    Examples
    --------
    >>> right = Tallies.of_shares([1, 1, 0, 1], groups=["bank", "bank", "spring", "spring"])
    >>> right.value, right.only([True, True, True, False]).value
    (0.75, 0.5)
    >>> low, high = right.interval(resamples=100, seed=0)
    >>> 0 <= low <= 0.75 <= high <= 1
    True
    """

    counts: NDArray[Any]
    score: Score
    groups: NDArray[Any]
    sentences: NDArray[Any]
    apart: bool = False
    unbiased: bool = False

    @classmethod
    def of_shares(
        cls,
        values: ArrayLike,
        groups: ArrayLike | None = None,
        sentences: ArrayLike | None = None,
        *,
        apart: bool = False,
    ) -> "Tallies":
        """Make the tallies whose score is the mean of one value for each item.

        Parameters
        ----------
        values : array_like [items]
        groups, sentences : array_like [items], optional
            By default one group, and a sentence for each item.
        apart : bool, default False
        """
        own = np.asarray(values, float)
        n = len(own)
        return cls(
            np.stack([own, np.ones(n)], axis=1),
            share,
            np.zeros(n, np.intp) if groups is None else np.asarray(groups),
            np.arange(n) if sentences is None else np.asarray(sentences),
            apart,
        )

    @property
    def value(self) -> float:
        """The score: the mean of the groups in which it is defined, NaN where there are none."""
        scores = [self.score(self.counts[own].sum(axis=0, dtype=float)) for own in self._each_group()]
        return float(_mean_of_known(np.reshape(scores, (len(scores), 1)))[0])

    def only(self, chosen: ArrayLike) -> "Tallies":
        """Return the tallies of some items.

        Parameters
        ----------
        chosen : array_like [items], bool
        """
        own = np.asarray(chosen, bool)
        parts = {name: getattr(self, name)[own] for name in ("counts", "groups", "sentences")}
        return replace(self, **parts)

    def interval(self, resamples: int, seed: int) -> tuple[float, float]:
        """Return the 95% bootstrap interval over sentences.

        A group that a resample leaves out says nothing there.

        Parameters
        ----------
        resamples : int
        seed : int
            Of groups that are resampled apart, each has the next one.
        """
        whole = None if self.apart else draw_resamples(self.sentences, resamples=resamples, seed=seed)
        draws = []
        for number, own in enumerate(self._each_group()):
            if whole is None:
                apart = draw_resamples(self.sentences[own], resamples=resamples, seed=seed + number)
                sums = apart.sums(self.counts[own])
            else:
                sums = whole.sums(self.counts * own[:, np.newaxis])
            scores = self.score(sums)
            if self.unbiased:
                scores = scores - scores.mean() + self.score(self.counts[own].sum(axis=0, dtype=float))
            draws.append(scores)
        return interval(_mean_of_known(np.array(draws).reshape(-1, resamples)))

    def _each_group(self) -> list[NDArray[np.bool_]]:
        return [self.groups == group for group in np.unique(self.groups)]


def _mean_of_known(scores: Floats) -> Floats:
    """Return the mean over the first axis without what is NaN."""
    known = np.isfinite(scores)
    total = np.where(known, scores, 0).sum(axis=0)
    return np.asarray(
        np.divide(total, known.sum(axis=0), out=np.full(total.shape, np.nan), where=known.any(0))
    )
