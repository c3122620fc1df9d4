"""Groups of vectors by k-means, from many starting points at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.senses.labelled import check_vectors, middle, unit

# Mean squared distance from the mean, for unit vectors, under which they are one vector but for rounding.
_IDENTICAL = 1e-6
# Steps that all starts take; after them, only the best goes on.
_TOGETHER = 10


@dataclass(frozen=True, eq=False)
class Clustering:
    """Items in groups.

    Attributes
    ----------
    labels : ndarray [items], intp
        Group of each, 0 being the largest.
    centres : ndarray [groups, dimensions], float32
        Mean of each group's unit vectors.
    inertia : float
        Sum of squared distances of unit vectors from their centre.
    """

    labels: NDArray[np.intp]
    centres: NDArray[np.float32]
    inertia: float

    def assign(self, vectors: ArrayLike) -> NDArray[np.intp]:
        """Return the group whose centre is nearest to each vector.

        Examples
        --------
        >>> two = kmeans([[1, 0], [1, 0.1], [0.9, 0], [0, 1], [0.1, 1]], 2)
        >>> two.assign([[0, 2], [5, 0.1]]).tolist()
        [1, 0]
        """
        units = unit(check_vectors(vectors, "vectors", 1))
        return np.asarray(np.argmax(units @ self.centres.T - _halves(self.centres), axis=1))


def kmeans(
    vectors: ArrayLike, groups: int, *, starts: int = 5, steps: int = 100, seed: int = 0
) -> Clustering:
    """Group vectors of length 1 by k-means.

    Vectors are scaled to length 1 first, so that what is near is what has a high cosine. All starts run
    together, as two matrix products a step, which takes a small part of the time of one after the other.

    Parameters
    ----------
    vectors : array_like [items, dimensions]
    groups : int
        At least 1, at most the number of items.
    starts : int, default 5
        Starting points (k-means++). After ten steps only the one with the least inertia goes on.
    steps : int, default 100
        At most so many steps of Lloyd's algorithm.
    seed : int, default 0

    Returns
    -------
    Clustering
        With fewer groups where there are fewer different vectors.

    Raises
    ------
    ValueError
        For wrong shapes, vectors that are not finite, or a number of groups that cannot be.

    References
    ----------
    Lloyd 1982, "Least squares quantization in PCM". Arthur & Vassilvitskii 2007, "k-means++".

    Examples
    --------
    >>> kmeans([[1, 0], [1, 0.1], [0.9, 0], [0, 1], [0.1, 1]], 2).labels.tolist()
    [0, 0, 0, 1, 1]
    """
    array = check_vectors(vectors, "vectors", 1)
    if not 1 <= groups <= len(array):
        raise ValueError(f"groups must be 1..{len(array)} for {len(array)} items, got {groups}")
    units = unit(array)
    mean = middle(units)
    units -= mean
    spread = float(np.einsum("nd,nd->n", units, units).sum(dtype=float))
    if groups == 1 or spread < _IDENTICAL * len(units):
        return Clustering(np.zeros(len(units), np.intp), mean[np.newaxis], spread)
    centres = _first_centres(units, groups, starts, np.random.default_rng(seed))
    labels = np.full((len(units), starts), -1, np.intp)
    running = np.arange(starts)
    for step in range(steps):
        near = _nearest(units, centres[running])
        moved = (near != labels[:, running]).any(axis=0)
        labels[:, running] = near
        if step + 1 == _TOGETHER:
            best = _best(units, labels, groups)
            moved &= running == best
        running = running[moved]
        if not running.size:
            break
        centres[running] = _means(units, labels[:, running], centres[running])
    best = _best(units, labels, groups)
    found = labels[:, best]
    sizes = np.bincount(found, minlength=groups)
    order = np.argsort(-sizes, kind="stable")
    inertia = max(spread - _explained(units, found, groups), 0.0)
    return Clustering(np.argsort(order)[found], centres[best][order][sizes[order] > 0] + mean, inertia)


def _first_centres(
    units: NDArray[np.float32], groups: int, starts: int, random: np.random.Generator
) -> NDArray[np.float32]:
    """Choose centres among the items, each with a chance that grows with its distance from those before."""
    squares = np.einsum("nd,nd->n", units, units)
    chosen = np.empty((starts, groups), np.intp)
    chosen[:, 0] = random.integers(len(units), size=starts)
    distances = np.full((len(units), starts), np.inf, np.float32)
    for number in range(1, groups):
        last = units[chosen[:, number - 1]]
        away = squares[:, np.newaxis] + np.einsum("sd,sd->s", last, last) - 2 * (units @ last.T)
        distances = np.minimum(distances, np.maximum(away, 0))
        reached = np.cumsum(distances, axis=0, dtype=np.float64)
        drawn = random.random(starts) * reached[-1]
        chosen[:, number] = np.minimum((reached < drawn).sum(axis=0), len(units) - 1)
    return units[chosen]


def _nearest(units: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the nearest centre of each item in each run, `[items, runs]`."""
    runs, groups, dimensions = centres.shape
    near = units @ centres.reshape(-1, dimensions).T
    near -= _halves(centres).reshape(-1)
    return np.asarray(near.reshape(len(units), runs, groups).argmax(axis=2))


def _means(
    units: NDArray[np.float32], labels: NDArray[np.intp], before: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return each group's mean in each run; a group that lost all its items stays where it was."""
    runs, groups, dimensions = before.shape
    places = labels + np.arange(runs) * groups
    members = np.zeros((len(units), runs * groups), np.float32)
    members[np.arange(len(units))[:, np.newaxis], places] = 1
    sizes = members.sum(axis=0)[:, np.newaxis]
    sums = members.T @ units
    means = np.divide(sums, sizes, out=before.reshape(-1, dimensions).copy(), where=sizes > 0)
    return np.asarray(means, np.float32).reshape(before.shape)


def _best(units: NDArray[np.float32], labels: NDArray[np.intp], groups: int) -> int:
    return int(np.argmax([_explained(units, run, groups) for run in labels.T]))


def _explained(units: NDArray[np.float32], labels: NDArray[np.intp], groups: int) -> float:
    """Return the squared distances that the groups' centres take off."""
    members = np.zeros((groups, len(units)), np.float32)
    members[labels, np.arange(len(units))] = 1
    sums = members @ units
    sizes = np.maximum(members.sum(axis=1), 1)
    return float((np.einsum("kd,kd->k", sums, sums, dtype=np.float64) / sizes).sum())


def _halves(centres: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.einsum("...d,...d->...", centres, centres) / 2, np.float32)
