"""May the attention view show this? Every value that Python or the front end sets is checked here."""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from operator import index
from typing import Any

from bertviz_plus.traces.units import unit_starts

CHOICES: dict[str, tuple[str, ...]] = {
    "mode": ("heads", "overview", "matrix", "neuron"),
    "side": ("from", "to"),
    "combine": ("mean", "sum"),
    "units": ("tokens", "words"),
    "segments": ("all", "a→a", "a→b", "b→a", "b→b"),
    "theme": ("auto", "light", "dark"),
}


@dataclass(frozen=True)
class Facts:
    """What the values of the view's traits may be, given its data and the kind in view."""

    kinds: tuple[str, ...]
    layers: tuple[int, ...]
    heads: int
    units: int
    has_words: bool
    has_pair: bool


def facts_of(data: dict[str, Any], kind: str, units: str, side: str) -> Facts:
    """Return what may be shown of a kind of attention."""
    about = data["kinds"][kind]
    texts = [data["texts"][about[end]] for end in ("from", "to")]
    text = texts[side == "to"]
    return Facts(
        kinds=tuple(data["kinds"]),
        layers=tuple(about["layers"]),
        heads=about["heads"],
        units=len(starts_of(text)) if units == "words" else len(text["tokens"]),
        has_words=all(one["word_ids"] is not None for one in texts),
        has_pair=about["pair"],
    )


def starts_of(text: dict[str, Any]) -> tuple[int, ...]:
    """Return the first token of each word; special tokens are words of their own."""
    if text["word_ids"] is None:
        return tuple(range(len(text["tokens"])))
    return unit_starts(text["word_ids"])


def checked(name: str, value: Any, facts: Facts) -> Any:
    """Return the value as the view keeps it.

    Raises
    ------
    ValueError
        It names the trait, what came and what is allowed.

    Examples
    --------
    >>> facts = Facts(("encoder",), (0, 1), heads=4, units=9, has_words=True, has_pair=False)
    >>> checked("heads", (3, 1, 1), facts)
    [1, 3]
    >>> checked("layer", 9, facts)
    Traceback (most recent call last):
    ValueError: layer must be 0..1 for this 2-layer trace, got 9
    """
    if name in CHOICES:
        return _choice(name, value, facts)
    return {
        "attention_kind": _kind,
        "layer": _layer,
        "heads": _heads,
        "selected_tokens": _selected,
        "threshold": _threshold,
        "hide_special": _flag,
        "height": _height,
    }[name](value, facts)


def heads_within(name: str, value: Any, n_heads: int) -> list[int]:
    """Return numbers of heads in order, each once.

    Raises
    ------
    ValueError
        Where there is none, or one that the trace does not have.

    Examples
    --------
    >>> heads_within("heads", (3, 1, 1), 4)
    [1, 3]
    """
    heads = _integers(name, value)
    if not heads:
        raise ValueError(f"{name} must name at least one head of 0..{n_heads - 1}, got {value!r}")
    for head in heads:
        if not 0 <= head < n_heads:
            raise ValueError(f"{name} must be within 0..{n_heads - 1} for this trace, got {head}")
    return heads


def _choice(name: str, value: Any, facts: Facts) -> str:
    allowed = CHOICES[name]
    if name == "segments" and isinstance(value, str):
        value = value.replace("->", "→").lower()
    if value not in allowed or not isinstance(value, str):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    if name == "units" and value == "words" and not facts.has_words:
        raise ValueError(
            "units must be 'tokens' for this trace, got 'words': its tokenizer gives no alignment with words"
        )
    if name == "segments" and value != "all" and not facts.has_pair:
        raise ValueError(
            f"segments must be 'all' for this trace, got {value!r}: it is of one text, not of a pair"
        )
    return value


def _kind(value: Any, facts: Facts) -> str:
    if value not in facts.kinds:
        raise ValueError(
            f"attention_kind must be one of {', '.join(map(repr, facts.kinds))} for this trace, got {value!r}"
        )
    return str(value)


def _layer(value: Any, facts: Facts) -> int:
    number = _integer(value)
    if number is None or number not in facts.layers:
        layers = facts.layers
        whole = layers == tuple(range(len(layers)))
        allowed = f"0..{len(layers) - 1}" if whole else f"one of {', '.join(map(str, layers))}"
        raise ValueError(f"layer must be {allowed} for this {len(layers)}-layer trace, got {value!r}")
    return number


def _heads(value: Any, facts: Facts) -> list[int]:
    return heads_within("heads", value, facts.heads)


def _selected(value: Any, facts: Facts) -> list[int]:
    selected = _integers("selected_tokens", value)
    for token in selected:
        if not 0 <= token < facts.units:
            raise ValueError(
                f"selected_tokens must be within 0..{facts.units - 1} for this trace, got {token}"
            )
    return selected


def _threshold(value: Any, facts: Facts) -> float:
    del facts
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise ValueError(f"threshold must be a weight from 0 to 1, got {value!r}")
    return float(value)


def _flag(value: Any, facts: Facts) -> bool:
    del facts
    if not isinstance(value, bool):
        raise ValueError(f"hide_special must be True or False, got {value!r}")
    return value


def _height(value: Any, facts: Facts) -> int:
    del facts
    number = _integer(value)
    if number is None or not 120 <= number <= 4000:
        raise ValueError(f"height must be 120..4000 pixels, got {value!r}")
    return number


def _integers(name: str, value: Any) -> list[int]:
    given = [value] if _integer(value) is not None else value
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"{name} must be a list of numbers, got {value!r}")
    numbers = [_integer(one) for one in given]
    if None in numbers:
        raise ValueError(f"{name} must be a list of whole numbers, got {value!r}")
    return sorted({number for number in numbers if number is not None})


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        # An array of several has the method too, and raises.
        return index(value)
    except TypeError:
        return None
