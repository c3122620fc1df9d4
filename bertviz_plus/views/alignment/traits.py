"""May the alignment view show this? Every value that Python or the front end sets is checked here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from operator import index
from typing import Any

from bertviz_plus.traces.alignments import SentencePair
from bertviz_plus.traces.links import Alignment, Gold, check_links

CHOICES: dict[str, tuple[str, ...]] = {
    "map_of": ("all", "pair"),
    "theme": ("auto", "light", "dark"),
}
LEAST_HEIGHT, MOST_HEIGHT = 160, 4000
# Where no model has read the pairs.
NO_LAYER = -1
_KINDS = ("sure", "possible")


@dataclass(frozen=True)
class Facts:
    """What the values of the view's traits may be."""

    hidden_layers: tuple[int, ...]
    methods: tuple[str, ...]
    pairs: tuple[SentencePair, ...]


def checked(name: str, value: Any, facts: Facts) -> Any:
    """Return the value as the view keeps it.

    Raises
    ------
    ValueError
        It names the trait, what came and what is allowed.

    Examples
    --------
    >>> facts = Facts((0, 1, 2), ("inter", "ot"), (SentencePair(("a", "b"), ("x",)),))
    >>> checked("drawn", {0: "1?0 0-0"}, facts)
    {'0': [[0, 0, 'sure'], [1, 0, 'possible']]}
    >>> checked("hidden_layer", 9, facts)
    Traceback (most recent call last):
    ValueError: hidden_layer must be 0..2 for these alignments, got 9
    """
    if name in CHOICES:
        return _choice(name, value)
    if name in ("show_gold", "show_similarity", "drawing"):
        return _flag(name, value)
    return {
        "pair": _pair,
        "hidden_layer": _layer,
        "method": _method,
        "threshold": _threshold,
        "drawn": _drawn,
        "height": _height,
    }[name](value, facts)


def gold_of(links: Iterable[Sequence[Any]]) -> Gold:
    """Return links as the front end writes them as gold.

    Examples
    --------
    >>> gold_of([[0, 0, "sure"], [1, 0, "possible"]]).to_pharaoh()
    '0-0 1?0'
    """
    listed = list(links)
    return Gold(
        frozenset((i, j) for i, j, kind in listed if kind == "sure"),
        frozenset((i, j) for i, j, _ in listed),
    )


def _choice(name: str, value: Any) -> str:
    allowed = CHOICES[name]
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    return value


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return value


def _pair(value: Any, facts: Facts) -> int:
    number, last = _integer(value), len(facts.pairs) - 1
    if number is None or not 0 <= number <= last:
        raise ValueError(f"pair must be {f'0..{last}' if last else '0'} for these alignments, got {value!r}")
    return number


def _layer(value: Any, facts: Facts) -> int:
    number, layers = _integer(value), facts.hidden_layers
    if not layers:
        if number != NO_LAYER:
            raise ValueError(f"hidden_layer must be {NO_LAYER}: no model has read these pairs; got {value!r}")
        return NO_LAYER
    if number is None or number not in layers:
        whole = layers == tuple(range(layers[0], layers[0] + len(layers))) and len(layers) > 1
        allowed = f"{layers[0]}..{layers[-1]}" if whole else f"one of {', '.join(map(str, layers))}"
        raise ValueError(f"hidden_layer must be {allowed} for these alignments, got {value!r}")
    return number


def _method(value: Any, facts: Facts) -> str:
    if not isinstance(value, str) or value not in facts.methods:
        if not facts.methods and value == "":
            return ""
        allowed = ", ".join(map(repr, facts.methods)) or "'': no model has read these pairs"
        raise ValueError(f"method must be one of {allowed}; got {value!r}")
    return value


def _threshold(value: Any, facts: Facts) -> float:
    del facts
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise ValueError(f"threshold must be from 0 to 1, got {value!r}")
    return float(value)


def _drawn(value: Any, facts: Facts) -> dict[str, list[list[Any]]]:
    if not isinstance(value, Mapping):
        raise ValueError(
            f'drawn must be a dict from a pair\'s number to its links, such as {{"0": [[0, 0, "sure"]]}}, '
            f"got {value!r:.60}"
        )
    kept: dict[str, list[list[Any]]] = {}
    for key, links in value.items():
        number = int(key) if isinstance(key, str) and key.isdecimal() else _integer(key)
        if number is None or not 0 <= number < len(facts.pairs):
            raise ValueError(f"drawn must name pairs of 0..{len(facts.pairs) - 1}, got {key!r}")
        gold = _gold(links, f"drawn[{number}]")
        pair = facts.pairs[number]
        check_links(gold.possible, len(pair.source), len(pair.target), f"drawn[{number}]")
        kept[str(number)] = [
            [i, j, "sure" if (i, j) in gold.sure else "possible"] for i, j in sorted(gold.possible)
        ]
    return dict(sorted(kept.items(), key=lambda one: int(one[0])))


def _gold(links: Any, name: str) -> Gold:
    """Read links as `Gold.of` does, or as the front end writes them."""
    if isinstance(links, Gold | Alignment | str):
        return Gold.of(links)
    if not isinstance(links, Iterable):
        raise ValueError(f"{name} must be a list of links, got {links!r:.60}")
    listed = []
    for link in links:
        whole = isinstance(link, Sequence) and not isinstance(link, str) and len(link) in (2, 3)
        places = [_integer(place) for place in link[:2]] if whole else []
        kind = link[2] if whole and len(link) == 3 else "sure"
        if None in places or not places or kind not in _KINDS:
            raise ValueError(
                f'{name} must hold [source, target, "sure"] or [source, target, "possible"], got {link!r:.60}'
            )
        listed.append((*places, kind))
    return gold_of(listed)


def _height(value: Any, facts: Facts) -> int:
    del facts
    number = _integer(value)
    if number is None or not LEAST_HEIGHT <= number <= MOST_HEIGHT:
        raise ValueError(f"height must be {LEAST_HEIGHT}..{MOST_HEIGHT} pixels, got {value!r}")
    return number


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        # An array of several has the method too, and raises.
        return index(value)
    except TypeError:
        return None
