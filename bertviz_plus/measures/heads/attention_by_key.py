"""Does it matter how much a token is attended to? Gradients and norms by layer and by the kind of token."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.heads.attention_gradient import attention_gradient
from bertviz_plus.measures.heads.places import find_places
from bertviz_plus.measures.heads.value_norms import value_norms
from bertviz_plus.measures.syntax.tree_scores import rank_correlations
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from torch import Tensor

KINDS = ("first", "separator", "punctuation", "word")
"""What attention goes to: the special token that opens a text, those that end it, and ordinary tokens."""
_MEANS = ("attention", "value_norm", "weighted_norm", "summed_norm", "gradient")


def attention_by_key(
    model: Any, texts: Sequence[str], *, seed: int = 0, progress: bool = True
) -> pd.DataFrame:
    """Average weights, norms and gradients over the tokens of each kind that attention goes to.

    Parameters
    ----------
    model : Model
        Of one stack, whose attention follows transformers' interface.
    texts : sequence of str
    seed : int, default 0
        Of the tokens that are masked for a loss, and of the direction without one.
    progress : bool, default True

    Returns
    -------
    DataFrame
        A row for each ``layer`` and ``kind``: first, separator, punctuation, word. Means over heads, tokens
        that attend, and texts; NaN for a kind that no text has:

        ``attention``
            The weight α.
        ``value_norm``, ``weighted_norm``, ``summed_norm``
            ‖f(x)‖, ‖αf(x)‖ and ‖Σαf(x)‖, the sum over heads (Kobayashi et al. 2020).
        ``gradient``
            Absolute gradient with respect to the weight, of the loss of a language-model head (Clark et al.
            2019, figure 3). Without such a head, of the model's first output (hidden states, or a
            classifier's logits) along a random direction, which is as large as that output's change.

        ``rank_correlation``, the same for all kinds of a layer: Spearman's, within a head and a text, between
        the mean weight that a token gets and its ‖f(x)‖; mean over heads and texts. ``attrs["gradient_of"]``
        is "loss" or "output".

    Raises
    ------
    ValueError
        For an architecture whose attention cannot be changed.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> table = attention_by_key(bp.load("bert-tiny"), ["The cat sat on the mat."], progress=False)
    >>> table.query("layer == 1")["kind"].tolist(), table.attrs["gradient_of"]
    (['first', 'separator', 'punctuation', 'word'], 'loss')
    """
    from bertviz_plus.models.predictions.head import has_language_model_head

    by_loss = has_language_model_head(model)
    sums = {name: np.zeros((model.n_layers, len(KINDS))) for name in _MEANS}
    weights = {name: np.zeros((model.n_layers, len(KINDS))) for name in _MEANS}
    correlations = []
    for text in tqdm(texts, unit=" texts", delay=1, leave=False, disable=not progress):
        trace = model.trace(text, keep=("attention",))
        norms = value_norms(model, text)
        found = attention_gradient(model, text, of="loss" if by_loss else _along(seed), seed=seed)
        visible = np.tril(np.ones((trace.n_tokens,) * 2)) if trace.causal else np.ones((trace.n_tokens,) * 2)
        seen = visible.sum(axis=0)
        each = {
            "attention": (norms.attention * visible).sum(axis=2) / seen,
            "value_norm": norms.values,
            "weighted_norm": (norms.weighted * visible).sum(axis=2) / seen,
            "summed_norm": (norms.summed * visible).sum(axis=1, keepdims=True) / seen,
            "gradient": (np.abs(found.gradient) * visible).sum(axis=2) / seen,
        }
        kinds = _kinds(trace)
        for name, values in each.items():
            sums[name] += values.mean(axis=1, dtype=float) @ kinds.T
            weights[name] += kinds.sum(axis=1)
        rows = (each[name].reshape(-1, trace.n_tokens) for name in ("attention", "value_norm"))
        correlations.append(rank_correlations(*rows).reshape(model.n_layers, -1).mean(axis=1))
    means = {
        name: np.divide(one, weights[name], out=np.full(one.shape, np.nan), where=weights[name] > 0).ravel()
        for name, one in sums.items()
    }
    layers = np.repeat(np.arange(model.n_layers), len(KINDS))
    correlation = np.mean(correlations, axis=0) if correlations else np.full(model.n_layers, np.nan)
    table = pd.DataFrame(
        {"layer": layers, "kind": KINDS * model.n_layers, **means, "rank_correlation": correlation[layers]}
    )
    table.attrs["gradient_of"] = "loss" if by_loss else "output"
    return table


def _kinds(trace: Any) -> NDArray[np.float64]:
    """Say which tokens are of each kind, ``[kinds, tokens]``."""
    places = find_places(trace.tokens, trace.is_special, trace.segment_ids)
    word = ~(np.array(trace.is_special, bool) | places.punctuation)
    return np.array([places.first & ~places.separator, places.separator, places.punctuation, word], float)


def _along(seed: int) -> "Callable[[Any], Tensor]":
    """Return the function that projects a model's first output onto a random direction."""
    import torch

    def projected(outputs: Any) -> "Tensor":
        output = outputs[0]
        drawn = torch.randn(output.shape, generator=torch.Generator().manual_seed(seed))
        along: Tensor = (output.float() * drawn.to(output.device)).sum()
        return along

    return projected
