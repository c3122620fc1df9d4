"""Is a picture to be trusted? Whether neighbours in it are neighbours in the full space."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

TRUST_NEIGHBOURS = 5
TRUST_SAMPLE = 1000
"""Trustworthiness costs n²: above so many points it takes a seeded sample of this size."""


def trustworthiness(
    vectors: NDArray[np.float32],
    points: ArrayLike,
    *,
    neighbours: int = TRUST_NEIGHBOURS,
    sample: int = TRUST_SAMPLE,
    seed: int = 0,
) -> float:
    """Say whether neighbours in the picture are neighbours in the full space, by Euclidean distance.

    Parameters
    ----------
    vectors : ndarray [items, dimensions]
    points : array_like [items, 2]
    neighbours : int, default 5
        Of each point in the picture; at most half of the points.
    sample : int, default 1000
        Above so many items, a seeded sample of this size.
    seed : int, default 0

    Returns
    -------
    float
        0 … 1, and about 0.5 for points at random. NaN for fewer than four items. The same as
        scikit-learn's, with a partition in place of its sort.

    References
    ----------
    Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods".

    Examples
    --------
    >>> line = np.arange(20, dtype=np.float32)[:, np.newaxis] * np.ones(5, np.float32)
    >>> trustworthiness(line, line[:, :2])
    1.0
    """
    full, plane = np.asarray(vectors), np.asarray(points, np.float32)
    if len(full) > sample:
        chosen = np.sort(np.random.default_rng(seed).choice(len(full), sample, replace=False))
        full, plane = full[chosen], plane[chosen]
    items = len(full)
    k = min(neighbours, (items - 1) // 2)
    if k < 1 or items < 4:
        return float("nan")
    near = np.argpartition(_distances(plane), k - 1, axis=1)[:, :k]
    far = _distances(full)
    # How many are nearer in the full space than this neighbour is.
    rank = np.empty((items, k))
    for column in range(k):
        rank[:, column] = (far < far[np.arange(items), near[:, column]][:, np.newaxis]).sum(axis=1)
    penalty = float(np.maximum(rank + 1 - k, 0).sum())
    return 1 - penalty * 2 / (items * k * (2 * items - 3 * k - 1))


def _distances(points: NDArray[Any]) -> NDArray[Any]:
    """Return squared distances without what a row has in common; a point is infinitely far from itself."""
    centred = points - points.mean(axis=0)
    squares = np.einsum("nd,nd->n", centred, centred)
    distances = squares - 2 * (centred @ centred.T)
    np.fill_diagonal(distances, np.inf)
    return np.asarray(distances)
