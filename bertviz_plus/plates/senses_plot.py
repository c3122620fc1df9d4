"""The plot of occurrences: marks, names, the pinned one with its neighbours and its path."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import Section, section
from bertviz_plus.plates.fonts import text_width
from bertviz_plus.plates.palette import Colour, Palette, mix
from bertviz_plus.plates.scene import Scene, Shapes
from bertviz_plus.plates.senses_data import SenseData, SenseState
from bertviz_plus.plates.senses_labels import place_names
from bertviz_plus.plates.senses_places import (
    KINDS,
    STRIDE,
    Places,
    corners_of,
    opacity_for,
    place_points,
    radius_for,
)
from bertviz_plus.plates.type_sizes import CELL

_MARKS = section("senses.marks")
_LINE, _WAY, _NEAR, _OWN = (section(f"senses.pinned.{one}") for one in ("line", "way", "near", "own"))

# A rim is a line around the mark, of which half lies outside.
_RIMMED, _RIM = _MARKS.whole("rimmed_up_to"), _MARKS.number("rim") / 2
_UNSELECTED = _MARKS.number("unselected")
_RECEDING = 0.28
_UNLABELLED = _MARKS.number("unlabelled")
_CLUSTER_COLOUR = section("senses.clusters").whole("first_colour")
_NAMED, _NAME_SIZE = section("senses.names").whole("most"), 14.0
_TOGETHER = section("senses.curves").number("stops")


def look_of(data: SenseData, colours: Palette, code: int) -> tuple[int, Colour, float]:
    """Return a label's shape, colour and size; what has no label is grey and smaller, a cluster hollow."""
    if data.labels and code >= len(data.labels):
        return 0, colours.soft, _UNLABELLED
    if data.clustered:
        return code % KINDS + KINDS, colours.head(code + _CLUSTER_COLOUR), 1.0
    return code % KINDS, colours.head(code), 1.0


def draw_plot(
    scene: Scene,
    data: SenseData,
    state: SenseState,
    box: tuple[float, float, float, float],
) -> Places:
    """Draw marks and what stands on them.

    Parameters
    ----------
    scene : Scene
    data : SenseData
    state : SenseState
    box : (left, top, width, height)

    Returns
    -------
    Places
        Within the box.
    """
    left, top, width, height = box
    radius = radius_for(data.count)
    places = place_points(data, state.step, width, height, radius)
    _draw_marks(scene, data, state, places, (left, top), radius)
    _draw_names(scene, data, state, places, box, radius)
    if 0 <= state.pinned < data.count and np.isfinite(places.x[state.pinned]):
        _draw_pinned(scene, data, state, places, box, radius)
    return places


def _draw_marks(
    scene: Scene,
    data: SenseData,
    state: SenseState,
    places: Places,
    corner: tuple[float, float],
    radius: float,
) -> None:
    colours = scene.colours
    order = np.argsort(np.arange(data.count) * STRIDE % data.count, kind="stable")
    shown = np.isfinite(places.x) & ~np.isin(data.codes, muted_codes(data, state))
    looks = [look_of(data, colours, code) for code in range(len(data.labels) + 1)]
    opacity = opacity_for(data.count)
    recede = _RECEDING if state.pinned >= 0 else 1.0

    def lay(chosen: NDArray[np.bool_], alpha: float) -> None:
        kept = order[chosen[order]]
        if not kept.size:
            return
        scene.add(
            Shapes(
                places.x[kept] + np.float32(corner[0]),
                places.y[kept] + np.float32(corner[1]),
                data.codes[kept].astype(np.intp),
                tuple(corners_of(shape) for shape, _, _ in looks),
                tuple(radius * size for _, _, size in looks),
                # Marks that recede are paler, and not thinner: those below do not shine through.
                tuple(mix(colours.paper, colour, recede) for _, colour, _ in looks),
                alpha,
                _RIM if data.count <= _RIMMED else 0.0,
                colours.paper,
            )
        )

    if state.selected:
        picked = np.zeros(data.count, bool)
        picked[list(state.selected)] = True
        lay(shown & ~picked, _UNSELECTED if data.count <= _RIMMED else _UNSELECTED / 2)
        shown = shown & picked
    lay(shown, opacity)


def muted_codes(data: SenseData, state: SenseState) -> list[int]:
    """Return the labels that are switched off."""
    return [code for code, label in enumerate(data.labels) if label in state.muted]


