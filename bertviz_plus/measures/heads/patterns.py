"""Where each head looks: the shares of attention that go to the simple places.

[CLS], separators, the previous token, the token itself, the next one and punctuation: what most heads
of BERT do can be said with these (Clark et al. 2019, section 3; Kovaleva et al. 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.heads.places import find_places
from bertviz_plus.traces.checks import check_length, numpy_array
from bertviz_plus.traces.trace import Trace

_CACHED_CELLS = 250_000


@dataclass(frozen=True, eq=False)
class Patterns:
    """Shares of attention, head by head.

    Attributes
    ----------
    names : tuple of str
        What the shares go to: the first special token's and the separator's own names, where there are
        any, then "prev.", "self", "next" and "punct.".
    shares : ndarray [..., heads, names], float32
        Mean over rows of the weight that goes there, 0 … 1. The places may overlap: they need not sum
        to 1.
    even : ndarray [names], float32
        The baseline of each share: what it would be if each row spread its attention evenly over the keys
        it may see. For a class of tokens, such as punctuation, that is the class's own share of the keys.
    evenness : ndarray [..., heads], float32
        How evenly a row is spread over the keys it may see, mean over rows: 1 for equal weights, near 0
        for a row that looks at one place among many.
    """

    names: tuple[str, ...]
    shares: NDArray[np.float32]
    even: NDArray[np.float32]
    evenness: NDArray[np.float32]


def attention_patterns(
    attention: Trace | NDArray[np.floating] | Any,
    tokens: Sequence[str] | None = None,
    is_special: Sequence[bool] | None = None,
    segment_ids: Sequence[int] | None = None,
    *,
    causal: bool | None = None,
) -> Patterns:
    r"""Say which share of its attention each head gives to the simple places.

    A row's evenness is its participation ratio, :math:`(\sum_j a_{ij})^2 / (n_i \sum_j a_{ij}^2)`, where
    :math:`n_i` is the number of keys that row i may see: those up to itself in a causal model, else all. It
    needs no logarithms.

    Parameters
    ----------
    attention : Trace, or ndarray [..., heads, queries, keys]
        Weights. Missing ones (NaN, infinite) count as 0.
    tokens : sequence of str
        The keys' text; not needed for a `Trace`.
    is_special : sequence of bool
        Which keys frame the text; not needed for a `Trace`.
    segment_ids : sequence of int, optional
        Which text each key belongs to. It tells a separator from a token that only opens the text
        where both have one name.
    causal : bool, optional
        Whether tokens see only what precedes them; a `Trace` says so itself. Without it, that is taken
        to be so where no head looks ahead.

    Returns
    -------
    Patterns
        Where queries and keys are not the same tokens (cross-attention), the shares of "prev.", "self"
        and "next" are 0.

    Raises
    ------
    ValueError
        Where a trace holds no attention, or tokens do not fit the keys.

    References
    ----------
    Clark et al. 2019, "What Does BERT Look At?", section 3. Kovaleva et al. 2019, "Revealing the Dark
    Secrets of BERT".

    Examples
    --------
    >>> import numpy as np
    >>> to_previous = np.array([[[1, 0, 0], [1, 0, 0], [0, 1, 0]]], np.float32)
    >>> found = attention_patterns(to_previous, ["[CLS]", "a", "."], [True, False, False])
    >>> dict(zip(found.names, found.shares[0].round(2).tolist()))
    {'[CLS]': 0.67..., 'prev.': 0.67..., 'self': 0.33..., 'next': 0.0, 'punct.': 0.0}

    No token sees a later one, so of three tokens even a spread without any aim gives "[CLS]" much:

    >>> {name: round(float(share), 2) for name, share in zip(found.names, found.even)}
    {'[CLS]': 0.61, 'prev.': 0.28, 'self': 0.61, 'next': 0.0, 'punct.': 0.11}
    """
    if isinstance(attention, Trace):
        trace = attention
        if trace.attention is None:
            raise ValueError('attention_patterns needs attention; trace with keep=("attention",)')
        attention, tokens, is_special = trace.attention, trace.tokens, trace.is_special
        segment_ids, causal = trace.segment_ids, trace.causal
    weights = numpy_array(attention, "attention")
    if weights.ndim < 3:
        raise ValueError(
            f"attention must have the shape [..., heads, queries, keys], got {list(weights.shape)}"
        )
    if tokens is None:
        raise ValueError("tokens must be given with an array of attention, one for each key")
    n_keys = weights.shape[-1]
    special = [False] * n_keys if is_special is None else list(is_special)
    for name, values in (("tokens", tokens), ("is_special", special), ("segment_ids", segment_ids)):
        check_length(values, n_keys, name)
    found = find_places(tokens, special, segment_ids)
    places = {
        name: columns
        for name, columns in (
            (found.first_name, found.first),
            (found.separator_name, found.separator),
            ("punct.", found.punctuation),
        )
        if name is not None
    }
    names = (*(name for name in places if name != "punct."), "prev.", "self", "next", "punct.")
    columns = np.stack([places[name] for name in places], axis=1).astype(np.float32)
    heads = weights.reshape(-1, *weights.shape[-2:])
    allowed = _allowed(heads, causal)
    evenness = np.zeros(len(heads), np.float32)
    rows = weights.shape[-2]

    def shares_of(present: NDArray[np.float32]) -> NDArray[np.float32]:
        shares = np.zeros((len(present), len(names)), np.float32)
        to_column = np.full(rows, 1 / max(rows, 1), np.float32)
        shares[:, [names.index(name) for name in places]] = to_column @ present @ columns
        if rows == n_keys:
            for name, offset in (("prev.", -1), ("self", 0), ("next", 1)):
                shares[:, names.index(name)] = share_at_offset(present, offset)
        return shares

    spread = (np.arange(n_keys) < allowed[:, np.newaxis]) / np.maximum(allowed, 1)[:, np.newaxis]
    even = shares_of(spread[np.newaxis].astype(np.float32))[0]
    shares = np.zeros((len(heads), len(names)), np.float32)
    # Several heads at once while they fit a core's cache: what follows reads each weight several times.
    together = max(1, _CACHED_CELLS // max(1, rows * n_keys))
    for start in range(0, len(heads), together):
        chunk = slice(start, start + together)
        present, sums = present_weights(heads[chunk])
        shares[chunk] = shares_of(present)
        evenness[chunk] = _evenness(present, sums, allowed)
    shape = weights.shape[:-2]
    return Patterns(names, shares.reshape(*shape, len(names)), even, evenness.reshape(shape))


def _allowed(heads: NDArray[np.float32], causal: bool | None) -> NDArray[np.float32]:
    """Return how many keys each row may see."""
    rows, keys = heads.shape[1:]
    if causal is None:
        causal = rows == keys and not any(heads[:, row, row + 1 :].any() for row in range(rows))
    if not causal:
        return np.full(rows, keys, np.float32)
    return np.arange(1, rows + 1, dtype=np.float32)


def share_at_offset(heads: NDArray[Any], offset: int) -> NDArray[Any]:
    """Return the share of attention that goes to the token so far ahead, mean over all rows.

    Parameters
    ----------
    heads : ndarray [heads, tokens, tokens]
    offset : int
        1 for the next token, -1 for the previous one.

    Examples
    --------
    >>> share_at_offset(np.array([[[0.0, 1.0], [0.5, 0.5]]]), 1).tolist()
    [0.5]
    """
    along = heads.diagonal(offset, axis1=-2, axis2=-1)
    share: NDArray[Any] = along.sum(axis=-1) / max(heads.shape[-2], 1)
    return share


def present_weights(heads: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Replace missing weights by 0, without a copy where there are none; return the rows' sums with it.

    Parameters
    ----------
    heads : ndarray [heads, queries, keys]

    Examples
    --------
    >>> present_weights(np.array([[[0.5, np.nan]]]))[1].tolist()
    [[0.5]]
    """
    ones = np.ones(heads.shape[-1], heads.dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        # One product of a matrix and a vector: numpy multiplies a stack of them without BLAS.
        sums = (heads.reshape(-1, heads.shape[-1]) @ ones).reshape(heads.shape[:-1])
    if np.isfinite(sums).all():
        return heads, sums
    present = np.where(np.isfinite(heads), heads, heads.dtype.type(0))
    return present, present @ ones


def _evenness(
    heads: NDArray[np.float32], sums: NDArray[np.float32], allowed: NDArray[np.float32]
) -> NDArray[np.float32]:
    if not heads.size:
        return np.zeros(len(heads), np.float32)
    squares = np.einsum("hij,hij->hi", heads, heads)
    ratios = np.divide(sums * sums, allowed * squares, out=np.zeros_like(sums), where=squares > 0)
    return np.asarray(ratios.mean(axis=-1), np.float32)
