"""Altair charts: what they hold, that they need no network, and their selection."""

import base64
import json
import re
from types import SimpleNamespace

import altair as alt
import numpy as np
import pandas as pd
import pytest

from bertviz_plus import charts
from bertviz_plus.design import colours_on_either

MEASURES = ("knn", "centroid", "silhouette")


def scores(words=("bank",), layers=7, measures=MEASURES):
    index = pd.MultiIndex.from_product(
        [words, range(layers), measures], names=["word", "hidden_layer", "measure"]
    )
    frame = index.to_frame(index=False)
    value = 0.5 + frame["hidden_layer"] / 20
    return frame.assign(
        value=value, low=value - 0.1, high=value + 0.1, majority=0.6, layer0=0.5, shuffled=0.5, n=9, note=""
    )


def charted(**more):
    return charts.by_layer(scores(), **more)


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_a_chart_needs_no_network_and_is_valid(theme):
    for chart in (charted(theme=theme), charted(measures=["knn"], theme=theme)):
        text = json.dumps(chart.to_dict())
        assert set(re.findall(r"https?://[^\"]*", text)) == {chart.to_dict()["$schema"]}


def test_one_measure_is_a_layered_chart_and_several_are_panels_in_order():
    assert isinstance(charted(measures=["knn"]), alt.LayerChart)
    chart = charted(measures=["silhouette", "knn"])
    assert isinstance(chart, alt.FacetChart)
    assert chart.to_dict()["facet"]["sort"] == ["silhouette", "nearest neighbour"]


def test_a_click_on_a_layer_is_a_selection_named_hidden_layer():
    for chart in (charted(), charted(measures=["knn"])):
        (param,) = chart.to_dict()["params"]
        assert param["name"] == "hidden_layer"
        assert param["select"]["fields"] == ["hidden_layer"]
        assert hasattr(alt.JupyterChart(chart).selections, "hidden_layer")


def test_a_view_follows_the_selection_and_stays_where_it_is_cleared():
    view = SimpleNamespace(hidden_layer=1)
    show = charts.shows_layer_in(view)
    show(SimpleNamespace(new=SimpleNamespace(value=[{"hidden_layer": 4}])))
    assert view.hidden_layer == 4
    show(SimpleNamespace(new=SimpleNamespace(value=[])))
    assert view.hidden_layer == 4


def test_baselines_are_dashed_and_named_and_can_be_left_out():
    def dashed(chart):
        layers = chart.to_dict()["layer"]
        return {layer["encoding"]["y"]["field"] for layer in layers if "strokeDash" in layer["mark"]}

    chart = charted(measures=["knn"])
    assert dashed(chart) == {"majority", "shuffled"}
    assert "most frequent sense" in chart.to_dict()["title"]
    assert dashed(charted(measures=["knn"], baseline=False)) == set()
    assert charted(measures=["knn"], title="mine").to_dict()["title"] == "mine"


def test_the_mean_of_words_is_drawn_unless_a_word_is_asked_for():
    many = scores(words=("bank", "spring", "all"))

    def drawn(**more):
        data = charts.by_layer(many, ["knn"], **more).to_dict()["datasets"]
        return {row["word"] for rows in data.values() for row in rows}

    assert drawn() == {"all"}
    assert drawn(word="bank") == {"bank"}


def test_more_rows_than_altairs_limit_are_no_issue():
    # 200 words, 13 layers, 6 measures are 15,600 rows; what is drawn is their mean, or at most 16 words.
    words = tuple(f"word {number}" for number in range(200))
    many = scores(words=(*words, "all"), layers=13, measures=(*MEASURES, "ari", "v_measure", "purity"))
    assert charts.by_layer(many).to_dict()
    assert charts.by_layer(many[many["word"].isin(words[:16])]).to_dict()
    with pytest.raises(ValueError, match="at most 16 words"):
        charts.by_layer(many[many["word"] != "all"])


def test_undefined_scores_are_left_open():
    frame = scores()
    frame.loc[frame["hidden_layer"] == 0, ["value", "low", "high"]] = np.nan
    values = next(iter(charts.by_layer(frame, ["knn"]).to_dict()["datasets"].values()))
    assert values[0]["value"] is None


