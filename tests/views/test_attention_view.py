"""What the view takes, refuses and says on the wire."""

import ipywidgets
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.attention import AttentionView
from bertviz_plus.views.attention.data import detail_of
from tests.browser.samples import SAMPLES
from tests.views.samples import of_length, of_pair, of_queries, of_translation, of_words, softmax

# For a pair in two layers of four heads with seven tokens, and what each is kept as.
ALLOWED = [
    ("mode", "heads", "heads"),
    ("mode", "overview", "overview"),
    ("mode", "matrix", "matrix"),
    ("mode", "neuron", "neuron"),
    ("layer", 0, 0),
    ("layer", np.int64(1), 1),
    ("heads", [3], [3]),
    ("heads", (2, 0, 2), [0, 2]),
    ("heads", range(4), [0, 1, 2, 3]),
    ("heads", np.array([1, 2]), [1, 2]),
    ("heads", 2, [2]),
    ("side", "to", "to"),
    ("selected_tokens", [], []),
    ("selected_tokens", [6, 0], [0, 6]),
    ("selected_tokens", 4, [4]),
    ("combine", "sum", "sum"),
    ("threshold", 0, 0.0),
    ("threshold", 1, 1.0),
    ("threshold", 0.25, 0.25),
    ("threshold", np.float64(0.5), 0.5),
    ("threshold", np.float32(0.5), 0.5),
    ("units", "tokens", "tokens"),
    ("hide_special", True, True),
    ("segments", "a→b", "a→b"),
    ("segments", "b->a", "b→a"),
    ("segments", "A→A", "a→a"),
    ("attention_kind", "encoder", "encoder"),
    ("theme", "dark", "dark"),
    ("height", 300, 300),
]
REFUSED = [
    ("mode", "head", "'overview'"),
    ("mode", None, "'overview'"),
    ("mode", ["heads"], "'overview'"),
    ("layer", 2, "0..1"),
    ("layer", -1, "0..1"),
    ("layer", 1.0, "0..1"),
    ("layer", "1", "0..1"),
    ("layer", True, "0..1"),
    ("layer", None, "0..1"),
    ("heads", [4], "0..3"),
    ("heads", [0, -1], "0..3"),
    ("heads", [], "0..3"),
    ("heads", [0.5], "whole numbers"),
    ("heads", "0", "list of numbers"),
    ("heads", None, "list of numbers"),
    ("side", "both", "'from', 'to'"),
    ("selected_tokens", [7], "0..6"),
    ("selected_tokens", [-1], "0..6"),
    ("selected_tokens", ["the"], "whole numbers"),
    ("combine", "max", "'mean', 'sum'"),
    ("threshold", -0.1, "from 0 to 1"),
    ("threshold", 1.1, "from 0 to 1"),
    ("threshold", float("nan"), "from 0 to 1"),
    ("threshold", "0.5", "from 0 to 1"),
    ("threshold", None, "from 0 to 1"),
    ("units", "words", "'tokens'"),
    ("units", "characters", "'tokens', 'words'"),
    ("hide_special", 1, "True or False"),
    ("hide_special", "yes", "True or False"),
    ("segments", "a", "'a→b'"),
    ("segments", 3, "'a→b'"),
    ("attention_kind", "cross", "'encoder'"),
    ("attention_kind", ["encoder"], "'encoder'"),
    ("theme", "blue", "'dark'"),
    ("height", 50, "120..4000"),
    ("height", 300.5, "120..4000"),
]


def state_of(view):
    return {name: getattr(view, name) for name in view.STATE}


@pytest.mark.parametrize(("name", "value", "kept"), ALLOWED)
def test_what_is_allowed_is_taken_by_keyword_attribute_and_front_end(name, value, kept):
    view = AttentionView(of_pair())
    setattr(view, name, value)
    built = AttentionView(of_pair(), **{name: value})
    for one in (view, built):
        assert getattr(one, name) == kept
        assert type(getattr(one, name)) is type(kept)
    fresh = AttentionView(of_pair())
    fresh.set_state({name: kept})
    assert getattr(fresh, name) == kept
    assert fresh.error == ""


