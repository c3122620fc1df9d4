"""What the number of finding 14 rests on: minima of one depth, both sides of the valley, every training."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.findings.budget import Budget
from tests.findings.planted_valleys import valleys

FINDING = bp.primer["flatness"]
FRAME = {"resamples": 100, "progress": False}


def run(data, **options):
    return FINDING.run(data=data, **FRAME | options)


def test_the_number_is_the_difference_of_the_widths_as_a_share_of_both():
    # The loss doubles where steepness times the squared distance is 1: at 1/2 and at 1/4 to both sides.
    result = run(valleys((4, 16, 16)))
    wide, flat, *beside = result.comparisons + result.related
    # Crossings lie on straight lines between points a quarter apart, so .5 is exact and .25 is too.
    assert wide.number == pytest.approx((1.0 - 0.5) / (1.0 + 0.5), abs=1e-6)
    assert flat.number == pytest.approx((16 - 4) / (16 + 4), abs=1e-6)
    assert [one.number for one in beside] == pytest.approx([wide.number, flat.number], abs=1e-6)
    assert result.verdict == "holds"


def test_a_valley_ends_where_the_line_does():
    result = run(valleys((0, 16, 16)))
    # 1.5 to each side, and a quarter.
    assert result.number == pytest.approx((3.0 - 0.5) / (3.0 + 0.5), abs=1e-6)


def test_what_is_wider_from_a_random_start_fails():
    result = run(valleys((16, 4, 4)))
    assert result.verdict == "fails"
    assert result.number < 0


def test_another_random_start_is_a_baseline():
    result = run(valleys((4, 16, 4)))
    assert result.comparisons[0].baseline_name == "another random start"
    assert result.verdict == "fails"


def test_seeds_that_disagree_are_inconclusive_or_fail():
    assert run(valleys((4, 6, 6), spread=1.5, seed=1)).verdict in ("inconclusive", "fails")


def test_without_a_minimum_nothing_is_decided():
    result = run(valleys((4, 16, 16), depth=0.6))
    assert result.verdict == "inconclusive"
    assert result.extent == ""
    assert "9 trainings did not come below 0.25 nats" in result.reason
    assert "pre-trained (seed 0, 0.6" in result.reason


def test_details_have_every_training():
    details = run(valleys((4, 16, 16))).details
    assert len(details) == 9
    assert details["loss"].to_numpy() == pytest.approx(0.15, rel=0.1)
    first = details.query("condition == 'pre-trained'")
    assert first["width_training"].to_numpy() == pytest.approx(1.0)
    assert first["curvature_random"].to_numpy() == pytest.approx(2 * first["loss"].to_numpy() * 4)


def test_a_training_reads_its_own_losses(tiny):
    result = FINDING.run(tiny, budget=Budget(2, {"examples": 24, "steps": 4, "points": 4}), **FRAME)
    runs = result.runs
    assert runs.numbers["training"].shape == (3, 2, 24, 4)
    places = runs.numbers["training places"][0, 0]
    assert {0.0, 1.0} <= set(places.tolist())
    # The model at 1 of the line of training is that at 0 of the random direction.
    at_one = runs.numbers["training"][..., places == 1.0]
    at_zero = runs.numbers["random"][..., runs.numbers["random places"][0, 0] == 0.0]
    np.testing.assert_allclose(at_one, at_zero, atol=1e-6)
    # Training lowers the loss that it starts from.
    at_start = runs.numbers["training"][..., places == 0.0]
    assert (at_one.mean(axis=2) < at_start.mean(axis=2)).all()
