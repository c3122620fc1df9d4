"""Subwords, words and characters: which belong together, and how numbers about subwords merge."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

FromPieces = Literal["mean", "first", "max"]


def unit_starts(word_ids: Sequence[int]) -> tuple[int, ...]:
    """Return where each unit begins when the pieces of a word count as one.

    Parameters
    ----------
    word_ids : sequence of int
        For each token its word, -1 for a token that stands alone.

    Returns
    -------
    tuple of int
        The first token of each unit. Tokens with -1 are units of their own.

    Examples
    --------
    >>> unit_starts([-1, 0, 0, 1, -1, -1])
    (0, 1, 3, 4, 5)
    """
    return tuple(i for i, word in enumerate(word_ids) if i == 0 or word < 0 or word != word_ids[i - 1])


def tokens_of_words(word_ids: Sequence[int], n_words: int) -> tuple[tuple[int, ...], ...]:
    """Return for each word the positions of its tokens, none for a word without any.

    Examples
    --------
    >>> tokens_of_words([-1, 0, 0, 2, -1], 3)
    ((1, 2), (), (3,))
    """
    tokens: list[list[int]] = [[] for _ in range(n_words)]
    for position, word in enumerate(word_ids):
        if word >= 0:
            tokens[word].append(position)
    return tuple(map(tuple, tokens))


def characters_of_words(
    word_ids: Sequence[int], offsets: Sequence[tuple[int, int]], n_words: int
) -> tuple[tuple[int, int] | None, ...]:
    """Return for each word the characters it spans, `None` for a word without tokens.

    Examples
    --------
    >>> characters_of_words([-1, 0, 0, 1], [(0, 0), (0, 2), (2, 5), (6, 9)], 2)
    ((0, 5), (6, 9))
    """
    return tuple(
        (min(offsets[i][0] for i in own), max(offsets[i][1] for i in own)) if own else None
        for own in tokens_of_words(word_ids, n_words)
    )


def token_at(
    offsets: Sequence[tuple[int, int]],
    character: int,
    *,
    segment_ids: Sequence[int] | None = None,
    segment: int = 0,
) -> int | None:
    """Return the first token that covers a character, `None` where none does (a space, say).

    Parameters
    ----------
    offsets : sequence of (int, int)
        Characters of each token, end excluded.
    character : int
        Place in the text, or in the pair where `segment` is 1.
    segment_ids : sequence of int, optional
        Which text each token belongs to; without it there is one.
    segment : {0, 1}
        Which text `character` counts in.

    Examples
    --------
    >>> offsets = [(0, 0), (0, 2), (2, 5), (6, 9)]
    >>> token_at(offsets, 3), token_at(offsets, 5)
    (2, None)
    """
    for position, (start, end) in enumerate(offsets):
        here = segment_ids is None or segment_ids[position] == segment
        if here and start <= character < end:
            return position
    return None


def merge_attention(
    attention: NDArray[np.floating],
    rows: Sequence[int],
    columns: Sequence[int],
    *,
    from_pieces: FromPieces = "mean",
) -> NDArray[Any]:
    """Merge attention between tokens into attention between words, by Clark's rule.

    Attention to a word is the sum over its pieces; attention from a word is the mean over its pieces
    (Clark et al. 2019, "What Does BERT Look At?", section 4.1). Rows that sum to 1 still do. A unit
    with a missing weight (NaN) in it is missing. Clark's code takes the first piece of a source word unless
    told otherwise.

    Parameters
    ----------
    attention : ndarray [..., queries, keys]
        Weights.
    rows, columns : sequence of int
        First token of each unit, of queries and of keys (`unit_starts`).
    from_pieces : {"mean", "first", "max"}
        How the pieces of a source word become one: their mean; the first one's attention; or the largest
        weight that any of them gives to each unit, divided by the sum over units.

    Returns
    -------
    ndarray [..., units of queries, units of keys], float32, or float64 as given

    Examples
    --------
    >>> import numpy as np
    >>> merge_attention(np.array([[0.5, 0.25, 0.25], [0, 0, 1], [1, 0, 0]]), [0, 1], [0, 1])
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    # Rows first: whole rows are added at memory speed, and fewer are left for the sums along a row.
    # Infinite weights of both signs make a NaN, which is what a missing weight is.
    with np.errstate(invalid="ignore"):
        if from_pieces == "first":
            return np.add.reduceat(_floats(attention)[..., rows, :], columns, axis=-1)
        if from_pieces == "max":
            summed = np.add.reduceat(_floats(attention), columns, axis=-1)
            largest = np.maximum.reduceat(summed, rows, axis=-2)
            return np.asarray(largest / largest.sum(axis=-1, keepdims=True))
        merged = merge_vectors(attention, rows)
        return np.add.reduceat(merged, columns, axis=-1)


def _floats(array: NDArray[np.floating]) -> NDArray[Any]:
    """Widen half precision; double stays double."""
    return array.astype(np.result_type(array.dtype, np.float32), copy=False)


def merge_vectors(vectors: NDArray[np.floating], starts: Sequence[int]) -> NDArray[Any]:
    """Average vectors over the pieces of each word.

    Parameters
    ----------
    vectors : ndarray [..., tokens, size]
        One vector per token.
    starts : sequence of int
        First token of each unit (`unit_starts`).

    Returns
    -------
    ndarray [..., units, size], float32, or float64 as given

    Examples
    --------
    >>> import numpy as np
    >>> merge_vectors(np.array([[1.0, 1.0], [2.0, 0.0], [4.0, 2.0]]), [0, 1])
    array([[1., 1.],
           [3., 1.]])
    """
    first = np.asarray(starts)
    sizes = np.diff([*starts, vectors.shape[-2]])
    merged = _floats(np.take(vectors, first, axis=-2))
    # First pieces, then second pieces, ...: eight times faster than reduceat along this axis.
    for piece in range(1, sizes.max()):
        longer = np.flatnonzero(sizes > piece)
        merged[..., longer, :] += vectors[..., first[longer] + piece, :]
    several = np.flatnonzero(sizes > 1)
    merged[..., several, :] /= sizes[several, np.newaxis]
    return merged
