"""A task's loss around a tuned model is that of the models there, and no model is touched."""

import numpy as np
import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.models.untrained import untrained_twin
from bertviz_plus.training import task_surface
from bertviz_plus.training.fitting import score
from bertviz_plus.training.task_surface import drawn_examples, each_loss
from bertviz_plus.training.until_loss import tuned_until

SURFACE = {"points": 5, "examples": 12, "progress": False}


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


@pytest.fixture(scope="module")
def task():
    whole = bp.tasks["sentiment"]
    some = {name: whole.sets[name].take(range(n)) for name, n in (("train", 48), ("dev", 12), ("test", 4))}
    return bp.Task("sentiment", **some)


@pytest.fixture(scope="module")
def tuned(tiny, task):
    return bp.fine_tune(tiny, task, epochs=3, learning_rate=3e-3, keep="last", way=True, progress=False)


def weights(model):
    return {name: one.detach().clone() for name, one in model.hf.named_parameters()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in other)


def loss_at(surface, place):
    return float(surface.losses[surface.axes[0] == place].item())


def test_at_0_and_1_are_the_losses_of_start_and_tuned_model(tuned, task):
    before = weights(tuned.model), weights(tuned.base)
    line = bp.loss_surface(tuned, task, **SURFACE)
    examples = drawn_examples(tuned.model, task, 12, 0)
    for place, model in ((0.0, tuned.start()), (1.0, tuned.model)):
        assert loss_at(line, place) == pytest.approx(score(model, examples)[0], abs=1e-6)
    assert same(before[0], weights(tuned.model))
    assert same(before[1], weights(tuned.base))
    assert (line.start, line.end) == ("start", "tuned")
    assert line.details["examples"] == 12


def test_a_pair_of_models_gives_the_same_line(tuned, task):
    pair = bp.loss_surface((tuned.start(), tuned.model), task, **SURFACE)
    np.testing.assert_array_equal(pair.losses, bp.loss_surface(tuned, task, **SURFACE).losses)


def test_the_plane_of_training_holds_its_trajectory_and_the_model(tuned, task):
    plane = bp.loss_surface(tuned, task, dimensions=2, **SURFACE)
    assert len(plane.trajectory) == 4
    assert plane.trajectory[-1].tolist() == [0, 0]
    middle = plane.losses[plane.axes[1] == 0, plane.axes[0] == 0].item()
    examples = drawn_examples(tuned.model, task, 12, 0)
    assert middle == pytest.approx(each_loss(tuned.model, examples).mean(), abs=1e-6)
    assert sum(plane.details["variance of the way"]) > 0.5


def test_random_directions_go_through_the_model(tuned, task):
    own = {"along": "random", **SURFACE}
    for surface in (bp.loss_surface(tuned, task, **own), bp.loss_surface(tuned.model, task, **SURFACE)):
        assert surface.names == ("random direction",)
        assert loss_at(surface, 0.0) == loss_at(bp.loss_surface(tuned.model, task, **SURFACE), 0.0)
    plane = bp.loss_surface(tuned, task, dimensions=2, along="random", **SURFACE)
    assert not len(plane.trajectory)
    other = bp.loss_surface(tuned, task, dimensions=2, along="random", seed=1, **SURFACE)
    assert not np.array_equal(plane.losses, other.losses)


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("after", [1, 3, 7])
def test_an_interrupt_at_any_point_leaves_all_weights(tuned, task, monkeypatch, dimensions, after):
    before, calls, own = weights(tuned.model), [], task_surface.losses_of

    def interrupted(*given, **options):
        calls.append(1)
        if len(calls) == after:
            raise KeyboardInterrupt
        return own(*given, **options)

    monkeypatch.setattr(task_surface, "losses_of", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bp.loss_surface(tuned, task, dimensions=dimensions, **SURFACE | {"points": 9})
    assert same(before, weights(tuned.model))


def test_examples_of_ones_own_and_adapters(tiny, task):
    tuned = bp.fine_tune(tiny, task, adapter="lora", steps=4, progress=False)
    line = bp.loss_surface(tuned, task.dev, **SURFACE)
    examples = drawn_examples(tuned.model, task.dev, 12, 0)
    assert loss_at(line, 1.0) == pytest.approx(each_loss(tuned.model, examples).mean(), abs=1e-6)


def test_words_have_a_surface(tiny):
    whole = bp.tasks["pos"]
    parts = {name: getattr(whole, name).take(range(4)) for name in ("train", "dev", "test")}
    pos = bp.Task("pos", **parts, label_names=whole.label_names)
    tuned = bp.fine_tune(tiny, pos, steps=2, progress=False)
    assert np.isfinite(bp.loss_surface(tuned, pos, **SURFACE).losses).all()


def test_what_is_saved_is_read(tuned, task, tmp_path):
    plane = bp.loss_surface(tuned, task, dimensions=2, **SURFACE)
    plane.save(tmp_path / "plane")
    again = bp.LossSurface.load(tmp_path / "plane")
    np.testing.assert_array_equal(again.losses, plane.losses)
    np.testing.assert_array_equal(again.trajectory, plane.trajectory)
    assert again.details == plane.details


@pytest.mark.parametrize(
    ("given", "options", "error", "said"),
    [
        ("tiny", {}, TypeError, "tuned must be Tuned, a Model, or a pair of Models"),
        (None, {"dimensions": 3}, ValueError, "dimensions must be 1 or 2, got 3"),
        (None, {"along": "up"}, ValueError, "along must be 'training' or 'random', got 'up'"),
        (None, {"examples": 0}, ValueError, "examples must be a whole number from 1 on, got 0"),
        (None, {"points": 2}, ValueError, "points must be at least 3, got 2"),
        ("model", {"along": "training"}, ValueError, "it takes a start and an end"),
        (
            "without a way",
            {"along": "training", "dimensions": 2},
            ValueError,
            r"it takes two epochs of fine_tune\(model, task, way=True\)",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(tiny, tuned, task, given, options, error, said):
    what = {None: tuned, "tiny": "tiny", "model": tuned.model}.get(given)
    if what is None:
        what = bp.fine_tune(tiny, task, steps=1, progress=False)
    with pytest.raises(error, match=said):
        bp.loss_surface(what, task, **SURFACE | options)
    with pytest.raises(TypeError, match="task must be a Task or Examples"):
        bp.loss_surface(tuned, ["a text"], **SURFACE)


def test_training_ends_where_the_examples_are_known(tiny, task):
    few = task.train.take(range(24))
    before = weights(tiny)
    losses = []
    for wanted, steps in ((0.3, 200), (0.0, 6)):
        start, tuned = tuned_until(tiny, task, few, wanted, steps=steps, learning_rate=1e-3)
        losses.append(score(tuned, drawn_examples(tuned, few, 24, 0))[0])
        assert same(weights(start), weights(tuned_until(tiny, task, few, 9.0, steps=2)[0]))
    assert 0.02 < losses[0] <= 0.3 < losses[1]
    assert same(before, weights(tiny))
    # The same seed, another random start.
    other = tuned_until(untrained_twin(tiny), task, few, 9.0, steps=2)[0]
    head = [name for name in weights(other) if name.startswith("classifier")]
    assert same(weights(other), {name: weights(start)[name] for name in head})
