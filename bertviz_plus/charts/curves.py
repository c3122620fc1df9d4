"""An Altair chart of how losses fall while models are trained."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from bertviz_plus.charts.style import DASHES, ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt


def training_curves(
    table: pd.DataFrame,
    *,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 420,
    height: int = 240,
) -> "alt.LayerChart":
    """Draw losses against the examples seen, a line for each condition, a thin one for each seed.

    Parameters
    ----------
    table : DataFrame
        With `condition`, `seed`, `examples`, and `loss` in nats.
    title : str, optional
    theme : {"auto", "light", "dark"}
    width, height : int
        In pixels.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        Where columns are missing.

    Examples
    --------
    >>> rows = [("with", 0, 0, 8.0), ("with", 0, 100, 6.0), ("without", 0, 0, 8.0), ("without", 0, 100, 7.0)]
    >>> curves = training_curves(pd.DataFrame(rows, columns=["condition", "seed", "examples", "loss"]))
    >>> len(curves.to_dict()["layer"])
    2
    """
    import altair as alt

    frame = checked_columns(table, ("condition", "seed", "examples", "loss"), "table")
    conditions = list(dict.fromkeys(frame["condition"]))
    colours = list(colours_of(theme).heads[: len(conditions)])
    base: Any = alt.Chart(frame).encode(
        x=alt.X("examples:Q", title="examples seen"),
        color=alt.Color(
            "condition:N",
            scale=alt.Scale(domain=conditions, range=colours),
            # Of the mean's line, not of the paler ones of seeds.
            legend=alt.Legend(title=None, orient="top", symbolOpacity=1),
        ),
        strokeDash=alt.StrokeDash(
            "condition:N",
            scale=alt.Scale(
                domain=conditions, range=[DASHES[i % len(DASHES)] for i in range(len(conditions))]
            ),
            legend=None,
        ),
    )
    loss = alt.Y("loss:Q", title="loss, nats a masked piece", scale=alt.Scale(zero=False))
    each = base.mark_line(strokeWidth=0.75, opacity=0.5).encode(y=loss, detail="seed:N")
    mean = base.mark_line(strokeWidth=2, point=True).encode(
        y=alt.Y("mean(loss):Q", title="loss, nats a masked piece"),
        tooltip=["condition:N", "examples:Q", alt.Tooltip("mean(loss):Q", format=".3f")],
    )
    drawn: alt.LayerChart = styled((each + mean).properties(width=width, height=height), title, theme)
    return drawn
