"""What stands around a figure: the toolbar as in the live view, the caption, the legend."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bertviz_plus.figures.fonts import shorten, text_width
from bertviz_plus.figures.palette import Colour, mix
from bertviz_plus.figures.scene import Picture, Scene
from bertviz_plus.figures.sheet import FigureState, Kind
from bertviz_plus.figures.wording import percent, weight_text

TEXT = 13.0
SMALL = 12.0
AXIS = 11.0
TOOLBAR_HEIGHT = 30.0
TOOLBAR_GAP = 10.0
_LINE = 34.0
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
    """

    title: str
    height: float | None = 484.0
    scale: float = 1.0

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
    scene: Scene, state: FigureState, layers: Sequence[int], n_heads: int, kinds: Sequence[Kind]
) -> float:
    """Draw the line of choices, and return how high it is."""
    colours = scene.colours
    x, y = 0.0, 0.0

    def place(width: float) -> None:
        nonlocal x, y
        if x and x + width > scene.width:
            x, y = 0.0, y + _LINE

    words = [mode.capitalize() for mode in _MODES]
    for word, mode in zip(words, _MODES, strict=True):
        on = mode == state.mode
        width = text_width(word, TEXT, bold=on)
        scene.text(x, y + 19.5, word, colour=colours.ink if on else colours.soft, bold=on)
        if on:
            scene.rect(x, y + 27, width, 2, colours.ink)
        x += width + 14
    x += 12
    if len(kinds) > 1:
        place(sum(text_width(kind.capitalize(), TEXT) + 10 for kind in kinds) + 16)
        for kind in kinds:
            on = kind == state.attention_kind
            width = text_width(kind.capitalize(), TEXT, bold=on)
            scene.text(x, y + 19.5, kind.capitalize(), colour=colours.ink if on else colours.soft, bold=on)
            if on:
                scene.rect(x, y + 27, width, 2, colours.ink)
            x += width + 10
        x += 16
    if state.mode != "overview":
        for label, numbers, chosen, bars in (
            ("Layer", layers, (state.layer,), False),
            ("Heads" if state.mode == "heads" else "Head", range(n_heads), state.heads, True),
        ):
            widths = [max(20.0, text_width(str(n), TEXT) + 4) for n in numbers]
            place(text_width(label, TEXT) + 6 + sum(widths))
            scene.text(x, y + 19.5, label, colour=colours.soft)
            x += text_width(label, TEXT) + 6
            for number, width in zip(numbers, widths, strict=True):
                if x + width > scene.width:
                    x, y = 0.0, y + _LINE
                _draw_number(scene, x, y, width, number, number in chosen, bars=bars)
                x += width
            x += 26
    end = 54.0
    place(end)
    scene.text(scene.width - 53, y + 17.5, "Save", colour=colours.soft)
    scene.text(scene.width, y + 17.5, "?", colour=colours.soft, anchor="end")
    return y + TOOLBAR_HEIGHT


def _draw_number(
    scene: Scene, x: float, y: float, width: float, number: int, chosen: bool, *, bars: bool
) -> None:
    colours = scene.colours
    middle = x + width / 2
    shade = colours.ink if chosen else colours.soft
    scene.text(middle, y + 18.5, str(number), colour=shade, anchor="middle", bold=chosen and not bars)
    if not bars:
        if chosen:
            scene.rect(x + 3, y + 26, width - 6, 2, colours.ink)
        return
    colour = colours.head(number)
    if chosen:
        scene.rect(x + 2, y + 24, width - 4, 4, colour)
    else:
        scene.frame(x + 2, y + 24, width - 4, 4, mix(colours.paper, colour, 0.55))


def draw_caption(scene: Scene, top: float, page: Page, state: FigureState, drawn: Drawn) -> float:
    """Write what makes the picture self-sufficient, and return where it ends."""
    colours = scene.colours
    slider = 0.0
    if drawn.hidden is not None and not page.on_paper:
        slider = 250.0 if scene.width >= 560 else 0.0
    parts = [part for part in drawn.caption if part]
    if drawn.hidden is not None and page.on_paper and state.threshold > 0:
        parts.append(f"weights under {weight_text(state.threshold)} hidden: {percent(drawn.hidden)} of attention")
    room = scene.width - slider - (18 if slider else 0)
    x, y = 0.0, top + 8
    for part in _broken(parts, scene.width if page.on_paper else room):
        width = text_width(part, SMALL)
        if x and x + width > room:
            x, y = 0.0, y + _CAPTION_LINE
        scene.text(x, y + 12.5, part, size=SMALL, colour=colours.soft)
        x += width + 16
    if drawn.hidden is not None and not page.on_paper:
        line = top + 8 if slider else y + _CAPTION_LINE
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
    effect = f"{weight_text(threshold)}: {percent(hidden)} hidden" if threshold > 0 else "0: nothing hidden"
    left = scene.width - 250
    scene.text(left + 52, y + 12.5, "hide under", size=SMALL, colour=colours.soft, anchor="end")
    start, length = left + 60, 86.0
    scene.rect(start, y + 6, length, 6, mix(colours.paper, colours.soft, 0.35))
    scene.rect(start + 1, y + 7, length - 2, 4, colours.wash)
    scene.dot(start + 7 + (length - 14) * min(1.0, (threshold * 2) ** 0.5), y + 9, 7.5, colours.ink)
    scene.text(start + length + 8, y + 12.5, effect, size=SMALL, colour=colours.soft)


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
            scene.text(x + at, y + breadth + 13, text, size=AXIS, colour=colours.soft, anchor="middle")
    if upright:
        scene.text(x, y + length + 15, "weight", size=AXIS, colour=colours.soft)
    else:
        scene.text(x, y + breadth + 29, "weight", size=AXIS, colour=colours.soft)


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
