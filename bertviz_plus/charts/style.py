"""What all charts share: colours, axes without clutter, and the check of what came."""

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd

from bertviz_plus.design import Colours, colours, colours_on_either
from bertviz_plus.traces.argument_kinds import kind_of

ChartTheme = Literal["auto", "light", "dark"]
# Lines are told apart by these as well as by colour.
DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2])


def colours_of(theme: ChartTheme) -> Colours:
    """Return a theme's colours; "auto" shows the page's paper, and can be read on light and on dark."""
    return colours_on_either() if theme == "auto" else colours(theme)


def look(theme: ChartTheme) -> dict[str, Any]:
    """Return the Vega-Lite configuration of a theme: the views' colours, thin axes and no grid."""
    own = colours_of(theme)
    ink, soft, hair = own.ink, own.soft, own.hairline
    return {
        "background": own.paper,
        "view": {"stroke": None},
        "axis": {
            "labelColor": soft,
            "titleColor": soft,
            "gridColor": hair,
            "domainColor": hair,
            "tickColor": hair,
            "titleFontWeight": "normal",
            "grid": False,
        },
        "title": {"color": soft, "fontSize": 12, "fontWeight": "normal", "anchor": "start"},
        "header": {"labelColor": ink, "labelFontSize": 12, "labelFontWeight": "bold"},
        "legend": {"labelColor": ink, "titleColor": soft},
    }


def styled(chart: Any, title: str | None, theme: ChartTheme) -> Any:
    """Give a chart a title and its look."""
    if title is not None:
        chart = chart.properties(title=title)
    return chart.configure(**look(theme))


def checked_columns(frame: pd.DataFrame, columns: Sequence[str], name: str) -> pd.DataFrame:
    """Return a frame that has the columns, or raise `ValueError`."""
    missing = [column for column in columns if column not in getattr(frame, "columns", ())]
    if missing:
        lacks = f"; it lacks {', '.join(missing)}" if isinstance(frame, pd.DataFrame) else ""
        raise ValueError(f"{name} must be a DataFrame with {', '.join(columns)}, got {kind_of(frame)}{lacks}")
    return frame
