"""What was erased cannot be read, and nothing else is lost."""

from pathlib import Path

import numpy as np
import pytest

from bertviz_plus.measures.probes.erasure import inlp, leace, random_erasure
from bertviz_plus.measures.probes.linear_probe import linear_probe, right_answers
from tests.oracles import check


def planted(seed=0, n=800, hidden=40, kinds=3, strength=3.0):
    random = np.random.default_rng(seed)
    labels = random.integers(kinds, size=n)
    vectors = random.normal(size=(n, hidden)) @ random.normal(size=(hidden, hidden))
    return vectors + strength * random.normal(size=(kinds, hidden))[labels], labels


@pytest.mark.parametrize("seed", range(5))
def test_orthogonal_projections_are_symmetric_and_idempotent(seed):
    for erased in (inlp(*planted(seed)), random_erasure(40, 5, seed=seed)):
        p = erased.projection
        assert np.abs(p @ p - p).max() < 1e-8
        assert np.abs(p - p.T).max() < 1e-8
        assert round(np.trace(p)) == 40 - erased.rank


@pytest.mark.parametrize("seed", range(5))
def test_after_inlp_a_probe_falls_to_the_majority(seed):
    vectors, labels = planted(seed)
    erased = inlp(vectors, labels, seed=seed)
    apart = np.random.default_rng(seed).permutation(len(labels)) % 2 == 0
    before = right_answers(linear_probe(vectors[~apart], labels[~apart]), vectors[apart], labels[apart])
    left = erased(vectors)
    after = right_answers(linear_probe(left[~apart], labels[~apart]), left[apart], labels[apart])
    majority = np.bincount(labels[apart]).max() / apart.sum()
    assert before.mean() > 0.8
    assert after.mean() <= majority + 0.03
    assert erased.accuracy[-1] <= majority + 0.005


@pytest.mark.parametrize("seed", range(5))
def test_leace_leaves_no_covariance_and_no_linear_probe_anything(seed):
    vectors, labels = planted(seed)
    erased = leace(vectors, labels)
    left = erased(vectors)
    means = np.stack([left[labels == kind].mean(axis=0) for kind in range(3)])
    assert np.abs(means - means[0]).max() < 1e-8
    assert erased.rank == 2
    assert np.abs(erased.projection @ erased.projection - erased.projection).max() < 1e-8
    guesses = right_answers(linear_probe(left, labels), left, labels).mean()
    assert guesses <= np.bincount(labels).max() / len(labels) + 1e-6


def test_leace_changes_vectors_less_than_the_orthogonal_projection_does():
    vectors, labels = planted()
    means = np.stack([vectors[labels == kind].mean(axis=0) for kind in range(3)])
    _, _, axes = np.linalg.svd(means - means.mean(axis=0))
    orthogonal = np.eye(40) - axes[:2].T @ axes[:2]
    centred = vectors - vectors.mean(axis=0)
    other = np.square(centred @ orthogonal - centred).sum()
    assert np.square(leace(vectors, labels)(vectors) - vectors).sum() < other


def test_leace_is_that_of_concept_erasure():
    found = check.differences(Path(check.__file__).with_name("leace.json"))
    assert len(found) == 6
    assert all(one.passes for one in found), max(one.largest for one in found)


def test_what_the_labels_do_not_touch_stays():
    random = np.random.default_rng(0)
    labels = np.arange(400) % 2
    vectors = random.normal(size=(400, 6)) * [1, 1, 1, 1, 1, 1]
    vectors[:, 0] += 6 * labels
    for erased in (inlp(vectors, labels), leace(vectors, labels)):
        assert np.abs(erased(vectors)[:, 1:] - vectors[:, 1:]).std() < 0.5
        assert erased.rank <= 3


@pytest.mark.parametrize(
    ("vectors", "labels", "message"),
    [
        ([[np.nan]], ["a"], "vectors must be finite numbers"),
        ([1.0, 2.0], ["a", "b"], "vectors must be finite numbers"),
        ([[1.0], [2.0]], ["a"], "labels must have one entry for each of the 2 vectors"),
        ([[1.0], [2.0]], ["a", "a"], "labels must be of two kinds at least"),
    ],
)
def test_bad_input_is_named(vectors, labels, message):
    for erase in (inlp, leace):
        with pytest.raises(ValueError, match=message):
            erase(vectors, labels)
    with pytest.raises(ValueError, match=r"rank must be 0\.\.3, got 4"):
        random_erasure(3, 4)
