"""Which occurrences are nearest to each other in the full space, and which are typical of a group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.senses.labelled import unit, usable

NEAREST = 5
# Cosines that are computed and held at once.
_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest of each occurrence by cosine.

    Attributes
    ----------
    indices : ndarray [occurrences, 5], int64
        The number of occurrences where there is none.
    cosines : ndarray [occurrences, 5], float32
        NaN where there is none.
    """

    indices: NDArray[np.int64]
    cosines: NDArray[np.float32]


def find_nearest(vectors: NDArray[np.float32], rows: NDArray[np.intp] | None = None) -> Nearest:
    """Find the five nearest of some occurrences, or of all.

    Parameters
    ----------
    vectors : ndarray [occurrences, dimensions]
        Missing where not finite or of length 0.
    rows : ndarray, optional
        Which; all without it. The others have none.

    Returns
    -------
    Nearest

    Examples
    --------
    >>> found = find_nearest(np.array([[1, 0], [1, 0.1], [0, 1]], np.float32))
    >>> found.indices[0].tolist(), found.cosines[0].round(2).tolist()
    ([1, 2, 3, 3, 3], [1.0, 0.0, nan, nan, nan])
    """
    n = len(vectors)
    here = np.flatnonzero(usable(vectors))
    indices = np.full((n, NEAREST), n, np.int64)
    cosines = np.full((n, NEAREST), np.nan, np.float32)
    wanted = here if rows is None else np.intersect1d(here, rows)
    k = min(NEAREST, len(here) - 1)
    if k < 1 or not wanted.size:
        return Nearest(indices, cosines)
    units = unit(vectors if len(here) == n else vectors[here])
    places = np.searchsorted(here, wanted)
    block = max(1, _CELLS // len(here))
    for start in range(0, len(wanted), block):
        part = places[start : start + block]
        near = units[part] @ units.T
        every = np.arange(len(part))[:, np.newaxis]
        near[every[:, 0], part] = -np.inf
        best = np.argpartition(near, -k, axis=1)[:, -k:]
        order = np.argsort(-near[every, best], axis=1, kind="stable")
        best = best[every, order]
        indices[wanted[start : start + block], :k] = here[best]
        cosines[wanted[start : start + block], :k] = near[every, best]
    return Nearest(indices, cosines)


def most_typical(
    vectors: NDArray[np.float32], codes: NDArray[np.integer], labels: int, each: int = NEAREST
) -> list[list[int]]:
    """Return for each label those nearest to the label's own centre by cosine, all centred on the mean.

    Parameters
    ----------
    vectors : ndarray [occurrences, dimensions]
    codes : ndarray [occurrences]
        Label of each; what is not below `labels` has none.
    labels : int
    each : int, default 5

    Examples
    --------
    >>> vectors = np.array([[1, 0], [1, 0.2], [1, -0.3], [-1, 0]], np.float32)
    >>> most_typical(vectors, np.array([0, 0, 0, 1]), 2, each=1)
    [[0], [3]]
    """
    here = usable(vectors)
    units = unit(np.where(here[:, np.newaxis], vectors, 0))
    units -= units[here].mean(axis=0) if here.any() else 0
    centred = unit(units)
    found = []
    for label in range(labels):
        own = np.flatnonzero((codes == label) & here)
        near = centred[own] @ units[own].mean(axis=0) if own.size else np.empty(0)
        found.append(own[np.argsort(-near, kind="stable")[:each]].tolist())
    return found
