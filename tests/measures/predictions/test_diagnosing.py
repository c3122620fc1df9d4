"""What a model puts into blanks: the same as `predict` says, counted as Ettinger counts."""

import json
from pathlib import Path

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.predictions.sensitivity import calibrated_differences, sensitivity_differences
from tests.oracles import check

ORACLE = Path(check.__file__).with_name("lm_diagnostics.json")
SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "lm-diagnostics"


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


@pytest.mark.skipif(not SHARED.is_dir(), reason="Ettinger's stimuli are not beside the repository")
def test_ettingers_reports_are_reproduced_to_the_item(tmp_path):
    assert len(found := check.differences(ORACLE)) == 92
    assert all(one.passes for one in found)
    wrong = json.loads(ORACLE.read_text())
    wrong["prob_rule"] = "p_i=((i*7907+13)%1009)/10090"
    (tmp_path / "lm_diagnostics.json").write_text(json.dumps(wrong))
    assert not all(one.passes for one in check.differences(tmp_path / "lm_diagnostics.json"))
    wrong["prob_rule"] = "p_i=__import__('os').getpid()"
    (tmp_path / "lm_diagnostics.json").write_text(json.dumps(wrong))
    with pytest.raises(ValueError, match="must be arithmetic of i"):
        check.differences(tmp_path / "lm_diagnostics.json")


@pytest.mark.parametrize("name", ["negation", "roles", "agreement", "facts"])
def test_probabilities_and_ranks_are_those_of_predict(tiny, name):
    diagnostic = bp.diagnostic(name)
    diagnostic = bp.Diagnostic(name, diagnostic.questions[40:52])
    frame = bp.diagnose(tiny, diagnostic, top=3, progress=False)
    for question, (_, row) in zip(diagnostic.questions, frame.iterrows(), strict=True):
        text = question.with_article(question.answers[0])
        text += " ." * text.endswith("[MASK]")
        every = tiny.predict(text, top=None)
        every = every[~every["answer"].isin(question.others)].reset_index(drop=True)
        best = every.index[every["answer"].isin(question.answers)].min() + 1
        assert row["rank"] == best
        assert row["hit"] == (best <= 3)
        assert row["predicted"] == tuple(tiny.predict(text, top=3)["answer"])
        text = text.replace(question.with_article(question.answers[0]), question.with_article(row["answer"]))
        own = tiny.predict(text, choices=[row["answer"]])["probability"][0]
        assert row["probability"] == pytest.approx(own, rel=1e-4)


def test_other_right_answers_are_left_out_of_the_ranking(tiny):
    first = tiny.predict("A cobra is a kind of [MASK].", top=1)["answer"][0]
    asked = [
        ("A cobra is a kind of [MASK].", ["snake"], (), "", "", "", "", others) for others in ((), (first,))
    ]
    with_it, without = bp.diagnose(tiny, bp.Diagnostic("x", asked), progress=False)["rank"]
    assert without == with_it - 1


def test_a_word_of_several_pieces_is_left_out_and_said(tiny):
    diagnostic = bp.Diagnostic("x", [("A [MASK].", ["kingfisher"], ["cat"]), ("A [MASK].", ["cat"], ["dog"])])
    frame = bp.diagnose(tiny, diagnostic, progress=False)
    assert np.isnan(frame["probability"][0])
    assert frame["hit"][0] is None
    assert frame.attrs["left_out"] == ["kingfisher"]
    scores = bp.diagnostic_scores(frame)
    assert scores[["compared", "ranked"]].values.tolist() == [[1, 1]]


def test_a_question_is_right_where_its_answer_beats_every_rival():
    diagnostic = bp.Diagnostic("x", [("[MASK]", ["a"], ["b", "c"])] * 2)
    assert (sensitivity_differences(diagnostic, [[0.5, 0.1, 0.3], [0.5, 0.1, 0.7]]) > 0).tolist() == [1, 0]
    with pytest.raises(ValueError, match="probabilities must hold one for each of the words"):
        sensitivity_differences(diagnostic, [[0.5, 0.1]] * 2)


def test_what_cannot_be_asked_is_refused(tiny):
    with pytest.raises(TypeError, match="diagnostic must be a Diagnostic, got str"):
        bp.diagnose(tiny, "negation")
    with pytest.raises(ValueError, match="model must have a masked-LM head"):
        bp.diagnose(bp.load(), bp.diagnostic("negation"))
    with pytest.raises(ValueError, match="top must be"):
        bp.diagnose(tiny, bp.diagnostic("negation"), top=0)
    with pytest.raises(ValueError, match="frame must have the columns"):
        bp.diagnostic_scores(bp.diagnostic("negation").to_frame())


def test_an_answer_that_is_probable_whatever_is_asked_wins_nothing_by_it():
    random = np.random.default_rng(0)
    questions = bp.diagnostic("kinds")
    logs = [random.normal(size=len(one.words)) for one in questions.questions]
    plain = calibrated_differences(questions, [np.exp(one) for one in logs])
    liked = [
        np.exp(own + [5.0 * (word == "bird") for word in one.words])
        for one, own in zip(questions.questions, logs, strict=True)
    ]
    np.testing.assert_allclose(calibrated_differences(questions, liked), plain, atol=1e-9)
    assert not np.allclose(sensitivity_differences(questions, liked) > 0, plain > 0)
