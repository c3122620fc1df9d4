"""The mean over heads, and over layers, as one more choice of head and of layer."""

import numpy as np
import pytest

from bertviz_plus.plates.attention import AttentionPlate
from bertviz_plus.traces.attention_layer import LayerChoice, attention_layer
from bertviz_plus.views.attention import AttentionView
from bertviz_plus.views.wire import decode_codes
from tests.views.samples import of_length, of_queries, of_words


def test_the_mean_over_layers_and_heads_is_that_of_the_weights_that_are_there() -> None:
    trace = of_words()
    layer = attention_layer(trace, LayerChoice(layer="mean"))
    assert np.allclose(layer.weights, trace.attention.mean(axis=0), atol=1e-6)
    both = layer.mean_over_heads()
    assert np.allclose(both.weights[0], trace.attention.mean(axis=(0, 1)), atol=1e-6)
    assert (both.where, both.mean_of) == ("mean of 3 layers", 4)


@pytest.mark.parametrize("mode", ["heads", "matrix", "overview", "neuron"])
def test_every_mode_draws_it_and_says_so(mode: str) -> None:
    view = AttentionView(of_queries(), mode=mode, layer="mean", heads="mean")
    shown = "every head" if mode == "overview" else "mean of 2 layers, mean of 3 heads"
    assert shown in repr(view)
    svg = view.plate().svg()
    if mode in ("heads", "matrix"):
        assert "mean of 2 layers, mean of 3 heads" in svg
    if mode == "neuron":
        assert "belong to one" in svg


def test_what_is_neither_a_number_nor_mean_is_refused() -> None:
    view = AttentionView(of_words())
    with pytest.raises(ValueError, match=r"layer must be 0\.\.2 .* got 'median'; or \"mean\""):
        view.layer = "median"
    with pytest.raises(ValueError, match=r"heads must be a list .* got 'max'; or \"mean\""):
        view.heads = "max"
    with pytest.raises(ValueError, match='heads must be numbers or "mean"'):
        AttentionPlate(of_words(), heads="max")


def test_the_mean_of_layers_that_are_not_embedded_comes_from_python() -> None:
    trace = of_length(40, 6, 4)
    view = AttentionView(trace, embed=[0], layer="mean")
    codes = decode_codes(view.detail["attention"])
    assert np.abs(codes / 254 - trace.attention.mean(axis=0)).max() <= 0.5 / 254 + 1e-6
    assert AttentionView(trace, embed="all", layer="mean").detail == {}
