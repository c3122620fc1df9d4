"""A result is checked, and survives JSON."""

import json

import numpy as np
import pandas as pd
import pytest

from bertviz_plus.findings.claims import Published
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.result import Result

ACCURACY = Comparison("accuracy", 0.9, (0.8, 0.95), {"layer 0": 0.5, "shuffled": 0.4}, 0.05)
CLUSTERS = Comparison("clusters", 0.1, (0.0, 0.2), {"layer 0": 0.05}, 0.1)


def made(**changes):
    fields = {
        "finding": 1,
        "key": "senses",
        "claim": "Senses are clusters.",
        "verdict": "holds",
        "reason": "Far above.",
        "number": 0.9,
        "measure": "accuracy",
        "baseline": 0.5,
        "baseline_name": "layer 0",
        "interval": (0.8, 0.95),
    }
    return Result(**fields | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verdict": "true"}, "verdict must be one of holds, weak, fails, inconclusive, not testable"),
        ({"reason": ""}, "reason must say why"),
        ({"number": None}, "number must be finite"),
        ({"number": float("nan")}, "number must be finite"),
        ({"baseline": float("inf")}, "baseline must be finite"),
        ({"interval": None}, "interval must be two finite numbers"),
        ({"interval": (0.9, 0.8)}, r"interval must be \(low, high\)"),
        ({"verdict": "not testable"}, "must be None where the verdict is 'not testable'"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        made(**changes)


@pytest.mark.parametrize("verdict", ["not testable", "inconclusive"])
def test_a_verdict_without_a_number_needs_a_reason_only(verdict):
    empty = {"number": None, "baseline": None, "interval": None}
    result = made(verdict=verdict, reason="The data name no senses.", **empty)
    assert "The data name no senses." in repr(result)
    assert "The data name no senses." in result._repr_html_()
    with pytest.raises(ValueError, match="nothing to show of finding 1, senses: The data name no senses"):
        result.show()


def test_the_verdict_follows_from_the_comparisons():
    result = Result.compared(1, "senses", "Senses are clusters.", [ACCURACY, CLUSTERS])
    assert [one.verdict for one in result.comparisons] == ["holds", "inconclusive"]
    assert result.verdict == "inconclusive"
    assert (result.number, result.baseline, result.baseline_name) == (0.9, 0.5, "layer 0")
    assert result.interval == (0.8, 0.95)


def test_what_is_measured_beside_a_claim_does_not_change_its_verdict():
    result = Result.compared(1, "senses", "Senses are clusters.", [ACCURACY], related=(CLUSTERS,))
    assert (result.verdict, result.number) == ("holds", 0.9)
    assert "clusters" not in result.reason


@pytest.mark.parametrize(
    "changes",
    [{"baselines": {}}, {"interval": (0.9, 0.8)}, {"baselines": {"a": float("nan")}}, {"margin": -1}],
)
def test_a_comparison_that_cannot_be_made_is_refused(changes):
    fields = {"measure": "a", "number": 0.5, "interval": (0, 1), "baselines": {"b": 0.1}, "margin": 0.1}
    with pytest.raises(ValueError, match=r"baselines|interval|finite|margin"):
        Comparison(**fields | changes)


def test_a_remembered_figure_cannot_be_stored_as_published():
    with pytest.raises(ValueError, match="mark must be one of code, 2nd, got 'mem'"):
        Published(1.0, "accuracy", "BERT", "somebody", "mem")


def test_json_holds_everything_but_the_view_and_has_no_nan():
    result = Result.compared(
        1,
        "senses",
        "Senses are clusters.",
        [ACCURACY],
        related=(CLUSTERS,),
        published=(Published(95.71, "accuracy", "BERT", "Loureiro et al. 2021", "code"),),
        provenance={"seed": np.int64(3), "model": {"id": None}, "shape": (1, 2)},
        details=pd.DataFrame({"word": ["bank", "bank"], "value": [0.5, np.nan], "n": np.array([3, 4])}),
        view=dict,
    )
    content = json.loads(result.to_json())
    assert content["details"] == [
        {"word": "bank", "value": 0.5, "n": 3},
        {"word": "bank", "value": None, "n": 4},
    ]
    assert content["provenance"] == {"seed": 3, "model": {"id": None}, "shape": [1, 2]}
    assert content["published"][0]["mark"] == "code"
    assert content["comparisons"][0]["baselines"] == {"layer 0": 0.5, "shuffled": 0.4}
    assert content["related"][0]["verdict"] == "inconclusive"
    assert "view" not in content
    assert result.show() == {}
