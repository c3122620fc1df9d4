"""The attention view as a picture: the same state gives a PNG, an SVG and a PDF, with no browser."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal, get_args

from bertviz_plus.figures.figure import FALLBACK_BYTES, FALLBACK_COLOURS, FALLBACK_WIDTH, Figure
from bertviz_plus.figures.furniture import (
    READING,
    TOOLBAR_GAP,
    Drawn,
    Page,
    draw_caption,
    draw_toolbar,
)
from bertviz_plus.figures.heads import draw_heads
from bertviz_plus.figures.matrix import draw_matrix
from bertviz_plus.figures.neuron import draw_neuron
from bertviz_plus.figures.overview import draw_overview
from bertviz_plus.figures.palette import Palette, palette
from bertviz_plus.figures.png import encode_png
from bertviz_plus.figures.raster import rasterise
from bertviz_plus.figures.scene import Curves, Scene
from bertviz_plus.figures.sheet import (
    FigureState,
    Kind,
    Mode,
    Segments,
    Sheet,
    attention_of,
    build_neuron_sheet,
    build_sheet,
    kinds_of,
    layers_of,
    sides_of,
)
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

_LEAST_COLOURS = 4
_BAND = 64
# Fainter links would hardly show in few colours, and take most of the time and of the bytes; so do more.
_FAINTEST = 0.09
_MOST_LINKS = 100
_LEAST_HEIGHT = 100
_CHOICES = {
    "mode": get_args(Mode),
    "side": ("from", "to"),
    "combine": ("mean", "sum"),
    "units": ("tokens", "words"),
    "segments": get_args(Segments),
    "attention_kind": get_args(Kind),
}


class AttentionFigure(Figure):
    """A picture of what an attention view shows.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
        With attention; for the neuron mode also with queries and keys.
    mode : {"heads", "overview", "matrix", "neuron"}
    layer : int
        By the model's number.
    heads : sequence of int, optional
        From 0; all without it. The neuron mode draws the first.
    side : {"from", "to"}
        Which column the selected tokens are in.
    selected_tokens : sequence of int
        From 0, counted in `units`.
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
        Of what is seen of the figure, in CSS pixels; SVG and PDF show all of it.
    include_heads : sequence of int, optional
        From 0; the overview leaves out the others.

    Raises
    ------
    ValueError
        Where a value is not allowed, or the trace holds no attention.

    Examples
    --------
    >>> import numpy as np
    >>> trace = Trace.from_attention(np.full((2, 2, 3, 3), 1 / 3), ["[CLS]", "hi", "[SEP]"])
    >>> figure = AttentionFigure(trace, layer=1)
    >>> figure.png(width=480)[1:4]
    b'PNG'
    >>> figure.svg(width_cm=8)[:5]
    '<?xml'
    """

    def __init__(
        self,
        trace: Trace | Seq2SeqTrace,
        *,
        mode: Mode = "heads",
        layer: int = 0,
        heads: Sequence[int] | None = None,
        side: Literal["from", "to"] = "from",
        selected_tokens: Sequence[int] = (),
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
    ) -> None:
        super().__init__(theme, height, least_height=_LEAST_HEIGHT)
        self._trace = trace
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
        shown = tuple(range(n_heads) if heads is None else heads)
        if not shown or not all(0 <= head < n_heads for head in shown):
            raise ValueError(f"heads must be some of 0..{n_heads - 1} for this trace, got {list(shown)}")
        layers = layers_of(trace, attention_kind)
        if layer not in layers:
            raise ValueError(f"layer must be one of {list(layers)} for this trace, got {layer!r}")
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold!r}")
        self._state = FigureState(
            mode=mode,
            layer=layer,
            heads=shown,
            side=side,
            selected_tokens=tuple(selected_tokens),
            combine=combine,
            threshold=float(threshold),
            units=units,
            hide_special=bool(hide_special),
            segments=segments,
            attention_kind=attention_kind,
            include_heads=None if include_heads is None else tuple(include_heads),
        )
        model = sides_of(trace, attention_kind)[0].model
        self._title = title if title is not None else (model.id or model.architecture or "attention")

    def fallback(self) -> bytes:
        """Draw what a host without widgets shows: 960 pixels wide, few colours, at most 60 kB.

        Returns
        -------
        bytes
            A PNG of at most 48 colours; fewer where it would be larger. The faintest links are left out.
        """
        scene = self._at_rest(FALLBACK_WIDTH, 1.0, few_colours=True)
        pixels = rasterise(scene, faintest=_faintest(scene))
        # A band out of the middle, where most of the ink is, tells roughly how well the rest packs.
        band = pixels[len(pixels) // 3 :][:_BAND]
        expected = len(encode_png(band, FALLBACK_COLOURS, level=4)) * len(pixels) / len(band)
        colours = (
            _affordable(FALLBACK_COLOURS, expected) if expected > 1.3 * FALLBACK_BYTES else FALLBACK_COLOURS
        )
        picture = encode_png(pixels, colours, level=4)
        while len(picture) > FALLBACK_BYTES and colours > _LEAST_COLOURS:
            colours = max(_LEAST_COLOURS, min(colours // 2, _affordable(colours, len(picture))))
            picture = encode_png(pixels, colours, level=4)
        return picture

    @cached_property
    def _sheet(self) -> Sheet:
        return build_sheet(self._trace, self._state)

    def _at_rest(self, width: float, scale: float = 1.0, *, few_colours: bool = False) -> Scene:
        state, trace = self._state, self._trace
        scene = self._scene(width, palette(self._theme))
        layers = layers_of(trace, state.attention_kind)
        n_heads = attention_of(trace, state.attention_kind).shape[1]
        kinds = kinds_of(trace) if isinstance(trace, Seq2SeqTrace) else ()
        pair = isinstance(trace, Trace) and len(set(trace.segment_ids)) > 1
        top = draw_toolbar(scene, state, layers, n_heads, kinds, pair=pair) + TOOLBAR_GAP
        if state.mode != "heads":
            top += READING
        page = self._page(self._height, scale=scale, few_colours=few_colours)
        drawn = self._draw(scene, page, top)
        scene.height = draw_caption(scene, drawn.bottom, page, state, drawn)
        return scene

    def _on_paper(self, scene: Scene) -> None:
        page = self._page(None)
        drawn = self._draw(scene, page, 0.0)
        scene.height = draw_caption(scene, drawn.bottom, page, self._state, drawn) + 2

    def _page(self, height: float | None, *, scale: float = 1.0, few_colours: bool = False) -> Page:
        state = self._state
        names: tuple[str, ...] = ()
        share = 0.0
        if state.hide_special and state.mode == "heads":
            whole = build_sheet(self._trace, replace(state, hide_special=False))
            special = whole.columns.special
            names = tuple(
                dict.fromkeys(label for label, on in zip(whole.columns.labels, special, strict=True) if on)
            )
            share = float(whole.received[list(state.heads)].mean(axis=0)[special].sum())
        return Page(
            self._title, height, scale, few_colours, isinstance(self._trace, Seq2SeqTrace), names, share
        )

    def _scene(self, width: float, colours: Palette) -> Scene:
        state = self._state
        about = f"{self._title}, layer {state.layer}" if state.mode != "overview" else self._title
        return Scene(width, 1, colours, title=f"Attention: {state.mode}", description=about)

    def _draw(self, scene: Scene, page: Page, top: float) -> Drawn:
        state = self._state
        if state.mode == "overview":
            return draw_overview(scene, self._trace, state, page, top)
        sheet = self._sheet
        if not sheet.rows.size or not sheet.columns.size:
            scene.text(0, top + 52, "Nothing is left to show: every token is filtered away.")
            return Drawn(top + 84, [page.title, f"layer {sheet.layer}"])
        if state.mode == "heads":
            return draw_heads(scene, sheet, state, page, top)
        if state.mode == "matrix":
            return draw_matrix(scene, sheet, state, page, top)
        return draw_neuron(scene, build_neuron_sheet(self._trace, state), state, page, top)


def _faintest(scene: Scene) -> float:
    """Return how opaque a link must be to be drawn in few bytes."""
    count = 0
    opaque_first = sorted(
        (mark for mark in scene.marks if isinstance(mark, Curves)), key=lambda mark: -mark.alpha
    )
    for curves in opaque_first:
        if count and count + len(curves.y0) > _MOST_LINKS:
            return max(_FAINTEST, curves.alpha + 1e-6)
        count += len(curves.y0)
    return _FAINTEST


def _affordable(colours: int, size: float) -> int:
    """Return how many colours a picture of `size` bytes may keep to be small enough."""
    if size <= FALLBACK_BYTES:
        return colours
    # A file shrinks about as the logarithm of the number of colours.
    return max(_LEAST_COLOURS, min(colours, int(colours ** (0.7 * FALLBACK_BYTES / size))))
