"""Representations are compared as the papers' own code does, and in parts as in one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_plus.measures.representations import (
    LinearCKA,
    linear_cka,
    mean_squared_cca,
    radial_cka,
    representational_similarity,
)
from tests.oracles.check import differences

ORACLE = Path(__file__).parents[1] / "oracles" / "cka.json"


def test_they_are_what_kornblith_printed():
    assert all(found.passes for found in differences(ORACLE))


@given(st.integers(0, 2**31), st.integers(5, 40), st.integers(1, 8))
def test_turning_stretching_and_shifting_change_nothing(seed, items, width):
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(items, width)), random.normal(size=(items, 3))
    turned = 2 * x @ np.linalg.qr(random.normal(size=(width, width)))[0] + 5
    for measure in (linear_cka, radial_cka):
        assert measure(turned, y) == pytest.approx(measure(x, y), abs=1e-9)
        assert measure(x, y) == pytest.approx(measure(y, x), abs=1e-12)
        assert -1e-12 <= measure(x, y) <= 1 + 1e-12


@given(st.integers(0, 2**31), st.lists(st.integers(1, 9), min_size=2, max_size=6))
def test_parts_give_what_the_whole_gives(seed, sizes):
    random = np.random.default_rng(seed)
    # Far from zero, where sums of squares are large beside what is subtracted.
    x = random.normal(size=(sum(sizes), 4)) + 100
    y = random.normal(size=(sum(sizes), 2)) - 50
    streamed = LinearCKA()
    for end, size in zip(np.cumsum(sizes), sizes, strict=True):
        streamed.update(x[end - size : end], y[end - size : end])
    assert streamed.n_items == len(x)
    assert streamed.result() == pytest.approx(linear_cka(x, y), abs=1e-9)


def test_debiased_it_is_near_nothing_where_plain_cka_is_high():
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, 30, 500))
    assert linear_cka(x, y) > 0.9
    assert abs(linear_cka(x, y, debiased=True)) < 0.1


def test_what_is_constant_is_like_nothing():
    x = np.ones((6, 2))
    assert np.isnan(linear_cka(x, np.eye(6)))
    assert np.isnan(representational_similarity(x, np.eye(6)[:, :2] + 1e-9))


def test_distances_in_the_same_order_are_similar():
    angles = np.array([0, 0.1, 0.5, 1.2, 2.0])
    x = np.stack([np.cos(angles), np.sin(angles)], 1)
    assert representational_similarity(x, 7 * x) == pytest.approx(1)
    assert representational_similarity(x, x[::-1]) < 0.9


@pytest.mark.parametrize("measure", [linear_cka, radial_cka, mean_squared_cca, representational_similarity])
def test_items_must_be_the_same(measure):
    with pytest.raises(
        ValueError, match=r"x and y must be \[items, features\] of the same .*\[3, 2\] and \[4, 2\]"
    ):
        measure(np.ones((3, 2)), np.ones((4, 2)))
