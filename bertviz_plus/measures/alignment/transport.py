"""How is the mass of one sentence's words moved to another's most cheaply? Entropic optimal transport.

Cuturi 2013, "Sinkhorn Distances"; unbalanced: Chizat et al. 2018; for word alignment: Arase, Bao and Yokoi
2023, "Unbalanced Optimal Transport for Unbalanced Word Alignment".
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.similarities import checked_number

# How far a plan may be from exact by when its iterations end.
_ROUNDING = 1e-6


def transport_plan(
    similarity: NDArray[np.floating[Any]],
    *,
    epsilon: float = 0.05,
    unbalanced: float | None = None,
    iterations: int = 200,
    tolerance: float = 1e-6,
) -> NDArray[np.float64]:
    r"""Move mass from the words of a sentence, spread evenly, to those of another.

    The cost is :math:`(\max s - s_{ij}) / (\max s - \min s)`, so that `epsilon` means the same for every
    model. Solved by Sinkhorn's iterations in log space.

    Parameters
    ----------
    similarity : ndarray [source, target]
    epsilon : float, default 0.05
        The weight of the entropy: the smaller, the sharper and the slower.
    unbalanced : float, optional
        The weight of the Kullback-Leibler divergence that holds each word to its mass. Words without a
        partner then move less of it. By default every word moves all of its mass.
    iterations : int, default 200
        At most.
    tolerance : float, default 1e-6
        Iterations end where no potential changes by more.

    Returns
    -------
    ndarray [source, target], float64
        Balanced, rows sum to 1/source and, as nearly as the iterations come, columns to 1/target.

    Examples
    --------
    >>> plan = transport_plan(np.array([[0.9, 0.1], [0.2, 0.8]]))
    >>> plan.sum(axis=1)
    array([0.5, 0.5])
    """
    if not _positive(epsilon):
        raise ValueError(f"epsilon must be greater than 0, got {epsilon!r}")
    if unbalanced is not None and not _positive(unbalanced):
        raise ValueError(f"unbalanced must be greater than 0, or None for balanced, got {unbalanced!r}")
    matrix = np.asarray(similarity, np.float64)
    span = matrix.max() - matrix.min()
    kernel = (matrix - matrix.max()) / (span or 1) / epsilon
    rows, columns = matrix.shape
    log_source, log_target = -np.log(rows), -np.log(columns)
    give = 1.0 if unbalanced is None else unbalanced / (unbalanced + epsilon)
    source, target = np.zeros((rows, 1)), np.zeros(columns)
    for _ in range(iterations):
        before = source
        target = give * (log_target - _log_sum_exp(kernel + source, 0)[0])
        source = give * (log_source - _log_sum_exp(kernel + target, 1))
        if np.abs(source - before).max() < tolerance:
            break
    plan: NDArray[np.float64] = np.exp(source + kernel + target)
    return plan


def plan_links(plan: NDArray[np.float64], threshold: float = 0.5) -> NDArray[np.bool_]:
    """Link words between which much of the mass of one of them is moved.

    Parameters
    ----------
    plan : ndarray [source, target]
    threshold : float, default 0.5
        From 0 to 1: how much of the mass that a word of the longer sentence has, 1/max(source, target).
        Words of the shorter sentence have more, and may have several partners. Just so much is no link.

    Returns
    -------
    ndarray [source, target], bool

    Examples
    --------
    >>> plan_links(np.array([[0.4, 0.1], [0.1, 0.4]])).astype(int)
    array([[1, 0],
           [0, 1]])
    """
    threshold = checked_number(threshold, "threshold")
    # No rounding may decide where words are all equally alike: two against many move just half.
    return np.asarray(plan * max(plan.shape) > threshold * (1 + _ROUNDING))


def _positive(number: Any) -> bool:
    return isinstance(number, int | float | np.number) and bool(number > 0)


def _log_sum_exp(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    highest = values.max(axis=axis, keepdims=True)
    total: NDArray[np.float64] = np.log(np.exp(values - highest).sum(axis=axis, keepdims=True)) + highest
    return total
