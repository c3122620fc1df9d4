"""How well does each method align at each layer? The map under the sentences."""

from math import sqrt

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.plates.alignment_data import AlignmentData, two_digits
from bertviz_plus.plates.fonts import shorten
from bertviz_plus.plates.palette import Colour, luminance, palette
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.type_sizes import AXIS, CELL, SMALL
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.weight_codes import FULL

_SIZES, _ROWS = section("alignment.map"), section("alignment.map.row")
_SAYS = section("words.alignment").texts()

_LABEL = _SIZES.number("label")
# All layers must fit into a figure, however narrow: their cells may be narrower than those of the screen.
_NARROWEST, _WIDEST, _NUMBER = 5.0, _SIZES.limits("cell")[1], 16.0
_FEW, _HIGH_ROW, _ROW = _SIZES.whole("few_rows"), _ROWS.number("few"), _ROWS.number("many")
_PRINTED = _SIZES.number("numbers_from")
# The full ramp would outshout the links.
_PALEST, _RANGE, _WORST = _SIZES.number("palest"), _SIZES.number("range"), _SIZES.number("worst")
_TIES = _SIZES.whole("ties")
_LIGHT = _SIZES.number("light_from_luminance")


def map_height(methods: int) -> float:
    """Return how high the map is with all its rows.

    Examples
    --------
    >>> map_height(9), map_height(3), map_height(0)
    (195.0, 93.0, 0.0)
    """
    return 24 + methods * _row_height(methods) if methods else 0.0


def draw_map(scene: Scene, data: AlignmentData, top: float) -> float:
    """Draw the measure at each layer (across) by each method (down), and return where that ends."""
    if not data.values.size:
        return top
    methods, layers = data.values.shape
    colours = scene.colours
    label = _LABEL
    across = min(max(float((scene.width - label - 8) // layers), _NARROWEST), _WIDEST)
    every = int(np.ceil(_NUMBER / across))
    row_height = _row_height(methods)
    names = data.methods[:methods]
    now = names.index(data.method) if data.method in names else -1
    rows = list(range(methods))
    name = _SAYS["aer" if data.measure == "aer" else "confidence"]
    scene.text(label - 9, top + 13, name, size=AXIS, colour=colours.soft, anchor="end")
    for place, layer in enumerate(data.hidden_layers):
        here = layer == data.hidden_layer
        if place % every and not here:
            continue
        colour = colours.ink if here else colours.soft
        x = label + (place + 0.5) * across
        scene.text(x, top + 13, str(layer), size=AXIS, colour=colour, anchor="middle", bold=here)
    best, ties = _best(data)
    # On a shade of either theme.
    day = palette("light", grey=colours.grey)
    boxes, shades = [], []
    for line, row in enumerate(rows):
        y = top + row_height * (line + 1)
        colour = colours.ink if row == now else colours.soft
        middle = y + row_height / 2 + 4
        said = shorten(names[row], label - 9, SMALL)
        scene.text(label - 9, middle, said, size=SMALL, colour=colour, anchor="end", bold=row == now)
        for place, value in enumerate(data.values[row].tolist()):
            boxes.append((label + place * across + 1, y + 1, across - 2, row_height - 2))
            shades.append(_shade(scene, data, value))
    lefts, tops, widths, heights = np.array(boxes).T
    scene.rects(lefts, tops, widths, heights, shades, np.ones(len(boxes)))
    cells = [(row, place) for row in rows for place in range(layers)]
    for (row, place), (x, y, width, height), shade in zip(cells, boxes, shades, strict=True):
        value = float(data.values[row, place])
        ink = day.ink if luminance(shade) > _LIGHT else day.paper
        if across >= _PRINTED and value == value:
            said = two_digits(value).removeprefix("0")
            base = y + height / 2 + 3.8
            scene.text(x + width / 2, base, said, size=CELL, colour=ink, anchor="middle")
        if ties <= _TIES and abs(value - best) < 1e-6:
            scene.dot(x + width - 4.5, y + 4.5, 1.7, ink)
        if row == now and data.hidden_layers[place] == data.hidden_layer:
            scene.frame(x - 2.5, y - 2.5, width + 5, height + 5, colours.ink, 1.5)
    return top + row_height * (len(rows) + 1)


def map_text(data: AlignmentData) -> list[str]:
    """Return what the caption says of the map: which pairs it counts, what is better, and the baseline."""
    if not data.values.size:
        return []
    best, ties = _best(data)
    better = _SAYS["aer_better" if data.measure == "aer" else "confidence_better"]
    tied = f"best {two_digits(best)}, reached by {counted(ties, 'cell')}" if ties > _TIES else _SAYS["best"]
    pairs = "" if data.pairs < 2 else " of all pairs" if data.map_of == "all" else " of this pair"
    said = [f"map{pairs}: {better}; {tied}", data.note, _baseline(data)]
    return [one for one in said if one]


def _row_height(methods: int) -> float:
    return _ROW if methods > _FEW else _HIGH_ROW


def _shade(scene: Scene, data: AlignmentData, value: float) -> Colour:
    good = 1 - sqrt(max(value, 0.0) / _WORST) if data.measure == "aer" else value
    share = min(max(good, 0.0), 1.0) * _RANGE + _PALEST if value == value else 0.0
    r, g, b = scene.colours.ramp[round(FULL * share**2)].tolist()
    return r, g, b


def _best(data: AlignmentData) -> tuple[float, int]:
    """Return the best value, and how many cells have it."""
    known = data.values[np.isfinite(data.values)]
    if not known.size:
        return float("nan"), 0
    best = float(known.min() if data.measure == "aer" else known.max())
    return best, int((np.abs(known - best) < 1e-6).sum())


def _baseline(data: AlignmentData) -> str:
    """Say what the values are compared with, at the layer in view by the method in view."""
    if data.measure == "aer":
        diagonal = two_digits(data.diagonal)
        return "" if data.diagonal is None else f"diagonal {diagonal} ({_SAYS['aer_baseline']})"
    methods = data.methods[: len(data.values)]
    row = methods.index(data.method) if data.method in methods else 0
    said = data.by_chance((row, data.hidden_layers.index(data.hidden_layer)))
    return f"{said} ({_SAYS['confidence_baseline']})" if said else ""
