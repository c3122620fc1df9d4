"""A trace in words: the pieces of each word merged into one unit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bertviz_plus.traces.array_names import PER_HEAD
from bertviz_plus.traces.units import merge_attention, merge_vectors, unit_starts

if TYPE_CHECKING:
    from bertviz_plus.traces.trace import Trace


def merge_words(trace: "Trace", words: Sequence[str], word_ids: Sequence[int]) -> "Trace":
    """Merge the pieces of each word; `Trace.to_words` says how.

    Examples
    --------
    >>> from bertviz_plus.traces.trace import Trace
    >>> merge_words(Trace(("cat", "s")), ["cats"], [0, 0]).tokens
    ('cats',)
    """
    starts = unit_starts(word_ids)
    ids = tuple(word_ids[i] for i in starts)
    vectors: dict[str, Any] = {
        name: merge_vectors(array, starts)
        for name in ("hidden_states", *PER_HEAD)
        if (array := getattr(trace, name)) is not None
    }
    attention, offsets = trace.attention, trace.offsets
    return replace(
        trace,
        tokens=tuple(
            words[word] if word >= 0 else trace.tokens[i] for word, i in zip(ids, starts, strict=True)
        ),
        token_ids=None,
        words=tuple(words),
        word_ids=ids,
        offsets=None if offsets is None else _spans(offsets, starts),
        segment_ids=tuple(trace.segment_ids[i] for i in starts),
        is_special=tuple(trace.is_special[i] for i in starts),
        attention=None if attention is None else merge_attention(attention, starts, starts),
        scores=None,
        output_norms=None,
        sinks=None if trace.sinks is None else merge_vectors(trace.sinks[..., np.newaxis], starts)[..., 0],
        sink_scores=None,
        units="words",
        **vectors,
    )


def _spans(offsets: Sequence[tuple[int, int]], starts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    ends = (*starts[1:], len(offsets))[: len(starts)]
    return tuple(
        (min(start for start, _ in offsets[first:end]), max(end for _, end in offsets[first:end]))
        for first, end in zip(starts, ends, strict=True)
    )
