"""An Altair chart of how much each layer changes by training, beside what changes without a reason."""

from typing import TYPE_CHECKING

import pandas as pd

from bertviz_plus.charts.style import DASHES, ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt

_LINES = {"change": "fine-tuning", "two_seeds": "between two seeds", "shuffled_labels": "shuffled labels"}


def changes_by_layer(
    table: pd.DataFrame,
    *,
    of: str = "change",
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 180,
) -> "alt.LayerChart":
    """Draw the change of each layer, with its interval, and those of the baselines.

    Parameters
    ----------
    table : DataFrame
        ``layer``, ``change``, ``low``, ``high``, ``two_seeds``, ``shuffled_labels``: the details of
        findings 6 and 12.
    of : str
        What changes, for the axis.
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
    >>> rows = [(0, 0.1, 0.05, 0.15, 0.02, 0.08), (1, 0.4, 0.3, 0.5, 0.1, 0.3)]
    >>> names = ["layer", "change", "low", "high", "two_seeds", "shuffled_labels"]
    >>> len(changes_by_layer(pd.DataFrame(rows, columns=names)).layer)
    3
    """
    import altair as alt

    frame = checked_columns(
        table, ("layer", "change", "low", "high", "two_seeds", "shuffled_labels"), "table"
    )
    colours = colours_of(theme)
    long = frame.melt(["layer", "low", "high"], list(_LINES), var_name="line", value_name="value")
    long["line"] = long["line"].map(_LINES)
    x = alt.X("layer:O", title="layer", axis=alt.Axis(labelAngle=0))
    y = alt.Y("value:Q", title=of)
    names = list(_LINES.values())
    dash = alt.StrokeDash(
        "line:N", title=None, scale=alt.Scale(domain=names, range=list(DASHES[: len(names)]))
    )
    colour = alt.Color(
        "line:N", title=None, scale=alt.Scale(domain=names, range=list(colours.heads[: len(names)]))
    )
    base = alt.Chart(long)
    band = (
        alt.Chart(frame)
        .mark_area(opacity=0.2, color=colours.heads[0])
        .encode(x=x, y=alt.Y("low:Q", title=of), y2="high:Q")
    )
    lines = base.mark_line().encode(x=x, y=y, strokeDash=dash, color=colour)
    points = base.mark_point(filled=True, size=30).encode(
        x=x, y=y, color=colour, tooltip=["line", "layer", alt.Tooltip("value:Q", format=".3f")]
    )
    drawn: alt.LayerChart = styled(
        alt.layer(band, lines, points).properties(width=width, height=height),
        title or "band: 95% interval of fine-tuning, over seeds and examples",
        theme,
    )
    return drawn
