"""Which way does a text run? Its first letter with a direction tells."""

import unicodedata
from collections.abc import Sequence


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from the right.

    Examples
    --------
    >>> is_right_to_left("سلام"), is_right_to_left("12 cats")
    (True, False)
    """
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((d != "L" for d in directions if d in {"L", "R", "AL"}), False)


def mostly_right_to_left(texts: Sequence[str]) -> bool:
    """Whether more than half of the texts run from the right.

    Examples
    --------
    >>> mostly_right_to_left(["سلام", "دنيا", "cat"]), mostly_right_to_left([])
    (True, False)
    """
    return 2 * sum(map(is_right_to_left, texts)) > len(texts)


def sentence_from_right(words: Sequence[str]) -> bool:
    """Whether a sentence runs from the right: most of its words that have a direction do.

    Examples
    --------
    >>> sentence_from_right(["قرأت", "البنت", "BERT"]), sentence_from_right(["2", "cats"])
    (True, False)
    """
    lettered = [word for word in words if any(map(str.isalpha, word))]
    return mostly_right_to_left(lettered)
