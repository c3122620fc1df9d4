"""What stands around a figure: the toolbar as in the live view, the caption, the legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from bertviz_plus.figures.fonts import shorten, text_width
from bertviz_plus.figures.palette import Colour, mix
from bertviz_plus.figures.scene import Picture, Scene
from bertviz_plus.figures.sheet import FigureState, Kind, Segments
from bertviz_plus.figures.wording import hidden_text, percent, weight_text

TEXT = 13.0
SMALL = 12.0
AXIS = 11.0
TOOLBAR_HEIGHT = 30.0
TOOLBAR_GAP = 8.0
READING = 18.0
_LINE = 32.0
_BAR_GAP = 20.0
_BUTTON = 19.0
_SLIDER = 220.0
_CAPTION_LINE = 17.0
_MODES = ("heads", "overview", "matrix", "neuron")
_TICKS = (0.0, 0.05, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Page:
    """What a figure is drawn for.

    Attributes
    ----------
    title : str
        The model's name.
    height : float or None
        Of the figure in CSS pixels; `None` where everything is to be shown, as in a paper.
    scale : float
        Device pixels per CSS pixel.
    few_colours : bool
        Whether the file must stay small.
    several_kinds : bool
        Whether the caption must say which attention this is.
    special_names : tuple of str
    special_share : float
        Who the special tokens are, where they are hidden, and how much they take.
    """

    title: str
    height: float | None = 484.0
    scale: float = 1.0
    few_colours: bool = False
    several_kinds: bool = False
    special_names: tuple[str, ...] = ()
    special_share: float = 0.0

    @property
    def on_paper(self) -> bool:
        """Whether the figure stands by itself, with no toolbar and nothing to scroll."""
        return self.height is None


@dataclass(frozen=True)
class Drawn:
    """What a mode has drawn: how far down, and what the caption says.

    `hidden` is the share under the threshold, `None` where the threshold has no effect.
    """

    bottom: float
    caption: list[str]
    hidden: float | None = None
    legend: tuple[int, ...] = ()


def draw_toolbar(
    scene: Scene,
    state: FigureState,
    layers: Sequence[int],
    n_heads: int,
    kinds: Sequence[Kind],
    *,
    pair: bool = False,
) -> float:
    """Draw the line of choices, and return how high it is; `pair`: there are two texts to choose from."""
    # One line is centred in a bar that is a little higher; several are not.
    trial = _Bar(Scene(scene.width, 1, scene.colours), 0.0)
    _fill_bar(trial, state, layers, n_heads, kinds, pair)
    if trial.y == 0:
        _fill_bar(_Bar(scene, 0.0), state, layers, n_heads, kinds, pair)
        return TOOLBAR_HEIGHT
    _fill_bar(_Bar(scene, -1.0), state, layers, n_heads, kinds, pair)
    return trial.y + TOOLBAR_HEIGHT - 2


def _fill_bar(
    bar: "_Bar", state: FigureState, layers: Sequence[int], n_heads: int, kinds: Sequence[Kind], pair: bool
) -> None:
    scene, colours = bar.scene, bar.scene.colours
    tabs = [mode.capitalize() for mode in _MODES]
    widths = [text_width(tab, TEXT, bold=mode == state.mode) for tab, mode in zip(tabs, _MODES, strict=True)]
    bar.start(sum(widths) + 14 * (len(tabs) - 1))
    for tab, mode, width in zip(tabs, _MODES, widths, strict=True):
        on = mode == state.mode
        bar.text(tab, on=on, bold=on)
        if on:
            scene.rect(bar.x, bar.y + bar.shift + 27, width, 2, colours.ink)
        bar.x += width + 14
    bar.x -= 14
    if len(kinds) > 1:
        bar.pick("Attention", [(kind, kind == state.attention_kind, None) for kind in kinds], pad=12)
    if state.mode != "overview":
        bar.pick("Layer", [(str(layer), layer == state.layer, None) for layer in layers])
        shown = state.heads[:1] if state.mode == "neuron" else state.heads
        bar.pick("Heads", [(str(head), head in shown, colours.head(head)) for head in range(n_heads)])
        if pair:
            picks = [
                (name.upper().replace("ALL", "all"), name == state.segments, None)
                for name in get_args(Segments)
            ]
            bar.pick("Sentences", picks, pad=12)
    ends = ("View", "Save", "?")
    width = sum(text_width(end, TEXT) for end in ends) + 28
    bar.start(width)
    bar.x = scene.width - width
    for end in ends:
        bar.text(end, on=False)
        bar.x += text_width(end, TEXT) + 14


class _Bar:
    """A line that goes on below where it is full; all of it is drawn `shift` lower."""

    def __init__(self, scene: Scene, shift: float) -> None:
        self.scene = scene
        self.shift = shift
        self.x = -_BAR_GAP
        self.y = 0.0

    def start(self, width: float) -> None:
        """Make room for a group."""
        self.x += _BAR_GAP
        if self.x > 0 and self.x + width > self.scene.width:
            self.x, self.y = 0.0, self.y + _LINE

    def text(self, text: str, *, on: bool, bold: bool = False, width: float | None = None) -> None:
        """Write a label, or a choice in the middle of its button."""
        colour = self.scene.colours.ink if on else self.scene.colours.soft
        y = self.y + self.shift + 17.5
        if width is None:
            self.scene.text(self.x, y, text, colour=colour, bold=bold)
        else:
            self.scene.text(self.x + width / 2, y, text, colour=colour, bold=bold, anchor="middle")

    def pick(self, label: str, choices: Sequence[tuple[str, bool, Colour | None]], *, pad: float = 4) -> None:
        """Write a label and what there is to choose; heads stand over a bar of their colour."""
        colours = self.scene.colours
        named = text_width(label, TEXT) + 6
        widths = [
            max(_BUTTON, text_width(text, TEXT, bold=on and colour is None) + pad)
            for text, on, colour in choices
        ]
        self.start(min(named + sum(widths), self.scene.width))
        self.text(label, on=False)
        self.x += named
        for (text, on, colour), width in zip(choices, widths, strict=True):
            if self.x + width > self.scene.width:
                self.x, self.y = 0.0, self.y + _LINE - 4
            self.text(text, on=on, bold=on and colour is None, width=width)
            y = self.y + self.shift
            if colour is None and on:
                self.scene.rect(self.x + 3, y + 26, width - 6, 2, colours.ink)
            elif colour is not None and on:
                self.scene.rect(self.x + 2, y + 24, width - 4, 4, colour)
            elif colour is not None:
                self.scene.frame(self.x + 2, y + 24, width - 4, 4, mix(colours.paper, colour, 0.55))
            self.x += width


def draw_caption(scene: Scene, top: float, page: Page, state: FigureState, drawn: Drawn) -> float:
    """Write what makes the picture self-sufficient, and return where it ends."""
    colours = scene.colours
    slider = 0.0
    if drawn.hidden is not None and not page.on_paper:
        slider = _SLIDER if scene.width >= 560 else 0.0
    parts = [part for part in drawn.caption if part]
    if drawn.hidden is not None and page.on_paper and state.threshold > 0:
        parts.append(
            f"weights under {weight_text(state.threshold)} hidden: {percent(drawn.hidden)} of attention"
        )
    room = scene.width - slider - (18 if slider else 0)
    x, y = 0.0, top + 8
    for part in _broken(parts, scene.width if page.on_paper else room):
        width = text_width(part, SMALL)
        if x and x + width > room:
            x, y = 0.0, y + _CAPTION_LINE
        scene.text(x, y + 12.5, part, size=SMALL, colour=colours.soft)
        x += width + 14
    if drawn.hidden is not None and not page.on_paper:
        line = top + 8 if slider else y + _CAPTION_LINE + 2
        _draw_slider(scene, line, state.threshold, drawn.hidden)
        y = max(y, line)
    y += _CAPTION_LINE
    if drawn.legend:
        y = draw_head_legend(scene, y + 6, drawn.legend)
    return y


def _broken(parts: Sequence[str], room: float) -> list[str]:
    """Break a part that is wider than the room, at its spaces."""
    lines: list[str] = []
    for part in parts:
        line = ""
        for word in part.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, SMALL) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(shorten(line, room, SMALL))
    return lines


def _draw_slider(scene: Scene, y: float, threshold: float, hidden: float) -> None:
    colours = scene.colours
    start, length = scene.width - 220, 72.0
    scene.rect(start, y + 6, length, 6, mix(colours.paper, colours.soft, 0.35))
    scene.rect(start + 1, y + 7, length - 2, 4, colours.wash)
    place = start + 7 + (length - 14) * min(1.0, (threshold * 2) ** 0.5)
    if threshold > 0:
        scene.rect(start, y + 6, place - start, 6, colours.ink)
    scene.dot(place, y + 9, 7.5, colours.ink)
    scene.text(start + length + 8, y + 12.5, hidden_text(threshold, hidden), size=SMALL, colour=colours.soft)


def draw_head_legend(scene: Scene, top: float, heads: Sequence[int]) -> float:
    """Say which colour, or which dash, is which head, and return where that ends."""
    colours = scene.colours
    x, y = 0.0, top
    scene.text(x, y + 12.5, "heads", size=SMALL, colour=colours.soft)
    x += text_width("heads", SMALL) + 10
    for head in heads:
        number = str(head)
        width = 22 + text_width(number, SMALL) + 12
        if x + width > scene.width:
            x, y = 0.0, y + _CAPTION_LINE
        scene.line(x, y + 8.5, x + 18, y + 8.5, colours.head(head), 3.0, colours.dash(head))
        scene.text(x + 22, y + 12.5, number, size=SMALL, colour=colours.ink)
        x += width
    return y + _CAPTION_LINE


def draw_weight_scale(scene: Scene, x: float, y: float, *, upright: bool = False) -> None:
    """Draw the key to the colours of weights: 150 by 9 pixels and its ticks."""
    colours, length, breadth = scene.colours, 150.0, 9.0
    codes = np.rint(254 * np.linspace(0, 1, 75) ** 2).astype(np.uint8)
    if upright:
        scene.add(Picture(x, y, breadth, length, codes[::-1, np.newaxis], colours.ramp))
        scene.frame(x, y, breadth, length, colours.hair)
    else:
        scene.add(Picture(x, y, length, breadth, codes[np.newaxis], colours.ramp))
        scene.frame(x, y, length, breadth, colours.hair)
    for tick in _TICKS:
        at = tick**0.5 * length
        text = f"{tick:g}".removeprefix("0") or "0"
        if upright:
            scene.text(x + breadth + 4, y + length - at + 4, text, size=AXIS, colour=colours.soft)
        else:
            scene.text(x + at, y + breadth + 12.5, text, size=AXIS, colour=colours.soft, anchor="middle")
    if upright:
        scene.text(x, y + length + 14.5, "weight", size=AXIS, colour=colours.soft)
    else:
        scene.text(x, y + breadth + 27, "weight", size=AXIS, colour=colours.soft)


def bar_colour(scene: Scene, value: float) -> Colour:
    """Return the colour of a bar; the palest would not be seen on paper."""
    r, g, b = scene.colours.ramp[max(40, min(254, round(value * 254)))].tolist()
    return r, g, b


def draw_bars(
    scene: Scene,
    x: float,
    y: float,
    bars: Sequence[tuple[str, float, str]],
    *,
    name_width: float,
    length: float,
    pitch: float = 19.0,
    rest: bool = False,
) -> float:
    """Draw names, bars and numbers, and return where they end; `rest` marks the last as all others."""
    colours = scene.colours
    for number, (name, value, text) in enumerate(bars):
        is_rest = rest and number == len(bars) - 1
        middle = y + pitch / 2
        shade = colours.soft if is_rest else colours.ink
        label = shorten(name, name_width - 10, SMALL)
        scene.text(x + name_width - 8, middle + 4, label, size=SMALL, colour=shade, anchor="end")
        width = max(1.0, value * length)
        colour = colours.hair if is_rest else bar_colour(scene, value)
        scene.rect(x + name_width, middle - 5.5, width, 11, colour)
        scene.text(x + name_width + width + 6, middle + 4, text, size=SMALL, colour=colours.soft)
        y += pitch
    return y
