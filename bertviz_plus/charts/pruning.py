"""An Altair chart of what is left of a score while heads and layers are taken away."""

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from bertviz_plus.charts.style import DASHES, ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt

_ORDERS = {"heads": ["importance", "random"], "layers": ["top", "bottom", "alternate"]}
_TITLES = {"score": "share of right answers", "loss": "loss, nats"}
_BANDS = {"score": "bands: 95% interval; of random orders, lowest to highest", "loss": ""}


def pruning(
    table: pd.DataFrame,
    *,
    measure: Literal["score", "loss"] = "score",
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 280,
    height: int = 200,
) -> "alt.HConcatChart":
    """Draw score or loss against the share of heads, and of layers, that is taken away.

    Parameters
    ----------
    table : DataFrame
        `PruneCurve.table`.
    measure : {"score", "loss"}
        Only the score has bands: a 95% interval, or the range of the random orders.
    title : str, optional
    theme : {"auto", "light", "dark"}
    width, height : int
        Of each half, in pixels.

    Returns
    -------
    altair.HConcatChart

    Raises
    ------
    ValueError
        Where columns are missing, or for another measure.

    Examples
    --------
    >>> rows = [("heads", "importance", share, 1 - share, 1.0, 0.0, 1.0) for share in (0.0, 1.0)]
    >>> columns = ["removed", "order", "share", "score", "loss", "low", "high"]
    >>> len(pruning(pd.DataFrame(rows, columns=columns)).to_dict()["hconcat"])
    1
    """
    import altair as alt

    frame = checked_columns(table, ("removed", "order", "share", "score", "loss", "low", "high"), "table")
    if measure not in _TITLES:
        raise ValueError(f"measure must be one of {', '.join(map(repr, _TITLES))}, got {measure!r}")
    own = colours_of(theme)
    halves: list[Any] = []
    for removed, orders in _ORDERS.items():
        some = frame[frame["removed"] == removed]
        if some.empty:
            continue
        # One legend for colours and dashes.
        legend = alt.Legend(
            title="heads go by" if removed == "heads" else "layers go from",
            orient="top",
            symbolType="stroke",
            symbolSize=300,
        )
        colour = alt.Color(
            "order:N",
            scale=alt.Scale(domain=orders, range=list(own.heads[: len(orders)])),
            legend=legend,
        )
        base = alt.Chart(some).encode(
            x=alt.X("share:Q", title=f"share of {removed} taken away", axis=alt.Axis(format="%")),
            color=colour,
        )
        up = alt.Y(f"{measure}:Q", title=_TITLES[measure])
        line = base.mark_line(strokeWidth=2, point=True).encode(
            y=up,
            strokeDash=alt.StrokeDash(
                "order:N", scale=alt.Scale(domain=orders, range=list(DASHES[: len(orders)])), legend=legend
            ),
            tooltip=["order:N", "share:Q", *(alt.Tooltip(f"{one}:Q", format=".3f") for one in _TITLES)],
        )
        layers = [line]
        if measure == "score":
            layers.insert(
                0, base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=_TITLES[measure]), y2="high:Q")
            )
        halves.append(alt.layer(*layers).properties(width=width, height=height))
    chart: Any = alt.hconcat(*halves).resolve_scale(y="shared", color="independent", strokeDash="independent")
    drawn: alt.HConcatChart = styled(chart, title or _BANDS[measure], theme)
    return drawn
