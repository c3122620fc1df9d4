"""One pair of words in every head: which weight it is, which occurrence was taken, what is even."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.heads.pair_weights import pair_weights
from bertviz_plus.traces.trace import Trace

SENTENCE = "The animal didn't cross the street because the street was unbelievably wide."


@pytest.fixture(scope="module")
def read():
    return bp.load().trace(SENTENCE, keep=("attention",))


def test_of_a_real_model_each_weight_is_that_of_the_words(read):
    words = read.to_words()
    table = pair_weights(read, "unbelievably", "animal")
    here, there = words.tokens.index("unbelievably"), words.tokens.index("animal")
    assert len(table.attrs["source"]["tokens"]) > 1
    for row in table.itertuples():
        own = words.attention[row.layer, row.head]
        # Single precision on one side, double on the other.
        assert row.weight == pytest.approx(own[here, there], abs=1e-6)
        assert row.reverse == pytest.approx(own[there, here], abs=1e-6)
    assert len(table) == 72
    assert table["weight"].is_monotonic_decreasing
    assert table["even"].iloc[0] == pytest.approx(1 / read.n_tokens)
    assert table["reverse_even"].iloc[0] == pytest.approx(
        len(table.attrs["source"]["tokens"]) / read.n_tokens
    )


def test_of_a_word_that_stands_twice_the_first_is_taken_and_said(read):
    first = pair_weights(read, "wide", "street").attrs["target"]
    second = pair_weights(read, "wide", "street", occurrence=(None, 1)).attrs["target"]
    assert (first["occurrence"], first["occurrences"]) == (0, 2)
    assert (second["occurrence"], second["occurrences"]) == (1, 2)
    assert first["positions"] < second["positions"]
    twice = pair_weights(read, "street", "street", occurrence=(0, 1))
    assert twice.attrs["source"]["positions"] == first["positions"]
    assert twice.attrs["target"]["positions"] == second["positions"]


def test_a_position_and_a_special_token_can_be_given(read):
    by_name = pair_weights(read, "[CLS]", "[SEP]")
    by_place = pair_weights(read, 0, read.n_tokens - 1)
    assert by_name.equals(by_place)
    assert pair_weights(read, "ANIMAL", 1).attrs["source"]["positions"] == (2,)


def test_in_words_a_position_is_that_of_a_word(read):
    words = read.to_words()
    at = words.tokens.index("unbelievably")
    merged, whole = pair_weights(read, "unbelievably", "wide"), pair_weights(words, at, "wide")
    np.testing.assert_allclose(merged["weight"], whole["weight"], atol=1e-6)


def test_in_a_causal_model_even_counts_the_keys_that_a_token_sees():
    trace = Trace(("a", "b", "c"), attention=np.tril(np.ones((1, 1, 3, 3))), causal=True)
    (row,) = pair_weights(trace, "c", "a").to_dict("records")
    assert (row["even"], row["reverse_even"], row["reverse"]) == (pytest.approx(1 / 3), 0, 0)


def test_cross_attention_has_one_direction(translation):
    table = pair_weights(translation, "dog", "Hund", attention_kind="cross")
    assert table["reverse"].isna().all()
    best = table.iloc[0]
    assert best["weight"] == pytest.approx(translation.cross[int(best["layer"]), int(best["head"]), 2, 1])


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        (("dog", "animal"), {}, ValueError, "source must be a word or token of the trace, got 'dog'; its"),
        (("wide", "dog"), {}, ValueError, "tokens: \\[CLS\\], The, animal"),
        (("wide", 99), {}, ValueError, "target must be a position in 0..20, got 99"),
        (("wide", -1), {}, ValueError, "target must be a position in 0..20, got -1"),
        (("wide", 2.5), {}, TypeError, "target must be a word, a token or the position of a token"),
        (("wide", "street"), {"occurrence": (0, 2)}, ValueError, "occurrence of the target must be 0..1"),
        (("wide", "street"), {"occurrence": "b"}, ValueError, "occurrence of the source must be 0..0"),
        (("wide", "street"), {"occurrence": (1, 1)}, ValueError, "as 'wide' stands 1 time; got 1"),
        (
            ("wide", "street"),
            {"occurrence": (0, 1, 2)},
            ValueError,
            "occurrence must be one number, or one of",
        ),
        (("wide", "street"), {"attention_kind": "cross"}, ValueError, "attention_kind must be one of"),
    ],
)
def test_what_cannot_be_found_is_said(read, arguments, options, error, said):
    with pytest.raises(error, match=said):
        pair_weights(read, *arguments, **options)


def test_a_trace_without_attention_is_refused():
    with pytest.raises(ValueError, match="holds no encoder attention"):
        pair_weights(Trace(("a", "b")), "a", "b")
    with pytest.raises(TypeError, match="trace must be a Trace, got str"):
        pair_weights("a b", "a", "b")
