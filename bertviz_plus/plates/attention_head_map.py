"""A map layers × heads of one number: the weight of a pair of tokens in every head."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.measures.pair_weights import pair_of_units
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
from bertviz_plus.plates.attention_state import AttentionState, Drawn
from bertviz_plus.plates.bars import draw_bars, draw_weight_scale
from bertviz_plus.plates.caption import Part
from bertviz_plus.plates.palette import Colour, Palette, luminance
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.type_sizes import CELL, SMALL
from bertviz_plus.plates.wording import counted, weight_text
from bertviz_plus.traces.attention_kinds import layers_of
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.weight_codes import quantise

_SIZES, _WORDS = section("attention.head_map"), section("words.pair").texts()
_TURNED = section("words.overview").text("turned")
_LEAST, _MOST = map(int, _SIZES.limits("pitch"))
_BESIDE, _BELOW, _BAR = _SIZES.number("beside_from"), _SIZES.number("below"), _SIZES.number("bar")
_NAME = 46
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
    """

    layers: Sequence[int]
    values: NDArray[np.float64]
    codes: NDArray[np.uint8]
    text: Callable[[float], str]
    bars: Sequence[tuple[str, NDArray[np.float64]]]
    even: float
    caption: Sequence[Part]


def pair_numbers(trace: Trace | Seq2SeqTrace, state: AttentionState) -> HeadNumbers:
    """Return the weights of the pair that a reader has pinned.

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((1, 2, 4, 4), 0.25), list("abcd"))
    >>> numbers = pair_numbers(trace, AttentionState(pair=(0, 2)))
    >>> numbers.caption
    ['a → c', 'weight of this pair in every head', 'even spread 0.25']
    """
    found, (source, target) = pair_of_units(trace, state, state.pair)
    there, back = f"{source} → {target}", f"{target} → {source}"
    bars = [(f"{there}, {_WORDS['strongest']}", found.weight)]
    if state.attention_kind != "cross":
        bars.append((back, found.reverse))
    return HeadNumbers(
        layers=layers_of(trace, state.attention_kind),
        values=found.weight,
        codes=quantise(found.weight),
        text=weight_text,
        bars=bars,
        even=found.even,
        caption=[there, _WORDS["caption"], f"even spread {weight_text(found.even)}"],
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
    red, green, blue = scene.colours.ramp[numbers.codes[at]].tolist()
    scene.rect(left, top, side, side, (red, green, blue))
    scene.frame(left, top, side, side, scene.colours.hair)
    value = float(numbers.values[at])
    if side < _SIZES.number("value_from") or np.isnan(value):
        return
    shade = readable_on((red, green, blue), scene.colours)
    x, base = left + side / 2, top + side / 2 + 4
    scene.text(x, base, in_cell(numbers.text(value)), size=CELL, colour=shade, anchor="middle")


def in_cell(text: str) -> str:
    """Leave out the zero before the point.

    Examples
    --------
    >>> in_cell("0.68"), in_cell("0"), in_cell("1.00")
    ('.68', '0', '1.00')
    """
    return text.removeprefix("0") if text.startswith("0.") else text


def readable_on(colour: Colour, colours: Palette) -> Colour:
    """Return ink or paper, whichever is further from a colour in lightness."""
    there = luminance(colour)
    return max(colours.ink, colours.paper, key=lambda one: abs(luminance(one) - there))


def strongest_heads(
    values: NDArray[np.float64], layers: Sequence[int], heads: Sequence[int]
) -> list[tuple[str, float]]:
    """Return the heads of the largest values, "layer-head", the largest first.

    Examples
    --------
    >>> strongest_heads(np.array([[0.1, 0.5], [0.0, 0.2]]), (0, 1), (0, 1))
    [('0-1', 0.5), ('1-1', 0.2), ('0-0', 0.1)]
    """
    all_heads = [
        (f"{layer}-{head}", float(values[at, head])) for at, layer in enumerate(layers) for head in heads
    ]
    ranked = sorted((one for one in all_heads if one[1] > 0), key=lambda one: -one[1])
    return ranked[: _SIZES.whole("strongest")]


def _draw_panel(scene: Scene, numbers: HeadNumbers, heads: Sequence[int], x: float, y: float) -> float:
    for heading, values in numbers.bars:
        scene.text(x, y + 13, heading, size=SMALL, colour=scene.colours.soft)
        best = strongest_heads(values, numbers.layers, heads)
        bars = [(name, value, numbers.text(value)) for name, value in best]
        y = draw_bars(scene, x, y + 24, bars, name_width=_NAME, length=_BAR) + 12
    return draw_weight_scale(scene, x, y + 4, numbers.even)
