"""What the attention view draws from: a trace, quantised and packed within a budget of bytes."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.heads.maps import HeadMaps, head_maps, head_sizes, kind_patterns, no_patterns
from bertviz_plus.measures.heads.patterns import Patterns
from bertviz_plus.traces.attention_kinds import (
    Kind,
    attention_of,
    is_causal,
    layers_of,
    queries_and_keys,
    sides_of,
)
from bertviz_plus.traces.attention_layer import LayerChoice, axes_of, mean_present
from bertviz_plus.traces.pooling import max_pool, pool_edges, pooled_side
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.text_direction import mostly_right_to_left
from bertviz_plus.traces.tokens import visible_token
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.weight_codes import MISSING, quantise, quantise_signed
from bertviz_plus.views.embedding import BUDGET, Embed
from bertviz_plus.views.wire import Tensor, decode, decode_codes, encode, encode_codes, size_of

# Room for queries and keys: they serve one of four modes.
_NEURON_BUDGET = 300_000
_SAMPLED_ROWS = 16


def kinds_in(trace: Trace | Seq2SeqTrace) -> tuple[Kind, ...]:
    """Return the kinds of attention that a trace holds weights of.

    Examples
    --------
    >>> kinds_in(Trace.from_attention(np.full((1, 1, 2, 2), 0.5), ["a", "b"]))
    ('encoder',)
    """
    if isinstance(trace, Trace):
        return () if trace.attention is None else (("decoder",) if trace.causal else ("encoder",))
    held: list[Kind] = []
    if trace.encoder.attention is not None:
        held.append("encoder")
    if trace.decoder.attention is not None:
        held.append("decoder")
    if trace.cross is not None:
        held.append("cross")
    return tuple(held)


@dataclass
class _Spent:
    """How much of the budget is left."""

    budget: float
    used: int = 0

    def take(self, tensor: Tensor) -> Tensor:
        self.used += size_of(tensor)
        return tensor

    def has(self, size: float) -> bool:
        return self.used + size <= self.budget


@dataclass
class _Kind:
    """The parts of one kind of attention while they are put together."""

    rounded: list[NDArray[np.float32]] = field(default_factory=list)
    pooled: list[NDArray[np.uint8]] = field(default_factory=list)
    embedded: dict[str, Tensor] = field(default_factory=dict)
    missing: int = 0


def attention_data(
    trace: Trace | Seq2SeqTrace,
    *,
    embed: Embed = "auto",
    kind: Kind | None = None,
    layer: int | None = None,
    budget: int = BUDGET,
    most: float = 0.0,
) -> dict[str, Any]:
    """Pack a trace for the front end.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
    embed : {"auto", "all"} or list of int
        Which layers are embedded in full. "auto": all of them within `budget`, else the layer in view. The
        others are there as an overview, pooled by maximum.
    kind, layer
        What is in view at first; it is always embedded.
    budget : int
        Bytes.
    most : float, default 0
        Of a signed quantity, what its colours end at.

    Returns
    -------
    dict
        JSON with bytes in it; `js/views/attention/store.js` reads it.

    Raises
    ------
    ValueError
        Where the trace holds no attention.

    Examples
    --------
    >>> data = attention_data(Trace.from_attention(np.full((2, 3, 2, 2), 0.5), ["a", "b"]))
    >>> sorted(data["kinds"]["encoder"]["embedded"]), data["texts"]["text"]["tokens"]
    (['0', '1'], ['a', 'b'])
    """
    kinds = kinds_in(trace)
    if not kinds:
        raise ValueError('trace holds no attention: trace again with keep=("attention", "hidden_states")')
    spent = _Spent(budget if embed == "auto" else float("inf"))
    first = kind if kind in kinds else kinds[0]
    # What is in view comes first, so that it finds room.
    packed = {
        one: _pack_kind(trace, one, embed, layer if one == first else None, spent, most)
        for one in sorted(kinds, key=lambda one: one != first)
    }
    texts = _texts(trace)
    return {
        "version": 1,
        "title": trace.model.title or "attention",
        "texts": texts,
        "kinds": {one: packed[one] for one in kinds},
        "neuron": _pack_neurons(trace, kinds),
        "neuron_missing": _neuron_missing(trace),
    }


def detail_of(
    trace: Trace | Seq2SeqTrace,
    kind: Kind,
    layer: int | Literal["mean"],
    *,
    neuron: bool,
    quantity: str = "weight",
    most: float = 0.0,
) -> dict[str, Any]:
    """Pack one layer that is not embedded.

    Parameters
    ----------
    trace, kind, layer
        What is asked for.
    neuron : bool
        Whether queries and keys are wanted too.
    quantity : str
        What the trace's attention is.
    most : float
        As in `attention_data`.

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((2, 3, 2, 2), 0.5), ["a", "b"])
    >>> detail_of(trace, "encoder", 1, neuron=False)["attention"]["shape"]
    [3, 2, 2]
    """
    if layer == "mean":
        mean = mean_present(np.asarray(attention_of(trace, kind), np.float32), 0)
        sent = {"attention": encode_codes(_codes(mean, most)), "queries": None, "keys": None}
        return {"kind": kind, "layer": layer, "quantity": quantity, **sent}
    position = layers_of(trace, kind).index(layer)
    found = queries_and_keys(trace, kind) if neuron else None
    return {
        "kind": kind,
        "layer": layer,
        "quantity": quantity,
        "attention": encode_codes(_codes(attention_of(trace, kind)[position], most)),
        "queries": encode(found[0][position], "float16", "zlib") if found else None,
        "keys": encode(found[1][position], "float16", "zlib") if found else None,
    }


def maps_in(about: dict[str, Any], trace: Trace | Seq2SeqTrace, kind: Kind) -> HeadMaps:
    """Return every head of a kind, as far as `attention_data` has pooled and counted them already."""
    choice = LayerChoice(attention_kind=kind)
    names, *tensors = about["patterns"].values()
    found = Patterns(tuple(names), *(decode(one).astype(np.float32) for one in tensors))
    most = about.get("most", 0.0)
    if about["overview"] is None:
        return head_maps(trace, choice, found, most=most)
    rows, columns = axes_of(trace, choice)
    sizes = decode(about["sizes"]).astype(np.float32) if most else None
    codes = decode_codes(about["overview"])
    return HeadMaps(codes, found, rows, columns, missing=about["missing"] > 0, sizes=sizes)


def _texts(trace: Trace | Seq2SeqTrace) -> dict[str, Any]:
    if isinstance(trace, Seq2SeqTrace):
        return {"source": _text(trace.encoder), "target": _text(trace.decoder)}
    return {"text": _text(trace)}


def _text(side: Trace) -> dict[str, Any]:
    in_words = side.units == "words"
    return {
        "tokens": [visible_token(token) for token in side.tokens],
        "word_ids": None if in_words or side.word_ids is None else list(side.word_ids),
        "words": None if in_words or side.words is None else list(side.words),
        "is_special": list(side.is_special),
        "segments": list(side.segment_ids),
        "rtl": mostly_right_to_left(side.tokens),
    }


def _names_of_sides(trace: Trace | Seq2SeqTrace, kind: Kind) -> tuple[str, str]:
    if isinstance(trace, Trace):
        return "text", "text"
    names: dict[Kind, tuple[str, str]] = {
        "encoder": ("source", "source"),
        "decoder": ("target", "target"),
        "cross": ("target", "source"),
    }
    return names[kind]


def _pack_kind(
    trace: Trace | Seq2SeqTrace, kind: Kind, embed: Embed, layer: int | None, spent: _Spent, most: float
) -> dict[str, Any]:
    attention = attention_of(trace, kind)
    rows, columns = sides_of(trace, kind)
    layers = layers_of(trace, kind)
    in_view = layer if layer in layers else layers[0]
    n_maps = len(layers) * attention.shape[1]
    row_edges, column_edges = (
        pool_edges(n, pooled_side(n, n_maps), side.is_special)
        for side, n in ((rows, attention.shape[2]), (columns, attention.shape[3]))
    )
    wanted = _wanted(attention, layers, in_view, embed, spent, most)
    whole = wanted >= set(layers)
    parts = _Kind()
    for number, weights in zip(layers, attention, strict=True):
        codes = _codes(weights, most)
        parts.missing += int(np.count_nonzero(codes == MISSING))
        parts.rounded.append(_rounded(np.asarray(weights, np.float32), codes))
        if number in wanted:
            parts.embedded[str(number)] = spent.take(encode_codes(codes))
        if not whole:
            parts.pooled.append(max_pool(codes, row_edges, column_edges))
    causal = is_causal(trace, kind)
    found = no_patterns(*attention.shape[:2]) if most else kind_patterns(trace, kind)
    pooled = None if whole else np.stack(parts.pooled)
    segments = {*rows.segment_ids, *columns.segment_ids}
    own, other = _names_of_sides(trace, kind)
    return {
        "from": own,
        "to": other,
        "layers": list(layers),
        "heads": int(attention.shape[1]),
        "causal": causal,
        "pair": kind != "cross" and len(segments) > 1,
        "embedded": parts.embedded,
        "overview": None if pooled is None else spent.take(encode_codes(pooled)),
        "pool": None if whole else {"rows": row_edges, "columns": column_edges},
        "patterns": {
            "names": list(found.names),
            "shares": encode(found.shares, "float32"),
            "even": encode(found.even, "float32"),
            "evenness": encode(found.evenness, "float32"),
        },
        "rounded": encode(np.stack(parts.rounded), "float32"),
        "missing": parts.missing,
        **({"most": most, "sizes": encode(head_sizes(trace, kind), "float32")} if most else {}),
    }


def _wanted(
    attention: NDArray[np.floating],
    layers: tuple[int, ...],
    in_view: int,
    embed: Embed,
    spent: _Spent,
    most: float,
) -> set[int]:
    """Return the layers that go along whole."""
    if embed == "all":
        return set(layers)
    if embed != "auto":
        return {in_view, *(int(layer) for layer in embed)}
    # What packing takes is close to the entropy of the codes, and some of the rows tell that.
    rows = _codes(attention[:, :, :: max(1, attention.shape[2] // _SAMPLED_ROWS)], most)
    shares = np.bincount(rows.ravel(), minlength=256) / rows.size
    bits = -float(np.sum(shares * np.log2(shares, out=np.zeros(256), where=shares > 0)))
    # Deflate makes nothing smaller than a thousandth.
    expected = max(1.1 * bits / 8, 0.001) * attention.size
    return set(layers) if spent.has(expected) else {in_view}


def _codes(values: NDArray[np.floating], most: float) -> NDArray[np.uint8]:
    return quantise_signed(np.asarray(values, np.float32), most) if most else quantise(values)


def _rounded(weights: NDArray[np.float32], codes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return for each head the share of its weight that has code 0."""
    lost = np.zeros(len(weights), np.float32)
    for head, (exact, code) in enumerate(zip(weights, codes, strict=True)):
        flat = exact.ravel()
        ones = np.ones(flat.size, np.float32)
        total = float(flat @ ones)
        if not np.isfinite(total):
            flat = np.nan_to_num(flat, nan=0, posinf=0, neginf=0)
            total = float(flat @ ones)
        # A product with 0 and 1 runs at memory speed, where a sum over chosen places does not.
        lost[head] = float(flat @ (code.ravel() == 0).astype(np.float32)) / total if total else 0.0
    return lost


