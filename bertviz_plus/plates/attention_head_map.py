"""A map layers × heads of one number: the weight of a pair of tokens in every head."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import floor, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.measures.heads.pair_weights import pair_of_units
from bertviz_plus.plates.attention_overview import (
    LEAST_PANEL,
    LEFT,
    MOST_PANEL,
    PANEL_GAP,
    TOP,
    OverviewGrid,
    draw_numbers,
    overview_grid,
)
from bertviz_plus.plates.attention_quantity import SIGNED_WORDS, codes_of, value_text
from bertviz_plus.plates.attention_state import AttentionState, Drawn
from bertviz_plus.plates.bars import draw_bars, draw_weight_scale
from bertviz_plus.plates.caption import Part
from bertviz_plus.plates.palette import Colour, Palette, luminance
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.type_sizes import CELL, SMALL
from bertviz_plus.plates.wording import counted, signed_text, weight_text
from bertviz_plus.traces.attention_kinds import layers_of
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.weight_codes import quantise, quantise_signed

_SIZES, _WORDS = section("attention.head_map"), section("words.pair").texts()
_TURNED = section("words.overview").text("turned")
_LEAST, _MOST = map(int, _SIZES.limits("pitch"))
_BESIDE, _BELOW, _BAR = _SIZES.number("beside_from"), _SIZES.number("below"), _SIZES.number("bar")
_NAME = 46
# Letters are legible in smaller cells than numbers.
_LETTER_FROM = 15
# Height by width at most.
_SHAPE, _NARROW_SHAPE = 0.75, 1.2


@dataclass(frozen=True, eq=False)
class HeadNumbers:
    """One number for each head, and what a figure says of it.

    Attributes
    ----------
    layers : sequence of int
        Their numbers.
    values : ndarray [layers, heads]
    codes : ndarray [layers, heads], uint8
        Colours of the weight ramp.
    text : callable
        Writes a value beside a bar; in a cell, the zero before the point is left out.
    bars : sequence of (str, ndarray [layers, heads])
        What the lists beside the map rank, and their headings.
    even : float
        What an even spread would give, 0 for nothing to mark.
    caption : sequence of Part
    unit : str
        Of the values, where they are no weights: a ramp that ends at the largest value.
    classes : sequence of (name, letter, hue)
        Where the values are the numbers of classes; without a hue, codes colour them.
    name : str
        What the ramp is of.
    most : float
        Of signed values, what the ramp ends at on both sides.
    """

    layers: Sequence[int]
    values: NDArray[np.float64]
    codes: NDArray[np.uint8]
    text: Callable[[float], str]
    bars: Sequence[tuple[str, NDArray[np.float64]]]
    even: float
    caption: Sequence[Part]
    unit: str = ""
    classes: Sequence[tuple[str, str, int | None]] = ()
    name: str = "weight"
    most: float = 0.0

    @property
    def largest(self) -> float:
        """The largest value, whatever its sign."""
        return float(np.nanmax(np.abs(self.values), initial=0.0))


def pair_numbers(trace: Trace | Seq2SeqTrace, state: AttentionState) -> HeadNumbers:
    """Return the weights of the pair that a reader has pinned.

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((1, 2, 4, 4), 0.25), list("abcd"))
    >>> numbers = pair_numbers(trace, AttentionState(pair=(0, 2)))
    >>> numbers.caption
    ['a → c', 'this pair in every head', 'even spread 0.25']
    """
    found, (source, target) = pair_of_units(trace, state, state.pair)
    there, back = f"{source} → {target}", f"{target} → {source}"
    bars = [(f"{there}, {_WORDS['strongest']}", found.weight)]
    if state.attention_kind != "cross":
        bars.append((back, found.reverse))
    even = SIGNED_WORDS["colours"] if state.signed else f"even spread {weight_text(found.even)}"
    # A word's sum may lie beyond every token's number.
    most = state.most and max(state.most, float(np.nanmax(np.abs(found.weight), initial=0)))
    return HeadNumbers(
        layers=layers_of(trace, state.attention_kind),
        values=found.weight,
        codes=codes_of(found.weight, replace(state, most=most)),
        text=partial(value_text, state=state),
        bars=bars,
        even=0.0 if state.signed else found.even,
        caption=[there, _WORDS["caption"], even],
        name=state.quantity,
        most=most,
    )


def corpus_numbers(statistics: Mapping[str, Any], name: str, layers: Sequence[int]) -> HeadNumbers:
    """Return one column of the statistics that an attention view has."""
    column = statistics["columns"][name]
    values = np.array(column["values"], float).reshape(len(layers), -1)
    unit, even = column["unit"], column["even"] or 0.0
    # What is below 0, such as a loss that falls, has the colour of 0.
    signed = column.get("signed", False)
    most = float(np.nanmax(np.abs(values), initial=0)) or 1.0 if signed else 0.0
    share = np.clip(values / (max(float(np.nanmax(values)), even) or 1) if unit else values, 0, 1)
    if "shades" in column:
        share = np.array(column["shades"], float).reshape(values.shape)
    return HeadNumbers(
        layers=layers,
        values=values,
        codes=quantise_signed(values, most) if signed else quantise(share**2 if unit else share),
        text=signed_text if signed else (lambda value: f"{float(f'{value:.2g}'):g}") if unit else weight_text,
        bars=[(f"{column['title']}, {_WORDS['strongest']}", values)],
        even=even,
        caption=[
            column["title"],
            f"over {column.get('corpus', statistics['corpus'])}",
            *([SIGNED_WORDS["colours"]] if signed else []),
        ],
        unit=unit or ("share" if signed else ""),
        classes=[(one["name"], one["letter"], one["hue"]) for one in column.get("classes", ())],
        name=_WORDS["above"] if "shades" in column else unit or "share",
        most=most,
    )


def head_map_grid(width: float, height: float, layers: int, heads: int) -> OverviewGrid:
    """Fit the cells of a map, with room for a panel beside or below them.

    Examples
    --------
    >>> head_map_grid(960, 484, 12, 12).cell, head_map_grid(400, 484, 6, 12).panel
    (34, 0)
    """
    beside = width >= _BESIDE
    kept = PANEL_GAP + LEAST_PANEL if beside else 0
    grid = overview_grid(width - kept, height - (0 if beside else _BELOW), layers, heads, (_LEAST, _MOST))
    panel = min(MOST_PANEL, int(width - grid.width - PANEL_GAP)) if beside else 0
    return replace(grid, panel=panel)


def draw_head_map(scene: Scene, numbers: HeadNumbers, state: AttentionState, room: float) -> Drawn:
    """Draw the map, the strongest heads beside it, and the key to its colours.

    Parameters
    ----------
    scene : Scene
        Is filled.
    numbers : HeadNumbers
    state : AttentionState
    room : float
        How high it may be.
    """
    heads = state.included(numbers.values.shape[1])
    height = min(room, (_SHAPE if scene.width >= _BESIDE else _NARROW_SHAPE) * scene.width)
    grid = head_map_grid(scene.width, height, len(numbers.layers), len(heads))
    draw_numbers(scene, grid, numbers.layers, heads)
    for at, head in enumerate(heads):
        for position in range(len(numbers.layers)):
            x, y = (position, at) if grid.turned else (at, position)
            left, top = float(LEFT + x * grid.pitch_x), float(TOP + y * grid.pitch_y)
            _draw_cell(scene, numbers, (position, head), (left, top, float(grid.cell)))
    beside = grid.panel > 0
    corner = (grid.width + PANEL_GAP, 0.0) if beside else (8.0, grid.height + 10.0)
    bottom = _draw_panel(scene, numbers, heads, corner[0], corner[1])
    parts = [*numbers.caption, f"{counted(len(numbers.layers), 'layer')} × {counted(len(heads), 'head')}"]
    return Drawn(max(bottom, float(grid.height)), [*parts, *([_TURNED] if grid.turned else [])])


def _draw_cell(
    scene: Scene, numbers: HeadNumbers, at: tuple[int, int], box: tuple[float, float, float]
) -> None:
    left, top, side = box
    value = float(numbers.values[at])
    fill = cell_colour(scene.colours, numbers, at)
    scene.rect(left, top, side, side, fill)
    scene.frame(left, top, side, side, scene.colours.hair)
    letters = any(hue is not None for _, _, hue in numbers.classes)
    if side < (_LETTER_FROM if letters else _SIZES.number("value_from")) or np.isnan(value):
        return
    shade = readable_on(fill, scene.colours)
    text = cell_text(numbers, at)
    x, base = left + side / 2, top + side / 2 + 4
    scene.text(x, base, text, size=CELL, colour=shade, anchor="middle")


def cell_text(numbers: HeadNumbers, at: tuple[int, int]) -> str:
    """Return what stands in the cell of a layer's place and a head."""
    value = float(numbers.values[at])
    if numbers.classes:
        return numbers.classes[int(value)][1]
    return number_in_cell(value, numbers.largest) if numbers.unit else in_cell(numbers.text(value))


