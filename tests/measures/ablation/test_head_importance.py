"""What each head matters to a task: beside finite differences, single passes and removal."""

import numpy as np
import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.measures.ablation.halved import halved_model
from bertviz_plus.measures.ablation.head_ablation import ablation_losses
from bertviz_plus.measures.ablation.head_importance import gradient_scores
from bertviz_plus.measures.ablation.pruning import layers_in_order, outcome, without_layers
from bertviz_plus.models.passes.pass_change import ScaledHeads
from bertviz_plus.models.predictions.task_loss import examples_of, losses_of
from bertviz_plus.models.untrained import untrained_twin
from tests.models.architectures import FALLBACK, wrapped

TEXTS = ["The cat sat on the mat, and slept.", "A dog lay on the rug.", "Rain fell.", "She read a book."]


def in_double(model):
    """The same model in double precision, where rounding is far below what is compared."""
    exact = bp.wrap(type(model.hf)(model.hf.config).eval(), model.tokenizer)
    exact.hf.load_state_dict(model.hf.state_dict())
    exact.hf.double()
    return exact


@pytest.mark.parametrize("name", ["tiny", "classifier", "GPT-2"])
def test_importance_is_what_finite_differences_say(request, name):
    model = wrapped(name, head=True) if name == "GPT-2" else request.getfixturevalue(name)
    task = (TEXTS, ["dull", 1, 0, "bright"]) if name == "classifier" else TEXTS
    exact = in_double(model)
    for one in examples_of(exact, task)[:2]:
        found = gradient_scores(exact, [one])[0][0]

        def loss(layer, head, factor, one=one, shape=found.shape):
            factors = torch.ones(1, *shape, dtype=torch.float64)
            factors[0, layer, head] = factor
            return losses_of(exact, [one], change=ScaledHeads(factors)).loss.item()

        for layer, head in np.ndindex(found.shape):
            difference = abs(loss(layer, head, 1.001) - loss(layer, head, 0.999)) / 0.002
            assert found[layer, head] == pytest.approx(difference, rel=0.01, abs=1e-7)


def test_examples_scored_together_are_examples_scored_one_by_one(tiny):
    examples = examples_of(tiny, TEXTS)
    each = [gradient_scores(tiny, [one]) for one in examples]
    alone = [np.concatenate(found) for found in zip(*each, strict=True)]
    for together, expected in zip(gradient_scores(tiny, examples), alone, strict=True):
        np.testing.assert_allclose(together, expected, rtol=1e-4, atol=1e-7)


def test_a_model_with_nothing_to_lose_is_not_halved(tiny):
    halved = halved_model(untrained_twin(tiny), TEXTS, progress=False)
    assert not halved.learned
    assert np.isfinite(halved.whole).all()
    assert np.isnan([halved.heads, halved.random, *halved.layers]).all()
    halved = halved_model(tiny, TEXTS, progress=False)
    assert halved.learned
    assert np.isfinite([halved.heads, halved.random, *halved.layers]).all()


def test_heads_ablated_together_are_heads_ablated_one_by_one(tiny):
    exact = in_double(tiny)
    example = examples_of(exact, TEXTS)[0]
    loss, ablated = ablation_losses(exact, example)
    assert loss == pytest.approx(losses_of(exact, [example]).loss.item(), abs=1e-6)
    for layer, head in np.ndindex(ablated.shape):
        with exact.intervene(bp.Ablate([(layer, head)])):
            assert ablated[layer, head] == pytest.approx(losses_of(exact, [example]).loss.item(), abs=1e-6)


def test_gradient_times_attention_is_that_of_the_attention_gradient(tiny):
    example = examples_of(tiny, TEXTS)[0]
    gradient = bp.attention_gradient(tiny, TEXTS[0])
    expected = np.abs(gradient.gradient * gradient.attention).sum((2, 3))
    np.testing.assert_allclose(gradient_scores(tiny, [example])[1][0], expected, rtol=1e-3)


def test_the_table_has_a_row_for_each_head_and_an_interval_around_each_mean(tiny):
    table = bp.head_importance(tiny, TEXTS, progress=False)
    assert table[["layer", "head"]].values.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    for name in ("importance", "gradient_attention", "ablation"):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()
    np.testing.assert_allclose((table["normalised"] ** 2).groupby(table["layer"]).sum(), 1)
    assert bp.head_importance(tiny, TEXTS, progress=False).equals(table)
    assert list(bp.head_importance(tiny, TEXTS, methods=["ablation"], progress=False))[2] == "ablation"


def test_a_pruning_curve_begins_at_the_whole_model_and_ends_without_any_head(tiny):
    curve = bp.prune_curve(tiny, TEXTS, seeds=2, progress=False)
    whole = curve.table[curve.table["number"] == 0]
    # Eager attention and the model's own add up in another order.
    np.testing.assert_allclose(whole["loss"], whole["loss"].iloc[0], rtol=1e-6)
    heads = curve.table[curve.table["removed"] == "heads"]
    last = heads[heads["share"] == 1]
    assert last["loss"].nunique() == 1
    assert last["loss"].iloc[0] != whole["loss"].iloc[0]
    layers = curve.table[curve.table["removed"] == "layers"]
    assert layers["seconds"].gt(0).all()
    block = sum(one.numel() for one in tiny.hf.bert.encoder.layer[0].parameters())
    assert layers[layers["number"] == 1]["parameters"].unique().tolist() == [block]
    assert heads[heads["number"] == 4]["parameters"].unique().tolist() == [2 * 4 * 128 * 128]
    drawn = bp.charts.pruning(curve.table).to_dict()
    assert len(drawn["hconcat"]) == 2
    assert bp.charts.pruning(curve.table, measure="loss").to_dict()
    with pytest.raises(ValueError, match="measure must be one of 'score', 'loss', got 'f1'"):
        bp.charts.pruning(curve.table, measure="f1")


def test_a_layer_that_goes_is_a_layer_that_is_gone(tiny):
    exact, short = in_double(tiny), in_double(tiny)
    examples = examples_of(exact, TEXTS)
    gone = layers_in_order("top", 2)[:1]
    del short.hf.bert.encoder.layer[gone[0]]
    expected = outcome(short, examples)
    np.testing.assert_allclose(outcome(exact, examples, without_layers(gone)), expected, atol=1e-6)


def test_what_cannot_be_used_is_refused(tiny, classifier):
    with pytest.raises(ValueError, match=r"methods must name some of importance, .*, got shap"):
        bp.head_importance(tiny, TEXTS, methods=["shap"])
    for wrong in ("a text", [], 3):
        with pytest.raises(TypeError, match=r"task must be a list of texts, or \(texts, labels\)"):
            bp.head_importance(tiny, wrong)
    with pytest.raises(ValueError, match="labels must be among the model's, dull, bright, got 'good'"):
        bp.head_importance(classifier, (["a"], ["good"]))
    with pytest.raises(ValueError, match="a label for each of 2 texts, got 1"):
        bp.head_importance(classifier, (["a", "b"], [0]))
    with pytest.raises(ValueError, match="model must have"):
        bp.head_importance(bp.load(), TEXTS)
    with pytest.raises(ValueError, match="cannot be changed: it does not follow"):
        bp.head_importance(wrapped(FALLBACK[0], head=True), TEXTS)
    with pytest.raises(ValueError, match="task must have at least two texts"):
        bp.prune_curve(tiny, TEXTS[:1])
    with pytest.raises(TypeError, match="model must be a bertviz_plus model"):
        bp.prune_curve("bert-tiny", TEXTS)
