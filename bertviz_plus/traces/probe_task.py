"""A task for probes: stretches of texts, each with a label."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bertviz_plus.traces.checks import check_utf8
from bertviz_plus.traces.joining import join_words, word_starts
from bertviz_plus.traces.parse import UNKNOWN, Parse
from bertviz_plus.traces.parses import Parses

Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class ProbeTask:
    """Stretches of texts, each with a label.

    Frozen, compared by identity.

    Attributes
    ----------
    name : str
    texts : tuple of str
    sources : tuple of int
        The text of each item; items of one text stand together.
    spans : tuple of (int, int)
        The characters of each item, end excluded.
    labels : tuple of str

    Raises
    ------
    ValueError
        For parts of different lengths, a span that is empty or beyond its text, and no items.

    Examples
    --------
    >>> task = ProbeTask.of([("A cat sat.", (2, 5), "NOUN"), ("A cat sat.", (6, 9), "VERB")], name="pos")
    >>> task.words, task.labels
    (('cat', 'sat'), ('NOUN', 'VERB'))
    """

    name: str
    texts: tuple[str, ...]
    sources: tuple[int, ...]
    spans: tuple[Span, ...]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        n = len(self.labels)
        if not n:
            raise ValueError(f"task {self.name!r} must hold one item at least, got none")
        if len(self.sources) != n or len(self.spans) != n:
            raise ValueError(f"sources and spans must have one entry for each of the {n} labels")
        if list(self.sources) != sorted(self.sources):
            raise ValueError("sources must be in order: the items of one text stand together")
        for place, (source, (start, end)) in enumerate(zip(self.sources, self.spans, strict=True)):
            if not 0 <= start < end <= len(self.texts[source]):
                raise ValueError(
                    f"spans[{place}] must lie in its text of {len(self.texts[source])} characters and hold "
                    f"one at least, got ({start}, {end})"
                )

    @classmethod
    def of(cls, items: Iterable[Any], *, name: str = "task") -> "ProbeTask":
        """Make a task of ``(text, (start, end), label)``.

        Parameters
        ----------
        items : iterable of (str, (int, int), str)
        name : str, default "task"
        """
        by_text: dict[str, list[tuple[Span, str]]] = {}
        for place, item in enumerate(items):
            try:
                text, (start, end), label = item
            except (TypeError, ValueError) as error:
                raise TypeError(
                    f"items[{place}] must be (text, (start, end), label), got {item!r:.60}"
                ) from error
            if not isinstance(text, str) or not isinstance(start, int) or not isinstance(end, int):
                raise TypeError(f"items[{place}] must be (text, (start, end), label), got {item!r:.60}")
            check_utf8(text, f"items[{place}]")
            by_text.setdefault(text, []).append(((start, end), str(label)))
        rows = [(source, *own) for source, every in enumerate(by_text.values()) for own in every]
        columns: Any = zip(*rows, strict=True) if rows else ((), (), ())
        return cls(name, tuple(by_text), *map(tuple, columns))

    @classmethod
    def from_parses(cls, parses: Parses, name: str) -> "ProbeTask":
        """Take a task from parsed sentences.

        Parameters
        ----------
        parses : Parses
        name : {"pos", "dependency", "number", "tense"}
            The universal part of speech of each word; the relation to its head, without what follows a colon;
            whether a noun is singular or plural; whether a finite verb is in the present or the past.

        Raises
        ------
        TypeError, ValueError
            For another name, and where nothing is annotated for it.

        Examples
        --------
        >>> dogs = Parse(("dogs", "bark"), (1, -1), ("nsubj", "root"), ("NOUN", "VERB"), ("Number=Plur", "_"))
        >>> ProbeTask.from_parses(Parses((dogs,)), "number").labels
        ('Plur',)
        """
        items: list[tuple[int, Span, str]] = []
        texts = []
        for source, (one, every) in enumerate(zip(parses, word_labels(parses, name), strict=True)):
            texts.append(join_words(one.words))
            for word, start, label in zip(one.words, word_starts(one.words), every, strict=True):
                if label is not None:
                    items.append((source, (start, start + len(word)), label))
        sources, spans, labels = map(tuple, zip(*items, strict=True))
        return cls(name, tuple(texts), sources, spans, labels)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What each item says, in lower case: its word type."""
        pairs = zip(self.sources, self.spans, strict=True)
        return tuple(self.texts[source][slice(*span)].casefold() for source, span in pairs)

    def spans_by_text(self) -> list[list[Span]]:
        """Return the spans of each text."""
        every: list[list[Span]] = [[] for _ in self.texts]
        for source, span in zip(self.sources, self.spans, strict=True):
            every[source].append(span)
        return every

    def take(self, items: Sequence[int]) -> "ProbeTask":
        """Return some items, with all texts."""
        parts: Any = ([own[place] for place in items] for own in (self.sources, self.spans, self.labels))
        return ProbeTask(self.name, self.texts, *map(tuple, parts))

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        kinds = len(set(self.labels))
        return f"ProbeTask {self.name}: {len(self):,} items of {kinds} labels in {len(self.texts):,} texts"


def word_labels(parses: Parses, name: str) -> list[tuple[str | None, ...]]:
    """Return the label of each word of each sentence; None where a word has none.

    Parameters
    ----------
    parses : Parses
    name : {"pos", "dependency", "number", "tense"}
        See `ProbeTask.from_parses`.

    Raises
    ------
    TypeError, ValueError
        For another name, and where nothing is annotated for it.

    Examples
    --------
    >>> dogs = Parse(("dogs", "bark"), (1, -1), ("nsubj", "root"), ("NOUN", "VERB"), ("Number=Plur", "_"))
    >>> word_labels(Parses((dogs,)), "number")
    [('Plur', None)]
    """
    if not isinstance(parses, Parses):
        raise TypeError(f"parses must be Parses, which read_conllu returns, got {type(parses).__name__}")
    if name not in _LABEL:
        raise ValueError(f"name must be one of {', '.join(_LABEL)}, got {name!r}")
    every = [
        tuple(
            None if (label := _LABEL[name](parse, place)) in ("", UNKNOWN) else label
            for place in range(len(parse.words))
        )
        for parse in parses
    ]
    if not any(label is not None for labels in every for label in labels):
        raise ValueError(f"parses must have what task {name!r} needs, and no word has it")
    return every


def _feature(parse: Parse, place: int, name: str) -> str:
    every = dict(one.split("=", 1) for one in parse.features[place].split("|") if "=" in one)
    return every.get(name, "")


def _number(parse: Parse, place: int) -> str:
    return _feature(parse, place, "Number") if parse.upos[place] == "NOUN" else ""


def _tense(parse: Parse, place: int) -> str:
    finite = parse.upos[place] in ("VERB", "AUX") and _feature(parse, place, "VerbForm") == "Fin"
    return _feature(parse, place, "Tense") if finite else ""


_LABEL: dict[str, Callable[[Parse, int], str]] = {
    "pos": lambda parse, place: parse.upos[place],
    "dependency": lambda parse, place: parse.relations[place].split(":")[0],
    "number": _number,
    "tense": _tense,
}
TASKS = tuple(_LABEL)
"""The tasks that parsed sentences give."""