def cell_colour(colours: Palette, numbers: HeadNumbers, at: tuple[int, int]) -> Colour:
    """Return the colour of that cell: its class's, or its code's."""
    value = float(numbers.values[at])
    hue = numbers.classes[int(value)][2] if numbers.classes and not np.isnan(value) else None
    if hue is not None:
        return _class_colour(colours, hue)
    ramp = colours.signed_ramp if numbers.most else colours.ramp
    red, green, blue = ramp[numbers.codes[at]].tolist()
    return red, green, blue


def _class_colour(colours: Palette, hue: int) -> Colour:
    return colours.hair if hue < 0 else colours.head(hue)


def in_cell(text: str) -> str:
    """Leave out the zero before the point.

    Examples
    --------
    >>> in_cell("0.68"), in_cell("0"), in_cell("1.00")
    ('.68', '0', '1.00')
    >>> in_cell("−0.012")
    '−.012'
    """
    return re.sub(r"^([+−]?)0\.", r"\1.", text)


def number_in_cell(value: float, largest: float) -> str:
    """Write a number of some unit as exactly as the largest of its kind has two digits.

    Examples
    --------
    >>> number_in_cell(0.103, 0.103), number_in_cell(-0.00074, 0.103), number_in_cell(0.0001, 0.103)
    ('.10', '0', '0')
    >>> number_in_cell(-0.016, 0.103), number_in_cell(3.44, 12.6), number_in_cell(0.0, 0.0)
    ('−.02', '3', '0')
    """
    places = max(0, 1 - floor(log10(largest))) if largest > 0 else 0
    text = f"{value:.{places}f}"
    return in_cell(text.replace("-", "−")) if float(text) else "0"


