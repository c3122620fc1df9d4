"""The overview as a picture: every head of every layer as a small map."""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.furniture import AXIS, SMALL, Drawn, Page, draw_bars, draw_weight_scale
from bertviz_plus.figures.palette import fewer_levels, weight_codes
from bertviz_plus.figures.pooling import max_over, max_pool_weights, pool_edges, pooled_side, spread
from bertviz_plus.figures.scene import Picture, Scene
from bertviz_plus.figures.sheet import (
    Axis,
    FigureState,
    Kind,
    attention_of,
    layers_of,
    overview_axes,
    overview_weights,
)
from bertviz_plus.figures.wording import counted, percent
from bertviz_plus.measures.patterns import Patterns, attention_patterns
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

LEFT, TOP = 34, 20
_RIGHT, _LABEL, _LABEL_FROM = 44, 15, 62
_PITCHES = (12, 120)
_PANEL, _PANEL_GAP = (230, 360), 48
_LABEL_SIZE = 10.5
_PANEL_MAP = 282
_NAME, _NUMBER = 90, 62
# The room for a label that a frame around a map has.
_LABEL_FRAME = 14
_PLACES = {"prev.": "token before", "self": "itself", "next": "token after", "punct.": "punctuation"}
_CLEAR_PLACE, _CLEAR_SPECIAL, _AT_LEAST, _BROAD = 0.2, 0.25, 0.1, 0.3
_PAPER_SCALE, _PAPER_SHAPE = 3.0, 0.75
# So many spots of different colours fit into the bytes of a small file.
_MOST_SPOTS = 60_000
_LEVELS = 10
# As many weights as are kept whole, in bytes.
_MOST_WEIGHTS = 5_000_000


@dataclass(frozen=True, eq=False)
class OverviewMaps:
    """Every head of a trace, small enough for a cell.

    Attributes
    ----------
    codes : ndarray [layers, heads, rows, columns], uint8
        Largest weight of each spot, 0 to 254; 255 where all are missing.
    patterns : Patterns
        Where each head's attention goes.
    rows, columns : Axis
        As they were before pooling.
    missing : bool
        Whether any weight is missing.
    small : dict
        Maps at the sizes that were drawn (`small_maps`).
    """

    codes: NDArray[np.uint8]
    patterns: Patterns
    rows: Axis
    columns: Axis
    missing: bool
    small: dict[tuple[int, int, bool], NDArray[np.uint8]] = field(default_factory=dict)

    @property
    def pooled(self) -> bool:
        """Whether a spot stands for several pairs of tokens."""
        rows, columns = self.codes.shape[-2:]
        return bool(columns < self.columns.size or rows < self.rows.size)


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


# Pooling reads every weight once; a picture is drawn more often than a trace is made.
_MAPS: WeakKeyDictionary[Trace | Seq2SeqTrace, dict[tuple[object, ...], OverviewMaps]] = WeakKeyDictionary()


def overview_maps(trace: Trace | Seq2SeqTrace, state: FigureState) -> OverviewMaps:
    """Pool every head of a trace; the result is kept as long as the trace is.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
    state : FigureState
        `attention_kind`, `units`, `hide_special` and `segments` are heeded.

    Returns
    -------
    OverviewMaps

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((2, 3, 4, 4), 0.25), list("abcd"))
    >>> overview_maps(trace, FigureState()).codes.shape
    (2, 3, 4, 4)
    """
    kept = _MAPS.setdefault(trace, {})
    key = (state.attention_kind, state.units, state.hide_special, state.segments)
    if key not in kept:
        kept[key] = _pool(trace, state)
    return kept[key]


def remember_maps(
    trace: Trace | Seq2SeqTrace, kind: Kind, codes: NDArray[np.uint8], patterns: Patterns, *, missing: bool
) -> None:
    """Keep maps of whole texts, in tokens, that somebody has pooled already, as `overview_maps` would.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
    kind : str
    codes : ndarray [layers, heads, cells of rows, cells of columns], uint8
    patterns : Patterns
        Of all layers.
    missing : bool
        Whether any weight is.
    """
    state = FigureState(attention_kind=kind)
    rows, columns = overview_axes(trace, state)
    n_layers, n_heads = codes.shape[:2]
    if n_layers * n_heads * rows.size * columns.size > _MOST_WEIGHTS:
        key = (state.attention_kind, state.units, state.hide_special, state.segments)
        maps = OverviewMaps(codes, patterns, rows, columns, missing)
        _MAPS.setdefault(trace, {}).setdefault(key, maps)


