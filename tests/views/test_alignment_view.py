"""What the alignment view takes, refuses and says on the wire."""

import base64
import io
import json
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import bertviz_plus as bp
from bertviz_plus.measures.alignment.layers import (
    confidence_by_layer,
    links_by_layer,
    similarity_by_layer,
    words_any,
)
from bertviz_plus.measures.alignment.methods import METHODS
from bertviz_plus.measures.alignment.scores import evaluate_alignment
from bertviz_plus.measures.alignment.word_alignment import (
    align_pair,
    alignment_map,
    subword_links,
    word_confidence,
    word_similarity,
)
from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Gold
from bertviz_plus.views.alignment import AlignmentView
from bertviz_plus.views.alignment.data import alignment_data, prepare
from bertviz_plus.views.alignment.map import diagonal_aer, map_of
from bertviz_plus.views.alignment.plate import map_values, plate_data
from bertviz_plus.views.base import StateError
from bertviz_plus.views.wire import decode


def planted(
    sizes: tuple[tuple[int, int], ...] = ((4, 5), (3, 3), (1, 2)), layers: int = 3, *, gold: bool = True
) -> Alignments:
    """Pairs whose words are alike at random, some words of two subwords."""
    random = np.random.default_rng(0)
    pairs = []
    for number, (rows, columns) in enumerate(sizes):
        ids = [tuple(sorted([*range(count), *range(0, count, 3)])) for count in (rows, columns)]
        pairs.append(
            SentencePair(
                tuple(f"s{i}" for i in range(rows)),
                tuple(f"t{j}" for j in range(columns)),
                gold="0-0 0?1" if gold and number != 1 else None,
                source_subwords=tuple("x" for _ in ids[0]),
                target_subwords=tuple("y" for _ in ids[1]),
                source_word_ids=ids[0],
                target_word_ids=ids[1],
                cosines=random.uniform(-0.2, 1, (layers, len(ids[0]), len(ids[1]))).astype(np.float32),
                source_norms=random.uniform(3, 5, (layers, len(ids[0]))).astype(np.float32),
                target_norms=random.uniform(3, 5, (layers, len(ids[1]))).astype(np.float32),
            )
        )
    return Alignments(tuple(pairs), tuple(range(layers)), ("en", "de"), best_layer=1)


@pytest.fixture
def three() -> Alignments:
    return planted()


def wire_links(view: AlignmentView, pair: int, layer: int, method: str) -> list[list[float]]:
    """Read the links of a cell as the front end does."""
    packed = view.data["links"][str(pair)]
    names = [one["name"] for one in view.data["methods"]]
    cell = view.data["hidden_layers"].index(layer) * len(names) + names.index(method)
    start, end = decode(packed["starts"])[cell : cell + 2].astype(int)
    return decode(packed["links"])[start:end].tolist()


ALLOWED = [
    ("pair", 2, 2),
    ("pair", np.int64(1), 1),
    ("hidden_layer", 2, 2),
    ("method", "ot", "ot"),
    ("threshold", 0, 0.0),
    ("threshold", np.float32(0.5), 0.5),
    ("show_gold", False, False),
    ("show_similarity", True, True),
    ("map_of", "pair", "pair"),
    ("drawing", True, True),
    ("drawn", {}, {}),
    ("drawn", {"1": [[2, 0, "possible"], [0, 1, "sure"]]}, {"1": [[0, 1, "sure"], [2, 0, "possible"]]}),
    ("drawn", {0: "0-0 1?2"}, {"0": [[0, 0, "sure"], [1, 2, "possible"]]}),
    ("drawn", {0: Gold.of("1-1")}, {"0": [[1, 1, "sure"]]}),
    ("drawn", {0: [(1, 1)]}, {"0": [[1, 1, "sure"]]}),
    ("drawn", {0: []}, {"0": []}),
    ("theme", "dark", "dark"),
    ("height", 600, 600),
]
REFUSED = [
    ("pair", 3, "pair must be 0..2 for these alignments, got 3"),
    ("pair", -1, "0..2"),
    ("pair", True, "0..2"),
    ("pair", "1", "0..2"),
    ("hidden_layer", 3, "hidden_layer must be 0..2 for these alignments, got 3"),
    ("hidden_layer", None, "0..2"),
    ("method", "best", "'fwd', 'rev', 'inter'"),
    ("method", None, "'fwd'"),
    ("threshold", 1.1, "from 0 to 1"),
    ("threshold", float("nan"), "from 0 to 1"),
    ("threshold", True, "from 0 to 1"),
    ("show_gold", 1, "True or False"),
    ("map_of", "none", "'all', 'pair'"),
    ("drawn", [[0, 0]], "a dict from a pair's number"),
    ("drawn", {"9": []}, "pairs of 0..2, got '9'"),
    ("drawn", {"0": [[4, 0, "sure"]]}, "drawn[0] must link words 0..3 with 0..4, got 4-0"),
    ("drawn", {"0": [[0, 0, "maybe"]]}, '[source, target, "sure"]'),
    ("drawn", {"0": [[0.5, 0, "sure"]]}, '[source, target, "sure"]'),
    ("drawn", {"0": 3}, "a list of links"),
    ("drawn", {"0": "zero"}, "links must look like 0-0"),
    ("theme", "blue", "'auto', 'light', 'dark'"),
    ("height", 20, "160..4000"),
]


