"""The number line: what vectors tell of each number."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from bertviz_plus.charts.style import ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt


def number_line(
    guesses: pd.DataFrame, *, title: str | None = None, theme: ChartTheme = "auto", width: int = 320
) -> "alt.LayerChart":
    """Draw what was told of each number over its value, coloured by its wordpieces.

    Parameters
    ----------
    guesses : DataFrame
        ``number``, ``told`` and ``pieces``.
    title : str, optional
    theme : {"auto", "light", "dark"}
    width : int
        In pixels; as high as it is wide.

    Examples
    --------
    >>> guesses = pd.DataFrame({"number": [1, 20], "told": [2.5, 18.0], "pieces": [1, 2]})
    >>> type(number_line(guesses)).__name__
    'LayerChart'
    """
    import altair as alt

    data = checked_columns(guesses, ("number", "told", "pieces"), "guesses")
    own = colours_of(theme)
    ends = pd.DataFrame({"number": [data["number"].min(), data["number"].max()]})
    told_right = (
        alt.Chart(ends).mark_line(color=own.soft, strokeDash=[4, 3]).encode(x="number:Q", y="number:Q")
    )
    points = (
        alt.Chart(data)
        .mark_circle(size=18, opacity=0.7)
        .encode(
            x=alt.X("number:Q", title="number"),
            y=alt.Y("told:Q", title="told from its vector"),
            color=alt.Color("pieces:O", title="wordpieces", scale=alt.Scale(range=list(own.heads))),
            tooltip=["number:Q", alt.Tooltip("told:Q", format=".0f"), "pieces:O"],
        )
    )
    chart: Any = alt.layer(told_right, points).properties(width=width, height=width)
    drawn: alt.LayerChart = styled(chart, title, theme)
    return drawn
