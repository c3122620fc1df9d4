"""Linear probes of every layer find what was planted where it was, and say what that is worth."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.probes.online_code import online_code
from bertviz_plus.measures.probes.scalar_mix import expected_layer, fit_mix, standardised
from bertviz_plus.traces.probe_task import ProbeTask
from tests.findings.planted_probes import labelled

QUICK = {"resamples": 50, "progress": False}


@pytest.mark.parametrize("layer", [1, 3])
def test_a_label_planted_at_a_layer_is_best_and_weighs_most_there(layer):
    task, vectors = labelled(3, at=[layer])
    probed = bp.probe_layers(vectors, task, **QUICK)
    assert probed.best_layer == layer
    row = probed.table.set_index("hidden_layer").loc[layer]
    assert row["accuracy"] > 0.95
    assert row["selectivity"] > 0.3
    assert row["compression"] > 2
    assert int(np.argmax(probed.mix.weights)) == layer
    assert abs(probed.mix.centre - layer) < 0.6
    assert probed.mix.divergence > 0.7
    low, high = probed.mix.centre_interval
    assert low <= probed.mix.centre <= high
    assert probed.mix.expected_layer == pytest.approx(layer, abs=0.3)


def test_layers_that_are_all_the_same_weigh_the_same():
    task, vectors = labelled(3, at=[0], layers=1)
    same = standardised(np.repeat(vectors.vectors, 5, axis=0), np.arange(len(task)))
    mix = fit_mix(same, np.array(task.labels, int))
    assert mix.centre == pytest.approx(2, abs=1e-6)
    assert mix.divergence == pytest.approx(0, abs=1e-9)


def test_noise_is_told_no_better_than_the_most_frequent_label():
    task, vectors = labelled(0, n=100)
    probed = bp.probe_layers(vectors, task, mix=False, **QUICK)
    assert (probed.table["low"] <= probed.table["majority"]).all()
    assert (probed.table["compression"] < 1.1).all()


def test_the_search_is_reported_and_the_seed_decides(tmp_path):
    task, vectors = labelled(1)
    first, second = (bp.probe_layers(vectors, task, seed=4, **QUICK) for _ in range(2))
    assert first.table.equals(second.table)
    assert first.search.groupby("hidden_layer").size().tolist() == [4] * 5
    best = first.search.loc[first.search.groupby("hidden_layer")["nats"].idxmin(), "strength"]
    assert best.tolist() == first.table["strength"].tolist()
    first.save(tmp_path / "a.probes")
    back = bp.LayerProbes.load(tmp_path / "a.probes")
    assert back.table.equals(first.table)
    assert back.mix == first.mix
    assert repr(back) == repr(first)


def test_a_negative_share_of_a_layer_is_said():
    assert expected_layer([0.5, 0.9, 0.7]) == pytest.approx(0)
    assert np.isnan(expected_layer([0.5, 0.5]))


def test_the_code_costs_no_less_than_a_perfect_one_and_labels_unseen_cost_finitely():
    labels = np.array(["a"] * 50 + ["b"] * 50)
    code = online_code(np.ones((100, 2)), labels, np.arange(100))
    assert np.isfinite(code.nats)
    assert code.uniform == pytest.approx(100 * np.log(2))


def test_tasks_are_taken_from_parses():
    parses = bp.treebank().take(range(30))
    for name in ("pos", "dependency", "number", "tense"):
        task = ProbeTask.from_parses(parses, name)
        assert len(set(task.labels)) > 1
    assert set(ProbeTask.from_parses(parses, "number").labels) == {"Sing", "Plur"}
    assert not any(":" in one for one in ProbeTask.from_parses(parses, "dependency").labels)


# One of the tasks has only words of one label that the tokenizer keeps.
@pytest.mark.filterwarnings("ignore:the tokenizer makes no token of 6 of 12 words")
@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: bp.probe_layers(*labelled(1, kinds=1)[::-1]), ValueError, "must have two labels at least"),
        (lambda: bp.probe_layers(*labelled(1, n=3)[::-1]), ValueError, "in four texts at least"),
        (
            lambda: bp.probe_layers(*labelled(1, n=5, kinds=1000)[::-1]),
            ValueError,
            "as many items to train on as labels at least",
        ),
        (
            lambda: bp.probe_layers(
                bp.load("bert-tiny"),
                ProbeTask.of([(f"a \u200b {n}", [(0, 1), (2, 3)][n % 2], "xy"[n % 2]) for n in range(12)]),
                untrained=False,
            ),
            ValueError,
            "got 1 label, and",
        ),
        (lambda: bp.probe_layers(labelled(1)[1], "pos"), TypeError, "task must be a ProbeTask"),
        (lambda: ProbeTask.of([("a", (0, 2), "x")]), ValueError, r"spans\[0\] must lie in its text"),
        (lambda: ProbeTask.of([("a", 3, "x")]), TypeError, r"items\[0\] must be \(text"),
        (lambda: ProbeTask.from_parses(bp.treebank(), "sense"), ValueError, "name must be one of pos"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_real_model_has_all_its_baselines():
    task = ProbeTask.from_parses(bp.treebank().take(range(20)), "number")
    probed = bp.probe_layers(bp.load("bert-tiny"), task, **QUICK)
    needed = ["accuracy", "majority", "control", "selectivity", "untrained", "nats", "strength"]
    assert probed.table[needed].notna().all(axis=None)
    assert bp.charts.layer_profile(probed.table).to_dict()
    assert bp.charts.mixing_weights(probed.to_frame()).to_dict()
    assert bp.charts.tasks_by_layer(probed.to_frame()).to_dict()
