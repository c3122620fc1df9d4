"""Sentences spoilt before their blank, as Ettinger (2019) does it."""

import re
from collections.abc import Callable
from typing import Literal
from zlib import crc32

import numpy as np

Perturbation = Literal["shuffle", "truncate", "shuffle_truncate", "no_object", "no_subject", "no_arguments"]
_WORDS_LEFT = 2
# A sentence ends before white space, after its mark and a quotation mark that may follow.
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][”\"’'])\s+")


def drawn(seed: int) -> Callable[[list[str]], list[str]]:
    """Return a function that puts words in another order, the same for the same words.

    Words come back in the order they had only where no other tells them apart.

    Examples
    --------
    >>> order = drawn(0)
    >>> order(["a", "b"]), order(["a", "a"])
    (['b', 'a'], ['a', 'a'])
    """

    def order(words: list[str]) -> list[str]:
        random = np.random.default_rng([seed, crc32(" ".join(words).encode())])
        other = list(words)
        while other == words and len(set(words)) > 1:
            other = [words[place] for place in random.permutation(len(words))]
        return other

    return order


def _shuffle(text: str, order: Callable[[list[str]], list[str]]) -> str:
    before, last = _parted(text)
    if before:
        # The last word's full stop stays at the end.
        words = " ".join(before).replace(".", "").split()
        return f"{' '.join(order(words))}. {last}"
    start, mask, after = last.partition("[MASK]")
    return f"{' '.join(order(start.split()))} {mask}{after}"


def _truncate(text: str, order: Callable[[list[str]], list[str]]) -> str:
    del order
    before, last = _parted(text)
    words, mask, after = last.partition("[MASK]")
    return " ".join([*before, *words.split()[-_WORDS_LEFT:], f"{mask}{after}"])


def _no_object(text: str, order: Callable[[list[str]], list[str]]) -> str:
    del order
    return re.sub(r"which .* the", "which one the", text)


def _no_subject(text: str, order: Callable[[list[str]], list[str]]) -> str:
    del order
    return re.sub(r"which (.*) the .* had", r"which \1 the other had", text)


def _parted(text: str) -> tuple[list[str], str]:
    """Return the sentences before the one with the blank, and that one."""
    *before, last = _SENTENCE_END.split(text[: text.index("[MASK]")])
    return before, last + text[text.index("[MASK]") :]


PERTURBATIONS: dict[str, Callable[[str, Callable[[list[str]], list[str]]], str]] = {
    "shuffle": _shuffle,
    "truncate": _truncate,
    "shuffle_truncate": lambda text, order: _truncate(_shuffle(text, order), order),
    "no_object": _no_object,
    "no_subject": _no_subject,
    "no_arguments": lambda text, order: _no_subject(_no_object(text, order), order),
}
"""From a text with ``[MASK]`` and an order of words to the spoilt text."""
