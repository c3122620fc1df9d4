"""Whether a vector's nearest neighbours share its sense.

Occurrences of one word have *equal* vectors at hidden layer 0 when they stand at the same place in their
sentences. Neighbours that are equally near are therefore never taken in the order in which they come: each
has the same chance, and what is returned is the expected correctness.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from bertviz_plus.measures.senses.labelled import TOLERANCE, check_labels, check_vectors, unit

Metric = Literal["cosine", "euclidean"]

# Similarities in one block: 512 rows of 3,000 fit a core's cache share and keep matrix products long.
_BLOCK_CELLS = 1_500_000
# Draws for a vote whose k-th place is shared by several neighbours of different senses.
_DRAWS = 200


def knn_accuracy(
    vectors: ArrayLike,
    labels: ArrayLike,
    k: int = 1,
    *,
    test_vectors: ArrayLike | None = None,
    test_labels: ArrayLike | None = None,
    metric: Metric = "cosine",
) -> float:
    """Return the accuracy of the k-nearest-neighbour classifier: leave-one-out, or on test items.

    Parameters
    ----------
    vectors : array_like [items, dimensions]
    labels : array_like [items]
    k : int, default 1
        How many neighbours vote; capped at the size of the smallest sense.
    test_vectors : array_like [test items, dimensions], optional
        Classified by `vectors`. Without them, each item is classified by the others.
    test_labels : array_like [test items], optional
    metric : {"cosine", "euclidean"}
        What is near. Cosines (and squared distances, as a share of their mean) within 1e-6 count as equal.

    Returns
    -------
    float
        0 … 1. Neighbours that are equally near, and senses with equally many votes, share the credit.

    Raises
    ------
    ValueError
        For wrong shapes, vectors that are not finite, or `k` under 1.

    References
    ----------
    Wiedemann et al. 2019, "Does BERT Make Any Sense?", section 3.

    Examples
    --------
    >>> import numpy as np
    >>> vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
    >>> knn_accuracy(vectors, ["river", "river", "money", "money"])
    1.0
    >>> knn_accuracy(np.ones((4, 2)), ["river", "river", "money", "money"])  # all equal: chance
    0.33...
    """
    array = check_vectors(vectors, "vectors", 1 if test_vectors is not None else 2)
    named = check_labels(labels, len(array), "labels")
    if (test_vectors is None) != (test_labels is None):
        raise ValueError("test_vectors and test_labels must be given together, got one of them")
    names = np.unique(named)
    codes = np.searchsorted(names, named)
    if test_vectors is None:
        near = find_neighbours(array, capped(k, codes), metric=metric)
        return float(near.correct(codes, len(names)).mean())
    tested = check_vectors(test_vectors, "test_vectors", 1)
    if tested.shape[1] != array.shape[1]:
        raise ValueError(f"test_vectors must have {array.shape[1]} dimensions, got {tested.shape[1]}")
    test_codes = codes_among(names, check_labels(np.asarray(test_labels), len(tested), "test_labels"))
    near = find_neighbours(array, capped(k, codes), tested, metric=metric)
    return float(near.correct(codes, len(names), test_codes).mean())


def capped(k: int, codes: NDArray[np.intp]) -> int:
    """Return `k`, at most the size of the smallest sense that occurs.

    Examples
    --------
    >>> capped(5, np.array([0, 0, 0, 1, 1]))
    2
    """
    if k < 1:
        raise ValueError(f"k must be 1 or more, got {k}")
    sizes = np.bincount(codes)
    return min(int(k), int(sizes[sizes > 0].min()))


def codes_among(names: NDArray[np.generic], labels: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return each label's place in sorted `names`; −1 where it is not among them.

    Examples
    --------
    >>> codes_among(np.array(["a", "c"]), np.array(["c", "b"])).tolist()
    [1, -1]
    """
    places = np.minimum(np.searchsorted(names, labels), len(names) - 1)
    return np.where(names[places] == labels, places, -1)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The k nearest of each item, found once, for any labels.

    Equal vectors form a group; rows and columns below are groups.

    Attributes
    ----------
    k : int
    group : ndarray [train items]
        Group of each item that votes.
    rows : ndarray [items]
        Row of each item that is classified.
    nearer, tied : sparse [rows, groups]
        Which groups are surely among the k nearest, and which share the last places.
    itself : bool
        Whether the items that vote are those that are classified: none votes for itself.
    """

    k: int
    group: NDArray[np.intp]
    rows: NDArray[np.intp]
    nearer: csr_array
    tied: csr_array
    itself: bool

    def correct(
        self, codes: NDArray[np.intp], kinds: int, test_codes: NDArray[np.intp] | None = None
    ) -> NDArray[np.float64]:
        """Return the expected correctness of each item, 0 … 1.

        Parameters
        ----------
        codes : ndarray [train items]
            Sense of each item that votes, `0 … kinds − 1`.
        kinds : int
            Number of senses.
        test_codes : ndarray [items], optional
            Sense of each item that is classified; −1 (a sense that no vote can name) is never right.

        Returns
        -------
        ndarray [items], float64

        Examples
        --------
        >>> near = find_neighbours(np.array([[1, 0], [1, 0.1], [0, 1]], np.float32), 1)
        >>> near.correct(np.array([0, 0, 1]), 2).tolist()
        [1.0, 1.0, 0.0]
        """
        truth = codes if test_codes is None else test_codes
        groups = self.nearer.shape[1]
        held = np.bincount(self.group * kinds + codes, minlength=groups * kinds).reshape(groups, kinds)
        sure, shared = (self._votes(places, held.astype(float), codes) for places in (self.nearer, self.tied))
        right = np.maximum(truth, 0)
        every = np.arange(len(truth))
        if self.k == 1:
            credit = shared[every, right] / shared.sum(axis=1)
        else:
            credit = self._elected(sure, shared)[every, right]
        return np.where(truth >= 0, credit, 0.0)

    def _votes(
        self, places: csr_array, held: NDArray[np.float64], codes: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        votes = np.asarray(places @ held)[self.rows]
        if self.itself:
            own = places.diagonal()[self.rows] > 0
            votes[own, codes[own]] -= 1
        return np.asarray(votes, float)

    def _elected(self, sure: NDArray[np.float64], shared: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each sense's chance to have most votes, `[items, kinds]`."""
        kinds = sure.shape[1]
        cases, case = np.unique(np.hstack([sure, shared]).round().astype(int), axis=0, return_inverse=True)
        random = np.random.default_rng(0)
        chances = np.empty((len(cases), kinds))
        for number, both in enumerate(cases):
            certain, among = both[:kinds], both[kinds:]
            places = self.k - int(certain.sum())
            if places >= among.sum() or np.count_nonzero(among) == 1:
                votes = (certain + np.minimum(among, places))[np.newaxis]
            else:
                votes = certain + random.multivariate_hypergeometric(among, places, size=_DRAWS)
            most = votes == votes.max(axis=1, keepdims=True)
            chances[number] = (most / most.sum(axis=1, keepdims=True)).mean(axis=0)
        return chances[case.ravel()]


