"""The baselines of a task learn from its training set alone, and from words alone."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.data.examples import Examples


def sample(n, seed, given_away):
    """Pairs whose second text says its label, or says nothing."""
    random = np.random.default_rng(seed)
    labels = tuple(np.where(random.random(n) < 0.7, "no", "yes").tolist())
    second = tuple(f"{label if given_away else 'perhaps'} it does" for label in labels)
    return Examples(tuple(f"text {seed} {place}" for place in range(n)), labels, second)


@pytest.mark.parametrize("given_away", [True, False])
def test_the_second_text_alone_shows_labels_that_are_given_away(given_away):
    task = bp.Task("pairs", *(sample(200, seed, given_away) for seed in range(3)))
    scores = bp.task_baselines(task, resamples=100)
    most = float(np.mean(np.array(task.test.labels) == "no"))
    assert scores.accuracy["most frequent label"] == pytest.approx(most)
    assert scores.accuracy["second text alone"] == pytest.approx(1.0 if given_away else most)


def test_words_in_a_row_count_as_well_as_words():
    def made(n, seed):
        pattern = [("good but not", "bad"), ("not but good", "good")]
        chosen = [pattern[place % 2] for place in range(n)]
        return Examples(tuple(f"{text} {seed} {place}" for place, (text, _) in enumerate(chosen)),
                        tuple(label for _, label in chosen))  # fmt: skip

    task = bp.Task("order", *(made(40, seed) for seed in range(3)))
    assert bp.task_baselines(task, resamples=0).accuracy["bag of words"] == 1


def test_examples_of_one_group_are_drawn_together():
    examples = Examples(tuple(f"text {n}" for n in range(100)), ("x",) * 50 + ("y",) * 50)
    grouped = Examples(examples.texts, examples.labels, groups=(0,) * 50 + (1,) * 50)
    train = Examples(("this", "that", "those"), ("x", "x", "y"))
    task = bp.Task("grouped", train, train, examples, allow_overlap=True)
    apart = bp.task_baselines(task).loc["most frequent label"]
    together = bp.task_baselines(task, grouped).loc["most frequent label"]
    assert apart.accuracy == together.accuracy == 0.5
    assert together.high - together.low == 1
    assert apart.high - apart.low < 0.3


def test_what_is_no_task_is_refused():
    with pytest.raises(TypeError, match="task must be a Task, got str 'sentiment'"):
        bp.task_baselines("sentiment")
    with pytest.raises(ValueError, match="examples must hold texts, as the task does, got words"):
        bp.task_baselines(bp.tasks["topic"], bp.tasks["pos"].test)
