"""What does a choice of layer, units and tokens show? One layer, units merged, rows and columns filtered."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.attention_kinds import (
    Kind,
    attention_of,
    is_causal,
    layers_of,
    queries_and_keys,
    sides_of,
)
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.text_direction import mostly_right_to_left
from bertviz_plus.traces.tokens import visible_token
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.units import merge_attention, unit_starts
from bertviz_plus.traces.weight_codes import LEAST_WEIGHT

Segments = Literal["all", "a→a", "a→b", "b→a", "b→b"]
Floats = NDArray[np.float32]

_SEGMENTS = {"a": 0, "b": 1}


@dataclass(frozen=True)
class LayerChoice:
    """Which layer, in which units, without which tokens; the names are those of the view's traits."""

    layer: int | Literal["mean"] = 0
    attention_kind: Kind = "encoder"
    units: Literal["tokens", "words"] = "tokens"
    hide_special: bool = False
    segments: Segments = "all"


@dataclass(frozen=True, eq=False)
class Axis:
    """One side of an attention map, in the units that are shown.

    Attributes
    ----------
    labels : tuple of str
    special : ndarray [size], bool
    word : ndarray [size], int
        Which word a subword belongs to, -1 for none. Braces are drawn from it.
    segment : ndarray [size], int
        0 or 1.
    unit : ndarray [size], int
        The number of each row or column among all units, as `selected_tokens` counts.
    starts : tuple of int or None
        First token of each of all units; `None` where units are tokens.
    """

    labels: tuple[str, ...]
    special: NDArray[np.bool_]
    word: NDArray[np.int64]
    segment: NDArray[np.int64]
    unit: NDArray[np.int64]
    starts: tuple[int, ...] | None
    rtl: bool = False

    @property
    def size(self) -> int:
        """How many rows or columns there are."""
        return len(self.labels)

    @property
    def full(self) -> bool:
        """Whether no unit is filtered away."""
        return self.size == 0 or (self.unit[-1] == self.size - 1 and bool(self.unit[0] == 0))


@dataclass(frozen=True, eq=False)
class AttentionLayer:
    """One layer as it is shown.

    Attributes
    ----------
    layer : int or "mean"
    weights : ndarray [heads, rows, columns], float32
        All heads; what is missing is not finite. A view of the trace's array where nothing was merged or
        left out.
    rows, columns : Axis
        The tokens that attend, and those that are attended to.
    mean_of : int
        Of how many heads the only one is the mean, else 0.
    layers : int
        How many the trace has.
    """

    kind: Kind
    layer: int | Literal["mean"]
    weights: Floats
    rows: Axis
    columns: Axis
    causal: bool = False
    mean_of: int = 0
    layers: int = 0

    @property
    def where(self) -> str:
        """The layer in words."""
        return f"mean of {self.layers} layers" if self.layer == "mean" else f"layer {self.layer}"

    def mean_over_heads(self) -> "AttentionLayer":
        """Return the layer with the mean of its heads as the only one."""
        mean = mean_present(self.weights, 0)[np.newaxis]
        return replace(self, weights=mean, mean_of=len(self.weights))

    @cached_property
    def received(self) -> Floats:
        """Mean weight that each column receives, ``[heads, columns]``; missing weights count as nothing."""
        if not self.rows.size:
            return np.zeros((len(self.weights), self.columns.size), np.float32)
        # A product with a vector runs at memory speed, where a mean over an axis does not.
        ones = np.full(self.rows.size, 1 / self.rows.size, np.float32)
        mean: Floats = ones @ self.weights
        if np.isfinite(mean).all():
            return mean
        return ones @ np.nan_to_num(self.weights, nan=0.0, posinf=0.0, neginf=0.0)

    def received_from(self, threshold: float) -> Floats:
        """Return the same, from weights that are not under the threshold."""
        if threshold <= 0:
            return self.received
        weights = np.nan_to_num(self.weights, nan=0.0, posinf=0.0, neginf=0.0)
        mean: Floats = np.where(weights >= threshold, weights, 0).mean(axis=1)
        return mean

    @cached_property
    def missing(self) -> int:
        """How many weights of the layer are not finite."""
        if not self.rows.size:
            return 0
        sums = np.ones(self.rows.size, np.float32) @ self.weights
        if np.isfinite(sums).all():
            return 0
        return int(self.weights.size - np.isfinite(self.weights).sum())

    def hidden_share(self, heads: tuple[int, ...], threshold: float) -> float:
        """Return the share of the heads' attention that is not drawn: what is under the threshold.

        Weights that round to code 0 are never drawn, and count.
        """
        least = max(threshold, LEAST_WEIGHT)
        hidden = total = 0.0
        for head in heads:
            weights = self.weights[head].ravel()
            under = float(weights @ (weights < least).astype(np.float32))
            whole = float(weights.sum())
            if not (np.isfinite(under) and np.isfinite(whole)):
                weights = np.nan_to_num(weights, nan=0.0, posinf=0.0, neginf=0.0)
                under, whole = float(weights.sum(where=weights < least)), float(weights.sum())
            hidden += under
            total += whole
        return hidden / total if total else 0.0


