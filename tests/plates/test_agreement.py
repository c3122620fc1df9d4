"""A plate shows what the screen shows: the same links, colours, labels and places, number by number.

The screen's side is computed by the front end's own modules, in Node, from the data that a view sends.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bertviz_plus.measures.alignment.scores import diagonal_links
from bertviz_plus.measures.heads.maps import head_maps
from bertviz_plus.plates.alignment_data import AGREED, AGREED_POSSIBLE, EXTRA, HINT, MISSED, PLAIN, POSSIBLE
from bertviz_plus.plates.alignment_layout import lay_out
from bertviz_plus.plates.alignment_links import curves, draw_links
from bertviz_plus.plates.attention_heads import HeadsDrawing
from bertviz_plus.plates.attention_links import LINKS_A_ROW, resting_links
from bertviz_plus.plates.attention_matrix import mean_of_heads
from bertviz_plus.plates.attention_neuron import _most_reach
from bertviz_plus.plates.attention_overview import least_special, main_pattern, overview_grid
from bertviz_plus.plates.attention_state import AttentionState
from bertviz_plus.plates.masked import draw_columns, draw_lens, draw_moves
from bertviz_plus.plates.masked_layout import bar_heights, moves_of, place_columns, place_sentence
from bertviz_plus.plates.palette import palette
from bertviz_plus.plates.scene import Curves, Rects, Scene, Text
from bertviz_plus.plates.scene import Path as StrokedPath
from bertviz_plus.plates.senses_labels import place_names
from bertviz_plus.plates.senses_places import corners_of, opacity_for, place_points, radius_for
from bertviz_plus.plates.syntax import draw_trees
from bertviz_plus.plates.syntax_layout import pieces_of, place_relations, place_words
from bertviz_plus.traces.attention_layer import LayerChoice, attention_layer, neuron_vectors
from bertviz_plus.traces.links import Gold, Link
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.weight_codes import quantise
from bertviz_plus.views.attention.data import attention_data
from bertviz_plus.views.wire import decode
from tests.browser.samples import SAMPLES
from tests.plates.test_alignment import data_of as pair_of
from tests.plates.test_senses import data_of as points_of
from tests.plates.test_syntax import data_of as trees_of
from tests.views.masked_samples import asked_of
from tests.views.syntax_samples import parse_of

SCRIPT = Path(__file__).parents[2] / "js/tests/on_screen.js"
OnScreen = Callable[..., Any]
VERDICTS = {
    "plain": PLAIN,
    "hint": HINT,
    "agreed": AGREED,
    "allowed": AGREED_POSSIBLE,
    "extra": EXTRA,
    "missed": MISSED,
    "unlinked": POSSIBLE,
}


@pytest.fixture(scope="module")
def on_screen() -> OnScreen:
    """Ask the front end's modules for what they would draw."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node to run the front end's modules with")

    def ask(name: str, **given: Any) -> Any:
        request = json.dumps({"name": name, "given": given})
        done = subprocess.run([node, SCRIPT], input=request, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="module")
def trace(make_trace: Callable[..., Trace]) -> Trace:
    """Two sentences with words of several pieces, sharp heads and broad ones, and a missing weight.

    Weights are those that eight bits can tell: one near a limit may lie beyond it on the screen.
    """
    made = make_trace(1, 18, 14)
    scores = np.random.default_rng(4).standard_normal(made.attention.shape)
    scores *= np.linspace(0.5, 5, 18)[:, np.newaxis, np.newaxis]
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    weights = np.rint(254 * weights) / 254
    weights[0, 3, 2, 5] = np.nan
    return make_trace(1, 18, 14, attention=weights.astype(np.float32))


