"""Which word is linked with which: an aligner's links, and gold."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bertviz_plus.traces.checks import check_tokens

_ITEM = re.compile(r"(\d+)([-?pPsS])(\d+)")
# Written out once: every link of a corpus is checked against them.
_WHOLE, _PAIR = (int, np.integer), (tuple, list)


class Link(NamedTuple):
    """One link, by the places of its words, which count from 0.

    Attributes
    ----------
    source, target : int
    confidence : float
        From 0 to 1.
    """

    source: int
    target: int
    confidence: float = 1.0


@dataclass(frozen=True)
class Alignment:
    """Which words of two sentences are linked.

    Attributes
    ----------
    source, target : tuple of str
        The words.
    links : tuple of Link
        ``(source, target, confidence)``, in the order of their words.
    method : str or None
        How they were found.
    hidden_layer : int or None
        Where.

    Examples
    --------
    >>> found = Alignment(("the", "old", "house"), ("das", "Haus"), ((0, 0, 0.9), (2, 1, 0.8)))
    >>> found.null_source, found.null_target
    ((1,), ())
    >>> found
    Alignment of 3 and 2 words, 2 links
      the–das .90  house–Haus .80
      no partner: old |
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    links: tuple[Link, ...]
    method: str | None = None
    hidden_layer: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", check_tokens(self.source, "source"))
        object.__setattr__(self, "target", check_tokens(self.target, "target"))
        object.__setattr__(self, "links", tuple(sorted(_links(self.links))))
        self.check(len(self.source), len(self.target), "links")

    @classmethod
    def of(cls, links: Any, source: Sequence[str], target: Sequence[str]) -> "Alignment":
        """Make an alignment of links in any form that `pairs_of` takes.

        Examples
        --------
        >>> Alignment.of("0-1", ["a"], ["x", "y"]).links
        (Link(source=0, target=1, confidence=1.0),)
        """
        return cls(tuple(source), tuple(target), tuple(Link(i, j) for i, j in pairs_of(links)))

    @property
    def pairs(self) -> frozenset[tuple[int, int]]:
        """The links without their confidence."""
        return frozenset((link.source, link.target) for link in self.links)

    @property
    def null_source(self) -> tuple[int, ...]:
        """Source words without a link."""
        return tuple(sorted(set(range(len(self.source))) - {link.source for link in self.links}))

    @property
    def null_target(self) -> tuple[int, ...]:
        """Target words without a link."""
        return tuple(sorted(set(range(len(self.target))) - {link.target for link in self.links}))

    def to_pharaoh(self, *, index_base: int = 0) -> str:
        """Write the links as ``i-j``, counted from `index_base`.

        Examples
        --------
        >>> Alignment(("a",), ("x", "y"), ((0, 1),)).to_pharaoh()
        '0-1'
        """
        return pharaoh(self.pairs, index_base=index_base)

    def check(self, n_source: int, n_target: int, name: str = "links") -> None:
        """Refuse a link beyond the words, a link that is there twice, and a confidence that is none."""
        check_links(self.pairs, n_source, n_target, name)
        if len(self.pairs) != len(self.links):
            raise ValueError(
                f"{name} must hold each link once, got {len(self.links) - len(self.pairs)} twice"
            )
        wrong = next((link for link in self.links if not 0 <= link.confidence <= 1), None)
        if wrong is not None:
            raise ValueError(f"{name} must have confidences from 0 to 1, got {wrong.confidence!r}")

    def __len__(self) -> int:
        return len(self.links)

    def __repr__(self) -> str:
        how = "" if self.method is None else f" by {self.method}"
        where = "" if self.hidden_layer is None else f" at hidden layer {self.hidden_layer}"
        shown = "  ".join(
            f"{self.source[i]}–{self.target[j]}" + ("" if sure == 1 else f" {sure:.2f}".replace("0.", "."))
            for i, j, sure in self.links
        )
        null_source = " ".join(self.source[i] for i in self.null_source)
        null_target = " ".join(self.target[j] for j in self.null_target)
        sizes = f"{len(self.source)} and {len(self.target)} words"
        lines = [
            f"Alignment of {sizes}, {len(self.links)} link{'s' if len(self.links) != 1 else ''}{how}{where}",
            f"  {shown}" if shown else "",
            f"  no partner: {null_source} | {null_target}".rstrip() if null_source or null_target else "",
        ]
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class Gold:
    """The true links of a pair: those that every annotator would draw, and those that one may.

    Attributes
    ----------
    sure : frozenset of (int, int)
    possible : frozenset of (int, int)
        The sure ones among them.

    Examples
    --------
    >>> gold = Gold.of("0-0 1?2")
    >>> sorted(gold.sure), sorted(gold.possible)
    ([(0, 0)], [(0, 0), (1, 2)])
    >>> gold.to_pharaoh()
    '0-0 1?2'
    """

    sure: frozenset[tuple[int, int]]
    possible: frozenset[tuple[int, int]] = frozenset()

    def __post_init__(self) -> None:
        sure = frozenset((int(i), int(j)) for i, j in self.sure)
        possible = sure | frozenset((int(i), int(j)) for i, j in self.possible)
        object.__setattr__(self, "sure", sure)
        object.__setattr__(self, "possible", possible)
        negative = next((link for link in possible if min(link) < 0), None)
        if negative is not None:
            raise ValueError(f"gold must hold places from 0 on, got {negative[0]}-{negative[1]}")

    @classmethod
    def of(cls, gold: Any, *, index_base: int = 0) -> "Gold":
        """Make gold of a string, of links that are all sure, or of sure and possible ones.

        Parameters
        ----------
        gold : Gold, Alignment, str, ndarray of bool, or iterable of (source, target)
            In a string ``i-j`` is sure, ``i?j`` and ``ipj`` are possible.
        index_base : {0, 1}
            What the first word is called in a string or in pairs.

        Examples
        --------
        >>> sorted(Gold.of("1-1 2p2", index_base=1).possible)
        [(0, 0), (1, 1)]
        """
        check_index_base(index_base)
        if isinstance(gold, Gold):
            return gold
        if isinstance(gold, Alignment):
            return cls(gold.pairs)
        if isinstance(gold, str):
            items = items_of(gold, index_base=index_base)
            return cls(
                frozenset((i, j) for i, j, sure in items if sure), frozenset((i, j) for i, j, _ in items)
            )
        # The places of a matrix count from 0, whatever words are called.
        base = 0 if isinstance(gold, np.ndarray) else index_base
        pairs = pairs_of(gold)
        below = next((pair for pair in sorted(pairs) if min(pair) < base), None)
        if below is not None:
            raise ValueError(f"links must count from {base}, got {below[0]}-{below[1]}")
        return cls(frozenset((i - base, j - base) for i, j in pairs))

    def to_pharaoh(self, *, index_base: int = 0, possible: str = "?") -> str:
        """Write sure links as ``i-j`` and possible ones as ``i?j``, or ``ipj`` where `possible` is "p"."""
        check_index_base(index_base)
        if possible not in ("?", "p"):
            raise ValueError(f"possible must be '?' or 'p', got {possible!r}")
        return " ".join(
            f"{i + index_base}{'-' if (i, j) in self.sure else possible}{j + index_base}"
            for i, j in sorted(self.possible)
        )

    def check(self, n_source: int, n_target: int, name: str = "gold") -> None:
        """Refuse a link beyond the words."""
        check_links(self.possible, n_source, n_target, name)


