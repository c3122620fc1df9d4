"""Which tokens of a text are the simple places: its first special token, its separators, punctuation."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Places:
    """The simple places of a text.

    Attributes
    ----------
    first_name, separator_name : str or None
        How the tokenizer calls the special token that opens a text, and the one that ends it. Where both have
        one name, as GPT-2's ``<|endoftext|>``, it is the first's.
    first, separator, punctuation : ndarray [tokens], bool
    """

    first_name: str | None
    separator_name: str | None
    first: NDArray[np.bool_]
    separator: NDArray[np.bool_]
    punctuation: NDArray[np.bool_]


def find_places(
    tokens: Sequence[str], is_special: Sequence[bool], segment_ids: Sequence[int] | None = None
) -> Places:
    """Find the simple places among the tokens of a text.

    Parameters
    ----------
    tokens : sequence of str
    is_special : sequence of bool
        Which tokens frame the text.
    segment_ids : sequence of int, optional
        Which text each token belongs to. It tells a separator from a token that only opens the text where
        both have one name.

    Examples
    --------
    >>> places = find_places(["[CLS]", "a", ".", "[SEP]"], [True, False, False, True])
    >>> places.separator_name, places.punctuation.tolist()
    ('[SEP]', [False, False, True, False])
    """
    named = np.array(tokens, dtype=object)
    special = np.array(is_special, dtype=bool)
    positions = np.flatnonzero(special)
    first = tokens[positions[0]] if positions.size and positions[0] == 0 else None
    separator = _separator(tokens, positions, segment_ids)
    if first == separator:
        separator = None
    return Places(
        first,
        separator,
        special & (named == first) if first is not None else np.zeros(len(tokens), bool),
        special & (named == separator) if separator is not None else np.zeros(len(tokens), bool),
        np.array([not s and _is_punctuation(t) for t, s in zip(tokens, special, strict=True)], bool),
    )


def _separator(
    tokens: Sequence[str], positions: NDArray[np.intp], segment_ids: Sequence[int] | None
) -> str | None:
    """Name the special token that ends a text: the last one that is not padding."""
    after = [tokens[i] for i in positions if i > 0 and "pad" not in tokens[i].lower()]
    if segment_ids is not None and 1 in segment_ids:
        boundary = list(segment_ids).index(1)
        closing = [tokens[i] for i in positions if 0 < i < boundary]
        return closing[-1] if closing else (after[-1] if after else None)
    return after[-1] if after else None


def _is_punctuation(token: str) -> bool:
    stripped = token.strip()
    return bool(stripped) and all(unicodedata.category(letter)[0] == "P" for letter in stripped)
