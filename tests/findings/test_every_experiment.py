"""What must be true of every experiment: it finds what was planted, and never more.

An experiment that is added to the registry adds what it is tried on to `tests.findings.planted.PLANTED`.
"""

import inspect
import json
from dataclasses import replace
from itertools import count

import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.findings.baselines import UNTRAINED_TWIN
from bertviz_plus.findings.primer import primer
from bertviz_plus.findings.registry import EXPERIMENTS
from bertviz_plus.findings.tables import described
from bertviz_plus.findings.verdicts import VERDICTS, combined
from bertviz_plus.measures.comparison import sizes
from bertviz_plus.models.untrained import untrained_twin
from tests.findings.planted import PLANTED

QUICK = {"resamples": 100, "progress": False}
# The half of a claim that training alone decides is an experiment of its own.
BY_KEY = {one.key: one for one in EXPERIMENTS} | {
    f"{one.key}, by training": one.training for one in EXPERIMENTS if one.training
}
OWN_MODEL = [key for key, one in BY_KEY.items() if one.own_model]
# Attention that random weights make peaked looks most like what these claim: more of them are tried.
PEAKED = ("no-op", "redundancy")
every_experiment = pytest.mark.parametrize("key", BY_KEY)
# Where it trains, reading takes seconds.
every_experiment_on_a_model = pytest.mark.parametrize(
    "key", [pytest.param(key, marks=pytest.mark.slow if one.budgets else ()) for key, one in BY_KEY.items()]
)


@pytest.fixture(autouse=True)
def same_clock(monkeypatch):
    """Every pass takes one tick: what a machine takes is never twice the same."""
    monkeypatch.setattr(sizes, "perf_counter", count().__next__)


def finding(key):
    return primer[key.removesuffix(", by training")]


def run(key, model=None, data=None, **options):
    if BY_KEY[key].own_model:
        model = None
    return finding(key).run(model, data, **QUICK | PLANTED[key].options | options)


def has_a_twin(key):
    """Whether an untrained twin is what it is compared with; where it trains, it may start from random
    weights itself."""
    measured = (*BY_KEY[key].measures, *BY_KEY[key].related)
    return any(UNTRAINED_TWIN in one.baselines for one in measured)


def verdicts(result):
    """The verdict, or those of what is measured beside a claim that cannot be decided."""
    return [one.verdict for one in result.related] if is_beside(result) else [result.verdict]


def is_beside(result):
    """Whether what was measured stands beside a claim that it cannot decide."""
    return bool(result.related) and not result.comparisons


def without_the_twin(result):
    """The verdicts that the same run gives where no untrained twin is measured."""

    def fewer(one):
        left = {name: level for name, level in one.baselines.items() if name != UNTRAINED_TWIN.name}
        return replace(one, baselines=left).verdict

    if is_beside(result):
        return [fewer(one) for one in result.related]
    left = combined([fewer(one) for one in result.comparisons])
    # What an experiment doubts is inconclusive, where by its numbers it would fail.
    doubted = left == "fails" and result.verdict != combined([one.verdict for one in result.comparisons])
    return [result.verdict if doubted else left]


def test_every_experiment_has_what_it_is_tried_on():
    assert set(PLANTED) == set(BY_KEY)
    for key, experiment in BY_KEY.items():
        assert len(PLANTED[key].failing) == len(experiment.needs), key
        assert has_a_twin(key) or experiment.budgets, key
        assert all(one.baselines for one in (*experiment.measures, *experiment.related)), key


@pytest.mark.parametrize("key", [key for key, one in BY_KEY.items() if one.budgets])
def test_every_experiment_that_trains_says_what_it_may_spend(key):
    quick, full = (BY_KEY[key].budgets[name] for name in ("quick", "full"))
    assert set(quick.amounts) == set(full.amounts)
    # Three are the fewest whose spread means anything.
    assert full.seeds >= 3
    assert quick.seeds >= 2
    assert all(full[name] >= quick[name] for name in quick.amounts)
    assert PLANTED[key].options["budget"].seeds >= 2
    assert str(quick) in BY_KEY[key].rule


@pytest.mark.slow
@pytest.mark.parametrize("key", [key for key in BY_KEY if PLANTED[key].shuffled])
def test_shuffled_labels_never_hold(tiny, key):
    for seed in range(2):
        result = run(key, tiny, PLANTED[key].shuffled(seed), seed=seed, untrained=False)
        assert not {"holds", "not testable"} & set(verdicts(result)), result


@every_experiment
@pytest.mark.parametrize("seed", range(3))
def test_what_was_planted_holds(key, seed):
    result = run(key, data=PLANTED[key].signal(seed), seed=seed)
    assert set(verdicts(result)) == {"holds"}, result
    for number, one in enumerate((*result.comparisons, *result.related)):
        assert one.number > (PLANTED[key].beside if number else 0.95)