@pytest.mark.parametrize(("name", "value", "kept"), ALLOWED)
def test_values_that_can_be_shown(three: Alignments, name: str, value: object, kept: object) -> None:
    view = AlignmentView(three)
    setattr(view, name, value)
    assert getattr(view, name) == kept
    given = AlignmentView(three, **{name: value})
    assert getattr(given, name) == kept


@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_values_that_cannot_be_shown(three: Alignments, name: str, value: object, says: str) -> None:
    view = AlignmentView(three)
    before = getattr(view, name)
    with pytest.raises(StateError, match=re.escape(says)):
        setattr(view, name, value)
    assert getattr(view, name) == before


def test_a_front_end_that_errs_is_put_right(three: Alignments) -> None:
    view = AlignmentView(three)
    view.set_state({"pair": 1, "drawn": {"1": [[7, 7, "sure"]]}})
    assert view.pair == 1
    assert view.drawn == {}
    assert "drawn[1] must link words" in view.error
    view.set_state({"drawn": {"1": [[2, 2, "sure"]]}})
    assert view.error == ""
    assert view.links == {1: Gold.of("2-2")}


@pytest.mark.parametrize("method", METHODS)
def test_all_layers_at_once_give_what_each_gives_alone(three: Alignments, method: str) -> None:
    for pair in (*three, *planted(((1, 5), (2, 2), (30, 41)), 2)):
        alone = np.stack([subword_links(pair, at, method) for at in range(len(pair.cosines))])
        assert np.array_equal(links_by_layer(pair, method), words_any(pair, alone))


def test_confidence_and_similarity_of_all_layers_are_those_of_each(three: Alignments) -> None:
    for pair in three:
        for at in range(3):
            # The same sums in another order.
            assert confidence_by_layer(pair)[at] == pytest.approx(word_confidence(pair, at), abs=1e-12)
            assert np.array_equal(similarity_by_layer(pair)[at], word_similarity(pair, at), equal_nan=True)


@pytest.mark.parametrize("method", ["inter", "softmax", "ot"])
def test_the_wire_holds_what_the_measures_say(three: Alignments, method: str) -> None:
    view = AlignmentView(three, method=method)
    for place in range(3):
        for layer in three.hidden_layers:
            asked = align_pair(three, place, method=method, hidden_layer=layer)
            got = wire_links(view, place, layer, method)
            assert [(int(i), int(j)) for i, j, _ in got] == [(i, j) for i, j, _ in asked.links]
            # 16 bits.
            assert [one[2] / 65535 for one in got] == pytest.approx(
                [link.confidence for link in asked.links], abs=1e-5
            )
    shown = view.alignment_of()
    assert shown.pairs == align_pair(three, 0, method=method, hidden_layer=1).pairs
    assert (shown.method, shown.hidden_layer) == (method, 1)


def test_the_map_is_the_error_rate_of_pairs_with_gold(three: Alignments) -> None:
    view = AlignmentView(three)
    packed = view.data["map"]
    assert packed["measure"] == "aer"
    assert packed["note"] == "2 of 3 pairs have gold"
    # Float32.
    assert decode(packed["all"]) == pytest.approx(alignment_map(three).to_numpy(), abs=1e-6)
    pairs = decode(packed["pairs"])
    assert pairs.shape == (3, 3, 9)
    assert np.isnan(pairs[1]).all()
    assert pairs[0] == pytest.approx(alignment_map(three[:1]).to_numpy(), abs=1e-6)


