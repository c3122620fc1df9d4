"""Which attention does a trace hold? A model of one stack has one kind, an encoder–decoder has three."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

Kind = Literal["encoder", "decoder", "cross"]


def sides_of(trace: Trace | Seq2SeqTrace, kind: Kind) -> tuple[Trace, Trace]:
    """Return whose tokens attend, and whose tokens are attended to."""
    if isinstance(trace, Seq2SeqTrace):
        rows = trace.encoder if kind == "encoder" else trace.decoder
        return rows, trace.decoder if kind == "decoder" else trace.encoder
    return trace, trace


def attention_of(trace: Trace | Seq2SeqTrace, kind: Kind) -> NDArray[np.floating]:
    """Return all weights of a kind, ``[layers, heads, rows, columns]``.

    Raises
    ------
    ValueError
        Where the trace holds none.
    """
    if isinstance(trace, Seq2SeqTrace) and kind == "cross":
        attention = trace.cross
    else:
        attention = sides_of(trace, kind)[0].attention
    if attention is None:
        raise ValueError(
            f'trace holds no {kind} attention: trace again with keep=("attention",) for a picture of it'
        )
    return attention


def layers_of(trace: Trace | Seq2SeqTrace, kind: Kind) -> tuple[int, ...]:
    """Return the numbers of the layers that a kind of attention has."""
    if isinstance(trace, Seq2SeqTrace) and kind == "cross":
        return trace.cross_layers
    return sides_of(trace, kind)[0].layers


def queries_and_keys(
    trace: Trace | Seq2SeqTrace, kind: Kind
) -> tuple[NDArray[Any], NDArray[Any], tuple[float, ...]] | None:
    """Return ``queries, keys [layers, heads, tokens, size]`` and the scaling by layer, where kept."""
    if isinstance(trace, Seq2SeqTrace) and kind == "cross":
        queries, keys, scaling = trace.cross_queries, trace.cross_keys, trace.cross_scaling
    else:
        side = sides_of(trace, kind)[0]
        queries, keys, scaling = side.queries, side.keys, side.scaling
    if queries is None or keys is None:
        return None
    return queries, keys, scaling or (float(queries.shape[-1] ** -0.5),) * len(queries)


def is_causal(trace: Trace | Seq2SeqTrace, kind: Kind) -> bool:
    """Return whether a token sees only what precedes it."""
    return kind != "cross" and sides_of(trace, kind)[0].causal