def wire_of(trace: Trace, **choice: Any) -> dict[str, Any]:
    """The part of a view's data that `sheetOf` reads, and a choice of units and tokens."""
    return {
        "text": attention_data(trace)["texts"]["text"],
        "codes": quantise(trace.attention[0]).ravel().tolist(),
        "heads": trace.n_heads,
        "words": choice.get("units") == "words",
        "hide_special": choice.get("hide_special", False),
        "segments": choice.get("segments", "all"),
    }


CHOICES = [
    {"units": units, "hide_special": hide, "segments": segments}
    for units, hide, segments in product(("tokens", "words"), (False, True), ("all", "a→b", "b→b"))
]


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_rows_columns_and_weights_are_those_of_the_screen(trace, on_screen, choice):
    seen = on_screen("sheet", **wire_of(trace, **choice))
    layer = attention_layer(trace, LayerChoice(**choice))
    assert list(layer.rows.labels) == seen["rows"]["labels"]
    assert list(layer.columns.labels) == seen["columns"]["labels"]
    assert layer.columns.special.tolist() == seen["columns"]["special"]
    codes = quantise(layer.weights).ravel().astype(int)
    # The screen sums and averages weights of eight bits: each piece is off by half a code at most.
    pieces = 2 if choice["units"] == "words" else 0
    assert np.abs(codes - np.array(seen["codes"])).max() <= pieces


STATES = [
    AttentionState(heads=tuple(range(18))),
    AttentionState(heads=(2, 5, 17), threshold=0.1),
    AttentionState(heads=(7,)),
    AttentionState(heads=tuple(range(18)), selected_tokens=(3,)),
    AttentionState(heads=(0, 4, 9, 16), selected_tokens=(5,), side="to", threshold=0.02),
    AttentionState(heads=(16,), selected_tokens=(2,)),
    AttentionState(heads=tuple(range(6)), selected_tokens=(3, 6), combine="sum"),
]


def drawing_of(trace: Trace, state: AttentionState, theme: Any) -> tuple[HeadsDrawing, list[Curves]]:
    scene = Scene(928, 1, palette(theme))
    drawing = HeadsDrawing(scene, attention_layer(trace, state), state, 484, ((), 0.0))
    drawing.draw()
    return drawing, [mark for mark in scene.marks if isinstance(mark, Curves)]


def rgba(colour: str) -> tuple[tuple[int, ...], float]:
    red, green, blue, *alpha = map(float, re.findall(r"[\d.]+", colour))
    return (round(red), round(green), round(blue)), alpha[0] if alpha else 1.0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{len(state.heads)}-{state.selected_tokens}")
def test_links_have_the_screens_ends_and_colours(trace, on_screen, state, theme):
    seen = on_screen(
        "links",
        **wire_of(trace),
        width=928,
        height=484,
        dark=theme == "dark",
        heads_on=list(state.heads),
        threshold=state.threshold,
        side=state.side,
        places=list(state.selected_tokens),
    )
    drawing, drawn = drawing_of(trace, state, theme)
    own_places = drawing._layout.rows.y, drawing._layout.columns.y
    own = [
        (
            *(nearest(places, end) for places, end in zip(own_places, ends, strict=True)),
            curve.colour,
            curve.alpha,
        )
        for curve in drawn
        for ends in zip(curve.y0.tolist(), curve.y1.tolist(), strict=True)
    ]
    theirs = [
        (nearest(seen["rows"], one["y0"]), nearest(seen["columns"], one["y1"]), *rgba(one["colour"]))
        for one in seen["strokes"]
    ]
    assert len(own) == len(theirs) > 2
    for ours, screens in zip(sorted(own), sorted(theirs), strict=True):
        assert ours[:2] == screens[:2]
        # Rounding of a mixed colour may differ by one.
        assert np.abs(np.subtract(ours[2], screens[2])).max() <= 1
        assert ours[3] == pytest.approx(screens[3], abs=0.006)


