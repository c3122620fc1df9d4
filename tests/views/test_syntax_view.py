"""What the syntax view takes, refuses and says on the wire."""

import re

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.traces.parse import LEFT_OUT
from bertviz_plus.views.base import StateError
from bertviz_plus.views.syntax import SyntaxView
from bertviz_plus.views.syntax.data import Payload, syntax_data
from bertviz_plus.views.syntax.traits import OFFSETS
from bertviz_plus.views.wire import decode, size_of
from tests.views.syntax_samples import CATS, DOGS, HEADS, LAYERS, STOP, parse_of, read_of

ALLOWED = [
    ("sentence", 2, 2),
    ("source", "probe", "probe"),
    ("source", "offset", "offset"),
    ("layer", np.int64(2), 2),
    ("head", 1, 1),
    ("hidden_layer", 3, 3),
    ("offset", -4, -4),
    ("theme", "dark", "dark"),
    ("height", 600, 600),
]
REFUSED = [
    ("sentence", 3, "sentence must be 0..2 for these data, got 3"),
    ("sentence", True, "0..2"),
    ("source", "gold", "source must be one of 'head', 'mean', 'probe', 'offset', got 'gold'"),
    ("layer", 3, "layer must be 0..2 for these data, got 3"),
    ("head", -1, "head must be 0..1 for these data, got -1"),
    ("hidden_layer", 1, "hidden_layer must be one of 0, 2, 3 for these data, got 1"),
    ("offset", 0, "offset must be one of -4, -3, -2, -1, 1, 2, 3, 4 for an offset, got 0"),
    ("height", 20, "160..4000"),
]


@pytest.mark.parametrize(("name", "value", "kept"), ALLOWED)
def test_values_that_can_be_shown(name: str, value: object, kept: object) -> None:
    view = SyntaxView(read_of())
    setattr(view, name, value)
    assert getattr(view, name) == kept
    assert getattr(SyntaxView(read_of(), **{name: value}), name) == kept


@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_values_that_cannot_be_shown(name: str, value: object, says: str) -> None:
    view = SyntaxView(read_of())
    before = getattr(view, name)
    with pytest.raises(StateError, match=re.escape(says)):
        setattr(view, name, value)
    assert getattr(view, name) == before


def test_what_it_is_made_of_is_checked() -> None:
    with pytest.raises(TypeError, match=r"read must be ParsesRead, which bertviz_plus\.syntax returns"):
        SyntaxView(bp.Parses((DOGS,)))
    with pytest.raises(ValueError, match="at least one sentence"):
        SyntaxView(read_of().take([]))
    with pytest.raises(TypeError, match=r"no keyword 'heads'\. Did you mean 'head'"):
        SyntaxView(read_of(), heads=1)
    with pytest.raises(ValueError, match="embed must be"):
        SyntaxView(read_of(), embed=[3])


def test_without_a_probe_there_is_none_to_show() -> None:
    view = SyntaxView(read_of(probe=False))
    assert view.hidden_layer == -1
    with pytest.raises(StateError, match=r"for these data, got 'probe': it has no probe's trees"):
        view.source = "probe"
    with pytest.raises(StateError, match=r"hidden_layer must be -1 .* no probe's trees"):
        view.hidden_layer = 2


def test_it_opens_at_the_head_that_finds_most() -> None:
    read = read_of()
    view = SyntaxView(read)
    assert (view.layer, view.head) == (1, 0)
    assert (
        read.uuas("probe_trees")[read.probed_layers.index(view.hidden_layer)]
        == read.uuas("probe_trees").max()
    )
    assert repr(view) == "SyntaxView of 3 sentences; sentence 0, tiny, layer 1, head 0"


def test_trees_travel_in_their_order() -> None:
    read = read_of()
    sent = SyntaxView(read).data
    for place, packed in ((place, sent["embedded"][str(place)]) for place in range(3)):
        own = read.places(place)
        heads = decode(packed["heads"])
        assert heads[0].tolist() == read.gold[own].tolist()
        assert (
            heads[1 : 1 + LAYERS * HEADS].tolist() == read.trees[..., own].reshape(-1, len(heads[0])).tolist()
        )
        assert heads[-6:-3].tolist() == read.layer_trees[:, own].tolist()
        assert heads[-3:].tolist() == read.probe_trees[:, own].tolist()
        assert packed["words"] == list(read.parses[place].words)
    assert [sent["embedded"][str(place)]["dropped"] for place in range(3)] == [[], [], [1]]


