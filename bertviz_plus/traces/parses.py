"""Sentences with their grammar: for each word its head, the relation between them, and its part of speech."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.checks import check_tokens
from bertviz_plus.traces.files import building, read_arrays, write_arrays

if TYPE_CHECKING:
    import pandas as pd

ROOT = -1
"""The head of a root."""
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


@dataclass(frozen=True, eq=False)
class Parses:
    """Sentences with their grammar, in order.

    Read from a file by `bertviz_plus.read_conllu`; `bertviz_plus.treebank` gives those that come with the
    package.

    Attributes
    ----------
    sentences : tuple of Parse
    name : str
        What the data are called.

    Examples
    --------
    >>> parses = Parses((Parse(("dogs", "bark"), (1, -1), ("nsubj", "root")), Parse(("stop",), (-1,))))
    >>> len(parses), parses[0].words, parses.relations
    (2, ('dogs', 'bark'), {'nsubj': 1, 'root': 1, '_': 1})
    >>> parses
    Parses: 2 sentences of 1 to 2 words, 3 words in all, 3 relations
    """

    sentences: tuple[Parse, ...]
    name: str = "sentences"

    def __post_init__(self) -> None:
        sentences = tuple(self.sentences)
        for place, one in enumerate(sentences):
            if not isinstance(one, Parse):
                raise TypeError(f"sentences[{place}] must be a Parse, got {type(one).__name__}")
        object.__setattr__(self, "sentences", sentences)

    @property
    def relations(self) -> dict[str, int]:
        """How many words stand in each relation, the most frequent first."""
        return dict(Counter(relation for one in self for relation in one.relations).most_common())

    @property
    def n_words(self) -> int:
        """How many words all sentences have together."""
        return sum(map(len, self))

    def take(self, places: Iterable[int]) -> "Parses":
        """Return the sentences at some places, in their order.

        Examples
        --------
        >>> parses = Parses((Parse(("a",), (-1,), id="x"), Parse(("b", "c"), (1, -1), id="y")))
        >>> parses.take(place for place, one in enumerate(parses) if len(one) > 1)[0].id
        'y'
        """
        return replace(self, sentences=tuple(self.sentences[place] for place in places))

    def to_frame(self) -> "pd.DataFrame":
        """Return a row for each word: sentence, id, word, form, head (-1 for the root), relation, upos."""
        import pandas as pd

        rows = [
            (number, one.id, place, *word)
            for number, one in enumerate(self)
            for place, word in enumerate(zip(one.words, one.heads, one.relations, one.upos, strict=True))
        ]
        return pd.DataFrame(rows, columns=["sentence", "id", "word", "form", "head", "relation", "upos"])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one file: safetensors, with JSON for what is not an array.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Parses((Parse(("dogs", "bark"), (1, -1)),)).save(f"{folder}/a.parses")
        ...     Parses.load(f"{folder}/a.parses")[0].heads
        (1, -1)
        """
        write_arrays(path, "Parses", *packed(self))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Parses":
        """Read a file that `save` wrote.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is damaged, written by a later version, or holds something else.
        """
        try:
            _, content, arrays = read_arrays(path, ("Parses",), "parses")
        except ValueError as error:
            raise ValueError(f"{error}. A CoNLL-U file is read with bertviz_plus.read_conllu") from error
        with building(path):
            return unpacked(arrays, content)

    def __len__(self) -> int:
        return len(self.sentences)

    def __iter__(self) -> Iterator[Parse]:
        return iter(self.sentences)

    @overload
    def __getitem__(self, place: int) -> Parse: ...
    @overload
    def __getitem__(self, place: slice) -> "Parses": ...
    def __getitem__(self, place: int | slice) -> "Parse | Parses":
        if isinstance(place, slice):
            return replace(self, sentences=self.sentences[place])
        return self.sentences[place]

    def __repr__(self) -> str:
        name = "" if self.name == "sentences" else f" ({self.name})"
        if not self.sentences:
            return f"Parses{name}: no sentences"
        lengths = sorted(map(len, self))
        return (
            f"Parses{name}: {len(self):,} sentence{'s' * (len(self) != 1)} of {lengths[0]} to {lengths[-1]} "
            f"words, {self.n_words:,} words in all, {len(self.relations)} relations"
        )


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


def packed(parses: Parses) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return what `bertviz_plus.traces.files.write_arrays` takes: the heads of all words, and the rest."""
    names = [one.name for one in fields(Parse) if one.name != "heads"]
    heads = np.array([head for one in parses for head in one.heads], np.int32)
    sentences = [{name: getattr(one, name) for name in names} for one in parses]
    return {"heads": heads}, {"name": parses.name, "sentences": sentences}


def unpacked(arrays: dict[str, NDArray[Any]], content: dict[str, Any]) -> Parses:
    """Return the parses that `packed` took apart."""
    lengths = [len(one["words"]) for one in content["sentences"]]
    heads = np.split(arrays["heads"], np.cumsum(lengths)[:-1]) if lengths else []
    sentences = [
        Parse(**{**one, "heads": own.tolist()}) for one, own in zip(content["sentences"], heads, strict=True)
    ]
    return Parses(tuple(sentences), content["name"])
