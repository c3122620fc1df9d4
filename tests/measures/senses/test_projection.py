"""Pictures of vectors: exact, aligned, turned and never torn, and honest about what they lose."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness as sklearn_trustworthiness

from bertviz_plus.measures.senses import projection
from bertviz_plus.measures.senses.labelled import unit
from bertviz_plus.measures.senses.projection import (
    align,
    given_points,
    principal_axes,
    project,
    turn_for_plot,
)
from bertviz_plus.measures.senses.trustworthiness import trustworthiness


def vectors_of(layers: int, items: int, dimensions: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    base = random.normal(size=(items, dimensions)) * np.linspace(3, 0.1, dimensions)
    drift = random.normal(size=(layers, items, dimensions)).cumsum(axis=0) * 0.2
    return (base + drift + 5).astype(np.float32)


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, np.newaxis] - points[np.newaxis], axis=-1)


@pytest.mark.parametrize(("items", "dimensions"), [(20, 6), (6, 20), (120, 48), (48, 120), (2500, 16)])
def test_the_axes_are_those_of_scikit_learn(items: int, dimensions: int) -> None:
    vectors = unit(vectors_of(1, items, dimensions)[0])
    points, shares = principal_axes(vectors)
    reference = PCA(2, svd_solver="full").fit(vectors.astype(np.float64))
    expected = reference.transform(vectors.astype(np.float64))
    expected /= np.sqrt((expected**2).sum(axis=1).mean())
    np.testing.assert_allclose(shares, reference.explained_variance_ratio_, rtol=1e-3)
    np.testing.assert_allclose(np.abs(points), np.abs(expected), atol=5e-3)
    assert (points**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-4)


def test_what_lies_in_a_plane_is_kept_whole() -> None:
    plane = np.random.default_rng(0).normal(size=(50, 2)) @ np.random.default_rng(1).normal(size=(2, 30))
    points, shares = principal_axes(plane.astype(np.float32))
    assert shares.sum() == pytest.approx(1, abs=1e-4)
    ratio = distances(points)[0, 1:] / distances(plane)[0, 1:]
    assert ratio.std() / ratio.mean() < 1e-3


def test_equal_vectors_are_one_spot_that_keeps_nothing() -> None:
    same = np.broadcast_to(np.arange(1, 9, dtype=np.float32), (30, 8))
    found = project(np.stack([same, vectors_of(1, 30, 8)[0]]))
    assert (found.points[0] == 0).all()
    assert np.isnan(found.explained[0]).all()
    assert np.isnan(found.trustworthiness[0])
    assert np.isfinite(found.explained[1]).all()
    assert found.mean_cosine[0] == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), layers=st.integers(2, 6), items=st.integers(3, 40))
def test_alignment_turns_and_never_tears(seed: int, layers: int, items: int) -> None:
    points = np.random.default_rng(seed).normal(size=(layers, items, 2)).astype(np.float32)
    points -= points.mean(axis=1, keepdims=True)
    aligned = align(points)
    for before, after in zip(points, aligned, strict=True):
        np.testing.assert_allclose(distances(after), distances(before), atol=1e-4)
    moved = ((aligned[1:] - aligned[:-1]) ** 2).sum()
    for angle in np.linspace(0, 2 * np.pi, 9):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
        other = aligned.copy()
        other[-1] = other[-1] @ turn
        assert ((other[1:] - other[:-1]) ** 2).sum() >= moved - 1e-3


def test_a_layer_that_is_only_turned_does_not_move() -> None:
    vectors = vectors_of(1, 40, 12)[0]
    turned, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(12, 12)))
    found = project(np.stack([vectors, vectors @ turned, -3 * vectors]).astype(np.float32))
    np.testing.assert_allclose(found.points[1], found.points[0], atol=2e-3)
    np.testing.assert_allclose(found.points[2], found.points[0], atol=2e-3)


def test_alignment_passes_over_missing_vectors_and_piles() -> None:
    vectors = vectors_of(4, 30, 8)
    vectors[1] = 1
    vectors[2, 3] = np.nan
    vectors[3, 5] = 0
    found = project(vectors)
    assert np.isnan(found.points[2, 3]).all()
    assert np.isnan(found.points[3, 5]).all()
    assert np.isfinite(np.delete(found.points[2], 3, axis=0)).all()
    step = np.nanmean((found.points[2] - found.points[0]) ** 2)
    mirrored = np.nanmean((-found.points[2] - found.points[0]) ** 2)
    assert step < mirrored


@pytest.mark.parametrize(("items", "dimensions"), [(4, 3), (12, 5), (200, 16)])
def test_trustworthiness_is_scikit_learns(items: int, dimensions: int) -> None:
    vectors = unit(vectors_of(1, items, dimensions)[0])
    points, _ = principal_axes(vectors)
    k = min(5, (items - 1) // 2)
    expected = sklearn_trustworthiness(vectors, points, n_neighbors=k)
    assert trustworthiness(vectors, points) == pytest.approx(expected, abs=1e-3)


def test_a_picture_at_random_is_trusted_by_half() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(600, 20)).astype(np.float32)
    assert trustworthiness(vectors, random.normal(size=(600, 2))) == pytest.approx(0.5, abs=0.03)


def test_trustworthiness_samples_by_a_seed() -> None:
    vectors = unit(vectors_of(1, 1500, 8)[0])
    points, _ = principal_axes(vectors)
    first, again = (trustworthiness(vectors, points, sample=300, seed=4) for _ in range(2))
    assert first == again
    assert first == pytest.approx(trustworthiness(vectors, points, sample=1500), abs=0.05)


def test_the_same_vectors_give_the_same_picture() -> None:
    vectors = vectors_of(3, 60, 20)
    first, again = project(vectors), project(vectors.copy())
    np.testing.assert_array_equal(first.points, again.points)


def test_one_turn_for_all_layers_fills_a_wide_plot() -> None:
    points = np.random.default_rng(0).normal(size=(3, 50, 2)).astype(np.float32) * [0.2, 4]
    turned = turn_for_plot(points.astype(np.float32))
    for before, after in zip(points, turned, strict=True):
        np.testing.assert_allclose(distances(after), distances(before), atol=1e-4)
    width, height = np.ptp(turned.reshape(-1, 2), axis=0)
    assert max(width / 1.45, height) < np.ptp(points[..., 1])


@pytest.mark.parametrize("items", [1, 2, 3])
def test_hardly_any_vectors(items: int) -> None:
    found = project(vectors_of(2, items, 8))
    assert found.points.shape == (2, items, 2)
    assert np.isfinite(found.points).all()


def test_the_mean_cosine_is_that_of_all_pairs() -> None:
    vectors = vectors_of(1, 12, 6)
    units = unit(vectors[0])
    pairs = (units @ units.T)[np.triu_indices(12, 1)]
    assert project(vectors).mean_cosine[0] == pytest.approx(pairs.mean(), abs=1e-5)


def test_points_of_ones_own_are_taken_as_they_are() -> None:
    vectors = vectors_of(3, 20, 6)
    own = np.random.default_rng(0).normal(size=(20, 2))
    found = given_points(vectors, own)
    np.testing.assert_allclose(found.points[2], own, rtol=1e-6)
    assert found.method == "given"
    with pytest.raises(
        ValueError, match=r"points must have the shape \[20, 2\] or \[3, 20, 2\], got \[5, 2\]"
    ):
        given_points(vectors, own[:5])


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_a_missing_extra_says_how_to_install_it(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in projection._EXTRAS.values():
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r'pip install "bertviz-plus\[projections\]"'):
        project(vectors_of(1, 10, 4), method)


@pytest.mark.parametrize(("method", "module"), [("tsne", "openTSNE"), ("umap", "umap")])
def test_pictures_by_extras(method: str, module: str) -> None:
    pytest.importorskip(module)
    vectors = vectors_of(2, 60, 8)
    vectors[:, ::2, 0] += 30
    first = project(vectors, method, progress=False)
    assert first.points.shape == (2, 60, 2)
    assert (first.trustworthiness > 0.7).all()
    assert np.isnan(first.explained).all()
    again = project(vectors, method, progress=False)
    np.testing.assert_array_equal(first.points, again.points)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="method must be one of pca, tsne, umap, got 'mds'"):
        project(vectors_of(1, 5, 4), "mds")
    with pytest.raises(ValueError, match=r"\[layers, items, dimensions\], got \[5, 4\]"):
        project(np.ones((5, 4)))
