"""Every place where a word stands in some texts, with its vector at every hidden layer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.checks import numpy_array, read_only
from bertviz_plus.traces.labels import label_or_none
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.storage import SavedRecord

if TYPE_CHECKING:
    import pandas as pd

_PER_OCCURRENCE = ("texts", "spans", "words", "senses", "sources", "positions", "subwords")


@dataclass(frozen=True, eq=False)
class Occurrences(SavedRecord):
    """The occurrences of one word or several, as plain data: what a `SenseView` shows.

    Made by `bertviz_plus.occurrences`, or from anybody's own vectors by `from_vectors`. Frozen, compared by
    identity, its vectors read-only.

    Attributes
    ----------
    vectors : ndarray [hidden layers, occurrences, hidden], float32
        NaN where a model gave none.
    texts : tuple of str
        For each occurrence the text that the model read: the given one, or a window of it.
    spans : tuple of (int, int)
        Where the word stands in that text, in characters, end excluded.
    words : tuple of str
        For each occurrence which of the asked words it is, as it was asked for.
    senses : tuple of (str or None), or None
        Its meaning, where that is known; NaN and pandas' NA become `None`.
    hidden_layers : tuple of int
        Numbers of the hidden layers that are here; 0 is the embeddings.
    sources : tuple of int
        For each occurrence the number of its text among those given, from 0.
    positions : tuple of int
        Number of its first token in the text that the model read, from 0, special tokens counted.
    subwords : tuple of int
        How many tokens it is written in.
    vector : str
        How its tokens' vectors were made one: ``"mean"``, ``"first"`` or ``"last"``; ``"sum of last 4"``
        after `sum_of_last`.
    model : ModelInfo
    seen : int
        How many occurrences the texts held; more than are here where a sample was drawn.
    left_out : dict of str to int
        What was not used, by reason.

    Examples
    --------
    >>> mine = Occurrences.from_vectors(np.eye(4), senses=["river", "river", "money", "money"], word="bank")
    >>> mine
    Occurrences of 'bank': 4, 1 hidden layer × 4 dimensions, 2 senses (river 2, money 2)
    """

    vectors: NDArray[Any]
    texts: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    senses: tuple[str | None, ...] | None = None
    hidden_layers: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    subwords: tuple[int, ...] = ()
    vector: str = "mean"
    model: ModelInfo = field(default_factory=ModelInfo)
    seen: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        vectors = read_only(self.vectors, "vectors", (None, None, None))
        n = vectors.shape[1]
        put: dict[str, Any] = {"vectors": vectors}
        put["texts"], put["words"] = tuple(map(str, self.texts)), tuple(map(str, self.words))
        put["spans"] = tuple((int(start), int(end)) for start, end in self.spans)
        if self.senses is not None:
            put["senses"] = tuple(map(label_or_none, self.senses))
        put["hidden_layers"] = tuple(map(int, self.hidden_layers)) or tuple(range(len(vectors)))
        put["sources"] = tuple(map(int, self.sources)) or tuple(range(n))
        put["positions"] = tuple(map(int, self.positions)) or (0,) * n
        put["subwords"] = tuple(map(int, self.subwords)) or (1,) * n
        put["seen"] = max(int(self.seen), n)
        put["left_out"] = dict(self.left_out)
        for name in _PER_OCCURRENCE:
            value = put.get(name)
            if value is not None and len(value) != n:
                raise ValueError(
                    f"{name} must have one entry for each of the {n} occurrences, got {len(value)}"
                )
        if len(put["hidden_layers"]) != len(vectors):
            raise ValueError(
                f"hidden_layers must name each of the {len(vectors)} layers, got {self.hidden_layers}"
            )
        for place, ((start, end), text) in enumerate(zip(put["spans"], put["texts"], strict=True)):
            if not 0 <= start <= end <= len(text):
                raise ValueError(
                    f"spans[{place}] must lie within its text of {len(text)} characters, got ({start}, {end})"
                )
        for name, value in put.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_vectors(
        cls,
        vectors: ArrayLike,
        *,
        texts: Sequence[str] | None = None,
        spans: Sequence[tuple[int, int]] | None = None,
        senses: Sequence[str | None] | None = None,
        word: str | Sequence[str] = "word",
        hidden_layers: Sequence[int] | None = None,
        model: ModelInfo | None = None,
    ) -> "Occurrences":
        """Wrap vectors that come from elsewhere.

        Parameters
        ----------
        vectors : array_like [occurrences, hidden] or [hidden layers, occurrences, hidden]
        texts : sequence of str, optional
            Each occurrence's text; its word alone without them.
        spans : sequence of (int, int), optional
            Where the word stands in its text; by default where it is first found, else the whole text.
        senses : sequence of str or None, optional
        word : str, or sequence of str with one for each occurrence
        hidden_layers : sequence of int, optional
            By default 0, 1, ….
        model : ModelInfo, optional

        Raises
        ------
        ValueError
            Where lengths or shapes do not agree.

        Examples
        --------
        >>> mine = Occurrences.from_vectors(np.zeros((2, 8)), texts=["A bank.", "Banks, too."], word="bank")
        >>> mine.spans
        ((2, 6), (0, 4))
        """
        array = numpy_array(vectors, "vectors")
        if array.ndim == 2:
            array = array[np.newaxis]
        if array.ndim != 3:
            raise ValueError(
                "vectors must have the shape [occurrences, hidden] or [hidden layers, occurrences, hidden], "
                f"got {list(array.shape)}"
            )
        n = array.shape[1]
        words = (word,) * n if isinstance(word, str) else tuple(word)
        if len(words) != n:
            raise ValueError(f"word must be one, or one for each of the {n} occurrences, got {len(words)}")
        texts = words if texts is None else tuple(texts)
        if len(texts) != n:
            raise ValueError(f"texts must have one entry for each of the {n} occurrences, got {len(texts)}")
        if spans is None:
            spans = [_first_place(one, text) for one, text in zip(words, texts, strict=True)]
        return cls(
            array,
            tuple(texts),
            tuple(spans),
            words,
            None if senses is None else tuple(senses),
            tuple(hidden_layers or ()),
            model=model or ModelInfo(),
        )

    @property
    def word(self) -> str:
        """The asked word, or the asked words with commas between them."""
        return ", ".join(dict.fromkeys(self.words))

    @property
    def hidden_size(self) -> int:
        """How many numbers a vector has."""
        return int(self.vectors.shape[2])

    def __len__(self) -> int:
        return int(self.vectors.shape[1])

    def __repr__(self) -> str:
        layers = len(self.hidden_layers)
        said = [
            f"{len(self):,}" + (f" of {self.seen:,}" if self.seen > len(self) else ""),
            f"{layers} hidden layer{'s' * (layers != 1)} × {self.hidden_size} dimensions",
        ]
        if self.senses is not None:
            names = [sense for sense in self.senses if sense is not None]
            counts = {name: names.count(name) for name in dict.fromkeys(names)}
            listed = ", ".join(f"{name} {count}" for name, count in list(counts.items())[:6])
            more = f", … {len(counts) - 6} more" if len(counts) > 6 else ""
            said.append(f"{len(counts)} sense{'s' * (len(counts) != 1)} ({listed}{more})")
        if self.left_out:
            said.append("left out: " + ", ".join(f"{count} {why}" for why, count in self.left_out.items()))
        if self.model.id:
            said.append(f"from {self.model.id}")
        return f"Occurrences of {self.word!r}: " + ", ".join(said)

    def at(self, hidden_layer: int) -> NDArray[np.float32]:
        """Return the vectors ``[occurrences, hidden]`` at one hidden layer.

        Raises
        ------
        ValueError
            Where that layer is not here.
        """
        if hidden_layer not in self.hidden_layers:
            raise ValueError(f"hidden_layer must be one of {list(self.hidden_layers)}, got {hidden_layer!r}")
        vectors: NDArray[np.float32] = self.vectors[self.hidden_layers.index(hidden_layer)]
        return vectors

    def take(self, places: Iterable[int] | NDArray[Any]) -> "Occurrences":
        """Return some of the occurrences, by number or by a mask of booleans.

        Raises
        ------
        IndexError
            Where a number is out of range.

        Examples
        --------
        >>> mine = Occurrences.from_vectors(np.eye(3), senses=["a", "b", "a"])
        >>> mine.take([2, 0]).senses
        ('a', 'a')
        """
        chosen = np.asarray(places if isinstance(places, np.ndarray) else list(places))
        if chosen.dtype == bool and chosen.shape != (len(self),):
            raise IndexError(f"a mask must have one entry for each of the {len(self)} occurrences")
        kept = np.arange(len(self))[chosen if chosen.size else np.array([], np.intp)]
        changed: dict[str, Any] = {
            name: tuple(value[place] for place in kept)
            for name in _PER_OCCURRENCE
            if (value := getattr(self, name)) is not None
        }
        return replace(self, vectors=self.vectors[:, kept], seen=len(kept), **changed)

    def of(self, word: str) -> "Occurrences":
        """Return the occurrences of one of the asked words.

        Raises
        ------
        ValueError
            Where the word is not among them.
        """
        if word not in self.words:
            raise ValueError(f"word must be one of {list(dict.fromkeys(self.words))}, got {word!r}")
        return self.take([place for place, one in enumerate(self.words) if one == word])

    def sum_of_last(self, layers: int = 4) -> "Occurrences":
        """Return the sum of the last hidden layers as the only layer (Wiedemann et al. 2019 use four).

        Parameters
        ----------
        layers : int, default 4

        Raises
        ------
        ValueError
            Where there are not so many layers here.

        Examples
        --------
        >>> mine = Occurrences.from_vectors(np.ones((5, 2, 3)))
        >>> mine.sum_of_last(4).vectors.tolist(), mine.sum_of_last(4).hidden_layers
        ([[[4.0, 4.0, 4.0], [4.0, 4.0, 4.0]]], (4,))
        """
        if not 1 <= layers <= len(self.hidden_layers):
            raise ValueError(f"layers must be 1 to {len(self.hidden_layers)}, got {layers!r}")
        return replace(
            self,
            vectors=self.vectors[-layers:].sum(axis=0, keepdims=True),
            hidden_layers=self.hidden_layers[-1:],
            vector=f"sum of last {layers}",
        )

    def with_senses(self, senses: Sequence[str | None] | None) -> "Occurrences":
        """Return the same occurrences with other senses.

        Raises
        ------
        ValueError
            Where there is not one for each occurrence.
        """
        return replace(self, senses=None if senses is None else tuple(senses))

    def to_frame(self) -> "pd.DataFrame":
        """Return a row for each occurrence: word, sense, text, start, end, source, position, subwords."""
        import pandas as pd

        return pd.DataFrame(
            {
                "word": self.words,
                "sense": self.senses if self.senses is not None else [None] * len(self),
                "text": self.texts,
                "start": [start for start, _ in self.spans],
                "end": [end for _, end in self.spans],
                "source": self.sources,
                "position": self.positions,
                "subwords": self.subwords,
            }
        )


def check_occurrences(given: Any, works: str) -> None:
    """Refuse what is not `Occurrences`.

    Examples
    --------
    >>> check_occurrences("bank", "sense_scores(bank)")
    Traceback (most recent call last):
    ...
    TypeError: occurrences must be Occurrences, which occurrences(model, word, texts) returns, got str 'bank'.
        This works: sense_scores(bank)
    """
    if not isinstance(given, Occurrences):
        allowed = "Occurrences, which occurrences(model, word, texts) returns"
        raise wrong_kind("occurrences", allowed, given, works)


def _first_place(word: str, text: str) -> tuple[int, int]:
    start = text.lower().find(word.lower())
    return (start, start + len(word)) if start >= 0 else (0, len(text))
