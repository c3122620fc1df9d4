"""Findings about fine-tuning rest on what they claim, and say where nothing is carried over."""

import numpy as np
import pytest

from bertviz_plus.findings.freezing import _frozen
from bertviz_plus.findings.primer import primer
from tests.findings.planted_tuned import adapted, frozen

QUICK = {"resamples": 200}


def run(key, data):
    return primer[key].run(data=data, **QUICK)


def test_adapters_that_learn_less_than_all_weights_do_not_do_nearly_as_well():
    result = run("adapters", adapted(0.88, everything=0.99, head=0.4))
    assert [one.verdict for one in result.comparisons] == ["holds", "fails"]
    assert result.verdict == "weak"


def test_adapters_as_good_as_all_weights_that_learned_nothing_fail():
    assert run("adapters", adapted(0.4, everything=0.4)).verdict in ("fails", "inconclusive")


def test_a_gain_by_freezing_is_paired_by_example_and_stands_beside_that_at_home():
    result = run("freezing", frozen(0.7, 0.5))
    assert result.verdict == "holds"
    assert result.number == pytest.approx(0.2, abs=0.05)
    assert [one.name for one in result.related] == ["gain in the language of training"]
    assert run("freezing", frozen(0.5, 0.6)).verdict == "fails"


def test_where_nothing_is_carried_over_freezing_has_nothing_to_help():
    runs = frozen(0.3, 0.5)
    object.__setattr__(runs, "data", {**runs.data, "baselines": {"de": {"most frequent label": 0.9}}})
    result = run("freezing", runs)
    assert result.verdict == "inconclusive"
    assert "Nothing is carried over, frozen or not" in result.reason


@pytest.mark.parametrize(("layers", "steps"), [(12, [None, 0, 3, 6, 9]), (6, [None, 0, 2, 3, 4])])
def test_what_is_frozen_goes_by_the_depth(layers, steps):
    ladder = ("nothing", "embeddings", "a quarter", "half", "three quarters")
    assert [_frozen(one, layers) for one in ladder] == steps


@pytest.mark.parametrize("key", ["adapters", "freezing"])
def test_details_have_each_condition_and_are_drawn(key):
    runs = adapted(0.99) if key == "adapters" else frozen(0.6, 0.5)
    result = run(key, runs)
    details = result.details
    means = details.groupby("condition").accuracy.mean()
    place = runs.conditions.index(means.index[0])
    assert means.iloc[0] == pytest.approx(np.mean(runs.numbers["right"][place]), abs=1e-9)
    assert len(result.show().to_dict()["layer"]) == 2
