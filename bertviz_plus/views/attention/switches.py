"""Heads that a reader switches off: which there are, and what the model answers without them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from bertviz_plus.design import section
from bertviz_plus.measures.ablation.head_switches import Answered, HeadSwitches
from bertviz_plus.plates.wording import percent
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.traits import Allowed

_WORDS = section("words.switches").texts()
_WORKS = "AttentionView.of(model, text, switches=True)"
Off = list[list[int]]


class Switched(NamedTuple):
    """A text as the model reads it without some heads, and what it answers then."""

    off: Off
    trace: Trace
    answered: Answered


def switched(switches: HeadSwitches, off: Off) -> Switched:
    """Ask a model without some heads."""
    return Switched(off, switches.trace(off), switches.without(off) if off else switches.whole)


def check_switches(switches: Any, **fixed: Any) -> None:
    """Refuse what are no switches, and what does not follow them: a gradient, another model."""
    if switches is None:
        return
    if not isinstance(switches, HeadSwitches):
        raise wrong_kind("switches", "HeadSwitches", switches, _WORKS)
    for name in (name for name, value in fixed.items() if value is not None):
        raise ValueError(f"{name} must be left out beside switches: it is of the model with all its heads")


def switches_data(switches: HeadSwitches) -> dict[str, Any]:
    """Pack what a model answers with all heads, without each alone; `js/…/switches.js` reads it.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> packed = switches_data(HeadSwitches(bp.load("bert-tiny"), "A robin is a [MASK]."))
    >>> packed["asked"], packed["shape"], packed["off"], len(packed["alone"])
    ('[MASK]', [2, 2], [], 4)
    """
    return {
        "asked": switches.asked,
        "shape": list(switches.shape),
        "whole": _packed(switches.whole),
        "alone": [_packed(one) for one in switches.alone],
        "off": [],
        "now": _packed(switches.whole),
    }


def packed_now(now: Switched) -> dict[str, Any]:
    """Pack the heads that are off in what is drawn, and what the model answers without them."""
    return {"off": now.off, "now": _packed(now.answered)}


def _packed(answered: Answered) -> dict[str, Any]:
    answers = [[text, round(probability, 6)] for text, probability in answered.answers]
    return {"answers": answers, "moved": answered.moved}


def _check_off(name: str, value: Any, limits: Any) -> Off:
    pairs = value if isinstance(value, Iterable) and not isinstance(value, str | bytes) else None
    try:
        found = None if pairs is None else sorted({(int(layer), int(head)) for layer, head in pairs})
        whole = found is not None and all(float(one) == int(one) for pair in pairs or () for one in pair)
    except (TypeError, ValueError):
        whole = False
    if whole and not found:
        return []
    if limits.switches is None:
        raise ValueError(f"{name} must be [] for this view, got {value!r}: {_WORKS} can switch heads off")
    layers, heads = limits.switches
    if not whole or not all(0 <= layer < layers and 0 <= head < heads for layer, head in found or ()):
        allowed = f"a layer 0..{layers - 1} and a head 0..{heads - 1} each, such as [[0, {heads - 1}]]"
        raise ValueError(f"{name} must be a list of heads, {allowed}, got {value!r}")
    return [list(pair) for pair in found or ()]


OFF = Allowed("list of [int, int]", _check_off)


def names_of(off: Sequence[Sequence[int]]) -> str:
    """Name heads as the figures do.

    Examples
    --------
    >>> names_of([[3, 5], [4, 0]])
    '3-5, 4-0'
    """
    return ", ".join(f"{layer}-{head}" for layer, head in off)


def switched_text(data: dict[str, Any]) -> str:
    """Say in a caption which heads are off in what is drawn, and what that changed; nothing for none."""
    if not data["off"]:
        return ""
    return f"{_WORDS['off']}: {names_of(data['off'])}; {_change_text(data, data['now'])}"


def _change_text(data: dict[str, Any], now: dict[str, Any]) -> str:
    if not now["answers"]:
        return f"{_WORDS['moved']} {percent(now['moved'])} {_WORDS['length']}"
    before, after = (
        ", ".join(f"{text} {percent(share)}" for text, share in one["answers"])
        for one in (data["whole"], now)
    )
    return f"{data['asked']}: {before} → {after}"
