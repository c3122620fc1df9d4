"""Shares of attention on maps built by hand, and against Clark's own formulas."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_plus.measures.heads.patterns import attention_patterns
from bertviz_plus.traces.trace import Trace

ORACLE = Path(__file__).parents[2] / "oracles" / "clark_surface.json"
TOKENS = ["[CLS]", "the", "cat", ".", "[SEP]", "it", "[SEP]"]
SPECIAL = [token.startswith("[") for token in TOKENS]
N = len(TOKENS)


def shares_of(head, tokens=TOKENS, special=SPECIAL, segments=None, causal=False):
    found = attention_patterns(
        np.asarray(head, np.float32)[np.newaxis], tokens, special, segments, causal=causal
    )
    return dict(zip(found.names, found.shares[0].tolist(), strict=True)), float(found.evenness[0])


def to_column(*columns):
    head = np.zeros((N, N))
    head[:, columns] = 1 / len(columns)
    return head


@pytest.mark.parametrize(
    ("head", "expected", "evenness"),
    [
        (to_column(0), {"[CLS]": 1, "self": 1 / N, "prev.": 1 / N}, 1 / N),
        (to_column(4, 6), {"[SEP]": 1, "self": 1 / N, "prev.": 1 / N / 2, "next": 1 / N}, 2 / N),
        (to_column(3), {"punct.": 1, "self": 1 / N, "prev.": 1 / N, "next": 1 / N}, 1 / N),
        (np.eye(N), {"self": 1, "[CLS]": 1 / N, "[SEP]": 2 / N, "punct.": 1 / N}, None),
        (np.eye(N, k=1), {"next": (N - 1) / N, "[SEP]": 2 / N, "punct.": 1 / N}, (N - 1) / N / N),
        (np.full((N, N), 1 / N), {"[CLS]": 1 / N, "[SEP]": 2 / N, "self": 1 / N, "punct.": 1 / N}, 1),
    ],
    ids=["cls", "sep", "punctuation", "self", "next", "even"],
)
def test_a_head_that_does_one_thing_has_that_share(head, expected, evenness):
    shares, even = shares_of(head)
    assert list(shares) == ["[CLS]", "[SEP]", "prev.", "self", "next", "punct."]
    # Single precision.
    for name, share in expected.items():
        assert shares[name] == pytest.approx(share, abs=1e-6), name
    if evenness is not None:
        assert even == pytest.approx(evenness, abs=1e-6)


def test_a_causal_head_that_spreads_evenly_is_even():
    head = np.tril(np.ones((N, N)))
    head /= head.sum(-1, keepdims=True)
    for causal in (None, True):
        _, even = shares_of(head, causal=causal)
        assert even == pytest.approx(1, abs=1e-6)
    _, even = shares_of(head)
    assert even < 0.7


@given(st.integers(1, 9), st.integers(0, 2**32 - 1), st.booleans())
def test_the_baseline_is_what_an_even_spread_gives(n, seed, causal):
    random = np.random.default_rng(seed)
    tokens = ["[CLS]", *random.choice(["a", ",", "."], n), "[SEP]"]
    special = [token.startswith("[") for token in tokens]
    even = np.tril(np.ones((n + 2, n + 2))) if causal else np.ones((n + 2, n + 2))
    even /= even.sum(-1, keepdims=True)
    found = attention_patterns(even[np.newaxis], tokens, special, causal=causal)
    np.testing.assert_allclose(found.shares[0], found.even, atol=1e-6)
    if not causal:
        own = sum(token in ",." for token in tokens) / len(tokens)
        assert found.even[found.names.index("punct.")] == pytest.approx(own, abs=1e-6)


def test_missing_weights_count_as_nothing():
    head = np.full((N, N), 1 / N)
    plain, _ = shares_of(head)
    head[2, 0] = np.nan
    head[3, 0] = np.inf
    shares, even = shares_of(head)
    assert shares["[CLS]"] == pytest.approx(plain["[CLS]"] - 2 / N / N, abs=1e-6)
    assert np.isfinite(even)


def test_shares_agree_with_clarks_formulas():
    oracle = json.loads(ORACLE.read_text())
    ours = {"self": "self", "next": "right", "prev.": "left", "[CLS]": "cls", "[SEP]": "sep"}
    found = []
    for document in oracle["docs"]:
        special = [token in ("[CLS]", "[SEP]") for token in document["tokens"]]
        found.append(attention_patterns(np.array(document["attns"]), document["tokens"], special))
    for name, theirs in ours.items():
        mean = np.mean([patterns.shares[..., patterns.names.index(name)] for patterns in found], axis=0)
        # The oracle is rounded to ten places; shares are in single precision.
        np.testing.assert_allclose(mean, oracle["avg"][theirs], atol=1e-6, err_msg=name)


def test_names_are_the_tokens_own():
    tokens = ["<s>", "a", "</s>", "</s>", "b", "</s>", "<pad>"]
    special = [token.startswith("<") for token in tokens]
    shares, _ = shares_of(np.full((7, 7), 1 / 7), tokens, special, [0, 0, 0, 0, 1, 1, 1])
    assert shares["<s>"] == pytest.approx(1 / 7)
    assert shares["</s>"] == pytest.approx(3 / 7)
    assert "<pad>" not in shares
    bare, _ = shares_of(np.full((2, 2), 0.5), ["a", "b"], [False, False])
    assert list(bare) == ["prev.", "self", "next", "punct."]
    gpt, _ = shares_of(np.full((2, 2), 0.5), ["<|endoftext|>", "<|endoftext|>"], [True, True])
    assert gpt["<|endoftext|>"] == pytest.approx(1)


@pytest.mark.parametrize("token", [".", ",", "…", "«", "。", "--"])
def test_punctuation_of_any_script_is_punctuation(token):
    shares, _ = shares_of(np.full((2, 2), 0.5), ["a", token], [False, False])
    assert shares["punct."] == pytest.approx(0.5)


def test_cross_attention_has_no_neighbours():
    found = attention_patterns(np.full((2, 3, 4, 5), 0.2), list("abcd."), [False] * 5)
    assert found.shares.shape == (2, 3, 4)
    assert found.evenness.shape == (2, 3)
    assert (found.shares[..., :3] == 0).all()
    np.testing.assert_allclose(found.shares[..., 3], 0.2, rtol=1e-6)
    np.testing.assert_allclose(found.evenness, 1, rtol=1e-6)


def test_a_trace_says_everything_itself():
    weights = np.full((2, 3, N, N), 1 / N)
    trace = Trace(TOKENS, is_special=SPECIAL, segment_ids=(0,) * 5 + (1,) * 2, attention=weights)
    found, by_hand = attention_patterns(trace), attention_patterns(weights, TOKENS, SPECIAL)
    assert found.names == by_hand.names
    np.testing.assert_array_equal(found.shares, by_hand.shares)


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_shares_and_evenness_lie_between_zero_and_one(n, seed):
    weights = np.random.default_rng(seed).dirichlet(np.full(n, 0.2), (2, n)).astype(np.float32)
    found = attention_patterns(weights, ["x"] * n)
    # A row's sum may pass 1 by rounding.
    assert (found.shares >= 0).all()
    assert (found.shares <= 1 + 1e-5).all()
    assert (found.evenness > 0).all()
    assert (found.evenness <= 1 + 1e-5).all()


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="tokens must be given"):
        attention_patterns(np.ones((1, 1, 1)))
    with pytest.raises(ValueError, match="tokens must have one entry for each of the 3 tokens, got 2"):
        attention_patterns(np.ones((1, 3, 3)), ["a", "b"])
    with pytest.raises(ValueError, match=r"\[..., heads, queries, keys\], got \[3, 3\]"):
        attention_patterns(np.ones((3, 3)), ["a", "b", "c"])
    with pytest.raises(ValueError, match="needs attention"):
        attention_patterns(Trace(("a",)))
