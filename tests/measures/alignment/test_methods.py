"""The methods against the papers' own code, and what must be true of them on any matrix."""

import itertools
import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from bertviz_plus.measures.alignment import methods as alignment
from bertviz_plus.measures.alignment.methods import METHODS
from bertviz_plus.measures.alignment.probabilities import entmax_probabilities
from bertviz_plus.measures.alignment.transport import plan_links, transport_plan

ORACLES = Path(__file__).parents[2] / "oracles"
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
    assert "one of awesome_align" in ran.stdout


def test_the_check_goes_on_after_a_file_it_cannot_compare(tmp_path):
    (tmp_path / "mwec.json").write_text('[{"cost": [[1.0]]}]')
    ran = check(tmp_path / "mwec.json", tmp_path / "none.json", ORACLES / "simalign.json")
    assert ran.returncode == 1
    assert "case 0 holds no links or numbers to compare" in ran.stdout
    assert ran.stdout.count("NOT COMPARED") == 2
    assert "simalign.json: 35 comparisons" in ran.stdout


def passes(kind, tmp_path, change):
    """Whether the check passes an oracle of which the first case is changed."""
    cases = json.loads((ORACLES / f"{kind}.json").read_text())
    change(cases[0] if isinstance(cases, list) else cases)
    (tmp_path / f"{kind}.json").write_text(json.dumps(cases))
    return runpy.run_path(str(ORACLES / "check.py"))["main"]([tmp_path / f"{kind}.json"]) == 0


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("simalign", "itermax_n2_a05", [[0, 0], [4, 0]]),
        ("simalign", "distorted_03", [[0.5]]),
        ("simalign", "match_greedy", [[0, 0]]),
        ("simalign", "shape", [7, 5]),
        ("awesome_align", "align_threshold_5e1", [[0, 0]]),
        ("mwec", "weight", 1.0),
    ],
)
def test_the_check_leaves_no_key_uncompared(kind, key, value, tmp_path):
    assert not passes(kind, tmp_path, lambda case: case.update({key: value}))


@pytest.mark.parametrize(
    ("kind", "key"),
    [("simalign", "rev"), ("awesome_align", "p_tgt"), ("awesome_align", "align_threshold_1e3")],
)
def test_the_check_does_without_a_key(kind, key, tmp_path):
    assert passes(kind, tmp_path, lambda case: case.pop(key))


def test_of_matchings_and_covers_that_are_as_good_the_check_takes_either(tmp_path):
    def alike(case):
        case.clear()
        case.update({"sim": [[0.5, 0.5], [0.5, 0.5]], "match_mwmf": [[0, 1], [1, 0]]})

    assert passes("simalign", tmp_path, alike)

    def worse(case):
        alike(case)
        case["match_mwmf"] = [[0, 1], [1, 1]]

    assert not passes("simalign", tmp_path, worse)

    def cover(case):
        case.update({"cost": [[1, 1], [1, 1]], "pairs": [[0, 1], [1, 0]]})

    assert passes("mwec", tmp_path, cover)


def test_the_check_has_room_for_an_oracle_in_single_precision(tmp_path):
    rng = np.random.default_rng(0)
    source = np.round(rng.normal(size=(30, 768)), 6)
    target = np.round(np.repeat(source, 2, axis=0)[:41] + 0.1 * rng.normal(size=(41, 768)), 6)
    scores = (source.astype(np.float32) @ target.astype(np.float32).T).astype(np.float32)
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))

    def single(case):
        case.clear()
        case["hidden_src"], case["hidden_tgt"] = source.tolist(), target.tolist()
        case["p_src"] = (shifted / shifted.sum(axis=1, keepdims=True)).astype(float).tolist()

    assert passes("awesome_align", tmp_path, single)


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
    with pytest.raises(ValueError, match="threshold must be a number from 0 to 1"):
        alignment.ot([[1.0]], threshold=2)
    with pytest.raises(ValueError, match="distortion must be a number from 0 to 1"):
        alignment.distort([[1.0]], 2)
    with pytest.raises(ValueError, match="n must be a whole number from 1 on"):
        alignment.itermax([[1.0]], n=0)
    with pytest.raises(ValueError, match="cost must not be negative"):
        alignment.minimum_edge_cover([[-1.0]])


def test_equal_words_everywhere_are_no_accident():
    for method in METHODS.values():
        assert method.links(np.full((4, 4), 0.5)).shape == (4, 4)