@pytest.mark.parametrize("heads", [(7,), (2, 7), (0, 4, 9), tuple(range(18))], ids=len)
def test_of_a_text_that_is_cut_each_row_keeps_the_screens_links(trace, on_screen, heads):
    about = {"dark": False, "threshold": 0.01, "side": "from", "places": []}
    seen = on_screen("links", **wire_of(trace), width=928, height=200, heads_on=list(heads), **about)
    rows, columns = (
        np.array([i for i, y in enumerate(seen[side]) if y is not None]) for side in ("rows", "columns")
    )
    y = tuple(
        np.array([seen[side][i] for i in shown]) for side, shown in (("rows", rows), ("columns", columns))
    )
    layer = attention_layer(trace, LayerChoice())
    weights = layer.weights[:, rows][:, :, columns][list(heads)]
    own, dropped = resting_links(
        palette("light"),
        weights,
        np.array(heads),
        layer.columns.special[columns],
        y,
        (0, 1),
        floor=0.01,
        a_row=LINKS_A_ROW,
    )
    ends = sorted(pair for curve in own for pair in zip(curve.y0.tolist(), curve.y1.tolist(), strict=True))
    assert ends == sorted((one["y0"], one["y1"]) for one in seen["strokes"])
    assert 2 * len(rows) < len(ends) <= LINKS_A_ROW * len(rows)
    assert dropped == seen["leftOut"] == int((np.nan_to_num(weights).max(axis=0) >= 0.01).sum()) - len(ends)


def nearest(places: Any, end: float) -> int:
    return int(np.abs(np.asarray(places, float) - end).argmin())


@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{len(state.heads)}-{state.selected_tokens}")
def test_squares_are_as_large_as_on_the_screen(trace, on_screen, state):
    seen = on_screen(
        "squares",
        **wire_of(trace),
        heads_on=list(state.heads),
        threshold=state.threshold,
        combine=state.combine,
        side=state.side,
        places=list(state.selected_tokens),
    )
    drawing, _ = drawing_of(trace, state, "light")
    values = drawing._values[list(state.heads)].T
    theirs = np.array(seen).reshape(-1, 18)[:, list(state.heads)]
    np.testing.assert_allclose(values, theirs, atol=1e-5)


@pytest.mark.parametrize("heads", [(3,), (0, 3, 9), tuple(range(18))], ids=len)
def test_the_matrix_has_the_screens_weights(trace, on_screen, heads):
    seen = on_screen("mean", **wire_of(trace), heads_on=list(heads))
    own = quantise(mean_of_heads(attention_layer(trace, LayerChoice()), heads)).ravel().astype(int)
    assert np.abs(own - np.array(seen)).max() <= 1


@pytest.mark.parametrize(("layers", "heads"), [(6, 12), (12, 12), (24, 16), (1, 1), (2, 30)])
@pytest.mark.parametrize(("width", "height"), [(928, 442), (553, 400), (368, 276)])
def test_the_overview_has_the_screens_cells(on_screen, layers, heads, width, height):
    seen = on_screen("grid", width=width, height=height, layers=layers, heads=heads)
    own = overview_grid(width, height, layers, heads)
    names = {"turned": "turned", "across": "across", "down": "down", "cell": "cell", "labelled": "labelled"}
    names |= {
        "pitch_x": "pitchX",
        "pitch_y": "pitchY",
        "panel": "panel",
        "width": "width",
        "height": "height",
    }
    assert {name: getattr(own, name) for name in names} == {
        name: seen[theirs] for name, theirs in names.items()
    }
    assert least_special(own.cell) == seen["least"]


@pytest.mark.parametrize("hide", [False, True])
def test_heads_have_the_screens_names(on_screen, hide):
    trace = SAMPLES["small"]()
    # Whatever is left out or merged, the screen counts all tokens.
    patterns = head_maps(trace, LayerChoice(hide_special=hide)).patterns
    sent = attention_data(trace)["kinds"]["encoder"]["patterns"]
    seen = on_screen(
        "patterns",
        names=sent["names"],
        **{name: decode(sent[name]).ravel().tolist() for name in ("shares", "even", "evenness")},
        hide_special=hide,
    )
    own = [main_pattern(patterns, *place, hide_special=hide) for place in np.ndindex(6, 12)]
    assert own == seen
    assert len(set(seen)) > 3
    assert any(name.startswith("[") for name in seen) != hide


