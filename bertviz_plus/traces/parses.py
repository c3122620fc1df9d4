"""Sentences with their dependency trees."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.parse import Parse

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Parse", "Parses"]


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


def check_parses(parses: Any, name: str, works: str) -> None:
    """Refuse what is no `Parses`, and one without sentences.

    Parameters
    ----------
    parses
    name, works : str
        The argument, and a call that works.

    Examples
    --------
    >>> check_parses(Parses(()), "train", "fit(model, train)")
    Traceback (most recent call last):
    ValueError: train must hold at least one sentence, got none
    """
    if not isinstance(parses, Parses):
        raise wrong_kind(name, "Parses, which read_conllu returns", parses, works)
    if not len(parses):
        raise ValueError(f"{name} must hold at least one sentence, got none")


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
