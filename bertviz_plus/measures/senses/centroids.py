"""Whether a vector is nearer to the centre of its own sense than to the others'."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.senses.labelled import TOLERANCE, check_labels, check_vectors, middle, one_hot
from bertviz_plus.measures.senses.neighbours import Metric, codes_among

# A vector whose distance from the mean is under this share of a vector's length is the mean but for rounding.
_NEGLIGIBLE = 1e-5


def nearest_centroid_accuracy(
    vectors: ArrayLike,
    labels: ArrayLike,
    *,
    test_vectors: ArrayLike | None = None,
    test_labels: ArrayLike | None = None,
    metric: Metric = "cosine",
) -> float:
    """Return the accuracy of the nearest sense centroid: leave-one-out, or on test items.

    The mean vector is subtracted first, because BERT's vectors all point one way. Leave-one-out holds an
    item out of everything: of the mean and of its own sense's centroid.

    Parameters
    ----------
    vectors : array_like [items, dimensions]
    labels : array_like [items]
    test_vectors : array_like [test items, dimensions], optional
        Classified by the centroids of `vectors`.
    test_labels : array_like [test items], optional
    metric : {"cosine", "euclidean"}
        Cosine to each centroid, or distance from it.

    Returns
    -------
    float
        0 … 1. Centroids that are equally near share the credit.

    Raises
    ------
    ValueError
        For wrong shapes or vectors that are not finite.

    Notes
    -----
    Leave-one-out has a trap. Taking an item away pushes its own centroid off from it, and no other: where
    vectors carry nothing about the sense, as at hidden layer 0, the item is nearer to the *wrong* centroid,
    and accuracy falls **below** that of the most frequent sense, down to 0. Compare with shuffled labels,
    which fall into the same trap, not with the majority alone. An item that is its sense's only one is
    never right.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
    >>> nearest_centroid_accuracy(vectors, ["river", "river", "money", "money"])
    1.0
    """
    array = check_vectors(vectors, "vectors", 1 if test_vectors is not None else 2)
    named = check_labels(labels, len(array), "labels")
    if (test_vectors is None) != (test_labels is None):
        raise ValueError("test_vectors and test_labels must be given together, got one of them")
    names = np.unique(named)
    codes = np.searchsorted(names, named)
    if test_vectors is None:
        return float(centroid_correct(array, codes, len(names), metric=metric).mean())
    tested = check_vectors(test_vectors, "test_vectors", 1)
    if tested.shape[1] != array.shape[1]:
        raise ValueError(f"test_vectors must have {array.shape[1]} dimensions, got {tested.shape[1]}")
    truth = codes_among(names, check_labels(np.asarray(test_labels), len(tested), "test_labels"))
    return float(centroid_correct(array, codes, len(names), tested, truth, metric=metric).mean())


def centroid_correct(
    vectors: NDArray[np.float32],
    codes: NDArray[np.intp],
    kinds: int,
    test_vectors: NDArray[np.float32] | None = None,
    test_codes: NDArray[np.intp] | None = None,
    *,
    metric: Metric = "cosine",
) -> NDArray[np.float64]:
    """Return the expected correctness of each item, 0 … 1.

    Parameters
    ----------
    vectors : ndarray [items, dimensions], float32
    codes : ndarray [items] or [items, labellings]
        Sense of each, `0 … kinds − 1`; several labellings cost little more than one.
    kinds : int
    test_vectors : ndarray [test items, dimensions], float32, optional
    test_codes : ndarray [test items], optional
        −1 for a sense that has no centroid: never right.
    metric : {"cosine", "euclidean"}

    Returns
    -------
    ndarray [items or test items] or [..., labellings], float64

    Examples
    --------
    >>> centroid_correct(np.ones((4, 2), np.float32), np.array([0, 0, 1, 1]), 2).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    if metric not in ("cosine", "euclidean"):
        raise ValueError(f'metric must be "cosine" or "euclidean", got {metric!r}')
    labellings = codes.reshape(len(codes), -1)
    runs = labellings.shape[1]
    mean = middle(vectors)
    centred = vectors - mean
    members = one_hot(labellings, kinds)
    sizes = members.sum(axis=0, dtype=float)
    centroids = np.divide((members.T @ centred).T, np.maximum(sizes, 1)).T.astype(np.float32)
    items = centred if test_vectors is None else test_vectors - mean
    # Lengths as shares of a typical vector's, so that rounding can be told from distance.
    typical = float(np.einsum("nd,nd->n", vectors, vectors).mean(dtype=float)) or 1.0
    squares = np.einsum("nd,nd->n", items, items).astype(float) / typical
    along = (items @ centroids.T).astype(float).reshape(len(items), runs, kinds) / typical
    lengths = np.einsum("kd,kd->k", centroids, centroids).astype(float).reshape(runs, kinds) / typical
    sizes = sizes.reshape(runs, kinds)
    if test_vectors is None:
        near, truth = _held_out(squares, along, lengths, labellings, sizes, metric), labellings
    else:
        near = _similarity(squares[:, np.newaxis, np.newaxis], along, lengths, metric)
        known = np.zeros(len(items), np.intp) if test_codes is None else test_codes
        truth = np.broadcast_to(known[:, np.newaxis], (len(items), runs))
    near = np.where(sizes == 0, -np.inf, near)
    return _credit(near, truth).reshape(len(items), *codes.shape[1:])


