"""The sentences of the sense view: windows around the word, short enough to travel."""

import json
import re
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Window = tuple[str, int, int]

# Bytes that all texts of a view may take.
TEXT_BUDGET = 750_000
# A line of text above a figure is about so long.
LONGEST = 240
SHORTEST = 48
# How many texts tell how well all of them pack.
_TRIED = 400
_BLANKS = dict.fromkeys((*range(32), 127, 0x85, 0x2028, 0x2029), " ")


def windowed(text: str, start: int, end: int, longest: int = LONGEST) -> tuple[str, int, int]:
    """Shorten a text around a word, at spaces; what is left out is marked by an ellipsis.

    Parameters
    ----------
    text : str
    start, end : int
        Of the word, in characters. The word is never shortened.
    longest : int, default 240
        Characters, about.

    Returns
    -------
    text : str
        On one line.
    start, end : int
        Of the word in it, in characters.

    Examples
    --------
    >>> windowed("He sat down on the bank of the river and slept there.", 19, 23, 24)
    ('… on the bank of the …', 9, 13)
    """
    line = text.translate(_BLANKS)
    if len(line) <= longest:
        return line, start, end
    side = max(0, (longest - (end - start)) // 2)
    # What one side does not need the other may use.
    before = min(start, side + max(0, side - (len(line) - end)))
    after = min(len(line) - end, side + max(0, side - start))
    left, right = start - before, end + after
    if left > 0:
        space = line.find(" ", left, start)
        left = space + 1 if space >= 0 else left
    if right < len(line):
        space = line.rfind(" ", end, right + 1)
        right = space if space >= 0 else right
    head = "… " if left > 0 else ""
    tail = " …" if right < len(line) else ""
    shift = len(head) - left
    return head + line[left:right] + tail, start + shift, end + shift


def pack_texts(
    texts: Sequence[str], spans: Sequence[tuple[int, int]], budget: int
) -> tuple[bytes, NDArray[np.int32], list[Window]]:
    """Pack texts within a budget by shortening the longest.

    Parameters
    ----------
    texts : sequence of str
    spans : sequence of (int, int)
        Of the word in each, in characters.
    budget : int
        Bytes; it may be exceeded where even the shortest windows do not fit.

    Returns
    -------
    buffer : bytes
        zlib of JSON: a list of strings.
    spans : ndarray [texts, 2], int32
        Of the word in each window, in UTF-16 code units, as JavaScript counts.
    windows : list of (str, int, int)
        Each window, and the word's place in characters.

    Examples
    --------
    >>> buffer, spans, windows = pack_texts(["🏦 bank"], [(2, 6)], 1000)
    >>> spans.tolist(), windows
    ([[3, 7]], [('🏦 bank', 2, 6)])
    """
    longest = LONGEST
    while True:
        size = _expected_size(texts, spans, longest)
        if size <= budget or longest <= SHORTEST:
            break
        longest = max(SHORTEST, min(longest - 8, int(longest * (budget / size) ** 0.9)))
    cut = [windowed(text, start, end, longest) for text, (start, end) in zip(texts, spans, strict=True)]
    places = np.array([_utf16(*one) for one in cut], np.int32).reshape(-1, 2)
    return _packed([one[0] for one in cut]), places, cut


def _expected_size(texts: Sequence[str], spans: Sequence[tuple[int, int]], longest: int) -> float:
    step = max(1, len(texts) // _TRIED)
    some = [windowed(texts[i], *spans[i], longest)[0] for i in range(0, len(texts), step)]
    return len(_packed(some)) * len(texts) / max(1, len(some))


def _packed(texts: list[str]) -> bytes:
    content = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate cannot be written as UTF-8.
    return zlib.compress(content.encode("utf-8", "replace"), 6)


def _utf16(text: str, start: int, end: int) -> tuple[int, int]:
    if text.isascii():
        return start, end
    first = start + sum(letter > "\uffff" for letter in text[:start])
    return first, first + end - start + sum(letter > "\uffff" for letter in text[start:end])


def windows_with(windows: Sequence[Window], wanted: str) -> list[int]:
    """Return which windows hold a string, whatever its case and its white space.

    Examples
    --------
    >>> windows_with([("The  River", 5, 10), ("a bank", 2, 6)], "the river")
    [0]
    """
    needle = _fold(wanted)
    return [number for number, (text, _, _) in enumerate(windows) if needle in _fold(text)]


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower())


def text_tensor(buffer: bytes) -> dict[str, Any]:
    """Return packed texts as they travel.

    Examples
    --------
    >>> text_tensor(b"")["codec"]
    'zlib'
    """
    return {"buffer": buffer, "codec": "zlib", "utf8": True}
