"""How differently do two heads attend? The Jensen–Shannon divergence of all pairs, or of matched heads."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Clark's smoothing of divergences; that of entropies is another.
SMOOTHING = 0.001
# Weights of each head that are compared at once, so that those of all heads stay in a core's cache.
_TOGETHER = 1024


def head_divergence(attention: NDArray[Any]) -> NDArray[np.float64]:
    r"""Return the Jensen–Shannon divergence of every pair of heads in nats, summed over the rows of a text.

    Rows are smoothed as :math:`0.999\,a + 0.001/n` (Clark et al. 2019, section 6, and its
    `head_distances.py`). It is computed as the entropy of the mean of two rows less the mean of their
    entropies, which takes one logarithm for each cell of a pair.

    Parameters
    ----------
    attention : ndarray [..., queries, keys]
        The maps of all heads, layer by layer; missing weights (NaN, infinite) count as 0. Computed in their
        own precision and summed in double: 128 tokens in single precision are within 1e-4.

    Returns
    -------
    ndarray [heads, heads], float64
        Symmetric, 0 on the diagonal; at most :math:`n \ln 2`.

    Examples
    --------
    >>> heads = np.array([[[1, 0], [1, 0]], [[0, 1], [0, 1]], [[1, 0], [1, 0]]], float)
    >>> head_divergence(heads).round(2).tolist()
    [[0.0, 1.38, 0.0], [1.38, 0.0, 1.38], [0.0, 1.38, 0.0]]
    """
    n_keys = attention.shape[-1]
    cells = attention.reshape(-1, attention.shape[-2] * n_keys)
    n_heads = len(cells)
    negentropy = np.zeros((n_heads, n_heads))
    mixed, logs = (np.empty((n_heads, _TOGETHER), cells.dtype) for _ in range(2))
    half = cells.dtype.type((1 - SMOOTHING) / 2)
    for start in range(0, cells.shape[1], _TOGETHER):
        part = cells[:, start : start + _TOGETHER]
        halved = np.where(np.isfinite(part), part, 0) * half + cells.dtype.type(SMOOTHING / 2 / n_keys)
        width = halved.shape[1]
        for head in range(n_heads):
            # This head with itself and all that follow it.
            mean, log = mixed[: n_heads - head, :width], logs[: n_heads - head, :width]
            np.add(halved[head:], halved[head], out=mean)
            np.log(mean, out=log)
            negentropy[head, head:] += np.einsum("hc,hc->h", mean, log)
    own = negentropy.diagonal()
    divergence = np.triu(np.maximum((own[:, np.newaxis] + own) / 2 - negentropy, 0), k=1)
    return np.asarray(divergence + divergence.T)


def matched_divergence(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
    r"""Return the Jensen–Shannon divergence of maps and their counterparts in nats, summed over the rows.

    Rows are smoothed as by `head_divergence`.

    Parameters
    ----------
    first, second : ndarray [..., queries, keys]
        Missing weights (NaN, infinite) count as 0.

    Returns
    -------
    ndarray [...], float64
        0 where two are the same.

    Examples
    --------
    >>> heads = np.array([[[1, 0], [1, 0]], [[0, 1], [0, 1]]], float)
    >>> matched_divergence(heads, heads[[0, 0]]).round(2).tolist()
    [0.0, 1.38]
    """
    n_keys = first.shape[-1]
    maps = []
    for one in (first, second):
        cells = np.where(np.isfinite(one), one, 0) * one.dtype.type(1 - SMOOTHING)
        maps.append(cells + one.dtype.type(SMOOTHING / n_keys))
    maps.append((maps[0] + maps[1]) / 2)
    own, other, mixed = (np.einsum("...qk,...qk->...", one, np.log(one), dtype=np.float64) for one in maps)
    return np.asarray(np.maximum((own + other) / 2 - mixed, 0))
