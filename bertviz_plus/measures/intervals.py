"""How far a score could have come out otherwise, had other sentences been drawn."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Resamples that are drawn and multiplied at once: memory stays at about this many values a point.
_TOGETHER = 100


@dataclass(frozen=True, eq=False)
class Resamples:
    """How often each item comes in each bootstrap resample.

    Drawn once and used for every score of the same items, so that differences between scores (layers,
    measures) are paired.

    Attributes
    ----------
    counts : ndarray [resamples, items], uint8
    """

    counts: NDArray[np.uint8]

    def sums(self, columns: ArrayLike) -> NDArray[np.float64]:
        """Sum columns over each resample's items.

        Parameters
        ----------
        columns : array_like [items, columns]

        Returns
        -------
        ndarray [resamples, columns], float64
            Computed in single precision.

        Examples
        --------
        >>> drawn = draw_resamples(4, resamples=3)
        >>> drawn.sums(np.ones((4, 1))).ravel().tolist()
        [4.0, 4.0, 4.0]
        """
        values = np.asarray(columns, np.float32)
        sums = np.empty((len(self.counts), values.shape[1]))
        for start in range(0, len(sums), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            sums[part] = self.counts[part].astype(np.float32) @ values
        return sums

    def means(self, items: ArrayLike) -> NDArray[np.float64]:
        """Return each resample's mean of one value per item, `[resamples]`.

        Examples
        --------
        >>> draw_resamples(4, resamples=2).means([1, 1, 1, 1]).tolist()
        [1.0, 1.0]
        """
        values = np.asarray(items, np.float32)
        totals = self.sums(np.stack([values, np.ones_like(values)], axis=1))
        undefined = np.full(len(totals), np.nan)
        return np.asarray(np.divide(totals[:, 0], totals[:, 1], out=undefined, where=totals[:, 1] > 0))


def draw_resamples(items: int | ArrayLike, *, resamples: int = 1000, seed: int = 0) -> Resamples:
    """Draw bootstrap resamples of sentences.

    Parameters
    ----------
    items : int or array_like [items]
        How many items there are; or the sentence that each comes from. Items of one sentence are drawn
        together, because they are not independent.
    resamples : int, default 1000
        How many; 0 for none.
    seed : int, default 0

    Returns
    -------
    Resamples

    Raises
    ------
    ValueError
        Where `resamples` is below 0.

    References
    ----------
    Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapters 6 and 13.

    Examples
    --------
    >>> draw_resamples([0, 0, 1], resamples=4).counts[:, 0].tolist() == (
    ...     draw_resamples([0, 0, 1], resamples=4).counts[:, 1].tolist())
    True
    """
    check_resamples(resamples)
    if isinstance(items, int | np.integer):
        inverse: NDArray[np.intp] | slice = slice(None)
        sentences = int(items)
    else:
        names, places = np.unique(np.asarray(items), return_inverse=True)
        inverse, sentences = places, len(names)
    random = np.random.default_rng(seed)
    counts = np.empty((resamples, sentences), np.uint8)
    for start in range(0, resamples, _TOGETHER):
        rows = min(_TOGETHER, resamples - start)
        drawn = random.integers(sentences, size=(rows, sentences), dtype=np.int64)
        drawn += np.arange(rows)[:, np.newaxis] * sentences
        times = np.bincount(drawn.ravel(), minlength=rows * sentences)
        counts[start : start + rows] = np.minimum(times, 255).reshape(rows, sentences)
    return Resamples(counts[:, inverse])


def check_resamples(resamples: Any) -> None:
    """Refuse what is no number of resamples.

    Examples
    --------
    >>> check_resamples(-1)
    Traceback (most recent call last):
    ...
    ValueError: resamples must be 0 or more, a whole number; got -1
    """
    if not isinstance(resamples, int | np.integer) or resamples < 0:
        raise ValueError(f"resamples must be 0 or more, a whole number; got {resamples!r}")


def interval(draws: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of a score's bootstrap draws; NaN where there are none.

    Parameters
    ----------
    draws : array_like [resamples]
        The score on each resample; those that are NaN (undefined there) are left out.
    level : float, default 0.95

    Returns
    -------
    (low, high) : float

    Raises
    ------
    ValueError
        Where `level` is not between 0 and 1.

    Examples
    --------
    >>> low, high = interval(np.linspace(0, 1, 1001))
    >>> round(low, 3), round(high, 3)
    (0.025, 0.975)
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, got {level}")
    values = np.asarray(draws, float)
    values = values[np.isfinite(values)]
    if not values.size:
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bootstrap_interval(
    values: ArrayLike,
    sentences: ArrayLike | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the bootstrap interval of a mean over sentences.

    Parameters
    ----------
    values : array_like [items]
        One value per item, such as whether it was classified rightly.
    sentences : array_like [items], optional
        The sentence of each item, where some share one.
    resamples : int, default 1000
    seed : int, default 0
    level : float, default 0.95

    Returns
    -------
    (low, high) : float

    Raises
    ------
    ValueError
        Where there are no values, or not one sentence for each.

    Examples
    --------
    >>> low, high = bootstrap_interval([1, 1, 1, 0] * 25)
    >>> low < 0.75 < high
    True
    """
    items = np.asarray(values, float)
    if items.ndim != 1 or not items.size:
        raise ValueError(f"values must be one number per item, at least one, got shape {list(items.shape)}")
    if sentences is not None and np.shape(sentences) != items.shape:
        raise ValueError(
            f"sentences must have one entry for each of the {len(items)} values, got {np.size(sentences)}"
        )
    drawn = draw_resamples(len(items) if sentences is None else sentences, resamples=resamples, seed=seed)
    return interval(drawn.means(items), level)
