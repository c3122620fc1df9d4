"""Altair charts of heads: a map of which attend alike, and what heads do by layer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bertviz_plus.charts.style import ChartTheme, checked_columns, colours_of, styled
from bertviz_plus.design import section
from bertviz_plus.measures.heads.classes import HEAD_CLASSES

if TYPE_CHECKING:
    import altair as alt


def head_map(
    table: pd.DataFrame,
    similarity: ArrayLike | None,
    *,
    colour: Literal["layer", "pattern"] = "layer",
    title: str | None = None,
    theme: ChartTheme = "auto",
    size: int = 360,
    seed: int = 0,
) -> "alt.Chart":
    """Draw heads as points that are the closer the more they attend alike.

    Multidimensional scaling of the Jensen–Shannon divergence, as figure 6 of Clark et al. 2019.

    Parameters
    ----------
    table, similarity
        Of `HeadStatistics` that compares heads.
    colour : {"layer", "pattern"}
    title : str, optional
    theme : {"auto", "light", "dark"}
    size : int
        Width and height in pixels.
    seed : int, default 0
        Of the scaling.

    Returns
    -------
    altair.Chart
        With a point selection named ``head``: click a head.

    Raises
    ------
    ValueError
        Where heads were not compared, or columns are missing.

    Examples
    --------
    >>> table = pd.DataFrame({"layer": [0, 1], "head": [0, 0], "pattern": ["diagonal", "vertical"]})
    >>> head_map(table, [[0, 1], [1, 0]]).to_dict()["params"][0]["name"]
    'head'
    """
    import altair as alt
    from sklearn.manifold import MDS

    frame = checked_columns(table, ("layer", "head", "pattern"), "table")
    if similarity is None or np.shape(similarity) != (len(frame), len(frame)):
        raise ValueError(
            f"similarity must be [{len(frame)}, {len(frame)}], as HeadStatistics(similarity=True) gives, got "
            f"{None if similarity is None else list(np.shape(similarity))}"
        )
    if colour not in ("layer", "pattern"):
        raise ValueError(f'colour must be "layer" or "pattern", got {colour!r}')
    scaled = MDS(
        n_components=2,
        metric="precomputed",
        init="random",
        n_init=4,
        random_state=seed,
        normalized_stress=False,
    )
    places = scaled.fit_transform(np.asarray(similarity, float))
    data = frame[["layer", "head", "pattern"]].assign(x=places[:, 0], y=places[:, 1])
    own = colours_of(theme)
    picked = alt.selection_point(name="head", fields=["layer", "head"], on="click")
    patterns = [name for name in HEAD_CLASSES if (data["pattern"] == name).any()]
    # Classes have the colours of the attention view's overview.
    hues = section("attention.class_hues")
    found = {name: hues.whole(name) for name in patterns} if colour == "pattern" else None
    places_of = found or {layer: at for at, layer in enumerate(sorted(data["layer"].unique().tolist()))}
    shades = alt.Scale(
        domain=list(places_of),
        range=[own.hairline if at < 0 else own.heads[at % len(own.heads)] for at in places_of.values()],
    )
    shapes = alt.Scale(domain=patterns)
    blank = alt.Axis(labels=False, ticks=False, domain=False, grid=False, title=None)
    chart: Any = (
        alt.Chart(data)
        .mark_point(filled=True, size=70, opacity=0.9)
        .encode(
            x=alt.X("x:Q", axis=blank, scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", axis=blank, scale=alt.Scale(zero=False)),
            color=alt.Color(f"{colour}:N", scale=shades, legend=alt.Legend(title=colour)),
            shape=alt.Shape("pattern:N", scale=shapes, legend=alt.Legend(title="pattern")),
            tooltip=["layer:O", "head:O", "pattern:N"],
        )
        .add_params(picked)
        .properties(width=size, height=size)
    )
    drawn: alt.Chart = styled(chart, title or "close: attend alike (distances alone mean something)", theme)
    return drawn


def heads_by_layer(
    table: pd.DataFrame,
    columns: Sequence[str],
    *,
    title: str | None = None,
    theme: ChartTheme = "auto",
    width: int = 320,
    height: int = 180,
) -> "alt.FacetChart":
    """Draw numbers of heads by layer: a dot for each head, a line for the mean, dashes for even attention.

    Parameters
    ----------
    table : DataFrame
        Of `HeadStatistics`; its ``attrs`` hold the baseline.
    columns : sequence of str
        Which numbers, a panel each; those that no text defines are left out.
    title : str, optional
    theme : {"auto", "light", "dark"}
    width, height : int
        Of one panel, in pixels.

    Returns
    -------
    altair.FacetChart

    Raises
    ------
    ValueError
        Where columns are missing, or none is defined.

    Examples
    --------
    >>> table = pd.DataFrame({"layer": [0, 1], "head": [0, 0], "to_sep": [0.1, 0.4]})
    >>> type(heads_by_layer(table, ["to_sep"])).__name__
    'FacetChart'
    """
    import altair as alt

    frame = checked_columns(table, ("layer", "head", *columns), "table")
    present = [name for name in columns if frame[name].notna().any()]
    if not present:
        raise ValueError(f"columns must name a number that some text defines, got {', '.join(columns)}")
    long = frame.melt(["layer", "head"], present, "number", "value").dropna()
    baseline = table.attrs.get("baseline", {})
    long["even"] = [baseline.get(name, np.nan) for name in long["number"]]
    own = colours_of(theme)
    base = alt.Chart(long)
    across = alt.X("layer:O", title="attention layer", axis=alt.Axis(labelAngle=0))
    up = alt.Y("value:Q", title="")
    dots = base.mark_circle(size=18, opacity=0.6, color=own.heads[0]).encode(
        x=across, y=up, tooltip=["layer:O", "head:O", alt.Tooltip("value:Q", format=".3f")]
    )
    mean = base.mark_line(color=own.heads[0], strokeWidth=2).encode(x=across, y="mean(value):Q")
    even = base.mark_line(color=own.soft, strokeDash=[5, 3], strokeWidth=1).encode(
        x=across, y=alt.Y("mean(even):Q")
    )
    layers = [mean, dots, *([even] if long["even"].notna().any() else [])]
    panels = alt.Facet("number:N", sort=present, title=None, header=alt.Header(labelAnchor="start"))
    chart: Any = alt.layer(*layers).properties(width=width, height=height)
    chart = chart.facet(panels, columns=2, data=long).resolve_scale(y="independent")
    drawn: alt.FacetChart = styled(chart, title or "line: mean of heads; dashes: even attention", theme)
    return drawn
