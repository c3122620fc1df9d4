"""Every attention head of a model on a text: heads, overview, matrix, neuron."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

import traitlets as t

from bertviz_plus.export.output import bundle
from bertviz_plus.measures.head_maps import HeadMaps
from bertviz_plus.plates.attention import AttentionPlate
from bertviz_plus.traces.attention_kinds import layers_of
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.attention_data import Embed, attention_data, detail_of, kinds_in, maps_in, title_of
from bertviz_plus.views.attention_state import Facts, checked, facts_of, heads_within, starts_of
from bertviz_plus.views.base import Checked, View


class AttentionView(View):
    """Every attention head of a trace, live in a notebook and alive after the kernel is gone.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
        With attention; with queries and keys too for the mode "neuron".
    embed : {"auto", "all"} or list of int, default "auto"
        Which layers travel whole. "auto" sends all of them within 2 MB, else an overview of every head and
        the layer in view; the kernel sends others when they are looked at. What must live without a kernel
        has to be embedded.
    include_heads : list of int, optional
        From 0. The overview leaves out the others, in every layer; all are there without it.
    **state
        Any of the attributes below.

    Attributes
    ----------
    mode : {"heads", "overview", "matrix", "neuron"}
        How to look.
    layer : int
        From 0.
    heads : list of int
        From 0; all of them at first. "matrix" shows their mean, "neuron" the first.
    side : {"from", "to"}
        Whose tokens are selected: those that attend, or those that are attended to.
    selected_tokens : list of int
        Tokens (or words, as `units` says) of `side`, from 0.
    combine : {"mean", "sum"}
        How several selected tokens are put together.
    threshold : float
        Weights under it are hidden; the view says how much that is.
    units : {"tokens", "words"}
        Words are merged by Clark's rule: sum over a target word's pieces, mean over a source word's.
    hide_special : bool
        Leave out ``[CLS]``, ``[SEP]`` and the like.
    segments : {"all", "a→a", "a→b", "b→a", "b→b"}
        For a pair of texts.
    attention_kind : {"encoder", "decoder", "cross"}
        What of an encoder–decoder model is shown.
    theme : {"auto", "light", "dark"}
        "auto" follows the notebook.
    height : int
        Of the figure, in pixels.

    Raises
    ------
    ValueError
        For a trace without attention, or a value that cannot be shown: it names what came and what is
        allowed, and the view stays as it was.
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
    STATE: ClassVar[tuple[str, ...]] = (
        "mode",
        "layer",
        "heads",
        "side",
        "selected_tokens",
        "combine",
        "threshold",
        "units",
        "hide_special",
        "segments",
        "attention_kind",
        "theme",
        "height",
    )
    FIRST: ClassVar[tuple[str, ...]] = ("attention_kind", "units", "side")

    # anywidget reads the files when the class is made.
    _esm = bundle("attention.js")
    _css = bundle("attention.css")

    mode = Checked("heads").tag(sync=True)
    layer = Checked(0).tag(sync=True)
    heads = Checked().tag(sync=True)
    side = Checked("from").tag(sync=True)
    selected_tokens = Checked().tag(sync=True)
    combine = Checked("mean").tag(sync=True)
    threshold = Checked(0.0).tag(sync=True)
    units = Checked("tokens").tag(sync=True)
    hide_special = Checked(default_value=False).tag(sync=True)
    segments = Checked("all").tag(sync=True)
    attention_kind = Checked("encoder").tag(sync=True)
    theme = Checked("auto").tag(sync=True)
    height = Checked(484).tag(sync=True)

    def __init__(
        self,
        trace: Trace | Seq2SeqTrace,
        *,
        embed: Embed = "auto",
        include_heads: Sequence[int] | None = None,
        **state: Any,
    ) -> None:
        if not isinstance(trace, Trace | Seq2SeqTrace):
            raise TypeError(
                f"trace must be a Trace or a Seq2SeqTrace, got {type(trace).__name__}; "
                "model.trace(text), Trace.from_outputs and Trace.from_attention make one"
            )
        self.refuse_unknown(state, ("embed", "include_heads"))
        self._trace = trace
        kinds = kinds_in(trace)
        kind = (
            state.get("attention_kind") if state.get("attention_kind") in kinds else next(iter(kinds), None)
        )
        embed = _checked_embed(embed, trace)
        data = attention_data(trace, embed=embed, kind=kind, layer=state.get("layer"))
        about = data["kinds"][kind]
        if include_heads is not None:
            data["include_heads"] = heads_within("include_heads", include_heads, about["heads"])
        self._starting = {
            "attention_kind": kind,
            "layer": about["layers"][0],
            "heads": list(range(about["heads"])),
        }
        super().__init__(data=data, **state)
        self._answer()

    @property
    def trace(self) -> Trace | Seq2SeqTrace:
        """What the view draws."""
        return self._trace

    @t.default("attention_kind")
    def _first_kind(self) -> Any:
        return self._starting["attention_kind"]

    @t.default("layer")
    def _first_layer(self) -> Any:
        return self._starting["layer"]

    @t.default("heads")
    def _all_heads(self) -> Any:
        return self._starting["heads"]

    @t.default("selected_tokens")
    def _no_tokens(self) -> list[int]:
        return []

    @classmethod
    def height_of(cls, state: Mapping[str, Any]) -> int:
        """Return the height of a view with these values; of the mode "heads" a short text is lower."""
        height, data = int(state["height"]), state["data"]
        if state["mode"] != "heads":
            return height + cls.AROUND
        about = data["kinds"][state["attention_kind"]]
        rows = max(len(data["texts"][about[end]]["tokens"]) for end in ("from", "to"))
        # As `js/views/attention/heads_layout.js` has it.
        row = min(max(height // max(rows, 1), 20), 24)
        return min(rows, height // row) * row + cls.AROUND

    def _checked(self, name: str, value: Any) -> Any:
        return checked(name, value, self._facts())

    def _facts(self) -> Facts:
        return facts_of(self.data, self.attention_kind, self.units, self.side)

    @t.observe("attention_kind")
    def _fit_to_kind(self, change: Any) -> None:
        """Another kind may have other layers, heads and tokens."""
        del change
        if not self._ready:
            return
        facts = self._facts()
        self.selected_tokens = []
        if self.layer not in facts.layers:
            self.layer = facts.layers[0]
        kept = [head for head in self.heads if head < facts.heads]
        self.heads = kept or list(range(facts.heads))
        if self.units == "words" and not facts.has_words:
            self.units = "tokens"
        if not facts.has_pair:
            self.segments = "all"

    @t.observe("units")
    def _carry_selection(self, change: Any) -> None:
        """Keep selected what is selected, in other units."""
        if not self._ready or not self.selected_tokens:
            return
        about = self.data["kinds"][self.attention_kind]
        starts = starts_of(self.data["texts"][about[self.side]])
        if change["new"] == "words":
            carried = [sum(start <= token for start in starts) - 1 for token in self.selected_tokens]
        else:
            carried = [starts[unit] for unit in self.selected_tokens]
        self.selected_tokens = carried

    @t.observe("side")
    def _fit_to_side(self, change: Any) -> None:
        """Drop what the other side of cross-attention does not have."""
        del change
        if self._ready:
            units = self._facts().units
            self.selected_tokens = [token for token in self.selected_tokens if token < units]

    @t.observe("layer", "attention_kind", "mode")
    def _answer(self, change: Any = None) -> None:
        """Send the layer in view where it did not go along."""
        del change
        if not self._ready:
            return
        kind, layer = self.attention_kind, self.layer
        if layer not in self.data["kinds"][kind]["layers"]:
            return
        neurons = (self.data["neuron"] or {}).get(kind)
        needs_neuron = self.mode == "neuron" and neurons is not None and str(layer) not in neurons["queries"]
        if str(layer) in self.data["kinds"][kind]["embedded"] and not needs_neuron:
            return
        here = self.detail
        if (here.get("kind"), here.get("layer")) == (kind, layer) and (here["queries"] or not needs_neuron):
            return
        self.detail = detail_of(self._trace, kind, layer, neuron=needs_neuron)

    def plate(self) -> AttentionPlate:
        """Return what is on screen as a figure for a paper, which needs no browser."""
        return AttentionPlate(
            self._trace,
            mode=self.mode,
            layer=self.layer,
            heads=tuple(self.heads),
            side=self.side,
            selected_tokens=tuple(self.selected_tokens),
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
        )

    def _maps(self) -> HeadMaps | None:
        """Return every head as it was pooled for the front end; none where the plate must pool anew."""
        filtered = self.units != "tokens" or self.hide_special or self.segments != "all"
        return (
            None
            if filtered or self.mode != "overview"
            else maps_in(self.data, self._trace, self.attention_kind)
        )

    def __repr__(self) -> str:
        about = self.data["kinds"][self.attention_kind]
        tokens = len(self.data["texts"][about["from"]]["tokens"])
        numbers = [str(head) for head in self.heads]
        heads = (
            f"all {len(numbers)} heads"
            if len(numbers) == about["heads"]
            else f"head {numbers[0]}"
            if len(numbers) == 1
            else f"heads {', '.join(numbers[:-1])} and {numbers[-1]}"
        )
        return (
            f"AttentionView of {title_of(self._trace)}: "
            f"{len(about['layers'])} layers × {about['heads']} heads, "
            f"{tokens} tokens; {self.mode}, layer {self.layer}, {heads}"
        )


def _checked_embed(embed: Any, trace: Trace | Seq2SeqTrace) -> Embed:
    if isinstance(embed, str) and embed in ("auto", "all"):
        return cast("Embed", embed)
    if isinstance(embed, str) or not isinstance(embed, Iterable):
        raise ValueError(f'embed must be "auto", "all" or a list of layer numbers, got {embed!r}')
    layers = sorted({layer for kind in kinds_in(trace) for layer in layers_of(trace, kind)})
    numbers = list(embed)
    for one in numbers:
        if one not in layers:
            raise ValueError(
                f'embed must be "auto", "all" or a list of layer numbers, of {", ".join(map(str, layers))}, '
                f"got {one!r}"
            )
    return [int(number) for number in numbers]
