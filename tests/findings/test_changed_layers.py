"""What the numbers of findings 6 and 12 rest on: changes of layers, their rivals, and what is read."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.findings.changed_layers import SHUFFLED, final_layers
from bertviz_plus.models.untrained import untrained_twin
from tests.findings.planted_changes import SMALL_BUDGET, changed
from tests.findings.planted_tuned import small_task

KEYS = ["unlearning", "task-layers"]


def run(key, data, **options):
    return bp.primer[key].run(data=data, resamples=200, progress=False, **options)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("rival", ["others", "between", "shuffled"])
def test_each_rival_alone_keeps_the_claim_from_holding(key, rival):
    assert run(key, changed(0.5, 0.1)).verdict == "holds"
    levels = {"others": 0.1} | {rival: 0.5}
    result = run(key, changed(0.5, **levels))
    assert result.verdict != "holds"


@pytest.mark.parametrize("key", KEYS)
def test_a_model_that_has_not_learned_the_task_decides_nothing(key):
    result = run(key, changed(0.5, 0.1, right=0.17))
    assert result.verdict == "inconclusive"
    assert "the task was not learned" in result.reason.lower()


def test_a_layer_is_chosen_on_the_other_half():
    runs = changed(0.5, 0.1, right=0.5)
    # In each half another layer would help: chosen on the other half, neither does.
    late = np.arange(200) % 2 == 1
    without = runs.numbers["right_without"]
    without[..., 0], without[..., 1] = late, ~late
    related = {one.name: one for one in run("unlearning", runs).related}
    assert related["gain without a layer's heads"].number < -0.3


def test_the_final_layers_are_the_last_sixth():
    assert [final_layers(n).start for n in (2, 6, 12, 24)] == [1, 5, 10, 20]


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_a_training_reads_changes_and_leaves_the_model_as_it_was(key):
    model = bp.load("bert-tiny")
    before = {name: one.clone() for name, one in model.hf.state_dict().items()}
    finding = bp.primer[key]
    result = finding.run(
        model, small_task(), budget=SMALL_BUDGET, resamples=100, untrained=False, progress=False
    )
    runs = result.runs
    layers = 3 if key == "task-layers" else 2
    assert runs.numbers["change"].shape == (2, 2, 40, layers)
    assert np.isnan(runs.numbers["between"][runs.conditions.index(SHUFFLED)]).all()
    assert np.isfinite(runs.numbers["between"][0]).all()
    # Nothing changes the embeddings as much as it changes the layers above.
    assert runs.numbers["change"][0].mean(axis=(0, 1)).argmax() == layers - 1
    assert all((before[name] == one).all() for name, one in model.hf.state_dict().items())
    assert len(result.details) == layers
    assert result.show() is not None


@pytest.mark.parametrize("key", KEYS)
def test_a_model_has_not_changed_from_itself_and_has_from_its_twin(key):
    model = bp.load("bert-tiny")
    experiment, texts = (
        bp.primer[key].experiment,
        ["The cat sat.", "It slept.", "Dogs bark at night.", "Yes."],
    )
    np.testing.assert_allclose(experiment.changes(model, model, texts), 0, atol=1e-6)
    assert experiment.changes(model, untrained_twin(model), texts).mean(axis=0)[-1] > 0.05
