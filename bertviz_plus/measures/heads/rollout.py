"""Attention is not a route map: what reaches a token from the input through all layers below it.

Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers". A token also keeps what it was (the
residual connection): its attention in a layer is taken as half the mean over heads and half itself.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.trace import Trace

# Capacities are whole numbers of 32 bits: what leaves a token is so many.
_WHOLE = 2**30
Floats = NDArray[np.float64]


def rollout(trace: Trace, *, residual: bool = True) -> Floats:
    r"""Return how much of each input token reaches each token, by multiplying attention through the layers.

    :math:`\tilde A_l = A_l \tilde A_{l-1}`, where :math:`A_l` is the mean over heads, plus the identity for
    the residual connection, each row divided by its sum (section 3.1).

    Parameters
    ----------
    trace : Trace
        With attention of all layers from 0 on.
    residual : bool, default True
        Whether a token also keeps what it was.

    Returns
    -------
    ndarray [layers, tokens, input tokens], float64
        Rows sum to 1. At position l, what reaches the tokens after attention layer l.

    Raises
    ------
    TypeError, ValueError
        For no trace, one without attention, or without the lowest layers.

    Examples
    --------
    >>> trace = Trace(("a", "b"), attention=np.full((2, 1, 2, 2), 0.5))
    >>> rollout(trace)[1].tolist()
    [[0.625, 0.375], [0.375, 0.625]]
    """
    return rolled_out(mixing(trace, residual=residual))


def attention_flow(trace: Trace, *, layers: Iterable[int] | None = None, progress: bool = True) -> Floats:
    """Return how much can flow from each token to each input token: the maximum flow through all layers.

    Attention, with the residual connection as in `rollout`, gives the capacities of the edges between a layer
    and the one below; flows to different input tokens do not share them (section 3.2). It takes one maximum
    flow for each pair of tokens: seconds a layer at 20 tokens.

    Parameters
    ----------
    trace : Trace
        With attention of all layers from 0 on.
    layers : iterable of int, optional
        From which layers; all by default.
    progress : bool, default True

    Returns
    -------
    ndarray [layers, tokens, input tokens], float64
        Each row divided by its sum. Capacities are rounded to 2⁻³⁰.

    Raises
    ------
    TypeError, ValueError
        As `rollout`; for layers that the trace does not have.

    Examples
    --------
    >>> trace = Trace(("a", "b"), attention=np.full((2, 1, 2, 2), 0.5))
    >>> attention_flow(trace, layers=[1], progress=False)[0].round(3).tolist()
    [[0.667, 0.333], [0.333, 0.667]]
    """
    steps = mixing(trace, residual=True)
    chosen = range(len(steps)) if layers is None else [trace.position_of(layer) for layer in layers]
    with tqdm(
        total=len(chosen) * trace.n_tokens**2, unit=" flows", delay=1, leave=False, disable=not progress
    ) as bar:
        return maximum_flows(steps, chosen, bar.update)


def rolled_out(steps: Floats) -> Floats:
    """Return `rollout` of what `mixed` gives, ``[layers, tokens, tokens]``."""
    return np.stack(list(accumulate(steps, lambda below, step: step @ below)))


def maximum_flows(
    steps: Floats, layers: Sequence[int], found_one: Callable[[], object] = lambda: None
) -> Floats:
    """Return `attention_flow` of what `mixed` gives, from some layers.

    Parameters
    ----------
    steps : ndarray [layers, tokens, tokens]
    layers : sequence of int
    found_one : callable
        Called after each flow.
    """
    n = steps.shape[-1]
    found = np.empty((len(layers), n, n))
    for place, layer in enumerate(layers):
        graph = _network(steps[: layer + 1])
        for token, source in np.ndindex(n, n):
            found[place, token, source] = maximum_flow(graph, (layer + 1) * n + token, source).flow_value
            found_one()
    return _rows_to_1(found)


def mixing(trace: Trace, *, residual: bool) -> Floats:
    """Return for each layer how tokens mix: mean over heads, with what a token keeps of itself.

    Returns
    -------
    ndarray [layers, tokens, tokens], float64
        Rows sum to 1; missing weights (NaN, infinite) count as 0.
    """
    if not isinstance(trace, Trace):
        raise wrong_kind("trace", "a Trace", trace, "rollout(model.trace(text))")
    if trace.attention is None:
        raise ValueError('trace must hold attention; trace with keep=("attention",)')
    if trace.layers != tuple(range(trace.n_layers)):
        raise ValueError(
            f"trace must hold all layers from 0 on, since what reaches a token goes through them, got "
            f"{trace.layers}"
        )
    return mixed(np.asarray(trace.attention, np.float64), residual=residual)


def mixed(attention: Floats, *, residual: bool) -> Floats:
    """Return `mixing` of an array of attention, ``[layers, heads, tokens, tokens]``.

    Examples
    --------
    >>> mixed(np.array([[[[0.0, 1.0], [1.0, 0.0]]]]), residual=True).tolist()
    [[[0.5, 0.5], [0.5, 0.5]]]
    """
    mean = np.where(np.isfinite(attention), attention, 0).mean(axis=1)
    if residual:
        mean = mean + np.eye(mean.shape[-1])
    return _rows_to_1(mean)


def _rows_to_1(weights: Floats) -> Floats:
    total = weights.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))


def _network(steps: Floats) -> csr_array:
    """Return the graph whose edges lead from each layer's tokens to those of the layer below."""
    layers, n, _ = steps.shape
    size = (layers + 1) * n
    capacities = np.zeros((size, size), np.int32)
    for layer, step in enumerate(steps):
        here, below = (layer + 1) * n, layer * n
        capacities[here : here + n, below : below + n] = np.rint(step * _WHOLE)
    return csr_array(capacities)
