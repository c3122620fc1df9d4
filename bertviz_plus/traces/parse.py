"""A sentence as a dependency tree: for each word its head, the relation between them, its part of speech."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.checks import check_tokens

ROOT = -1
"""The head of a root."""
LEFT_OUT = -2
"""The head of a word that a tree does not link."""
UNKNOWN = "_"
"""A relation, part of speech or feature that was not annotated, as in CoNLL-U."""
_PER_WORD = ("relations", "upos", "features")


@dataclass(frozen=True, eq=False)
class Parse:
    """One sentence as a dependency tree.

    Frozen, compared by identity.

    Attributes
    ----------
    words : tuple of str
        The syntactic words: of *don't*, *do* and *n't*.
    heads : tuple of int
        For each word the place of its head, from 0; -1 for the root.
    relations : tuple of str
        The relation of each word to its head, such as ``"nsubj"`` or ``"acl:relcl"``; ``"_"`` where it is not
        known.
    upos : tuple of str
        Universal parts of speech, such as ``"NOUN"``; ``"_"`` where they are not known.
    features : tuple of str
        Such as ``"Number=Plur|Person=3"``; ``"_"`` where there are none.
    id : str
    text : str
        As it was printed; the words with spaces between them unless given.

    Raises
    ------
    ValueError
        For a sentence without words, parts of different lengths, and heads that are no tree: the message
        names the word.

    Examples
    --------
    >>> parse = Parse(("the", "dog", "barks"), (1, 2, -1), relations=("det", "nsubj", "root"))
    >>> parse.root, parse.edges
    (2, ((1, 0), (2, 1)))
    >>> parse.depths.tolist()
    [2, 1, 0]
    """

    words: tuple[str, ...]
    heads: tuple[int, ...]
    relations: tuple[str, ...] = ()
    upos: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    id: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        words = check_tokens(self.words, "words")
        if not words:
            raise ValueError("words must hold at least one word, got none")
        self._set("words", words)
        self._set("heads", tuple(map(int, self.heads)))
        for name in _PER_WORD:
            self._set(name, check_tokens(getattr(self, name), name) or (UNKNOWN,) * len(words))
        for name in ("heads", *_PER_WORD):
            if len(getattr(self, name)) != len(words):
                raise ValueError(
                    f"{name} must have one entry for each of the {len(words)} words, "
                    f"got {len(getattr(self, name))}"
                )
        self._set("text", self.text or " ".join(words))
        if (fault := tree_fault(self.heads)) is not None:
            place, what = fault
            raise ValueError(f"heads must be a tree: word {place} ({words[place]!r}) {what}")

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def root(self) -> int:
        """The place of the root."""
        return self.heads.index(ROOT)

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Head and dependent of every word but the root."""
        return tuple((head, place) for place, head in enumerate(self.heads) if head != ROOT)

    @property
    def punctuation(self) -> tuple[bool, ...]:
        """Which words are punctuation: their part of speech is PUNCT, or their relation punct."""
        return tuple(
            "PUNCT" in (tag, relation.upper())
            for tag, relation in zip(self.upos, self.relations, strict=True)
        )

    @property
    def depths(self) -> NDArray[np.intp]:
        """How many edges lead from the root to each word."""
        depths: NDArray[np.intp] = self.tree_distances()[self.root]
        return depths

    def heads_among(self, kept: Sequence[bool] | NDArray[np.bool_]) -> NDArray[np.int16]:
        """Return the heads in the tree of some of the words, such as all but punctuation.

        A word whose head is left out hangs on the nearest word above that is kept; where the root is left
        out, the first of the words next to it takes its place.

        Parameters
        ----------
        kept : sequence of bool
            For each word whether it is kept.

        Returns
        -------
        ndarray [words] of int16
            -1 for the root, -2 for words that are left out.

        Raises
        ------
        ValueError
            Where there is not one entry for each word.

        Examples
        --------
        >>> Parse(("dogs", ",", "cats"), (-1, 0, 1)).heads_among([True, False, True]).tolist()
        [-1, -2, 0]
        """
        if len(kept) != len(self):
            raise ValueError(f"kept must have one entry for each of the {len(self)} words, got {len(kept)}")
        heads = np.full(len(self), LEFT_OUT, np.int16)
        order = np.argsort(self.depths, kind="stable").tolist()
        root = next((word for word in order if kept[word]), ROOT)
        for word in order:
            if kept[word]:
                head = self.heads[word]
                while head != ROOT and not kept[head]:
                    head = self.heads[head]
                heads[word] = root if head == ROOT and word != root else head
        return heads

    def tree_distances(self) -> NDArray[np.intp]:
        """Return how many edges lie between every two words.

        Returns
        -------
        ndarray [words, words] of int

        Examples
        --------
        >>> Parse(("the", "dog", "barks"), (1, 2, -1)).tree_distances().tolist()
        [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
        """
        n = len(self)
        distances = np.zeros((n, n), np.intp)
        children: list[list[int]] = [[] for _ in range(n)]
        for head, place in self.edges:
            children[head].append(place)
        seen, waiting = [self.root], list(children[self.root])
        while waiting:
            # A word is one edge further from all that are seen than its head is.
            word = waiting.pop()
            distances[word, seen] = distances[seen, word] = distances[self.heads[word], seen] + 1
            seen.append(word)
            waiting.extend(children[word])
        return distances

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        name = f" {self.id}" if self.id else ""
        return f"Parse{name} of {len(self)} word{'s' * (len(self) != 1)}\n  {self.text}"


def tree_fault(heads: Sequence[int], first: int = 0) -> tuple[int, str] | None:
    """Find what keeps heads from being a tree.

    Parameters
    ----------
    heads : sequence of int
        For each word its head, from 0; -1 for the root.
    first : int, default 0
        The number of the first word in what is said.

    Returns
    -------
    (int, str) or None
        A word and what is wrong with it; `None` for a tree.

    Examples
    --------
    >>> tree_fault([1, 2, -1]) is None
    True
    >>> tree_fault([-1, 2, 1])
    (1, 'never comes to the root: its heads go in a circle, 1 -> 2 -> 1')
    """
    roots = [place for place, head in enumerate(heads) if head == ROOT]
    for place, head in enumerate(heads):
        if not ROOT <= head < len(heads):
            return (
                place,
                f"has the head {head + first}, where {ROOT + first}..{len(heads) - 1 + first} are allowed",
            )
    if len(roots) > 1:
        return roots[1], f"is a second root beside word {roots[0] + first}"
    for place in range(len(heads)):
        path = [place]
        while (head := heads[path[-1]]) != ROOT:
            path.append(head)
            if head in path[:-1]:
                circle = " -> ".join(str(one + first) for one in path[path.index(head) :])
                return head, f"never comes to the root: its heads go in a circle, {circle}"
    return None
