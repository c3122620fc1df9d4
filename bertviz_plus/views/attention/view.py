"""Every attention head of a model on a text: heads, overview, matrix, neuron."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import traitlets as t

from bertviz_plus.measures.ablation.head_switches import HeadSwitches
from bertviz_plus.measures.heads.accumulator import HeadStatistics
from bertviz_plus.measures.heads.attention_gradient import AttentionGradient
from bertviz_plus.measures.heads.maps import HeadMaps
from bertviz_plus.measures.heads.pair_weights import pair_of_units
from bertviz_plus.plates.attention import AttentionPlate
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.attention_kinds import layers_of
from bertviz_plus.traces.attention_layer import LayerChoice
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.attention.data import attention_data, detail_of, kinds_in, maps_in
from bertviz_plus.views.attention.pair import pair_detail
from bertviz_plus.views.attention.quantities import quantities_of
from bertviz_plus.views.attention.relations import relations_data
from bertviz_plus.views.attention.statistics import statistics_data
from bertviz_plus.views.attention.switches import (
    Switched,
    check_switches,
    names_of,
    packed_now,
    switched,
    switched_text,
    switches_data,
)
from bertviz_plus.views.attention.traits import TRAITS, Limits, about_of, limits_of, starts_of
from bertviz_plus.views.base import View
from bertviz_plus.views.embedding import BUDGET, Embed, checked_embed
from bertviz_plus.views.later import Later
from bertviz_plus.views.traits import Traits, whole_numbers

# Three lines under the figure, and the gap above them.
_SWITCHES = 68


class AttentionView(View):
    """Every attention head of a trace, live in a notebook and alive after the kernel is gone.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
        With attention; with queries and keys too for the mode "neuron".
    embed : {"auto", "all"} or list of int, default "auto"
        Which layers are embedded in full. "auto" embeds all of them within 2 MB, else an overview of every
        head and the layer in view; the kernel sends others when they are looked at. What must live without
        a kernel has to be embedded.
    include_heads : list of int, optional
        From 0. The overview leaves out the others, in every layer; all are there without it.
    statistics : HeadStatistics, optional
        Of the same model, from `head_statistics`: colours the overview by class or by any of its numbers, and
        gives each head a dossier.
    relations : (DataFrame, DataFrame), optional
        What `relation_scores` and `relation_heads` give: colours the overview by the relation that each head
        follows best, and names it in the dossier, beside the best fixed offset.
    gradient : AttentionGradient, optional
        Of the same text, from `attention_gradient`: one more `quantity`.
    other : Trace, optional
        Of another model on the same text, with as many layers and heads: its weights are one more `quantity`,
        and how much more they are another. `Differences.view` has both.
    switches : HeadSwitches, optional
        Of the same text, as `AttentionView.of` makes them: heads can be switched `off`.
    **state
        Any of the attributes below.

    Attributes
    ----------
    {traits}

    Raises
    ------
    ValueError
        For a trace without attention.
        {refused}
    TypeError
        For an unknown keyword.

    Examples
    --------
    >>> import numpy as np
    >>> trace = Trace.from_attention(np.full((6, 12, 3, 3), 1 / 3), ["[CLS]", "hi", "[SEP]"])
    >>> view = AttentionView(trace, layer=3)
    >>> view.heads = [0, 5]
    >>> view
    AttentionView of attention: 6 layers × 12 heads, 3 tokens; heads, layer 3, heads 0 and 5
    """

    BUNDLE: ClassVar[str] = "attention"
    AROUND: ClassVar[int] = 81
    TRAITS: ClassVar[Traits] = TRAITS

    def __init__(
        self,
        trace: Trace | Seq2SeqTrace,
        *,
        embed: Embed = "auto",
        include_heads: Sequence[int] | None = None,
        statistics: HeadStatistics | None = None,
        relations: Any = None,
        gradient: AttentionGradient | None = None,
        other: Trace | None = None,
        switches: HeadSwitches | None = None,
        **state: Any,
    ) -> None:
        if not isinstance(trace, Trace | Seq2SeqTrace):
            raise TypeError(
                f"trace must be a Trace or a Seq2SeqTrace, got {type(trace).__name__}; "
                "model.trace(text), Trace.from_outputs and Trace.from_attention make one"
            )
        self.refuse_unknown(state)
        check_switches(switches, gradient=gradient, other=other)
        self._trace, self._gradient, self._other, self._switches = trace, gradient, other, switches
        self._later, self._from_page = Later(), False
        kinds = kinds_in(trace)
        kind: Any = (
            state.get("attention_kind") if state.get("attention_kind") in kinds else next(iter(kinds), None)
        )
        layers = sorted({layer for one in kinds for layer in layers_of(trace, one)})
        self._embed = checked_embed(embed, layers, "layers")
        asked = state.get("quantity", "weight") in ("norm", "rollout")
        data = self._attention(kind, state.get("layer"), asked=asked)
        if include_heads is not None:
            n_heads = data["kinds"][kind]["heads"]
            data["include_heads"] = whole_numbers(
                "include_heads", include_heads, n_heads, "this trace", least=1
            )
        if statistics is not None:
            data["statistics"] = statistics_data(statistics, trace)
        if relations is not None:
            found = relations_data(relations, trace)
            none: dict[str, Any] = {"corpus": "", "columns": {}, "nearest": None, "contexts": []}
            packed = data.setdefault("statistics", none)
            packed["columns"]["relation"] = found["column"]
            packed["relations"] = found["of_heads"]
        if switches is not None:
            data["switches"] = switches_data(switches)
        super().__init__(data=data, limits=limits_of(data, kind), **state)
        self._answer()

    @classmethod
    def of(
        cls, model: Any, text: str, pair: str | None = None, *, switches: bool = False, **state: Any
    ) -> "AttentionView":
        """Trace a text and look at its attention.

        Parameters
        ----------
        model : Model
        text, pair : str
            As in `Model.trace`.
        switches : bool, default False
            Whether heads can be switched off. The model is asked at once what it answers without each head
            alone, so that these answers are there without a kernel too.
        **state
            What else the view takes.

        Raises
        ------
        ValueError
            Where heads of the model cannot be switched off.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> view = AttentionView.of(bp.load("bert-tiny"), "A robin is a [MASK].", switches=True)
        >>> view.off = [[0, 1]]
        >>> float(view.trace.attention[0, 1].sum())
        0.0
        """
        own = HeadSwitches(model, text, pair) if switches else None
        return cls(model._trace_to_view(text, pair), switches=own, **state)

    def _attention(self, kind: Any, layer: Any, *, asked: bool) -> dict[str, Any]:
        """Pack the trace, and what is drawn in place of its weights."""
        data = attention_data(self._trace, embed=self._embed, kind=kind, layer=layer)
        self._quantities = quantities_of(self._trace, asked=asked, gradient=self._gradient, other=self._other)
        packed = {
            name: attention_data(
                one.trace, embed=self._embed, kind=kind, layer=layer, budget=BUDGET // 4, most=one.most
            )["kinds"]
            for name, one in self._quantities.items()
        }
        if packed:
            data["quantities"] = {
                name: {
                    "kinds": one,
                    "words": self._quantities[name].words,
                    "names": self._quantities[name].names,
                }
                for name, one in packed.items()
            }
        return data

    @property
    def trace(self) -> Trace | Seq2SeqTrace:
        """What the view draws."""
        return self._trace

    @classmethod
    def height_of(cls, state: Mapping[str, Any]) -> int:
        """Return the height of a view with these values; of the mode "heads" a short text is lower."""
        height, data = int(state["height"]), state["data"]
        around = cls.AROUND + _SWITCHES * ("switches" in data)
        if state["mode"] != "heads":
            return height + around
        about = data["kinds"][state["attention_kind"]]
        rows = max(len(data["texts"][about[end]]["tokens"]) for end in ("from", "to"))
        # As `js/views/attention/heads_layout.js` has it.
        row = min(max(height // max(rows, 1), 20), 24)
        return min(rows, height // row) * row + around

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the front end says; heads switched off by hand are worked out beside the kernel."""
        self._from_page = True
        try:
            super().set_state(sync_data)
        finally:
            self._from_page = False

    @t.observe("off")
    def _switch(self, change: Any) -> None:
        if not self._ready or self._switches is None:
            return
        ask = partial(switched, self._switches, change["new"])
        if self._from_page:
            self._later.do([ask], self._follow)
        else:
            self._later.stop()
            self._follow(ask())

    def _follow(self, now: Switched) -> None:
        """Draw attention as it is without some heads."""
        self._trace = now.trace
        fresh = self._attention(self.attention_kind, self.layer, asked="rollout" in self._quantities)
        self.detail = {}
        self.data = {**self.data, **fresh, "switches": {**self.data["switches"], **packed_now(now)}}
        self._answer()

    def _limits(self) -> Limits:
        return limits_of(self.data, self.attention_kind, self.units, self.side, self.quantity)

    @t.observe("attention_kind")
    def _fit_to_kind(self, change: Any) -> None:
        """Another kind may have other layers, heads and tokens."""
        del change
        if not self._ready:
            return
        limits = self._limits()
        self.set_trait("selected_tokens", [])
        self.set_trait("pair", [])
        if self.layer not in (*limits.layers, "mean"):
            self.set_trait("layer", limits.layers[0])
        kept = [head for head in self.heads if head < limits.heads] if self.heads != "mean" else []
        self.set_trait("heads", kept or list(range(limits.heads)))
        if self.units not in limits.units:
            self.set_trait("units", "tokens")
        if self.segments not in limits.segments:
            self.set_trait("segments", "all")

    @t.observe("quantity")
    def _fit_to_quantity(self, change: Any) -> None:
        """Rollout has one head."""
        if not self._ready or self.heads == "mean":
            return
        n_heads = self._limits().heads
        if max(self.heads) >= n_heads or change["old"] == "rollout":
            self.set_trait("heads", list(range(n_heads)))

    @t.observe("units")
    def _carry_selection(self, change: Any) -> None:
        """Keep selected what is selected, in other units."""
        if not self._ready:
            return
        about = self.data["kinds"][self.attention_kind]

        def carried(end: str, unit: int) -> int:
            starts = starts_of(self.data["texts"][about[end]])
            return sum(start <= unit for start in starts) - 1 if change["new"] == "words" else starts[unit]

        pair = [carried(end, unit) for end, unit in zip(("from", "to"), self.pair, strict=False)]
        self.set_trait("selected_tokens", [carried(self.side, unit) for unit in self.selected_tokens])
        self.set_trait("pair", pair)

    @t.observe("side")
    def _fit_to_side(self, change: Any) -> None:
        """Drop tokens that the other side of cross-attention does not have."""
        del change
        if self._ready:
            units = self._limits().tokens
            self.set_trait("selected_tokens", [token for token in self.selected_tokens if token < units])

    @t.observe("layer", "attention_kind", "mode", "pair", "units", "quantity")
    def _answer(self, change: Any = None) -> None:
        """Send what is in view and not embedded: a layer, or one pair of tokens in every layer."""
        del change
        if not self._ready:
            return
        kind, layer = self.attention_kind, self.layer
        quantity = self.quantity if self.mode != "neuron" else "weight"
        about, trace = about_of(self.data, kind, quantity), self._trace_of(quantity)
        if layer not in (*about["layers"], "mean"):
            return
        if self.mode == "overview" and self.pair and len(about["embedded"]) < len(about["layers"]):
            choice = LayerChoice(attention_kind=kind, units=self.units)
            self.detail = pair_detail(trace, choice, self.pair, quantity)
            return
        neurons = (self.data["neuron"] or {}).get(kind)
        needs_neuron = (
            self.mode == "neuron"
            and neurons is not None
            and layer != "mean"
            and str(layer) not in neurons["queries"]
        )
        # Of a difference both heads are shown too.
        both = ("weight", "other") if quantity == "difference" else ()
        embedded = all(
            len(one["embedded"]) == len(one["layers"]) if layer == "mean" else str(layer) in one["embedded"]
            for one in (about_of(self.data, kind, name) for name in (quantity, *both))
        )
        if embedded and not needs_neuron:
            return
        here = self.detail
        same = (here.get("kind"), here.get("layer"), here.get("quantity")) == (kind, layer, quantity)
        if same and (here["queries"] or not needs_neuron):
            return
        most = about.get("most", 0.0)
        found = detail_of(trace, kind, layer, neuron=needs_neuron, quantity=quantity, most=most)
        heads = {
            name: detail_of(self._trace_of(name), kind, layer, neuron=False)["attention"] for name in both
        }
        self.detail = found | ({"both": heads} if heads else {})

    def _trace_of(self, quantity: str) -> Trace | Seq2SeqTrace:
        return self._quantities[quantity].trace if quantity in self._quantities else self._trace

    def plate(self) -> AttentionPlate:
        """Return what is on screen as a figure for a paper, which needs no browser."""
        shown = self._quantities.get(self.quantity) if self.mode != "neuron" else None
        switches = self.data.get("switches")
        return AttentionPlate(
            shown.trace if shown else self._trace,
            # Another model's attention is attention.
            quantity=self.quantity if shown and self.quantity != "other" else "weight",
            meaning=shown.words if shown else "",
            most=shown.most if shown else 0.0,
            mode=self.mode,
            layer=self.layer,
            heads=self.heads,
            side=self.side,
            selected_tokens=tuple(self.selected_tokens),
            pair=tuple(self.pair),
            statistic=self.statistic,
            statistics=self.data.get("statistics"),
            combine=self.combine,
            threshold=self.threshold,
            units=self.units,
            hide_special=self.hide_special,
            segments=self.segments,
            attention_kind=self.attention_kind,
            theme="dark" if self.theme == "dark" else "light",
            title=self.data["title"],
            height=self.height,
            include_heads=self.data.get("include_heads"),
            maps=self._maps(),
            both=(
                dict(zip(shown.names, (self._trace, self._trace_of("other")), strict=True))
                if shown and shown.names
                else {}
            ),
            off=switches["off"] if switches else (),
            switched=switched_text(switches) if switches else "",
        )

    def _maps(self) -> HeadMaps | None:
        """Return every head as it was pooled for the front end; none where the plate must pool anew."""
        trace = self._trace_of(self.quantity)
        filtered = self.units != "tokens" or self.hide_special or self.segments != "all"
        return (
            None
            if filtered or self.mode != "overview"
            else maps_in(about_of(self.data, self.attention_kind, self.quantity), trace, self.attention_kind)
        )

    def __repr__(self) -> str:
        about = about_of(self.data, self.attention_kind, self.quantity)
        tokens = len(self.data["texts"][about["from"]]["tokens"])
        numbers = [str(head) for head in self.heads] if self.heads != "mean" else []
        heads = (
            f"mean of {about['heads']} heads"
            if not numbers
            else f"all {len(numbers)} heads"
            if len(numbers) == about["heads"] > 1
            else f"head {numbers[0]}"
            if len(numbers) == 1
            else f"heads {', '.join(numbers[:-1])} and {numbers[-1]}"
        )
        where = f"mean of {len(about['layers'])} layers" if self.layer == "mean" else f"layer {self.layer}"
        shown = self._overview_words() if self.mode == "overview" else f"{where}, {heads}"
        if self.off:
            shown += f", {names_of(self.off)} off"
        if self.quantity != "weight" and self.mode != "neuron":
            shown += f", {self.quantity}"
        return (
            f"AttentionView of {self.data['title']}: "
            f"{len(about['layers'])} layers × {counted(about['heads'], 'head')}, "
            f"{tokens} tokens; {self.mode}, {shown}"
        )

    def _overview_words(self) -> str:
        """Say what of each head the overview shows: a pair comes before a statistic, as on the screen."""
        if self.pair:
            choice = LayerChoice(attention_kind=self.attention_kind, units=self.units)
            source, target = pair_of_units(self._trace, choice, self.pair)[1]
            return f"{source} → {target} in every head"
        if self.statistic:
            return f"{self.data['statistics']['columns'][self.statistic]['title']} of every head"
        return "every head"