def find_neighbours(
    vectors: NDArray[np.float32],
    k: int = 1,
    test_vectors: NDArray[np.float32] | None = None,
    *,
    metric: Metric = "cosine",
) -> Neighbours:
    """Find the k nearest of each item among the others, or of each test item among the items.

    Parameters
    ----------
    vectors : ndarray [items, dimensions], float32
        Finite.
    k : int, default 1
        At most the number of items that can vote.
    test_vectors : ndarray [test items, dimensions], float32, optional
    metric : {"cosine", "euclidean"}

    Returns
    -------
    Neighbours
        In memory: the places, not the n² similarities, which are computed block by block.

    Examples
    --------
    >>> find_neighbours(np.eye(3, dtype=np.float32), 1).tied.toarray().tolist()
    [[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """
    itself = test_vectors is None
    first, group = _equal(vectors)
    keys, queries = _comparable(vectors, test_vectors, metric)
    rows = group
    if test_vectors is None:
        keys = queries = keys[first]
    else:
        keys, rows = keys[first], np.arange(len(queries))
    # Each query · key is a cosine, or minus half a squared distance but for what a row has in common.
    offsets = np.zeros(len(keys), np.float32)
    if metric == "euclidean":
        offsets = -np.einsum("nd,nd->n", keys, keys) / 2
    sizes = np.bincount(group, minlength=len(keys)).astype(np.int64)
    found: dict[str, list[NDArray[np.intp]]] = {"nearer": [], "tied": []}
    block = max(1, _BLOCK_CELLS // len(keys))
    for start in range(0, len(queries), block):
        near = queries[start : start + block] @ keys.T
        near += offsets
        if itself:
            places = np.arange(len(near))
            alone = sizes[start : start + block] == 1
            near[places[alone], start + places[alone]] = -np.inf
        edge = _edge(near, k, sizes, start if itself else None)
        within = near >= edge - np.float32(TOLERANCE)
        above = near > edge + np.float32(TOLERANCE) if k > 1 else None
        for name, mask in (("nearer", above), ("tied", within if above is None else within & ~above)):
            if mask is not None:
                cells = np.flatnonzero(mask)
                found[name].append(np.stack([cells // len(keys) + start, cells % len(keys)]))
    nearer, tied = (_places(cells, (len(queries), len(keys))) for cells in found.values())
    return Neighbours(k, group, rows, nearer, tied, itself)


def _edge(
    near: NDArray[np.float32], k: int, sizes: NDArray[np.int64], diagonal: int | None
) -> NDArray[np.float32]:
    """Return the similarity of the k-th nearest, `[rows, 1]`, groups counted by their size."""
    if k == 1:
        return np.asarray(near.max(axis=1, keepdims=True))
    together = min(k, near.shape[1])
    best = np.argpartition(near, -together, axis=1)[:, -together:]
    order = np.argsort(-np.take_along_axis(near, best, axis=1), axis=1)
    best = np.take_along_axis(best, order, axis=1)
    counts = sizes[best]
    if diagonal is not None:
        counts = counts - (best == np.arange(len(near))[:, np.newaxis] + diagonal)
    reached = np.cumsum(counts, axis=1) >= k
    last = np.where(reached.any(axis=1), reached.argmax(axis=1), together - 1)[:, np.newaxis]
    return np.asarray(np.take_along_axis(near, np.take_along_axis(best, last, axis=1), axis=1))


def _places(cells: list[NDArray[np.intp]], shape: tuple[int, int]) -> csr_array:
    if not cells:
        return csr_array(shape)
    row, column = np.concatenate(cells, axis=1)
    return csr_array((np.ones(len(row)), (row, column)), shape=shape)


def _equal(vectors: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first item of each group of equal vectors, and the group of each item."""
    groups: dict[bytes, int] = {}
    group = np.empty(len(vectors), np.intp)
    first: list[int] = []
    for item, vector in enumerate(vectors):
        group[item] = number = groups.setdefault(vector.tobytes(), len(first))
        if number == len(first):
            first.append(item)
    return np.array(first, np.intp), group


def _comparable(
    vectors: NDArray[np.float32], test_vectors: NDArray[np.float32] | None, metric: Metric
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if metric == "cosine":
        keys = unit(vectors)
        return keys, keys if test_vectors is None else unit(test_vectors)
    if metric != "euclidean":
        raise ValueError(f'metric must be "cosine" or "euclidean", got {metric!r}')
    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = vectors - mean
    scale = float(np.sqrt(np.einsum("nd,nd->n", centred, centred).mean())) or 1.0
    keys = centred / np.float32(scale)
    return keys, keys if test_vectors is None else (test_vectors - mean) / np.float32(scale)