def test_counts_of_the_corpus_are_those_of_uuas() -> None:
    read = read_of(*(parse_of(9, seed) for seed in range(20)))
    found = decode(SyntaxView(read).data["found"])
    edges, count = found[0], LAYERS * HEADS
    np.testing.assert_allclose(found[1 : 1 + count] / edges, read.uuas().ravel())
    np.testing.assert_allclose(found[1 + count : 1 + count + LAYERS] / edges, read.uuas("layer_trees"))
    np.testing.assert_allclose(found[1 + count + LAYERS : -len(OFFSETS)] / edges, read.uuas("probe_trees"))
    offsets = dict(zip(OFFSETS, found[-len(OFFSETS) :], strict=True))
    # A link to the next word and one to the word before are the same link.
    assert offsets[1] / edges == offsets[-1] / edges == pytest.approx(float(read.uuas("chain")))


def test_an_offset_counts_the_words_that_trees_link() -> None:
    payload = Payload(read_of(CATS, DOGS))
    assert payload.heads_of(payload.tree_of("offset", 0, 0, OFFSETS.index(1)), 0) == (2, LEFT_OUT, -1)
    assert payload.heads_of(payload.tree_of("offset", 0, 0, OFFSETS.index(-2)), 1) == (
        -1,
        -1,
        0,
        1,
        2,
        LEFT_OUT,
    )


def test_sentences_beyond_the_budget_come_when_they_are_looked_at(wire) -> None:
    read = read_of(*(parse_of(12, seed) for seed in range(9)))
    data = syntax_data(Payload(read), sentence=4, budget=1_500)
    assert 1 < len(data["embedded"]) < 9
    assert "4" in data["embedded"]
    view = SyntaxView(read, embed=[0])
    assert list(view.data["embedded"]) == ["0"]
    view.sentence = 7
    sent = [message.state["detail"] for message in wire if "detail" in message.data.get("state", {})][-1]
    assert (sent["sentence"], sent["words"]) == (7, list(read.parses[7].words))
    assert view.detail["sentence"] == 7


def test_what_is_embedded_stays_within_two_megabytes() -> None:
    sentences = bp.Parses((parse_of(20),) * 600)
    # As many heads as a large model has.
    each = np.random.default_rng(0).integers(0, 20, (24, 16, 12_000)).astype(np.int16)
    data = syntax_data(Payload(bp.ParsesRead(sentences, each, each[:, 0], each, each)))
    sizes = [size_of(one["heads"]) + len("".join(one["words"])) for one in data["embedded"].values()]
    assert 1_500_000 < sum(sizes) <= 2_000_000
    assert len(sizes) < 600


def test_it_is_made_from_a_model_and_parses() -> None:
    view = SyntaxView.of(bp.load(), bp.Parses((DOGS,)), progress=False, layer=0, head=3)
    assert view.read.trees.shape == (6, 12, 6)
    assert repr(view) == "SyntaxView of 1 sentence; all-MiniLM-L6-v2, layer 0, head 3"
    assert view.read.gold.tolist() == [2, 2, 3, -1, 3, LEFT_OUT]
    with pytest.raises(TypeError, match=r"no keyword 'layers'\. Did you mean 'layer'"):
        SyntaxView.of(bp.load(), bp.Parses((DOGS,)), layers=0)


@pytest.mark.parametrize("source", ["head", "mean", "probe", "offset"])
def test_its_plate_shows_what_is_on_screen(source: str) -> None:
    read = read_of(DOGS, STOP, CATS)
    view = SyntaxView(read, source=source, layer=2, head=1, hidden_layer=2, offset=2)
    own = read.places(0)
    expected = {
        "head": read.trees[2, 1, own],
        "mean": read.layer_trees[2, own],
        "probe": read.probe_trees[1, own],
        "offset": [2, 3, 4, -1, -1, LEFT_OUT],
    }[source]
    data = view._plate_data()
    assert data.other == tuple(np.asarray(expected).tolist())
    assert data.name == "sentence 0 of 0–2 (dogs)"
    right, edges = data.uuas
    which = {"head": "trees", "mean": "layer_trees", "probe": "probe_trees"}.get(source)
    if which:
        place = {"head": (2, 1), "mean": 2, "probe": 1}[source]
        assert right / edges == pytest.approx(read.uuas(which)[place])


def test_words_that_json_cannot_carry_are_sent_as_what_it_can() -> None:
    odd = bp.Parse(("a\ud800", "</script>"), (1, -1))
    sent = SyntaxView(read_of(odd)).data["embedded"]["0"]["words"]
    assert sent == ["a?", "</script>"]