@dataclass(frozen=True, eq=False)
class NeuronVectors:
    """Queries and keys of one head; they belong to subwords and are never merged to words.

    Attributes
    ----------
    queries : ndarray [rows, size], float32
    keys : ndarray [columns, size], float32
    weights : ndarray [rows, columns], float32
    rows, columns : Axis
        Their `unit` counts in the choice's units: all pieces of a word share one.
    scaling : float
        Factor on query · key.
    causal : bool
    """

    queries: Floats
    keys: Floats
    weights: Floats
    rows: Axis
    columns: Axis
    scaling: float
    causal: bool


def attention_layer(trace: Trace | Seq2SeqTrace, choice: LayerChoice) -> AttentionLayer:
    """Return the layer that a choice shows.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
    choice : LayerChoice

    Returns
    -------
    AttentionLayer

    Raises
    ------
    ValueError
        Where the trace has no such layer.

    Examples
    --------
    >>> import numpy as np
    >>> from bertviz_plus.traces.trace import Trace
    >>> trace = Trace.from_attention(np.full((1, 2, 3, 3), 1 / 3), ["[CLS]", "hi", "[SEP]"])
    >>> attention_layer(trace, LayerChoice(hide_special=True)).columns.labels
    ('hi',)
    """
    of_rows, of_columns = sides_of(trace, choice.attention_kind)
    rows, columns = _axes(of_rows, of_columns, choice)
    if choice.layer == "mean":
        positions = range(len(layers_of(trace, choice.attention_kind)))
        every = (weights_at(trace, choice, position, rows, columns) for position in positions)
        weights = mean_present(np.stack(list(every)), 0)
    else:
        weights = weights_at(trace, choice, position_of(trace, choice), rows, columns)
    causal = is_causal(trace, choice.attention_kind)
    n_layers = len(layers_of(trace, choice.attention_kind))
    return AttentionLayer(
        choice.attention_kind, choice.layer, weights, rows, columns, causal, layers=n_layers
    )


def mean_present(weights: Floats, axis: int) -> Floats:
    """Return the mean of the weights that are not missing, NaN where all are.

    Examples
    --------
    >>> mean_present(np.array([[0.5, np.nan], [0.25, 1.0]]), 0).tolist()
    [0.375, 1.0]
    """
    present = np.isfinite(weights)
    count = present.sum(axis)
    total = np.where(present, weights, 0).sum(axis)
    mean = np.divide(total, count, out=np.full(total.shape, np.nan, total.dtype), where=count > 0)
    return np.asarray(mean)


def neuron_vectors(trace: Trace | Seq2SeqTrace, choice: LayerChoice, head: int) -> NeuronVectors | str:
    """Return a head's queries and keys, or a sentence that says why there are none."""
    of_rows, of_columns = sides_of(trace, choice.attention_kind)
    found = queries_and_keys(trace, choice.attention_kind)
    if found is None:
        return 'This trace has no queries and keys: trace with keep=("attention", "queries", "keys").'
    if choice.layer == "mean":
        return "Queries and keys belong to one layer: choose one."
    all_queries, all_keys, scaling = found
    rows, columns = _axes(of_rows, of_columns, replace(choice, units="tokens"))
    at = position_of(trace, choice)
    queries = np.asarray(all_queries[at][head], np.float32)[rows.unit]
    keys = np.asarray(all_keys[at][head], np.float32)[columns.unit]
    weights = np.asarray(attention_of(trace, choice.attention_kind)[at][head], np.float32)
    return NeuronVectors(
        queries,
        keys,
        weights[np.ix_(rows.unit, columns.unit)],
        _in_units(rows, of_rows, choice),
        _in_units(columns, of_columns, choice),
        float(scaling[at]),
        is_causal(trace, choice.attention_kind),
    )