def _pool(trace: Trace | Seq2SeqTrace, state: FigureState) -> OverviewMaps:
    rows, columns = overview_axes(trace, state)
    n_layers, n_heads = attention_of(trace, state.attention_kind).shape[:2]
    count = n_layers * n_heads
    if not rows.size or not columns.size:
        # Everything is filtered away: empty cells, and nothing to say about them.
        nothing = Patterns(
            (), np.zeros((n_layers, n_heads, 0), np.float32), np.ones((n_layers, n_heads), np.float32)
        )
        return OverviewMaps(
            np.zeros((n_layers, n_heads, 1, 1), np.uint8), nothing, rows, columns, missing=False
        )
    many = count * rows.size * columns.size > _MOST_WEIGHTS
    down, across = (
        pool_edges(axis.size, pooled_side(axis.size, count) if many else axis.size, axis.special.tolist())
        for axis in (rows, columns)
    )
    codes = np.empty((n_layers, n_heads, len(down) - 1, len(across) - 1), np.uint8)
    shares, evenness = [], []
    names: tuple[str, ...] = ()
    missing = False
    for layer in range(n_layers):
        weights = overview_weights(trace, state, layer, rows, columns)
        codes[layer] = weight_codes(max_pool_weights(weights, down, across))
        found = attention_patterns(
            weights, columns.labels, columns.special.tolist(), columns.segment.tolist()
        )
        names = found.names
        shares.append(found.shares)
        evenness.append(found.evenness)
        missing = missing or not bool(np.isfinite(weights.sum()))
    patterns = Patterns(names, np.stack(shares), np.stack(evenness))
    return OverviewMaps(codes, patterns, rows, columns, missing)


