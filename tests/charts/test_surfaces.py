"""The chart of a loss surface holds every loss on one scale, the models, and the way of training."""

import json
import re

import altair as alt
import numpy as np
import pytest

from bertviz_plus import charts
from bertviz_plus.design import colours
from bertviz_plus.traces.loss_surface import LossSurface


def line(depth=0.1, start="start", end="tuned", model="bert"):
    at = np.linspace(-0.5, 1.5, 9)
    losses = depth + (at - 1) ** 2
    return LossSurface(losses, (at,), ("start to tuned",), start, end, details={"model": model})


def plane(depth=0.1, way=True, model="bert"):
    x, y = np.linspace(-1, 1, 5), np.array([-1.0, 0.0, 0.5])
    losses = depth + y[:, None] ** 2 + x**2
    trajectory = np.array([[1.0, 0.5], [0.5, 0.5], [0.0, 0.0]]) if way else np.zeros((0, 2))
    return LossSurface(
        losses, (x, y), ("one", "two"), "tuned", trajectory=trajectory, details={"model": model}
    )


def rows(chart):
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
@pytest.mark.parametrize("made", [line, plane])
def test_a_chart_needs_no_network_and_is_valid(theme, made):
    chart = charts.loss_surface(made(), theme=theme)
    text = json.dumps(chart.to_dict())
    assert set(re.findall(r"https?://[^\"]*", text)) == {chart.to_dict()["$schema"]}


def test_lines_hold_every_loss_and_say_where_the_models_are():
    chart = charts.loss_surface([line(), line(0.4)], ["pre-trained", "random start"])
    assert isinstance(chart, alt.LayerChart)
    losses = [row["loss"] for row in rows(chart) if row.get("name") == "random start"]
    assert losses == pytest.approx(line(0.4).losses.tolist())
    assert {(row["what"], row["x"]) for row in rows(chart) if "what" in row} == {("start", 0), ("tuned", 1)}
    domain = chart.to_dict()["layer"][-1]["encoding"]["y"]["scale"]["domain"]
    assert domain[0] == pytest.approx(0.1)
    # The names of start and end stand above every loss.
    assert 1.2 < domain[1] / (0.4 + 2.25) < 1.5


def test_planes_have_one_scale_and_cells_that_meet():
    chart = charts.loss_surface([plane(), plane(0.5, way=False)], ["pre-trained", "random start"])
    assert isinstance(chart, alt.HConcatChart)
    panels = chart.to_dict()["hconcat"]
    domains = [panel["layer"][0]["encoding"]["color"]["scale"]["domain"] for panel in panels]
    assert domains[0] == domains[1] == pytest.approx([0.1, 2.5])
    cells = [row for row in rows(chart) if "left" in row]
    assert len(cells) == 2 * 15
    # Cells end where the next begin, though rows are not evenly apart.
    assert {(row["low"], row["high"]) for row in cells} == {(-1.5, -0.5), (-0.5, 0.25), (0.25, 0.75)}
    assert all(row["left"] < row["x"] < row["right"] for row in cells)
    # The way of the one that has one, in its order.
    way = [(row["step"], row["x"], row["y"]) for row in rows(chart) if "step" in row]
    assert sorted(set(way)) == [(0, 1.0, 0.5), (1, 0.5, 0.5), (2, 0.0, 0.0)]
    assert [len(panel["layer"]) for panel in panels] == [3, 1]


def test_a_dark_page_has_its_own_colours():
    for theme in ("light", "dark"):
        chart = charts.loss_surface(plane(), theme=theme).to_dict()
        shades = chart["hconcat"][0]["layer"][0]["encoding"]["color"]["scale"]["range"]
        assert tuple(shades) == colours(theme).ramp
        assert chart["config"]["background"] == colours(theme).paper


def test_a_loss_of_nothing_can_be_drawn():
    flat = LossSurface(np.array([0.0, 0.0, np.nan]), (np.arange(3.0),), ("a",), "start")
    assert [row["loss"] for row in rows(charts.loss_surface(flat)) if "loss" in row] == [1e-3, 1e-3, None]


@pytest.mark.parametrize(
    ("given", "names", "error", "said"),
    [
        ([1], None, TypeError, "surface must be a LossSurface, or a list of them, got int"),
        ([], None, ValueError, "surface must be one at least"),
        ([line(), plane()], None, ValueError, "all lines or all planes"),
        ([line(), line()], None, ValueError, "names must be 2, each another one, got"),
        ([line()], ["a", "b"], ValueError, "names must be 1, each another one"),
    ],
)
def test_what_cannot_be_drawn_is_refused(given, names, error, said):
    with pytest.raises(error, match=said):
        charts.loss_surface(given, names)
