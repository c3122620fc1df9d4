"""Labelled examples: texts, pairs of texts, or sentences of labelled words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bertviz_plus.traces.checks import check_utf8
from bertviz_plus.traces.labels import label_or_none

if TYPE_CHECKING:
    import pandas as pd

Words = tuple[str, ...]
WordLabels = tuple[str | None, ...]


class Row(NamedTuple):
    """One example as a file or a table has it; `place` says where, for errors."""

    place: str
    text: Any
    label: Any
    text_pair: Any = None
    language: str | None = None
    group: int | None = None


@dataclass(frozen=True, eq=False)
class Examples:
    """Texts, pairs of texts or words, each with its label.

    Frozen, compared by identity.

    Attributes
    ----------
    texts : tuple of str, or tuple of tuple of str
        A text each; or, to tag words, the words of a sentence each.
    labels : tuple of str, or tuple of tuple of (str or None)
        A label for each text; or one for each word of each sentence, None for a word that has none.
    text_pairs : tuple of str, optional
        The second text of each pair, such as the hypothesis beside its premise.
    languages : tuple of (str or None), optional
        The language of each example, such as ``"en"``.
    groups : tuple of int, optional
        Examples that share a text have one group: they are no independent draws, and a bootstrap draws
        them together. Each example is a group of its own where this is not given.

    Raises
    ------
    ValueError
        Naming the field, for one that is not as long as `texts`, an empty text, and no examples.

    Examples
    --------
    >>> some = Examples(("It rained for a week.", "We stayed on."), ("negative", "positive"))
    >>> some
    Examples: 2 texts (negative 1, positive 1)
    >>> some.take([1]).texts
    ('We stayed on.',)
    """

    texts: tuple[str, ...] | tuple[Words, ...]
    labels: tuple[str, ...] | tuple[WordLabels, ...]
    text_pairs: tuple[str, ...] | None = None
    languages: tuple[str | None, ...] | None = None
    groups: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if not self.texts:
            raise ValueError("texts must hold one text at least, got none")
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None and len(value) != len(self.texts):
                raise ValueError(
                    f"{one.name} must have one entry for each of the {len(self.texts)} texts, "
                    f"got {len(value)}"
                )
        for place, (text, label) in enumerate(zip(self.texts, self.labels, strict=True)):
            if isinstance(text, str) != isinstance(self.texts[0], str):
                raise ValueError(f"texts must all be texts, or all be words, and texts[{place}] differs")
            if isinstance(text, str):
                _check_text(text, f"texts[{place}]")
                if not isinstance(label, str):
                    raise ValueError(f"labels[{place}] must be a label, got {label!r:.60}")
            else:
                _check_words(text, label, place)
        if self.text_pairs is not None:
            if self.kind == "words":
                raise ValueError("text_pairs goes with texts, and texts holds words")
            for place, text in enumerate(self.text_pairs):
                _check_text(text, f"text_pairs[{place}]")

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Examples":
        """Make examples of rows, whose place an error names."""
        for row in rows:
            try:
                _of_row(row)
            except ValueError as error:
                raise ValueError(f"{row.place}: {error}") from error
        single = [_of_row(row) for row in rows]
        groups = [row.group for row in rows]
        return cls(
            tuple(text for text, _ in single),
            tuple(label for _, label in single),
            None if all(row.text_pair is None for row in rows) else tuple(row.text_pair for row in rows),
            None if all(row.language is None for row in rows) else tuple(row.language for row in rows),
            tuple(groups) if groups and None not in groups else None,  # type: ignore[arg-type]
        )

    @property
    def kind(self) -> Literal["texts", "pairs", "words"]:
        """What is labelled."""
        if self.text_pairs is not None:
            return "pairs"
        return "texts" if isinstance(self.texts[0], str) else "words"

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        """The labels that occur, in alphabetical order."""
        return tuple(sorted({label for label in self.flat_labels if label is not None}))

    @property
    def flat_labels(self) -> tuple[str | None, ...]:
        """The label of each text; of words, the labels of all sentences in one row."""
        if self.kind == "words":
            return tuple(label for labels in self.labels for label in labels)
        return self.labels  # type: ignore[return-value]

    @cached_property
    def content(self) -> tuple[str, ...]:
        """What each example says, in lower case and with single spaces: two that say the same are equal."""
        every = []
        for place, text in enumerate(self.texts):
            parts = [text] if isinstance(text, str) else [" ".join(text)]
            parts += [] if self.text_pairs is None else [self.text_pairs[place]]
            every.append("\n".join(" ".join(part.casefold().split()) for part in parts))
        return tuple(every)

    def take(self, places: Iterable[int]) -> "Examples":
        """Return the examples at some places, in their order."""
        chosen = list(places)
        return Examples(
            *(
                None
                if (value := getattr(self, one.name)) is None
                else tuple(value[place] for place in chosen)
                for one in fields(self)
            )  # type: ignore[arg-type]
        )

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each example, with a column for each field that is given.

        Examples
        --------
        >>> list(Examples(("a", "b"), ("x", "y"), languages=("en", "de")).to_frame())
        ['text', 'label', 'language']
        """
        import pandas as pd

        every = {one.name.removesuffix("s"): getattr(self, one.name) for one in fields(self)}
        return pd.DataFrame({name: list(value) for name, value in every.items() if value is not None})

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        kinds = {"texts": "texts", "pairs": "pairs of texts", "words": "sentences of words"}
        counts = dict.fromkeys(self.label_names, 0)
        for label in self.flat_labels:
            if label is not None:
                counts[label] += 1
        named = ", ".join(f"{name} {n:,}" for name, n in counts.items())
        return f"Examples: {len(self):,} {kinds[self.kind]} ({named})"


def _of_row(row: Row) -> tuple[Any, Any]:
    """Return text and label, with words and their labels as tuples."""
    if isinstance(row.text, str):
        _check_text(row.text, "the text")
        label = label_or_none(row.label)
        if not label:
            raise ValueError(f"a label was expected, got {row.label!r}")
        if row.text_pair is not None:
            _check_text(row.text_pair, "the second text")
        return row.text, label
    if (
        not isinstance(row.text, Sequence)
        or isinstance(row.label, str)
        or not isinstance(row.label, Iterable)
    ):
        raise ValueError(
            "a text and a label, or words and a label for each, were expected, "
            f"got {row.text!r:.60} and {row.label!r:.60}"
        )
    words, labels = tuple(row.text), tuple(label_or_none(label) for label in row.label)
    _check_words(words, labels, None)
    return words, labels


def _check_text(text: Any, name: str) -> None:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} must be a text that is not empty, got {text!r:.60}")
    check_utf8(text, name)


def _check_words(words: Any, labels: Any, place: int | None) -> None:
    where = "" if place is None else f"[{place}]"
    for word in words:
        _check_text(word, f"each word of texts{where}")
    if not words or isinstance(labels, str) or labels is None or len(labels) != len(words):
        raise ValueError(
            f"labels{where} must have one label, or None, for each of the {len(words)} words, "
            f"got {labels!r:.60}"
        )
