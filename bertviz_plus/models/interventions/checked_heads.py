"""Has a model that layer, that head? Checked before a pass, with the allowed range in the error."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor

from bertviz_plus.models.passes.pass_change import AttentionKind
from bertviz_plus.traces.checks import whole_number

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def position(given: Any, name: str) -> int:
    """Return a whole number from 0.

    Raises
    ------
    ValueError
        For anything else, by its name.
    """
    number = whole_number(given)
    if number is None or number < 0:
        raise ValueError(f"{name} must be a whole number from 0 on, got {given!r}")
    return number


def head_of(weights: Tensor, head: int) -> int:
    """Return a head's number, checked against weights ``[batch, heads, …]``: layers may differ in theirs."""
    if head >= weights.shape[1]:
        raise ValueError(f"head must be in 0..{weights.shape[1] - 1} in its layer, got {head}")
    return head


def check_attention_changes(model: "Model", kind: AttentionKind) -> None:
    """Refuse a model whose attention cannot be changed, or has not that kind.

    Raises
    ------
    ValueError
        Saying why.
    """
    if not model.records_attention:
        raise ValueError(
            f"attention of {model.info.architecture} cannot be changed: it does not follow transformers' "
            "AttentionInterface"
        )
    allowed = ("encoder", "decoder", "cross") if model.is_encoder_decoder else ("encoder",)
    if kind not in allowed:
        raise ValueError(
            f"attention_kind must be {' or '.join(map(repr, allowed))} for {model.info.architecture}, "
            f"got {kind!r}"
        )


def checked_layer(model: "Model", layer: Any, kind: AttentionKind = "encoder") -> int:
    """Check that a model has an attention layer.

    Raises
    ------
    TypeError, ValueError
        With the allowed range.
    """
    n_layers = model._stacks[0 if kind == "encoder" else -1].n_layers
    number = position(layer, "layer")
    if number >= n_layers:
        raise ValueError(
            f"layer must be in 0..{n_layers - 1} for this model of {n_layers} layers, got {number}"
        )
    if model.records_attention and number not in model._trial.attending:
        there = ", ".join(map(str, model._trial.attending))
        raise ValueError(f"layer must be among those that give attention, {there}, got {number}")
    return number


def checked_head(model: "Model", head: Any, kind: AttentionKind = "encoder") -> tuple[int, int]:
    """Check that a model has a head, given as ``(layer, head)``.

    Raises
    ------
    TypeError, ValueError
        With the allowed range.
    """
    if not isinstance(head, Sequence) or isinstance(head, str) or len(head) != 2:
        raise TypeError(f"a head must be a pair (layer, head) of numbers from 0, got {head!r}")
    layer, number = checked_layer(model, head[0], kind), position(head[1], "head")
    # Layers may differ in their number of heads, and a decoder from its encoder: the pass itself sees.
    if kind == "encoder" and model.n_heads and number >= model.n_heads:
        raise ValueError(
            f"head must be in 0..{model.n_heads - 1} for this model of {model.n_heads} heads in each of "
            f"{model.n_layers} layers, got {number} in layer {layer}"
        )
    return layer, number
