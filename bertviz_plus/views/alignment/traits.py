"""The traits of the alignment view: what each may be, given its pairs and methods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bertviz_plus.design import section
from bertviz_plus.traces.alignments import SentencePair
from bertviz_plus.traces.checks import whole_number
from bertviz_plus.traces.links import Alignment, Gold, check_links
from bertviz_plus.views.traits import (
    FLAG,
    THEME,
    Allowed,
    Trait,
    number_among,
    one_of,
    pixels,
    share,
    table,
)

# Where no model has read the pairs.
NO_LAYER = -1
_UNREAD = "no model has read these pairs"
_KINDS = ("sure", "possible")


@dataclass(frozen=True)
class Limits:
    """What a view's alignments allow."""

    hidden_layers: tuple[int, ...]
    best_layer: int | None
    methods: tuple[str, ...]
    pairs: tuple[SentencePair, ...]

    @property
    def first_layer(self) -> int:
        """The layer at first: the one that is documented to align best, else the middle one."""
        if self.best_layer is not None:
            return self.best_layer
        layers = self.hidden_layers or (NO_LAYER,)
        return layers[len(layers) // 2]


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


def drawn_links(name: str, value: Any, limits: Limits) -> dict[str, list[list[Any]]]:
    """Return links drawn by hand as the front end writes them.

    Examples
    --------
    >>> limits = Limits((), None, (), (SentencePair(("a", "b"), ("x",)),))
    >>> drawn_links("drawn", {0: "1?0 0-0"}, limits)
    {'0': [[0, 0, 'sure'], [1, 0, 'possible']]}
    """
    if not isinstance(value, Mapping):
        raise ValueError(
            f'{name} must be a dict from a pair\'s number to its links, such as {{"0": [[0, 0, "sure"]]}}, '
            f"got {value!r:.60}"
        )
    kept: dict[str, list[list[Any]]] = {}
    for key, links in value.items():
        number = int(key) if isinstance(key, str) and key.isdecimal() else whole_number(key)
        if number is None or not 0 <= number < len(limits.pairs):
            raise ValueError(f"{name} must name pairs of 0..{len(limits.pairs) - 1}, got {key!r}")
        gold = _gold(links, f"{name}[{number}]")
        pair = limits.pairs[number]
        check_links(gold.possible, len(pair.source), len(pair.target), f"{name}[{number}]")
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
        places = [whole_number(place) for place in link[:2]] if whole else []
        kind = link[2] if whole and len(link) == 3 else "sure"
        if None in places or not places or kind not in _KINDS:
            raise ValueError(
                f'{name} must hold [source, target, "sure"] or [source, target, "possible"], got {link!r:.60}'
            )
        listed.append((*places, kind))
    return gold_of(listed)


TRAITS = table(
    Trait(
        "pair",
        0,
        number_among(lambda limits: range(len(limits.pairs)), "these alignments"),
        "From 0.",
        first=True,
    ),
    Trait(
        "hidden_layer",
        lambda limits: limits.first_layer,
        number_among(
            lambda limits: limits.hidden_layers or (NO_LAYER,),
            "these alignments",
            lambda limits: "" if limits.hidden_layers else _UNREAD,
        ),
        "0 is the embeddings. At first the one that is documented to align best, else the middle one; -1 "
        "where no model has read the pairs.",
    ),
    Trait(
        "method",
        lambda limits: "inter" if "inter" in limits.methods else next(iter(limits.methods), ""),
        one_of(
            among=lambda limits: limits.methods,
            where="these alignments",
            why=lambda _, limits: "" if limits.methods else _UNREAD,
            kind="str",
        ),
        "One of `methods`, or the name of links that pairs were given.",
    ),
    Trait(
        "threshold", 0.0, share("a confidence"), "Links of less confidence are hidden; the view counts them."
    ),
    Trait("show_gold", True, FLAG, "Tell agreed, missed and extra links apart."),
    Trait("show_similarity", False, FLAG, "Show the cosines of all words."),
    Trait("map_of", "all", one_of("all", "pair"), "Whether the map of layers and methods is of all pairs."),
    Trait("drawing", False, FLAG, "Whether clicks draw links."),
    Trait(
        "drawn",
        {},
        Allowed("dict", drawn_links),
        'Links drawn by hand, ``{"0": [[0, 0, "sure"], [1, 2, "possible"]]}``: all links of each pair that '
        'was touched. Python may also write ``{0: "0-0 1?2"}``.',
    ),
    THEME,
    Trait(
        "height",
        section("alignment").whole("height"),
        pixels(160),
        "Of the figure at most, in pixels; two thirds of it where the page is narrow.",
    ),
)
