"""Bootstrap intervals against what is known of means."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bertviz_plus.measures.intervals import bootstrap_interval, draw_resamples, interval


def test_an_interval_of_a_mean_is_two_standard_errors_wide():
    values = np.random.default_rng(0).normal(3, 2, size=2000)
    low, high = bootstrap_interval(values)
    error = values.std() / np.sqrt(len(values))
    # 1000 resamples place a 2.5% quantile within about a tenth of a standard error.
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.25 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.25 * error)
    assert bootstrap_interval(values) == (low, high)
    assert bootstrap_interval(values, seed=1) != (low, high)


def test_items_of_one_sentence_are_drawn_together():
    values = np.random.default_rng(0).normal(size=200)
    alone = np.subtract(*bootstrap_interval(values))
    twice = np.subtract(*bootstrap_interval(np.repeat(values, 4), np.repeat(np.arange(200), 4)))
    # Saying each thing four times tells nothing new.
    assert twice == pytest.approx(alone, rel=1e-5)
    naive = np.subtract(*bootstrap_interval(np.repeat(values, 4)))
    assert naive == pytest.approx(alone / 2, rel=0.2)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30))
def test_an_interval_lies_within_the_values(values):
    low, high = bootstrap_interval(values, resamples=50)
    assert min(values) - 1e-5 <= low <= high <= max(values) + 1e-5


def test_each_resample_has_as_many_sentences_as_there_are():
    drawn = draw_resamples(30, resamples=250)
    assert drawn.counts.shape == (250, 30)
    assert (drawn.counts.sum(axis=1) == 30).all()
    assert drawn.counts.mean(axis=0) == pytest.approx(1, abs=0.3)
    np.testing.assert_allclose(drawn.sums(np.eye(30)), drawn.counts.astype(float))


def test_no_resamples_give_no_interval():
    assert np.isnan(bootstrap_interval([1, 2, 3], resamples=0)).all()
    assert np.isnan(interval([np.nan])).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bootstrap_interval([]), "values must be one number per item"),
        (lambda: bootstrap_interval([1, 2], [0]), "sentences must have one entry"),
        (lambda: draw_resamples(3, resamples=-1), "resamples must be 0 or more"),
        (lambda: interval([1], level=95), "level must be between 0 and 1"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
