"""A sentence as words that a reader can touch: where each stands, and what some words make."""

import re
from collections.abc import Sequence

from bertviz_plus.traces.joining import UNSPACED, join_words

_LETTER = rf"(?!{UNSPACED})\w"
_WORD = rf"{UNSPACED}|(?:{_LETTER})+(?:['’-](?:{_LETTER})+)*|[^\w\s]"
_CLOSING, _OPENING = frozenset(".,;:!?…)]}%’”»"), frozenset("([{“«¿¡$#")


def word_spans(text: str, mask: str = "") -> list[tuple[int, int]]:
    """Return where each word of a sentence begins and ends; a mark of punctuation is a word of its own.

    Parameters
    ----------
    text : str
    mask : str, optional
        The mask token, which is one word.

    Returns
    -------
    list of (int, int)

    Examples
    --------
    >>> text = "It isn't a [MASK]."
    >>> [text[start:end] for start, end in word_spans(text, "[MASK]")]
    ['It', "isn't", 'a', '[MASK]', '.']
    """
    own = f"{re.escape(mask)}|" if mask else ""
    found = re.finditer(
        rf"{own}{UNSPACED}|(?:(?!{UNSPACED})\w)+(?:['’-](?:(?!{UNSPACED})\w)+)*|[^\w\s]", text
    )
    return [one.span() for one in found]


def words_of(text: str, mask: str = "") -> tuple[str, ...]:
    """Return the words of a sentence, as `word_spans` finds them.

    Examples
    --------
    >>> words_of("Keys, please!")
    ('Keys', ',', 'please', '!')
    """
    return tuple(text[start:end] for start, end in word_spans(text, mask))


def text_of(words: Sequence[str], *, capital: bool = False) -> str:
    """Write a sentence: no space before a closing mark nor after an opening one.

    Parameters
    ----------
    words : sequence of str
    capital : bool, default False
        Begin with a capital.

    Examples
    --------
    >>> text_of(["keys", ",", "please", "(", "now", ")", "!"], capital=True)
    'Keys, please (now)!'
    """
    text, closes = "", False
    for word in words:
        glued = word in _CLOSING or text[-1:] in _OPENING
        if word == '"':
            glued, closes = closes, not closes
        elif text.endswith('"') and closes:
            glued = True
        text = f"{text}{word}" if glued else join_words([text, word])
    return text[:1].upper() + text[1:] if capital else text
