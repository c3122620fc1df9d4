"""What a method of aligning is given, checked at the door: similarities, and numbers from 0 to 1."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Similarity = NDArray[np.floating[Any]]


def checked_similarity(similarity: Any, name: str = "similarity") -> Similarity:
    """Return a matrix of finite numbers, in its own precision.

    Examples
    --------
    >>> checked_similarity([[0.5, np.nan]])
    Traceback (most recent call last):
    ...
    ValueError: similarity must be finite numbers, but 1 of 2 are not
    """
    if hasattr(similarity, "detach"):
        similarity = similarity.detach().cpu().numpy()
    matrix = np.asarray(similarity)
    if matrix.ndim != 2 or not matrix.size:
        raise ValueError(
            f"{name} must have the shape [source, target] with a word in each, got {list(matrix.shape)}"
        )
    if matrix.dtype.kind in "iub" or matrix.dtype == np.float16:
        matrix = matrix.astype(np.float64)
    if matrix.dtype.kind != "f":
        raise ValueError(f"{name} must be real numbers, got {matrix.dtype}")
    if not np.isfinite(matrix.sum()) and not np.isfinite(matrix).all():
        missing = int((~np.isfinite(matrix)).sum())
        raise ValueError(f"{name} must be finite numbers, but {missing} of {matrix.size} are not")
    return matrix


def checked_number(number: Any, name: str) -> float:
    """Refuse what is no number from 0 to 1.

    Examples
    --------
    >>> checked_number("0.5", "alpha")
    Traceback (most recent call last):
    ...
    ValueError: alpha must be a number from 0 to 1, got '0.5'
    """
    if not isinstance(number, int | float | np.number) or not 0 <= number <= 1:
        raise ValueError(f"{name} must be a number from 0 to 1, got {number!r}")
    return float(number)
