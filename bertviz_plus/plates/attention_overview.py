"""The overview plate: every head of every layer as a small map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.measures.heads.maps import HeadMaps
from bertviz_plus.measures.heads.patterns import Patterns
from bertviz_plus.plates.attention_quantity import SIGNED_WORDS, ramp_of
from bertviz_plus.plates.attention_state import AttentionState, Drawn
from bertviz_plus.plates.bars import WEIGHT_SCALE_HEIGHT, draw_bars, draw_weight_scale
from bertviz_plus.plates.caption import Part
from bertviz_plus.plates.palette import fewer_levels
from bertviz_plus.plates.scene import Picture, Scene
from bertviz_plus.plates.type_sizes import AXIS, CELL, SMALL
from bertviz_plus.plates.wording import counted, percent, signed_text
from bertviz_plus.traces.pooling import max_over, spread

_SIZES, _PATTERNS = section("attention.overview"), section("attention.patterns")

LEFT, TOP, _RIGHT = _SIZES.whole("left"), _SIZES.whole("top"), _SIZES.whole("right")
_LABEL, _LABEL_FROM = _SIZES.whole("label"), _SIZES.whole("label_from")
_LEAST_PITCH, _MOST_PITCH = map(int, _SIZES.limits("pitch"))
LEAST_PANEL, MOST_PANEL = map(int, _SIZES.limits("panel"))
PANEL_GAP = _SIZES.whole("panel_gap")
_TURNED_GAINS = _SIZES.number("turned_gains")
_NAME, _NUMBER = 90, 112
_SHAPE = 0.75
_GAPS = section("attention.overview.gaps")
_PLACES, _AXES = section("words.places").texts(), section("words.axes").texts()
_WORDS = section("words.overview").texts()
_STRONGEST_WORDS = section("words.pair").text("strongest")
_STRONGEST, _SIZE_BAR = (
    section("attention.head_map").whole("strongest"),
    section("attention.head_map").number("bar"),
)
_CLEAR_PLACE, _CLEAR_SPECIAL = _PATTERNS.number("clear_place"), _PATTERNS.number("clear_special")
_AT_LEAST, _BROAD = _PATTERNS.number("at_least"), _PATTERNS.number("broad")
# So many spots of different colours fit into the bytes of a small file.
_MOST_SPOTS, _LEVELS = 60_000, 10


@dataclass(frozen=True)
class OverviewGrid:
    """Where each head's cell lies, in CSS pixels; `turned` where layers run across."""

    turned: bool
    across: int
    down: int
    cell: int
    pitch_x: int
    pitch_y: int
    labelled: bool
    panel: int

    @property
    def width(self) -> int:
        """Of the numbers and the cells."""
        return LEFT + self.across * self.pitch_x

    @property
    def height(self) -> int:
        """Of the numbers and the cells."""
        return TOP + self.down * self.pitch_y


