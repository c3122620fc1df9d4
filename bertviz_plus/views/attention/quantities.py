"""What has the shape of attention beside its weights: norms, rollout, a gradient, another model's."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.heads.attention_gradient import AttentionGradient
from bertviz_plus.measures.heads.rollout import rollout
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.array_names import ARRAYS
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

Quantity = Literal["weight", "norm", "rollout", "gradient", "other", "difference"]
_MEANS = {
    "norm": "norm: size of what each token adds, ‖αf(x)‖, as a share of its row",
    "rollout": "rollout: what reaches a token from the input through the layers so far",
    "gradient": "gradient: by how much the output grows for each unit of weight",
    "other": "other: attention of {other}",
    "difference": "difference: attention of {other} less that of {own}",
}
# So many pairs of numbers tell a rank correlation to two digits.
_RANKED = 200_000


@dataclass(frozen=True, eq=False)
class Shown:
    """A quantity in place of a trace's weights.

    Attributes
    ----------
    trace : Trace
        Its attention is the quantity. Without a sign its rows sum to 1, so that every picture of weights
        draws it.
    words : str
        What it means, and its rank correlation with the weights.
    most : float
        Of a signed quantity, the largest size: what its colours end at. 0 without a sign.
    names : tuple of str
        Of a difference, the two models'.
    """

    trace: Trace
    words: str
    most: float = 0.0
    names: tuple[str, ...] = ()


def quantities_of(
    trace: Trace | Seq2SeqTrace,
    *,
    asked: bool,
    gradient: AttentionGradient | None = None,
    other: Trace | None = None,
) -> dict[Quantity, Shown]:
    """Return what a trace can show beside its weights.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
        Of an encoder–decoder, nothing.
    asked : bool
        Whether a reader asked for a quantity; rollout is computed then, and where output norms are kept.
    gradient : AttentionGradient, optional
        Of the same text.
    other : Trace, optional
        Of another model on the same text.

    Returns
    -------
    dict
        "norm" where the trace has output norms (Kobayashi et al. 2020), "rollout" where it has all layers
        from 0 on (Abnar & Zuidema 2020); the latter is of all heads together, and has one head.
        "gradient" where one is given; "other" and "difference" where another trace is.

    Raises
    ------
    TypeError, ValueError
        For a gradient or another trace that is none, or is of other tokens, layers or heads.

    Examples
    --------
    >>> trace = Trace(("a", "b"), attention=np.full((2, 3, 2, 2), 0.5))
    >>> quantities_of(trace, asked=True)["rollout"].trace.attention[1, 0].tolist()
    [[0.625, 0.375], [0.375, 0.625]]
    """
    found: dict[Quantity, Shown] = {}
    if gradient is not None:
        works = "AttentionView(trace, gradient=attention_gradient(model, text))"
        if not isinstance(gradient, AttentionGradient):
            raise wrong_kind("gradient", "AttentionGradient", gradient, works)
        _check_alike("gradient", gradient.gradient, gradient.tokens, trace)
    if other is not None:
        if not isinstance(other, Trace) or other.attention is None:
            works = "AttentionView(trace, other=other_model.trace(text))"
            raise wrong_kind("other", "a Trace with attention", other, works)
        _check_alike("other", other.attention, other.tokens, trace)
    if isinstance(trace, Seq2SeqTrace) or trace.attention is None:
        return {}
    both = {} if other is None else _of_both(trace, other)
    if trace.units == "words":
        return both
    if trace.output_norms is not None:
        norms = np.asarray(trace.output_norms, np.float32)
        total = norms.sum(axis=-1, keepdims=True)
        shares = np.divide(norms, total, out=np.zeros_like(norms), where=total > 0)
        found["norm"] = _shown(trace, _MEANS["norm"], shares, trace.attention)
    if (asked or found) and trace.layers == tuple(range(trace.n_layers)):
        reached = rollout(trace).astype(np.float32)[:, np.newaxis]
        mean = np.asarray(trace.attention).mean(axis=1, keepdims=True)
        found["rollout"] = _shown(trace, _MEANS["rollout"], reached, mean)
    if gradient is not None:
        words = _MEANS["gradient"]
        if gradient.masked:
            words += f", {counted(len(gradient.masked), 'token')} masked"
        found["gradient"] = signed_quantity(trace, gradient.gradient, gradient.attention, words)
    return found | both


def signed_quantity(
    trace: Trace, values: NDArray[np.float32], weights: NDArray[np.floating], words: str
) -> Shown:
    """Return numbers with a sign in place of a trace's weights.

    Parameters
    ----------
    trace : Trace
    values : ndarray [layers, heads, queries, keys]
    weights : ndarray, likewise
        What they are correlated with.
    words : str
        What they mean.

    Examples
    --------
    >>> trace = Trace(("a", "b"), attention=np.array([[[[0.5, 0.5], [0, 1]]]]))
    >>> shown = signed_quantity(trace, 0.5 - trace.attention, trace.attention, "what an even spread lacks")
    >>> shown.most, shown.words
    (0.5, 'what an even spread lacks; ρ with weight −1.00')
    """
    sizes = np.abs(values[np.isfinite(values)])
    most = float(sizes.max(initial=0)) or 1.0
    return replace(_shown(trace, words, values, weights), most=most)


def _of_both(trace: Trace, other: Trace) -> dict[Quantity, Shown]:
    """Return the other's weights, and how much more they are."""
    own, theirs = (np.asarray(one.attention, np.float32) for one in (trace, other))
    names = {"own": trace.model.title or "this model", "other": other.model.title or "the other model"}
    if names["own"] == names["other"]:
        names = {"own": "the first", "other": f"a second {names['own']}"}
    apart = signed_quantity(trace, theirs - own, own, _MEANS["difference"].format(**names))
    return {
        "other": _shown(trace, _MEANS["other"].format(**names), theirs, own),
        "difference": replace(apart, names=tuple(names.values())),
    }


def _check_alike(
    name: str, values: NDArray[Any], tokens: tuple[str, ...], trace: Trace | Seq2SeqTrace
) -> None:
    in_words = name == "gradient" and isinstance(trace, Trace) and trace.units == "words"
    if isinstance(trace, Seq2SeqTrace) or trace.attention is None or in_words:
        raise ValueError(f"{name} is of one stack of layers and its tokens, and this trace is not")
    own, theirs = (f"{list(one.shape)}" for one in (values, trace.attention))
    if own != theirs or tokens != trace.tokens:
        raise ValueError(
            f"{name} must be of the trace's layers, heads and tokens, {theirs}, got {own} "
            f"of {' '.join(tokens[:6])} …; compute it from the same text"
        )


def _shown(trace: Trace, means: str, values: NDArray[np.float32], weights: NDArray[np.floating]) -> Shown:
    others: dict[str, Any] = dict.fromkeys((*(one for one in ARRAYS if one != "attention"), "scaling"))
    pairs = np.stack([one.ravel()[:: one.size // _RANKED + 1] for one in (values, weights)])
    ranks = pd.DataFrame(pairs[:, np.isfinite(pairs).all(axis=0)]).rank(axis=1).to_numpy()
    varied = ranks.size > 0 and (np.ptp(ranks, axis=1) > 0).all()
    rho = f"{round(np.corrcoef(ranks)[0, 1], 2) + 0.0:.2f}".replace("-", "−") if varied else "undefined"
    words = f"{means}; ρ with weight {rho}"
    return Shown(replace(trace, attention=values, **others), words)