@pytest.mark.parametrize(("name", "value", "allowed"), REFUSED)
def test_what_cannot_be_shown_is_refused_in_python_and_nothing_changes(name, value, allowed):
    view = AttentionView(of_pair(), layer=1, heads=[1, 2], selected_tokens=[3], threshold=0.2)
    before = state_of(view)
    with pytest.raises(ValueError, match=name) as refusal:
        setattr(view, name, value)
    assert allowed in str(refusal.value)
    assert str(value if not isinstance(value, list) or not value else value[-1]) in str(refusal.value)
    assert state_of(view) == before
    with pytest.raises(ValueError, match=name):
        AttentionView(of_pair(), **{name: value})


@pytest.mark.parametrize(("name", "value", "allowed"), REFUSED)
def test_the_front_end_is_refused_told_and_given_the_value_back(wire, name, value, allowed):
    view = AttentionView(of_pair(), layer=1, heads=[1, 2])
    before = state_of(view)
    wire.clear()
    view.set_state({name: value})
    assert state_of(view) == before
    assert name in view.error
    assert allowed in view.error
    sent = {key: one for message in wire for key, one in message.state.items()}
    assert sent[name] == before[name]
    assert sent["error"] == view.error
    view.set_state({"threshold": 0.5})
    assert view.error == ""


def test_one_refused_value_does_not_stop_the_others():
    view = AttentionView(of_pair())
    view.set_state({"layer": 9, "mode": "matrix", "heads": [1]})
    assert (view.layer, view.mode, view.heads) == (0, "matrix", [1])
    assert "layer must be 0..1" in view.error


def test_what_is_taken_is_confirmed_where_ipywidgets_does_not(wire, monkeypatch):
    # ipywidgets before 8 says nothing; js/tests/agreement.test.js shows what that leads to.
    monkeypatch.setattr(ipywidgets.widgets.widget, "JUPYTER_WIDGETS_ECHO", False, raising=False)
    view = AttentionView(of_pair())
    wire.clear()
    view.set_state({"heads": [2]})
    assert [(message.data["method"], message.state) for message in wire] == [("update", {"heads": [2]})]


@pytest.mark.parametrize("name", ["data", "detail", "error"])
def test_the_front_end_cannot_write_what_only_python_writes(wire, name):
    view = AttentionView(of_pair())
    before = getattr(view, name)
    view.set_state({name: "nonsense" if name == "error" else {"kinds": {}}})
    assert getattr(view, name) == before
    assert name in wire[-1].state


def test_an_unknown_keyword_is_refused_with_the_nearest_one():
    with pytest.raises(TypeError, match=r"no keyword 'head'. Did you mean 'heads'"):
        AttentionView(of_pair(), head=3)
    with pytest.raises(TypeError, match="selected_tokens, combine"):
        AttentionView(of_pair(), colour="red")


@pytest.mark.parametrize("given", [None, "a text", softmax(1, 1, 2)])
def test_what_is_no_trace_is_refused_with_what_makes_one(given):
    with pytest.raises(TypeError, match=r"trace must be a Trace.*model\.trace"):
        AttentionView(given)


def test_a_trace_without_attention_is_refused_with_the_argument_that_keeps_it():
    trace = Trace(tokens=("a", "b"), hidden_states=np.zeros((2, 2, 4), np.float32))
    with pytest.raises(ValueError, match=r"holds no attention.*keep=\(.*attention"):
        AttentionView(trace)


@pytest.mark.parametrize("embed", ["some", None, 3, [1.5], ["0"]])
def test_embed_is_checked(embed):
    with pytest.raises(ValueError, match=r'embed must be "auto", "all" or a list'):
        AttentionView(of_pair(), embed=embed)


def test_opening_sends_the_whole_state_with_its_bytes_apart(wire):
    view = AttentionView(of_queries())
    (opened,) = (one for one in wire if one.kind == "comm_open" and "data" in one.state)
    assert set(view.STATE) <= set(opened.state)
    # Three a layer and kind: weights, queries, keys; and four tables about the heads.
    assert len(opened.buffers) == 2 * 3 + 4
    assert all(isinstance(one, bytes | memoryview) for one in opened.buffers)
    assert {tuple(path[:2]) for path in opened.data["buffer_paths"]} == {
        ("data", "kinds"),
        ("data", "neuron"),
    }


