"""Where a word stands in a text: whole words, without regard to case, expressions of several words too."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate

from bertviz_plus.traces.inflections import inflections
from bertviz_plus.traces.joining import UNSPACED

Span = tuple[int, int]

# Scripts that are written without spaces have no boundaries to look for.
_UNSPACED = re.compile(UNSPACED)
# Joiners and the soft hyphen stand within words.
_WITHIN = "\u00ad\u200c\u200d\u2060"


class WordFinder:
    """Finds words in texts.

    A word stands where neither letter, digit, combining mark, joiner nor soft hyphen touches it; in scripts
    without spaces (Chinese, Japanese, Thai, …) wherever its characters stand. Case is folded as Unicode says,
    so "Straße" is found in "STRASSE" too. White space within an expression matches any white space.
    "river-bank" and "bank's" hold the word "bank"; "riverbank" does not.

    Parameters
    ----------
    words : sequence of str
        Where forms of several words agree, the first word has them.
    inflected : bool, default False
        Also the English inflections of each (`inflections`).

    Examples
    --------
    >>> list(WordFinder(["bank", "river bank"]).find("A river  bank, the Bank's bankers"))
    [((2, 13), 'river bank'), ((19, 23), 'bank')]
    """

    def __init__(self, words: Sequence[str], *, inflected: bool = False) -> None:
        self._word_of: dict[str, str] = {}
        for word in words:
            for form in inflections(word) if inflected else (word,):
                self._word_of.setdefault(_key(_folded(form)), word)
        # The longest first: an expression wins over a word of it.
        forms = sorted(self._word_of, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_form_pattern, forms)))

    def find(self, text: str) -> Iterator[tuple[Span, str]]:
        """Yield the span of each occurrence, in order and without overlap, and which word it is."""
        folded = _folded(text)
        places: dict[int, int] | None = None
        match = self._pattern.search(folded)
        while match is not None:
            start, end = match.span()
            word = self._word_of.get(_key(match[0]))
            if word is not None and _is_whole(folded, start, end):
                # Most texts hold no occurrence, and need not be counted through.
                places = _places(text) if places is None else places
                if start in places and end in places:
                    yield (places[start], places[end]), word
                    match = self._pattern.search(folded, end)
                    continue
            match = self._pattern.search(folded, start + 1)


def _folded(text: str) -> str:
    """Fold case and take accents apart, as one canonical spelling (Unicode 3.13, caseless matching)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())


def _places(text: str) -> dict[int, int]:
    """Return for each place in the folded text where a character begins its place in the text itself."""
    if text.isascii():
        return dict(enumerate(range(len(text) + 1)))
    starts = accumulate((len(_folded(character)) for character in text), initial=0)
    places: dict[int, int] = {}
    for place, start in enumerate(starts):
        places.setdefault(start, place)
    return places


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no mark, joiner or soft hyphen ties a match to what stands beside it."""
    if end < len(text) and _ties(text[end]):
        return False
    # In a script without spaces a mark before it is the end of another word.
    return not (start and _ties(text[start - 1])) or _UNSPACED.match(text[start]) is not None


def _ties(character: str) -> bool:
    return character in _WITHIN or unicodedata.category(character).startswith("M")


def _key(folded: str) -> str:
    return " ".join(folded.replace("’", "'").split())


def _form_pattern(form: str) -> str:
    written = r"\s+".join(map(re.escape, form.split(" "))).replace("'", "['’]")
    if _UNSPACED.search(form):
        return written
    return (r"(?<!\w)" if _of_word(form[0]) else "") + written + (r"(?!\w)" if _of_word(form[-1]) else "")


def _of_word(character: str) -> bool:
    return character.isalnum() or _ties(character)