def test_geometry_and_silhouettes_have_charts():
    frame = scores(measures=("self_similarity", "anisotropy")).assign(baseline=0.2)
    assert isinstance(charts.geometry_by_layer(frame), alt.LayerChart)
    table = pd.DataFrame({"number": range(2, 9), "silhouette": np.linspace(0.4, 0.1, 7)})
    for threshold, layers in ((None, 2), (0.1, 3)):
        assert len(charts.silhouette_by_number(table, threshold=threshold).to_dict()["layer"]) == layers


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: charts.by_layer(scores().drop(columns="low")), "it lacks low"),
        (lambda: charts.by_layer(scores(), ["f1"]), "measures must be among knn"),
        (lambda: charts.by_layer(scores(), word="spring"), "word must be among bank"),
        (lambda: charted(theme="blue"), "theme must be"),
        (lambda: charts.geometry_by_layer(scores()), "it lacks baseline"),
        (lambda: charts.silhouette_by_number(scores()), "it lacks number, silhouette"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_charts_can_be_drawn_with_what_the_host_brings():
    chart = charts.by_layer(scores(), ["knn"])
    before = alt.renderers.active
    try:
        charts.draw_offline()
        shown = chart._repr_mimebundle_(None, None)
    finally:
        alt.renderers.enable(before)
    shown = shown[0] if isinstance(shown, tuple) else shown
    assert base64.b64decode(shown["image/png"])[:4] == b"\x89PNG"
    assert shown["application/vnd.vegalite.v5+json"]["$schema"].endswith("v5.json")
    assert "text/html" not in shown


def heads(layers=3, count=2):
    index = pd.MultiIndex.from_product([range(layers), range(count)], names=["layer", "head"])
    frame = index.to_frame(index=False)
    table = frame.assign(pattern="vertical", to_sep=frame["layer"] / 10, to_cls=np.nan)
    table.attrs = {"baseline": {"to_sep": 0.1}}
    return table


def test_a_map_of_heads_puts_heads_that_attend_alike_close_and_is_picked_by_click():
    apart = np.abs(np.subtract.outer([0, 0.1, 5, 5.1, 10, 10.1], [0, 0.1, 5, 5.1, 10, 10.1]))
    drawn = charts.head_map(heads(), apart).to_dict()
    (data,) = drawn["datasets"].values()
    places = np.array([[row["x"], row["y"]] for row in data])
    found = np.linalg.norm(places[:, None] - places, axis=-1)
    assert (found.argsort(axis=1)[:, 1] == [1, 0, 3, 2, 5, 4]).all()
    assert drawn["params"][0]["select"]["fields"] == ["layer", "head"]
    encoding = charts.head_map(heads(), apart, colour="pattern").to_dict()["encoding"]
    assert encoding["color"]["scale"]["domain"] == encoding["shape"]["scale"]["domain"]
    with pytest.raises(ValueError, match=r"similarity must be \[6, 6\]"):
        charts.head_map(heads(), None)
    with pytest.raises(ValueError, match='colour must be "layer" or "pattern"'):
        charts.head_map(heads(), apart, colour="size")


def test_a_profile_draws_what_is_defined_beside_even_attention():
    drawn = charts.heads_by_layer(heads(), ["to_sep", "to_cls"]).to_dict()
    (data,) = drawn["datasets"].values()
    assert {row["number"] for row in data} == {"to_sep"}
    assert {row["even"] for row in data} == {0.1}
    with pytest.raises(ValueError, match="columns must name a number that some text defines"):
        charts.heads_by_layer(heads(), ["to_cls"])


def relations(names=("det", "obj"), layers=2, heads=3):
    """Heads whose accuracy grows with their number, and head 2 best of all from head to dependent."""
    cells = pd.MultiIndex.from_product(
        [names, range(layers), range(heads), ("dependent to head", "head to dependent")],
        names=["relation", "layer", "head", "direction"],
    ).to_frame(index=False)
    reversed_way = cells["direction"] == "head to dependent"
    cells["accuracy"] = 0.1 * cells["head"] + 0.5 * ((cells["head"] == 2) & reversed_way)
    best = pd.DataFrame({"relation": names, "n": 30, "layer": 0, "head": 2, "offset": 1, "baseline": 0.3})
    return cells, best.assign(accuracy=0.7, low=0.6, high=0.8)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_relations_are_drawn_by_head_above_their_offset_in_the_better_direction(theme):
    text = json.dumps(charts.relations_by_head(*relations(), theme=theme).to_dict())
    assert len(re.findall(r"https?://[^\"]*", text)) == 1
    chart = charts.relations_by_head(*relations()).to_dict()
    grid, side = chart["hconcat"]
    cells = {(one["relation"], one["place"]): one for one in chart["datasets"][grid["data"]["name"]]}
    assert len(cells) == 2 * 2 * 3
    assert cells["det", "1-2"]["direction"] == "head to dependent"
    assert cells["det", "1-2"]["gain"] == pytest.approx(0.4)
    assert cells["obj", "0-1"]["gain"] == 0
    assert grid["encoding"]["x"]["sort"] == ["0-0", "0-1", "0-2", "1-0", "1-1", "1-2"]
    assert grid["encoding"]["y"]["sort"] == side["layer"][0]["encoding"]["y"]["sort"] == ["det", "obj"]


def test_a_model_of_many_heads_is_drawn_whole():
    cells, best = relations(names=tuple("abcdefghijklmnop"), layers=24, heads=16)
    drawn = charts.relations_by_head(cells, best).to_dict()["datasets"].values()
    assert max(map(len, drawn)) == 16 * 24 * 16
    with pytest.raises(ValueError, match="best must be a DataFrame with relation"):
        charts.relations_by_head(cells, cells)


def conditions(sets=("en", "de")):
    rows = [(one, name, 0.6, 0.5, 0.7) for one in ("nothing", "embeddings", "a quarter") for name in sets]
    return pd.DataFrame(rows, columns=["condition", "set", "accuracy", "low", "high"])


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_conditions_keep_their_order_and_sets_stand_side_by_side(theme):
    drawn = charts.by_condition(conditions(), across="frozen", theme=theme).to_dict()
    assert len(re.findall(r"https?://[^\"]*", json.dumps(drawn))) == 1
    bars, marks = (layer["encoding"] for layer in drawn["layer"])
    for one in (bars, marks):
        assert one["x"]["sort"] == ["nothing", "embeddings", "a quarter"]
        assert one["x"]["title"] == "frozen"
        assert one["xOffset"]["field"] == "set"
    assert "xOffset" not in charts.by_condition(conditions(["en"])).to_dict()["layer"][0]["encoding"]
    with pytest.raises(ValueError, match="table must have 4 sets at most, got 5"):
        charts.by_condition(conditions("abcde"))
    with pytest.raises(ValueError, match="it lacks low"):
        charts.by_condition(conditions().drop(columns="low"))


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""

    def light(colour: str) -> float:
        parts = [value / 255 for value in bytes.fromhex(colour.removeprefix("#"))]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", ["#ffffff", "#111111"])
def test_a_chart_can_be_read_on_the_page_of_either_theme(paper):
    config = charted().to_dict()["config"]
    assert config["background"] == "transparent"
    text = [
        value
        for part in config.values()
        if isinstance(part, dict)
        for name, value in part.items()
        if name in ("color", "labelColor", "titleColor")
    ]
    # No grey has 4.5 on both; 4.35 is the most.
    assert len(text) >= 6
    assert min(contrast(colour, paper) for colour in text) > 4.2
    assert min(contrast(colour, paper) for colour in colours_on_either().heads) > 3


def test_charts_of_ones_own_lie_on_the_same_paper():
    charts.draw_offline()
    own = alt.Chart(pd.DataFrame({"x": [1]})).mark_point().encode(x="x:Q").to_dict()
    assert own["config"] == charted().to_dict()["config"]