def overview_grid(width: float, height: float, layers: int, heads: int) -> OverviewGrid:
    """Fit the cells; layers run down unless cells are over 15% larger the other way round.

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

    turned = fit(layers, heads) > fit(heads, layers) * 1.15
    across, down = (layers, heads) if turned else (heads, layers)
    pitch = min(_PITCHES[1], max(_PITCHES[0], fit(across, down)))
    gap = 6 if pitch >= 60 else 4 if pitch >= 34 else 2
    labelled = pitch >= _LABEL_FROM
    cell = min(pitch - gap, tallest(down) - _LABEL) if labelled else pitch - gap
    pitch_x = min(widest(across), cell + 14) if labelled else pitch
    pitch_y = cell + _LABEL if labelled else pitch
    left = int(width - LEFT - across * pitch_x - _PANEL_GAP)
    panel = min(_PANEL[1], left) if left >= _PANEL[0] else 0
    return OverviewGrid(turned, across, down, cell, pitch_x, pitch_y, labelled, panel)


def main_pattern(patterns: Patterns, layer: int, head: int) -> str:
    """Say in one word what a head mostly does; a clear place wins over a special token.

    Examples
    --------
    >>> found = Patterns(("[CLS]", "prev."), np.array([[[0.5, 0.3]]]), np.array([[0.1]]))
    >>> main_pattern(found, 0, 0)
    'prev. 30%'
    """
    shares = dict(zip(patterns.names, patterns.shares[layer, head].tolist(), strict=True))
    places = {name: share for name, share in shares.items() if name in _PLACES}
    special = {name: share for name, share in shares.items() if name not in _PLACES}
    place = max(places, key=lambda name: places[name], default="")
    frame = max(special, key=lambda name: special[name], default="")
    if place and places[place] >= _CLEAR_PLACE:
        return f"{place} {round(100 * places[place])}%"
    if frame and special[frame] >= _CLEAR_SPECIAL:
        return f"{frame} {round(100 * special[frame])}%"
    if patterns.evenness[layer, head] > _BROAD:
        return "broad"
    best = max(shares, key=lambda name: shares[name], default="")
    return f"{best} {round(100 * shares[best])}%" if best and shares[best] >= _AT_LEAST else "mixed"


def draw_overview(
    scene: Scene, trace: Trace | Seq2SeqTrace, state: FigureState, page: Page, top: float
) -> Drawn:
    """Draw the mode into a scene, and return where it ends and what its caption says.

    Parameters
    ----------
    scene : Scene
    trace : Trace or Seq2SeqTrace
    state : FigureState
    page : Page
    top : float
        Where the figure begins, in CSS pixels.

    Returns
    -------
    Drawn
    """
    maps = overview_maps(trace, state)
    heads = _included(state, maps.codes.shape[1])
    height = scene.width * _PAPER_SHAPE if page.height is None else page.height
    layers = layers_of(trace, state.attention_kind)
    grid = overview_grid(scene.width, height, len(layers), len(heads))
    _draw_numbers(scene, grid, layers, heads, top)
    _draw_cells(scene, grid, maps, heads, page, top)
    if grid.labelled:
        for y in range(grid.down):
            for x in range(grid.across):
                layer, head = (x, heads[y]) if grid.turned else (y, heads[x])
                marked = not page.on_paper and layers[layer] == state.layer and head in state.heads
                scene.text(
                    LEFT + x * grid.pitch_x,
                    top + TOP + y * grid.pitch_y + grid.cell + 10.5,
                    main_pattern(maps.patterns, layer, head),
                    size=_LABEL_SIZE,
                    colour=scene.colours.ink if marked else scene.colours.soft,
                )
    if not page.on_paper:
        _mark(scene, grid, layers, heads, state, top)
    if grid.panel:
        _draw_panel(scene, grid, maps, heads, top)
    elif not page.on_paper:
        draw_weight_scale(scene, grid.width + 6, top + TOP + 6, upright=True)
    bottom = top + (grid.height if page.on_paper else min(grid.height + 2, int(height)))
    if page.on_paper and not grid.panel:
        draw_weight_scale(scene, LEFT, bottom + 10)
        bottom += 56
    return Drawn(bottom, _caption(maps, grid, len(heads), page, state))


def _included(state: FigureState, n_heads: int) -> tuple[int, ...]:
    """Return the heads that are shown."""
    heads = tuple(range(n_heads))
    return (
        heads if state.include_heads is None else tuple(head for head in heads if head in state.include_heads)
    )


def _draw_numbers(
    scene: Scene, grid: OverviewGrid, layers: tuple[int, ...], heads: tuple[int, ...], top: float
) -> None:
    colours = scene.colours
    across, down = (layers, heads) if grid.turned else (heads, layers)
    for at, number in enumerate(across):
        x = LEFT + at * grid.pitch_x + grid.cell / 2
        scene.text(x, top + 13, str(number), size=SMALL, colour=colours.soft, anchor="middle")
        if not grid.turned:
            scene.rect(x - 8, top + 16, 16, 3, colours.head(number))
    for at, number in enumerate(down):
        y = top + TOP + at * grid.pitch_y + grid.cell / 2
        scene.text(LEFT / 2, y + 4, str(number), size=SMALL, colour=colours.soft, anchor="middle")
        if grid.turned:
            scene.rect(LEFT / 2 - 8, y + 7, 16, 3, colours.head(number))
    names = ("head", "layer") if grid.turned else ("layer", "head")
    scene.text(0, top + 11, names[0], size=AXIS, colour=colours.soft)
    scene.text(grid.width + 3, top + 13, names[1], size=AXIS, colour=colours.soft)


def _draw_cells(
    scene: Scene, grid: OverviewGrid, maps: OverviewMaps, heads: tuple[int, ...], page: Page, top: float
) -> None:
    """Draw all maps as one picture, in device pixels."""
    scale = _PAPER_SCALE if page.on_paper else page.scale
    side = max(1, round(grid.cell * scale))
    pitch_x, pitch_y = round(grid.pitch_x * scale), round(grid.pitch_y * scale)
    codes = small_maps(maps, side, round(least_special(grid.cell) * scale), coarse=page.few_colours)
    if len(heads) < codes.shape[1]:
        codes = codes[:, heads]
    if grid.turned:
        codes = codes.swapaxes(0, 1)
    # Code 0 is the colour of paper.
    whole = np.zeros((grid.down, pitch_y, grid.across, pitch_x), np.uint8)
    whole[:, :side, :, :side] = codes.transpose(0, 2, 1, 3)
    height, width = grid.down * pitch_y, grid.across * pitch_x
    codes = whole.reshape(height, width)
    scene.add(Picture(LEFT, top + TOP, width / scale, height / scale, codes, scene.colours.ramp))


def small_maps(maps: OverviewMaps, side: int, least: int, *, coarse: bool = False) -> NDArray[np.uint8]:
    """Return every map at `side` pixels; a special token at either end has at least `least` columns.

    Where a file must stay small and no neighbours are alike, two rows are joined and weights have few
    levels: that keeps columns and diagonals sharp.
    """
    key = (side, least, coarse)
    if key not in maps.small:
        edges = maps.columns.special[[0, -1]] if maps.columns.size else (False, False)
        first, last = (least if special else 0 for special in edges)
        rows, columns = maps.codes.shape[-2:]
        coarse = coarse and maps.codes[..., 0, 0].size * min(rows, side) * min(columns, side) > _MOST_SPOTS
        start, end = spread(rows, side)
        if coarse:
            start, end = start[::2], end[np.minimum(np.arange(1, side + 1, 2), side - 1)]
        codes = max_over(maps.codes, (start, end), spread(columns, side, first, last))
        if coarse:
            codes = fewer_levels(_LEVELS)[codes].repeat(2, axis=-2)[..., :side, :]
        maps.small[key] = codes
    return maps.small[key]


def least_special(cell: float) -> float:
    """Return the least width of a special token's column in a cell, in CSS pixels."""
    return 3.0 if cell >= 60 else 2.5 if cell >= 30 else 2.0


