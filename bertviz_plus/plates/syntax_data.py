"""What a syntax plate draws: one sentence, its gold tree and another, and what gold says of each link."""

import itertools
from dataclasses import dataclass
from typing import NamedTuple

from bertviz_plus.traces.parse import LEFT_OUT, ROOT

ROOTED, AGREED, MISSED, EXTRA = "root", "agreed", "missed", "extra"


class Link(NamedTuple):
    """A word, its head, and what gold says of it."""

    word: int
    head: int
    verdict: str


@dataclass(frozen=True, eq=False)
class SyntaxData:
    """A sentence as it is shown.

    Attributes
    ----------
    title : str
        The model's name.
    name : str
        Which sentence of how many.
    words, upos, relations : tuple of str
    gold, other : tuple of int
        The head of each word in both trees, -1 for none, -2 where trees leave the word out.
    dropped : frozenset of int
        Words of which the tokenizer makes nothing.
    rtl : bool
        Whether the sentence runs from the right.
    source : str
        What is drawn below, in words.
    best : str
        Among how many it is the best; empty where it is not.
    uuas, chain : (int, int)
        Links found, and links of gold, over all sentences, by this tree and by the chain; `None` where there
        is one sentence.
    """

    title: str
    name: str
    words: tuple[str, ...]
    upos: tuple[str, ...]
    relations: tuple[str, ...]
    gold: tuple[int, ...]
    other: tuple[int, ...]
    dropped: frozenset[int] = frozenset()
    rtl: bool = False
    source: str = ""
    best: str = ""
    uuas: tuple[int, int] | None = None
    chain: tuple[int, int] | None = None

    @property
    def above(self) -> tuple[Link, ...]:
        """Gold's links."""
        return tuple(
            Link(word, head, ROOTED if head == ROOT else self._said(self.other, word, head, MISSED))
            for word, head in enumerate(self.gold)
            if head != LEFT_OUT
        )

    @property
    def below(self) -> tuple[Link, ...]:
        """The other tree's links."""
        found = [(word, head) for word, head in enumerate(self.other) if head >= 0]
        return tuple(Link(word, head, self._said(self.gold, word, head, EXTRA)) for word, head in found)

    @property
    def here(self) -> tuple[int, int, int]:
        """Links found, links of gold, and how many of them the chain finds."""
        kept = [word for word, head in enumerate(self.gold) if head != LEFT_OUT]
        chain = itertools.pairwise(kept)
        return (
            sum(link.verdict == AGREED for link in self.below),
            sum(link.verdict != ROOTED for link in self.above),
            sum(self._said(self.gold, one, other, "") == AGREED for one, other in chain),
        )

    @staticmethod
    def _said(heads: tuple[int, ...], word: int, head: int, otherwise: str) -> str:
        """Say whether one is the other's head: UUAS does not ask which."""
        return AGREED if heads[word] == head or heads[head] == word else otherwise


def share_text(right: int, edges: int) -> str:
    """Write a share with two digits, halves up as the front end does; a dash where there is none.

    Examples
    --------
    >>> share_text(5, 12), share_text(1, 8), share_text(3, 3), share_text(0, 0)
    ('.42', '.13', '1.00', '–')
    """
    if not edges:
        return "–"
    hundredths = (200 * right + edges) // (2 * edges)
    return "1.00" if hundredths == 100 else f".{hundredths:02d}"
