"""Altair charts of what layers know: profiles beside baselines, mixing weights, tasks by layers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.charts.style import ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt

# A baseline's column, its name in the legend and its dashes: told apart by these, not by colour.
_BASELINES: Mapping[str, tuple[str, list[float]]] = {
    "majority": ("majority", [8, 3]),
    "control": ("control task", [1.5, 3]),
    "chain": ("chain", [8, 3]),
    "layer_0": ("layer 0", [1.5, 3]),
    "untrained": ("untrained twin", [4, 2, 1, 2]),
}


def layer_profile(
    scores: pd.DataFrame,
    *,
    measure: str | None = None,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 180,
) -> "alt.LayerChart":
    """Draw a probe's score by hidden layer: a band for its 95% interval, dashed lines for its baselines.

    Parameters
    ----------
    scores : DataFrame
        `LayerProbes.table`, or what `structural_curve` gives.
    measure : str, optional
        Of `structural_curve`: ``"uuas"`` by default.
    title : str, optional
    theme : {"auto", "light", "dark"}
    width, height : int
        In pixels.

    Returns
    -------
    altair.LayerChart
        With a point selection named ``hidden_layer``: click a layer.

    Raises
    ------
    ValueError
        Where columns, or the measure, are missing.

    Examples
    --------
    >>> table = pd.DataFrame({"hidden_layer": [0, 1], "accuracy": [0.5, 0.9], "low": [0.4, 0.8],
    ...     "high": [0.6, 1.0], "majority": 0.4})
    >>> layer_profile(table).to_dict()["params"][0]["name"]
    'hidden_layer'
    """
    import altair as alt

    frame, name = scores, "accuracy"
    if "measure" in scores:
        name = measure or "uuas"
        frame = scores[scores["measure"] == name].rename(columns={"value": "accuracy"})
        if frame.empty:
            there = ", ".join(scores["measure"].unique())
            raise ValueError(f"measure must be one of {there}, got {measure!r}")
    frame = checked_columns(frame, ("hidden_layer", "accuracy", "low", "high"), "scores")
    own = colours_of(theme)
    rivals = [one for one in _BASELINES if one in frame and frame[one].notna().any()]
    melted = frame.melt("hidden_layer", rivals, "baseline", "value").dropna()
    melted["baseline"] = melted["baseline"].map(lambda one: _BASELINES[one][0])
    up = name.upper() if measure or name == "uuas" else name
    across = alt.X("hidden_layer:O", title="hidden layer", axis=alt.Axis(labelAngle=0))
    picked = alt.selection_point(name="hidden_layer", fields=["hidden_layer"], on="click", nearest=True)
    base = alt.Chart(frame[["hidden_layer", "accuracy", "low", "high"]])
    # A baseline must not lie on the axis.
    scale = alt.Scale(zero=False, padding=8)
    height_of = alt.Y("accuracy:Q", title=up, scale=scale)
    band = base.mark_area(opacity=0.18, color=own.heads[0]).encode(
        x=across, y=alt.Y("low:Q", title=up, scale=scale), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2, color=own.heads[0]).encode(x=across, y=height_of)
    dots = (
        base.mark_circle(opacity=1, color=own.heads[0])
        .encode(
            x=across,
            y=height_of,
            size=alt.condition(picked, alt.value(90), alt.value(24), empty=False),
            tooltip=["hidden_layer:O", *(alt.Tooltip(f"{one}:Q", format=".3f") for one in _NUMBERS)],
        )
        .add_params(picked)
    )
    layers: list[Any] = [band, line, dots]
    if rivals:
        names = [_BASELINES[one][0] for one in rivals]
        dashes = alt.Scale(domain=names, range=[_BASELINES[one][1] for one in rivals])
        layers.append(
            alt.Chart(melted)
            .mark_line(strokeWidth=1, color=own.soft)
            .encode(
                x=across,
                y=alt.Y("value:Q", title=up, scale=scale),
                strokeDash=alt.StrokeDash("baseline:N", scale=dashes, legend=alt.Legend(title=None)),
                tooltip=["baseline:N", "hidden_layer:O", alt.Tooltip("value:Q", format=".3f")],
            )
        )
    chart: Any = alt.layer(*layers).properties(width=width, height=height)
    drawn: alt.LayerChart = styled(chart, title or "band: 95% interval", theme)
    return drawn


_NUMBERS = ("accuracy", "low", "high")


def mixing_weights(
    probes: pd.DataFrame,
    *,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 90,
) -> "alt.FacetChart":
    """Draw how much of each layer a mix takes, and what each layer adds to the accuracy, for every task.

    Parameters
    ----------
    probes : DataFrame
        What `LayerProbes.to_frame` gives, of one task or of several joined.
    title : str, optional
    theme : {"auto", "light", "dark"}
    width, height : int
        Of one panel, in pixels.

    Returns
    -------
    altair.FacetChart
        Bars are weights; points are what a layer adds, which may be negative, where ``cumulative`` is there.

    Examples
    --------
    >>> frame = pd.DataFrame({"task": "pos", "hidden_layer": [0, 1], "weight": [0.2, 0.8],
    ...     "cumulative": [0.5, 0.9]})
    >>> type(mixing_weights(frame)).__name__
    'FacetChart'
    """
    import altair as alt

    frame = checked_columns(probes, ("task", "hidden_layer", "weight"), "probes")
    own = colours_of(theme)
    added = frame.groupby("task", sort=False)["cumulative"].diff() if "cumulative" in frame else np.nan
    data = frame[["task", "hidden_layer", "weight"]].assign(added=added)
    base = alt.Chart(data)
    across = alt.X("hidden_layer:O", title="hidden layer", axis=alt.Axis(labelAngle=0))
    said = ["task:N", "hidden_layer:O"]
    said_all = [*said, alt.Tooltip("weight:Q", format=".3f"), alt.Tooltip("added:Q", format="+.3f")]
    bars = base.mark_bar(color=own.heads[0], opacity=0.6).encode(
        x=across, y=alt.Y("weight:Q", title="weight, added"), tooltip=said_all
    )
    points = base.mark_point(color=own.ink, filled=True, size=30).encode(
        x=across, y=alt.Y("added:Q", title="weight, added"), tooltip=said_all
    )
    zero = base.mark_rule(color=own.hairline).encode(y=alt.datum(0))
    panels = alt.Facet("task:N", title=None, sort=None, header=alt.Header(labelAnchor="start"))
    chart: Any = alt.layer(zero, bars, points).properties(width=width, height=height)
    drawn: alt.FacetChart = styled(
        chart.facet(panels, columns=1, data=data),
        title or "bars: weight in the mix; points: what the layer adds to the accuracy",
        theme,
    )
    return drawn


def tasks_by_layer(
    probes: pd.DataFrame,
    *,
    column: str = "accuracy",
    title: str | None = None,
    theme: ChartTheme = "auto",
    cell: int = 34,
) -> "alt.LayerChart":
    """Draw tasks × layers as a heat map: each number in its cell, the best layer of each task outlined.

    Parameters
    ----------
    probes : DataFrame
        What `LayerProbes.to_frame` gives, of several tasks joined.
    column : str, default "accuracy"
        Such as ``"selectivity"`` or ``"compression"``.
    title : str, optional
    theme : {"auto", "light", "dark"}
    cell : int
        Size of a cell, in pixels.

    Returns
    -------
    altair.LayerChart
        Shades run from the least to the greatest of each task, so that easy tasks do not hide hard ones.

    Examples
    --------
    >>> frame = pd.DataFrame({"task": "pos", "hidden_layer": [0, 1], "accuracy": [0.5, 0.9]})
    >>> len(tasks_by_layer(frame).layer)
    3
    """
    import altair as alt

    frame = checked_columns(probes, ("task", "hidden_layer", column), "probes")
    own = colours_of(theme)
    values = frame[column].astype(float)
    by_task = values.groupby(frame["task"])
    least, greatest = by_task.transform("min"), by_task.transform("max")
    shade = (values - least) / (greatest - least).where(greatest > least, 1.0)
    best = ~frame.assign(of=values).sort_values(["of"], ascending=False, kind="stable").duplicated("task")
    data = frame[["task", "hidden_layer"]].assign(value=values, shade=shade, best=best)
    base = alt.Chart(data).encode(
        x=alt.X("hidden_layer:O", title="hidden layer", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("task:N", title=None, sort=None),
        tooltip=["task:N", "hidden_layer:O", alt.Tooltip("value:Q", format=".3f", title=column)],
    )
    ramp = alt.Scale(domain=[0, 1], range=[own.paper, own.heads[0]])
    cells = base.mark_rect(opacity=0.7).encode(color=alt.Color("shade:Q", scale=ramp, legend=None))
    numbers = base.mark_text(fontSize=10, color=own.ink).encode(text=alt.Text("value:Q", format=".2f"))
    edges = base.transform_filter("datum.best").mark_rect(
        fill=None, fillOpacity=0, stroke=own.ink, strokeWidth=2
    )
    layers = [cells, numbers, edges]
    size = {"width": cell * data["hidden_layer"].nunique(), "height": cell * data["task"].nunique()}
    chart: Any = alt.layer(*layers).properties(**size)
    said = f"{column}; outlined: the best layer of each task"
    drawn: alt.LayerChart = styled(chart, title or said, theme)
    return drawn
