"""What the sense view takes, refuses and says on the wire."""

import base64
import io
import json
import re
import zlib
from pathlib import Path

import ipywidgets
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bertviz_plus.measures.senses.scores import sense_scores
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.base import StateError
from bertviz_plus.views.senses import SenseView
from bertviz_plus.views.senses.data import detail_of
from bertviz_plus.views.wire import decode


def planted(
    items: int = 24,
    layers: int = 3,
    dimensions: int = 8,
    *,
    words: tuple[str, ...] = ("bank",),
    senses: bool = True,
) -> Occurrences:
    """Two senses of each word that part from layer to layer."""
    random = np.random.default_rng(0)
    kinds = np.arange(items) % 2
    vectors = random.normal(size=(layers, items, dimensions)) + 4
    vectors[:, :, 0] += np.arange(layers)[:, np.newaxis] * 4 * kinds
    asked = [words[i * len(words) // items] for i in range(items)]
    texts = [
        f"Sentence {i} has the {asked[i]} in it, near the {'river' if kinds[i] else 'vault'}."
        for i in range(items)
    ]
    return Occurrences.from_vectors(
        vectors,
        texts=texts,
        senses=[("river", "money")[kind] for kind in kinds] if senses else None,
        word=asked,
    )


@pytest.fixture
def bank() -> Occurrences:
    return planted()


def texts_on_the_wire(view: SenseView) -> list[str]:
    return json.loads(zlib.decompress(view.data["texts"]["buffer"]))


ALLOWED = [
    ("hidden_layer", 0, 0),
    ("hidden_layer", np.int64(2), 2),
    ("colour", "cluster", "cluster"),
    ("selected", [], []),
    ("selected", (5, 1, 1), [1, 5]),
    ("selected", np.array([3, 2]), [2, 3]),
    ("selected", 4, [4]),
    ("pinned", 23, 23),
    ("pinned", -1, -1),
    ("pinned", None, -1),
    ("muted", ["river"], ["river"]),
    ("muted", "money", ["money"]),
    ("search", "vault", "vault"),
    ("projection", "pca", "pca"),
    ("theme", "dark", "dark"),
    ("height", 600, 600),
]
REFUSED = [
    ("hidden_layer", 3, "hidden_layer must be 0..2 for these occurrences, got 3"),
    ("hidden_layer", True, "0..2"),
    ("hidden_layer", "1", "0..2"),
    ("hidden_layer", None, "0..2"),
    ("colour", "topic", "'sense', 'cluster'"),
    ("colour", None, "'sense', 'cluster'"),
    ("selected", [24], "0..23"),
    ("selected", [-1], "0..23"),
    ("selected", [0.5], "whole numbers"),
    ("selected", "0", "list of occurrences"),
    ("selected", None, "list of occurrences"),
    ("pinned", 24, "0..23, or -1 for none"),
    ("pinned", "x", "-1 for none"),
    ("muted", ["vault"], "'river'"),
    ("muted", 3, "list of"),
    ("search", None, "a string"),
    ("projection", "tsne", 'projection="tsne"'),
    ("projection", "mds", "'pca'"),
    ("theme", "blue", "'auto', 'light', 'dark'"),
    ("height", 20, "240..4000"),
    ("height", "tall", "240..4000"),
]


@pytest.mark.parametrize(("name", "value", "kept"), ALLOWED)
def test_values_that_can_be_shown(bank: Occurrences, name: str, value: object, kept: object) -> None:
    view = SenseView(bank)
    setattr(view, name, value)
    assert getattr(view, name) == kept
    given = SenseView(bank, **{name: value})
    assert getattr(given, name) == kept


@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_values_that_cannot_be_shown(bank: Occurrences, name: str, value: object, says: str) -> None:
    view = SenseView(bank)
    before = getattr(view, name)
    with pytest.raises(StateError, match=re.escape(says)) as caught:
        setattr(view, name, value)
    assert str(caught.value).startswith(name)
    assert getattr(view, name) == before


def test_it_opens_where_the_scores_are_best(bank: Occurrences) -> None:
    view = SenseView(bank)
    assert view.hidden_layer == 2 == view.data["best_layer"]
    assert view.colour == "sense"
    drawn = view.data["scores"]
    assert [score["measure"] for score in drawn] == ["knn", "silhouette"]
    scores = view.scores.set_index(["measure", "hidden_layer"])["value"]
    assert drawn[0]["values"] == pytest.approx(scores["knn"].to_list(), abs=1e-4)
    assert len(drawn[0]["picture"]) == 3
    assert drawn[0]["baseline"] == [0.5] * 3


def test_scores_of_ones_own_are_drawn(bank: Occurrences) -> None:
    scores = sense_scores(bank, measures=["centroid", "purity"], resamples=50)
    view = SenseView(bank, scores=scores)
    assert [score["measure"] for score in view.data["scores"]] == ["centroid", "purity"]
    assert view.scores is scores
    assert SenseView(bank, scores=False).data["scores"] == []
    with pytest.raises(ValueError, match=r"scores must be what sense_scores returned.*without word"):
        SenseView(bank, scores=pd.DataFrame({"value": [1.0]}))


def test_a_selection_is_rows_in_python(bank: Occurrences) -> None:
    view = SenseView(bank, columns={"half": ["first"] * 12 + ["second"] * 12})
    view.selected = [3, 20]
    frame = view.selected_frame()
    assert frame.index.tolist() == [3, 20]
    assert frame["sense"].tolist() == ["money", "river"]
    assert frame["half"].tolist() == ["first", "second"]
    assert frame["text"].tolist() == [bank.texts[3], bank.texts[20]]
    assert {"cluster", "start", "end", "source"} <= set(frame.columns)


def test_a_search_selects(bank: Occurrences) -> None:
    view = SenseView(bank, search="VAULT")
    assert view.selected == list(range(0, 24, 2))
    view.search = "nowhere"
    assert view.selected == []
    view.search = "sentence 7"
    assert view.selected == [7]
    view.search = ""
    assert view.selected == []


def test_a_front_end_that_errs_is_put_right(bank: Occurrences) -> None:
    view = SenseView(bank)
    view.set_state({"selected": [2, 99], "hidden_layer": 1})
    assert view.hidden_layer == 1
    assert view.selected == []
    assert "selected must be within 0..23" in view.error
    view.set_state({"selected": [2]})
    assert view.error == ""
    assert view.selected == [2]


def test_what_a_lasso_says_outlives_the_search_it_clears(bank: Occurrences) -> None:
    view = SenseView(bank, search="vault")
    view.set_state({"selected": [1, 2], "search": ""})
    assert view.selected == [1, 2]


def test_another_colouring_has_other_labels(bank: Occurrences) -> None:
    view = SenseView(bank, muted=["river"])
    view.set_state({"colour": "cluster", "muted": []})
    assert view.muted == []
    view = SenseView(bank, muted=["river"])
    view.colour = "cluster"
    assert view.muted == []


def test_the_wire_carries_what_the_contract_says(bank: Occurrences) -> None:
    data = SenseView(bank).data
    assert data["count"] == 24
    assert data["hidden_layers"] == [0, 1, 2]
    points = decode(data["projections"]["pca"]["points"])
    assert points.shape == (3, 24, 2)
    assert [group["name"] for group in data["groups"]] == ["sense", "cluster"]
    assert decode(data["groups"][0]["codes"]).tolist() == [0.0, 1.0] * 12
    typical = data["typical"]["sense"]
    assert [one["group"] for one in typical] == [0, 1]
    assert all(len(one["items"]) == 5 for one in typical)
    assert typical[1]["context"][0][0] == "river"
    clusters = decode(data["groups"][1]["codes"])
    for one in data["typical"]["cluster"]:
        assert {clusters[item] for item in one["items"]} == {one["group"]}
    indices, cosines = (decode(data["neighbours"]["pca"][name]) for name in ("indices", "cosines"))
    assert indices.shape == cosines.shape == (3, 24, 5)
    units = bank.vectors[1] / np.linalg.norm(bank.vectors[1], axis=1, keepdims=True)
    near = units @ units.T
    np.fill_diagonal(near, -1)
    np.testing.assert_array_equal(indices[1, :, 0], near.argmax(axis=1))
    np.testing.assert_allclose(cosines[1, :, 0], near.max(axis=1), atol=1e-4)


def test_words_are_marked_where_javascript_counts() -> None:
    texts = ["🏦 a bank", "le 𝔟𝔞𝔫𝔨 est bank", "bank 🏦🏦"]
    spans = [(4, 8), (12, 16), (0, 4)]
    view = SenseView(Occurrences.from_vectors(np.eye(3), texts=texts, spans=spans, word="bank"))
    for text, (start, end) in zip(
        texts_on_the_wire(view), decode(view.data["spans"]).astype(int), strict=True
    ):
        units = text.encode("utf-16-le")
        assert units[2 * start : 2 * end].decode("utf-16-le") == "bank"


def test_long_texts_are_cut_around_the_word() -> None:
    long = "before " * 400 + "the bank here" + " after" * 400
    two = Occurrences.from_vectors(np.eye(3), texts=[long, "a\nbank", "bank"], word="bank")
    view = SenseView(two)
    texts = texts_on_the_wire(view)
    start, end = decode(view.data["spans"]).astype(int)[0]
    assert len(texts[0]) < 300
    assert texts[0][start:end] == "bank"
    assert texts[0].startswith("… ")
    assert texts[0].endswith(" …")
    assert texts[1] == "a bank"


def test_layers_beyond_the_budget_come_on_demand(bank: Occurrences) -> None:
    view = SenseView(bank, embed=[2])
    assert view.data["projections"]["pca"]["layers"] == [2]
    assert view.data["neighbours"]["pca"]["layers"] == [2]
    assert view.detail == {}
    view.hidden_layer = 0
    assert view.detail["hidden_layer"] == 0
    assert decode(view.detail["points"]).shape == (24, 2)
    assert view.detail["neighbours"] is None
    view.pinned = 4
    assert decode(view.detail["neighbours"]).shape == (24, 5)
    whole = SenseView(bank)
    np.testing.assert_allclose(
        decode(view.detail["points"]), decode(whole.data["projections"]["pca"]["points"])[0], atol=1e-3
    )


def test_of_many_occurrences_only_the_pinned_ones_neighbours_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bertviz_plus.views.senses.data._ALL_NEIGHBOURS", 10)
    view = SenseView(planted())
    detail = detail_of(view._payload, "pca", 1, pinned=3)
    indices = decode(detail["neighbours"])
    assert (indices[3] < 24).all()
    assert (np.delete(indices, 3, axis=0) == 24).all()


def test_several_words_in_one_view() -> None:
    view = SenseView(planted(words=("bank", "spring")))
    assert view.data["words"] == ["bank", "spring"]
    assert [group["name"] for group in view.data["groups"]] == ["sense", "word", "cluster"]
    assert set(view.data["groups"][0]["labels"]) == {
        "bank: river", "bank: money", "spring: river", "spring: money"
    }  # fmt: skip
    assert set(view.scores["word"]) == {"bank", "spring", "all"}
    view.colour = "word"
    assert view.plate().png()[1:4] == b"PNG"


def test_columns_colour() -> None:
    table = pd.DataFrame({"year": range(24), "kind": [None, "a"] * 12})
    view = SenseView(planted(), columns=table, colour="year")
    groups = {group["name"]: group for group in view.data["groups"]}
    assert len(groups["year"]["labels"]) == 5
    assert groups["kind"]["labels"] == ["a"]
    assert decode(groups["kind"]["codes"]).tolist()[:2] == [255.0, 0.0]
    with pytest.raises(ValueError, match="one value for each of the 24 occurrences, got 2"):
        SenseView(planted(), columns={"year": [1, 2]})
    with pytest.raises(ValueError, match="columns must not be named sense"):
        SenseView(planted(), columns={"sense": [1] * 24})


@pytest.mark.parametrize(
    "occurrences",
    [
        planted(1),
        planted(2),
        planted(senses=False),
        Occurrences.from_vectors(np.ones((2, 9, 4)), senses=["a", "b", "c"] * 3),
        Occurrences.from_vectors(np.full((2, 9, 4), np.nan), senses=["a", "b", "c"] * 3),
        Occurrences.from_vectors(np.zeros((2, 9, 4))),
        Occurrences.from_vectors(np.eye(9), senses=["a"] * 9),
        Occurrences.from_vectors(np.eye(9), senses=["a"] * 8 + ["b"]),
        Occurrences.from_vectors(np.eye(9), senses=[None] * 9),
        Occurrences.from_vectors(np.eye(9), senses=["a", None, "b"] * 3),
        Occurrences.from_vectors(np.eye(3)[:, :1], texts=["", " ", "</script>"], word="x"),
    ],
    ids=[
        "one",
        "two",
        "unlabelled",
        "identical",
        "missing",
        "zeros",
        "one sense",
        "alone",
        "no sense",
        "some",
        "texts",
    ],
)
def test_hard_occurrences_are_shown(occurrences: Occurrences) -> None:
    view = SenseView(occurrences)
    json.dumps(
        {name: value for name, value in view.data.items() if name in ("scores", "typical", "mean_cosine")}
    )
    assert view.plate().fallback()[1:4] == b"PNG"
    view.pinned = 0
    view.selected = [0]
    assert view.plate().svg().startswith("<?xml")


def test_no_occurrences_at_all() -> None:
    with pytest.raises(ValueError, match="occurrences must hold at least one"):
        SenseView(Occurrences.from_vectors(np.empty((2, 0, 4))))
    with pytest.raises(TypeError, match="occurrences must be Occurrences, got list"):
        SenseView([1, 2])


def test_unknown_keywords_name_the_nearest(bank: Occurrences) -> None:
    with pytest.raises(TypeError, match="Did you mean 'colour'"):
        SenseView(bank, color="sense")
    with pytest.raises(ValueError, match="embed must be"):
        SenseView(bank, embed="some")
    with pytest.raises(ValueError, match="projection must be 'pca', 'tsne', 'umap'"):
        SenseView(bank, projection="mds")


def test_a_picture_and_text_stand_in(bank: Occurrences) -> None:
    view = SenseView(bank, theme="light")
    bundle, _ = view._repr_mimebundle_()
    picture = base64.b64decode(bundle["image/png"])
    assert len(picture) <= 60_000
    assert Image.open(io.BytesIO(picture)).width == 960
    assert "SenseView of 'bank': 24 occurrences, 3 hidden layers" in bundle["text/plain"]


def test_exports(bank: Occurrences, tmp_path: Path) -> None:
    view = SenseView(bank)
    page = view.export_html(tmp_path / "page.html").read_text()
    assert "http://" not in re.sub(r"http://www.w3.org/\S*", "", page.split("<script", 1)[0])
    assert "connect-src 'none'" in page
    assert Image.open(view.export_png(tmp_path / "a.png", width=500)).width == 1000
    svg = view.export_svg(tmp_path / "a.svg", width_cm=12).read_text()
    assert 'width="12cm"' in svg
    assert ">river</text>" in svg
    assert view.export_pdf(tmp_path / "a.pdf", grey=True).read_bytes().startswith(b"%PDF")


def test_points_of_ones_own(bank: Occurrences) -> None:
    own = np.random.default_rng(0).normal(size=(24, 2))
    view = SenseView(bank, projection=own)
    assert view.projection == "given"
    assert list(view.data["projections"]) == ["given", "pca"]
    np.testing.assert_allclose(decode(view.data["projections"]["given"]["points"])[1], own, atol=1e-3)
    view.projection = "pca"
    assert view.plate().png()[1:4] == b"PNG"


def test_ten_thousand_points_fit_in_two_megabytes() -> None:
    random = np.random.default_rng(0)
    words = [f"word{i}" for i in range(3000)]
    texts = [" ".join([*random.choice(words, 14), "bank"]) for _ in range(10_000)]
    vectors = random.normal(size=(13, 10_000, 4)).astype(np.float32)
    senses = random.choice(["a", "b", "c"], 10_000).tolist()
    occurrences = Occurrences.from_vectors(vectors, texts=texts, senses=senses, word="bank")
    view = SenseView(occurrences, progress=False)
    state = view.get_state()
    _, _, buffers = ipywidgets.widgets.widget._remove_buffers({"data": state["data"]})
    assert sum(map(len, buffers)) < 2_000_000
    assert view.data["projections"]["pca"]["layers"] == list(range(13))
    assert "seeded sample of 2,000 of 10,000" in view.data["fine_print"]


def of_two_forms(n: int = 40) -> Occurrences:
    """Two senses on one axis, and on another, ten times as far apart, two written forms."""
    random = np.random.default_rng(3)
    sense, form = np.arange(n) % 2, (np.arange(n) // 2) % 2
    vectors = random.normal(size=(2, n, 6))
    vectors[:, :, 0] += 6 * sense
    vectors[:, :, 1] += 60 * form
    words = [("bank", "banks")[code] for code in form]
    return Occurrences.from_vectors(
        vectors,
        texts=[f"the {word} is here" for word in words],
        spans=[(4, 4 + len(word)) for word in words],
        senses=[("river", "money")[code] for code in sense],
        word="bank",
    )


def test_where_several_forms_occur_their_means_are_taken_away_and_both_scores_are_given():
    bank = of_two_forms()
    view, kept = SenseView(bank, progress=False), SenseView(bank, by_form=False, progress=False)
    assert "written form's mean subtracted" in view.data["projections"]["pca"]["note"]
    assert "with the forms' means left in" in view.data["fine_print"]
    assert kept.data["projections"]["pca"]["note"] == ""
    pd.testing.assert_frame_equal(view.scores_with_forms, kept.scores)
    assert kept.scores_with_forms.empty
    assert "pca with forms" not in kept.data["projections"]


def test_the_means_of_written_forms_can_be_put_back() -> None:
    bank = of_two_forms()
    view, kept = SenseView(bank, progress=False), SenseView(bank, by_form=False, progress=False)
    back = view.data["projections"]["pca with forms"]
    assert np.array_equal(decode(back["points"]), decode(kept.data["projections"]["pca"]["points"]))
    for colour, scores in (("sense", kept.data["scores"]), ("cluster", None)):
        view.colour, view.projection = colour, "pca"
        without = view.plate()._data.scores
        view.projection = "pca with forms"
        shown = view.plate()._data.scores
        assert [one["values"] for one in shown] != [one["values"] for one in without]
        if scores is not None:
            assert [one["values"] for one in shown] == [one["values"] for one in scores]
    # Each opens at the layer that is best for it.
    view.hidden_layer = kept.hidden_layer = 1
    view.pinned = kept.pinned = 3
    assert view.plate()._state.nearest == kept.plate()._state.nearest


def test_the_forms_means_hide_the_senses() -> None:
    bank = of_two_forms()
    view, kept = SenseView(bank, progress=False), SenseView(bank, by_form=False, progress=False)

    def silhouette(scores: pd.DataFrame) -> float:
        return float(scores[scores["measure"] == "silhouette"]["value"].iloc[-1])

    assert silhouette(view.scores) > silhouette(kept.scores) + 0.3
    # What is drawn first, from left to right, is the sense.
    points = view._payload.projections["pca"].points[-1]
    sense = np.array(bank.senses) == "river"
    assert abs(points[sense].mean(0) - points[~sense].mean(0)).max() > 4 * points[sense].std(0).min()


def test_one_form_alone_stays_as_it_is():
    texts = ["the bank is here"] * 20
    bank = Occurrences.from_vectors(np.random.default_rng(0).normal(size=(1, 20, 4)), texts=texts)
    data = SenseView(bank, progress=False).data
    assert data["projections"]["pca"]["note"] == ""


def test_by_form_is_checked():
    with pytest.raises(ValueError, match="by_form must be True, False or None, got 'yes'"):
        SenseView(of_two_forms(), by_form="yes", progress=False)


def test_scores_speak_of_clusters_while_clusters_colour():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(2, 40, 8))
    vectors[1, 20:] += 9
    senses = [("river", "money")[k % 2] for k in range(40)]
    view = SenseView(Occurrences.from_vectors(vectors, senses=senses, word="bank"), progress=False)
    assert view.colour == "sense"
    assert "1-NN accuracy" in view.plate().svg()
    view.colour = "cluster"
    drawn = view.plate().svg()
    assert "1-NN accuracy" not in drawn
    assert "clusters" in drawn
    (score,) = view.data["group_scores"]["cluster"]
    assert score["title"] == "silhouette of the clusters"
    assert len(score["values"]) == 2
