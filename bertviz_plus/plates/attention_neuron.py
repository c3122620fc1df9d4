"""The neuron plate: how one query and all keys make scores and weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.attention_state import AttentionState, Drawn
from bertviz_plus.plates.bars import bar_colour
from bertviz_plus.plates.caption import Part, draw_caption
from bertviz_plus.plates.fonts import shorten, text_width
from bertviz_plus.plates.palette import mix
from bertviz_plus.plates.scene import Curves, Scene
from bertviz_plus.plates.type_sizes import AXIS, SMALL, TEXT
from bertviz_plus.plates.wording import percent, weight_text
from bertviz_plus.traces.attention_layer import Floats, NeuronVectors
from bertviz_plus.traces.weight_codes import LEAST_WEIGHT

_SIZES = section("attention.neuron")

HEAD, NUMBER = _SIZES.number("head"), _SIZES.number("number")
_LINE, _LONG_LABEL = 14, 40
# As in the columns of heads: lower than those of the screen.
_OPACITY, _WIDTH = (section(f"attention.neuron.link.{name}") for name in ("opacity", "width"))
_ROWS = (16.0, _SIZES.limits("row")[1])
_WIDEST, _WIDE_FROM = _SIZES.number("widest"), _SIZES.number("wide_from")
_DIMENSION = _SIZES.limits("dimension")
_LINK_FROM = _SIZES.number("link_from")
_SAMPLE, _WHOLE = _SIZES.whole("sample"), _SIZES.number("within")
_DIFFERENT = _SIZES.number("softmax_differs")

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
    (22, 18.0, 224.0)
    """
    wide = width >= _WIDE_FROM
    sizes = section(f"attention.neuron.columns.{'wide' if wide else 'slim'}")
    name = min(np.ceil(names) + 20, sizes.number("name"))
    gap, score_bar, weight_bar = map(sizes.number, ("gap", "score_bar", "weight_bar"))
    link = sizes.number("link" if width < sizes.number("roomy_from") else "roomy_link")
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


def draw_neuron(scene: Scene, vectors: NeuronVectors | str, state: AttentionState, room: float) -> Drawn:
    """Draw the mode.

    Parameters
    ----------
    scene : Scene
        Is filled.
    vectors : NeuronVectors or str
        Queries and keys, or why there are none.
    state : AttentionState
    room : float
        How high it may be.
    """
    head = state.heads[0]
    about: list[Part] = [f"layer {state.layer}, head {head}"]
    if isinstance(vectors, str):
        bottom = draw_caption(scene, 0.0, [vectors])
        return Drawn(bottom + 8, about)
    labels = (*vectors.rows.labels, *vectors.columns.labels)
    names = max(text_width(label, TEXT) if len(label) < _LONG_LABEL else 200.0 for label in labels)
    lines = max(vectors.rows.size, vectors.columns.size)
    layout = neuron_layout(scene.width, room, vectors.queries.shape[1], names, lines)
    query = _query(vectors, state)
    product = vectors.keys * vectors.queries[query]
    scores = product.sum(axis=1) * np.float32(vectors.scaling)
    weights = vectors.weights[query]
    masked = np.zeros(vectors.columns.size, bool)
    if vectors.causal:
        masked = vectors.columns.unit > vectors.rows.unit[query]
    _draw_titles(scene, layout, vectors, query)
    _draw_strips(scene, layout, vectors, product, query)
    _draw_names(scene, layout, vectors, query)
    shown = min(layout.rows, vectors.columns.size)
    _draw_links(scene, layout, weights[:shown], masked[:shown], query, head)
    _draw_numbers(scene, layout, scores, weights, masked, shown)
    above, below = ("pale", "dark") if scene.colours.grey else ("orange", "blue")
    about += [
        f"query {shorten(vectors.rows.labels[query], 150, SMALL)}",
        "score: query × key, summed and scaled; weight: softmax of the scores",
        f"{above}: above 0, {below}: below, the largest 1% cut",
    ]
    if not _explained(scores, weights):
        about.append("scores leave out the mask and the position bias that the weights contain")
    if shown < vectors.columns.size:
        left_out = float(np.nan_to_num(weights[shown:]).sum())
        about.append(
            f"keys {shown}–{vectors.columns.size - 1} of {vectors.columns.size} left out, "
            f"with {percent(left_out)} of the attention"
        )
    return Drawn(HEAD + layout.rows * layout.row, about, cut=shown < vectors.columns.size)