def test_neurons_have_the_screens_scores(make_trace, on_screen):
    vectors = np.random.default_rng(0).standard_normal((2, 2, 4, 12, 32)).astype(np.float32)
    trace = make_trace(2, 4, 12, queries=vectors[0], keys=vectors[1])
    found = neuron_vectors(trace, LayerChoice(), 1)
    assert not isinstance(found, str)
    query, keys = found.queries[3], found.keys
    seen = on_screen(
        "neuron", query=query.tolist(), keys=keys.ravel().tolist(), size=32, scaling=found.scaling
    )
    np.testing.assert_allclose(
        (keys * query).sum(axis=1) * found.scaling, seen["scores"], rtol=1e-4, atol=1e-5
    )
    assert _most_reach(keys * query) == pytest.approx(seen["reach"], rel=1e-5)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_is_the_screens(on_screen, theme):
    seen, own = on_screen("theme", dark=theme == "dark"), palette(theme)
    for name in ("ink", "soft", "hair", "negative", "positive"):
        assert list(getattr(own, name)) == seen[name], name
    assert [list(one) for one in own.heads] == seen["heads"]
    np.testing.assert_allclose(own.ramp, seen["rampRgb"], atol=1)


@pytest.mark.parametrize("drawing", [False, True])
def test_verdicts_and_scores_are_the_screens(on_screen, drawing):
    words = " ".join(["word"] * 9)
    random = np.random.default_rng(2)
    links = tuple(Link(i, int(random.integers(9)), 0.5) for i in range(9))
    gold = Gold.of("0-0 1?1 2-2 3?3 4-5 6-6 7?7")
    data = pair_of(words, words, "", str(gold.to_pharaoh()))
    data = type(data)(**{**data.__dict__, "links": links, "drawing": drawing})
    seen = on_screen(
        "verdicts",
        links=[list(link) for link in links],
        sure=sorted(map(list, gold.sure)),
        possible=sorted(map(list, gold.possible)),
        drawing=drawing,
        sources=9,
        targets=9,
    )
    own = sorted((link.source, link.target, verdict) for link, verdict in data.verdicts(gold=True))
    theirs = sorted((one["source"], one["target"], VERDICTS[one["verdict"]]) for one in seen["judged"])
    assert own == theirs
    assert data.scores() == pytest.approx([seen["scores"][name] for name in ("aer", "precision", "recall")])
    assert data.diagonal_aer() == pytest.approx(seen["diagonal"])


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("kind", VERDICTS)
def test_links_between_words_are_stroked_as_on_the_screen(on_screen, kind, count):
    random = np.random.default_rng(3)
    # Downwards, hardly apart, and up to a band above.
    ends = np.array([(10, 20, 200, 140), (10, 20, 14, 50), (40, 160, 90, 30)] * (count // 3), np.float32)
    ends += random.uniform(0, 5, ends.shape).astype(np.float32)
    sure = random.uniform(0.1, 1, count)
    links = [[*end, confidence] for end, confidence in zip(ends.tolist(), sure.tolist(), strict=True)]
    seen = on_screen("strokes", links=links, verdict=kind, dark=False)
    scene = Scene(300, 200, palette("light"))
    draw_links(scene, curves(ends), [Link(0, 0, one) for one in sure.tolist()], VERDICTS[kind])
    own = [mark for mark in scene.marks if isinstance(mark, StrokedPath) and len(mark.points) > 2]
    assert len(own) == len(seen) >= count

    def order(points: Any, width: float) -> tuple[float, ...]:
        return (*points[[0, 12, 24]].round(1).ravel().tolist(), width)

    own.sort(key=lambda one: order(one.points, one.width))
    seen.sort(key=lambda one: order(bezier(one["corners"]), one["width"]))
    for ours, screens in zip(own, seen, strict=True):
        line = bezier(screens["corners"])
        np.testing.assert_allclose(ours.points, line, atol=0.01)
        colour, alpha = rgba(screens["colour"])
        assert ours.colour == colour
        assert ours.alpha == pytest.approx(alpha, abs=0.001)
        assert ours.width == pytest.approx(screens["width"])
        # A round end makes a dash longer by the line's width.
        longer = screens["width"] if screens["cap"] == "round" else 0
        signs = (1, -1)
        expected = [length + sign * longer for length, sign in zip(screens["dash"], signs, strict=False)]
        assert list(ours.dash) == pytest.approx(expected)


def bezier(corners: list[float]) -> Any:
    t = np.linspace(0, 1, 25)[:, np.newaxis]
    first, second, third, last = np.array(corners).reshape(4, 2)
    return (1 - t) ** 3 * first + 3 * (1 - t) ** 2 * t * second + 3 * (1 - t) * t**2 * third + t**3 * last


@pytest.mark.parametrize(("sources", "targets"), [(1, 1), (1, 9), (9, 1), (7, 12), (40, 31)])
def test_the_diagonal_is_the_screens(on_screen, sources, targets):
    gold = {"links": [], "sure": [[0, 0]], "possible": [], "drawing": False}
    seen = on_screen("verdicts", sources=sources, targets=targets, **gold)
    assert sorted(map(tuple, seen["chain"])) == sorted(diagonal_links(sources, targets))


@pytest.mark.parametrize("count", [1, 6, 12, 25, 42])
@pytest.mark.parametrize("rtl", [False, True])
def test_words_stand_where_they_do_on_the_screen(on_screen, count, rtl):
    words = [f"word{'s' * (k % 4)}" + "," * (k % 7 == 6) for k in range(count)]
    links = " ".join(f"{k}-{(k * 5) % count}" for k in range(count))
    data = pair_of(" ".join(words), " ".join(words), links)
    data = type(data)(**{**data.__dict__, "target_rtl": rtl})
    own = lay_out(data, 928, 380)
    widths = [box.width for box in own.source]
    side = {"words": words, "widths": widths}
    seen = on_screen(
        "lines",
        source={**side, "rtl": False},
        target={**side, "rtl": rtl},
        links=[list(link[:2]) for link in data.stable],
        width=928,
        height=380,
    )
    assert own.bands == seen["bands"]
    for ours, theirs in ((own.source, seen["source"]), (own.target, seen["target"])):
        np.testing.assert_allclose([box.x for box in ours], [box["x"] for box in theirs], atol=0.01)
        np.testing.assert_allclose([box.y for box in ours], [box["y"] for box in theirs], atol=1)


@pytest.mark.parametrize("count", [5, 60, 1200])
@pytest.mark.parametrize("step", [0, 2])
def test_points_and_names_stand_where_they_do_on_the_screen(on_screen, count, step):
    data = points_of(count)
    data.points[0, : count // 3] = 0
    data.points[2, 1] = np.nan
    width, height = 644.0, 456.0
    own = place_points(data, step, width, height, radius_for(count))
    widths = [60.0, 70.0, 90.0]
    columns = ({"x": layer[:, 0], "y": layer[:, 1]} for layer in data.points)
    layers = [
        {name: [None if np.isnan(one) else float(one) for one in values] for name, values in layer.items()}
        for layer in columns
    ]
    seen = on_screen(
        "places",
        layers=layers,
        step=step,
        width=width,
        height=height,
        codes=data.codes.tolist(),
        widths=widths,
    )
    assert (radius_for(count), opacity_for(count)) == pytest.approx((seen["radius"], seen["opacity"]))
    assert (own.piled, own.missing) == (seen["piled"], seen["missing"])
    for ours, theirs in ((own.x, seen["x"]), (own.y, seen["y"])):
        there = np.array([np.nan if one is None else one for one in theirs])
        np.testing.assert_allclose(ours, there, atol=0.02)
    names = place_names(own, data.codes, widths, (width, height), radius_for(count))
    for name, label in zip(names, seen["labels"], strict=True):
        assert (name.group, name.opacity) == (label["group"], label["opacity"])
        # A step of the search for the emptiest place.
        assert (name.x, name.y) == pytest.approx((label["x"], label["y"]), abs=6)


def test_shapes_are_the_screens(on_screen):
    for kind, corners in enumerate(on_screen("shapes")):
        np.testing.assert_allclose(corners_of(kind), np.reshape(corners, (-1, 2)), atol=1e-5)


@pytest.mark.parametrize("rtl", [False, True])
@pytest.mark.parametrize(("count", "width"), [(1, 928), (12, 928), (14, 368), (40, 928)])
def test_trees_are_drawn_as_on_the_screen(on_screen, count, width, rtl):
    data = trees_of(parse_of(count, seed=3, reach=7), rtl=rtl)
    widths = [40.0 + 9 * (place % 4) for place in range(count)]
    seen = on_screen(
        "trees",
        widths=widths,
        gold=list(data.gold),
        other=list(data.other),
        rtl=rtl,
        width=width,
        height=460,
        dark=rtl,
        label=22,
    )
    placed = place_words(widths, data.gold, width, 460, rtl=rtl)
    assert [list(row) for row in placed.rows] == seen["rows"]
    assert placed.bottoms[-1] == pytest.approx(seen["height"])
    for name in ("x", "y", "width", "middle", "row"):
        own = [getattr(box, name) for box in placed.boxes]
        np.testing.assert_allclose(own, [box[name] for box in seen["boxes"]])
    for ours, theirs in zip((data.above, data.below), seen["links"], strict=True):
        assert [list(link) for link in ours] == [list(link.values()) for link in theirs]
    over = [(link.word, pieces_of(placed, link.word, link.head, up=True)) for link in data.above]
    wanted = [(word, "dep", 22.0, pieces[-1]) for word, pieces in over]
    labels = place_relations(wanted, [piece for _, pieces in over for piece in pieces])
    assert len(labels) == len(seen["labels"]) == count
    for label, screens in zip(labels, seen["labels"], strict=True):
        assert (label.word, label.free) == (screens["word"], screens["free"])
        assert (label.x, label.y) == pytest.approx((screens["x"], screens["y"]))
    scene = Scene(width, 1, palette("dark" if rtl else "light"))
    draw_trees(scene, data, placed, [], len(placed.rows))
    own = [mark for mark in scene.marks if isinstance(mark, StrokedPath) and len(mark.points) > 2]
    own = [mark for mark in own if not mark.filled]
    # The crosses, whose lines are short, have a width of their own.
    strokes = [one for one in seen["strokes"] if one["width"] != 1.7]
    assert len(own) == len(strokes) >= count
    for ours, screens in zip(own, strokes, strict=True):
        np.testing.assert_allclose(ours.points, screens["points"], atol=1e-3)
        assert ours.colour == rgba(screens["colour"])[0]
        assert (ours.width, list(ours.dash)) == (screens["width"], screens["dash"])


@pytest.mark.parametrize("edits", [("negate",), ("shuffle",)])
@pytest.mark.parametrize("width", [928, 553, 368])
def test_a_masked_sentence_is_drawn_as_on_the_screen(on_screen, width, edits):
    dark = width == 553
    asked = asked_of()
    first, now = asked.first, asked.answer(edits)
    widths, glued = [20.0 + 37 * (k % 4) for k in range(14)], [k % 6 == 5 for k in range(14)]
    values = np.random.default_rng(0).normal(size=14)
    names = ("choices", "probabilities", "ranks_before", "probabilities_before", "ranks_of_first")
    names += ("probabilities_of_first",)
    plain = [{name: np.asarray(getattr(one, name)).tolist() for name in names} for one in (first, now)]
    seen = on_screen(
        "masked",
        widths=widths,
        glued=glued,
        values=values.tolist(),
        width=width,
        dark=dark,
        first=plain[0],
        now=plain[1],
        lens=now.lens.ravel().tolist(),
    )
    boxes, height = place_sentence(widths, glued, width)
    assert height == seen["height"]
    assert [box._asdict() for box in boxes] == seen["boxes"]
    np.testing.assert_allclose(bar_heights(values), seen["bars"], atol=1e-6)
    columns, moves = place_columns(width, compared=True), moves_of(first, now)
    assert vars(columns) == pytest.approx(seen["columns"])
    assert [list(move) for move in moves] == [list(one.values()) for one in seen["moves"]]
    assert any(move.after is None for move in moves)
    assert any(move.before is None for move in moves)
    scene = Scene(width, 1, palette("dark" if dark else "light"))
    draw_moves(scene, 0, moves, columns, 10)
    own = [mark for mark in scene.marks if isinstance(mark, StrokedPath)]
    assert len(own) == len(seen["strokes"]) > 10
    for ours, screens in zip(own, seen["strokes"], strict=True):
        line = bezier(screens["corners"])
        np.testing.assert_allclose(ours.points[[0, -1]], line[[0, -1]], atol=1e-3)
        # Of the same curve, at other steps.
        np.testing.assert_allclose(np.interp(line[:, 0], *ours.points.T), line[:, 1], atol=0.6)
        colour, alpha = rgba(screens["colour"])
        assert (ours.colour, ours.width, list(ours.dash)) == (colour, screens["width"], screens["dash"])
        assert ours.alpha == pytest.approx(alpha)
    scene = Scene(width, 1, palette("dark" if dark else "light"))
    draw_columns(scene, 0, first, now)
    texts = {mark.text for mark in scene.marks if isinstance(mark, Text)}
    assert set(seen["shares"]) <= texts
    drawn = {
        (round(float(x), 1), round(float(y), 1), round(float(across), 1)): tuple(colour)
        for mark in scene.marks
        if isinstance(mark, Rects)
        for x, y, across, colour in zip(mark.x, mark.y, mark.width, mark.colours.tolist(), strict=True)
    }
    changes = {move.after: move.change for move in moves}
    for row, (x, y, across, _, colour) in enumerate(seen["rows"]):
        ours = drawn[round(x, 1), round(y, 1), round(across, 1)]
        if changes[row]:
            assert ours == rgba(colour)[0]
    scene = Scene(width, 1, palette("dark" if dark else "light"))
    draw_lens(scene, 0, now, now.lens, 1000)
    cells = [mark for mark in scene.marks if isinstance(mark, Rects)]
    assert len(cells) == len(seen["cells"]) >= 7
    for mark, (x, y, across, down, colour) in zip(cells, seen["cells"], strict=True):
        own_cell = [float(one[0]) for one in (mark.x, mark.y, mark.width, mark.height)]
        np.testing.assert_allclose(own_cell, [x, y, across, down], atol=1e-3)
        # Rounding of a mixed colour may differ by one.
        assert np.abs(np.subtract(mark.colours[0].tolist(), rgba(colour)[0])).max() <= 1
    numbers = [
        mark for mark in scene.marks if isinstance(mark, Text) and mark.text.startswith((".", "1.", "<"))
    ]
    theirs = [one for one in seen["texts"] if one[0].startswith((".", "1.", "<"))]
    assert [mark.text for mark in numbers] == [one[0] for one in theirs]
    assert [mark.colour for mark in numbers] == [rgba(one[-1])[0] for one in theirs]
