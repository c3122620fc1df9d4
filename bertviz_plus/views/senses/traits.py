"""May the sense view show this? Every value that Python or the front end sets is checked here."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import index
from typing import Any

THEMES = ("auto", "light", "dark")
LEAST_HEIGHT, MOST_HEIGHT = 240, 4000


@dataclass(frozen=True)
class Facts:
    """What the values of the view's traits may be, given its data and the colouring in view."""

    hidden_layers: tuple[int, ...]
    count: int
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    projections: tuple[str, ...]


def facts_of(data: dict[str, Any], colour: str) -> Facts:
    """Return what may be shown.

    Parameters
    ----------
    data : dict
        What the front end draws from.
    colour : str
        The colouring in view.
    """
    labels: list[str] = next((one["labels"] for one in data["groups"] if one["name"] == colour), [])
    return Facts(
        hidden_layers=tuple(data["hidden_layers"]),
        count=data["count"],
        colours=tuple(one["name"] for one in data["groups"]),
        labels=tuple(labels),
        projections=tuple(data["projections"]),
    )


def checked(name: str, value: Any, facts: Facts) -> Any:
    """Return the value as the view keeps it.

    Raises
    ------
    ValueError
        It names the trait, what came and what is allowed.

    Examples
    --------
    >>> facts = Facts((0, 1, 2), 9, ("sense",), ("river", "money"), ("pca",))
    >>> checked("selected", (3, 1, 1), facts)
    [1, 3]
    >>> checked("hidden_layer", 9, facts)
    Traceback (most recent call last):
    ValueError: hidden_layer must be 0..2 for these occurrences, got 9
    """
    return {
        "hidden_layer": _layer,
        "colour": _colour,
        "selected": _selected,
        "pinned": _pinned,
        "muted": _muted,
        "search": _search,
        "projection": _projection,
        "theme": _theme,
        "height": _height,
    }[name](value, facts)


def _layer(value: Any, facts: Facts) -> int:
    number = _integer(value)
    layers = facts.hidden_layers
    if number is None or number not in layers:
        whole = layers == tuple(range(layers[0], layers[0] + len(layers)))
        allowed = (
            f"{layers[0]}..{layers[-1]}"
            if whole and len(layers) > 1
            else f"one of {_listed(map(str, layers))}"
        )
        raise ValueError(f"hidden_layer must be {allowed} for these occurrences, got {value!r}")
    return number


def _colour(value: Any, facts: Facts) -> str:
    if not isinstance(value, str) or value not in facts.colours:
        if not facts.colours and value == "":
            return ""
        allowed = f"one of {_listed(map(repr, facts.colours))}" if facts.colours else "''"
        hint = "" if facts.colours else ": there are no senses, clusters or columns to colour by"
        raise ValueError(f"colour must be {allowed} for these occurrences, got {value!r}{hint}")
    return value


def _selected(value: Any, facts: Facts) -> list[int]:
    given = [value] if _integer(value) is not None else value
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"selected must be a list of occurrences, by number, got {value!r}")
    numbers: set[int] = set()
    for one in given:
        number = _integer(one)
        if number is None:
            raise ValueError(f"selected must be a list of whole numbers, got {one!r} in it")
        if not 0 <= number < facts.count:
            raise ValueError(
                f"selected must be within 0..{facts.count - 1} for these occurrences, got {number}"
            )
        numbers.add(number)
    return sorted(numbers)


def _pinned(value: Any, facts: Facts) -> int:
    number = -1 if value is None else _integer(value)
    if number is None or not -1 <= number < facts.count:
        raise ValueError(f"pinned must be 0..{facts.count - 1}, or -1 for none, got {value!r}")
    return number


def _muted(value: Any, facts: Facts) -> list[str]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Iterable):
        raise ValueError(f"muted must be a list of {_listed(map(repr, facts.labels))}, got {value!r}")
    names = list(given)
    for name in names:
        if name not in facts.labels:
            raise ValueError(f"muted must name some of {_listed(map(repr, facts.labels))}, got {name!r}")
    # Kept in the legend's order, each once.
    return [label for label in facts.labels if label in names]


def _search(value: Any, facts: Facts) -> str:
    del facts
    if not isinstance(value, str):
        raise ValueError(f"search must be a string, got {value!r}")
    return value


def _projection(value: Any, facts: Facts) -> str:
    if not isinstance(value, str) or value not in facts.projections:
        hint = (
            f': make the view with projection="{value}"'
            if value in ("tsne", "umap") and value not in facts.projections
            else ""
        )
        raise ValueError(
            f"projection must be one of {_listed(map(repr, facts.projections))} for this view, "
            f"got {value!r}{hint}"
        )
    return value


def _theme(value: Any, facts: Facts) -> str:
    del facts
    if not isinstance(value, str) or value not in THEMES:
        raise ValueError(f"theme must be one of {_listed(map(repr, THEMES))}, got {value!r}")
    return value


def _height(value: Any, facts: Facts) -> int:
    del facts
    number = _integer(value)
    if number is None or not LEAST_HEIGHT <= number <= MOST_HEIGHT:
        raise ValueError(f"height must be {LEAST_HEIGHT}..{MOST_HEIGHT} pixels, got {value!r}")
    return number


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        # An array of several has the method too, and raises.
        return index(value)
    except TypeError:
        return None
