"""How well clusters agree with the senses that people gave.

All three measures are functions of the table that counts items by sense and cluster, and take many tables
at once: that makes their bootstrap one matrix product.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Agreement:
    """Agreement of two labellings of the same items.

    Attributes
    ----------
    ari : float
        Adjusted Rand index: 1 for the same partition, 0 expected by chance, negative below it.
    v_measure : float
        Harmonic mean of homogeneity and completeness, 0 … 1; not corrected for chance.
    purity : float
        Share of items in their cluster's most frequent sense; at least the share of the most frequent
        sense, and 1 with as many clusters as items.
    """

    ari: float
    v_measure: float
    purity: float


def clustering_agreement(senses: ArrayLike, clusters: ArrayLike) -> Agreement:
    """Compare clusters with senses.

    Parameters
    ----------
    senses, clusters : array_like [items]
        Labels of any kind; which is called what does not matter.

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError
        Where the two have not the same length, or are empty.

    References
    ----------
    Hubert & Arabie 1985 (adjusted Rand index). Rosenberg & Hirschberg 2007, "V-Measure". Manning,
    Raghavan & Schütze 2008, "Introduction to Information Retrieval", section 16.3 (purity).

    Examples
    --------
    >>> clustering_agreement(["river", "river", "money", "money"], [1, 1, 0, 0])
    Agreement(ari=1.0, v_measure=1.0, purity=1.0)
    """
    table = contingency(senses, clusters)
    return Agreement(float(adjusted_rand(table)), float(v_measure(table)), float(purity(table)))


def contingency(senses: ArrayLike, clusters: ArrayLike) -> NDArray[np.float64]:
    """Count items by sense and cluster.

    Returns
    -------
    ndarray [senses, clusters], float64
        Both in sorted order.

    Examples
    --------
    >>> contingency(["a", "a", "b"], [0, 1, 1]).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    rows, row = np.unique(np.asarray(senses), return_inverse=True)
    columns, column = np.unique(np.asarray(clusters), return_inverse=True)
    if row.shape != column.shape or row.ndim != 1 or not row.size:
        raise ValueError(
            "senses and clusters must have one label for each of the same items, "
            f"got {list(row.shape)} and {list(column.shape)}"
        )
    counts = np.bincount(row * len(columns) + column, minlength=len(rows) * len(columns))
    return counts.reshape(len(rows), len(columns)).astype(float)


def adjusted_rand(tables: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the adjusted Rand index of each table.

    Parameters
    ----------
    tables : ndarray [..., senses, clusters]
        Counts.

    Returns
    -------
    ndarray [...], float64
        1 where both sides put all items together, or each alone.

    Examples
    --------
    >>> round(float(adjusted_rand(np.array([[1.0, 1], [1, 1]]))), 3)
    -0.5
    """
    cells = np.asarray(tables, float)
    together = _pairs(cells).sum(axis=(-2, -1))
    rows = _pairs(cells.sum(axis=-1)).sum(axis=-1)
    columns = _pairs(cells.sum(axis=-2)).sum(axis=-1)
    pairs = _pairs(cells.sum(axis=(-2, -1)))
    chance = np.divide(rows * columns, pairs, out=np.zeros_like(rows), where=pairs > 0)
    room = (rows + columns) / 2 - chance
    return np.asarray(np.divide(together - chance, room, out=np.ones_like(rows), where=room != 0))


def v_measure(tables: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the V-measure (beta = 1) of each table.

    Parameters
    ----------
    tables : ndarray [..., senses, clusters]
        Counts.

    Returns
    -------
    ndarray [...], float64

    Examples
    --------
    >>> float(v_measure(np.array([[2.0, 0], [0, 2]])))
    1.0
    """
    cells = np.asarray(tables, float)
    total = cells.sum(axis=(-2, -1))
    of_senses = _entropy(cells.sum(axis=-1), total)
    of_clusters = _entropy(cells.sum(axis=-2), total)
    of_both = _entropy(cells.reshape(*cells.shape[:-2], cells.shape[-2] * cells.shape[-1]), total)
    # Mutual information is the harmonic mean's numerator; the two conditional entropies share it.
    shared = np.maximum(of_senses + of_clusters - of_both, 0)
    both = of_senses + of_clusters
    shares = np.divide(2 * shared, both, out=np.ones_like(both), where=both > 0)
    return np.asarray(np.minimum(shares, 1))


def purity(tables: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the purity of each table.

    Parameters
    ----------
    tables : ndarray [..., senses, clusters]
        Counts.

    Returns
    -------
    ndarray [...], float64
        NaN for a table without items.

    Examples
    --------
    >>> float(purity(np.array([[3.0, 1], [0, 4]])))
    0.875
    """
    cells = np.asarray(tables, float)
    total = cells.sum(axis=(-2, -1))
    largest = cells.max(axis=-2).sum(axis=-1)
    return np.asarray(np.divide(largest, total, out=np.full_like(total, np.nan), where=total > 0))


def _pairs(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return counts * (counts - 1) / 2


def _entropy(counts: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = counts / np.maximum(total, 1)[..., np.newaxis]
    logarithms = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(-(shares * logarithms).sum(axis=-1), float)
