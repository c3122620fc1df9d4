"""How much nearer a vector is to its own group than to the next."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.senses.labelled import check_labels, check_vectors, middle, one_hot, unit, usable

# Squared distance, as a cosine distance, under which two vectors are one but for rounding.
_IDENTICAL = 1e-6


def silhouette(vectors: ArrayLike, labels: ArrayLike) -> float:
    """Return the mean silhouette by cosine distance.

    The same number as scikit-learn's ``silhouette_score(metric="cosine")``, with n · k products instead of
    n²: a mean of cosines is the cosine's product with a mean of unit vectors.

    Parameters
    ----------
    vectors : array_like [items, dimensions]
    labels : array_like [items]
        At least two different ones.

    Returns
    -------
    float
        −1 … 1; NaN where all vectors are identical, for which it is not defined.

    Raises
    ------
    ValueError
        For wrong shapes, vectors that are not finite or of length 0, or fewer than two groups.

    References
    ----------
    Rousseeuw 1987, "Silhouettes".

    Examples
    --------
    >>> vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
    >>> round(silhouette(vectors, [0, 0, 1, 1]), 3)
    0.994
    >>> silhouette(np.ones((4, 2)), [0, 0, 1, 1])
    nan
    """
    array = check_vectors(vectors, "vectors")
    named = check_labels(labels, len(array), "labels")
    lengthless = int(np.count_nonzero(~usable(array)))
    if lengthless:
        raise ValueError(f"vectors must have a length, got {lengthless} of zeros; leave them out")
    names, codes = np.unique(named, return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"labels must hold at least two groups, got {len(names)}")
    values = silhouette_values(array, codes, len(names))
    return float("nan") if np.isnan(values).all() else float(values.mean())


def silhouette_values(
    vectors: NDArray[np.float32], codes: NDArray[np.intp], kinds: int
) -> NDArray[np.float64]:
    """Return each item's silhouette by cosine distance.

    Parameters
    ----------
    vectors : ndarray [items, dimensions], float32
        Finite, not of length 0.
    codes : ndarray [items]
        Group of each, `0 … kinds − 1`; a group may be empty.
    kinds : int

    Returns
    -------
    ndarray [items], float64
        0 for the only item of a group, and for one at distance 0 from its own group and the next, as in
        scikit-learn; all NaN where all vectors are identical.

    Examples
    --------
    >>> silhouette_values(np.eye(3, dtype=np.float32), np.array([0, 0, 1]), 2).tolist()
    [0.0, 0.0, 0.0]
    """
    return centred_silhouettes(*centred_units(vectors), codes, kinds)


def centred_units(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return unit vectors less their mean, and half their squared lengths: what silhouettes are made of.

    A cosine distance is half a squared distance of unit vectors, which centring does not change; it keeps
    single precision where all cosines are near 1.

    Examples
    --------
    >>> centred, halves = centred_units(np.array([[2, 0], [0, 1]], np.float32))
    >>> halves.tolist()
    [0.25, 0.25]
    """
    units = unit(vectors)
    units -= middle(units)
    return units, np.einsum("nd,nd->n", units, units).astype(float) / 2


def centred_silhouettes(
    units: NDArray[np.float32], halves: NDArray[np.float64], codes: NDArray[np.intp], kinds: int
) -> NDArray[np.float64]:
    """Return silhouettes from what `centred_units` gives.

    Parameters
    ----------
    units : ndarray [items, dimensions], float32
    halves : ndarray [items], float64
    codes : ndarray [items] or [items, labellings]
        Several labellings cost little more than one.
    kinds : int

    Returns
    -------
    ndarray [items] or [items, labellings], float64

    Examples
    --------
    >>> parts = centred_units(np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], np.float32))
    >>> centred_silhouettes(*parts, np.array([0, 0, 1, 1]), 2).round(2).tolist()
    [0.99, 0.99, 0.99, 0.99]
    """
    if halves.max(initial=0) < _IDENTICAL / 2:
        return np.full(codes.shape, np.nan)
    labellings = codes.reshape(len(codes), -1)
    runs = labellings.shape[1]
    members = one_hot(labellings, kinds)
    sizes = members.sum(axis=0, dtype=float)
    # Sums of cosine distances to all of a group: |x|²/2 + |y|²/2 − x·y over its members y.
    sums = np.multiply.outer(halves, sizes)
    sums += halves @ members
    sums -= units @ (units.T @ members)
    sums = sums.reshape(len(codes), runs, kinds)
    sizes = sizes.reshape(runs, kinds)
    own = labellings[:, :, np.newaxis]
    size = sizes[np.arange(runs), labellings]
    inside = np.take_along_axis(sums, own, axis=2)[:, :, 0] / np.maximum(size - 1, 1)
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    np.put_along_axis(means, own, np.inf, axis=2)
    outside = means.min(axis=2)
    larger = np.maximum(inside, outside)
    values = np.divide(outside - inside, larger, out=np.zeros_like(inside), where=larger > _IDENTICAL)
    values = np.clip(np.where(size > 1, values, 0.0), -1, 1)
    return values.reshape(codes.shape)
