"""Take out of vectors what a linear probe can read: iterative nullspace projection (INLP) and LEACE."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.probes.linear_probe import linear_probe, right_answers

Floats = NDArray[np.float64]
STOP = 0.005
"""How near to the majority's share a probe must come to be at an end."""
# Singular values, as a share of the greatest, that count as none.
_NONE = 1e-10


@dataclass(frozen=True, eq=False)
class Erasure:
    """An affine map of vectors: ``centre + (x - centre) @ projection.T``.

    Attributes
    ----------
    projection : ndarray [hidden, hidden]
        Idempotent; symmetric too where it is orthogonal (INLP, random directions).
    centre : ndarray [hidden]
        The point that stays where it is.
    rank : int
        How many directions are taken out.
    accuracy : tuple of float
        Of INLP's probes on the items kept apart, one for each round, the last after all were taken out.

    Examples
    --------
    >>> Erasure(np.diag([0.0, 1.0]), np.zeros(2), 1)([[3.0, 4.0]]).tolist()
    [[0.0, 4.0]]
    """

    projection: Floats
    centre: Floats
    rank: int
    accuracy: tuple[float, ...] = ()

    def __call__(self, vectors: ArrayLike) -> Floats:
        """Return vectors ``[items, hidden]`` without what was erased."""
        own = np.asarray(vectors, float)
        return np.asarray(self.centre + (own - self.centre) @ self.projection.T)


def inlp(
    vectors: ArrayLike,
    labels: ArrayLike,
    *,
    rounds: int | None = None,
    stop: float = STOP,
    tolerance: float = 1e-4,
    seed: int = 0,
) -> Erasure:
    """Erase what linear classifiers tell of labels: iterative nullspace projection.

    A classifier is fitted on half of the items, and its directions are taken out of all vectors, until on
    the other half a new one is no better than the most frequent label there. The projection is on the
    intersection of all classifiers' nullspaces.

    Parameters
    ----------
    vectors : array_like [items, hidden]
    labels : array_like [items]
        Two kinds at least.
    rounds : int, optional
        The most classifiers; by default as many as the vectors have numbers.
    stop : float, default 0.005
        By how much the last may be better than the most frequent label.
    tolerance : float, default 1e-4
        Of each classifier's gradient. With 1e-2 it runs some ten times faster, and may stop a little early.
    seed : int, default 0
        Of the halves.

    Returns
    -------
    Erasure
        Orthogonal: P = Pᵀ = P².

    Raises
    ------
    ValueError
        For vectors that are not finite numbers, as many as the labels, and labels of one kind.

    References
    ----------
    Ravfogel et al. 2020, "Null It Out", algorithm 1. Elazar et al. 2021, "Amnesic Probing", section 3.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> labels = np.arange(200) % 2
    >>> vectors = random.normal(size=(200, 4)) + 4 * labels[:, None] * [1, 0, 0, 0]
    >>> erased = inlp(vectors, labels)
    >>> bool(abs(erased.projection @ erased.projection - erased.projection).max() < 1e-8)
    True
    """
    own, kinds = _checked(vectors, labels)
    apart = np.random.default_rng(seed).permutation(len(own)) % 2 == 0
    _, counts = np.unique(kinds[apart], return_counts=True)
    majority = counts.max() / apart.sum()
    hidden = own.shape[1]
    # Vectors of one length give the classifier's penalty one meaning.
    centred = (own - own.mean(axis=0)) / max(float(own.std()), np.finfo(float).tiny)
    directions, accuracy = np.zeros((0, hidden)), []
    for _ in range(hidden if rounds is None else rounds):
        # Coordinates of what is left: rounding in erased ones would be scaled up, and read.
        rest = np.linalg.svd(directions)[2][len(directions) :]
        if not len(rest) or len(set(kinds[~apart].tolist())) < 2:
            break
        left = centred @ rest.T
        probe = linear_probe(left[~apart], kinds[~apart], tolerance=tolerance)
        accuracy.append(float(right_answers(probe, left[apart], kinds[apart]).mean()))
        if accuracy[-1] <= majority + stop:
            break
        scale = probe.named_steps["standardscaler"].scale_
        weights = probe.named_steps["logisticregression"].coef_ / scale
        directions = np.concatenate([directions, _basis(weights @ rest)])
    projection = np.eye(hidden) - directions.T @ directions
    return Erasure(projection, np.zeros(hidden), len(directions), tuple(accuracy))


