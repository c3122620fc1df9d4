"""Where a word stands in a text: whole words, without regard to case, expressions of several words too."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bertviz_plus.traces.inflections import inflections

Span = tuple[int, int]

# Scripts that are written without spaces have no boundaries to look for.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class WordFinder:
    """Finds words in texts.

    A word stands where neither letter, digit nor combining mark touches it; in scripts without spaces
    (Chinese, Japanese, Thai, …) wherever its characters stand. White space within an expression matches any
    white space. "river-bank" and "bank's" hold the word "bank"; "riverbank" does not.

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
                self._word_of.setdefault(_key(form), word)
        # The longest first: an expression wins over a word of it.
        # Accents may be written as one character with their letter or after it.
        written = {unicodedata.normalize(how, form) for form in self._word_of for how in ("NFC", "NFD")}
        forms = sorted(written, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_form_pattern, forms)), re.IGNORECASE)

    def find(self, text: str) -> Iterator[tuple[Span, str]]:
        """Yield the span of each occurrence, in order and without overlap, and which word it is."""
        for match in self._pattern.finditer(text):
            start, end = match.span()
            if end < len(text) and unicodedata.category(text[end]).startswith("M"):
                continue
            word = self._word_of.get(_key(match[0]))
            if word is not None:
                yield (start, end), word


def _key(form: str) -> str:
    return " ".join(unicodedata.normalize("NFC", form.casefold().replace("’", "'")).split())


def _form_pattern(form: str) -> str:
    written = r"\s+".join(map(re.escape, form.split(" "))).replace("'", "['’]")
    if _UNSPACED.search(form):
        return written
    return (r"(?<!\w)" if form[0].isalnum() else "") + written + (r"(?!\w)" if form[-1].isalnum() else "")