def overview_grid(
    width: float,
    height: float,
    layers: int,
    heads: int,
    limits: tuple[int, int] = (_LEAST_PITCH, _MOST_PITCH),
) -> OverviewGrid:
    """Fit the cells; layers run down unless cells are over 15% larger the other way round.

    `limits` are those of the pitch.

    Examples
    --------
    >>> overview_grid(960, 502, 6, 12).cell, overview_grid(960, 502, 24, 16).turned
    (65, True)
    """

    def widest(across: int) -> int:
        return int((width - LEFT - _RIGHT) // across)

    def tallest(down: int) -> int:
        return int((height - TOP) // down)

    def fit(across: int, down: int) -> int:
        return min(widest(across), tallest(down))

    turned = fit(layers, heads) > fit(heads, layers) * _TURNED_GAINS
    across, down = (layers, heads) if turned else (heads, layers)
    pitch = min(limits[1], max(limits[0], fit(across, down)))
    size = "large" if pitch >= _GAPS.number("large_from") else "medium"
    gap = _GAPS.whole(size if pitch >= _GAPS.number("medium_from") else "small")
    labelled = pitch >= _LABEL_FROM
    cell = min(pitch - gap, tallest(down) - _LABEL) if labelled else pitch - gap
    pitch_x = min(widest(across), cell + 14) if labelled else pitch
    pitch_y = cell + _LABEL if labelled else pitch
    left = int(width - LEFT - across * pitch_x - PANEL_GAP)
    panel = min(MOST_PANEL, left) if left >= LEAST_PANEL else 0
    return OverviewGrid(turned, across, down, cell, pitch_x, pitch_y, labelled, panel)


def main_pattern(patterns: Patterns, layer: int, head: int, *, hide_special: bool = False) -> str:
    """Say in one word what a head mostly does: what gets most beyond an even spread names it.

    A clear place wins over a special token, on which nearly every head rests.

    Examples
    --------
    >>> shares, even = np.array([[[0.5, 0.3, 0.3]]]), np.array([0.05, 0.05, 0.3])
    >>> found = Patterns(("[CLS]", "prev.", "punct."), shares, even, np.array([[0.1]]))
    >>> main_pattern(found, 0, 0)
    'prev. 30%'
    """
    shares = dict(zip(patterns.names, patterns.shares[layer, head].tolist(), strict=True))
    even = dict(zip(patterns.names, patterns.even.tolist(), strict=True))
    excess = {name: shares[name] - even[name] for name in shares if name in _PLACES or not hide_special}
    ranked = sorted(excess, key=lambda name: -excess[name])
    place = next((name for name in ranked if name in _PLACES), None)
    special = next((name for name in ranked if name not in _PLACES), None)
    if place is not None and excess[place] >= _CLEAR_PLACE:
        best = place
    elif special is not None and excess[special] >= _CLEAR_SPECIAL:
        best = special
    elif patterns.evenness[layer, head] > _BROAD:
        return "broad"
    elif ranked and excess[ranked[0]] >= _AT_LEAST:
        best = ranked[0]
    else:
        return "mixed"
    return f"{best} {round(100 * shares[best])}%"


def draw_overview(
    scene: Scene, maps: HeadMaps, layers: Sequence[int], state: AttentionState, room: float
) -> Drawn:
    """Draw the mode.

    Parameters
    ----------
    scene : Scene
        Is filled.
    maps : HeadMaps
    layers : sequence of int
        Their numbers.
    state : AttentionState
    room : float
        How high it may be.
    """
    heads = state.included(maps.codes.shape[1])
    height = min(room, _SHAPE * scene.width)
    grid = overview_grid(scene.width, height, len(layers), len(heads))
    if not grid.panel:
        grid = overview_grid(scene.width, height - WEIGHT_SCALE_HEIGHT, len(layers), len(heads))
    draw_numbers(scene, grid, layers, heads)
    _draw_cells(scene, grid, maps, heads, state)
    _cross_out(scene, grid, layers, heads, state)
    if grid.labelled:
        for y in range(grid.down):
            for x in range(grid.across):
                layer, head = (x, heads[y]) if grid.turned else (y, heads[x])
                left, base = LEFT + x * grid.pitch_x, TOP + y * grid.pitch_y + grid.cell + 10.5
                is_off = (layers[layer], head) in state.off
                label = (
                    "off"
                    if is_off
                    else main_pattern(maps.patterns, layer, head, hide_special=state.hide_special)
                    if maps.sizes is None
                    else size_text(float(maps.sizes[layer, head]))
                )
                scene.text(left, base, label, size=CELL, colour=scene.colours.soft)
    bottom = float(grid.height)
    if grid.panel:
        bottom = max(bottom, _draw_panel(scene, grid, maps, (layers, heads), state))
    else:
        bottom = draw_weight_scale(scene, LEFT, bottom + 8, name=state.quantity, most=state.most)
    return Drawn(bottom, _caption(maps, grid, len(heads), state, grey=scene.colours.grey))


def draw_numbers(scene: Scene, grid: OverviewGrid, layers: Sequence[int], heads: Sequence[int]) -> None:
    """Draw the numbers of layers and heads along the cells."""
    colours = scene.colours
    across, down = (layers, heads) if grid.turned else (heads, layers)
    for at, number in enumerate(across):
        x = LEFT + at * grid.pitch_x + grid.cell / 2
        scene.text(x, 13, str(number), size=SMALL, colour=colours.soft, anchor="middle")
        if not grid.turned:
            scene.rect(x - 8, 16, 16, 3, colours.head(number))
    for at, number in enumerate(down):
        y = TOP + at * grid.pitch_y + grid.cell / 2
        scene.text(LEFT / 2, y + 4, str(number), size=SMALL, colour=colours.soft, anchor="middle")
        if grid.turned:
            scene.rect(LEFT / 2 - 8, y + 7, 16, 3, colours.head(number))
    names = ("head", "layer") if grid.turned else ("layer", "head")
    scene.text(0, 11, names[0], size=AXIS, colour=colours.soft)
    scene.text(grid.width + 3, 13, names[1], size=AXIS, colour=colours.soft)


def _draw_cells(
    scene: Scene, grid: OverviewGrid, maps: HeadMaps, heads: Sequence[int], state: AttentionState
) -> None:
    """Draw all maps as one picture, in device pixels."""
    side = max(1, round(grid.cell * scene.scale))
    pitch_x, pitch_y = round(grid.pitch_x * scene.scale), round(grid.pitch_y * scene.scale)
    least = round(least_special(grid.cell) * scene.scale)
    codes = small_maps(maps, side, least, coarse=scene.small, signed=state.signed)
    if len(heads) < codes.shape[1]:
        codes = codes[:, list(heads)]
    if grid.turned:
        codes = codes.swapaxes(0, 1)
    # Code 0 is the colour of paper.
    whole = np.zeros((grid.down, pitch_y, grid.across, pitch_x), np.uint8)
    whole[:, :side, :, :side] = codes.transpose(0, 2, 1, 3)
    height, width = grid.down * pitch_y, grid.across * pitch_x
    codes = whole.reshape(height, width)
    ramp = ramp_of(scene.colours, state)
    scene.add(Picture(LEFT, TOP, width / scene.scale, height / scene.scale, codes, ramp))


def _cross_out(
    scene: Scene, grid: OverviewGrid, layers: Sequence[int], heads: Sequence[int], state: AttentionState
) -> None:
    """Cross the heads that are switched off."""
    for layer, head in state.off:
        if head not in heads:
            continue
        places = (heads.index(head), layers.index(layer))
        x, y = places[::-1] if grid.turned else places
        left, top = LEFT + x * grid.pitch_x, TOP + y * grid.pitch_y
        right, bottom = left + grid.cell, top + grid.cell
        scene.line(left, top, right, bottom, scene.colours.soft)
        scene.line(left, bottom, right, top, scene.colours.soft)


def small_maps(
    maps: HeadMaps, side: int, least: int, *, coarse: bool = False, signed: bool = False
) -> NDArray[np.uint8]:
    """Return every map at `side` pixels; a special token at either end has at least `least` columns.

    Where a file must stay small and no neighbours are alike, two rows are joined and weights have few
    levels: that keeps columns and diagonals sharp.
    """
    edges = maps.columns.special[[0, -1]] if maps.columns.size else (False, False)
    first, last = (least if special else 0 for special in edges)
    rows, columns = maps.codes.shape[-2:]
    coarse = coarse and maps.codes[..., 0, 0].size * min(rows, side) * min(columns, side) > _MOST_SPOTS
    start, end = spread(rows, side)
    if coarse:
        start, end = start[::2], end[np.minimum(np.arange(1, side + 1, 2), side - 1)]
    codes = max_over(maps.codes, (start, end), spread(columns, side, first, last))
    if coarse:
        codes = fewer_levels(_LEVELS, signed=signed)[codes].repeat(2, axis=-2)[..., :side, :]
    return codes


def least_special(cell: float) -> float:
    """Return the least width of a special token's column in a cell, in CSS pixels."""
    return 3.0 if cell >= 60 else 2.5 if cell >= 30 else 2.0


def _draw_panel(
    scene: Scene,
    grid: OverviewGrid,
    maps: HeadMaps,
    numbers: tuple[Sequence[int], Sequence[int]],
    state: AttentionState,
) -> float:
    """Draw where attention goes on average, and return where that ends."""
    x, width = float(grid.width + PANEL_GAP), float(grid.panel)
    if maps.sizes is not None:
        return _draw_sizes(scene, maps.sizes, numbers, x, state)
    shares = maps.patterns.shares[:, list(numbers[1])]
    mean = shares.mean(axis=(0, 1)).tolist()
    title = f"Where attention goes, mean of {counted(shares.shape[0] * shares.shape[1], 'head')}"
    scene.text(x, 13, title, size=SMALL, colour=scene.colours.soft)
    bars = [
        (_PLACES.get(name, name), share, f"{percent(share)} (even {percent(even)})")
        for name, share, even in zip(maps.patterns.names, mean, maps.patterns.even.tolist(), strict=True)
        if name in _PLACES or not state.hide_special
    ]
    y = draw_bars(scene, x, 24, bars, name_width=_NAME, length=width - _NAME - _NUMBER)
    scene.text(x + _NAME, y + 14, _WORDS["even"], size=AXIS, colour=scene.colours.soft)
    return draw_weight_scale(scene, x + _NAME, y + 36, name=state.quantity)


def _draw_sizes(
    scene: Scene,
    sizes: NDArray[np.float32],
    numbers: tuple[Sequence[int], Sequence[int]],
    x: float,
    state: AttentionState,
) -> float:
    """Draw which heads have the largest numbers, whatever their sign, and return where that ends."""
    scene.text(x, 13, f"{SIGNED_WORDS['sizes']}, {_STRONGEST_WORDS}", size=SMALL, colour=scene.colours.soft)
    layers, heads = numbers
    shown = sizes[:, list(heads)]
    places = [(layer, at) for layer, at in np.ndindex(shown.shape) if np.isfinite(shown[layer, at])]
    best = sorted(places, key=lambda place: -shown[place])[:_STRONGEST]
    most = max((float(shown[place]) for place in best), default=0.0) or 1.0
    bars = [
        (f"{layers[layer]}-{heads[at]}", float(shown[layer, at]) / most, size_text(float(shown[layer, at])))
        for layer, at in best
    ]
    mean = f"{SIGNED_WORDS['all']}: {size_text(float(np.nanmean(shown)))}"
    soft = scene.colours.soft
    y = draw_bars(scene, x, 24, bars, name_width=_NAME, length=_SIZE_BAR, colour=soft)
    scene.text(x + _NAME, y + 14, mean, size=AXIS, colour=soft)
    return draw_weight_scale(scene, x + _NAME, y + 36, name=state.quantity, most=state.most)


def size_text(size: float) -> str:
    """Write a number without its sign.

    Examples
    --------
    >>> size_text(0.01234)
    '0.012'
    """
    return signed_text(abs(size)).removeprefix("+")


def _caption(
    maps: HeadMaps, grid: OverviewGrid, n_heads: int, state: AttentionState, *, grey: bool
) -> list[Part]:
    cross = state.attention_kind == "cross"
    units = state.units.removesuffix("s")
    size = counted(maps.rows.size, units)
    if cross:
        size = f"{maps.rows.size} × {counted(maps.columns.size, units)}"
    parts: list[Part] = [
        f"{counted(len(maps.codes), 'layer')} × {counted(n_heads, 'head')}",
        size,
        _AXES["cross" if cross else "same"],
    ]
    if state.segments != "all":
        parts.append(f"sentences {state.segments.upper()}")
    if maps.pooled or maps.columns.size > grid.cell:
        parts.append(f"pixel: largest {state.quantity}")
    if grid.turned:
        parts.append(_WORDS["turned"])
    if state.signed:
        parts.append(SIGNED_WORDS["colours"])
        if grid.labelled:
            parts.append(SIGNED_WORDS["labels"])
    elif maps.patterns.names:
        parts.append(_WORDS["labels" if grid.labelled else "unlabelled"])
    if maps.missing:
        parts.append(f"{'grey' if grey else 'orange'}: missing weights")
    return parts
