"""How well does each method align at each layer? The map under the figure, as the live view has it."""

from math import sqrt

import numpy as np

from bertviz_plus.figures.alignment_sheet import AlignmentSheet, two_digits
from bertviz_plus.figures.fonts import shorten, text_width
from bertviz_plus.figures.furniture import AXIS, SMALL
from bertviz_plus.figures.palette import Colour
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.wording import counted

_NARROW = 640.0
_LABEL, _NARROW_LABEL = 84.0, 70.0
_NARROWEST, _WIDEST = 16.0, 50.0
_FEW, _HIGH_ROW, _ROW = 4, 23.0, 19.0
_PRINTED, _PRINT = 30.0, 10.5
# The full ramp would outshout the links.
_PALEST, _RANGE, _WORST = 0.02, 0.56, 0.6
_TIES = 4
_ASIDE, _ASIDE_LINE = 150.0, 17.0
_DARK_INK, _LIGHT_INK, _LUMINANCE = (0x1B, 0x1F, 0x27), (255, 255, 255), 0.19


def map_height(methods: int) -> float:
    """Return how high the map is with all its rows.

    Examples
    --------
    >>> map_height(9), map_height(3), map_height(0)
    (195.0, 93.0, 0.0)
    """
    return 24 + methods * _row_height(methods) if methods else 0.0


def draw_map(scene: Scene, sheet: AlignmentSheet, top: float, *, folded: bool = False) -> float:
    """Draw the measure at each layer (across) by each method (down), and return where that ends.

    Parameters
    ----------
    scene : Scene
    sheet : AlignmentSheet
    top : float
    folded : bool, default False
        Only the row of the method in view.
    """
    if not sheet.values.size:
        return top
    methods, layers = sheet.values.shape
    colours = scene.colours
    label = _NARROW_LABEL if scene.width < _NARROW else _LABEL
    across = min(max(float((scene.width - label - 8) // layers), _NARROWEST), _WIDEST)
    row_height = _row_height(methods)
    names = sheet.methods[:methods]
    now = names.index(sheet.method) if sheet.method in names else -1
    rows = [max(0, now)] if folded else list(range(methods))
    name = "AER" if sheet.measure == "aer" else "confidence"
    scene.text(label - 9, top + 13, name, size=AXIS, colour=colours.soft, anchor="end")
    for place, layer in enumerate(sheet.hidden_layers):
        here = layer == sheet.hidden_layer
        colour = colours.ink if here else colours.soft
        x = label + (place + 0.5) * across
        scene.text(x, top + 13, str(layer), size=AXIS, colour=colour, anchor="middle", bold=here)
    best, ties = _best(sheet)
    boxes, shades = [], []
    for line, row in enumerate(rows):
        y = top + row_height * (line + 1)
        colour = colours.ink if row == now else colours.soft
        middle = y + row_height / 2 + 4
        said = shorten(names[row], label - 9, SMALL)
        scene.text(label - 9, middle, said, size=SMALL, colour=colour, anchor="end", bold=row == now)
        for place, value in enumerate(sheet.values[row].tolist()):
            boxes.append((label + place * across + 1, y + 1, across - 2, row_height - 2))
            shades.append(_shade(scene, sheet, value))
    lefts, tops, widths, heights = np.array(boxes).T
    scene.rects(lefts, tops, widths, heights, shades, np.ones(len(boxes)))
    cells = [(row, place) for row in rows for place in range(layers)]
    for (row, place), (x, y, width, height), shade in zip(cells, boxes, shades, strict=True):
        value = float(sheet.values[row, place])
        dark = (_DARK_INK[0],) * 3 if colours.grey else _DARK_INK
        ink = dark if _luminance(shade) > _LUMINANCE else _LIGHT_INK
        if across >= _PRINTED and value == value:
            said = two_digits(value).removeprefix("0")
            base = y + height / 2 + 3.8
            scene.text(x + width / 2, base, said, size=_PRINT, colour=ink, anchor="middle")
        if ties <= _TIES and abs(value - best) < 1e-6:
            scene.dot(x + width - 4.5, y + 4.5, 1.7, ink)
        if row == now and sheet.hidden_layers[place] == sheet.hidden_layer:
            scene.frame(x - 2.5, y - 2.5, width + 5, height + 5, colours.ink, 1.5)
    bottom = top + row_height * (len(rows) + 1)
    beside = scene.width if folded else label + layers * across + 14
    return _draw_aside(scene, sheet, (beside, top, bottom), (best, ties))


def _row_height(methods: int) -> float:
    return _ROW if methods > _FEW else _HIGH_ROW


def _shade(scene: Scene, sheet: AlignmentSheet, value: float) -> Colour:
    good = 1 - sqrt(max(value, 0.0) / _WORST) if sheet.measure == "aer" else value
    share = min(max(good, 0.0), 1.0) * _RANGE + _PALEST if value == value else 0.0
    r, g, b = scene.colours.ramp[round(254 * share**2)].tolist()
    return r, g, b


def _luminance(shade: Colour) -> float:
    red, green, blue = (
        one / 3294 if one <= 10 else float(((one / 255 + 0.055) / 1.055) ** 2.4) for one in shade
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _best(sheet: AlignmentSheet) -> tuple[float, int]:
    """Return the best value, and how many cells have it."""
    known = sheet.values[np.isfinite(sheet.values)]
    if not known.size:
        return float("nan"), 0
    best = float(known.min() if sheet.measure == "aer" else known.max())
    return best, int((np.abs(known - best) < 1e-6).sum())


def _draw_aside(
    scene: Scene, sheet: AlignmentSheet, place: tuple[float, float, float], best: tuple[float, int]
) -> float:
    """Write what the map is of, beside it or where there is no room under it."""
    x, top, bottom = place
    value, ties = best
    better = "lower is better" if sheet.measure == "aer" else "higher is surer"
    tied = f"best {two_digits(value)}, reached by {counted(ties, 'cell')}" if ties > _TIES else "• best"
    said = [f"{better}; {tied}", sheet.note, _baseline(sheet)]
    if sheet.pairs > 1:
        said.insert(0, "all pairs" if sheet.map_of == "all" else "this pair")
    parts = [one for one in said if one]
    room = scene.width - x
    soft = scene.colours.soft
    if room <= _ASIDE - 14:
        x, y = 0.0, bottom
        for part in parts:
            width = text_width(part, AXIS)
            if x and x + width > scene.width:
                x, y = 0.0, y + _ASIDE_LINE
            scene.text(x, y + 15, part, size=AXIS, colour=soft)
            x += width + 14
        return y + _ASIDE_LINE + 4
    y = top + 16
    for part in parts:
        line = ""
        for word in f"{part} ".split(" "):
            longer = f"{line} {word}".strip()
            if line and (not word or text_width(longer, AXIS) > room):
                scene.text(x, y + 12, line, size=AXIS, colour=soft)
                line, y = word, y + _ASIDE_LINE
            else:
                line = longer
        y += 2
    return max(bottom, y)


def _baseline(sheet: AlignmentSheet) -> str:
    """Say what the values are compared with, at the layer in view by the method in view."""
    if sheet.measure == "aer":
        diagonal = two_digits(sheet.diagonal)
        return "" if sheet.diagonal is None else f"diagonal {diagonal} (word order alone)"
    methods = sheet.methods[: len(sheet.values)]
    row = methods.index(sheet.method) if sheet.method in methods else 0
    said = sheet.by_chance((row, sheet.hidden_layers.index(sheet.hidden_layer)))
    return f"{said} (random numbers for cosines)" if said else ""