@every_experiment
@pytest.mark.parametrize("seed", range(8))
def test_vectors_that_know_nothing_never_hold(key, seed):
    result = run(key, data=PLANTED[key].noise(seed), seed=seed)
    assert "holds" not in verdicts(result), result
    assert "not testable" not in verdicts(result)


@pytest.mark.parametrize(
    ("key", "seed"),
    [
        pytest.param(key, seed, marks=pytest.mark.slow if seed > 1 or BY_KEY[key].budgets else ())
        for key in BY_KEY
        if key not in OWN_MODEL
        for seed in range(10 if key in PEAKED else 2)
    ],
)
def test_a_randomly_initialised_model_never_holds(tiny, key, seed):
    for model in PLANTED[key].models(tiny.tokenizer, seed):
        result = run(key, model, PLANTED[key].texts(), seed=seed)
        for found in (verdicts(result), without_the_twin(result)):
            assert not {"holds", "not testable"} & set(found), (model.info.architecture, result)
        asked = (*BY_KEY[key].measures, *BY_KEY[key].related)
        for one, found in zip(asked, (*result.comparisons, *result.related), strict=True):
            assert UNTRAINED_TWIN.name in found.baselines or UNTRAINED_TWIN not in one.baselines


@pytest.mark.slow
@pytest.mark.parametrize("key", OWN_MODEL)
def test_models_that_were_hardly_trained_never_hold(key):
    for seed in range(2):
        result = run(key, data=PLANTED[key].texts(), seed=seed)
        assert not {"holds", "not testable"} & set(verdicts(result)), result


@pytest.mark.parametrize("key", OWN_MODEL)
def test_a_model_is_refused_where_models_are_trained_from_scratch(tiny, key):
    if not key.endswith(", by training"):
        with pytest.raises(TypeError, match=rf"model must be left out: finding '{key}' trains models of its"):
            primer[key].run(tiny)


@every_experiment_on_a_model
def test_the_twin_of_a_trained_model_never_holds(tiny, key):
    result = run(key, untrained_twin(tiny, seed=1), PLANTED[key].texts(), untrained=False)
    assert not {"holds", "not testable"} & set(verdicts(result)), result


@every_experiment_on_a_model
def test_without_a_twin_the_other_baselines_and_numbers_stay(tiny, key):
    data = PLANTED[key].texts()
    result, alone = run(key, tiny, data), run(key, tiny, data, untrained=False)
    assert verdicts(alone) == without_the_twin(result)
    for one, other in zip(
        (*result.comparisons, *result.related), (*alone.comparisons, *alone.related), strict=True
    ):
        assert other.interval == one.interval
        assert set(one.baselines) - set(other.baselines) == {UNTRAINED_TWIN.name} & set(one.baselines)


@every_experiment
def test_too_few_items_give_no_number(key):
    result = run(key, data=PLANTED[key].few)
    experiment = BY_KEY[key]
    assert result.verdict == ("not testable" if experiment.undecided else "inconclusive")
    assert result.number is None
    assert result.comparisons == result.related == ()
    few = result.provenance[f"{experiment.items} measured"]
    assert f"{few} {experiment.items}" in result.reason
    assert ("Nor was anything else measured" in result.reason) == bool(experiment.undecided)
    with pytest.raises(ValueError, match="there is nothing to show"):
        result.show()


@pytest.mark.parametrize(
    ("key", "number"), [(key, number) for key, one in BY_KEY.items() for number in range(len(one.needs))]
)
def test_a_precondition_that_fails_is_not_testable_with_its_sentence(tiny, key, number):
    model, data = PLANTED[key].failing[number]
    model = model(tiny)
    result = run(key, model, data())
    assert result.verdict == "not testable"
    said = BY_KEY[key].needs[number].said(model.info.architecture if model else "the model")
    assert said.casefold() in result.reason.casefold()
    assert result.number is None
    assert result.comparisons == result.related == ()
    with pytest.raises(ValueError, match="there is nothing to show"):
        result.show()


@every_experiment_on_a_model
def test_the_same_seed_gives_the_same_numbers(tiny, key):
    data = PLANTED[key].texts()
    first, second = (run(key, tiny, data, seed=4) for _ in range(2))
    assert first.to_json() == second.to_json()
    other = run(key, tiny, data, seed=5, untrained=False)
    assert [one.interval for one in (*other.comparisons, *other.related)] != [
        one.interval for one in (*first.comparisons, *first.related)
    ]