def test_an_update_carries_only_what_changed(wire):
    view = AttentionView(of_pair())
    for name, value in (("layer", 1), ("heads", [0]), ("selected_tokens", [2]), ("threshold", 0.1)):
        wire.clear()
        setattr(view, name, value)
        (update,) = wire
        assert update.state == {name: value}
        assert not update.buffers
    wire.clear()
    view.layer = 1
    assert wire == []


def test_layers_keep_their_numbers_where_some_were_left_out():
    view = AttentionView(Trace.from_attention(softmax(2, 2, 3), ["a", "b", "c"], layers=[4, 9]))
    assert view.layer == 4
    view.layer = 9
    with pytest.raises(ValueError, match="layer must be one of 4, 9 for this 2-layer trace, got 1"):
        view.layer = 1
    view.set_state({"layer": 0})
    assert view.layer == 9
    assert "4, 9" in view.error
    assert sorted(view.data["kinds"]["encoder"]["embedded"]) == ["4", "9"]


def test_the_selection_follows_from_subwords_to_words_and_back():
    view = AttentionView(of_words(), selected_tokens=[2, 3, 5])
    # The words: a special token, two words, a special token.
    view.units = "words"
    assert view.selected_tokens == [1, 2]
    view.selected_tokens = [3]
    with pytest.raises(ValueError, match=r"0\.\.3"):
        view.selected_tokens = [4]
    view.units = "tokens"
    assert view.selected_tokens == [6]


def test_words_and_a_selection_in_words_may_be_given_at_once():
    view = AttentionView(of_words(), selected_tokens=[3], units="words")
    assert view.selected_tokens == [3]
    fresh = AttentionView(of_words(), selected_tokens=[6])
    fresh.set_state({"selected_tokens": [1], "units": "words"})
    assert (fresh.units, fresh.selected_tokens) == ("words", [1])


@given(st.lists(st.integers(0, 6), max_size=7))
@settings(max_examples=25, deadline=None)
def test_a_token_stays_within_its_word(selected):
    view = AttentionView(of_words(), selected_tokens=selected)
    view.units = "words"
    view.units = "tokens"
    first = {0: 0, 1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 6}
    assert view.selected_tokens == sorted({first[token] for token in selected})


def test_another_kind_of_attention_fits_layer_heads_and_selection():
    view = AttentionView(of_translation(), layer=2, heads=[1, 3], selected_tokens=[5])
    assert view.attention_kind == "encoder"
    view.attention_kind = "cross"
    assert (view.layer, view.heads, view.selected_tokens) == (0, [1], [])
    view.selected_tokens = [3]
    with pytest.raises(ValueError, match=r"0\.\.3"):
        view.selected_tokens = [4]
    # Columns are the source's six tokens.
    view.side = "to"
    view.selected_tokens = [5]
    view.side = "from"
    assert view.selected_tokens == []
    view.attention_kind = "encoder"
    assert view.layer == 0
    view.layer = 2


def test_heads_that_another_kind_has_none_of_become_all_of_its_own():
    view = AttentionView(of_translation(), heads=[3])
    view.attention_kind = "decoder"
    assert view.heads == [0, 1, 2]


def test_a_kind_is_given_together_with_what_only_it_has():
    view = AttentionView(of_translation(), heads=[2], layer=1, selected_tokens=[3], attention_kind="cross")
    assert (view.attention_kind, view.layer, view.heads, view.selected_tokens) == ("cross", 1, [2], [3])
    view.set_state({"layer": 2, "selected_tokens": [5], "attention_kind": "encoder"})
    assert (view.attention_kind, view.layer, view.selected_tokens) == ("encoder", 2, [5])
    assert view.error == ""


@pytest.mark.parametrize("value", ["a→a", "a→b", "b→a", "b→b"])
def test_one_text_has_no_segments_to_choose(value):
    with pytest.raises(ValueError, match=r"segments must be 'all' for this trace.*not of a pair"):
        AttentionView(of_words(), segments=value)


def test_a_causal_model_is_a_decoder():
    causal = np.tril(softmax(1, 2, 4))
    trace = Trace.from_attention(causal / causal.sum(-1, keepdims=True), list("abcd"))
    assert AttentionView(trace).attention_kind == "decoder"


def of_many_layers() -> Trace:
    return of_length(40, layers=4, heads=2)


