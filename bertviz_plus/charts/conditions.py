"""An Altair chart of how well a task is done under several conditions of training."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from bertviz_plus.charts.style import ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt

# Test sets whose intervals can be told apart.
_MOST = 4


def by_condition(
    table: pd.DataFrame,
    *,
    across: str = "condition",
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 180,
) -> "alt.LayerChart":
    """Draw accuracies under conditions of training, a line for each test set.

    Parameters
    ----------
    table : DataFrame
        ``condition``, ``set``, ``accuracy``, ``low``, ``high``: the details of a finding about fine-tuning.
        Conditions keep their order.
    across : str
        What the conditions are.
    title : str, optional
    theme : {"auto", "light", "dark"}
        "auto" lies on the page's own paper, in colours that can be read on light and on dark.
    width, height : int
        In pixels.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        Where columns are missing, or over four test sets are drawn.

    Examples
    --------
    >>> rows = [("none", "de", 0.6, 0.5, 0.7), ("6", "de", 0.7, 0.6, 0.8)]
    >>> table = pd.DataFrame(rows, columns=["condition", "set", "accuracy", "low", "high"])
    >>> len(by_condition(table, across="layers frozen").layer)
    2
    """
    import altair as alt

    frame = checked_columns(table, ("condition", "set", "accuracy", "low", "high"), "table")
    sets = list(dict.fromkeys(frame["set"]))
    if len(sets) > _MOST:
        raise ValueError(f"table must have {_MOST} sets at most, got {len(sets)}")
    own = colours_of(theme)
    order = list(dict.fromkeys(frame["condition"]))
    # Side by side, so that the intervals of several sets can be told apart.
    place = alt.XOffset("set:N", sort=sets) if len(sets) > 1 else alt.Undefined
    base: Any = alt.Chart(frame).encode(
        x=alt.X("condition:N", sort=order, title=across, axis=alt.Axis(labelAngle=0)),
        color=alt.Color(
            "set:N",
            sort=sets,
            scale=alt.Scale(domain=sets, range=list(own.heads[: len(sets)])),
            legend=alt.Legend(title="tested on", orient="top") if len(sets) > 1 else None,
        ),
    )
    up = alt.Y("accuracy:Q", title="accuracy", scale=alt.Scale(zero=False))
    bars = base.mark_rule(strokeWidth=1.5).encode(
        y=alt.Y("low:Q", title="accuracy", scale=alt.Scale(zero=False)), y2="high:Q", xOffset=place
    )
    marks = base.mark_point(filled=True, size=60, opacity=1).encode(
        y=up,
        xOffset=place,
        shape=alt.Shape("set:N", sort=sets, legend=None),
        tooltip=[
            "condition:N",
            "set:N",
            *(alt.Tooltip(f"{one}:Q", format=".3f") for one in ("accuracy", "low", "high")),
        ],
    )
    drawn: alt.LayerChart = styled(
        alt.layer(bars, marks).properties(width=width, height=height),
        title or "bars: 95% interval over seeds and examples",
        theme,
    )
    return drawn