def _draw_names(
    scene: Scene,
    data: SenseData,
    state: SenseState,
    places: Places,
    box: tuple[float, float, float, float],
    radius: float,
) -> None:
    if not 2 <= len(data.labels) <= _NAMED:
        return
    left, top, width, height = box
    colours = scene.colours
    widths = [text_width(label, _NAME_SIZE, bold=True) + 8 for label in data.labels]
    for name in place_names(places, data.codes, widths, (width, height), radius):
        label = data.labels[name.group]
        opacity = name.opacity * (_RECEDING if state.pinned >= 0 else 1)
        if opacity < 0.02 or label in state.muted:
            continue
        _, colour, _ = look_of(data, colours, name.group)
        scene.text(
            left + name.x,
            top + name.y + 0.35 * _NAME_SIZE,
            label,
            size=_NAME_SIZE,
            colour=mix(colours.paper, colour, opacity),
            anchor="middle",
            bold=True,
            halo=colours.paper,
        )


def _draw_pinned(
    scene: Scene,
    data: SenseData,
    state: SenseState,
    places: Places,
    box: tuple[float, float, float, float],
    radius: float,
) -> None:
    left, top, width, height = box
    colours = scene.colours
    spots = np.stack([places.x + left, places.y + top], axis=1)
    here = spots[state.pinned]
    way = []
    for step, layer in enumerate(data.hidden_layers):
        found = place_points(data, step, width, height, radius)
        x, y = float(found.x[state.pinned]), float(found.y[state.pinned])
        if np.isfinite(x):
            way.append((x + left, y + top, layer))
    _draw_way(scene, way, here)
    muted = muted_codes(data, state)
    near = [item for item in state.nearest if np.isfinite(spots[item, 0]) and data.codes[item] not in muted]
    relatives = data.relatives_of(state.pinned)
    for item in near:
        missed = bool(relatives) and item not in relatives
        dash = _LINE.numbers("missed") if missed else ()
        width, opacity = _LINE.number("width"), _LINE.number("opacity")
        scene.path([here, spots[item]], colours.ink, width, alpha=opacity, dash=dash)
    for item in near:
        _draw_mark(scene, data, spots[item], item, _large(_NEAR, radius), 0)
    for item in sorted(relatives.difference(near)):
        if np.isfinite(spots[item, 0]) and data.codes[item] not in muted:
            _draw_mark(scene, data, spots[item], item, _large(_NEAR, radius), _NEAR.number("ring"))
    _draw_mark(scene, data, here, state.pinned, _large(_OWN, radius), _OWN.number("ring"))


def _large(mark: Section, radius: float) -> float:
    return max(mark.number("least"), mark.number("times") * radius)


def _draw_mark(
    scene: Scene, data: SenseData, spot: NDArray[np.float32], item: int, radius: float, ring: float
) -> None:
    colours = scene.colours
    shape, colour, _ = look_of(data, colours, int(data.codes[item]))
    x, y = float(spot[0]), float(spot[1])
    if ring:
        draw_glyph(scene, x, y, shape, radius + ring / 2 + 1.5, colours.paper)
        draw_glyph(scene, x, y, shape, radius + ring / 2, colours.ink)
    draw_glyph(scene, x, y, shape, radius, colour)


def draw_glyph(scene: Scene, x: float, y: float, shape: int, radius: float, colour: Colour) -> None:
    """Draw one mark."""
    corners = corners_of(shape)
    if len(corners):
        scene.path(corners * np.float32(radius) + np.array([x, y], np.float32), colour, filled=True)
    else:
        scene.dot(x, y, radius, colour)


def _draw_way(scene: Scene, way: Sequence[tuple[float, float, int]], here: NDArray[np.float32]) -> None:
    """Draw a curve through an occurrence's places at all layers, and the layers' numbers."""
    colours = scene.colours
    if len(way) > 1:
        points = np.array([(x, y) for x, y, _ in way])
        width, opacity = _WAY.number("width"), _WAY.number("opacity")
        scene.path(_smooth(points), colours.soft, width, alpha=opacity, dash=_WAY.numbers("dash"))
    stops: list[tuple[float, float, list[str]]] = []
    for x, y, layer in way:
        near = next((stop for stop in stops if np.hypot(stop[0] - x, stop[1] - y) < _TOGETHER), None)
        if near is None:
            stops.append((x, y, [str(layer)]))
        else:
            near[2].append(str(layer))
    for x, y, layers in stops:
        if np.hypot(x - here[0], y - here[1]) >= _TOGETHER + 2:
            scene.text(
                x,
                y + 3.7,
                ",".join(layers),
                size=CELL,
                colour=colours.soft,
                anchor="middle",
                halo=colours.paper,
            )


def _smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Catmull and Rom's curve through the points, as short lines."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, 12, endpoint=False)[:, np.newaxis]
    parts = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        first, second = start + (end - before) / 6, end - (after - start) / 6
        inner = 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t**2 * second
        parts.append((1 - t) ** 3 * start + inner + t**3 * end)
    return np.concatenate([*parts, points[-1:]])
