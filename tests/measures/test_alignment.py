"""The methods against the papers' own code, and what must be true of them on any matrix."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bertviz_plus.measures import alignment
from bertviz_plus.measures.alignment import METHODS
from bertviz_plus.measures.probabilities import entmax_probabilities
from bertviz_plus.measures.transport import transport_plan

ORACLES = Path(__file__).parents[1] / "oracles"
SHAPES = [(1, 1), (1, 5), (5, 1), (2, 2), (2, 7), (3, 3), (30, 41), (41, 30)]
KINDS = ("simalign", "awesome_align", "mwec")

matrices = st.tuples(st.integers(1, 7), st.integers(1, 7)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1, width=32))
)


def check(*paths):
    command = [sys.executable, str(ORACLES / "check.py"), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_pair_of_the_oracles_is_found():
    ran = check(*(ORACLES / f"{kind}.json" for kind in KINDS))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("comparisons") == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_check_fails_where_a_pair_is_wrong(kind, tmp_path):
    oracle = json.loads((ORACLES / f"{kind}.json").read_text())
    case = oracle[0] if isinstance(oracle, list) else oracle
    key = {"simalign": "match_mwmf", "awesome_align": "align_threshold_1e3", "mwec": "pairs"}[kind]
    case[key] = case[key][1:]
    (tmp_path / f"{kind}.json").write_text(json.dumps(oracle))
    ran = check(tmp_path / f"{kind}.json")
    assert ran.returncode == 1
    assert "1 OVER" in ran.stdout


def test_the_check_refuses_a_file_whose_name_says_no_kind(tmp_path):
    (tmp_path / "else.json").write_text("[]")
    ran = check(tmp_path / "else.json")
    assert ran.returncode == 1
    assert "one of awesome_align" in ran.stderr


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "×".join(map(str, shape)))
def test_every_shape_works(method, shape):
    similarity = np.random.default_rng(0).random(shape)
    links = METHODS[method].links(similarity)
    assert links.shape == shape
    assert links.dtype == bool
    np.testing.assert_array_equal(links, METHODS[method].links(similarity.tolist()))


@given(matrices)
def test_inter_is_what_both_directions_share(similarity):
    both = alignment.fwd(similarity) & alignment.rev(similarity)
    np.testing.assert_array_equal(alignment.inter(similarity), both)


@given(matrices)
def test_itermax_adds_to_inter_and_never_links_two_that_have_links(similarity):
    first, more = alignment.inter(similarity), alignment.itermax(similarity)
    assert (more | ~first).all()
    for i, j in np.argwhere(more & ~first):
        assert not (first[i].any() and first[:, j].any())
    if min(similarity.shape) <= 2:
        np.testing.assert_array_equal(first, more)


@given(matrices)
def test_edge_cover_leaves_no_word_alone_and_none_of_its_links_can_go(similarity):
    cover = alignment.edge_cover(similarity)
    assert cover.any(axis=1).all()
    assert cover.any(axis=0).all()
    for i, j in np.argwhere(cover):
        assert cover[i].sum() == 1 or cover[:, j].sum() == 1


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (3, 3)])
def test_edge_cover_is_the_cheapest_of_all(shape):
    cells = list(itertools.product(*map(range, shape)))
    for seed in range(5):
        cost = np.random.default_rng(seed).random(shape)
        cheapest = np.inf
        for size in range(max(shape), sum(shape)):
            for chosen in itertools.combinations(cells, size):
                rows, columns = zip(*chosen, strict=True)
                if len(set(rows)) == shape[0] and len(set(columns)) == shape[1]:
                    cheapest = min(cheapest, cost[rows, columns].sum())
        assert cost[alignment.minimum_edge_cover(cost)].sum() == pytest.approx(cheapest)


def test_the_cover_of_the_known_matrix_weighs_850():
    cost = np.array([[400, 150, 400], [400, 450, 600], [300, 225, 300]])
    assert cost[alignment.minimum_edge_cover(cost)].sum() == 850


@given(matrices)
def test_mwmf_is_one_to_one(similarity):
    links = alignment.mwmf(similarity)
    assert (links.sum(axis=0) <= 1).all()
    assert (links.sum(axis=1) <= 1).all()
    if (similarity > 0).all():
        assert links.sum() == min(similarity.shape)


def test_mwmf_is_the_best_of_all_matchings():
    similarity = np.random.default_rng(3).random((4, 4))
    best = max(
        sum(similarity[i, j] for i, j in enumerate(order)) for order in itertools.permutations(range(4))
    )
    assert similarity[alignment.mwmf(similarity)].sum() == pytest.approx(best)


@given(matrices)
def test_entmax_sums_to_one_and_solves_its_equation(scores):
    scores = scores * 20
    probabilities = entmax_probabilities(scores)
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, atol=1e-6)
    # p = max(z/2 − τ, 0)², with one τ for all that are not 0 (Peters et al. 2019, equation 10).
    for row, kept in zip(scores, probabilities, strict=True):
        thresholds = row[kept > 1e-9] / 2 - np.sqrt(kept[kept > 1e-9])
        np.testing.assert_allclose(thresholds, thresholds[0], atol=1e-4)
        assert (row[kept == 0] / 2 <= thresholds[0] + 1e-4).all()


@given(matrices)
def test_a_balanced_plan_moves_everything(similarity):
    plan = transport_plan(similarity, epsilon=0.5)
    np.testing.assert_allclose(plan.sum(axis=1), 1 / len(similarity), atol=1e-6)
    np.testing.assert_allclose(plan.sum(axis=0), 1 / similarity.shape[1], atol=1e-4)


def test_an_unbalanced_plan_moves_less_of_a_word_without_partner():
    similarity = np.array([[0.9, 0.1], [0.1, 0.9], [0.1, 0.1]])
    balanced, free = transport_plan(similarity), transport_plan(similarity, unbalanced=0.1)
    assert free[2].sum() < 0.5 * free[0].sum()
    assert balanced[2].sum() == pytest.approx(balanced[0].sum(), rel=1e-3)
    assert not alignment.ot(similarity, unbalanced=0.1)[2].any()


def test_the_plan_comes_near_the_exact_one_for_a_small_entropy():
    similarity = np.random.default_rng(0).random((6, 6))
    plan = transport_plan(similarity, epsilon=0.002, iterations=20000, tolerance=1e-10)
    # With equal masses the exact plan is a matching.
    np.testing.assert_allclose(plan * 6, alignment.mwmf(similarity), atol=0.02)


def test_distortion_lowers_what_lies_off_the_diagonal():
    distorted = alignment.distort(np.ones((3, 5)), 1.0)
    assert distorted[0, 0] == distorted[2, 4] == distorted[1, 2] == 1
    assert distorted[0, 4] == distorted[2, 0] == 0
    np.testing.assert_array_equal(alignment.distort(np.ones((1, 5)), 0.5), np.ones((1, 5)))


@pytest.mark.parametrize("method", METHODS)
def test_what_is_no_matrix_is_refused(method):
    links = METHODS[method].links
    with pytest.raises(ValueError, match=r"\[source, target\] with a word in each, got \[0, 3\]"):
        links(np.zeros((0, 3)))
    with pytest.raises(ValueError, match="finite numbers, but 1 of 2 are not"):
        links([[0.5, np.nan]])
    with pytest.raises(ValueError, match="shape"):
        links([0.5, 0.2])


def test_options_are_checked():
    with pytest.raises(ValueError, match="epsilon must be greater than 0"):
        alignment.ot([[1.0]], epsilon=0)
    with pytest.raises(ValueError, match="unbalanced must be greater than 0"):
        alignment.ot([[1.0]], unbalanced=-1)
    with pytest.raises(ValueError, match="threshold must be from 0 to 1"):
        alignment.ot([[1.0]], threshold=2)
    with pytest.raises(ValueError, match="distortion must be from 0 to 1"):
        alignment.distort([[1.0]], 2)
    with pytest.raises(ValueError, match="n must be a whole number from 1 on"):
        alignment.itermax([[1.0]], n=0)
    with pytest.raises(ValueError, match="cost must not be negative"):
        alignment.minimum_edge_cover([[-1.0]])


def test_equal_words_everywhere_are_no_accident():
    for method in METHODS.values():
        assert method.links(np.full((4, 4), 0.5)).shape == (4, 4)