def items_of(text: str, *, index_base: int = 0) -> list[tuple[int, int, bool]]:
    """Read links such as ``0-0 1?2 3p4`` as (source, target, sure).

    Raises
    ------
    ValueError
        Naming the part that is no link.

    Examples
    --------
    >>> items_of("0-0 1?2")
    [(0, 0, True), (1, 2, False)]
    """
    items = []
    for part in text.split():
        match = _ITEM.fullmatch(part)
        if match is None:
            raise ValueError(f"links must look like 0-0, 1?2 or 1p2, with spaces between them; got {part!r}")
        source, kind, target = int(match[1]) - index_base, match[2], int(match[3]) - index_base
        if min(source, target) < 0:
            raise ValueError(f"links must count from {index_base}, got {part!r}")
        items.append((source, target, kind in "-sS"))
    return items


def pairs_of(links: Any) -> frozenset[tuple[int, int]]:
    """Return links in any form as pairs of places.

    Parameters
    ----------
    links : Alignment, Gold, str, ndarray of bool, or iterable of (source, target) or (source, target, …)
        Of gold the possible links.

    Examples
    --------
    >>> sorted(pairs_of([(0, 0), (1, 2, 0.5)]))
    [(0, 0), (1, 2)]
    """
    if isinstance(links, Alignment):
        return links.pairs
    if isinstance(links, Gold):
        return links.possible
    if isinstance(links, str):
        return frozenset((i, j) for i, j, _ in items_of(links))
    if isinstance(links, np.ndarray) and links.dtype.kind == "b":
        rows, columns = links.nonzero()
        return frozenset(zip(rows.tolist(), columns.tolist(), strict=True))
    if not isinstance(links, Iterable):
        raise TypeError(
            "links must be an Alignment, a string such as '0-0 1-1', or (source, target) pairs, "
            f"got {type(links).__name__}"
        )
    if isinstance(links, np.ndarray):
        # Of numbers [[1, 0], [0, 1]] may be a matrix or two pairs.
        raise ValueError(
            "links in an array must be a matrix of booleans [source, target], got "
            f"{links.dtype} {list(links.shape)}; pairs are given as a list, array.tolist()"
        )
    return frozenset(map(_places, links))


