"""A model that is asked sentence after sentence says what `predict`, `lens` and `attribute` say."""

import re

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.predictions.edits import edited
from bertviz_plus.measures.predictions.perturbations import NothingToChangeError
from bertviz_plus.measures.predictions.questions import Asker, _by_word

ROBIN = "A robin is not a [MASK]."


@pytest.fixture(scope="module")
def model() -> bp.Model:
    return bp.load("bert-tiny")


@pytest.fixture(scope="module")
def asked(model: bp.Model) -> bp.Asked:
    return Asker(model).ask(ROBIN, progress=False)


def test_it_predicts_what_the_model_predicts(model: bp.Model, asked: bp.Asked) -> None:
    assert {one.edits for one in asked.answers} > {(), ("negate",), ("shuffle",)}
    for one in asked.answers:
        frame = model.predict(one.text, top=10)
        assert list(one.choices) == frame["answer"].tolist()
        np.testing.assert_allclose(one.probabilities, frame["probability"], rtol=1e-4)


def test_the_same_words_are_found_before_and_after(model: bp.Model, asked: bp.Asked) -> None:
    everything = {
        one.text: model.predict(one.text, top=None).set_index("answer") for one in asked.answers[:3]
    }
    before = everything[ROBIN]
    for one in asked.answers[1:3]:
        after = everything[one.text]
        for k, choice in enumerate(asked.first.choices):
            assert one.ranks_of_first[k] == after.loc[choice, "rank"] - 1
            assert one.probabilities_of_first[k] == pytest.approx(after.loc[choice, "probability"], rel=1e-4)
        for k, choice in enumerate(one.choices):
            assert one.ranks_before[k] == before.loc[choice, "rank"] - 1
            assert one.probabilities_before[k] == pytest.approx(before.loc[choice, "probability"], rel=1e-4)


def test_the_lens_is_the_models(model: bp.Model, asked: bp.Asked) -> None:
    frame = model.lens(ROBIN, top=1)
    assert list(asked.first.lens_first) == frame["answer"].tolist()
    np.testing.assert_allclose(asked.first.lens_first_probabilities, frame["probability"], rtol=1e-4)
    np.testing.assert_allclose(asked.first.lens[-1], asked.first.probabilities, rtol=1e-4)


def test_words_mattered_as_attribute_says(model: bp.Model, asked: bp.Asked) -> None:
    for one in asked.answers[:2]:
        found = bp.attribute(model, one.text, target=one.target)
        for name, scores in one.attributions.items():
            np.testing.assert_allclose(scores, found.scores[found.methods.index(name)], atol=1e-4)
    assert "integrated_gradients" in asked.first.attributions
    assert len(asked.answers[1].attributions) == 4


def test_scores_of_pieces_are_summed_over_the_words_that_are_seen() -> None:
    units, scores = ("isn", "'", "t", "it", "two", "-", "way", "?"), np.arange(8.0)
    assert _by_word("Isn't it two-way?".lower(), "", units, scores).tolist() == [3, 3, 15, 7]


REFUSED = [
    ("A robin.", "must hold the mask token '[MASK]'"),
    ("[MASK] is [MASK].", "text must have one [MASK], got 2: '[MASK] is [MASK].'"),
    ("A <mask>.", "its mask is '[MASK]'"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED)
def test_a_sentence_that_cannot_be_asked_is_refused(model: bp.Model, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        Asker(model).first(text)


def test_a_target_that_is_no_token_is_refused(model: bp.Model) -> None:
    with pytest.raises(ValueError, match="target must be one token"):
        Asker(model).check_target(ROBIN, "zzzq")


def test_a_model_without_a_head_is_refused() -> None:
    with pytest.raises(ValueError, match="model must have one of these heads: masked-LM, causal-LM, classes"):
        Asker(bp.load())


EDITED = [
    (["1=penguin", "negate"], "A penguin is a [MASK].", ("robin → penguin", "“not” removed")),
    (["3="], "A robin is a [MASK].", ("not left out",)),
    (["1=small brown bird"], "A small brown bird is not a [MASK].", ("robin → small brown bird",)),
    ([], ROBIN, ()),
]


@pytest.mark.parametrize(("edits", "text", "said"), EDITED)
def test_edits_follow_each_other(edits: list[str], text: str, said: tuple[str, ...]) -> None:
    assert edited(ROBIN, edits) == (text, said)


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        (["9=x"], "edits must name words 0..6"),
        (["5=x"], "edits must leave the mask, word 5"),
        (["reverse"], "edits must be among 'negate'"),
        (["negate", "drop object"], "the mask is in it"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(edits: list[str], says: str) -> None:
    with pytest.raises((ValueError, NothingToChangeError), match=re.escape(says)):
        edited(ROBIN, edits)
