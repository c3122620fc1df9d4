"""Which words of two sentences mean the same? Methods that answer it from a matrix of similarities.

Each takes ``[source, target]`` similarities and returns which cells are links, a matrix of booleans. They
carry the field's names and are the papers' own: SimAlign (Jalili Sabet et al. 2020), awesome-align (Dou and
Neubig 2021), optimal transport (Cuturi 2013; Arase et al. 2023) and edge cover (Libovický et al. 2019).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from bertviz_plus.measures.alignment.probabilities import entmax_probabilities, softmax_probabilities
from bertviz_plus.measures.alignment.similarities import Similarity, checked_number, checked_similarity
from bertviz_plus.measures.alignment.transport import plan_links, transport_plan

Links = NDArray[np.bool_]


def fwd(similarity: Similarity) -> Links:
    """Link each source word to the target word most like it; of equals to the first.

    Parameters
    ----------
    similarity : array_like [source, target]

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> fwd([[0.9, 0.1], [0.6, 0.5]]).astype(int)
    array([[1, 0],
           [1, 0]])
    """
    similarity = checked_similarity(similarity)
    links = np.zeros(similarity.shape, bool)
    links[np.arange(len(similarity)), similarity.argmax(axis=1)] = True
    return links


def rev(similarity: Similarity) -> Links:
    """Link each target word to the source word most like it; of equals to the first.

    Parameters
    ----------
    similarity : array_like [source, target]

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> rev([[0.9, 0.1], [0.6, 0.5]]).astype(int)
    array([[1, 0],
           [0, 1]])
    """
    return fwd(checked_similarity(similarity).T).T


def inter(similarity: Similarity) -> Links:
    """Link words that are each most like the other (Argmax, SimAlign section 2.1).

    Parameters
    ----------
    similarity : array_like [source, target]

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> inter([[0.9, 0.1], [0.6, 0.5]]).astype(int)
    array([[1, 0],
           [0, 0]])
    """
    similarity = checked_similarity(similarity)
    links = np.zeros(similarity.shape, bool)
    links[_mutual(similarity)] = True
    return links


def itermax(similarity: Similarity, n: int = 2, alpha: float = 0.9) -> Links:
    """Repeat `inter` with what is left over (Itermax, SimAlign section 2.1 and algorithm 1).

    Words that have a link may take another from a word that has none, at a discount.

    Parameters
    ----------
    similarity : array_like [source, target]
        From 0 to 1.
    n : int, default 2
        How often, the first time included. A sentence of one or two words gets `inter` alone.
    alpha : float, default 0.9
        The discount, from 0 to 1.

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> itermax([[0.9, 0.1, 0.2], [0.6, 0.5, 0.3], [0.2, 0.8, 0.4]]).astype(int)
    array([[1, 0, 0],
           [1, 0, 0],
           [0, 1, 1]])
    """
    similarity = checked_similarity(similarity)
    if not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"n must be a whole number from 1 on, got {n!r}")
    alpha = checked_number(alpha, "alpha")
    links = inter(similarity)
    if min(similarity.shape) <= 2:
        return links
    for _ in range(n - 1):
        free_source, free_target = ~links.any(axis=1), ~links.any(axis=0)
        if not (free_source.any() and free_target.any()):
            break
        free = np.add.outer(free_source.astype(np.float64), free_target.astype(np.float64))
        rows, columns = _mutual(similarity * np.minimum(alpha * free, 1))
        new = np.greater(free[rows, columns], 0)
        if not new.any():
            break
        links[rows[new], columns[new]] = True
    return links


def mwmf(similarity: Similarity) -> Links:
    """Link words one to one so that the similarities sum to the most (Match, SimAlign section 2.1).

    Parameters
    ----------
    similarity : array_like [source, target]
        From 0 to 1. A similarity of exactly 0 is no link, as in SimAlign's sparse graph.

    Returns
    -------
    ndarray [source, target], bool
        As many links as the shorter sentence has words.

    Examples
    --------
    >>> mwmf([[0.9, 0.8], [0.6, 0.1]]).astype(int)
    array([[0, 1],
           [1, 0]])
    """
    weights = checked_similarity(similarity).astype(np.float64)
    absent = np.equal(weights, 0)
    # Worse than everything else together, so that it is taken only where nothing else is left.
    weights = np.where(absent, -1 - np.abs(weights).sum(), weights)
    links = np.zeros(weights.shape, bool)
    links[linear_sum_assignment(weights, maximize=True)] = True
    return links & ~absent


def softmax(similarity: Similarity, threshold: float = 1e-3) -> Links:
    """Link words that each give the other more than a threshold of a softmax (awesome-align).

    Parameters
    ----------
    similarity : array_like [source, target]
        Raw dot products, not divided by √d.
    threshold : float, default 0.001
        From 0 to 1.

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> softmax([[20, 1], [10, 22]]).astype(int)
    array([[1, 0],
           [0, 1]])
    """
    similarity, threshold = checked_similarity(similarity), checked_number(threshold, "threshold")
    forward, reverse = softmax_probabilities(similarity), softmax_probabilities(similarity.T).T
    return (forward > threshold) & (reverse > threshold)


def entmax(similarity: Similarity, threshold: float = 0.0) -> Links:
    """Link words that each give the other anything of a 1.5-entmax (awesome-align).

    Parameters
    ----------
    similarity : array_like [source, target]
        Raw dot products.
    threshold : float, default 0
        From 0 to 1. Entmax gives most words exactly 0.

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> entmax([[20, 1], [19, 22]]).astype(int)
    array([[1, 0],
           [0, 1]])
    """
    similarity, threshold = checked_similarity(similarity), checked_number(threshold, "threshold")
    forward, reverse = entmax_probabilities(similarity), entmax_probabilities(similarity.T).T
    return (forward > threshold) & (reverse > threshold)


def ot(
    similarity: Similarity, *, epsilon: float = 0.05, unbalanced: float | None = None, threshold: float = 0.5
) -> Links:
    """Link words between which much of their mass is moved by entropic optimal transport.

    Parameters
    ----------
    similarity : array_like [source, target]
        Cosines.
    epsilon, unbalanced
        As in `bertviz_plus.measures.alignment.transport.transport_plan`.
    threshold : float, default 0.5
        As in `bertviz_plus.measures.alignment.transport.plan_links`.

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> ot([[0.9, 0.1], [0.2, 0.8]]).astype(int)
    array([[1, 0],
           [0, 1]])
    """
    plan = transport_plan(checked_similarity(similarity), epsilon=epsilon, unbalanced=unbalanced)
    return plan_links(plan, threshold)


def edge_cover(similarity: Similarity) -> Links:
    """Link every word to at least one, as cheaply as possible (Libovický et al. 2019).

    A link costs 2 − similarity, and 1e-5·|i − j|/max(source, target) more, so that of equals the one nearer
    the diagonal is taken.

    Parameters
    ----------
    similarity : array_like [source, target]
        Cosines.

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> edge_cover([[0.9, 0.1, 0.8], [0.2, 0.8, 0.1]]).astype(int)
    array([[1, 0, 1],
           [0, 1, 0]])
    """
    similarity = checked_similarity(similarity)
    rows, columns = similarity.shape
    apart = np.abs(np.arange(rows)[:, np.newaxis] - np.arange(columns)) / max(rows, columns)
    return minimum_edge_cover(2 - similarity.astype(np.float64) + 1e-5 * apart)


def minimum_edge_cover(cost: Similarity) -> Links:
    """Find the cells of least total cost that leave no row and no column empty.

    Solved as an assignment (Schrijver 2003, section 19.3): cover each row and each column by its cheapest
    cell, then match the pairs for which one common cell is cheaper than their two.

    Parameters
    ----------
    cost : array_like [rows, columns]
        Not negative.

    Returns
    -------
    ndarray [rows, columns], bool

    Examples
    --------
    >>> cost = np.array([[400, 150, 400], [400, 450, 600], [300, 225, 300]])
    >>> int(cost[minimum_edge_cover(cost)].sum())
    850
    """
    cost = checked_similarity(cost, "cost").astype(np.float64)
    if cost.min() < 0:
        raise ValueError(f"cost must not be negative, got {cost.min():g}")
    cover = np.zeros(cost.shape, bool)
    change = cost - cost.min(axis=1, keepdims=True) - cost.min(axis=0)
    rows, columns = linear_sum_assignment(np.minimum(change, 0))
    cheaper = change[rows, columns] < 0
    cover[rows[cheaper], columns[cheaper]] = True
    bare_rows, bare_columns = np.flatnonzero(~cover.any(axis=1)), np.flatnonzero(~cover.any(axis=0))
    cover[bare_rows, cost[bare_rows].argmin(axis=1)] = True
    cover[cost[:, bare_columns].argmin(axis=0), bare_columns] = True
    return cover


def distort(similarity: Similarity, ratio: float = 0.5) -> Similarity:
    """Lower similarities away from the diagonal, by SimAlign's distortion (section 2.2, its code).

    Parameters
    ----------
    similarity : array_like [source, target]
        From 0 to 1.
    ratio : float
        κ: from 0, which changes nothing, to 1.

    Returns
    -------
    ndarray [source, target]
        Multiplied by 1 − κ·(i/(source − 1) − j/(target − 1))². A sentence of one word has no diagonal and
        is left alone.

    Examples
    --------
    >>> distort([[1, 1], [1, 1]], 0.5)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    similarity = checked_similarity(similarity)
    ratio = checked_number(ratio, "distortion")
    if min(similarity.shape) < 2 or ratio == 0:
        return similarity
    source, target = (np.arange(size) / float(size - 1) for size in similarity.shape)
    distorted: Similarity = similarity * (1.0 - ((target - source[:, np.newaxis]) ** 2) * ratio)
    return distorted


