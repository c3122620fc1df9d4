"""Altair charts of scores by hidden layer, to extend: they hold their own data and load nothing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from bertviz_plus.charts.style import ChartTheme, checked_columns, colours_of, styled

if TYPE_CHECKING:
    import altair as alt

_TITLES: Mapping[str, str] = {
    "knn": "nearest neighbour",
    "centroid": "nearest centroid",
    "silhouette": "silhouette",
    "ari": "adjusted Rand index",
    "v_measure": "V-measure",
    "purity": "purity",
    "self_similarity": "self-similarity",
    "anisotropy": "anisotropy",
    "corrected": "self-similarity, standardised",
    "rogue_share": "share of the largest dimension",
}
_BASELINES: Mapping[str, str] = {
    "majority": "most frequent sense",
    "shuffled": "shuffled labels",
    "baseline": "baseline",
}
_LINES = ("measure", "majority", "shuffled")


def by_layer(
    scores: pd.DataFrame,
    measures: Sequence[str] | None = None,
    *,
    baseline: bool = True,
    word: str | None = None,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 180,
) -> "alt.LayerChart | alt.FacetChart":
    """Draw scores by hidden layer, with their intervals and what chance gives.

    Parameters
    ----------
    scores : DataFrame
        As `sense_scores` gives: one panel per measure, a line per word, a band for the 95% interval.
    measures : sequence of str, optional
        Which, in this order; all by default.
    baseline : bool, default True
        Dashed lines: most frequent sense (long dashes) and shuffled labels (dots).
    word : str, optional
        Only this word's; by default "all" where there is a mean of several words.
    title : str, optional
    theme : {"auto", "light", "dark"}
        "auto" lies on the page's own paper, in colours that can be read on light and on dark.
    width, height : int
        Of one panel, in pixels.

    Returns
    -------
    altair.FacetChart, or altair.LayerChart for one measure
        With a point selection named ``hidden_layer``: click a layer.

    Raises
    ------
    ValueError
        Where columns are missing, a measure or word is not in `scores`, or over 16 words are drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"word": "bank", "hidden_layer": [0, 1], "measure": "knn",
    ...     "value": [0.5, 0.9], "low": [0.4, 0.8], "high": [0.6, 1.0], "majority": 0.5, "shuffled": 0.5})
    >>> by_layer(scores).to_dict()["params"][0]["name"]
    'hidden_layer'
    """
    needed = ("word", "hidden_layer", "measure", "value", "low", "high")
    frame = checked_columns(scores, needed, "scores")
    frame = _some(frame, "measure", measures, "measures")
    words = frame["word"].unique().tolist()
    if word is not None or "all" in words:
        frame = _some(frame, "word", ["all" if word is None else word], "word")
    drawn = ("majority", "shuffled", "baseline") if baseline else ()
    chart: alt.LayerChart | alt.FacetChart = _panels(
        frame, [name for name in drawn if name in frame], title, theme, (width, height)
    )
    return chart


def geometry_by_layer(
    scores: pd.DataFrame,
    measures: Sequence[str] = ("self_similarity", "corrected"),
    *,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 180,
) -> "alt.LayerChart | alt.FacetChart":
    """Draw how alike a word's vectors are by hidden layer, beside random words.

    Parameters
    ----------
    scores : DataFrame
        As `geometry_scores` gives.
    measures : sequence of str
        Those not in `scores` are left out; at least one must be.
    title : str, optional
    theme : {"auto", "light", "dark"}
        "auto" lies on the page's own paper, in colours that can be read on light and on dark.
    width, height : int
        Of one panel, in pixels.

    Returns
    -------
    altair.FacetChart, or altair.LayerChart for one measure
        Dashed: the baseline, which for self-similarity is the anisotropy.

    Raises
    ------
    ValueError
        Where columns or all measures are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"word": "bank", "hidden_layer": [0, 1], "measure": "self_similarity",
    ...     "value": [0.9, 0.5], "low": [0.8, 0.4], "high": [1.0, 0.6], "baseline": 0.1})
    >>> type(geometry_by_layer(scores)).__name__
    'LayerChart'
    """
    frame = checked_columns(
        scores, ("word", "hidden_layer", "measure", "value", "low", "high", "baseline"), "scores"
    )
    present = [name for name in measures if (frame["measure"] == name).any()]
    frame = _some(frame, "measure", present or measures, "measures")
    chart: alt.LayerChart | alt.FacetChart = _panels(frame, ["baseline"], title, theme, (width, height))
    return chart


def _panels(
    frame: pd.DataFrame, baselines: Sequence[str], title: str | None, theme: ChartTheme, size: tuple[int, int]
) -> Any:
    import altair as alt

    own = colours_of(theme)
    measures = frame["measure"].unique().tolist()
    words = frame["word"].unique().tolist()
    if len(words) > len(own.heads):
        raise ValueError(
            f"scores must hold at most {len(own.heads)} words to be told apart in one chart, "
            f"got {len(words)}; choose some rows, or their mean"
        )
    kept = ["word", "hidden_layer", "measure", "value", "low", "high", *baselines]
    # Only what is drawn is stored in the chart.
    data = frame[kept].assign(measure=frame["measure"].map(lambda name: _TITLES.get(name, name)))
    order = [_TITLES.get(name, name) for name in measures]
    picked = alt.selection_point(name="hidden_layer", fields=["hidden_layer"], on="click", nearest=True)
    across = alt.X("hidden_layer:O", title="hidden layer", axis=alt.Axis(labelAngle=0))
    shades = alt.Scale(domain=words, range=list(own.heads[: len(words)]))
    legend = alt.Legend(title=None) if len(words) > 1 else None
    colour = alt.Color("word:N", scale=shades, legend=legend)
    # Told apart by dash as well as by colour.
    dashes: Any = alt.StrokeDash("word:N", legend=legend, scale=alt.Scale(domain=words))
    base = alt.Chart(data)
    only = order[0] if len(order) == 1 else None
    up = alt.Y("value:Q", title=only or "", scale=alt.Scale(zero=False))
    tooltip = ["word:N", "hidden_layer:O", *(alt.Tooltip(f"{name}:Q", format=".2f") for name in kept[3:])]
    band = base.mark_area(opacity=0.18).encode(
        x=across, y=alt.Y("low:Q", title=only or ""), y2="high:Q", color=colour
    )
    line = base.mark_line(strokeWidth=2).encode(x=across, y=up, color=colour)
    if len(words) > 1:
        line = line.encode(strokeDash=dashes)
    dots = (
        base.mark_circle(opacity=1)
        .encode(
            x=across,
            y=up,
            color=colour,
            size=alt.condition(picked, alt.value(90), alt.value(24), empty=False),
            tooltip=tooltip,
        )
        .add_params(picked)
    )
    layers: list[Any] = [band, line, dots]
    for name in baselines:
        dash = [1.5, 3] if name == "shuffled" else [5, 3]
        layers.append(
            base.mark_line(strokeWidth=1, strokeDash=dash, color=own.soft).encode(
                x=across,
                y=alt.Y(f"{name}:Q", title=only or ""),
                detail="word:N",
                tooltip=["word:N", alt.Tooltip(f"{name}:Q", format=".2f", title=_BASELINES[name])],
            )
        )
    chart: Any = alt.layer(*layers).properties(width=size[0], height=size[1])
    if only is None:
        panels = alt.Facet("measure:N", sort=order, title=None, header=alt.Header(labelAnchor="start"))
        chart = chart.facet(panels, columns=2, data=data).resolve_scale(y="independent")
    return styled(chart, title or _said(baselines), theme)


def _said(baselines: Sequence[str]) -> str:
    """Name the broken lines: no line is left without a name."""
    named = {"majority": "dashes: most frequent sense", "shuffled": "dots: shuffled labels"}
    said = [named.get(name, "dashes: baseline") for name in baselines]
    return "; ".join([*said, "band: 95% interval"])


def _some(frame: pd.DataFrame, column: str, wanted: Sequence[str] | None, name: str) -> pd.DataFrame:
    """Return the rows whose entry is wanted, in that order."""
    if wanted is None:
        return frame
    there = frame[column].unique().tolist()
    asked = [wanted] if isinstance(wanted, str) else list(wanted)
    for one in asked:
        if one not in there:
            raise ValueError(f"{name} must be among {', '.join(map(str, there))}, got {one!r}")
    return pd.concat([frame[frame[column] == one] for one in asked], ignore_index=True)