def _query(vectors: NeuronVectors, state: AttentionState) -> int:
    """Return the row that is shown: the selected one, else the first word."""
    if state.side == "from" and state.selected_tokens:
        found = np.flatnonzero(vectors.rows.unit == state.selected_tokens[0])
        if len(found):
            return int(found[0])
    ordinary = np.flatnonzero(~vectors.rows.special)
    return int(ordinary[0]) if len(ordinary) else 0


def _explained(scores: Floats, weights: Floats) -> bool:
    """Return whether the weights are the softmax of the scores; keys with no weight count as masked."""
    seen = np.isfinite(weights) & (weights >= LEAST_WEIGHT)
    if not seen.any():
        return False
    soft = np.exp(scores[seen] - scores[seen].max())
    return bool(np.abs(soft / soft.sum() - weights[seen] / weights[seen].sum()).max() < _DIFFERENT)


def _draw_titles(scene: Scene, layout: NeuronLayout, vectors: NeuronVectors, query: int) -> None:
    soft = scene.colours.soft
    low = HEAD - 18 + 11
    high = low - _LINE
    even = weight_text(1 / max(1, vectors.columns.size))
    wide = layout.score_bar > 0
    looks = "who looks" if wide else "looks"
    scene.text(layout.query - 9, low, looks, size=AXIS, colour=soft, anchor="end")
    titles = [("looked at" if wide else "at", layout.key + 9, low)]
    if wide:
        size = vectors.queries.shape[1]
        titles += [
            (f"query: what the token in bold looks for, {size} numbers", layout.key_strip, 11.0),
            ("key: what each token offers", layout.key_strip, low),
            ("query × key", layout.product_strip, high),
            ("number by number", layout.product_strip, low),
            ("score", layout.score, high),
            (f"their sum × {vectors.scaling:.3g}", layout.score, low),
            ("weight: softmax", layout.weight, high),
            (f"(even: {even})", layout.weight, low),
        ]
    else:
        titles += [
            ("query", layout.key_strip, 11.0),
            ("key", layout.key_strip, low),
            ("product", layout.product_strip, low),
            ("score", layout.score, low),
            ("weight", layout.weight, low),
        ]
    for text, x, y in titles:
        scene.text(x, y, text, size=AXIS, colour=soft)
    name = shorten(vectors.rows.labels[query], layout.key_name - 12, TEXT)
    scene.text(layout.key + 9, 38.5, name, bold=True)
    scene.rect(0, HEAD - 1, layout.width, 1, scene.colours.hair)


def _draw_strips(
    scene: Scene, layout: NeuronLayout, vectors: NeuronVectors, product: Floats, query: int
) -> None:
    shown = min(layout.rows, len(vectors.keys))
    middles = HEAD + layout.row * (np.arange(shown) + 0.5)
    tall = layout.row / 2 - 2
    own = vectors.queries[query]
    _draw_signed(
        scene,
        own[np.newaxis],
        np.array([38.0]),
        layout.key_strip,
        layout,
        _most_reach(vectors.queries),
        21,
    )
    _draw_signed(
        scene, vectors.keys[:shown], middles, layout.key_strip, layout, _most_reach(vectors.keys), tall
    )
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


def _draw_names(scene: Scene, layout: NeuronLayout, vectors: NeuronVectors, query: int) -> None:
    colours = scene.colours
    for axis, edge, anchor, width in (
        (vectors.rows, layout.query - 9, "end", layout.query),
        (vectors.columns, layout.key + 9, "start", layout.key_name),
    ):
        for at in range(min(layout.rows, axis.size)):
            middle = HEAD + layout.row * (at + 0.5)
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
) -> None:
    if query >= layout.rows:
        return
    start = HEAD + layout.row * (query + 0.5)
    drawn = np.isfinite(weights) & (weights >= _LINK_FROM) & ~masked
    for at in np.flatnonzero(drawn)[np.argsort(weights[drawn], kind="stable")].tolist():
        weight = float(weights[at])
        ends = np.array([[start], [HEAD + layout.row * (at + 0.5)]], np.float32)
        scene.add(
            Curves(
                layout.query + 2,
                layout.key - 3,
                ends[0],
                ends[1],
                scene.colours.head(head),
                _OPACITY.number("base") + _OPACITY.number("by") * weight,
                _WIDTH.number("base") + _WIDTH.number("by") * weight,
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
) -> None:
    colours = scene.colours
    reach = _reach(scores[np.isfinite(scores)])
    half = layout.score_bar / 2
    if half:
        scene.rect(layout.score + half - 0.5, HEAD, 1, layout.rows * layout.row, colours.hair)
    for at in range(shown):
        middle = HEAD + layout.row * (at + 0.5)
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
