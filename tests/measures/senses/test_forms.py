"""Written forms' means: taken away where they are known well, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bertviz_plus as bp
from bertviz_plus.measures.senses.forms import FEWEST, has_several_forms, without_forms, written_forms
from bertviz_plus.measures.senses.scores import sense_scores


@given(st.lists(st.sampled_from(["bank", "banks", "Bank's"]), min_size=1, max_size=40), st.integers(0, 9))
def test_known_forms_share_one_mean_and_rare_ones_stay(forms: list[str], seed: int) -> None:
    written = np.array(forms)
    vectors = np.random.default_rng(seed).normal(size=(len(forms), 3)).astype(np.float32)
    moved = without_forms(vectors, written)
    for form in set(forms):
        own = written == form
        if FEWEST <= own.sum() < len(forms):
            np.testing.assert_allclose(moved[own].mean(0), vectors.mean(0), atol=1e-5)
            np.testing.assert_allclose(np.ptp(moved[own], 0), np.ptp(vectors[own], 0), atol=1e-5)
        else:
            np.testing.assert_array_equal(moved[own], vectors[own])


def test_vectors_that_are_missing_move_nothing() -> None:
    vectors = np.ones((10, 2), np.float32)
    vectors[0] = np.nan
    moved = without_forms(vectors, np.repeat(["a", "b"], 5))
    assert np.isnan(moved[0]).all()
    np.testing.assert_array_equal(moved[1:], vectors[1:])


@pytest.mark.parametrize(("word", "several"), [("spring", True), ("bank", True)])
def test_of_a_real_model_the_forms_hide_the_senses_from_two_dimensions(word: str, several: bool) -> None:
    found = bp.occurrences(bp.load(), word, bp.sense_sentences(word), progress=False)
    assert has_several_forms(found) is several
    forms = written_forms(found)
    last = np.asarray(found.at(found.hidden_layers[-1]))
    by_form = [last[forms == form].mean(0) for form in (word, f"{word}s")]
    apart = np.linalg.norm(by_form[0] - by_form[1])
    moved = without_forms(last, forms)
    together = np.linalg.norm(moved[forms == word].mean(0) - moved[forms == f"{word}s"].mean(0))
    assert together < 1e-4 < 0.1 < apart
    assert set(sense_scores(found, measures=("knn",), progress=False)["word"]) == {word}
