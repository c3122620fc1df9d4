"""Where in texts do the words stand? Texts are read one after the other, each once."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from difflib import get_close_matches
from operator import index
from re import findall
from typing import Any

from bertviz_plus.data.sense_sentences import SenseSentences
from bertviz_plus.traces.checks import check_utf8
from bertviz_plus.traces.labels import label_or_none
from bertviz_plus.traces.word_places import Span, WordFinder

# How much text around a word can matter: no token is longer on average.
_CHARACTERS_PER_TOKEN = 16
_VOCABULARY = 20_000


@dataclass(frozen=True)
class Found:
    """One occurrence, with as much of its text as any window can hold."""

    text: str
    span: Span
    word: str
    sense: str | None
    source: int


class Searched:
    """The occurrences of words in a stream of texts, and what to say where there are none."""

    def __init__(
        self,
        texts: Any,
        senses: Iterable[str | None] | None,
        spans: Iterable[Any] | None,
        words: tuple[str, ...],
        *,
        inflected: bool,
    ) -> None:
        if isinstance(texts, str) or not isinstance(texts, Iterable):
            raise TypeError(f"texts must be an iterable of strings, got {type(texts).__name__}")
        if spans is not None and len(words) > 1:
            raise ValueError(f"word must be one word where spans are given, got {list(words)}")
        for name, given in (("senses", senses), ("spans", spans)):
            if isinstance(given, str):
                raise TypeError(f"{name} must have one entry for each text, got one string")
            got, wanted = length_of(given), length_of(texts)
            if got is not None and wanted is not None and got != wanted:
                raise ValueError(f"{name} must have one entry for each text, got {got} for {wanted}")
        self._texts, self._senses, self._spans, self._words = texts, senses, spans, words
        self._finder = WordFinder(words, inflected=inflected)
        self._vocabulary: set[str] = set()
        self._found: set[str] = set()
        self.empty = 0

    def __iter__(self) -> Iterator[Found]:
        senses = None if self._senses is None else iter(self._senses)
        spans = None if self._spans is None else iter(self._spans)
        for source, text in enumerate(self._texts):
            if not isinstance(text, str):
                raise TypeError(f"texts[{source}] must be a string, got {type(text).__name__}")
            sense = None if senses is None else _next(senses, "senses", source)
            given = None if spans is None else _next(spans, "spans", source)
            if not text.strip():
                self.empty += 1
                continue
            places = self._finder.find(text) if given is None else self._given(given, text, source)
            here = False
            for span, word in places:
                if not here:
                    check_utf8(text, f"texts[{source}]")
                here = True
                self._found.add(word)
                yield Found(text, span, word, label_or_none(sense), source)
            if not here and not self._found and len(self._vocabulary) < _VOCABULARY:
                self._vocabulary.update(one.casefold() for one in findall(r"\w+", text[:2000]))
        for name, rest in (("senses", senses), ("spans", spans)):
            if rest is not None and next(rest, _END) is not _END:
                raise ValueError(f"{name} must have one entry for each text, got more")

    def check(self) -> None:
        """Refuse words that stand nowhere, naming the closest that do; say which of several do not."""
        missing = [word for word in self._words if word not in self._found]
        if self._found:
            if missing:
                warnings.warn(f"{quoted(missing)} stand in no text", UserWarning, stacklevel=3)
            return
        close = {
            other: None
            for word in self._words
            for other in get_close_matches(word.casefold(), sorted(self._vocabulary), n=3, cutoff=0.5)
        }
        empty = f"; {self.empty} texts are empty" if self.empty else ""
        hint = f"; close to it are {quoted(close)}" if close else ""
        raise ValueError(f"word must stand in texts, and {quoted(self._words)} stands in none{empty}{hint}")

    def _given(self, given: Any, text: str, source: int) -> Iterator[tuple[Span, str]]:
        one = len(given) == 2 and not isinstance(given[0], Sequence)
        for start, end in [given] if one else given:
            if not 0 <= index(start) < index(end) <= len(text):
                raise ValueError(
                    f"spans[{source}] must lie within the {len(text)} characters of its text, "
                    f"got ({start}, {end})"
                )
            yield (index(start), index(end)), self._words[0]


_END: Any = object()


def _next(given: Iterator[Any], name: str, source: int) -> Any:
    value = next(given, _END)
    if value is _END:
        raise ValueError(f"{name} must have one entry for each text, and ends before texts[{source}]")
    return value


def quoted(words: Iterable[str]) -> str:
    """List words as they are written; `repr` would escape the newest emoji."""
    return ", ".join(f"'{word}'" for word in dict.fromkeys(words))


def length_of(value: Any) -> int | None:
    """Return how many there are, where that is known."""
    return len(value) if isinstance(value, Sized) else None


def found_in_sentences(sentences: SenseSentences, chosen: Sequence[int]) -> Iterator[Found]:
    """Yield those of the package's sentences, each with its place and sense."""
    for place in chosen:
        yield Found(
            sentences.texts[place],
            sentences.spans[place],
            sentences.words[place],
            sentences.senses[place],
            place,
        )


def cut_around(found: Found, room: int | None) -> Found:
    """Keep as much of a long text as the window can hold, so that a book costs no more than a page."""
    reach = _CHARACTERS_PER_TOKEN * (room or 8192)
    start, end = found.span
    if start <= reach and len(found.text) - end <= reach:
        return found
    begin = _at_space(found.text, max(0, start - reach), str.find)
    stop = _at_space(found.text, min(len(found.text), end + reach), str.rfind)
    return Found(
        found.text[min(begin, start) : max(stop, end)],
        (start - min(begin, start), end - min(begin, start)),
        found.word,
        found.sense,
        found.source,
    )


def _at_space(text: str, place: int, search: Callable[..., int]) -> int:
    """Move a cut to white space nearby, so that no word is halved."""
    if place in (0, len(text)):
        return place
    low, high = (place, place + 64) if search is str.find else (max(0, place - 64), place)
    space = search(text, " ", low, high)
    return place if space < 0 else space + (search is str.find)