def _held_out(
    squares: NDArray[np.float64],
    along: NDArray[np.float64],
    lengths: NDArray[np.float64],
    codes: NDArray[np.intp],
    sizes: NDArray[np.float64],
    metric: Metric,
) -> NDArray[np.float64]:
    """Return how near each item is to each centroid, both without it, `[items, labellings, kinds]`.

    With the mean at 0, the mean without x is −x/(n−1); x stays on its line, and a centroid c becomes
    c + x/(n−1). The own centroid without x is (m·c − x)/(m−1). All cosines follow from x·c, x·x and c·c.
    """
    n, runs = codes.shape
    own = codes[:, :, np.newaxis]
    size = sizes[np.arange(runs), codes][:, :, np.newaxis]
    divisor = np.maximum(size - 1, 1)
    x_x = squares[:, np.newaxis, np.newaxis]
    x_c, c_c = along.copy(), np.broadcast_to(lengths, along.shape).copy()
    x_own, own_own = np.take_along_axis(x_c, own, axis=2), np.take_along_axis(c_c, own, axis=2)
    np.put_along_axis(x_c, own, (size * x_own - x_x) / divisor, axis=2)
    np.put_along_axis(c_c, own, (size**2 * own_own - 2 * size * x_own + x_x) / divisor**2, axis=2)
    if metric == "cosine":
        shift = 1 / (n - 1)
        c_c += 2 * shift * x_c + shift**2 * x_x
        x_c += shift * x_x
    near = _similarity(x_x, x_c, c_c, metric)
    # Without its only item, a sense has no centroid.
    kept = np.where(size > 1, np.take_along_axis(near, own, axis=2), -np.inf)
    np.put_along_axis(near, own, kept, axis=2)
    return near


def _similarity(
    x_x: NDArray[np.float64], x_c: NDArray[np.float64], c_c: NDArray[np.float64], metric: Metric
) -> NDArray[np.float64]:
    if metric == "euclidean":
        return np.asarray(2 * x_c - c_c - x_x)
    scale = np.sqrt(np.maximum(x_x, 0) * np.maximum(c_c, 0))
    # What is at the mean has no direction: its cosine to everything counts as 0.
    has_direction = (x_x > _NEGLIGIBLE**2) & (c_c > _NEGLIGIBLE**2)
    return np.asarray(np.divide(x_c, scale, out=np.zeros_like(scale), where=has_direction))


def _credit(near: NDArray[np.float64], truth: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the share of the nearest centroids that is the right one, `[items, labellings]`."""
    best = near >= near.max(axis=2, keepdims=True) - TOLERANCE
    right = np.take_along_axis(best, np.maximum(truth, 0)[:, :, np.newaxis], axis=2)[:, :, 0]
    return np.where(truth >= 0, right / best.sum(axis=2), 0.0)
