"""Altair charts of scores by hidden layer, for who wants to build on.

They hold their own data, load nothing, and are ordinary Altair charts. A click on a layer sets the selection
``hidden_layer``; two lines tie it to a view::

    chart = alt.JupyterChart(bp.charts.by_layer(scores, ["knn"]))
    chart.selections.observe(bp.charts.shows_layer_in(view), "hidden_layer")
"""

import warnings
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from bertviz_plus.figures.palette import Colour, palette

if TYPE_CHECKING:
    import altair as alt

Theme = Literal["light", "dark"]

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
    theme: Theme = "light",
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
    theme : {"light", "dark"}
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
    frame = _checked(scores, needed, "scores")
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
    theme: Theme = "light",
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
    theme : {"light", "dark"}
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
    frame = _checked(
        scores, ("word", "hidden_layer", "measure", "value", "low", "high", "baseline"), "scores"
    )
    present = [name for name in measures if (frame["measure"] == name).any()]
    frame = _some(frame, "measure", present or measures, "measures")
    chart: alt.LayerChart | alt.FacetChart = _panels(frame, ["baseline"], title, theme, (width, height))
    return chart


def silhouette_by_number(
    silhouettes: pd.DataFrame,
    *,
    threshold: float | None = None,
    title: str | None = None,
    theme: Theme = "light",
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
    theme : {"light", "dark"}
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

    frame = _checked(silhouettes, ("number", "silhouette"), "silhouettes").dropna()
    colours = palette(theme)
    first = _hex(colours.head(0))
    across = alt.X("number:O", title="groups", axis=alt.Axis(labelAngle=0))
    up = alt.Y("silhouette:Q", title="mean silhouette")
    line = alt.Chart(frame).mark_line(color=first).encode(x=across, y=up)
    best = frame["silhouette"] == frame["silhouette"].max()
    fill = alt.condition("datum.best", alt.value(first), alt.value(_hex(colours.paper)))
    dots = (
        alt.Chart(frame.assign(best=best))
        .mark_circle(stroke=first, strokeWidth=1.5, size=60, opacity=1)
        .encode(x=across, y=up, fill=fill, tooltip=["number:O", alt.Tooltip("silhouette:Q", format=".2f")])
    )
    layers: list[Any] = [line, dots]
    if threshold is not None:
        rule = alt.Chart(pd.DataFrame({"silhouette": [threshold]}))
        layers.append(rule.mark_rule(strokeDash=[5, 3], color=_hex(colours.soft)).encode(y=up))
    chart: alt.LayerChart = _styled(alt.layer(*layers).properties(width=width, height=height), title, theme)
    return chart


def shows_layer_in(view: Any) -> Callable[[Any], None]:
    """Return an observer that shows the layer that was clicked in a view.

    Parameters
    ----------
    view : SenseView or any other object with a ``hidden_layer``

    Returns
    -------
    callable
        For ``alt.JupyterChart(chart).selections.observe(…, "hidden_layer")``. Where the selection was
        cleared, the view stays as it is.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> view = SimpleNamespace(hidden_layer=0)
    >>> shows_layer_in(view)(SimpleNamespace(new=SimpleNamespace(value=[{"hidden_layer": 3}])))
    >>> view.hidden_layer
    3
    """

    def show(change: Any) -> None:
        chosen = getattr(change.new, "value", None) or []
        if chosen and "hidden_layer" in chosen[0]:
            view.hidden_layer = int(chosen[0]["hidden_layer"])

    return show


def draw_offline() -> None:
    """Let a notebook draw Altair charts with what it brings itself, with no request to any network.

    Altair's own way of showing a chart loads Vega from the network. After this call a chart goes into the
    notebook as a specification, which JupyterLab, Notebook and VS Code draw with their own Vega, and as a
    picture for where there is none; ``alt.JupyterChart`` brings its Vega along, about 0.9 MB a chart. Both
    concern all charts of this session. The picture and `JupyterChart` need vl-convert, in the extra
    ``[charts]``.

    Warns
    -----
    UserWarning
        Where vl-convert is not installed, with the line that installs it. Charts go into the notebook as
        specifications all the same.

    Examples
    --------
    >>> import altair as alt
    >>> draw_offline()
    >>> alt.renderers.active
    'bertviz_plus_offline'
    """
    import altair as alt

    alt.renderers.register("bertviz_plus_offline", _as_offline)
    alt.renderers.enable("bertviz_plus_offline")
    try:
        alt.JupyterChart.enable_offline()
    except ImportError:
        warnings.warn(
            "alt.JupyterChart and the picture beside a chart need vl-convert: "
            'pip install "bertviz-plus[charts]". Other charts are drawn with no network now.',
            UserWarning,
            stacklevel=2,
        )


def _as_offline(specification: dict[str, Any], **_: Any) -> dict[str, Any]:
    # Hosts bring Vega-Lite 5, which reads all that the charts of this file are made of.
    described = {**specification, "$schema": "https://vega.github.io/schema/vega-lite/v5.json"}
    shown: dict[str, Any] = {
        "application/vnd.vegalite.v5+json": described,
        "text/plain": "<an Altair chart>",
    }
    try:
        import vl_convert
    except ImportError:
        return shown
    picture: bytes = vl_convert.vegalite_to_png(specification, scale=2)
    return {**shown, "image/png": b64encode(picture).decode()}


def _panels(
    frame: pd.DataFrame, baselines: Sequence[str], title: str | None, theme: Theme, size: tuple[int, int]
) -> Any:
    import altair as alt

    colours = palette(theme)
    measures = frame["measure"].unique().tolist()
    words = frame["word"].unique().tolist()
    if len(words) > len(colours.heads):
        raise ValueError(
            f"scores must hold at most {len(colours.heads)} words to be told apart in one chart, "
            f"got {len(words)}; choose some rows, or their mean"
        )
    kept = ["word", "hidden_layer", "measure", "value", "low", "high", *baselines]
    # Only what is drawn is stored in the chart.
    data = frame[kept].assign(measure=frame["measure"].map(lambda name: _TITLES.get(name, name)))
    order = [_TITLES.get(name, name) for name in measures]
    picked = alt.selection_point(name="hidden_layer", fields=["hidden_layer"], on="click", nearest=True)
    across = alt.X("hidden_layer:O", title="hidden layer", axis=alt.Axis(labelAngle=0))
    shades = alt.Scale(domain=words, range=[_hex(colours.head(place)) for place in range(len(words))])
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
            base.mark_line(strokeWidth=1, strokeDash=dash, color=_hex(colours.soft)).encode(
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
    return _styled(chart, title or _said(baselines), theme)


def _said(baselines: Sequence[str]) -> str:
    """Name the broken lines: no line is left without a name."""
    named = {"majority": "dashes: most frequent sense", "shuffled": "dots: shuffled labels"}
    said = [named.get(name, "dashes: baseline") for name in baselines]
    return "; ".join([*said, "band: 95% interval"])


def _styled(chart: Any, title: str | None, theme: Theme) -> Any:
    colours = palette(theme)
    ink, soft, hair, paper = (_hex(c) for c in (colours.ink, colours.soft, colours.hair, colours.paper))
    if title is not None:
        chart = chart.properties(title=title)
    return (
        chart.configure(background=paper)
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


def _checked(frame: pd.DataFrame, columns: Sequence[str], name: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in getattr(frame, "columns", ())]
    if missing:
        raise ValueError(
            f"{name} must be a DataFrame with {', '.join(columns)}; it lacks {', '.join(missing)}"
        )
    return frame


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


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
