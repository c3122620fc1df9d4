"""What a model knows of hidden words is what its predictions say; erasing what is not there costs nothing."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.findings.hidden_words import hidden_words
from bertviz_plus.measures.predictions.erased_knowledge import HiddenWord, erased_knowledge
from bertviz_plus.models.untrained import untrained_twin

PLACES = {"cat": "sun", "dog": "rain", "king": "tower", "boy": "sea"}
WORDS = [
    HiddenWord(f"The {kind} [MASK] in the {place}.", "is", number)
    for number, (kind, place) in enumerate(PLACES.items())
]


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


@pytest.fixture(scope="module")
def own():
    words, labels = hidden_words(bp.treebank()[:12])
    return words, labels


def test_knowledge_is_what_a_sentence_adds_to_the_mean_prediction_of_others(tiny):
    found = erased_knowledge(tiny, WORDS, {"kind": "abab"}, progress=False)
    said = np.array([tiny.predict(one.text, choices=["is"])["probability"].item() for one in WORDS])
    for half in (found.late, ~found.late):
        expected = np.log(said[half]) - np.log(said[~half].mean())
        np.testing.assert_allclose(found.whole[half], expected, atol=1e-4)
    assert found.left_out == 0
    assert set(found.right[0]) <= {0, 1}


def test_a_label_that_is_not_there_is_not_told_and_its_erasure_costs_what_any_does(tiny, own):
    words, _ = own
    chance = {"chance": np.random.default_rng(0).choice(["a", "b"], len(words)).tolist()}
    found = erased_knowledge(tiny, words, chance, progress=False)
    # Three standard errors of a share.
    assert abs(found.told.mean() - found.guessed.mean()) < 3 * np.sqrt(0.25 / len(words))
    np.testing.assert_allclose(found.erased.mean(), found.random.mean(), atol=0.1)
    again = erased_knowledge(tiny, words, chance, progress=False)
    np.testing.assert_array_equal(found.erased, again.erased)


def test_of_a_model_that_knows_nothing_nothing_is_erased(tiny, own):
    found = erased_knowledge(untrained_twin(tiny), *own, progress=False)
    assert not found.learned
    assert not found.erased.any()
    assert not found.rank.any()
    assert found.told.any()


def test_words_that_are_several_tokens_are_left_out_and_counted(tiny):
    more = [*WORDS, HiddenWord("The [MASK] sat.", "hippopotamuses", 4)]
    found = erased_knowledge(tiny, more, {"kind": "ababa"}, progress=False)
    assert (len(found.whole), found.left_out) == (4, 1)
