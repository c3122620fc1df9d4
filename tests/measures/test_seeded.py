"""Intervals over seeds and items hold the truth as often as they say, however few the seeds are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bertviz_plus.measures.intervals import bootstrap_interval
from bertviz_plus.measures.seeded import SeededTallies, widening


def covered(seeds, seed_spread, item_spread, noise, *, times=300, items=60):
    """How often the interval of scores around 0 holds 0."""
    random = np.random.default_rng(seeds)
    hits = 0
    for one in range(times):
        values = (
            seed_spread * random.normal(size=(seeds, 1))
            + item_spread * random.normal(size=(1, items))
            + noise * random.normal(size=(seeds, items))
        )
        low, high = SeededTallies.of_values(values).interval(300, one)
        hits += low <= 0 <= high
    return hits / times


@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
@pytest.mark.parametrize(("seed_spread", "item_spread", "noise"), [(1, 0.1, 0.1), (0, 3, 0.1), (0.3, 2, 1)])
def test_95_of_100_intervals_hold_the_truth(seeds, seed_spread, item_spread, noise):
    # 300 draws know a share of .95 to within .025; two seeds have but three ways to be drawn.
    assert covered(seeds, seed_spread, item_spread, noise) >= 0.90


def test_without_the_widening_they_would_not(monkeypatch):
    monkeypatch.setattr("bertviz_plus.measures.seeded.widening", lambda _: 1.0)
    assert covered(2, 1, 0.1, 0.1) < 0.75
    assert covered(3, 1, 0.1, 0.1) < 0.88


values = st.lists(st.integers(0, 1), min_size=4, max_size=12)


@given(values, st.integers(0, 9))
@settings(max_examples=30, deadline=None)
def test_a_single_seed_has_the_interval_of_its_items(right, seed):
    own = SeededTallies.of_values([right])
    assert own.interval(100, seed) == bootstrap_interval(right, resamples=100, seed=seed)
    assert own.value == pytest.approx(np.mean(right))


@given(values, st.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_seeds_that_agree_add_nothing_to_the_interval(right, seeds):
    own = SeededTallies.of_values([right] * seeds)
    wanted = bootstrap_interval(right, resamples=100, seed=0)
    assert own.interval(100, 0) == pytest.approx(wanted, abs=1e-6)


def test_the_more_seeds_disagree_the_wider_it_is():
    random = np.random.default_rng(0)
    widths = []
    for spread in (0, 0.1, 0.5):
        values = random.normal(size=(1, 50)) + spread * np.arange(3)[:, np.newaxis]
        low, high = SeededTallies.of_values(values).interval(500, 0)
        widths.append(high - low)
    assert widths == sorted(widths)
    assert widths[2] > 2 * widths[0]


def test_items_of_one_sentence_are_drawn_together():
    values = np.tile([0.0, 0.0, 1.0, 1.0], (3, 5))
    pairs = SeededTallies.of_values(values, np.arange(20) // 2).interval(500, 0)
    alone = SeededTallies.of_values(values).interval(500, 0)
    assert pairs[1] - pairs[0] > alone[1] - alone[0]


def test_a_score_of_sums_is_taken_for_each_seed():
    # The ratio of each seed's sums, not of the sums over seeds.
    counts = np.array([[[1.0, 1.0], [3.0, 1.0]], [[1.0, 2.0], [1.0, 2.0]]])
    own = SeededTallies(counts, lambda sums: sums[..., 0] / sums[..., 1], np.arange(2))
    assert own.by_seed.tolist() == [2.0, 0.5]
    assert own.value == 1.25


def test_few_seeds_are_widened_more():
    factors = [widening(seeds) for seeds in (2, 3, 5, 10, 100)]
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: SeededTallies.of_values([1, 2]), r"values must be \[seeds, items\], got shape \[2\]"),
        (lambda: SeededTallies.of_values([[]]), "counts must be .* one of each at least"),
        (lambda: SeededTallies.of_values([[1, 2]], [0]), "one entry for each of the 2 items, got 1"),
    ],
)
def test_what_cannot_be_scored_is_refused(made, said):
    with pytest.raises(ValueError, match=said):
        made()