def entries_of(given: Any, name: str) -> list[Any]:
    """Return one entry a sentence, also where one sentence was given by itself.

    Examples
    --------
    >>> entries_of("0-0 1-1", "gold"), entries_of([(0, 0), (1, 1)], "gold")
    (['0-0 1-1'], [[(0, 0), (1, 1)]])
    """
    if isinstance(given, str | Alignment | Gold | np.ndarray):
        return [given]
    if not isinstance(given, Iterable):
        raise TypeError(
            f"{name} must have one entry for each sentence, links such as '0-0 1-1', got "
            f"{type(given).__name__}; read_links(path) reads a file of links"
        )
    listed = list(given)
    is_links = bool(listed) and isinstance(listed[0], Sequence) and not isinstance(listed[0], str)
    if is_links and len(listed[0]) >= 2 and all(isinstance(part, int | float) for part in listed[0]):
        return [listed]
    return listed


def check_index_base(index_base: Any) -> None:
    """Refuse what words do not count from.

    Examples
    --------
    >>> check_index_base(2)
    Traceback (most recent call last):
    ...
    ValueError: index_base must be 0 or 1, got 2
    """
    if index_base not in (0, 1):
        raise ValueError(f"index_base must be 0 or 1, got {index_base!r}")


def _links(links: Any) -> list[Link]:
    if isinstance(links, str) or not isinstance(links, Iterable):
        raise TypeError(f"links must be (source, target) pairs, got {links!r:.60}")
    return [Link(*_places(link), *link[2:3]) for link in links]


def _places(link: Any) -> tuple[int, int]:
    if not isinstance(link, _PAIR) or len(link) < 2:
        raise ValueError(f"links must be (source, target) pairs, got {link!r:.60}")
    source, target = link[0], link[1]
    if not (isinstance(source, _WHOLE) and isinstance(target, _WHOLE)):
        raise ValueError(f"links must name words by whole numbers, got {link!r:.60}")
    if source < 0 or target < 0:
        raise ValueError(f"links must name words from 0 on, got {link!r:.60}")
    return int(source), int(target)


def pharaoh(pairs: Iterable[tuple[int, int]], *, index_base: int = 0) -> str:
    """Write links as ``i-j``, in order.

    Examples
    --------
    >>> pharaoh({(1, 0), (0, 2)})
    '0-2 1-0'
    """
    check_index_base(index_base)
    return " ".join(f"{i + index_base}-{j + index_base}" for i, j in sorted(pairs))


def check_links(pairs: Iterable[tuple[int, int]], n_source: int, n_target: int, name: str) -> None:
    """Refuse a link beyond the words.

    Examples
    --------
    >>> check_links([(0, 5)], 2, 3, "gold")
    Traceback (most recent call last):
    ...
    ValueError: gold must link words 0..1 with 0..2, got 0-5; ...
    """
    for i, j in sorted(pairs):
        if not (0 <= i < n_source and 0 <= j < n_target):
            raise ValueError(
                f"{name} must link words 0..{n_source - 1} with 0..{n_target - 1}, got {i}-{j}; "
                "links that count from 1 are read by Gold.of(links, index_base=1)"
            )
