"""An Altair chart of a loss on lines or planes through weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.charts.style import ChartTheme, colours_of, styled
from bertviz_plus.traces.loss_surface import LossSurface

if TYPE_CHECKING:
    import altair as alt

# Below it a loss is as good as none, and a logarithm without end.
_LEAST = 1e-3
# Share of the height that is left free above curves.
_ABOVE = 0.1


def loss_surface(
    surface: LossSurface | Sequence[LossSurface],
    names: Sequence[str] | None = None,
    *,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 240,
) -> "alt.LayerChart | alt.HConcatChart":
    """Draw losses on lines as curves, and on planes as maps with the trajectory of training.

    Several surfaces have one scale of losses: a start from pre-training beside a random one. It is
    logarithmic.

    Parameters
    ----------
    surface : LossSurface, or sequence of LossSurface
        All lines, or all planes.
    names : sequence of str, optional
        What each is called; by default the model's name, or what is at 1.
    title : str, optional
    theme : {"auto", "light", "dark"}
        "auto" lies on the page's own paper, in colours that can be read on light and on dark.
    width, height : int
        Of one map, or of the curves, in pixels.

    Returns
    -------
    altair.LayerChart, or altair.HConcatChart for planes

    Raises
    ------
    TypeError, ValueError
        For what is no surface, lines beside planes, and another number of names.

    Examples
    --------
    >>> at = np.linspace(-1, 1, 5)
    >>> line = LossSurface(at**2 + 1, (at,), ("start to tuned",), "start", "tuned")
    >>> loss_surface(line).to_dict()["layer"][0]["mark"]["type"]
    'rule'
    """
    surfaces = [surface] if isinstance(surface, LossSurface) else list(surface)
    for one in surfaces:
        if not isinstance(one, LossSurface):
            raise TypeError(f"surface must be a LossSurface, or a list of them, got {type(one).__name__}")
    if not surfaces or len({len(one.axes) for one in surfaces}) != 1:
        raise ValueError(
            f"surface must be one at least, all lines or all planes, got {len(surfaces)} with "
            f"{sorted({len(one.axes) for one in surfaces})} axes"
        )
    called = [_name(one, at) for at, one in enumerate(surfaces)] if names is None else list(names)
    if len(called) != len(surfaces) or len(set(called)) < len(called):
        raise ValueError(f"names must be {len(surfaces)}, each another one, got {called}")
    losses = np.concatenate([one.losses.ravel() for one in surfaces])
    known = losses[np.isfinite(losses)]
    low, high = (max(_LEAST, float(bound)) for bound in (known.min(), known.max()))
    domain = [low, max(high, 1.01 * low)]
    draw = _lines if len(surfaces[0].axes) == 1 else _planes
    chart, said = draw(surfaces, called, domain, theme, width, height)
    drawn: alt.LayerChart | alt.HConcatChart = styled(chart, title or said, theme)
    return drawn


def _lines(
    surfaces: Sequence[LossSurface],
    names: Sequence[str],
    domain: list[float],
    theme: ChartTheme,
    width: int,
    height: int,
) -> tuple[Any, str]:
    import altair as alt

    own = colours_of(theme)
    table = pd.concat([_clipped(one).assign(name=name) for one, name in zip(surfaces, names, strict=True)])
    ends = {one.start: 0.0 for one in surfaces if one.start} | {one.end: 1.0 for one in surfaces if one.end}
    marks = pd.DataFrame({"x": list(ends.values()), "what": list(ends)})
    # Curves begin at their highest, where the names of start and end stand.
    room = [domain[0], domain[1] * (domain[1] / domain[0]) ** _ABOVE]
    across = alt.X("x:Q", title=surfaces[0].names[0], scale=alt.Scale(nice=False))
    rules = alt.Chart(marks).mark_rule(color=own.soft, strokeDash=[3, 3]).encode(x=across)
    labels = (
        alt.Chart(marks)
        .mark_text(color=own.soft, align="left", baseline="bottom", dx=4, y=10)
        .encode(x="x:Q", text="what:N")
    )
    line = (
        alt.Chart(table)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=18))
        .encode(
            x=across,
            y=alt.Y("loss:Q", title="loss, nats", scale=alt.Scale(type="log", domain=room, nice=False)),
            color=alt.Color(
                "name:N",
                scale=alt.Scale(domain=list(names), range=list(own.heads[: len(names)])),
                legend=alt.Legend(title=None, orient="top") if len(names) > 1 else None,
            ),
            tooltip=["name:N", alt.Tooltip("x:Q", format=".2f"), alt.Tooltip("loss:Q", format=".4f")],
        )
    )
    chart = alt.layer(rules, labels, line).properties(width=width, height=height)
    return chart, "loss along a line through the weights"


def _planes(
    surfaces: Sequence[LossSurface],
    names: Sequence[str],
    domain: list[float],
    theme: ChartTheme,
    width: int,
    height: int,
) -> tuple[Any, str]:
    import altair as alt

    own = colours_of(theme)
    ramp = alt.Scale(type="log", domain=domain, range=list(own.ramp), clamp=True)
    shade = alt.Color(
        "loss:Q",
        title="loss, nats",
        scale=ramp,
        legend=alt.Legend(format=".3~g"),
    )
    drawn = []
    for surface, name in zip(surfaces, names, strict=True):
        axes = [_edges(axis) for axis in surface.axes]
        places = [
            alt.X("left:Q", title=surface.names[0], scale=_scale(axes[0])),
            alt.Y("low:Q", title=surface.names[1], scale=_scale(axes[1])),
        ]
        table = _clipped(surface)
        for (start, end), edges, column in zip((("left", "right"), ("low", "high")), axes, "xy", strict=True):
            at = np.searchsorted(edges, table[column]) - 1
            table[start], table[end] = edges[at], edges[at + 1]
        tips = [alt.Tooltip(f"{one}:Q", format=".2f") for one in "xy"]
        cells = (
            alt.Chart(table)
            .mark_rect(strokeWidth=0.7)
            .encode(
                x=places[0],
                x2="right:Q",
                y=places[1],
                y2="high:Q",
                color=shade,
                # A cell's edge in its colour leaves no line of paper to its neighbour.
                stroke=alt.Stroke("loss:Q", scale=ramp, legend=None),
                tooltip=[*tips, alt.Tooltip("loss:Q", format=".4f")],
            )
        )
        layers = [cells]
        if len(surface.trajectory):
            layers += _trajectory(surface, own)
        drawn.append(alt.layer(*layers).properties(width=width, height=height, title=name))
    chart = alt.hconcat(*drawn).resolve_scale(color="shared")
    way = any(len(one.trajectory) for one in surfaces)
    return chart, "loss on a plane through the weights" + (", and the way of training to its end (dot)" * way)


def _trajectory(surface: LossSurface, own: Any) -> list[Any]:
    import altair as alt

    way = pd.DataFrame(surface.trajectory, columns=["x", "y"])
    way["step"] = range(len(way))
    base = alt.Chart(way).encode(x="x:Q", y="y:Q")
    line = base.mark_line(
        color=own.positive, strokeWidth=2, point=alt.OverlayMarkDef(color=own.positive, size=20)
    )
    last = alt.Chart(way.tail(1)).mark_point(color=own.positive, fill=own.positive, size=90, opacity=1)
    return [line.encode(order="step:Q", tooltip=["step:Q"]), last.encode(x="x:Q", y="y:Q")]


def _clipped(surface: LossSurface) -> pd.DataFrame:
    table = surface.table
    return table.assign(loss=table["loss"].clip(lower=_LEAST))


def _edges(axis: Any) -> Any:
    """Return where the cells around points begin and end."""
    middle = (axis[1:] + axis[:-1]) / 2
    return np.concatenate([[2 * axis[0] - middle[0]], middle, [2 * axis[-1] - middle[-1]]])


def _scale(edges: Any) -> Any:
    import altair as alt

    return alt.Scale(domain=[float(edges[0]), float(edges[-1])], nice=False)


def _name(surface: LossSurface, at: int) -> str:
    return str(surface.details.get("model") or surface.end or surface.start or f"surface {at + 1}")
