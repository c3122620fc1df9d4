"""How does a map of many tokens fit into a small cell without losing a lone strong link? By its maximum."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_POOLED_SIDE = 64
_POOLED_SIDE_MANY_HEADS = 48
_MANY_HEADS = 200


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
    if cells >= n:
        return list(range(n + 1))
    # Two ends and something between them need three cells.
    first = int(bool(special[0]) and cells > 2)
    last = int(bool(special[n - 1]) and cells > 2)
    inner, inner_cells = n - first - last, cells - first - last
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
    pooled = _reduce(np.maximum, _reduce(np.maximum, shifted, rows, -2), columns, -1)
    return pooled - np.uint8(1)


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


def _reduce(
    function: np.ufunc, values: NDArray[np.generic], edges: Sequence[int], axis: int
) -> NDArray[np.generic]:
    if len(edges) - 1 == values.shape[axis]:
        return values
    if axis == -1:
        # Whole rows are compared at memory speed; short runs along a row are not.
        turned = np.ascontiguousarray(values.swapaxes(-1, -2))
        reduced: NDArray[np.generic] = function.reduceat(turned, edges[:-1], axis=-2)
        return reduced.swapaxes(-1, -2)
    result: NDArray[np.generic] = function.reduceat(values, edges[:-1], axis=axis)
    return result
