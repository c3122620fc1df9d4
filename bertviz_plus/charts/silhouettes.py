"""How many senses has a word? The silhouette of each number of groups, as an Altair chart."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from bertviz_plus.charts.style import ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt


def silhouette_by_number(
    silhouettes: pd.DataFrame,
    *,
    threshold: float | None = None,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 180,
) -> "alt.LayerChart":
    """Draw the silhouette of each number of groups, the best one filled.

    Parameters
    ----------
    silhouettes : DataFrame
        ``number`` and ``silhouette``, as `propose_senses` gives.
    threshold : float, optional
        Dashed line under which one sense is proposed.
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
        Where columns are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"number": [2, 3], "silhouette": [0.3, 0.2]})
    >>> len(silhouette_by_number(table, threshold=0.1).layer)
    3
    """
    import altair as alt

    frame = checked_columns(silhouettes, ("number", "silhouette"), "silhouettes").dropna()
    own = colours_of(theme)
    first = own.heads[0]
    across = alt.X("number:O", title="groups", axis=alt.Axis(labelAngle=0))
    up = alt.Y("silhouette:Q", title="mean silhouette")
    line = alt.Chart(frame).mark_line(color=first).encode(x=across, y=up)
    best = frame["silhouette"] == frame["silhouette"].max()
    fill = alt.condition("datum.best", alt.value(first), alt.value(own.paper))
    dots = (
        alt.Chart(frame.assign(best=best))
        .mark_circle(stroke=first, strokeWidth=1.5, size=60, opacity=1)
        .encode(x=across, y=up, fill=fill, tooltip=["number:O", alt.Tooltip("silhouette:Q", format=".2f")])
    )
    layers: list[Any] = [line, dots]
    if threshold is not None:
        rule = alt.Chart(pd.DataFrame({"silhouette": [threshold]}))
        layers.append(rule.mark_rule(strokeDash=[5, 3], color=own.soft).encode(y=up))
    chart: alt.LayerChart = styled(alt.layer(*layers).properties(width=width, height=height), title, theme)
    return chart
