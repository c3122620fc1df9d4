"""A trace is plain, checked data that nobody changes by accident."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import ModelInfo, Trace


def full_trace(layers=2, heads=3, n=5, seed=0):
    rng = np.random.default_rng(seed)
    weights = rng.random((layers, heads, n, n), np.float32)
    weights /= weights.sum(-1, keepdims=True)
    per_head = {
        name: rng.random((layers, heads, n, 4), np.float32)
        for name in ("queries", "keys", "values", "context")
    }
    return Trace(
        tokens=("[CLS]", "run", "ning", "cat", "[SEP]"),
        text="running cat",
        token_ids=(101, 1, 2, 3, 102),
        words=("running", "cat"),
        word_ids=(-1, 0, 0, 1, -1),
        offsets=((0, 0), (0, 3), (3, 7), (8, 11), (0, 0)),
        is_special=(True, False, False, False, True),
        model=ModelInfo(id="some/model", layers=layers, heads=heads, versions={"torch": "2"}),
        attention=weights,
        hidden_states=rng.random((layers + 1, n, 8), np.float32),
        scores=rng.random((layers, heads, n, n), np.float32),
        output_norms=rng.random((layers, heads, n, n), np.float32),
        scaling=(0.5,) * layers,
        **per_head,
    )


def test_arrays_cannot_be_written_to_but_the_callers_can():
    own = np.full((1, 1, 1, 1), 1, np.float32)
    trace = Trace(("a",), attention=own)
    with pytest.raises(ValueError, match="read-only"):
        trace.attention[0] = 0
    own[0] = 1
    with pytest.raises(FrozenInstanceError):
        trace.tokens = ("b",)


def test_traces_are_compared_by_identity():
    one, other = full_trace(), full_trace()
    assert one != other
    assert len({one, other, one}) == 2


def test_a_bare_trace_knows_what_follows():
    trace = Trace(("a", "b"), attention=np.full((3, 2, 2, 2), 0.5))
    assert trace.layers == (0, 1, 2)
    assert (trace.n_layers, trace.n_heads, trace.n_tokens) == (3, 2, 2)
    assert trace.segment_ids == (0, 0)
    assert trace.is_special == (False, False)
    assert trace.attention.dtype == np.float32


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"attention": np.ones((2, 3, 4, 5))},
            r"attention must have the shape \[2, any, 5, 5\], got \[2, 3, 4, 5\]",
        ),
        ({"scores": np.ones((2, 4, 5, 5))}, r"scores must have the shape \[2, 3, 5, 5\], got \[2, 4, 5, 5\]"),
        ({"queries": np.ones((1, 3, 5, 4))}, r"queries must have the shape \[2, 3, 5, any\]"),
        ({"hidden_states": np.ones((3, 4, 8))}, r"hidden_states must have the shape \[any, 5, any\]"),
        ({"token_ids": (1, 2)}, "token_ids must have one entry for each of the 5 tokens, got 2"),
        ({"word_ids": (0, 0, 0, 0, 2)}, r"word_ids\[4\] must be -1..1 for 2 words, got 2"),
        ({"word_ids": (0, 1, 0, 1, 1)}, "word_ids must count on"),
        ({"word_ids": (0, -1, 0, 1, 1)}, "word_ids must count on"),
        ({"word_ids": (-2, 0, 0, 1, 1)}, r"word_ids\[0\] must be -1"),
        ({"segment_ids": (0, 0, 0, 0, 2)}, "segment_ids must be 0 or 1"),
        ({"offsets": ((0, 0),)}, "offsets must have one entry"),
        ({"layers": (1, 1)}, "layers must be different numbers"),
        ({"layers": (1, 2, 3)}, r"attention must have the shape \[3, any, 5, 5\]"),
        ({"scaling": (1.0,)}, "scaling must have one factor for each of 2 layers, got 1"),
        ({"units": "letters"}, 'units must be "tokens" or "words"'),
        ({"tokens": "abcde"}, "tokens must be a sequence of strings"),
    ],
)
def test_parts_that_do_not_fit_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        replace(full_trace(), **wrong)


def test_to_words_merges_what_can_be_merged():
    trace = full_trace()
    words = trace.to_words()
    assert words.tokens == ("[CLS]", "running", "cat", "[SEP]")
    assert words.units == "words"
    assert words.word_ids == (-1, 0, 1, -1)
    assert words.is_special == (True, False, False, True)
    assert words.offsets == ((0, 0), (0, 7), (8, 11), (0, 0))
    assert words.token_ids is None
    assert words.scores is None
    assert words.output_norms is None
    # Sums of five weights in single precision.
    np.testing.assert_allclose(words.attention.sum(-1), 1, atol=1e-6)
    for name in ("hidden_states", "queries", "keys", "values", "context"):
        whole = getattr(trace, name)
        np.testing.assert_allclose(getattr(words, name)[..., 1, :], whole[..., 1:3, :].mean(-2), rtol=1e-6)
        np.testing.assert_array_equal(getattr(words, name)[..., 0, :], whole[..., 0, :])
    assert words.to_words() is words


def test_a_causal_trace_stays_causal_in_words():
    weights = np.tril(np.ones((1, 1, 4, 4), np.float32))
    weights /= weights.sum(-1, keepdims=True)
    trace = Trace(
        ("a", "b", "c", "d"), words=("a", "bc", "d"), word_ids=(0, 1, 1, 2), causal=True, attention=weights
    )
    assert (np.triu(trace.to_words().attention[0, 0], 1) == 0).all()


def test_half_precision_is_kept():
    assert Trace(("a",), hidden_states=np.ones((2, 1, 3), np.float16)).hidden_states.dtype == np.float16


def test_the_repr_says_what_is_here():
    shown = repr(replace(full_trace(), truncated=1, causal=True))
    assert shown.splitlines()[:2] == [
        "Trace of 5 tokens, 2 layers × 3 heads, causal, some/model",
        "  [CLS] run ning cat [SEP]",
    ]
    assert "attention [2, 3, 5, 5] float32, 600 bytes" in shown
    assert "2 words" in shown
    assert "1 token was cut off" in shown
    many = Trace(tuple(f"token{i}" for i in range(500)), hidden_states=np.zeros((1, 500, 100)))
    assert "more" in repr(many).splitlines()[1]
    for n in range(2, 40):
        assert " 1 more" not in repr(Trace(tuple(f"token{i}" for i in range(n))))
    assert max(map(len, repr(many).splitlines())) < 100
    assert "0.2 MB" in repr(many)
    one = replace(full_trace(), layers=(4, 5), model=ModelInfo(layers=12))
    assert "2 of 12 layers" in repr(one)


def test_an_encoder_decoder_in_words():
    rng = np.random.default_rng(0)
    source, target = full_trace(), Trace(("a", "b"), words=("ab",), word_ids=(0, 0))
    cross = rng.random((2, 3, 2, 5), np.float32)
    trace = Seq2SeqTrace(
        source,
        target,
        cross / cross.sum(-1, keepdims=True),
        cross_queries=rng.random((2, 3, 2, 4)),
        cross_keys=rng.random((2, 3, 5, 4)),
        cross_scores=rng.random((2, 3, 2, 5)),
        cross_scaling=(1.0, 1.0),
    )
    words = trace.to_words()
    assert words.cross.shape == (2, 3, 1, 4)
    assert words.cross_queries.shape == (2, 3, 1, 4)
    assert words.cross_keys.shape == (2, 3, 4, 4)
    assert words.cross_scores is None
    assert words.units == "words"
    np.testing.assert_allclose(words.cross.sum(-1), 1, atol=1e-6)
    with pytest.raises(ValueError, match="decoder: to_words needs words"):
        Seq2SeqTrace(source, Trace(("a", "b")), trace.cross).to_words()


def test_an_encoder_decoder_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"cross must have the shape \[any, any, 1, 5\], got \[1, 1, 5, 1\]"):
        Seq2SeqTrace(full_trace(), Trace(("a",)), np.ones((1, 1, 5, 1)))
    with pytest.raises(ValueError, match="decoder must be a Trace, got str"):
        Seq2SeqTrace(full_trace(), "a")
    with pytest.raises(ValueError, match="both be in tokens or both in words"):
        Seq2SeqTrace(full_trace(), full_trace().to_words())
