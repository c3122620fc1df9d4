"""The trait `pair`: a source and a target whose weight the overview maps."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.heads.pair_weights import pair_of_units
from bertviz_plus.traces.attention_layer import LayerChoice
from bertviz_plus.views.attention import AttentionView
from bertviz_plus.views.wire import decode
from tests.views.samples import of_length, of_translation, of_words


def test_a_pair_goes_along_to_words_and_back_to_their_first_tokens() -> None:
    view = AttentionView(of_words(), pair=[3, 5])
    view.units = "words"
    assert view.pair == [1, 2]
    view.units = "tokens"
    assert view.pair == [1, 4]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([1], r"a source and a target, such as \[3, 7\], or \[\], got \[1\]"),
        ("it", "a source and a target"),
        ([1, 7], r"pair's target must be within 0\.\.6 for this trace, got 7"),
        ([None, 1], "pair's source must be a list of numbers, got None"),
    ],
)
def test_what_is_no_pair_is_refused_and_says_which_end(given: object, said: str) -> None:
    view = AttentionView(of_words(), pair=[0, 1])
    with pytest.raises(ValueError, match=said):
        view.pair = given
    assert view.pair == [0, 1]


def test_another_kind_of_attention_lets_the_pair_go() -> None:
    view = AttentionView(of_translation(), attention_kind="cross", pair=[3, 5])
    view.attention_kind = "decoder"
    assert view.pair == []


def test_a_pair_of_layers_that_are_not_embedded_comes_whole() -> None:
    trace = of_length(40, 6, 4)
    view = AttentionView(trace, embed=[0], mode="overview", pair=[3, 7])
    assert view.detail["of"] == ["weight", "tokens", 3, 7]
    weights = decode(view.detail["pair"])
    assert np.allclose(weights[0], trace.attention[:, :, 3, 7], atol=1e-6)
    assert np.allclose(weights[1], trace.attention[:, :, 7, 3], atol=1e-6)
    whole = AttentionView(trace, embed="all", mode="overview", pair=[3, 7])
    assert whole.detail == {}


def test_causal_baselines_know_what_a_token_may_see() -> None:
    trace = bp.Trace(tuple("abcd"), attention=np.full((1, 1, 4, 4), 0.25), causal=True)
    found, _ = pair_of_units(trace, LayerChoice(), [2, 1])
    assert (found.even, found.reverse_even) == (1 / 3, 0.0)
