"""Altair charts of what a model fills into blanks."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from bertviz_plus.charts.style import ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt


def right_by_condition(
    scores: pd.DataFrame,
    *,
    says: str = "right word more probable",
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 360,
) -> "alt.LayerChart":
    """Draw in how many blanks the answer is right, a bar for each condition.

    Parameters
    ----------
    scores : DataFrame
        ``asked`` (what stands beside a bar), ``right`` and ``compared``.
    says : str
        What "right" means, below the bars.
    title : str, optional
    theme : {"auto", "light", "dark"}
    width : int
        In pixels.

    Examples
    --------
    >>> scores = pd.DataFrame({"asked": ["is"], "right": [3], "compared": [4]})
    >>> type(right_by_condition(scores)).__name__
    'LayerChart'
    """
    import altair as alt

    data = checked_columns(scores, ("asked", "right", "compared"), "scores")
    own = colours_of(theme)
    data = data[["asked", "right", "compared"]].assign(
        share=data["right"] / data["compared"].clip(lower=1),
        said=[f"{right} of {n}" for right, n in zip(data["right"], data["compared"], strict=True)],
    )
    base = alt.Chart(data).encode(
        y=alt.Y("asked:N", sort=None, title=None),
        x=alt.X("share:Q", title=says, scale=alt.Scale(domain=[0, 1])),
        tooltip=["asked:N", "said:N"],
    )
    bars = base.mark_bar(color=own.heads[0], opacity=0.6)
    words = base.mark_text(align="left", dx=4, color=own.ink).encode(text="said:N")
    chart: Any = alt.layer(bars, words).properties(width=width)
    drawn: alt.LayerChart = styled(chart, title, theme)
    return drawn
