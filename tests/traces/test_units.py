"""Subwords, words and characters: maps that lose nothing, merging that keeps every row's sum."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_plus.traces.units import (
    characters_of_words,
    merge_attention,
    merge_vectors,
    token_at,
    tokens_of_words,
    unit_starts,
)

ORACLE = Path(__file__).parents[1] / "oracles" / "clark_word_level.json"


@st.composite
def word_ids(draw):
    """Word numbers that count on, pieces side by side, -1 anywhere between words."""
    ids, word = [], -1
    for size in draw(st.lists(st.integers(0, 4), min_size=1, max_size=12)):
        if size == 0:
            ids.append(-1)
        else:
            word += draw(st.integers(1, 2))
            ids += [word] * size
    return ids


@given(word_ids())
def test_units_partition_the_tokens_in_order(ids):
    starts = unit_starts(ids)
    units = [range(a, b) for a, b in zip(starts, [*starts[1:], len(ids)], strict=True)]
    assert [i for unit in units for i in unit] == list(range(len(ids)))
    for unit in units:
        assert len({ids[i] for i in unit}) == 1
        assert len(unit) == 1 or ids[unit[0]] >= 0


@given(word_ids())
def test_words_lead_to_their_tokens_and_back(ids):
    n = max(ids, default=-1) + 2
    owned = tokens_of_words(ids, n)
    assert sorted(i for own in owned for i in own) == [i for i, word in enumerate(ids) if word >= 0]
    assert all(ids[i] == word for word, own in enumerate(owned) for i in own)
    assert owned[-1] == ()


@given(word_ids(), st.data())
def test_characters_lead_to_their_token_and_back(ids, data):
    offsets, at = [], 0
    for word in ids:
        if word < 0:
            offsets.append((0, 0))
            continue
        at += data.draw(st.integers(0, 1))
        size = data.draw(st.integers(1, 3))
        offsets.append((at, at + size))
        at += size
    for position, (start, end) in enumerate(offsets):
        assert all(token_at(offsets, character) == position for character in range(start, end))
    spans = characters_of_words(ids, offsets, max(ids) + 1)
    present = [span for span in spans if span is not None]
    assert present == sorted(present)
    assert all(a[1] <= b[0] for a, b in pairwise(present))


@given(word_ids(), st.integers(0, 2**32 - 1))
def test_merged_rows_still_sum_to_one(ids, seed):
    weights = np.random.default_rng(seed).random((2, 3, len(ids), len(ids)), np.float32) + 1e-3
    weights /= weights.sum(-1, keepdims=True)
    starts = unit_starts(ids)
    merged = merge_attention(weights, starts, starts)
    assert merged.shape == (2, 3, len(starts), len(starts))
    # Sums of at most 48 weights in single precision.
    np.testing.assert_allclose(merged.sum(-1), 1, atol=1e-5)


@given(word_ids(), st.integers(0, 2**32 - 1))
def test_merging_is_the_mean_of_rows_and_the_sum_of_columns(ids, seed):
    weights = np.random.default_rng(seed).random((1, len(ids), len(ids)))
    starts = unit_starts(ids)
    units = [range(a, b) for a, b in zip(starts, [*starts[1:], len(ids)], strict=True)]
    by_hand = [[weights[0][np.ix_(row, column)].sum() / len(row) for column in units] for row in units]
    np.testing.assert_allclose(merge_attention(weights, starts, starts)[0], by_hand, rtol=1e-5)
    vectors = [weights[0][list(unit)].mean(axis=0) for unit in units]
    np.testing.assert_allclose(merge_vectors(weights, starts)[0], vectors, rtol=1e-5)


def test_merging_agrees_with_clarks_own_code():
    oracle = json.loads(ORACLE.read_text())
    starts = [tokens[0] for tokens in oracle["words_to_tokens"]]
    merged = merge_attention(np.array(oracle["token_attn"]), starts, starts)
    # The oracle is in double precision, rounded to ten places.
    np.testing.assert_allclose(merged, oracle["mean"], atol=1e-7)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_missing_weight_makes_only_its_own_units_missing(odd):
    weights = np.full((4, 4), 0.25, np.float32)
    weights[1, 2] = odd
    merged = merge_attention(weights, [0, 1, 3], [0, 1, 3])
    assert [tuple(map(int, place)) for place in np.argwhere(~np.isfinite(merged))] == [(1, 1)]


def test_what_is_merged_is_left_as_it_was():
    weights = np.full((2, 2), 0.5, np.float32)
    merge_attention(weights, [0], [0])
    merge_vectors(weights, [0, 1])[0, 0] = 7
    assert (weights == 0.5).all()