def _pack_neurons(trace: Trace | Seq2SeqTrace, kinds: tuple[Kind, ...]) -> dict[str, Any] | None:
    """Pack queries and keys: all layers where they are small, none where they come on demand."""
    packed: dict[str, Any] = {}
    room = _NEURON_BUDGET
    for kind in kinds:
        found = queries_and_keys(trace, kind)
        if found is None:
            continue
        queries, keys, scaling = found
        fits = 2 * (queries.size + keys.size) <= room
        room -= 2 * (queries.size + keys.size) if fits else 0
        packed[kind] = {"scaling": list(map(float, scaling))}
        for name, vectors in (("queries", queries), ("keys", keys)):
            packed[kind][name] = {
                str(number): encode(layer, "float16", "zlib")
                for number, layer in zip(layers_of(trace, kind), vectors, strict=True)
                if fits
            }
    return packed or None


def _neuron_missing(trace: Trace | Seq2SeqTrace) -> str:
    if trace.units == "words":
        return "Queries and keys belong to subwords: show the trace before to_words()."
    return (
        "Queries and keys show how a head comes to its weights. This trace was made without them.\n"
        'Trace again: trace = model.trace(text, keep=("attention", "hidden_states", "queries", "keys"))\n'
        'and show that: AttentionView(trace, mode="neuron"). Or in one step: model.view(text).'
    )
