"""Words given one by one: the text that they make, and which word each stretch of it is."""

import re
from bisect import bisect_right
from collections.abc import Sequence

# Letters of scripts that put no space between words: Thai, Lao, Burmese, Khmer, kana, Han.
UNSPACED = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)
# Their punctuation, which has its own width, puts none either.
_UNSPACED = re.compile(rf"{UNSPACED}|[\u3001-\u3003\u3008-\u3011\uff01-\uff0f\uff1a-\uff1f\uff66-\uff9f]")


def join_words(words: Sequence[str]) -> str:
    """Join words as they are written: with a space, or none in scripts that have none.

    Examples
    --------
    >>> join_words(["the", "cat"]), join_words(["猫", "が", "好き"])
    ('the cat', '猫が好き')
    """
    return "".join(_with_spaces(words))


def word_starts(words: Sequence[str]) -> list[int]:
    """Return where each word begins in the joined text.

    Examples
    --------
    >>> word_starts(["the", "cat"]), word_starts(["猫", "が", "好き"])
    ([0, 4], [0, 1, 2])
    """
    starts, end = [], 0
    for word, piece in zip(words, _with_spaces(words), strict=True):
        end += len(piece)
        starts.append(end - len(word))
    return starts


def word_at(starts: Sequence[int], words: Sequence[str], span: tuple[int, int]) -> int:
    """Return the word that a stretch of the joined text belongs to: where it begins, space left out.

    Examples
    --------
    >>> words = ["the", "cat"]
    >>> [word_at(word_starts(words), words, span) for span in [(0, 3), (3, 7), (5, 7), (3, 4)]]
    [0, 1, 1, 1]
    """
    word = max(0, bisect_right(starts, span[0]) - 1)
    after = starts[word] + len(words[word])
    # A space before a word belongs to it, as tokenizers see it.
    if span[0] >= after and word + 1 < len(words) and (span[1] > span[0] or not words[word]):
        word += 1
    return word


def _with_spaces(words: Sequence[str]) -> list[str]:
    """Return each word with what stands before it."""
    pieces, before = [], ""
    for word in words:
        spaced = before and word and not (_UNSPACED.match(before[-1]) or _UNSPACED.match(word[0]))
        pieces.append(f" {word}" if spaced else word)
        before = word or before
    return pieces
