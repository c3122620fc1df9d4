"""Find the layers that a probe draws on when it may mix all of them.

The scalar mix, its centre of gravity and the expected layer of Tenney, Das & Pavlick 2019, "BERT Rediscovers
the Classical NLP Pipeline", section 3.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.one_thread import on_one_thread

Floats = NDArray[np.float32]
_GROUPS = 10


@dataclass(frozen=True, eq=False)
class ScalarMix:
    """A linear probe on a weighted mean of all layers.

    Attributes
    ----------
    weights : ndarray [layers]
        Softmax: they sum to 1.
    table, offset : ndarray [hidden, labels] and [labels]
        Of the softmax on the mix.
    """

    weights: NDArray[np.float64]
    table: NDArray[np.float64]
    offset: NDArray[np.float64]

    @property
    def centre(self) -> float:
        """The centre of gravity of the weights, in layers."""
        return centre_of_gravity(self.weights)

    @property
    def divergence(self) -> float:
        """Kullback–Leibler divergence of the weights from the uniform ones, in nats."""
        return divergence(self.weights)

    def predict(self, layers: Floats) -> NDArray[np.intp]:
        """Return the label of each item, by its code, of ``[layers, items, hidden]``."""
        return np.asarray((_mixed(self.weights, layers) @ self.table + self.offset).argmax(axis=1))


def centre_of_gravity(weights: ArrayLike) -> float:
    """Return Σ ℓ s_ℓ, where the layers of a mix lie on the mean.

    Examples
    --------
    >>> centre_of_gravity([0, 0, 1]), centre_of_gravity([0.25] * 4)
    (2.0, 1.5)
    """
    own = np.asarray(weights, float)
    return float(own @ np.arange(len(own)))


def divergence(weights: ArrayLike) -> float:
    """Return KL(s‖uniform) in nats: 0 where all layers weigh the same, ln(layers) where one has all.

    Examples
    --------
    >>> divergence([0.5, 0.5]), round(divergence([1, 0]), 3)
    (0.0, 0.693)
    """
    own = np.asarray(weights, float)
    own = own[own > 0]
    return float((own * np.log(own)).sum() + np.log(np.size(weights)))


def expected_layer(scores: ArrayLike) -> float:
    """Return Σ ℓ Δ_ℓ / Σ Δ_ℓ for ℓ ≥ 1, Δ_ℓ being what layer ℓ adds to the score of those below it.

    Where a Δ is negative it is no expectation, and may lie outside the layers.

    Parameters
    ----------
    scores : array_like [..., layers]
        Of the layers up to each.

    Returns
    -------
    float
        NaN where the layers add nothing in sum.

    Examples
    --------
    >>> expected_layer([0.5, 0.5, 0.9]), expected_layer([0.5, 0.6, 0.7])
    (2.0, 1.5)
    """
    added = np.diff(np.asarray(scores, float))
    total = added.sum()
    return float(added @ np.arange(1, len(added) + 1) / total) if abs(total) > 1e-12 else float("nan")


def standardised(layers: Floats, train: NDArray[Any]) -> Floats:
    """Give every number of every layer mean 0 and deviation 1 over the training items.

    Layers differ in scale; without this, weights of the mix would say which layer is small.
    """
    own = np.asarray(layers, np.float32)
    mean, deviation = own[:, train].mean(axis=1, keepdims=True), own[:, train].std(axis=1, keepdims=True)
    return np.asarray((own - mean) / np.where(deviation > 1e-6, deviation, 1), np.float32)


@on_one_thread
def fit_mix(
    layers: Floats, codes: NDArray[np.intp], *, strength: float = 1e-2, kinds: int | None = None
) -> ScalarMix:
    """Fit the weights of the layers and a linear softmax on their mix, together, by L-BFGS.

    The loss is the mean cross-entropy and ``‖W‖² / (2 strength items)``, as that of `linear_probe`, and for
    the logits a of the weights ``‖a‖² / (2 items)``: a standard normal prior, without which few items would
    give all the weight to one of several layers that do as well. The mix begins with equal weights.

    Parameters
    ----------
    layers : ndarray [layers, items, hidden], float32
        Standardised.
    codes : ndarray [items], int
        Labels, from 0.
    strength : float
    kinds : int, optional
        How many labels there are; those that occur by default.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> codes = np.tile([0, 1], 100)
    >>> layers = random.normal(size=(3, 200, 4)).astype(np.float32)
    >>> layers[2, :, 0] += 6 * codes - 3
    >>> mix = fit_mix(standardised(layers, np.arange(200)), codes)
    >>> int(mix.weights.argmax()), mix.centre > 1.7
    (2, True)
    """
    from scipy.optimize import minimize

    n_layers, n, hidden = layers.shape
    kinds = int(codes.max()) + 1 if kinds is None else kinds
    rows, penalty = np.arange(n), 1 / (strength * n)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, table, offset = _parts(parameters, n_layers, hidden, kinds)
        mixed = _mixed(weights, layers)
        scores = mixed @ table.astype(np.float32) + offset.astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        probable = np.exp(scores)
        probable /= probable.sum(axis=1, keepdims=True)
        nats = -np.log(np.maximum(probable[rows, codes], 1e-30)).mean(dtype=np.float64)
        probable[rows, codes] -= 1
        probable /= n
        of_mixed = probable @ table.T.astype(np.float32)
        # How much the loss moves with each layer's share.
        moved = (layers.reshape(n_layers, -1) @ of_mixed.ravel()).astype(float)
        slope = np.concatenate(
            [
                weights * (moved - weights @ moved) + parameters[:n_layers] / n,
                (mixed.T @ probable + penalty * table).ravel(),
                probable.sum(axis=0),
            ]
        )
        prior = penalty / 2 * (table**2).sum() + (parameters[:n_layers] ** 2).sum() / (2 * n)
        return float(nats + prior), slope.astype(float)

    first = np.zeros(n_layers + hidden * kinds + kinds)
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 150, "ftol": 1e-7})
    return ScalarMix(*_parts(found.x, n_layers, hidden, kinds))


def without_each_group(
    layers: Floats, codes: NDArray[np.intp], sentences: NDArray[Any], *, strength: float
) -> list[ScalarMix]:
    """Fit the mix again without each of ten groups of sentences: what a jackknife needs."""
    names, numbers = np.unique(sentences, return_inverse=True)
    groups = min(_GROUPS, len(names))
    return [
        fit_mix(layers[:, kept], codes[kept], strength=strength, kinds=int(codes.max()) + 1)
        for group in range(groups)
        for kept in [np.flatnonzero(numbers % groups != group)]
    ]


def jackknife_interval(value: float, without: ArrayLike) -> tuple[float, float]:
    """Return the 95% interval of a number by the delete-a-group jackknife (Efron & Tibshirani 1993, ch. 11).

    Parameters
    ----------
    value : float
    without : array_like [groups]
        The number without each group.

    Examples
    --------
    >>> jackknife_interval(0.5, [0.5, 0.5, 0.5])
    (0.5, 0.5)
    """
    own = np.asarray(without, float)
    error = np.sqrt((len(own) - 1) / len(own) * ((own - own.mean()) ** 2).sum())
    return value - 1.96 * float(error), value + 1.96 * float(error)


def _parts(parameters: NDArray[np.float64], n_layers: int, hidden: int, kinds: int) -> Any:
    logits = parameters[:n_layers] - parameters[:n_layers].max()
    weights = np.exp(logits) / np.exp(logits).sum()
    end = n_layers + hidden * kinds
    return weights, parameters[n_layers:end].reshape(hidden, kinds), parameters[end:]


def _mixed(weights: NDArray[np.float64], layers: Floats) -> Floats:
    flat = weights.astype(np.float32) @ layers.reshape(len(layers), -1)
    return np.asarray(flat.reshape(layers.shape[1:]))
