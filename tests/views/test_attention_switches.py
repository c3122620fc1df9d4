"""Heads switched off in the attention view: attention and the prediction follow."""

import asyncio

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.views.attention import AttentionView
from bertviz_plus.views.base import StateError
from tests.views.samples import of_pair

ROBIN = "A robin is a [MASK]."


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


@pytest.fixture
def view(tiny):
    return AttentionView.of(tiny, ROBIN, switches=True, mode="overview")


def drawn(view):
    return view.data["kinds"]["encoder"]["embedded"]["1"]["buffer"]


def test_attention_and_prediction_follow_the_heads_that_are_off(tiny, view):
    whole, before = drawn(view), view.trace
    view.off = [(0, 1), [0, 0]]
    assert view.off == [[0, 0], [0, 1]]
    with tiny.intervene(bp.Ablate([(0, 0), (0, 1)])):
        trace, frame = tiny.trace(ROBIN), tiny.predict(ROBIN, top=5)
    assert not view.trace.attention[0].any()
    np.testing.assert_array_equal(view.trace.attention, trace.attention)
    assert drawn(view) != whole
    now = view.data["switches"]["now"]["answers"]
    assert [text for text, _ in now] == frame["answer"].tolist()
    assert [share for _, share in now] == pytest.approx(frame["probability"].tolist(), abs=1e-5)
    assert repr(view).endswith("0-0, 0-1 off")
    view.off = []
    assert drawn(view) == whole
    np.testing.assert_array_equal(view.trace.attention, before.attention)
    assert view.data["switches"]["now"] == view.data["switches"]["whole"]


def test_what_is_not_about_weights_stays_where_a_head_is_off(tiny):
    statistics = bp.head_statistics(tiny, ["The cat sat.", "A dog ran."], progress=False)
    view = AttentionView.of(
        tiny, ROBIN, switches=True, statistics=statistics, include_heads=[1], quantity="rollout"
    )
    own = view.data["statistics"]
    before = view.data["quantities"]["rollout"]["kinds"]["encoder"]["embedded"]["1"]["buffer"]
    view.off = [[0, 0]]
    assert view.data["statistics"] is own
    assert view.data["include_heads"] == [1]
    after = view.data["quantities"]["rollout"]["kinds"]["encoder"]["embedded"]["1"]["buffer"]
    assert after != before


def test_a_layer_that_is_not_embedded_is_sent_as_it_is_now(tiny):
    view = AttentionView.of(tiny, ROBIN, switches=True, embed=[0])
    view.layer = 1
    before = view.detail["attention"]["buffer"]
    view.off = [[0, 0]]
    embedded = view.data["kinds"]["encoder"]["embedded"]
    assert embedded.get("1", view.detail.get("attention"))["buffer"] != before


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([[2, 0]], "layer 0..1 and a head 0..1"),
        ([[0, -1]], "head 0..1"),
        ([[0]], "list of heads"),
        ([0, 1], "list of heads"),
        ("ab", "list of heads"),
        ([[0.5, 1]], "list of heads"),
        (3, "got 3"),
        (None, "got None"),
    ],
)
def test_heads_that_do_not_exist_are_refused_and_the_view_stays(view, value, why):
    view.off = [[1, 1]]
    with pytest.raises(StateError, match=why):
        view.off = value
    assert view.off == [[1, 1]]


def test_without_switches_nothing_can_be_off():
    view = AttentionView(of_pair())
    with pytest.raises(StateError, match=r"AttentionView.of\(model, text, switches=True\)"):
        view.off = [[0, 0]]
    view.off = []
    with pytest.raises(TypeError, match="switches"):
        AttentionView(of_pair(), switches=True)


def test_a_gradient_of_the_whole_model_is_refused_beside_switches(tiny):
    gradient = bp.attention_gradient(tiny, ROBIN)
    with pytest.raises(ValueError, match="gradient must be left out"):
        AttentionView.of(tiny, ROBIN, switches=True, gradient=gradient)


def test_of_clicks_in_a_notebook_only_the_last_is_answered(view):
    asked = []
    whole = view._switches.trace
    view._switches.trace = lambda off: asked.append(off) or whole(off)

    async def click():
        for heads in ([[0, 0]], [[0, 1]], [[1, 0]], [[1, 1]]):
            view.set_state({"off": heads})
        # Nothing is computed in the kernel's own thread, which stays free.
        assert view.data["switches"]["off"] == []
        for _ in range(200):
            if view.data["switches"]["off"] == [[1, 1]]:
                return
            await asyncio.sleep(0.02)

    asyncio.run(click())
    assert view.data["switches"]["off"] == view.off == [[1, 1]]
    assert asked[-1] == [[1, 1]]
    assert len(asked) < 4


def test_a_plate_tells_which_heads_are_off_and_crosses_them(view):
    before = view.plate().svg()
    view.off = [[1, 0]]
    after = view.plate().svg()
    assert "switched off: 1-0; [MASK]: " not in before
    assert "switched off: 1-0" in after.replace("\xa0", " ")
    assert ">off<" in after
    assert after.count("<path") == before.count("<path") + 2
    for mode in ("heads", "matrix", "neuron"):
        view.mode = mode
        assert "switched off: 1-0" in view.plate().svg()


def test_the_view_is_higher_by_its_lines(view, tiny):
    assert view.drawn_height == AttentionView.of(tiny, ROBIN, mode="overview").drawn_height + 68