def test_without_gold_the_map_is_mean_confidence() -> None:
    bare = planted(gold=False)
    packed = AlignmentView(bare).data["map"]
    assert packed["measure"] == "confidence"
    # Confidence travels in 16 bits.
    assert decode(packed["all"]) == pytest.approx(alignment_map(bare).to_numpy(), abs=1e-5, nan_ok=True)


def test_where_no_pair_came_with_gold_the_map_is_the_error_rate_of_what_is_drawn(three: Alignments) -> None:
    bare = three.with_gold([None, None, None])
    view = AlignmentView(bare, drawn={1: "0-0 1-1 2?2"})
    measure, values, note, diagonal = map_values(view._payload, view)
    assert (measure, note) == ("aer", "over 1 pair, drawn here")
    assert diagonal == pytest.approx(diagonal_aer([bare[1]], [view.links[1]]))
    for method in view._payload.methods:
        for layer in bare.hidden_layers:
            view.method, view.hidden_layer = method, layer
            scores = evaluate_alignment([view.alignment_of(1)], [view.links[1]], resamples=0)
            place = bare.hidden_layers.index(layer), view._payload.methods.index(method)
            assert values[place] == pytest.approx(scores.aer, abs=1e-6)
    view.drawn = {1: []}
    assert map_values(view._payload, view)[0] == "confidence"


def test_a_pair_whose_links_were_all_taken_away_does_not_count(three: Alignments) -> None:
    view = AlignmentView(three, drawn={0: []})
    _, values, _, _ = map_values(view._payload, view)
    assert np.array_equal(values, map_of({2: view._payload.scores_of(2)}, "aer").all)
    assert plate_data(view._payload, view).gold is None


def test_a_map_of_very_many_pairs_is_of_a_sample_and_says_so() -> None:
    many = planted(((2, 2),) * 30)
    payload = prepare(many, ["inter"], sample=10)
    assert payload.map is not None
    assert payload.map.note == "a sample of 10 of 29 pairs, seed 0"
    assert len(payload.map.pairs) == 10
    again = prepare(many, ["inter"], sample=10)
    assert again.map is not None
    assert list(again.map.pairs) == list(payload.map.pairs)


def test_what_does_not_go_along_is_sent_when_it_is_looked_at(three: Alignments) -> None:
    view = AlignmentView(three, embed=[0])
    assert view.data["embedded"] == [0]
    assert view.detail == {}
    view.pair = 2
    assert view.detail["pair"] == 2
    assert view.detail["links"]["shape"][1] == 3
    assert view.detail["similarity"] is None
    view.set_state({"show_similarity": True})
    assert view.detail["similarity"]["shape"] == [3, 1, 2]
    assert view.detail["similarity_layers"] == [0, 1, 2]


def test_the_budget_is_kept(three: Alignments) -> None:
    payload = prepare(three)
    assert alignment_data(payload)["embedded"] == [0, 1, 2]
    small = alignment_data(payload, budget=1, pair=1)
    assert small["embedded"] == [1]
    assert small["similarity"] == {}


def test_similarity_is_exact_to_eight_bits_of_its_range(three: Alignments) -> None:
    tensor = AlignmentView(three).data["similarity"]["0"]
    asked = similarity_by_layer(three[0])
    assert np.abs(decode(tensor) - asked).max() <= (asked.max() - asked.min()) / 254 / 2 + 1e-6


def test_gold_made_in_the_notebook(three: Alignments, tmp_path: Path) -> None:
    view = AlignmentView(three, drawn={1: "2-2 0?1"})
    assert view.links_of(1) == Gold.of("2-2 0?1")
    assert view.links_of(0) == three[0].gold
    assert [gold and gold.to_pharaoh() for gold in view.drawn_gold()] == ["0-0 0?1", "0?1 2-2", "0-0 0?1"]
    path = tmp_path / "gold.txt"
    text = view.to_pharaoh(path, index_base=1, possible="p")
    assert path.read_text() == text + "\n"
    assert text.splitlines() == ["1-1 1p2", "1p2 3-3", "1-1 1p2"]
    assert three.with_gold(view.drawn_gold())[1].gold == Gold.of("2-2 0?1")
    with pytest.raises(ValueError, match="index_base must be 0 or 1"):
        view.to_pharaoh(index_base=2)
    with pytest.raises(FileNotFoundError):
        view.to_pharaoh(tmp_path / "no" / "gold.txt")


