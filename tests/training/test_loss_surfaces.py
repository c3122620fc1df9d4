"""Losses along lines and planes are those of the models there, and the model comes back as it was."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from bertviz_plus.traces.loss_surface import LossSurface
from bertviz_plus.training.directions import filter_normalised, main_directions, random_direction
from bertviz_plus.training.loss_surfaces import loss_line, loss_plane
from tests.oracles.check import differences

ORACLE = Path(__file__).parents[1] / "oracles" / "filter_norm.json"


@pytest.fixture
def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.LayerNorm(8), nn.Linear(8, 3))


def loss(model):
    x = torch.linspace(-1, 1, 20).reshape(5, 4)
    with torch.no_grad():
        return float(nn.functional.cross_entropy(model(x), torch.arange(5) % 3))


def state(model):
    return {name: weight.detach().clone() for name, weight in model.named_parameters()}


def same(one, two):
    return all(torch.equal(one[name], two[name]) for name in one)


def test_filters_are_normalised_as_li_does():
    assert all(found.passes for found in differences(ORACLE))
    assert not filter_normalised(torch.ones(3), torch.ones(3)).any()


def test_a_random_direction_has_the_length_of_every_row(model):
    direction = random_direction(model, seed=3)
    for name, weight in model.named_parameters():
        rows = direction[name].flatten(1).norm(dim=1) if weight.dim() > 1 else direction[name]
        wanted = weight.norm(dim=1) if weight.dim() > 1 else torch.zeros_like(weight)
        torch.testing.assert_close(rows, wanted)
    assert same(direction, random_direction(model, seed=3))
    assert not same(direction, random_direction(model, seed=4))


def test_at_0_and_1_are_the_losses_of_the_two_models(model):
    other = deepcopy(model)
    with torch.no_grad():
        for weight in other.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    before = state(model)
    line = loss_line(model, loss, end=state(other), points=8, progress=False)
    at = dict(zip(line.axes[0].tolist(), line.losses.tolist(), strict=True))
    assert at[0.0] == loss(model)
    assert at[1.0] == pytest.approx(loss(other), abs=1e-6)
    assert same(before, state(model))


def test_an_interrupt_leaves_the_weights_bit_for_bit(model):
    before, calls = state(model), []

    def interrupted(moving):
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return loss(moving)

    with pytest.raises(KeyboardInterrupt):
        loss_plane(model, interrupted, points=3, progress=False)
    assert same(before, state(model))


def test_the_middle_of_a_plane_is_the_model_and_rows_go_along_the_second_direction(model):
    plane = loss_plane(model, loss, points=5, span=(-1, 1), seed=2, progress=False)
    assert plane.losses[2, 2] == loss(model)
    first = random_direction(model, seed=4)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.add_(first[name], alpha=0.5)
    assert plane.losses[2, 3] == pytest.approx(loss(model), abs=1e-6)
    row = plane.table.query("x == 0.5 and y == 0")
    assert row["loss"].item() == plane.losses[2, 3]


def test_a_way_in_a_plane_is_found_whole(model):
    end, random = state(model), [random_direction(model, seed=seed) for seed in (1, 2)]
    far = [(3.0, 0.5), (2.0, -0.5), (1.0, 0.25), (0.5, 0.0)]
    way = [{name: end[name] + a * random[0][name] + b * random[1][name] for name in end} for a, b in far]
    directions, coordinates, shares = main_directions(way, end)
    assert sum(shares) == pytest.approx(1, abs=1e-5)
    for step, (x, y) in zip(way, coordinates, strict=False):
        for name in end:
            there = end[name] + x * directions[0][name] + y * directions[1][name]
            torch.testing.assert_close(there, step[name], atol=1e-4, rtol=1e-4)
    plane = loss_plane(model, loss, way=way, points=3, progress=False)
    assert plane.trajectory[-1].tolist() == [0, 0]
    assert all(axis.min() < along.min() for axis, along in zip(plane.axes, plane.trajectory.T, strict=True))


def test_what_is_saved_is_read(model, tmp_path):
    plane = loss_plane(model, loss, points=3, progress=False)
    plane.save(tmp_path / "a")
    again = LossSurface.load(tmp_path / "a")
    assert np.array_equal(again.losses, plane.losses)
    assert again.details == plane.details
    assert repr(again) == repr(plane)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"points": 2}, "points must be at least 3, got 2"),
        ({"span": (0.5, 1)}, "span must hold 0 and go beyond it on both sides"),
        ({"end": {"x": torch.ones(2)}}, "start and end must be weights of one architecture"),
    ],
)
def test_what_cannot_be_is_refused(model, options, said):
    with pytest.raises(ValueError, match=said):
        loss_line(model, loss, **options)
