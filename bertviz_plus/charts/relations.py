"""Grammatical relations and the heads that follow them, as an Altair chart."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from bertviz_plus.charts.style import ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt

_SCORED = ("relation", "layer", "head", "direction", "accuracy")
_BEST = ("relation", "n", "layer", "head", "accuracy", "low", "high", "offset", "baseline")


def relations_by_head(
    scores: pd.DataFrame,
    best: pd.DataFrame,
    *,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 560,
    row_height: int = 18,
) -> "alt.HConcatChart":
    """Draw how far above a fixed offset each head follows each relation, and each relation's best head.

    Parameters
    ----------
    scores : DataFrame
        As `relation_scores` gives: a cell for each relation and head, of the better of its two directions.
        Cells that are no better than the offset have the colour of the paper.
    best : DataFrame
        As `relation_heads` gives: a row for each relation that is drawn, with a tick for the offset's
        accuracy, and a dot with its 95% interval for the head that is best on the other half.
    title : str, optional
    theme : {"auto", "light", "dark"}
    width : int
        Of the map, in pixels.
    row_height : int
        Of a relation, in pixels.

    Returns
    -------
    altair.HConcatChart

    Raises
    ------
    ValueError
        Where columns are missing.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> read = bp.syntax(bp.load("bert-tiny"), bp.treebank()[:20], progress=False)
    >>> chart = relations_by_head(bp.relation_scores(read), bp.relation_heads(read, resamples=10))
    >>> len(chart.hconcat)
    2
    """
    import altair as alt

    rows = checked_columns(best, _BEST, "best")
    cells = checked_columns(scores, _SCORED, "scores").merge(rows[["relation", "offset", "baseline"]])
    cells = cells.loc[cells.groupby(["relation", "layer", "head"])["accuracy"].idxmax()]
    cells = cells.assign(place=_named(cells), gain=(cells["accuracy"] - cells["baseline"]).clip(lower=0))
    own = colours_of(theme)
    # A model of 384 heads has more cells than Altair takes from a table.
    values: Any = cells.to_dict("records")
    data = alt.InlineData(values=values)
    order = rows["relation"].tolist()
    up = alt.Y("relation:N", sort=order, title=None)
    steps = len(own.ramp) - 1
    shades: Any = alt.Scale(domain=[(step / steps) ** 2 for step in range(steps + 1)], range=list(own.ramp))
    heads = list(dict.fromkeys(_named(cells.sort_values(["layer", "head"]))))
    firsts = [name for name in heads if name.endswith("-0")]
    across = alt.X(
        "place:N", sort=heads, title="layer-head", axis=alt.Axis(values=firsts, labelAngle=0, ticks=False)
    )
    height = row_height * len(rows)
    grid = (
        alt.Chart(data)
        # A cell that has the colour of the paper still shows where it is.
        .mark_rect(stroke=own.hairline, strokeWidth=0.5)
        .encode(
            x=across,
            y=up,
            color=alt.Color("gain:Q", scale=shades, title="above offset", legend=alt.Legend(orient="bottom")),
            tooltip=[
                alt.Tooltip("relation:N"),
                alt.Tooltip("place:N", title="layer-head"),
                alt.Tooltip("direction:N"),
                alt.Tooltip("accuracy:Q", format=".2f"),
                alt.Tooltip("offset:Q", title="best offset"),
                alt.Tooltip("baseline:Q", format=".2f", title="its accuracy"),
            ],
        )
        .properties(width=width, height=height)
    )
    base = alt.Chart(rows.assign(place=_named(rows)))
    scale = alt.Scale(domain=[0, 1])
    along = alt.X("accuracy:Q", title="accuracy: dot best head, tick best offset", scale=scale)
    bare = alt.Y("relation:N", sort=order, axis=None)
    first = own.heads[0]
    about = ["relation:N", "n:Q", alt.Tooltip("place:N", title="layer-head"), "offset:Q"]
    about += [alt.Tooltip(f"{name}:Q", format=".2f") for name in ("accuracy", "low", "high", "baseline")]
    interval = base.mark_rule(color=first, strokeWidth=2).encode(
        x=alt.X("low:Q", scale=scale), x2="high:Q", y=bare
    )
    tick = base.mark_tick(color=own.soft, thickness=2, size=row_height * 0.8).encode(
        x=alt.X("baseline:Q", scale=scale), y=bare, tooltip=about
    )
    dot = base.mark_circle(color=first, size=50, opacity=1).encode(x=along, y=bare, tooltip=about)
    name = base.mark_text(align="left", color=own.ink, fontSize=10, x=226).encode(y=bare, text="place:N")
    side = alt.layer(interval, tick, dot, name).properties(width=220, height=height)
    chart: alt.HConcatChart = styled(alt.hconcat(grid, side), title, theme)
    return chart


def _named(frame: pd.DataFrame) -> "pd.Series[str]":
    return frame["layer"].astype(str) + "-" + frame["head"].astype(str)