def test_a_file_of_nothing_is_not_written(three: Alignments, tmp_path: Path) -> None:
    view = AlignmentView(three.with_gold([None, None, None]))
    with pytest.raises(ValueError, match="press Draw in the view and drag from word to word"):
        view.to_pharaoh(tmp_path / "mine.gold")
    assert not list(tmp_path.iterdir())
    assert view.to_pharaoh() == "\n\n"
    view.drawn = {1: "0-0"}
    view.to_pharaoh(tmp_path / "mine.gold")
    assert (tmp_path / "mine.gold").read_text() == "\n0-0\n\n"


def test_pairs_that_no_model_has_read_can_be_drawn_on() -> None:
    view = AlignmentView(Alignments.from_words([("a b", "x"), ("c", "z")]), drawing=True)
    assert (view.hidden_layer, view.method, view.data["map"]) == (-1, "", None)
    assert view.data["pairs"][0]["cut_source"] == []
    view.drawn = {0: "1-0"}
    assert view.to_pharaoh() == "1-0\n"
    assert view.plate().fallback()[:4] == b"\x89PNG"
    with pytest.raises(StateError, match="no model has read these pairs"):
        view.hidden_layer = 3


def test_links_from_elsewhere_stand_beside_the_methods() -> None:
    pair = planted()[0].with_given(giza="0-1", inter="1-1")
    view = AlignmentView(Alignments((pair,), (0, 1, 2)), method="giza")
    assert view.alignment_of().to_pharaoh() == "0-1"
    assert view.alignment_of().hidden_layer is None
    view.method = "inter (given)"
    assert view.alignment_of().to_pharaoh() == "1-1"


def test_the_threshold_hides_and_the_map_follows(three: Alignments) -> None:
    view = AlignmentView(three, threshold=0.4)
    kept = view.alignment_of().links
    assert kept == tuple(link for link in view.alignment_of(threshold=0).links if link.confidence >= 0.4)
    before, after = (AlignmentView(three, threshold=t).plate().svg() for t in (0.0, 0.4))
    assert "hidden" in after
    assert "hidden" not in before


@pytest.mark.parametrize("given", [3, None, "a b"])
def test_what_are_no_alignments(given: Any) -> None:
    with pytest.raises(TypeError, match="alignments must be Alignments"):
        AlignmentView(given)


def test_unknown_keywords_and_options(three: Alignments) -> None:
    with pytest.raises(TypeError, match="Did you mean 'threshold'"):
        AlignmentView(three, treshold=0.5)
    with pytest.raises(ValueError, match="method must be one of fwd"):
        AlignmentView(three, methods=["best"])
    with pytest.raises(ValueError, match="methods must be a list"):
        AlignmentView(three, methods="inter")
    with pytest.raises(ValueError, match=r"0\.\.2, got 7"):
        AlignmentView(three, embed=[7])
    with pytest.raises(ValueError, match="at least one pair"):
        AlignmentView(Alignments(()))


def test_the_bundle_of_a_display(three: Alignments) -> None:
    shown = AlignmentView(three)._repr_mimebundle_()
    assert shown is not None
    content, _ = shown
    picture = base64.b64decode(content["image/png"])
    assert len(picture) <= 60_000
    assert Image.open(io.BytesIO(picture)).width == 960
    assert content["text/plain"].startswith("AlignmentView of 3 pairs en–de; pair 0")
    # Everything but the buffers is JSON.
    json.dumps(AlignmentView(three).data, default=len)


def test_exports(three: Alignments, tmp_path: Path) -> None:
    view = AlignmentView(three, theme="dark")
    page = view.export_html(tmp_path / "a.html").read_text()
    assert "AlignmentView" in page
    assert "https://" not in re.sub(r"http://www\.w3\.org/\S+", "", page)
    assert "<path" in view.export_svg(tmp_path / "a.svg", width_cm=12, font_size=7, grey=True).read_text()
    assert view.export_pdf(tmp_path / "a.pdf").read_bytes()[:4] == b"%PDF"
    assert Image.open(view.export_png(tmp_path / "a.png", width=400, scale=1)).width == 400