def readable_on(colour: Colour, colours: Palette) -> Colour:
    """Return ink or paper, whichever is further from a colour in lightness."""
    there = luminance(colour)
    return max(colours.ink, colours.paper, key=lambda one: abs(luminance(one) - there))


def strongest_heads(
    values: NDArray[np.float64], layers: Sequence[int], heads: Sequence[int], *, signed: bool = False
) -> list[tuple[str, float]]:
    """Return the heads of the largest values, "layer-head", the largest first; of signed ones by size.

    Examples
    --------
    >>> strongest_heads(np.array([[0.1, 0.5], [0.0, 0.2]]), (0, 1), (0, 1))
    [('0-1', 0.5), ('1-1', 0.2), ('0-0', 0.1)]
    """
    all_heads = [
        (f"{layer}-{head}", float(values[at, head])) for at, layer in enumerate(layers) for head in heads
    ]
    size = abs if signed else float
    ranked = sorted((one for one in all_heads if size(one[1]) > 0), key=lambda one: -size(one[1]))
    return ranked[: _SIZES.whole("strongest")]


def _draw_panel(scene: Scene, numbers: HeadNumbers, heads: Sequence[int], x: float, y: float) -> float:
    if numbers.classes:
        return _draw_classes(scene, numbers, heads, x, y)
    for heading, values in numbers.bars:
        scene.text(x, y + 13, heading, size=SMALL, colour=scene.colours.soft)
        signed = numbers.most > 0
        best = strongest_heads(values, numbers.layers, heads, signed=signed)
        largest = max(float(np.nanmax(values)), numbers.even) if numbers.unit else 1.0
        most = numbers.most or largest
        bars = [(name, float(np.clip(value / most, -1, 1)), numbers.text(value)) for name, value in best]
        y = draw_bars(scene, x, y + 24, bars, name_width=_NAME, length=_BAR, signed=signed) + 12
    if numbers.unit and not numbers.most:
        even = f"; even attention {numbers.text(numbers.even)}" if numbers.even else ""
        scene.text(x, y + 13, f"in {numbers.unit}{even}", size=SMALL)
        return y + 20
    return draw_weight_scale(scene, x, y + 4, numbers.even, name=numbers.name, most=numbers.most)


def _draw_classes(scene: Scene, numbers: HeadNumbers, heads: Sequence[int], x: float, y: float) -> float:
    shown = numbers.values[:, list(heads)]
    shaded = any(hue is None for _, _, hue in numbers.classes)
    mark = 34 if shaded else 20
    for at, (name, letter, hue) in enumerate(numbers.classes):
        fill = scene.colours.paper if hue is None else _class_colour(scene.colours, hue)
        scene.rect(x, y + 3, mark, 16, fill)
        scene.frame(x, y + 3, mark, 16, scene.colours.hair)
        shade = readable_on(fill, scene.colours)
        scene.text(x + mark / 2, y + 15, letter, size=CELL, colour=shade, anchor="middle")
        count = counted(int((shown == at).sum()), "head")
        scene.text(x + mark + 8, y + 15, f"{name}, {count}", size=SMALL, colour=scene.colours.ink)
        y += 22
    return draw_weight_scale(scene, x, y + 8, name=numbers.name) if shaded else y