@dataclass(frozen=True)
class Method:
    """One method: what it does with similarities, and which.

    Attributes
    ----------
    links : callable
        Similarities to links, both ``[source, target]``.
    similarity : {"scaled", "dot", "cosine"}
        (cosine + 1)/2, the raw dot product, or the cosine.
    title : str
        What it links, in words that go on after "links".
    """

    links: Callable[..., Links]
    similarity: Literal["scaled", "dot", "cosine"]
    title: str


METHODS: dict[str, Method] = {
    "fwd": Method(fwd, "scaled", "each source word to the target word most like it"),
    "rev": Method(rev, "scaled", "each target word to the source word most like it"),
    "inter": Method(inter, "scaled", "words that are each most like the other"),
    "itermax": Method(itermax, "scaled", "words most like each other, then again for words left over"),
    "mwmf": Method(mwmf, "scaled", "words one to one, so that their similarities add up to the most"),
    "softmax": Method(softmax, "dot", "words that both give each other over 0.1% of a softmax"),
    "entmax": Method(entmax, "dot", "words that both give each other a share in a softmax that can be 0"),
    "ot": Method(ot, "cosine", "words between which optimal transport moves most of their mass"),
    "edge_cover": Method(edge_cover, "cosine", "every word at least once, so that it costs the least"),
}


def checked_method(method: Any) -> str:
    """Refuse what is no method.

    Examples
    --------
    >>> checked_method("best")
    Traceback (most recent call last):
    ...
    ValueError: method must be one of fwd, rev, inter, itermax, mwmf, softmax, ...; got 'best'
    """
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
    return method


def _mutual(similarity: Similarity) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    best = similarity.argmax(axis=1)
    rows = np.flatnonzero(similarity.argmax(axis=0)[best] == np.arange(len(best)))
    return rows, best[rows]
