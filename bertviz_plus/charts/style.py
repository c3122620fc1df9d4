"""What all charts share: colours, axes without clutter, and the check of what came."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from bertviz_plus.design import Theme, colours
from bertviz_plus.traces.argument_kinds import kind_of


def styled(chart: Any, title: str | None, theme: Theme) -> Any:
    """Give a chart the colours of the views, thin axes and no grid."""
    own = colours(theme)
    ink, soft, hair = own.ink, own.soft, own.hairline
    if title is not None:
        chart = chart.properties(title=title)
    return (
        chart.configure(background=own.paper)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=soft,
            titleColor=soft,
            gridColor=hair,
            domainColor=hair,
            tickColor=hair,
            titleFontWeight="normal",
            grid=False,
        )
        .configure_title(color=soft, fontSize=12, fontWeight="normal", anchor="start")
        .configure_header(labelColor=ink, labelFontSize=12, labelFontWeight="bold")
        .configure_legend(labelColor=ink, titleColor=soft)
    )


def checked_columns(frame: pd.DataFrame, columns: Sequence[str], name: str) -> pd.DataFrame:
    """Return a frame that has the columns, or raise `ValueError`."""
    missing = [column for column in columns if column not in getattr(frame, "columns", ())]
    if missing:
        lacks = f"; it lacks {', '.join(missing)}" if isinstance(frame, pd.DataFrame) else ""
        raise ValueError(f"{name} must be a DataFrame with {', '.join(columns)}, got {kind_of(frame)}{lacks}")
    return frame
