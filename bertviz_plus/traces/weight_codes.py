"""Numbers as codes of few bits: weights, as the front end stores and every plate draws them, and others."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.design import section

_CODES = section("weights")

FULL = _CODES.whole("one")
"""Code of the largest weight, 1."""

MISSING = _CODES.whole("missing")
"""Code of a weight that is missing."""

LEAST_WEIGHT = 0.5 / FULL
"""Smaller weights have code 0, and are never drawn."""

_CACHED = 65_536


def quantise(weights: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Round weights to 255 levels.

    Parameters
    ----------
    weights : ndarray, 0 to 1
        What is not finite is missing; what lies outside 0 … 1 is drawn as the nearest of the two.

    Returns
    -------
    ndarray of uint8
        weight = code / 254, exact to 0.002; 255 where it is missing.

    Examples
    --------
    >>> quantise(np.array([0, 0.5, 1, np.nan])).tolist()
    [0, 127, 254, 255]
    """
    given = np.ascontiguousarray(weights).ravel()
    codes = np.empty(given.size, np.uint8)
    scaled, ones = np.empty((2, min(given.size, _CACHED)), np.float32)
    ones.fill(1)
    # Four passes over each weight: from a core's cache where they are made piece by piece.
    for start in range(0, given.size, _CACHED):
        piece = slice(start, start + _CACHED)
        _round(given[piece], scaled[: given.size - start], ones[: given.size - start], codes[piece])
    return codes.reshape(np.shape(weights))


def quantise_signed(values: NDArray[np.floating], most: float) -> NDArray[np.uint8]:
    """Round signed numbers to 255 levels that are even in the square root: small ones stay apart.

    Parameters
    ----------
    values : ndarray, -most to most
        What is not finite is missing; what lies outside is drawn as the nearest of the two.
    most : float, above 0

    Returns
    -------
    ndarray of uint8
        0 for zero, then odd below zero and even above, larger the further from zero: the largest code of
        several numbers is that of the number furthest from zero. 255 where it is missing.

    Examples
    --------
    >>> quantise_signed(np.array([0, 1, -1, 0.25, -0.25, np.nan]), 1).tolist()
    [0, 254, 253, 128, 127, 255]
    """
    steps = FULL // 2
    finite = np.isfinite(values)
    size = np.sqrt(np.minimum(np.abs(np.where(finite, values, 0)) / most, 1))
    codes = 2 * np.floor(steps * size + 0.5).astype(np.int64)
    codes -= (np.where(finite, values, 0) < 0) & (codes > 0)
    return np.where(finite, codes, MISSING).astype(np.uint8)


def to_codes(
    values: ArrayLike, scale: float, *, lowest: float = 0.0, missing: int = 0
) -> NDArray[np.float64]:
    """Round numbers to whole steps, halves up: value = lowest + scale · code.

    The rule of `quantise`, for numbers of any range.

    Parameters
    ----------
    values : array_like
    scale : float
        Size of a step.
    lowest : float, default 0
        Value of code 0.
    missing : int, default 0
        Code of what is not finite.

    Examples
    --------
    >>> to_codes([0, 0.5, 1, np.nan], 1 / FULL, missing=MISSING).tolist()
    [0.0, 127.0, 254.0, 255.0]
    """
    given = np.asarray(values, np.float64)
    finite = np.isfinite(given)
    return np.where(finite, np.floor((np.where(finite, given, lowest) - lowest) / scale + 0.5), missing)


def _round(
    weights: NDArray[np.floating],
    scaled: NDArray[np.float32],
    ones: NDArray[np.float32],
    codes: NDArray[np.uint8],
) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(weights, FULL, out=scaled, dtype=np.float32)
        scaled += 0.5
        all_finite = np.isfinite(scaled @ ones)
    if not all_finite:
        np.nan_to_num(scaled, copy=False, nan=0, posinf=FULL, neginf=0)
    np.clip(scaled, 0, FULL + 0.5, out=scaled)
    np.copyto(codes, scaled, casting="unsafe")
    if not all_finite:
        codes[~np.isfinite(weights)] = MISSING
