"""Cosines between all pairs, against the pairs themselves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from bertviz_plus.measures.senses.geometry import (
    anisotropy,
    corrected_cosine,
    cosine_contributions,
    geometry_scores,
    intra_sentence_similarity,
    rogue_dimensions,
    self_similarity,
)
from bertviz_plus.traces.occurrences import Occurrences

RANDOM = np.random.default_rng(0)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 20), st.integers(1, 12), st.integers(0, 1000))
def test_a_mean_of_cosines_is_over_all_ordered_pairs_and_its_parts_sum_to_it(n, dimensions, seed):
    vectors = np.random.default_rng(seed).normal(size=(n, dimensions)) + 0.5
    # Read in single precision.
    pairs = cosine_similarity(vectors.astype(np.float32).astype(float))
    expected = (pairs.sum() - n) / (n * (n - 1))
    assert self_similarity(vectors) == pytest.approx(expected, abs=1e-9)
    assert cosine_contributions(vectors).sum() == pytest.approx(expected, abs=1e-9)
    assert rogue_dimensions(vectors, most=None)["contribution"].sum() == pytest.approx(expected, abs=1e-9)
    np.testing.assert_allclose(
        cosine_contributions(vectors[1:], vectors[:-1]).sum(axis=1), np.diag(pairs, 1), atol=1e-12
    )


def test_an_isotropic_sample_has_no_anisotropy():
    # Standard error of the mean cosine: about 1 / (n √d) = 2e-5.
    assert anisotropy(RANDOM.normal(size=(3000, 300))) == pytest.approx(0, abs=2e-4)
    assert anisotropy(np.ones((3, 4)) * [[1], [2], [3]]) == pytest.approx(1)


def test_a_dimension_that_all_vectors_share_is_the_rogue_one():
    vectors = RANDOM.normal(size=(500, 50))
    vectors[:, 7] += 20
    table = rogue_dimensions(vectors, most=3)
    assert table["dimension"].iloc[0] == 7
    assert table["share"].iloc[0] > 0.99
    assert len(table) == 3


def test_corrected_cosines_of_random_words_are_near_nothing():
    words = RANDOM.normal(size=(2000, 60))
    words[:, 3] = 15 + 3 * words[:, 3]
    pairs = words[:500], words[500:1000]
    assert cosine_contributions(*pairs).sum(axis=1).mean() > 0.7
    for how in ("standardise", "subtract"):
        # 500 cosines of spread .13: four standard errors are .024.
        assert corrected_cosine(*pairs, words, how).mean() == pytest.approx(0, abs=0.03)
    assert corrected_cosine(pairs[0], pairs[0], words) == pytest.approx(1)


def test_intra_sentence_similarity_is_the_mean_cosine_with_the_mean():
    vectors = RANDOM.normal(size=(9, 5)).astype(np.float32)
    expected = cosine_similarity(vectors, vectors.mean(axis=0, keepdims=True)).mean()
    assert intra_sentence_similarity(vectors) == pytest.approx(expected, abs=1e-6)
    assert intra_sentence_similarity([[1, 0], [-1, 0]]) == 0


def test_scores_by_layer_stand_beside_random_words():
    random = np.random.default_rng(1)
    # One word: equal at hidden layer 0, near each other at 1, as unlike as any words at 2.
    word = np.stack([np.ones((60, 20)), random.normal(size=(60, 20)) + 2, random.normal(size=(60, 20))])
    words = random.normal(size=(3, 400, 20))
    scores = geometry_scores(Occurrences.from_vectors(word, word="bank"), words, resamples=200)
    table = scores.set_index(["word", "hidden_layer", "measure"])
    own = [table.loc[("bank", layer, "self_similarity")] for layer in range(3)]
    # Sums in single precision.
    assert (own[0]["value"], own[0]["low"]) == pytest.approx((1, 1), abs=1e-5)
    assert own[1]["low"] < own[1]["value"] < own[1]["high"]
    assert own[1]["low"] > own[1]["baseline"] == pytest.approx(0, abs=0.02)
    assert own[2]["value"] == pytest.approx(0, abs=0.02)
    assert table.loc[("random words", 2, "anisotropy")]["value"] == pytest.approx(
        anisotropy(words[2]), abs=1e-6
    )
    assert table.loc[("random words", 2, "rogue_share")]["baseline"] == 1 / 20
    np.testing.assert_allclose(own[1]["value"], self_similarity(word[1]), atol=1e-6)


def test_missing_vectors_are_counted_and_many_are_sampled():
    vectors = RANDOM.normal(size=(1, 50, 4))
    vectors[0, 0] = np.nan
    scores = geometry_scores(Occurrences.from_vectors(vectors), resamples=0)
    assert scores["n"].tolist() == [49]
    assert "1 vectors NaN" in scores["note"].iloc[0]
    scores = geometry_scores(Occurrences.from_vectors(vectors[:, 1:]), resamples=0, sample=20)
    assert scores["n"].tolist() == [20]
    assert "sample of 20 of 49" in scores["note"].iloc[0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: self_similarity([[1, 0]]), "vectors must hold at least 2"),
        (lambda: self_similarity([[1, 0], [0, 0]]), "vectors must have a length"),
        (lambda: anisotropy([1, 0]), "vectors must have the shape"),
        (lambda: cosine_contributions([[1, 0]], [[1, 0, 0]]), "other must have the shape"),
        (lambda: corrected_cosine([[1]], [[1]], [[1], [2]], "whiten"), "how must be"),
        (lambda: corrected_cosine([[1]], [[1]], [[1, 2], [2, 1]]), "reference must have 1 dimensions"),
        (lambda: geometry_scores(Occurrences.from_vectors(np.ones((1, 1, 3)))), "at least 2 occurrences"),
        (
            lambda: geometry_scores(Occurrences.from_vectors(np.ones((1, 2, 3))), np.ones((2, 2, 3))),
            "random_vectors must have the shape",
        ),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
