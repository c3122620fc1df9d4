"""The traits of the sense view and the language view: what each may be, given the points in view."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from bertviz_plus.design import section
from bertviz_plus.traces.checks import whole_number
from bertviz_plus.views.traits import (
    TEXT,
    THEME,
    Allowed,
    Trait,
    number_among,
    numbers_below,
    one_of,
    pixels,
    quoted,
    table,
)


@dataclass(frozen=True)
class Limits:
    """What the view's data allow, for the colouring in view."""

    points: str
    hidden_layers: tuple[int, ...]
    best_layer: int
    count: int
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    projections: tuple[str, ...]

    @property
    def where(self) -> str:
        """What the errors call the data."""
        return f"these {self.points}"


def limits_of(data: dict[str, Any], colour: str | None = None) -> Limits:
    """Return what may be shown.

    Parameters
    ----------
    data : dict
        What the front end draws from.
    colour : str, optional
        The colouring in view; the first without it.
    """
    groups = {one["name"]: tuple(one["labels"]) for one in data["groups"]}
    return Limits(
        points=f"{data['wording']['unit']}s",
        hidden_layers=tuple(data["hidden_layers"]),
        best_layer=data["best_layer"],
        count=data["count"],
        colours=tuple(groups),
        labels=groups.get(next(iter(groups), "") if colour is None else colour, ()),
        projections=tuple(data["projections"]),
    )


def _pinned(name: str, value: Any, limits: Limits) -> int:
    number = -1 if value is None else whole_number(value)
    if number is None or not -1 <= number < limits.count:
        raise ValueError(f"{name} must be 0..{limits.count - 1}, or -1 for none, got {value!r}")
    return number


def _muted(name: str, value: Any, limits: Limits) -> list[str]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Iterable):
        raise ValueError(f"{name} must be a list of {quoted(limits.labels)}, got {value!r}")
    names = list(given)
    for one in names:
        if one not in limits.labels:
            raise ValueError(f"{name} must name some of {quoted(limits.labels)}, got {one!r}")
    # Kept in the legend's order, each once.
    return [label for label in limits.labels if label in names]


def _how_to_add(projection: str, limits: Limits) -> str:
    could = limits.points == "occurrences" and projection in ("tsne", "umap")
    return f'make the view with projection="{projection}"' if could else ""


TRAITS = table(
    Trait(
        "hidden_layer",
        lambda limits: limits.best_layer,
        number_among(lambda limits: limits.hidden_layers, lambda limits: limits.where),
        "0 is the embeddings. At first the one with the best score, or the last.",
    ),
    Trait(
        "colour",
        lambda limits: next(iter(limits.colours), ""),
        one_of(
            among=lambda limits: limits.colours,
            where=lambda limits: limits.where,
            why=lambda _, limits: (
                "" if limits.colours else "there are no senses, clusters or columns to colour by"
            ),
            kind="str",
        ),
        '"sense", "word" (where there are several), "cluster", or a column\'s name.',
        first=True,
    ),
    Trait(
        "selected",
        [],
        numbers_below(
            lambda limits: limits.count,
            lambda limits: limits.where,
            lambda limits: f"{limits.points}, by number",
        ),
        "Occurrences, by number: the lasso and the search set it.",
    ),
    Trait(
        "pinned",
        -1,
        Allowed("int", _pinned),
        "The occurrence whose neighbours are listed; -1 for none.",
    ),
    Trait(
        "muted",
        [],
        Allowed("list of str", _muted),
        "Labels of the colouring that are switched off.",
    ),
    Trait(
        "search",
        "",
        TEXT,
        "Selects the occurrences whose sentence, as far as it is shown, holds it.",
        first=True,
    ),
    Trait(
        "projection",
        lambda limits: limits.projections[0],
        one_of(among=lambda limits: limits.projections, where="this view", why=_how_to_add, kind="str"),
        'The picture: one of those that the view was made with, or "pca"; where means of written forms are '
        'subtracted, also "pca with forms", the vectors as they are, with their scores.',
    ),
    THEME,
    Trait("height", section("senses").whole("height"), pixels(240), "Of the figure, in pixels."),
)

_ABOUT_SENTENCES = {
    "hidden_layer": "0 is the embeddings. At first the one at which most translations are found.",
    "colour": 'Always "language".',
    "selected": "Sentences, by number.",
    "pinned": "The sentence whose nearest sentence in each other language is linked and listed; -1 for none. "
    "A line is dashed where that is not its translation, and a ring marks the translation that was missed.",
    "muted": "Languages that are switched off.",
    "search": "Selects the sentences that hold it, as far as they are shown.",
    "projection": "The vectors as they are, or each language's mean taken away first.",
}
_KINDS = {"projection": '{"pca", "centred PCA"}'}
LANGUAGE_TRAITS = table(
    *(
        replace(
            trait,
            about=_ABOUT_SENTENCES.get(name, trait.about),
            allowed=trait.allowed._replace(kind=_KINDS.get(name, trait.allowed.kind)),
        )
        for name, trait in TRAITS.items()
    )
)
