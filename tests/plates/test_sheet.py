from dataclasses import replace

import numpy as np
import pytest

from bertviz_plus.plates.sheet import FigureState, build_neuron_sheet, build_sheet


def test_words_are_what_the_trace_itself_makes_of_them(make_trace):
    trace = make_trace()
    sheet = build_sheet(trace, FigureState(layer=1, units="words"))
    words = trace.to_words()
    np.testing.assert_allclose(sheet.weights, words.attention[1], atol=1e-6)
    assert sheet.columns.labels == words.tokens
    np.testing.assert_allclose(sheet.weights.sum(axis=-1), 1, atol=1e-5)


def test_tokens_are_a_view_of_the_trace_and_not_a_copy(make_trace):
    trace = make_trace()
    assert np.shares_memory(build_sheet(trace, FigureState()).weights, trace.attention)


def test_hidden_special_tokens_leave_the_other_weights_as_they_were(make_trace):
    trace = make_trace()
    sheet = build_sheet(trace, FigureState(hide_special=True))
    np.testing.assert_array_equal(sheet.weights, trace.attention[0][:, 1:-1, 1:-1])
    assert sheet.rows.unit.tolist() == list(range(1, 11))


@pytest.mark.parametrize("segments", ["a→a", "a→b", "b→a", "b→b"])
def test_sentences_choose_rows_and_columns(make_trace, segments):
    trace = make_trace()
    sheet = build_sheet(trace, FigureState(segments=segments))
    source, target = (["a", "b"].index(letter) for letter in segments.split("→"))
    assert set(sheet.rows.segment) == {source}
    assert set(sheet.columns.segment) == {target}


def test_cross_attention_runs_from_target_to_source(translation):
    sheet = build_sheet(translation, FigureState(attention_kind="cross", heads=(0,)))
    assert (sheet.rows.labels, sheet.columns.labels) == (
        translation.decoder.tokens,
        translation.encoder.tokens,
    )


def test_missing_weights_are_counted_and_weigh_nothing(make_trace):
    attention = make_trace().attention.copy()
    attention[0, 1, 3, 4:6] = np.nan
    attention[0, 2, 3, 7] = np.inf
    sheet = build_sheet(make_trace(attention=attention), FigureState())
    assert sheet.missing == 3
    assert np.isfinite(sheet.received).all()
    assert sheet.received[1, 4] == pytest.approx(np.nansum(attention[0, 1, :, 4]) / 12, abs=1e-6)


def test_a_layer_that_is_absent_is_refused_with_those_that_are_there(make_trace):
    with pytest.raises(ValueError, match=r"layer must be one of \[0, 1\] for this trace, got 5"):
        build_sheet(make_trace(), FigureState(layer=5))


def test_queries_and_keys_stay_subwords_that_know_their_word(make_trace):
    vectors = np.random.default_rng(0).standard_normal((2, 4, 12, 8)).astype(np.float32)
    trace = replace(make_trace(), queries=vectors, keys=vectors)
    sheet = build_neuron_sheet(trace, FigureState(mode="neuron", units="words", hide_special=True))
    assert not isinstance(sheet, str)
    assert sheet.keys.shape == (10, 8)
    assert sheet.columns.unit.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_without_queries_the_reason_names_the_argument(make_trace):
    assert 'keep=("attention", "queries", "keys")' in build_neuron_sheet(make_trace(), FigureState())
