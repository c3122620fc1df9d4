"""Scores of counts: their value, their parts, and intervals that cover the truth as often as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_plus.measures.alignment.baselines import alike_and_near, diagonal, same_words
from bertviz_plus.measures.alignment.scores import scores_of_counts
from bertviz_plus.measures.halves import best_on_the_other_half, second_half, second_half_of_each
from bertviz_plus.measures.senses.agreement import adjusted_rand
from bertviz_plus.measures.tallies import Tallies


def agreement(counts):
    return 1 - scores_of_counts(counts)["aer"]


def test_the_interval_of_a_share_covers_the_truth_about_as_often_as_it_says():
    # Right four times in five: 95% intervals of 150 draws of 100 occurrences each.
    random = np.random.default_rng(0)
    covered = 0
    for seed in range(150):
        low, high = Tallies.of_shares(random.random(100) < 0.8, apart=True).interval(300, seed)
        covered += low <= 0.8 <= high
    # Percentile intervals of a share are a little short; fewer than 88% in 150 would be a defect.
    assert covered / 150 > 0.88


def test_the_interval_of_an_error_rate_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(0)
    covered = 0
    for seed in range(150):
        found = (random.random(60) < 0.7).astype(int)
        counts = np.stack([found, np.ones(60), np.ones(60), found, found], axis=1)
        tallies = Tallies(counts, agreement, np.zeros(60, int), np.arange(60))
        low, high = tallies.interval(300, seed)
        # Links found with .7: 2·.7/1.7 in the long run.
        covered += low <= 1.4 / 1.7 <= high
    assert covered / 150 > 0.88


def test_the_interval_of_an_agreement_lies_around_it():
    # Resamples hold some items twice, which agree with themselves: uncorrected, the draws lie too high.
    random = np.random.default_rng(0)
    counts = np.eye(16)[random.integers(16, size=60)]

    def score(sums):
        return adjusted_rand(sums.reshape(*sums.shape[:-1], 4, 4))

    below = 0
    for seed in range(20):
        uncorrected, corrected = (
            Tallies(counts, score, np.zeros(60, int), np.arange(60), unbiased=unbiased)
            for unbiased in (False, True)
        )
        below += uncorrected.interval(200, seed)[0] > corrected.interval(200, seed)[0]
        low, high = corrected.interval(200, seed)
        assert low <= corrected.value <= high
    assert below == 20


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=30))
def test_the_value_is_the_mean_of_the_groups_means(items):
    groups, right = np.array(items).T
    expected = np.mean([right[groups == group].mean() for group in np.unique(groups)])
    tallies = Tallies.of_shares(right, groups)
    assert tallies.value == pytest.approx(expected)
    # A part is scored as if the rest were not there.
    assert tallies.only(groups == groups[0]).value == pytest.approx(right[groups == groups[0]].mean())


def test_items_of_one_sentence_are_drawn_together():
    # Two sentences, one all right and one all wrong: a resample has both, or one of them twice.
    tallies = Tallies.of_shares([1, 1, 0, 0], sentences=[0, 0, 1, 1])
    assert tallies.interval(200, 0) == (0, 1)


def test_what_is_undefined_everywhere_has_no_value():
    tallies = Tallies.of_shares(np.zeros(0))
    assert np.isnan(tallies.value)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40), st.integers(0, 5))
def test_halves_keep_sentences_together_and_are_as_large_as_each_other(sentences, seed):
    late = second_half(sentences, seed)
    halves = {one: set(late[np.array(sentences) == one].tolist()) for one in set(sentences)}
    assert all(len(half) == 1 for half in halves.values())
    assert sum(half == {True} for half in halves.values()) == len(halves) // 2


def test_every_label_is_in_both_halves():
    labels = np.array([0] * 4 + [1] * 40)
    late = second_half_of_each(labels, np.arange(44), np.random.default_rng(0))
    assert late[:4].sum() == 2
    assert late[4:].sum() == 20


def test_each_kind_of_item_has_a_place_of_its_own():
    # Place 0 knows the first kind, place 1 the second.
    kinds = np.array([0, 0, 1, 1])
    second = np.array([False, True, False, True])
    scored = [Tallies.of_shares(kinds == kind) for kind in (0, 1)]
    assert best_on_the_other_half(scored, second, kinds).tolist() == [0, 0, 1, 1]
    assert best_on_the_other_half(scored, second).tolist() == [0, 0, 0, 0]


def test_a_place_that_is_undefined_is_not_chosen():
    undefined = Tallies(np.zeros((4, 2)), Tallies.of_shares([1]).score, np.zeros(4, int), np.arange(4))
    second = np.array([False, True, False, True])
    assert best_on_the_other_half([undefined, Tallies.of_shares([0] * 4)], second).tolist() == [1] * 4


def test_what_needs_no_model():
    assert same_words(["A", "b"], ["b", "a"]).astype(int).tolist() == [[0, 1], [1, 0]]
    assert diagonal("abcd", "xy").sum() == 2
    assert diagonal("a", "xyz").shape == (1, 3)
    found = alike_and_near(["the", "problem", "is"], ["ist", "das", "Problem"])
    assert np.argwhere(found).tolist() == [[0, 0], [1, 2]]