@every_experiment_on_a_model
@pytest.mark.parametrize("passes", [1, 2])
def test_an_interrupt_leaves_nothing_behind(key, passes):
    model, data = bp.load("bert-tiny"), PLANTED[key].texts()
    first = next(one for one in model.hf.modules() if type(one).__name__ == "BertLayer")
    calls = []

    def interrupt(module, arguments):
        # Who trains runs a copy.
        if module is first or (BY_KEY[key].budgets and isinstance(module, type(first))):
            calls.append(module)
            if len(calls) == passes:
                raise KeyboardInterrupt

    def state():
        hooks = [len(one._forward_hooks) + len(one._forward_pre_hooks) for one in model.hf.modules()]
        return hooks, model.hf.training, model.hf.config._attn_implementation

    before, drawn = state(), torch.get_rng_state()
    weights = [parameter.detach().clone() for parameter in model.hf.parameters()]
    hook = torch.nn.modules.module.register_module_forward_pre_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        # A model that reads everything in one pass is stopped in its second run.
        [run(key, model, data, untrained=False) for _ in range(passes)]
    hook.remove()
    assert state() == before
    assert torch.equal(torch.get_rng_state(), drawn)
    assert all(torch.equal(*both) for both in zip(weights, model.hf.parameters(), strict=True))
    assert run(key, model, data).to_json() == run(key, bp.load("bert-tiny"), data).to_json()


@every_experiment
def test_it_is_said_where_everything_came_from(tiny, key):
    result = run(key, tiny, PLANTED[key].texts(), seed=3)
    provenance = json.loads(result.to_json())["provenance"]
    if key in OWN_MODEL:
        assert provenance["model"]["id"] == "lab"
    else:
        assert provenance["model"]["id"] == "bert-tiny"
        assert len(provenance["model"]["weights_hash"]) == 64
        assert "transformers" in provenance["model"]["versions"]
    assert provenance["data"]["name"]
    assert len(provenance["data"]["sha256"]) == 64
    assert provenance["seed"] == 3
    options = {"untrained": True, "resamples": 100}
    options |= {one.name: one.default for one in BY_KEY[key].options if one.matters}
    if BY_KEY[key].budgets:
        options["budget"] = "your own"
        assert (
            provenance["budget"]["seeds"] == len(provenance["seeds"]) == PLANTED[key].options["budget"].seeds
        )
        assert {"kind", "cores"} == set(provenance["machine"])
        assert "torch" in provenance["versions"]
    assert provenance["options"] == options
    assert provenance["versions"]["bertviz-plus"] == bp.__version__
    assert provenance[f"{BY_KEY[key].items} measured"] >= 20
    chosen = next(value for name, value in provenance.items() if name.endswith("s chosen"))
    # Two halves; and layer 0 is a baseline.
    assert len(chosen) == 2
    assert 0 not in chosen
    assert ("is best on the other half" in " ".join(result.notes)) == PLANTED[key].chooses
    assert result.published == finding(key).published
    assert result.papers == finding(key).papers


@every_experiment
def test_the_view_opens_at_the_layer_that_was_chosen(key):
    result = run(key, data=PLANTED[key].signal(0))
    view = result.show()
    # A chart has every layer.
    if "hidden layers chosen" in result.provenance and not hasattr(view, "to_dict"):
        assert view.hidden_layer == result.provenance["hidden layers chosen"][0]
    assert len(result.details)


@every_experiment
def test_the_rule_is_written_from_the_margins_that_are_applied(key):
    experiment, rule = BY_KEY[key], BY_KEY[key].rule
    for verdict in VERDICTS:
        assert verdict in rule, verdict
    result = run(key, data=PLANTED[key].signal(0))
    assert result.rule == rule
    stated = (*experiment.measures, *experiment.related)
    for one, measured in zip((*result.comparisons, *result.related), stated, strict=True):
        assert one.margin == measured.margin
        assert one.at_least == measured.fewest
        assert f"the {one.measure}" in rule
        assert f"more than {described(one.margin)}" in rule
        assert f"fewer than {one.at_least} {experiment.items}" in rule
    if not experiment.undecided:
        for need in experiment.needs:
            assert need.said().split(";")[0] in rule


@every_experiment
def test_every_baseline_says_what_it_is(key):
    result = run(key, data=PLANTED[key].signal(0))
    for one in (*result.comparisons, *result.related):
        for name in one.baselines:
            assert one.glosses[name], name
            assert name in BY_KEY[key].baseline


@pytest.mark.parametrize(
    ("key", "arguments", "error", "message"),
    [(key, *one) for key, tried in PLANTED.items() for one in tried.refused],
)
def test_what_cannot_be_used_is_refused(key, arguments, error, message):
    with pytest.raises(error, match=message):
        finding(key).run(**arguments)


@every_experiment
def test_arguments_of_all_are_checked(key):
    signal, texts = PLANTED[key].signal(0), PLANTED[key].texts()
    with pytest.raises(ValueError, match="resamples must be a whole number from 10 on"):
        finding(key).run(data=signal, resamples=1)
    if key not in OWN_MODEL:
        with pytest.raises(
            TypeError, match="model must be given where data are sentences; without one, data must"
        ):
            primer[key].run(data=texts)
    with pytest.raises(TypeError, match=rf"finding '{BY_KEY[key].key}' takes .*; got 'wrod'"):
        finding(key).run(data=signal, wrod="bank")


@every_experiment
def test_its_file_says_what_is_measured_and_is_short(key):
    kind = type(BY_KEY[key])
    assert len(inspect.getdoc(kind) or "") > 200
    assert len(inspect.getsource(inspect.getmodule(kind)).splitlines()) <= 240
