"""A linear classifier on vectors: what a probe is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.one_thread import on_one_thread

Floats = NDArray[np.floating[Any]]
STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0)
"""Inverse strengths of the L2 penalty that are tried, from strong to weak (scikit-learn's ``C``)."""


@on_one_thread
def linear_probe(
    vectors: Floats,
    labels: NDArray[Any],
    *,
    strength: float = 1.0,
    components: int | None = None,
    tolerance: float = 1e-4,
) -> Any:
    """Fit a multinomial logistic regression on standardised vectors.

    Parameters
    ----------
    vectors : ndarray [items, hidden]
    labels : ndarray [items]
        Two kinds at least.
    strength : float, default 1
        Inverse strength of the L2 penalty.
    components : int, optional
        Principal components that the probe reads; all numbers by default.
    tolerance : float, default 1e-4
        Of the optimiser's gradient.

    Returns
    -------
    sklearn.pipeline.Pipeline

    Examples
    --------
    >>> probe = linear_probe(np.array([[-1.0], [1.0]]), np.array(["no", "yes"]))
    >>> probe.predict([[2.0]]).tolist()
    ['yes']
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    steps: list[Any] = [StandardScaler()]
    if components is not None:
        steps.append(PCA(min(components, vectors.shape[1], len(vectors) - 1), random_state=0))
    steps.append(LogisticRegression(C=strength, max_iter=1000, tol=tolerance))
    return make_pipeline(*steps).fit(vectors, labels)


def right_answers(probe: Any, vectors: Floats, labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which labels a probe tells, ``[items]``."""
    return np.asarray(probe.predict(vectors) == labels)


def search_strength(
    vectors: Floats,
    labels: NDArray[Any],
    dev: NDArray[np.bool_],
    strengths: Sequence[float] = STRENGTHS,
) -> dict[float, float]:
    """Score penalties on items that are kept apart.

    Parameters
    ----------
    vectors : ndarray [items, hidden]
    labels : ndarray [items]
    dev : ndarray [items], bool
        Which are kept apart.
    strengths : sequence of float

    Returns
    -------
    dict of float to float
        The mean cross-entropy of each, in nats; `best_strength` takes the least.

    Examples
    --------
    >>> rows = np.array([[-1.0], [1.0], [-1.0], [1.0]])
    >>> tried = search_strength(rows, np.array([0, 1, 0, 1]), np.array([False, False, True, True]))
    >>> best_strength(tried)
    1.0
    """
    if len(set(labels[~dev].tolist())) < 2:
        return {strengths[0]: float("nan")}
    scored = {}
    for strength in strengths:
        probe = linear_probe(vectors[~dev], labels[~dev], strength=strength, tolerance=1e-3)
        scored[strength] = float(label_costs(probe, vectors[dev], labels[dev], seen=int((~dev).sum())).mean())
    return scored


def best_strength(scored: dict[float, float]) -> float:
    """Return the penalty of the least cross-entropy, the strongest of equals.

    Examples
    --------
    >>> best_strength({0.1: 0.9, 1.0: 0.5, 10.0: 0.5})
    1.0
    """
    return min(scored, key=lambda one: (scored[one], one))


def label_costs(
    probe: Any, vectors: Floats, labels: NDArray[Any], *, seen: int, kinds: int | None = None
) -> NDArray[np.float64]:
    """Return the nats that each label costs, given the probe.

    A probe that has seen n items gives 1/(n + 1) of its probability to the uniform distribution, so that a
    label that it has not met costs finitely many nats.

    Parameters
    ----------
    probe : sklearn.pipeline.Pipeline
    vectors : ndarray [items, hidden]
    labels : ndarray [items]
    seen : int
        n.
    kinds : int, optional
        How many labels there are; those that the probe knows and one more by default.

    Returns
    -------
    ndarray [items]
    """
    known = probe.classes_
    of_each = probe.predict_proba(vectors)
    places = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    own = np.where(known[places] == labels, of_each[np.arange(len(labels)), places], 0.0)
    return np.asarray(-np.log((seen * own + 1 / (kinds or len(known) + 1)) / (seen + 1)))
