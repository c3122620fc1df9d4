"""The matrix plate: a heat map with both token axes, its colour scale, and the largest weights."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.attention_quantity import SIGNED_WORDS, codes_of, fitting, ramp_of, value_text
from bertviz_plus.plates.attention_state import AttentionState, Drawn
from bertviz_plus.plates.bars import WEIGHT_SCALE_HEIGHT, draw_bars, draw_weight_scale
from bertviz_plus.plates.caption import Part
from bertviz_plus.plates.fonts import shorten, text_width
from bertviz_plus.plates.scene import Picture, Scene
from bertviz_plus.plates.type_sizes import AXIS, SMALL
from bertviz_plus.plates.wording import counted, heads_text, weight_text
from bertviz_plus.traces.attention_layer import AttentionLayer, Axis, Floats
from bertviz_plus.traces.pooling import column_edges, max_over, pixel_spans, spread
from bertviz_plus.traces.weight_codes import FULL, MISSING

_SIZES = section("attention.matrix")

_LARGEST_CELL = _SIZES.number("largest_cell")
_PANEL, _PANEL_FROM = _SIZES.number("panel"), _SIZES.number("panel_from")
_NARROW, _OVERHANG = _SIZES.number("narrow"), 20.0
_LEAN = _SIZES.number("label_rises")
_GAPS_FROM = _SIZES.number("gaps_from")
_LABEL_PITCH = _SIZES.number("label_line")
_BARS, _FEWER_BARS = _SIZES.whole("bars"), _SIZES.whole("fewer_bars")
_BOTH, _BOTH_GAP, _TITLE = _SIZES.number("both"), _SIZES.number("both_gap"), _SIZES.number("both_title")
_HATCH_FROM = _SIZES.number("hatch_from")
_MOST_HATCHED = 5000
_AXES = section("words.axes").texts()
_RECEIVED, _ATTENDS, _GETS = (section(f"words.{name}").texts() for name in ("received", "attends", "gets"))
_ANGLE = 55.0
_LEAST_LABEL, _LABEL = _SIZES.limits("label")
_NARROW_LABEL = section("attention.matrix.label").number("narrow")


def draw_matrix(
    scene: Scene,
    layer: AttentionLayer,
    state: AttentionState,
    room: float,
    both: Mapping[str, AttentionLayer] | None = None,
) -> Drawn:
    """Draw the mode.

    Parameters
    ----------
    scene : Scene
        Is filled.
    layer : AttentionLayer
    state : AttentionState
    room : float
        How high it may be.
    both : mapping of str to AttentionLayer, optional
        What a difference is of.
    """
    weights = mean_of_heads(layer, state.heads)
    rows, columns = max(1, layer.rows.size), max(1, layer.columns.size)
    width = scene.width
    most = _NARROW_LABEL if width < _NARROW else _LABEL
    left = max(_LEAST_LABEL, float(np.ceil(min(_widest(layer.rows), most)) + 9))
    head = float(np.ceil(min(_widest(layer.columns), most * _LEAN) * _LEAN) + 12)
    panel = width >= _PANEL_FROM
    across = width - left - (_PANEL if panel else _OVERHANG)
    tall = room - head - (2 if panel else WEIGHT_SCALE_HEIGHT)
    cell = min(_LARGEST_CELL, across / columns, tall / rows)
    if cell >= 3:
        cell = float(np.floor(cell * scene.scale) / scene.scale)
    x, y = left, head
    edges = column_edges(layer.columns.special, cell)
    state = replace(state, most=fitting(state, layer))
    _draw_map(scene, weights, state, x, y, cell, edges)
    _draw_seams(scene, layer, x, y, cell, edges)
    _draw_row_labels(scene, layer.rows, x, y, cell)
    _draw_column_labels(scene, layer.columns, x, y, cell, edges, head / _LEAN - 8)
    selected = np.flatnonzero(
        np.isin((layer.rows if state.side == "from" else layer.columns).unit, state.selected_tokens)
    )
    for at in selected.tolist():
        box = (
            (x, y + at * cell, columns * cell, cell)
            if state.side == "from"
            else (x + edges[at], y, edges[at + 1] - edges[at], rows * cell)
        )
        scene.frame(box[0] - 1, box[1] - 1, max(3.0, box[2]) + 1, max(3.0, box[3]) + 1, scene.colours.ink)
    bottom = y + rows * cell + 2
    if panel:
        aside = x + columns * cell + 44
        n_bars = _FEWER_BARS if both else _BARS
        below = _draw_panel(scene, layer, state, weights, selected, aside, n_bars)
        if both:
            below = _draw_both(scene, both, state, aside, below + 14, max(room, bottom) - below - 14)
        bottom = max(bottom, below)
    else:
        bottom = draw_weight_scale(scene, x, bottom + 8, name=state.quantity, most=state.most)
        if both:
            bottom = _draw_both(scene, both, state, 0, bottom + 14, _BOTH)
    if state.signed:
        return Drawn(bottom, _caption(scene, layer, state, cell))
    shown = np.where(np.isfinite(weights), weights, 0)
    total = float(shown.sum())
    hidden = float(shown.sum(where=shown < state.threshold)) / total if total and state.threshold > 0 else 0.0
    lost = layer.hidden_share(state.heads, 0)
    hidden = lost + (1 - lost) * hidden
    return Drawn(bottom, _caption(scene, layer, state, cell), hidden)


def _widest(axis: Axis) -> float:
    # Of a very long label only the start is measured: it is cut in any case.
    return max((text_width(label[:60], SMALL) for label in axis.labels), default=0.0)


def mean_of_heads(layer: AttentionLayer, heads: tuple[int, ...]) -> Floats:
    """Return ``[rows, columns]``: one head, or the mean over those of several where a weight is present."""
    own = layer.weights if len(heads) == len(layer.weights) else layer.weights[list(heads)]
    mean: Floats = own[0] if len(own) == 1 else own.mean(axis=0)
    if len(own) == 1 or np.isfinite(mean).all():
        return mean
    present = np.isfinite(own)
    sums = np.where(present, own, 0).sum(axis=0)
    count = present.sum(axis=0)
    averaged: Floats = np.where(count > 0, sums / np.maximum(count, 1), np.nan).astype(np.float32)
    return averaged


def _draw_map(
    scene: Scene,
    weights: Floats,
    state: AttentionState,
    x: float,
    y: float,
    cell: float,
    edges: NDArray[np.float64],
) -> None:
    colours = scene.colours
    codes = codes_of(weights, state)
    if not state.signed:
        codes[(codes < round(state.threshold * FULL)) & (codes != MISSING)] = 0
    rows, columns = codes.shape
    width, height = columns * cell, rows * cell
    if cell * scene.scale < 1 or not np.allclose(np.diff(edges), cell):
        # Several weights may share a pixel: the largest is seen.
        across, down = max(1, round(width * scene.scale)), max(1, round(height * scene.scale))
        codes = max_over(codes, spread(rows, down), pixel_spans(edges, across))
    scene.add(Picture(x, y, width, height, codes, ramp_of(colours, state)))
    if cell >= _GAPS_FROM and rows * columns > 1:
        inner_x, inner_y = np.arange(1, columns), np.arange(1, rows)
        scene.rects(
            np.concatenate([x + inner_x * cell - 1, np.full(rows - 1, x)]),
            np.concatenate([np.full(columns - 1, y), y + inner_y * cell - 1]),
            np.concatenate([np.ones(columns - 1), np.full(rows - 1, width)]),
            np.concatenate([np.full(columns - 1, height), np.ones(rows - 1)]),
            [colours.paper] * (rows + columns - 2),
            np.ones(rows + columns - 2),
        )
    _hatch_missing(scene, weights, x, y, cell)
    scene.frame(x, y, width, height, colours.hair)


def _hatch_missing(scene: Scene, weights: Floats, x: float, y: float, cell: float) -> None:
    """Draw stripes over cells without a weight, so that not only their colour tells."""
    row, column = np.nonzero(~np.isfinite(weights))
    if cell < _HATCH_FROM or not len(row) or len(row) > _MOST_HATCHED:
        return
    steps = np.arange(1, cell, 3.0, dtype=np.float32)
    left = np.repeat(x + column * cell, len(steps))
    up = np.repeat(y + row * cell, len(steps)) + np.tile(steps, len(row))
    count = len(up)
    soft = [scene.colours.soft] * count
    scene.rects(left, up, np.full(count, cell - 1), np.full(count, 0.7), soft, np.full(count, 0.8))


def _draw_seams(
    scene: Scene, layer: AttentionLayer, x: float, y: float, cell: float, edges: NDArray[np.float64]
) -> None:
    """Draw a line where the second text of a pair begins."""
    width, height = layer.columns.size * cell, layer.rows.size * cell
    for at in (np.flatnonzero(np.diff(layer.rows.segment) > 0) + 1).tolist():
        scene.rect(x, y + at * cell - 1, width, 1, scene.colours.soft)
    for at in (np.flatnonzero(np.diff(layer.columns.segment) > 0) + 1).tolist():
        scene.rect(x + float(edges[at]) - 1, y, 1, height, scene.colours.soft)


def _labelled(size: int, cell: float) -> tuple[NDArray[np.intp], float]:
    """Return which positions have a label, and the size of the type."""
    step = _label_step(cell)
    return np.arange(0, size, step), AXIS if cell * step < 15 else SMALL


def _label_step(cell: float) -> int:
    return max(1, int(np.ceil(_LABEL_PITCH / cell)))


def _draw_row_labels(scene: Scene, axis: Axis, x: float, y: float, cell: float) -> None:
    shown, size = _labelled(axis.size, cell)
    for i in shown.tolist():
        shade = scene.colours.soft if axis.special[i] else scene.colours.ink
        label = shorten(axis.labels[i], x - 6, SMALL)
        scene.text(x - 6, y + (i + 0.5) * cell + 4, label, size=size, colour=shade, anchor="end")


def _draw_column_labels(
    scene: Scene, axis: Axis, x: float, y: float, cell: float, edges: NDArray[np.float64], room: float
) -> None:
    shown, size = _labelled(axis.size, cell)
    # The label turns about its lower left corner, a little under its baseline.
    aside, up = 3 * np.sin(np.radians(_ANGLE)), 3 * np.cos(np.radians(_ANGLE))
    for j in shown.tolist():
        shade = scene.colours.soft if axis.special[j] else scene.colours.ink
        label = shorten(axis.labels[j], room, SMALL)
        at = x + float(edges[j] + edges[j + 1]) / 2 + 4 - aside
        scene.text(at, y - 2 - up, label, size=size, colour=shade, angle=_ANGLE)


def _draw_panel(
    scene: Scene,
    layer: AttentionLayer,
    state: AttentionState,
    weights: Floats,
    selected: NDArray[np.intp],
    x: float,
    n_bars: int,
) -> float:
    """Draw the largest weights as bars: of the selected row or column, else the mean received."""
    colours = scene.colours
    present = np.where(np.isfinite(weights), weights, 0)
    labels = layer.columns.labels
    if not len(selected):
        received = _RECEIVED.get(state.quantity, f"{state.quantity.capitalize()} received")
        title, bold = f"{received}, mean over rows", ""
        values = present.mean(axis=0)
    elif state.side == "from":
        title, bold = _ATTENDS.get(state.quantity, _ATTENDS["weight"]), layer.rows.labels[selected[0]]
        values = present[selected].mean(axis=0)
    else:
        title, bold = _GETS.get(state.quantity, _GETS["weight"]), layer.columns.labels[selected[0]]
        values, labels = present[:, selected].mean(axis=1), layer.rows.labels
    if len(selected) > 1:
        bold = counted(len(selected), state.units.removesuffix("s"))
        title += ", mean"
    bold = shorten(bold, 120, SMALL)
    scene.text(x, 13, bold, size=SMALL, bold=True)
    indent = text_width(bold, SMALL, bold=True) if bold else 0.0
    scene.text(x + indent, 13, title, size=SMALL, colour=colours.soft)
    order = np.argsort(-np.abs(values), kind="stable")
    most = state.most or 1.0
    bars = [
        (labels[j], float(values[j]) / most, value_text(float(values[j]), state))
        for j in order[:n_bars].tolist()
    ]
    others = order[n_bars:]
    if len(others):
        rest = float(values[others].sum())
        bars.append((counted(len(others), "other"), min(1.0, rest / most), value_text(rest, state)))
    has_rest, signed = bool(len(others)), state.signed
    y = draw_bars(scene, x, 24, bars, name_width=90, length=130, rest=has_rest, signed=signed)
    if signed:
        return draw_weight_scale(scene, x + 90, y + 18, name=state.quantity, most=state.most)
    even = f"an even spread: {weight_text(1 / max(1, layer.columns.size))}"
    scene.text(x + 90, y + 15, even, size=AXIS, colour=colours.soft)
    return draw_weight_scale(scene, x + 90, y + 34, name=state.quantity)


def _draw_both(
    scene: Scene, both: Mapping[str, AttentionLayer], state: AttentionState, x: float, y: float, room: float
) -> float:
    """Draw the same head of both models, their names above, and return where they end."""
    weights = replace(state, most=0.0, threshold=0.0)
    width = (scene.width - x - _BOTH_GAP) / 2
    end = y
    for name, layer in both.items():
        rows, columns = max(1, layer.rows.size), max(1, layer.columns.size)
        cell = min(width / columns, max(_BOTH, room - _TITLE) / rows, _LARGEST_CELL)
        scene.text(x, y + 10, shorten(name, width, SMALL), size=SMALL, colour=scene.colours.soft)
        edges = column_edges(layer.columns.special, cell)
        _draw_map(scene, mean_of_heads(layer, state.heads), weights, x, y + _TITLE, cell, edges)
        x, end = x + width + _BOTH_GAP, y + _TITLE + rows * cell
    return end


def _caption(scene: Scene, layer: AttentionLayer, state: AttentionState, cell: float) -> list[Part]:
    n_heads = len(layer.weights)
    heads = heads_text(state.heads, n_heads, layer.mean_of)
    if len(state.heads) == n_heads > 1:
        heads = f"mean of all {counted(n_heads, 'head')}"
    elif len(state.heads) > 1:
        heads = "mean of " + heads
    parts: list[Part] = [f"{layer.where}, {heads}"]
    if state.segments != "all":
        parts.append(f"sentences {state.segments.upper()}")
    parts.append(_AXES["cross" if layer.kind == "cross" else "same"])
    if cell * scene.scale < 1:
        parts.append(f"largest {state.quantity} at each spot")
    if state.signed:
        parts.append(SIGNED_WORDS["colours"])
    step = _label_step(cell)
    if step > 1 and max(layer.rows.size, layer.columns.size) > step:
        parts.append(f"one label in {step}")
    if layer.missing:
        parts.append(f"{counted(layer.missing, 'weight')} missing (hatched)")
    return parts
