"""Which tokens make up each word of a text."""

from collections.abc import Sequence
from typing import Protocol


class Told(Protocol):
    """What is known about the tokens of a text: a trace, or what its tokenizer said."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The text that each token covers."""

    @property
    def words(self) -> tuple[str, ...] | None:
        """The words, where the tokenizer knows of them."""

    @property
    def word_ids(self) -> tuple[int, ...] | None:
        """The place of each token's word, -1 for none."""

    @property
    def is_special(self) -> tuple[bool, ...]:
        """Which tokens frame the text."""


def word_pieces(told: Told) -> list[list[int]]:
    """Return the positions of the pieces of each word, in order; special tokens belong to none.

    A token that belongs to no word is one, as is every token where the tokenizer knows of no words.

    Examples
    --------
    >>> from bertviz_plus.traces.trace import Trace
    >>> trace = Trace(("[CLS]", "a", "cat", "s", "[SEP]"), words=("a", "cats"), word_ids=(-1, 0, 1, 1, -1))
    >>> word_pieces(trace), [word_form(trace, pieces) for pieces in word_pieces(trace)]
    ([[1], [2, 3]], ['a', 'cats'])
    """
    words: list[list[int]] = []
    last = -1
    for place, special in enumerate(told.is_special):
        if special:
            continue
        word = -1 if told.word_ids is None else told.word_ids[place]
        if word >= 0 and word == last:
            words[-1].append(place)
        else:
            words.append([place])
        last = word
    return words


def word_form(told: Told, pieces: Sequence[int]) -> str:
    """Return a word as it is written, or its tokens where the tokenizer knows of no words."""
    word = -1 if told.word_ids is None else told.word_ids[pieces[0]]
    if told.words is None or word < 0:
        return "".join(told.tokens[piece] for piece in pieces)
    return told.words[word]
