"""Finding 19 scores a student beside its teacher, on sentences of which neither has seen a label."""

from dataclasses import replace

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.comparison.students import student_scores
from bertviz_plus.measures.representations import linear_cka
from bertviz_plus.models.vectors.sentences import sentence_vectors
from bertviz_plus.training.student import student_of
from tests.findings.planted_students import students
from tests.findings.planted_tuned import small_task

QUICK = {"resamples": 100, "progress": False}


def run(runs):
    return bp.primer["compression"].run(data=runs, **QUICK)


@pytest.mark.parametrize("name", ["bert-tiny", "all-MiniLM-L6-v2"])
def test_a_teacher_beside_itself_is_the_same(name):
    model = bp.load(name)
    found = student_scores(model, model, small_task())
    np.testing.assert_array_equal(found["right"], found["teacher_right"])
    assert (found["same"] == 1).all()
    both, own, other = found["alike"].sum(axis=0)
    assert both == pytest.approx(own) == pytest.approx(other)
    assert {len(found[key]) for key in ("right", "same", "alike")} == {40}


def test_a_student_is_scored_by_cka_by_answers_and_by_bytes():
    model, task = bp.load("bert-tiny"), small_task()
    small = student_of(model, (1,))
    found = student_scores(model, small, task)
    x, y = (
        sentence_vectors(one, list(task.test.texts), pooling=["mean"], progress=False)["mean"][-1]
        for one in (small, model)
    )
    both, own, other = found["alike"].sum(axis=0)
    assert both / np.sqrt(own * other) == pytest.approx(linear_cka(x, y, debiased=True))
    assert found["bytes"] == 4 * sum(one.numel() for one in small.hf.parameters())
    agreed = bp.compare(model, small, list(task.test.texts), layers={1: 0}, progress=False).predictions
    assert found["same"].mean() == pytest.approx(agreed.groupby("text")["same"].mean().mean())
    eight = student_scores(model, bp.quantised(model), task)
    assert eight["bytes"] < 0.27 * found["bytes"] * 2
    assert eight["same"].mean() > found["same"].mean()
    assert eight["milliseconds"] > 0
    assert eight["teacher_milliseconds"] > 0


def test_a_student_that_loses_much_does_not_hold_whatever_it_has_learnt():
    assert run(students(0.99)).verdict == "holds"
    lossy = run(students(0.80))
    assert [one.verdict for one in lossy.comparisons] == ["holds", "fails"]
    assert lossy.verdict == "weak"


def test_layers_that_do_as_well_untrained_show_that_distilling_did_nothing():
    result = run(students(0.99, before=0.99))
    assert result.comparisons[0].baseline_name == "copied layers"
    assert result.verdict != "holds"


def test_agreement_stands_beside_and_decides_nothing():
    result = run(students(0.99, alike=0.3))
    assert result.verdict == "holds"
    assert [one.name for one in result.related] == [
        "agreement with the teacher",
        "similarity of hidden states",
        "agreement in 8 bits",
    ]
    assert result.related[1].number == pytest.approx(0.3)
    assert result.related[2].number > 0.98


def test_sizes_are_said_and_shown():
    result = run(students(0.99))
    assert any("distilled 60% of the bytes, 2.0 times as fast" in note for note in result.notes)
    rows = result.details.set_index("condition")
    assert rows.loc["distilled", "megabytes"] == 60
    assert rows.loc["teacher", "cka"] == pytest.approx(1)
    assert rows.loc["teacher in 8 bits", "times_as_fast"] == pytest.approx(1)
    assert len(result.show().layer) == 2


def test_texts_to_distil_on_are_none_of_the_test_set():
    experiment, task = bp.primer["compression"].experiment, small_task()
    inside = replace(task, train=replace(task.train, texts=(*task.train.texts[:-1], "A text of its own.")))
    _, texts = experiment.take(inside, {}).content
    assert "A text of its own." in texts
    assert not set(texts) & set(task.test.texts)
    _, own = experiment.take(None, {}).content
    assert len(own) > 1000
    assert not set(own) & set(bp.tasks["topic"].test.texts)
