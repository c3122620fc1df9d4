from dataclasses import replace

import numpy as np
import pytest

from bertviz_plus.traces.attention_layer import LayerChoice, attention_layer, neuron_vectors


def test_words_are_what_the_trace_itself_makes_of_them(make_trace):
    trace = make_trace()
    layer = attention_layer(trace, LayerChoice(layer=1, units="words"))
    words = trace.to_words()
    np.testing.assert_allclose(layer.weights, words.attention[1], atol=1e-6)
    assert layer.columns.labels == words.tokens
    np.testing.assert_allclose(layer.weights.sum(axis=-1), 1, atol=1e-5)


def test_tokens_are_a_view_of_the_trace_and_not_a_copy(make_trace):
    trace = make_trace()
    assert np.shares_memory(attention_layer(trace, LayerChoice()).weights, trace.attention)


def test_hidden_special_tokens_leave_the_other_weights_as_they_were(make_trace):
    trace = make_trace()
    layer = attention_layer(trace, LayerChoice(hide_special=True))
    np.testing.assert_array_equal(layer.weights, trace.attention[0][:, 1:-1, 1:-1])
    assert layer.rows.unit.tolist() == list(range(1, 11))


@pytest.mark.parametrize("segments", ["a→a", "a→b", "b→a", "b→b"])
def test_sentences_choose_rows_and_columns(make_trace, segments):
    trace = make_trace()
    layer = attention_layer(trace, LayerChoice(segments=segments))
    source, target = (["a", "b"].index(letter) for letter in segments.split("→"))
    assert set(layer.rows.segment) == {source}
    assert set(layer.columns.segment) == {target}


def test_cross_attention_runs_from_target_to_source(translation):
    layer = attention_layer(translation, LayerChoice(attention_kind="cross"))
    assert (layer.rows.labels, layer.columns.labels) == (
        translation.decoder.tokens,
        translation.encoder.tokens,
    )


def test_missing_weights_are_counted_and_weigh_nothing(make_trace):
    attention = make_trace().attention.copy()
    attention[0, 1, 3, 4:6] = np.nan
    attention[0, 2, 3, 7] = np.inf
    layer = attention_layer(make_trace(attention=attention), LayerChoice())
    assert layer.missing == 3
    assert np.isfinite(layer.received).all()
    assert layer.received[1, 4] == pytest.approx(np.nansum(attention[0, 1, :, 4]) / 12, abs=1e-6)


def test_a_layer_that_is_absent_is_refused_with_those_that_are_there(make_trace):
    with pytest.raises(ValueError, match=r"layer must be one of \[0, 1\] for this trace, got 5"):
        attention_layer(make_trace(), LayerChoice(layer=5))


def test_queries_and_keys_stay_subwords_that_know_their_word(make_trace):
    vectors = np.random.default_rng(0).standard_normal((2, 4, 12, 8)).astype(np.float32)
    trace = replace(make_trace(), queries=vectors, keys=vectors)
    layer = neuron_vectors(trace, LayerChoice(units="words", hide_special=True), 0)
    assert not isinstance(layer, str)
    assert layer.keys.shape == (10, 8)
    assert layer.columns.unit.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_without_queries_the_reason_names_the_argument(make_trace):
    assert 'keep=("attention", "queries", "keys")' in neuron_vectors(make_trace(), LayerChoice(), 0)