def _mark(
    scene: Scene,
    grid: OverviewGrid,
    layers: tuple[int, ...],
    heads: tuple[int, ...],
    state: FigureState,
    top: float,
) -> None:
    """Show which heads the other modes look at."""
    label = _LABEL_FRAME if grid.labelled else 0
    if state.layer not in layers:
        return
    at = layers.index(state.layer)
    y0 = top + TOP - 2
    if set(heads) <= set(state.heads):
        left, up = (
            LEFT - 2 + (at * grid.pitch_x if grid.turned else 0),
            y0 + (0 if grid.turned else at * grid.pitch_y),
        )
        last = (len(heads) - 1) * (grid.pitch_y if grid.turned else grid.pitch_x)
        wide, high = grid.cell + 4, grid.cell + 4 + last
        if not grid.turned:
            wide, high = high, wide
        # An outline of one pixel, one pixel off.
        scene.frame(left - 2, up - 2, wide + 4, high + label + 4, scene.colours.soft)
    else:
        turns = [heads.index(head) for head in state.heads if head in heads]
        for x, y in [(at, turn) if grid.turned else (turn, at) for turn in turns]:
            left, up = LEFT + x * grid.pitch_x - 2, y0 + y * grid.pitch_y
            scene.frame(left, up, grid.cell + 4, grid.cell + label + 4, scene.colours.ink)


def _draw_panel(
    scene: Scene, grid: OverviewGrid, maps: OverviewMaps, heads: tuple[int, ...], top: float
) -> None:
    x, width = float(grid.width + _PANEL_GAP), float(grid.panel)
    shares = maps.patterns.shares[:, heads]
    mean = shares.mean(axis=(0, 1)).tolist()
    n_heads = shares.shape[0] * shares.shape[1]
    title = f"Where attention goes, mean of {counted(n_heads, 'head')}"
    scene.text(x, top + 13, title, size=SMALL, colour=scene.colours.soft)
    bars = [
        (_PLACES.get(name, name), share, percent(share))
        for name, share in zip(maps.patterns.names, mean, strict=True)
    ]
    y = draw_bars(scene, x, top + 24, bars, name_width=_NAME, length=width - _NAME - _NUMBER)
    even = f"one token at random: {percent(1 / max(1, maps.columns.size))}"
    scene.text(x + _NAME, y + 14, even, size=AXIS, colour=scene.colours.soft)
    whole = (maps.rows.size, maps.columns.size)
    if min(whole) > 0:
        draw_weight_scale(scene, x, y + 36 + _PANEL_MAP)


def _caption(
    maps: OverviewMaps, grid: OverviewGrid, n_heads: int, page: Page, state: FigureState
) -> list[str]:
    n_layers = len(maps.codes)
    cross = state.attention_kind == "cross"
    units = state.units.removesuffix("s")
    size = counted(maps.rows.size, units)
    if cross:
        size = f"{maps.rows.size} × {counted(maps.columns.size, units)}"
    pooled = maps.pooled or maps.columns.size > grid.cell
    parts = [
        page.title,
        f"{counted(n_layers, 'layer')} × {counted(n_heads, 'head')}",
        size,
        "rows: target, columns: source" if cross else "rows: from, columns: to",
    ]
    if pooled:
        parts.append("pixel: largest weight")
    if state.segments != "all":
        parts.insert(3, f"sentences {state.segments.upper()}")
    if grid.labelled:
        parts.append("prev.: token before, broad: everywhere")
    if maps.missing:
        parts.append("orange: missing weights")
    return parts
