"""Where no script runs, a picture and a line of text stand in: small, and no placeholder."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from bertviz_plus.measures.heads.maps import head_maps
from bertviz_plus.traces.attention_kinds import queries_and_keys
from bertviz_plus.traces.attention_layer import LayerChoice
from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.attention import AttentionView
from tests.browser.samples import SAMPLES
from tests.views.samples import of_length, of_pair, of_queries, of_translation, of_words, softmax

MODES = ("heads", "overview", "matrix", "neuron")
MOST = 60_000


def with_queries(trace: Trace, size: int = 32) -> Trace:
    rng = np.random.default_rng(1)
    shape = (trace.n_layers, trace.n_heads, trace.n_tokens, size)
    queries, keys = rng.standard_normal((2, *shape), np.float32)
    return Trace(
        tokens=trace.tokens,
        is_special=trace.is_special,
        layers=trace.layers,
        attention=trace.attention,
        queries=queries,
        keys=keys,
        scaling=(size**-0.5,) * trace.n_layers,
    )


TRACES = {
    "6×12, 22 tokens": lambda: with_queries(of_length(22, 6, 12)),
    "12×12, 128 tokens": lambda: with_queries(of_length(128, 12, 12)),
    "6×12, 512 tokens": lambda: with_queries(of_length(512, 6, 12), size=8),
    "words": of_words,
    "pair": of_pair,
    "translation": of_translation,
    "24×16": SAMPLES["grid"],
}


@pytest.fixture(scope="module", params=TRACES)
def trace(request):
    return TRACES[request.param]()


def picture_of(view: AttentionView) -> tuple[bytes, Image.Image]:
    content, _ = view._repr_mimebundle_()
    data = base64.b64decode(content["image/png"], validate=True)
    return data, Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("mode", MODES)
def test_the_picture_is_small_and_shows_something(trace, mode):
    view = AttentionView(trace, mode=mode, selected_tokens=[1])
    data, picture = picture_of(view)
    assert len(data) <= MOST
    assert picture.width == 960
    ink = np.asarray(picture.convert("L"), np.float32)
    assert ink.std() > 2
    if mode == "neuron" and queries_and_keys(trace, view.attention_kind) is None:
        return
    # Something in most of its height, not a line of text in an empty frame.
    assert picture.height >= 120
    assert np.mean(ink.std(axis=1) > 0.5) > 0.25


def test_the_bundle_has_the_widget_the_picture_and_a_line_of_text():
    content, _ = AttentionView(of_pair())._repr_mimebundle_()
    assert set(content) == {"text/html", "image/png", "text/plain"}
    assert content["text/plain"].startswith("AttentionView of attention: 2 layers × 4 heads, 7 tokens")


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "matrix"},
        {"mode": "overview"},
        {"layer": 1},
        {"heads": [1]},
        {"selected_tokens": [2]},
        {"threshold": 0.4},
        {"hide_special": True},
        {"theme": "dark"},
        {"side": "to", "selected_tokens": [2]},
        {"segments": "a→b"},
    ],
    ids=str,
)
def test_the_picture_follows_the_state(changed):
    first = picture_of(AttentionView(of_pair()))[1]
    second = picture_of(AttentionView(of_pair(), **changed))[1]
    assert first.size != second.size or np.asarray(first).tobytes() != np.asarray(second).tobytes()


def test_words_and_subwords_are_different_pictures():
    tokens, words = (picture_of(AttentionView(of_words(), units=units))[1] for units in ("tokens", "words"))
    assert tokens.size != words.size or tokens.tobytes() != words.tobytes()


@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
@pytest.mark.parametrize("mode", MODES)
def test_every_kind_of_an_encoder_decoder_has_its_picture(kind, mode):
    data, _ = picture_of(AttentionView(of_translation(), attention_kind=kind, mode=mode))
    assert len(data) <= MOST


@pytest.mark.parametrize("mode", MODES)
def test_hiding_everything_that_there_is_still_gives_a_picture(mode):
    trace = Trace.from_attention(softmax(1, 2, 2), ["[CLS]", "[SEP]"])
    assert picture_of(AttentionView(trace, mode=mode, hide_special=True))[0]


@pytest.mark.parametrize("mode", MODES)
def test_one_token_one_layer_and_one_head_are_enough(mode):
    view = AttentionView(Trace.from_attention(np.ones((1, 1, 1, 1)), ["a"]), mode=mode)
    assert picture_of(view)[0]


def test_queries_and_keys_draw_more_than_their_absence():
    data, _ = picture_of(AttentionView(of_queries(), mode="neuron", selected_tokens=[2]))
    without, _ = picture_of(AttentionView(of_pair(), mode="neuron", selected_tokens=[2]))
    assert len(data) > len(without)


@pytest.mark.parametrize("tokens", [60, 200, 400])
def test_maps_pooled_for_the_view_are_those_of_the_plate(tokens):
    trace = Trace.from_attention(softmax(12, 12, tokens), [f"t{place}" for place in range(tokens)])
    given, own = AttentionView(trace, mode="overview")._maps(), head_maps(trace, LayerChoice())
    assert given is not None
    np.testing.assert_array_equal(given.codes, own.codes)
    np.testing.assert_allclose(given.patterns.shares, own.patterns.shares, atol=1e-6)
    assert given.patterns.names == own.patterns.names
    assert (given.pooled, given.missing) == (own.pooled, own.missing) == (tokens > 64, False)


def test_what_is_filtered_is_pooled_anew():
    trace = Trace.from_attention(softmax(2, 2, 20), [f"t{place}" for place in range(20)])
    assert AttentionView(trace, mode="overview", segments="all", hide_special=True)._maps() is None
