"""The attention plate: what an attention view shows, as a figure for a paper."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal, get_args

from bertviz_plus.design import section
from bertviz_plus.measures.heads.maps import HeadMaps, head_maps
from bertviz_plus.plates.attention_head_map import corpus_numbers, draw_head_map, pair_numbers
from bertviz_plus.plates.attention_heads import HeadsDrawing
from bertviz_plus.plates.attention_matrix import draw_matrix
from bertviz_plus.plates.attention_neuron import draw_neuron
from bertviz_plus.plates.attention_overview import draw_overview
from bertviz_plus.plates.attention_state import AttentionState, Drawn, Mode
from bertviz_plus.plates.caption import Part, draw_caption, draw_legend, head_entries
from bertviz_plus.plates.plate import Plate
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.wording import percent, weight_text
from bertviz_plus.traces.attention_kinds import Kind, attention_of, layers_of, sides_of
from bertviz_plus.traces.attention_layer import AttentionLayer, Segments, attention_layer, neuron_vectors
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

_LEAST_HEIGHT = 100
# A smaller share of the attention is not worth a word.
_WORTH_SAYING = section("weights").number("worth_saying")
_CHOICES = {
    "mode": get_args(Mode),
    "side": ("from", "to"),
    "combine": ("mean", "sum"),
    "units": ("tokens", "words"),
    "segments": get_args(Segments),
    "attention_kind": get_args(Kind),
}


class AttentionPlate(Plate):
    """A figure of what an attention view shows.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
        With attention; for the neuron mode also with queries and keys.
    mode : {"heads", "overview", "matrix", "neuron"}
    layer : int or "mean"
        By the model's number.
    heads : sequence of int or "mean", optional
        From 0; all without it. The neuron mode draws the first.
    side : {"from", "to"}
        Which column the selected tokens are in.
    selected_tokens : sequence of int
        From 0, counted in `units`.
    pair : sequence of int
        A source and a target, counted likewise: the overview maps their weight in every head.
    quantity : str, default "weight"
        What the trace's attention is.
    meaning : str
        What that means, where it is not weights; the caption says it.
    most : float, default 0
        Of a signed quantity, what its colours end at: blue to orange, zero is paper. `threshold` does not
        apply to it.
    statistic : str
        Which column of `statistics` the overview maps, where no pair is chosen.
    statistics : mapping, optional
        What an attention view has of a corpus.
    combine : {"mean", "sum"}
        How the attention of several selected tokens is joined.
    threshold : float
        Weights under it, 0 to 1, are hidden; the caption says how much that is.
    units : {"tokens", "words"}
    hide_special : bool
    segments : {"all", "a→a", "a→b", "b→a", "b→b"}
    attention_kind : {"encoder", "decoder", "cross"}
    theme : {"light", "dark"}
    title : str, optional
        What the caption begins with; by default the model's name.
    height : float, default 484
        Of the figure in a PNG at most, in CSS pixels; an SVG or PDF fills a page where it must.
    include_heads : sequence of int, optional
        From 0; the overview leaves out the others.
    maps : HeadMaps, optional
        Every head as the overview draws it, where they were pooled before.
    both : mapping of str to Trace, optional
        By their names the two that a difference is of: the matrix draws the same head of both beside it.
    off : sequence of (int, int)
        Layer and head of those that are switched off; the overview crosses them.
    switched : str
        Says so in the caption, and what it changed.

    Raises
    ------
    ValueError
        Where a value is not allowed, or the trace holds no attention.

    Examples
    --------
    >>> import numpy as np
    >>> trace = Trace.from_attention(np.full((2, 2, 3, 3), 1 / 3), ["[CLS]", "hi", "[SEP]"])
    >>> plate = AttentionPlate(trace, layer=1)
    >>> plate.png(width=480)[1:4]
    b'PNG'
    >>> plate.svg(width_cm=8)[:5]
    '<?xml'
    """

    def __init__(
        self,
        trace: Trace | Seq2SeqTrace,
        *,
        mode: Mode = "heads",
        layer: int | Literal["mean"] = 0,
        heads: Sequence[int] | Literal["mean"] | None = None,
        side: Literal["from", "to"] = "from",
        selected_tokens: Sequence[int] = (),
        pair: Sequence[int] = (),
        quantity: str = "weight",
        meaning: str = "",
        most: float = 0.0,
        statistic: str = "",
        statistics: Mapping[str, Any] | None = None,
        combine: Literal["mean", "sum"] = "mean",
        threshold: float = 0.0,
        units: Literal["tokens", "words"] = "tokens",
        hide_special: bool = False,
        segments: Segments = "all",
        attention_kind: Kind = "encoder",
        theme: Literal["light", "dark"] = "light",
        title: str | None = None,
        height: float = 484,
        include_heads: Sequence[int] | None = None,
        maps: HeadMaps | None = None,
        both: Mapping[str, Trace | Seq2SeqTrace] | None = None,
        off: Sequence[Sequence[int]] = (),
        switched: str = "",
    ) -> None:
        super().__init__(theme, height, least_height=_LEAST_HEIGHT)
        self._trace, self._given_maps, self._both = trace, maps, both or {}
        self._switched = switched
        self._meaning, self._statistic, self._statistics = meaning, statistic, statistics
        chosen = {
            "mode": mode,
            "side": side,
            "combine": combine,
            "units": units,
            "segments": segments,
            "attention_kind": attention_kind,
        }
        for name, value in chosen.items():
            if value not in _CHOICES[name]:
                raise ValueError(f"{name} must be one of {', '.join(_CHOICES[name])}, got {value!r}")
        n_heads = attention_of(trace, attention_kind).shape[1]
        self._mean = heads == "mean"
        shown: tuple[int, ...] = (0,)
        if not isinstance(heads, str):
            shown = tuple(range(n_heads) if heads is None else heads)
        elif not self._mean:
            raise ValueError(f'heads must be numbers or "mean", got {heads!r}')
        if not shown or not all(0 <= head < n_heads for head in shown):
            raise ValueError(f"heads must be some of 0..{n_heads - 1} for this trace, got {list(shown)}")
        layers = layers_of(trace, attention_kind)
        if layer != "mean" and layer not in layers:
            raise ValueError(f"layer must be one of {list(layers)} for this trace, got {layer!r}")
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold!r}")
        self._state = AttentionState(
            mode=mode,
            layer=layer,
            heads=shown,
            side=side,
            selected_tokens=tuple(selected_tokens),
            pair=tuple(pair),
            combine=combine,
            threshold=float(threshold),
            units=units,
            hide_special=bool(hide_special),
            segments=segments,
            attention_kind=attention_kind,
            include_heads=None if include_heads is None else tuple(include_heads),
            quantity=quantity,
            most=float(most),
            off=tuple((layer, head) for layer, head in off),
        )
        model = sides_of(trace, attention_kind)[0].model
        self._title = title if title is not None else (model.id or model.architecture or "attention")

    @cached_property
    def _layer(self) -> AttentionLayer:
        layer = attention_layer(self._trace, self._state)
        return layer.mean_over_heads() if self._mean else layer

    def _describe(self) -> tuple[str, str]:
        state = self._state
        about = f"{self._title}, {self._layer.where}" if state.mode != "overview" else self._title
        return f"Attention: {state.mode}", about

    def _draw(self, scene: Scene, room: float) -> bool:
        drawn = self._draw_mode(scene, room)
        bottom = drawn.bottom
        if drawn.legend:
            bottom = draw_legend(scene, bottom + 2, head_entries(scene, drawn.legend))
        scene.height = draw_caption(scene, bottom, [*self._caption(drawn)])
        return drawn.cut

    def _draw_mode(self, scene: Scene, room: float) -> Drawn:
        state = self._state
        if state.mode == "overview" and state.pair:
            return draw_head_map(scene, pair_numbers(self._trace, state), state, room)
        if state.mode == "overview" and self._statistics and self._statistic in self._statistics["columns"]:
            layers = layers_of(self._trace, state.attention_kind)
            numbers = corpus_numbers(self._statistics, self._statistic, layers)
            return draw_head_map(scene, numbers, state, room)
        if state.mode == "overview":
            maps = self._given_maps or head_maps(self._trace, state, most=state.most)
            return draw_overview(scene, maps, layers_of(self._trace, state.attention_kind), state, room)
        layer = self._layer
        if not layer.rows.size or not layer.columns.size:
            scene.text(0, 32, "Nothing is left to show: every token is filtered away.")
            return Drawn(48.0, [layer.where])
        if self._mean:
            # A mean has no head's hue.
            scene.colours = replace(scene.colours, heads=(scene.colours.ink,))
        if state.mode == "heads":
            return HeadsDrawing(scene, layer, state, room, self._special()).draw()
        if state.mode == "matrix":
            both = {name: attention_layer(one, state) for name, one in self._both.items()}
            if self._mean:
                both = {name: one.mean_over_heads() for name, one in both.items()}
            return draw_matrix(scene, layer, state, room, both)
        if self._mean:
            return Drawn(48.0, ["Queries and keys belong to one head: choose one"])
        return draw_neuron(scene, neuron_vectors(self._trace, state, state.heads[0]), state, room)

    def _special(self) -> tuple[tuple[str, ...], float]:
        """Return the names of the special tokens, and which share of the attention they take."""
        whole = self._layer
        if self._state.hide_special:
            whole = attention_layer(self._trace, replace(self._state, hide_special=False))
            whole = whole.mean_over_heads() if self._mean else whole
        special = whole.columns.special
        names = (label for label, on in zip(whole.columns.labels, special, strict=True) if on)
        share = float(whole.received[list(self._state.heads)].mean(axis=0)[special].sum())
        return tuple(dict.fromkeys(names)), share

    def _caption(self, drawn: Drawn) -> Iterable[Part]:
        state = self._state
        yield self._title
        if self._meaning:
            yield self._meaning
        if self._switched:
            yield self._switched
        if isinstance(self._trace, Seq2SeqTrace):
            yield f"{state.attention_kind} attention"
        yield from drawn.caption
        if state.signed:
            return
        if state.threshold > 0:
            if state.mode in ("heads", "matrix"):
                under = weight_text(state.threshold)
                yield f"weights under {under} hidden: {percent(drawn.hidden)} of attention"
        elif drawn.hidden >= _WORTH_SAYING:
            yield f"{percent(drawn.hidden)} of attention too small to draw"
