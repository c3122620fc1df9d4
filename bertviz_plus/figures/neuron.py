"""The neuron mode as a picture: how one query and all keys make scores and weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.fonts import shorten, text_width
from bertviz_plus.figures.furniture import AXIS, READING, SMALL, TEXT, Drawn, Page, bar_colour
from bertviz_plus.figures.palette import mix
from bertviz_plus.figures.scene import Curves, Scene
from bertviz_plus.figures.sheet import FigureState, Floats, NeuronSheet
from bertviz_plus.figures.wording import weight_text

HEAD, NUMBER = 82.0, 38.0
_LINE = 14
_REST = (
    "Query × key, summed and scaled, is the score; softmax turns scores into weights that sum to 1. "
    "Point at a row to follow it"
)
_ROWS = (20.0, 24.0)
_WIDEST, _WIDE_FROM = 1080.0, 640.0
_DIMENSION = (1.0, 7.0)
_LINK_FROM = 0.02
_MOST_ON_PAPER = 64
_SAMPLE, _WHOLE = 8192, 0.99
_DIFFERENT = 0.02

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class NeuronLayout:
    """Where the columns lie, in CSS pixels."""

    width: float
    query: float
    key: float
    key_name: float
    strip: float
    key_strip: float
    product_strip: float
    score: float
    score_bar: float
    weight: float
    weight_bar: float
    row: float
    rows: int


def neuron_layout(width: float, height: float, dimensions: int, names: float, rows: int) -> NeuronLayout:
    """Fit the columns into a width.

    Examples
    --------
    >>> layout = neuron_layout(960, 484, 32, 60, 22)
    >>> layout.rows, layout.row, layout.strip
    (20, 20.0, 224.0)
    """
    wide = width >= _WIDE_FROM
    name = min(np.ceil(names) + 20, 116.0 if wide else 58.0)
    gap, link = (18.0, 56.0) if wide else (8.0, 8.0)
    score_bar, weight_bar = (64.0, 76.0) if wide else (0.0, 26.0)
    free = min(width - 12, _WIDEST) - 2 * name - link - 3 * gap - score_bar - weight_bar - 2 * NUMBER
    one = min(_DIMENSION[1], max(_DIMENSION[0], free / 2 / dimensions))
    strip = float((np.floor(one) if one >= 2 else one) * dimensions)
    key = name + link
    row = min(_ROWS[1], max(_ROWS[0], (height - HEAD) // rows))
    product_strip = key + name + strip + gap
    score = product_strip + strip + gap
    weight = score + score_bar + NUMBER + gap
    return NeuronLayout(
        width=weight + weight_bar + NUMBER,
        query=name,
        key=key,
        key_name=name,
        strip=strip,
        key_strip=key + name,
        product_strip=product_strip,
        score=score,
        score_bar=score_bar,
        weight=weight,
        weight_bar=weight_bar,
        row=row,
        rows=min(rows, int((height - HEAD) // row)),
    )


def draw_neuron(scene: Scene, sheet: NeuronSheet | str, state: FigureState, page: Page, top: float) -> Drawn:
    """Draw the mode into a scene, and return where it ends and what its caption says.

    Parameters
    ----------
    scene : Scene
    sheet : NeuronSheet or str
        Queries and keys, or why there are none.
    state : FigureState
    page : Page
    top : float
        Where the figure begins, in CSS pixels.

    Returns
    -------
    Drawn
    """
    head = state.heads[0]
    about = [page.title, f"layer {state.layer}, head {head}"]
    if isinstance(sheet, str):
        scene.text(0, top + 52, shorten(sheet, scene.width, TEXT), colour=scene.colours.soft)
        return Drawn(top + 84, about)
    labels = (*sheet.rows.labels, *sheet.columns.labels)
    names = max(text_width(label, TEXT) if len(label) < 40 else 200.0 for label in labels)
    lines = max(sheet.rows.size, sheet.columns.size)
    height = page.height if page.height is not None else HEAD + 22.0 * min(lines, _MOST_ON_PAPER)
    layout = neuron_layout(scene.width, height, sheet.queries.shape[1], names, lines)
    query = _query(sheet, state)
    product = sheet.keys * sheet.queries[query]
    scores = product.sum(axis=1) * np.float32(sheet.scaling)
    weights = sheet.weights[query]
    masked = np.zeros(sheet.columns.size, bool)
    if sheet.causal:
        masked = sheet.columns.unit > sheet.rows.unit[query]
    if not page.on_paper:
        rest = shorten(_REST, scene.width, SMALL)
        scene.text(0, top - READING + 12, rest, size=SMALL, colour=scene.colours.soft)
    _draw_titles(scene, layout, sheet, query, top)
    _draw_strips(scene, layout, sheet, product, query, top)
    _draw_names(scene, layout, sheet, query, top)
    shown = min(layout.rows, sheet.columns.size)
    _draw_links(scene, layout, weights[:shown], masked[:shown], query, head, top)
    _draw_numbers(scene, layout, scores, weights, masked, shown, top)
    about += [
        f"query {shorten(sheet.rows.labels[query], 150, SMALL)}",
        "orange: above 0, blue: below, the largest 1% cut",
    ]
    if not _explained(scores, weights):
        about.append("scores leave out the mask and the position bias that the weights contain")
    if page.on_paper and shown < sheet.columns.size:
        about.append(f"keys 0–{shown - 1} of {sheet.columns.size}")
    return Drawn(top + HEAD + layout.rows * layout.row, about)


def _query(sheet: NeuronSheet, state: FigureState) -> int:
    """Return the row that is shown: the selected one, else the first word."""
    if state.side == "from" and state.selected_tokens:
        found = np.flatnonzero(sheet.rows.unit == state.selected_tokens[0])
        if len(found):
            return int(found[0])
    ordinary = np.flatnonzero(~sheet.rows.special)
    return int(ordinary[0]) if len(ordinary) else 0


def _explained(scores: Floats, weights: Floats) -> bool:
    """Return whether the weights are the softmax of the scores; keys with no weight count as masked."""
    seen = np.isfinite(weights) & (weights >= 0.5 / 254)
    if not seen.any():
        return False
    soft = np.exp(scores[seen] - scores[seen].max())
    return bool(np.abs(soft / soft.sum() - weights[seen] / weights[seen].sum()).max() < _DIFFERENT)


def _draw_titles(scene: Scene, layout: NeuronLayout, sheet: NeuronSheet, query: int, top: float) -> None:
    soft = scene.colours.soft
    low = top + HEAD - 18 + 11
    high = low - _LINE
    even = weight_text(1 / max(1, sheet.columns.size))
    wide = layout.score_bar > 0
    looks = "who looks" if wide else "looks"
    scene.text(layout.query - 9, low, looks, size=AXIS, colour=soft, anchor="end")
    titles = [("looked at" if wide else "at", layout.key + 9, low)]
    if wide:
        size = sheet.queries.shape[1]
        titles += [
            (f"query: what the token in bold looks for, {size} numbers", layout.key_strip, top + 11),
            ("key: what each token offers", layout.key_strip, low),
            ("query × key", layout.product_strip, high),
            ("number by number", layout.product_strip, low),
            ("score", layout.score, high),
            (f"their sum × {sheet.scaling:.3g}", layout.score, low),
            ("weight: softmax", layout.weight, high),
            (f"(even: {even})", layout.weight, low),
        ]
    else:
        titles += [
            ("query", layout.key_strip, top + 11),
            ("key", layout.key_strip, low),
            ("product", layout.product_strip, low),
            ("score", layout.score, low),
            ("weight", layout.weight, low),
        ]
    for text, x, y in titles:
        scene.text(x, y, text, size=AXIS, colour=soft)
    name = shorten(sheet.rows.labels[query], layout.key_name - 12, TEXT)
    scene.text(layout.key + 9, top + 38.5, name, bold=True)
    scene.rect(0, top + HEAD - 1, layout.width, 1, scene.colours.hair)


def _draw_strips(
    scene: Scene, layout: NeuronLayout, sheet: NeuronSheet, product: Floats, query: int, top: float
) -> None:
    shown = min(layout.rows, len(sheet.keys))
    middles = top + HEAD + layout.row * (np.arange(shown) + 0.5)
    tall = layout.row / 2 - 2
    own = sheet.queries[query]
    _draw_signed(
        scene,
        own[np.newaxis],
        np.array([top + 38.0]),
        layout.key_strip,
        layout,
        _most_reach(sheet.queries),
        21,
    )
    _draw_signed(scene, sheet.keys[:shown], middles, layout.key_strip, layout, _most_reach(sheet.keys), tall)
    _draw_signed(scene, product[:shown], middles, layout.product_strip, layout, _most_reach(product), tall)


def _reach(values: Floats) -> float:
    return max(1e-6, float(np.abs(values).max(initial=0)))


def _most_reach(values: Floats) -> float:
    """Return the distance from zero that 99% of the values stay within."""
    step = max(1, -(-values.size // _SAMPLE))
    sample = np.sort(np.abs(values.ravel()[::step]))
    return max(1e-6, float(sample[int((len(sample) - 1) * _WHOLE)]))


def _draw_signed(
    scene: Scene,
    values: Floats,
    middles: NDArray[np.floating],
    left: float,
    layout: NeuronLayout,
    reach: float,
    tall: float,
) -> None:
    """Draw bars for ``values [rows, dimensions]``: up for positive ones, down for negative ones."""
    step = layout.strip / values.shape[1]
    bar = step - 1 if step >= 3 else step
    length = (np.minimum(np.abs(values) / reach, 1) * tall).ravel()
    negative = values.ravel() < 0
    x = np.tile(left + step * np.arange(values.shape[1]), len(values))
    middle = np.repeat(middles, values.shape[1])
    signs = np.array([scene.colours.positive, scene.colours.negative], np.uint8)
    colours = signs[negative.astype(np.intp)]
    scene.rects(
        x, np.where(negative, middle, middle - length), np.full(len(x), bar), length, colours, np.ones(len(x))
    )
    rows = len(middles)
    hair = [scene.colours.hair] * rows
    scene.rects([left] * rows, middles - 0.5, [layout.strip] * rows, [1] * rows, hair, [1] * rows)


def _draw_names(scene: Scene, layout: NeuronLayout, sheet: NeuronSheet, query: int, top: float) -> None:
    colours = scene.colours
    for axis, edge, anchor, width in (
        (sheet.rows, layout.query - 9, "end", layout.query),
        (sheet.columns, layout.key + 9, "start", layout.key_name),
    ):
        for at in range(min(layout.rows, axis.size)):
            middle = top + HEAD + layout.row * (at + 0.5)
            on = anchor == "end" and at == query
            if on:
                scene.rect(0, middle - layout.row / 2, layout.query, layout.row, colours.wash)
            size = SMALL if axis.special[at] else TEXT
            scene.text(
                edge,
                middle + 0.3465 * size,
                shorten(axis.labels[at], width - 12, TEXT),
                size=size,
                colour=colours.soft if axis.special[at] else colours.ink,
                anchor="end" if anchor == "end" else "start",
                bold=on,
            )


def _draw_links(
    scene: Scene,
    layout: NeuronLayout,
    weights: Floats,
    masked: Mask,
    query: int,
    head: int,
    top: float,
) -> None:
    if query >= layout.rows:
        return
    start = top + HEAD + layout.row * (query + 0.5)
    drawn = np.isfinite(weights) & (weights >= _LINK_FROM) & ~masked
    for at in np.flatnonzero(drawn)[np.argsort(weights[drawn], kind="stable")].tolist():
        weight = float(weights[at])
        ends = np.array([[start], [top + HEAD + layout.row * (at + 0.5)]], np.float32)
        scene.add(
            Curves(
                layout.query + 2,
                layout.key - 3,
                ends[0],
                ends[1],
                scene.colours.head(head),
                0.15 + 0.85 * weight,
                1 + 1.5 * weight,
                (),
                head,
            )
        )


def _draw_numbers(
    scene: Scene,
    layout: NeuronLayout,
    scores: Floats,
    weights: Floats,
    masked: Mask,
    shown: int,
    top: float,
) -> None:
    colours = scene.colours
    reach = _reach(scores[np.isfinite(scores)])
    half = layout.score_bar / 2
    if half:
        scene.rect(layout.score + half - 0.5, top + HEAD, 1, layout.rows * layout.row, colours.hair)
    for at in range(shown):
        middle = top + HEAD + layout.row * (at + 0.5)
        score, weight, hidden = float(scores[at]), float(weights[at]), bool(masked[at])
        text = f"{score:.2f}".replace("-", "−")
        length = max(-1.0, min(1.0, score / reach)) * half
        if half:
            colour = mix(
                colours.paper, colours.negative if score < 0 else colours.positive, 0.3 if hidden else 1.0
            )
            scene.rect(layout.score + half + min(0.0, length), middle - 5, abs(length), 10, colour)
        shade = colours.soft if hidden else colours.ink
        right = layout.score + layout.score_bar + NUMBER
        scene.text(right, middle + 4, text, size=SMALL, colour=shade, anchor="end")
        present = weight if np.isfinite(weight) else 0.0
        bar = max(1.0, present * layout.weight_bar)
        if not hidden:
            scene.rect(layout.weight, middle - 5, bar, 10, bar_colour(scene, present))
        shade = colours.ink if weight >= 0.05 else colours.soft
        text = "masked" if hidden else weight_text(weight)
        scene.text(layout.weight + (0 if hidden else bar) + 5, middle + 4, text, size=SMALL, colour=shade)