def axes_of(trace: Trace | Seq2SeqTrace, choice: LayerChoice) -> tuple[Axis, Axis]:
    """Return rows and columns as a choice shows them."""
    return _axes(*sides_of(trace, choice.attention_kind), choice)


def weights_at(
    trace: Trace | Seq2SeqTrace, choice: LayerChoice, position: int, rows: Axis, columns: Axis
) -> Floats:
    """Return one layer, by its place in the trace, ``[heads, rows, columns]``."""
    weights = np.asarray(attention_of(trace, choice.attention_kind)[position], np.float32)
    return _cut(weights, rows, columns)


def position_of(trace: Trace | Seq2SeqTrace, choice: LayerChoice) -> int:
    """Return the place of the layer chosen in the trace.

    Raises
    ------
    ValueError
        Where it is absent.
    """
    layers = layers_of(trace, choice.attention_kind)
    if choice.layer not in layers:
        raise ValueError(f"layer must be one of {list(layers)} for this trace, got {choice.layer!r}")
    return layers.index(choice.layer)


def _axes(of_rows: Trace, of_columns: Trace, choice: LayerChoice) -> tuple[Axis, Axis]:
    row_segment, column_segment = None, None
    if choice.segments != "all":
        row_segment, column_segment = (_SEGMENTS[letter] for letter in choice.segments.split("→"))
    rows = _axis(of_rows, choice, row_segment)
    return rows, _axis(of_columns, choice, column_segment)


def _axis(trace: Trace, choice: LayerChoice, segment: int | None) -> Axis:
    merged = choice.units == "words" and trace.units == "tokens" and trace.word_ids is not None
    starts = unit_starts(trace.word_ids) if merged and trace.word_ids is not None else None
    firsts = np.array(starts if starts is not None else range(len(trace.tokens)), np.int64)
    special = np.array(trace.is_special, bool)[firsts]
    segments = np.array(trace.segment_ids, np.int64)[firsts]
    words = np.array(trace.word_ids if trace.word_ids is not None else [-1] * len(trace.tokens), np.int64)[
        firsts
    ]
    shown = np.ones(len(firsts), bool)
    if choice.hide_special:
        shown &= ~special
    if segment is not None:
        shown &= segments == segment
    unit = np.flatnonzero(shown)
    lengths = np.diff([*firsts, len(trace.tokens)])
    labels = _labels(trace, words[unit], firsts[unit], lengths[unit])
    return Axis(
        labels=labels,
        special=special[unit],
        word=np.full(len(unit), -1) if merged else words[unit],
        segment=segments[unit],
        unit=unit,
        starts=starts,
        rtl=mostly_right_to_left(labels),
    )


def _labels(
    trace: Trace, words: NDArray[np.int64], firsts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[str, ...]:
    spelled = trace.words
    return tuple(
        visible_token(
            trace.tokens[first]
            if length == 1
            else spelled[word]
            if spelled is not None and word >= 0
            else "".join(trace.tokens[first : first + length])
        )
        for word, first, length in zip(words.tolist(), firsts.tolist(), lengths.tolist(), strict=True)
    )


def _cut(weights: Floats, rows: Axis, columns: Axis) -> Floats:
    if rows.starts is not None or columns.starts is not None:
        whole = weights.shape
        weights = merge_attention(
            weights, rows.starts or range(whole[-2]), columns.starts or range(whole[-1])
        )
    if rows.size != weights.shape[-2]:
        weights = weights[:, rows.unit]
    if columns.size != weights.shape[-1]:
        weights = weights[:, :, columns.unit]
    return weights


def _in_units(axis: Axis, trace: Trace, choice: LayerChoice) -> Axis:
    """Return the axis with subwords numbered by the words that the choice counts in."""
    whole = _axis(trace, replace(choice, hide_special=False), None)
    if whole.starts is None:
        return axis
    return replace(axis, unit=np.searchsorted(whole.starts, axis.unit, side="right") - 1)
