"""How does a map of many tokens fit into a small cell without losing a lone strong link? By its maximum."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section

_MATRIX = section("attention.matrix")
_POOLED_SIDE = 64
_POOLED_SIDE_MANY_HEADS = 48
_MANY_HEADS = 200
_SPECIAL, _SPECIAL_SHARE = _MATRIX.number("special_column"), _MATRIX.number("special_share")


def pooled_side(n: int, n_maps: int) -> int:
    """Return how many cells a side of a pooled map has: at most 64, or 48 for more than 200 maps.

    Examples
    --------
    >>> pooled_side(22, 72), pooled_side(512, 144), pooled_side(512, 24 * 16)
    (22, 64, 48)
    """
    return min(n, _POOLED_SIDE_MANY_HEADS if n_maps > _MANY_HEADS else _POOLED_SIDE)


def pool_edges(n: int, cells: int, special: Sequence[bool]) -> list[int]:
    """Cut `n` tokens into cells; a special token at either end keeps a cell of its own.

    Parameters
    ----------
    n : int
        Number of tokens.
    cells : int
        Number of cells; where there are fewer tokens, each is a cell.
    special : sequence of bool
        Which tokens are special; only the first and the last are looked at.

    Returns
    -------
    list of int
        ``cells + 1`` edges: cell ``c`` covers tokens ``edges[c]`` to ``edges[c + 1]``, end excluded.

    Raises
    ------
    ValueError
        Where there is no token or no cell.

    Examples
    --------
    >>> pool_edges(10, 4, [True] + [False] * 8 + [True])
    [0, 1, 5, 9, 10]
    >>> pool_edges(3, 64, [False] * 3)
    [0, 1, 2, 3]
    """
    if n < 1 or cells < 1:
        raise ValueError(f"n and cells must be at least 1, got n={n} and cells={cells}")
    count = min(n, cells)
    first = int(count > 1 and bool(special[0]))
    last = int(count > 1 + first and bool(special[n - 1]))
    inner, inner_cells = n - first - last, count - first - last
    edges = [first + i * inner // inner_cells for i in range(inner_cells + 1)]
    return [0] * first + edges + [n] * last


def max_pool(codes: NDArray[np.uint8], rows: Sequence[int], columns: Sequence[int]) -> NDArray[np.uint8]:
    """Keep the largest weight of every cell.

    Parameters
    ----------
    codes : ndarray [..., n, m], uint8
        Weights as 0 to 254; 255 is missing.
    rows, columns : sequence of int
        Edges (`pool_edges`).

    Returns
    -------
    ndarray [..., cells of rows, cells of columns], uint8
        255 where a cell holds nothing but missing weights.

    Examples
    --------
    >>> codes = np.array([[255, 3, 9], [1, 2, 255]], np.uint8)
    >>> max_pool(codes, [0, 2], [0, 1, 2, 3])
    array([[1, 3, 9]], dtype=uint8)
    """
    # Counting on by one turns 255 into 0, so that missing weights lose against every other.
    shifted = codes + np.uint8(1)
    pooled: NDArray[np.uint8] = _reduce(np.maximum, _reduce(np.maximum, shifted, rows, -2), columns, -1)
    pooled -= np.uint8(1)
    return pooled


def max_pool_weights(
    weights: NDArray[np.floating], rows: Sequence[int], columns: Sequence[int]
) -> NDArray[np.floating]:
    """Keep the largest finite weight of every cell, NaN where there is none; no copy of `weights` is made.

    Parameters
    ----------
    weights : ndarray [..., n, m]
    rows, columns : sequence of int
        Edges (`pool_edges`).

    Returns
    -------
    ndarray [..., cells of rows, cells of columns]

    Examples
    --------
    >>> max_pool_weights(np.array([[0.25, np.nan], [0.5, np.nan]]), [0, 2], [0, 1, 2])
    array([[0.5, nan]])
    """
    pooled = _reduce(np.maximum, _reduce(np.maximum, weights, rows, -2), columns, -1)
    if np.isfinite(pooled).all():
        return pooled
    present = np.where(np.isfinite(weights), weights, np.nan)
    return _reduce(np.fmax, _reduce(np.fmax, present, rows, -2), columns, -1)


def spread(
    n: int, pixels: int, first_least: int = 0, last_least: int = 0
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Spread tokens over pixels: several a pixel, or several pixels a token.

    Parameters
    ----------
    n : int
        Number of tokens.
    pixels : int
        Number of pixels.
    first_least, last_least : int, default 0
        The first and the last token get at least so many pixels.

    Returns
    -------
    start, end : ndarray [pixels], int
        The tokens that each pixel covers, end excluded.

    Examples
    --------
    >>> start, end = spread(6, 4, first_least=2)
    >>> start.tolist(), end.tolist()
    ([0, 0, 1, 3], [1, 1, 3, 6])
    """
    first = first_least if first_least * n > pixels else 0
    last = last_least if last_least * n > pixels else 0
    offset = int(first > 0)
    inner, width = n - offset - int(last > 0), pixels - first - last
    places = np.arange(pixels) - first
    start = offset + places * inner // width
    end = np.maximum(start + 1, offset + (places + 1) * inner // width)
    start[:first], end[:first] = 0, 1
    start[pixels - last :], end[pixels - last :] = n - 1, n
    return start, end


def column_edges(special: NDArray[np.bool_], cell: float) -> NDArray[np.float64]:
    """Say where columns begin; those of special tokens are at least 3 wide, or what heads rest on vanishes.

    Parameters
    ----------
    special : ndarray [columns], bool
    cell : float
        A column's width in CSS pixels, were all equal.

    Returns
    -------
    ndarray [columns + 1]
        The last is where the last column ends.

    Examples
    --------
    >>> column_edges(np.array([True] + [False] * 11), 2).tolist()[:3]
    [0.0, 3.0, 4.909090909090909]
    """
    n, count = len(special), int(special.sum())
    width = cell * n
    widths = np.full(n, cell, np.float64)
    if cell < _SPECIAL and count * _SPECIAL <= width * _SPECIAL_SHARE:
        widths = np.where(special, _SPECIAL, (width - count * _SPECIAL) / (n - count))
    return np.concatenate([[0.0], widths.cumsum()])


def pixel_spans(edges: NDArray[np.float64], pixels: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the columns that each of `pixels` covers, as `spread` does for columns of one width.

    Examples
    --------
    >>> start, end = pixel_spans(np.array([0.0, 3, 4, 5]), 5)
    >>> start.tolist(), end.tolist()
    ([0, 0, 0, 1, 2], [1, 1, 1, 2, 3])
    """
    at = np.floor(edges / edges[-1] * pixels + 0.5).astype(np.intp)
    past = np.maximum(at[:-1] + 1, at[1:])
    places = np.arange(pixels)
    return np.searchsorted(past, places, "right"), np.searchsorted(at[:-1], places, "right")


def max_over(
    codes: NDArray[np.uint8],
    rows: tuple[NDArray[np.intp], NDArray[np.intp]],
    columns: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> NDArray[np.uint8]:
    """Keep the largest weight of every pixel, as `spread` covers tokens.

    Parameters
    ----------
    codes : ndarray [..., n, m], uint8
        255 is missing.
    rows, columns : (start, end)

    Returns
    -------
    ndarray [..., pixels down, pixels across], uint8

    Examples
    --------
    >>> max_over(np.array([[1, 2], [3, 255]], np.uint8), spread(2, 1), spread(2, 4))
    array([[3, 3, 2, 2]], dtype=uint8)
    """
    shifted = codes + np.uint8(1)
    for axis, (start, end) in ((-2, rows), (-1, columns)):
        if (end - start == 1).all():
            shifted = shifted.take(start, axis=axis)
        else:
            shifted = _spans(shifted, start, end, axis)
    return shifted - np.uint8(1)


def _spans(
    values: NDArray[np.uint8], start: NDArray[np.intp], end: NDArray[np.intp], axis: int
) -> NDArray[np.uint8]:
    """Take the maximum over spans that may repeat or overlap."""
    pooled = values.take(start, axis=axis)
    for step in range(1, int((end - start).max())):
        np.maximum(pooled, values.take(np.minimum(start + step, end - 1), axis=axis), out=pooled)
    return pooled


def _reduce(function: np.ufunc, values: NDArray[Any], edges: Sequence[int], axis: int) -> NDArray[Any]:
    if len(edges) - 1 == values.shape[axis]:
        return values
    if axis == -1:
        # Whole rows are compared at memory speed; short runs along a row are not.
        turned = np.ascontiguousarray(values.swapaxes(-1, -2))
        return _reduce(function, turned, edges, -2).swapaxes(-1, -2)
    start, last = np.asarray(edges[:-1]), np.asarray(edges[1:]) - 1
    reduced: NDArray[Any] = values.take(start, axis=axis)
    # Row after row of every cell at once; a short cell's last row is seen twice, which changes no maximum.
    for step in range(1, int((last - start).max()) + 1):
        function(reduced, values.take(np.minimum(start + step, last), axis=axis), out=reduced)
    return reduced
