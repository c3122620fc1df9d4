"""Vectors with one label each: what classifiers and clusterings are measured on, checked at the door."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.traces.checks import numpy_array
from bertviz_plus.traces.labels import is_missing

TOLERANCE = 1e-6
"""Cosines nearer to each other than this are one: single precision does not tell them apart."""


def check_vectors(vectors: ArrayLike, name: str, least: int = 2) -> NDArray[np.float32]:
    """Return vectors as `[items, dimensions]`, all finite.

    Examples
    --------
    >>> check_vectors([1.0, 2.0], "vectors")
    Traceback (most recent call last):
    ...
    ValueError: vectors must have the shape [items, dimensions], got [2]
    """
    array: NDArray[np.float32] = numpy_array(vectors, name)
    if array.ndim != 2 or not array.shape[1]:
        raise ValueError(f"{name} must have the shape [items, dimensions], got {list(array.shape)}")
    if len(array) < least:
        raise ValueError(f"{name} must hold at least {least} items, got {len(array)}")
    missing = int(np.count_nonzero(~usable(array, zero=True)))
    if missing:
        raise ValueError(f"{name} must be finite, got {missing} items with NaN or infinity; leave them out")
    return array


def check_labels(labels: ArrayLike, items: int, name: str) -> NDArray[Any]:
    """Return labels as an array, one for each item.

    Examples
    --------
    >>> check_labels(["river"], 2, "labels")
    Traceback (most recent call last):
    ...
    ValueError: labels must have one entry for each of the 2 items, got 1
    """
    array = np.asarray(labels)
    if array.shape != (items,):
        raise ValueError(f"{name} must have one entry for each of the {items} items, got {array.size}")
    if isinstance(labels, np.ndarray) and labels.dtype.kind in "biuSU":
        return array
    # As objects, since an array of strings would have written a missing label as "nan".
    missing = [place for place, label in enumerate(np.asarray(labels, object)) if is_missing(label)]
    if missing:
        raise ValueError(
            f"{name} must have a label for each item, and {name}[{missing[0]}] is missing "
            f"({len(missing)} are): leave these items out"
        )
    return array


def usable(vectors: NDArray[np.float32], *, zero: bool = False) -> NDArray[np.bool_]:
    """Say which vectors a cosine can be taken of: finite, and not of length 0 (allowed with `zero`).

    Examples
    --------
    >>> usable(np.array([[1, 0], [0, 0], [np.nan, 1]], np.float32)).tolist()
    [True, False, False]
    """
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.einsum("...d,...d->...", vectors, vectors)
        finite = np.isfinite(squares)
        return np.asarray(finite if zero else finite & (squares > 0))


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale vectors to length 1; those of length 0 stay.

    Examples
    --------
    >>> unit(np.array([[3, 4], [0, 0]], np.float32)).tolist()
    [[0.600..., 0.800...], [0.0, 0.0]]
    """
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, np.newaxis]
    scaled = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return np.asarray(scaled, np.float32)


def middle(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean vector, as one matrix product.

    Examples
    --------
    >>> middle(np.array([[1, 0], [3, 2]], np.float32)).tolist()
    [2.0, 1.0]
    """
    return np.asarray(np.full(len(vectors), 1 / len(vectors), np.float32) @ vectors)


def one_hot(codes: NDArray[np.intp], kinds: int) -> NDArray[np.float32]:
    """Return a 1 at each item's code; with several labellings, side by side.

    Parameters
    ----------
    codes : ndarray [items] or [items, labellings]
        `0 … kinds − 1`.
    kinds : int

    Returns
    -------
    ndarray [items, labellings · kinds], float32

    Examples
    --------
    >>> one_hot(np.array([[1, 0], [0, 0]]), 2).tolist()
    [[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]]
    """
    labellings = codes.reshape(len(codes), -1)
    table = np.zeros((len(codes), labellings.shape[1] * kinds), np.float32)
    places = labellings + np.arange(labellings.shape[1]) * kinds
    table[np.arange(len(codes))[:, np.newaxis], places] = 1
    return table