@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (11, 2)])
@pytest.mark.parametrize("similarity", [0.5, 0.1, -0.3])
def test_rounding_does_not_link_words_that_are_all_equally_alike(shape, similarity):
    # Two words against many: each moves just half of what a word of the longer sentence has.
    plan = np.full(shape, 1 / (shape[0] * shape[1])) * (1 + 1e-12)
    assert not plan_links(plan).any()
    assert not alignment.ot(np.full(shape, similarity)).any()


def published_itermax(similarity, n, alpha):
    """Masks and names as in SimAlign's own code, which multiplies matrices where ours takes rows."""
    rows, columns = similarity.shape
    forward = np.eye(columns)[similarity.argmax(axis=1)]
    backward = np.eye(rows)[similarity.argmax(axis=0)].T
    inter = forward * backward
    if min(rows, columns) <= 2:
        return inter
    for _ in range(n - 1):
        mask_x = 1 - np.tile(inter.sum(1)[:, np.newaxis], (1, columns)).clip(0, 1)
        mask_y = 1 - np.tile(inter.sum(0)[np.newaxis, :], (rows, 1)).clip(0, 1)
        mask = (alpha * mask_x + alpha * mask_y).clip(0, 1)
        mask_zeros = 1 - (1 - mask_x) * (1 - mask_y)
        if mask_x.sum() < 1 or mask_y.sum() < 1:
            mask, mask_zeros = mask * 0, mask_zeros * 0
        new = similarity * mask
        forward = np.eye(columns)[new.argmax(axis=1)] * mask_zeros
        backward = np.eye(rows)[new.argmax(axis=0)].T * mask_zeros
        if np.array_equal(inter + forward * backward, inter):
            break
        inter = inter + forward * backward
    return inter


@given(matrices, st.integers(1, 4), st.sampled_from([0.3, 0.9, 1.0]))
def test_itermax_is_what_was_published(similarity, n, alpha):
    for one in (similarity, 2 * similarity - 1, np.round(similarity * 3)):
        expected = published_itermax(one, n, alpha) > 0
        np.testing.assert_array_equal(alignment.itermax(one, n=n, alpha=alpha), expected)


def published_cover(cost):
    """Schrijver's doubled graph, as in Libovický's own code."""
    rows, columns = cost.shape
    doubled = np.full((rows + columns, rows + columns), 1e12)
    doubled[:rows, :columns], doubled[rows:, columns:] = cost, cost.T
    for i in range(rows):
        doubled[i, columns + i] = 2 * cost[i].min()
    for j in range(columns):
        doubled[rows + j, j] = 2 * cost[:, j].min()
    links = np.zeros(cost.shape, bool)
    for a, b in zip(*linear_sum_assignment(doubled), strict=True):
        if a < rows and b < columns:
            links[a, b] = True
        elif a == b - columns:
            links[a, cost[a].argmin()] = True
        elif a - rows == b:
            links[cost[:, b].argmin(), b] = True
    return links


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "×".join(map(str, shape)))
def test_the_cover_is_what_was_published(shape):
    for seed in range(10):
        cosines = np.random.default_rng(seed).uniform(-1, 1, shape)
        apart = np.abs(np.subtract.outer(np.arange(shape[0]), np.arange(shape[1]))) / max(shape)
        expected = published_cover(2 - cosines + 1e-5 * apart)
        np.testing.assert_array_equal(alignment.edge_cover(cosines), expected)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("itermax", {"n": 1.5}, "n must be a whole number from 1 on, got 1.5"),
        ("itermax", {"n": "2"}, "n must be a whole number from 1 on, got '2'"),
        ("itermax", {"alpha": 5}, "alpha must be a number from 0 to 1, got 5"),
        ("itermax", {"alpha": "x"}, "alpha must be a number from 0 to 1, got 'x'"),
        ("softmax", {"threshold": "x"}, "threshold must be a number from 0 to 1, got 'x'"),
        ("softmax", {"threshold": 5}, "threshold must be a number from 0 to 1, got 5"),
        ("entmax", {"threshold": -1}, "threshold must be a number from 0 to 1, got -1"),
        ("ot", {"epsilon": "x"}, "epsilon must be greater than 0, got 'x'"),
        ("ot", {"unbalanced": "x"}, "unbalanced must be greater than 0, or None for balanced, got 'x'"),
        ("ot", {"threshold": float("nan")}, "threshold must be a number from 0 to 1, got nan"),
    ],
)
def test_an_option_that_is_none_is_named(method, options, message):
    with pytest.raises(ValueError, match=message):
        METHODS[method].links([[1.0]], **options)