def test_the_kernel_answers_for_the_layers_that_did_not_go_along_and_only_for_them(wire):
    trace = of_many_layers()
    view = AttentionView(trace, embed=[2], layer=0)
    assert sorted(view.data["kinds"]["encoder"]["embedded"]) == ["0", "2"]
    assert view.detail == {}
    wire.clear()
    view.layer = 2
    assert view.detail == {}
    view.set_state({"layer": 3})
    assert view.detail == detail_of(trace, "encoder", 3, neuron=False)
    assert sum("detail" in message.state for message in wire) == 1
    # Back to one that is there, and again to the one that was sent: nothing new.
    view.layer = 0
    view.layer = 3
    assert sum("detail" in message.state for message in wire) == 1
    view.layer = 1
    assert view.detail["layer"] == 1


def test_the_answer_is_of_the_kind_in_view():
    view = AttentionView(of_translation(), embed=[])
    assert sorted(view.data["kinds"]["encoder"]["embedded"]) == ["0"]
    view.attention_kind = "cross"
    view.layer = 1
    assert (view.detail["kind"], view.detail["layer"]) == ("cross", 1)
    assert view.detail["attention"]["shape"] == [3, 4, 6]


def test_the_neurons_of_a_long_text_come_when_they_are_looked_at():
    view = AttentionView(of_queries(layers=3, heads=8, tokens=100, size=64))
    neurons = view.data["neuron"]["encoder"]
    assert neurons["queries"] == {}
    assert view.detail == {}
    view.mode = "neuron"
    assert view.detail["queries"]["shape"] == [8, 100, 64]
    view.layer = 2
    assert (view.detail["layer"], view.detail["keys"]["shape"]) == (2, [8, 100, 64])


def test_neurons_of_a_short_text_go_along():
    view = AttentionView(of_queries(), mode="neuron")
    neurons = view.data["neuron"]["encoder"]
    assert sorted(neurons["queries"]) == sorted(neurons["keys"]) == ["0", "1"]
    assert neurons["scaling"] == pytest.approx([8**-0.5] * 2)
    assert view.detail == {}


@pytest.mark.parametrize("mode", ["heads", "overview", "matrix", "neuron"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_reopening_from_its_state_gives_the_same_view(sample, mode):
    view = AttentionView(SAMPLES[sample](), mode=mode, layer=2, heads=[1, 4], selected_tokens=[3])
    kept = {name: value for name, value in view.get_state().items() if name in view.STATE}
    again = AttentionView(view.trace, **kept)
    assert state_of(again) == state_of(view)
    assert again.data == view.data


def test_the_state_that_a_notebook_saves_holds_everything():
    view = AttentionView(of_pair(), embed="all", layer=1)
    state = ipywidgets.Widget.get_manager_state()["state"][view.model_id]
    assert state["state"]["layer"] == 1
    assert sum(one["path"][:2] == ["data", "kinds"] for one in state["buffers"]) == 2 + 4


def test_the_large_sample_is_told_to_be_right_to_left_and_a_pair():
    data = AttentionView(SAMPLES["grid"](), segments="a→b").data
    assert data["texts"]["text"]["rtl"] is True
    assert data["kinds"]["encoder"]["pair"] is True
    assert (len(data["kinds"]["encoder"]["layers"]), data["kinds"]["encoder"]["heads"]) == (24, 16)
    assert AttentionView(SAMPLES["small"]()).data["texts"]["text"]["rtl"] is False


def test_tokens_are_data_whatever_they_say():
    hostile = [
        "</script><img src=x onerror=alert(1)>",
        "\u202eevil",
        "👩‍👩‍👧",
        "\u200b",
        "x" * 200,
        "{0}%s\\n",
    ]
    view = AttentionView(Trace.from_attention(softmax(1, 2, 6), hostile))
    shown = [token if token != "\u200b" else "U+200B" for token in hostile]
    assert view.data["texts"]["text"]["tokens"] == shown
    assert "onerror" not in repr(view)


@pytest.mark.parametrize(
    ("heads", "words"), [([0], "head 0"), ([0, 2], "heads 0 and 2"), ([0, 1, 3], "heads 0, 1 and 3")]
)
def test_the_repr_says_what_is_in_view(heads, words):
    assert repr(AttentionView(of_pair(), heads=heads)) == (
        f"AttentionView of attention: 2 layers × 4 heads, 7 tokens; heads, layer 0, {words}"
    )
