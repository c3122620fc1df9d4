"""Every head of a trace at a glance: its map, pooled by maximum, and where its attention goes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.heads.patterns import Patterns, attention_patterns
from bertviz_plus.traces.attention_kinds import Kind, attention_of, is_causal, sides_of
from bertviz_plus.traces.attention_layer import Axis, LayerChoice, axes_of, mean_present, weights_at
from bertviz_plus.traces.pooling import max_pool, max_pool_weights, pool_edges, pooled_side
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.weight_codes import quantise, quantise_signed

# As many weights as are kept whole, in bytes.
_MOST_WEIGHTS = 5_000_000


@dataclass(frozen=True, eq=False)
class HeadMaps:
    """Every head of a trace, small enough for a cell.

    Attributes
    ----------
    codes : ndarray [layers, heads, rows, columns], uint8
        Largest weight of each spot, 0 to 254; 255 where all are missing.
    patterns : Patterns
        Where each head's attention goes.
    rows, columns : Axis
        As they were before pooling.
    missing : bool
        Whether any weight is missing.
    sizes : ndarray [layers, heads] or None
        Of a signed quantity, each head's mean size: such a head has no patterns.
    """

    codes: NDArray[np.uint8]
    patterns: Patterns
    rows: Axis
    columns: Axis
    missing: bool
    sizes: NDArray[np.float32] | None = None

    @property
    def pooled(self) -> bool:
        """Whether a spot stands for several pairs of tokens."""
        rows, columns = self.codes.shape[-2:]
        return bool(columns < self.columns.size or rows < self.rows.size)


def head_maps(
    trace: Trace | Seq2SeqTrace, choice: LayerChoice, patterns: Patterns | None = None, *, most: float = 0.0
) -> HeadMaps:
    """Pool every head of a trace.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
    choice : LayerChoice
        Its layer does not matter.
    patterns : Patterns, optional
        Where they are known; counted without. They are of all tokens, whatever is left out or merged.
    most : float, default 0
        Of a signed quantity, what its codes end at; a spot has the number furthest from zero.

    Returns
    -------
    HeadMaps

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((2, 3, 4, 4), 0.25), list("abcd"))
    >>> head_maps(trace, LayerChoice()).codes.shape
    (2, 3, 4, 4)
    """
    rows, columns = axes_of(trace, choice)
    n_layers, n_heads = attention_of(trace, choice.attention_kind).shape[:2]
    count = n_layers * n_heads
    if not rows.size or not columns.size:
        # Everything is filtered away: empty cells, and nothing to say about them.
        nothing = no_patterns(n_layers, n_heads)
        return HeadMaps(np.zeros((n_layers, n_heads, 1, 1), np.uint8), nothing, rows, columns, missing=False)
    many = count * rows.size * columns.size > _MOST_WEIGHTS
    down, across = (
        pool_edges(axis.size, pooled_side(axis.size, count) if many else axis.size, axis.special.tolist())
        for axis in (rows, columns)
    )
    codes = np.empty((n_layers, n_heads, len(down) - 1, len(across) - 1), np.uint8)
    missing = False
    for layer in range(n_layers):
        weights = weights_at(trace, choice, layer, rows, columns)
        codes[layer] = (
            max_pool(quantise_signed(weights, most), down, across)
            if most
            else quantise(max_pool_weights(weights, down, across))
        )
        missing = missing or not bool(np.isfinite(weights.sum()))
    if most:
        nothing, sizes = no_patterns(n_layers, n_heads), head_sizes(trace, choice.attention_kind)
        return HeadMaps(codes, nothing, rows, columns, missing, sizes)
    return HeadMaps(codes, patterns or kind_patterns(trace, choice.attention_kind), rows, columns, missing)


def head_sizes(trace: Trace | Seq2SeqTrace, kind: Kind) -> NDArray[np.float32]:
    """Return the mean size, without sign, of each head's numbers, ``[layers, heads]``.

    Examples
    --------
    >>> trace = Trace(("a", "b"), attention=np.array([[[[0.5, -0.5], [0, 1]]]]))
    >>> head_sizes(trace, "encoder").tolist()
    [[0.5]]
    """
    sizes = np.abs(np.asarray(attention_of(trace, kind), np.float32))
    flat = sizes.reshape(*sizes.shape[:2], -1)
    return np.asarray(mean_present(flat, -1), np.float32)


def no_patterns(n_layers: int, n_heads: int) -> Patterns:
    """Return the patterns of heads of which nothing can be said.

    Examples
    --------
    >>> no_patterns(2, 3).shares.shape
    (2, 3, 0)
    """
    shares, evenness = np.zeros((n_layers, n_heads, 0)), np.ones((n_layers, n_heads))
    return Patterns((), *(one.astype(np.float32) for one in (shares, shares[0, 0], evenness)))


def kind_patterns(trace: Trace | Seq2SeqTrace, kind: Kind) -> Patterns:
    """Say where each head of a kind of attention looks, all tokens counted.

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((2, 3, 4, 4), 0.25), list("abcd"))
    >>> kind_patterns(trace, "encoder").shares.shape
    (2, 3, 4)
    """
    keys = sides_of(trace, kind)[1]
    about = (keys.tokens, keys.is_special, keys.segment_ids)
    return attention_patterns(attention_of(trace, kind), *about, causal=is_causal(trace, kind))
