"""How a masked language model scores tokens that it would otherwise see: one after the other is hidden."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args

from bertviz_plus.models.passes.forward import Readable
from bertviz_plus.models.passes.gathering import Tokens

PseudoLikelihood = Literal["original", "within_word_l2r"]


def checked_method(method: Any, name: str) -> PseudoLikelihood:
    """Refuse what is not a way to hide tokens.

    Examples
    --------
    >>> checked_method("l2r", "method")
    Traceback (most recent call last):
    ...
    ValueError: method must be "original" or "within_word_l2r", got 'l2r'
    """
    if method not in get_args(PseudoLikelihood):
        raise ValueError(f'{name} must be "original" or "within_word_l2r", got {method!r}')
    known: PseudoLikelihood = method
    return known


def hidden_in_turn(
    text: Readable, words: Sequence[Sequence[int]], mask: int, method: PseudoLikelihood
) -> Iterator[tuple[Tokens, int]]:
    """Yield a text once for each token of some words, with that token hidden.

    Parameters
    ----------
    text : Readable
    words : sequence of sequence of int
        The positions of each word's pieces, in order.
    mask : int
        Id of the mask token.
    method : {"original", "within_word_l2r"}
        Whether a word's other pieces stay visible (Salazar et al. 2020), or those to the right of the hidden
        one are hidden too (Kauf & Ivanova 2023).

    Yields
    ------
    text : Tokens
    place : int
        Position of the token to score.

    Examples
    --------
    >>> [
    ...     (read.input_ids, place)
    ...     for read, place in hidden_in_turn(Tokens([5, 6, 7], None, ()), [(0, 1)], 0, "within_word_l2r")
    ... ]
    [([0, 0, 7], 0), ([5, 0, 7], 1)]
    """
    for pieces in words:
        for number, place in enumerate(pieces):
            hidden = {place} if method == "original" else set(pieces[number:])
            ids = [mask if at in hidden else token for at, token in enumerate(text.input_ids)]
            yield Tokens(ids, text.token_type_ids, ()), place