def leace(vectors: ArrayLike, labels: ArrayLike) -> Erasure:
    """Erase labels so that no linear classifier can tell them, and change the vectors least.

    In closed form: x ↦ x − W⁺ P W (x − E x), with W the whitening (Σ_xx^½)⁺ and P the orthogonal projection
    on the columns of W Σ_xz, for one-hot z.

    Parameters
    ----------
    vectors : array_like [items, hidden]
    labels : array_like [items]

    Returns
    -------
    Erasure
        Afterwards vectors and labels have covariance 0: the mean of every label's vectors is the same.

    Raises
    ------
    ValueError
        As `inlp`.

    References
    ----------
    Belrose et al. 2023, "LEACE: Perfect linear concept erasure in closed form", theorem 4.3.

    Examples
    --------
    >>> labels = np.arange(100) % 2
    >>> vectors = np.random.default_rng(0).normal(size=(100, 3)) + labels[:, None]
    >>> erased = leace(vectors, labels)(vectors)
    >>> bool(abs(erased[labels == 0].mean(0) - erased[labels == 1].mean(0)).max() < 1e-8)
    True
    """
    own, kinds = _checked(vectors, labels)
    one_hot = (kinds[:, np.newaxis] == np.unique(kinds)).astype(float)
    centre = own.mean(axis=0)
    centred = own - centre
    together = centred.T @ (one_hot - one_hot.mean(axis=0)) / (len(own) - 1)
    values, axes = np.linalg.eigh(centred.T @ centred / (len(own) - 1))
    there = values > values.max(initial=0) * len(values) * np.finfo(float).eps
    roots = np.sqrt(np.where(there, values, 0))
    whitening = (axes * np.where(there, 1 / np.where(there, roots, 1), 0)) @ axes.T
    colouring = (axes * roots) @ axes.T
    basis = _basis((whitening @ together).T)
    taken = colouring @ basis.T @ basis @ whitening
    return Erasure(np.eye(own.shape[1]) - taken, centre, len(basis))


def random_erasure(hidden: int, rank: int, *, seed: int = 0) -> Erasure:
    """Take out directions drawn at random: what erasing as many of any kind does.

    Parameters
    ----------
    hidden, rank : int
        How many numbers vectors have, and how many directions are taken out.
    seed : int, default 0

    Returns
    -------
    Erasure
        Orthogonal.

    Raises
    ------
    ValueError
        For a rank that is not within 0 and the numbers of a vector.

    Examples
    --------
    >>> round(float(np.trace(random_erasure(8, 3).projection)), 9)
    5.0
    """
    if not 0 <= rank <= hidden:
        raise ValueError(f"rank must be 0..{hidden}, got {rank}")
    drawn = np.random.default_rng(seed).normal(size=(hidden, rank))
    basis = np.linalg.qr(drawn)[0] if rank else drawn
    return Erasure(np.eye(hidden) - basis @ basis.T, np.zeros(hidden), rank)


def _basis(rows: Floats) -> Floats:
    """Return orthonormal rows that span the same space."""
    _, values, axes = np.linalg.svd(rows, full_matrices=False)
    return np.asarray(axes[values > values.max(initial=0) * _NONE])


def _checked(vectors: ArrayLike, labels: ArrayLike) -> tuple[Floats, NDArray[Any]]:
    own, kinds = np.asarray(vectors, float), np.asarray(labels)
    if own.ndim != 2 or not own.size or not np.isfinite(own).all():
        raise ValueError(f"vectors must be finite numbers [items, hidden], got shape {list(own.shape)}")
    if kinds.shape != (len(own),):
        raise ValueError(f"labels must have one entry for each of the {len(own)} vectors, got {kinds.shape}")
    if len(np.unique(kinds)) < 2:
        raise ValueError("labels must be of two kinds at least, got one")
    return own, kinds