@pytest.fixture(scope="module")
def multi() -> Any:
    return bp.load("multilingual-e5-small")


def test_the_users_cell(multi: Any) -> None:
    view = AlignmentView.of(
        multi, "The house is small .", "Das Haus ist klein .", gold="0-0 1-1 2-2 3-3 4-4", progress=False
    )
    assert (view.hidden_layer, view.method) == (6, "inter")
    assert view.alignment_of().to_pharaoh() == "0-0 1-1 2-2 3-3 4-4"
    assert float(decode(view.data["map"]["all"])[6, 2]) == 0
    assert repr(view) == "AlignmentView of 1 pair; multilingual-e5-small, layer 6, inter"


def test_texts_as_strings_as_words_and_several(multi: Any) -> None:
    one = AlignmentView.of(multi, "The house", ["Das", "Haus"], progress=False)
    assert one.alignments[0].target == ("Das", "Haus")
    words = AlignmentView.of(multi, ["New York", "sleeps"], "New York schläft", progress=False)
    assert words.alignments[0].source == ("New York", "sleeps")
    several = AlignmentView.of(
        multi, ["The house", "A cat"], ["Das Haus", "Eine Katze"], gold=["0-0", None], progress=False
    )
    assert len(several.alignments) == 2
    nested = AlignmentView.of(multi, [["The", "house"], "A cat"], [["Das", "Haus"], "Katze"], progress=False)
    assert nested.alignments[0].source == ("The", "house")
    with pytest.raises(ValueError, match="must both be one sentence or both several"):
        AlignmentView.of(multi, ["The house", "A cat"], "Das Haus")
    with pytest.raises(ValueError, match="must be as many, got 2 and 3"):
        AlignmentView.of(multi, ["The house", "A cat"], ["Das Haus", "Eine Katze", "Ein Hund"])


@pytest.mark.parametrize(
    ("source", "target", "gold", "says"),
    [
        ("", "Haus", None, "source must hold at least one word"),
        ("house", [" ", ""], None, "target must hold at least one word"),
        ("house", "Haus", "0-1", r"gold must link words 0\.\.0 with 0\.\.0, got 0-1"),
        ("house", "Haus", "first", "links must look like"),
    ],
)
def test_bad_input_is_named(multi: Any, source: Any, target: Any, gold: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        AlignmentView.of(multi, source, target, gold=gold, progress=False)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("house", "Haus"),
        ("The house is small .", "The house is small ."),
        (["a\tb", "zero\u200bwidth", "line\nbreak"], ["x\ty", "\u200bz", "w"]),
        ("قرأت البنت كتابا", "the girl read a book"),
    ],
)
def test_odd_input_is_shown(multi: Any, source: Any, target: Any) -> None:
    view = AlignmentView.of(multi, source, target, progress=False)
    json.dumps(view.data["pairs"], ensure_ascii=False).encode()
    assert len(view.plate().fallback()) <= 60_000
    assert view.plate().svg().startswith("<?xml")


def test_a_lone_surrogate_does_not_stop_the_wire() -> None:
    view = AlignmentView(Alignments.from_words([(["\ud800", "x"], ["y"])]))
    json.dumps(view.data["pairs"], ensure_ascii=False).encode()


def test_600_subwords(multi: Any) -> None:
    with pytest.warns(UserWarning, match="512"):
        view = AlignmentView.of(multi, ["house"] * 600, ["Haus"] * 40, methods=["inter"], progress=False)
    assert len(view.data["pairs"][0]["cut_source"]) == 90
    assert len(view.plate().fallback()) <= 60_000
    sent = sum(len(one["links"]["buffer"]) for one in view.data["links"].values())
    assert sent < 2_000_000


def test_a_model_of_one_language_works_and_says_what_to_expect() -> None:
    with pytest.warns(UserWarning, match="trained on English alone"):
        view = AlignmentView.of(bp.load(), "The hotel", "Das Hotel", progress=False)
    # No layer is documented for it.
    assert view.hidden_layer == 3
    assert "not documented" in view.data["fine_print"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert view.plate().fallback()
