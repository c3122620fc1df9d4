"""Let a notebook draw Altair charts without a network."""

import warnings
from base64 import b64encode
from typing import Any

from bertviz_plus.charts.style import look


def draw_offline() -> None:
    """Let a notebook draw Altair charts with what it brings itself, with no request to any network.

    Altair's own way of showing a chart loads Vega from the network. After this call a chart goes into the
    notebook as a specification, which JupyterLab, Notebook and VS Code draw with their own Vega, and as a
    picture for where there is none; ``alt.JupyterChart`` brings its Vega along, about 0.9 MB a chart. Charts
    of your own get the look of this package's: no paper of their own, and text that can be read on a light
    page and on a dark one. All this concerns every chart of this session. The picture and `JupyterChart` need
    vl-convert, in the extra ``[charts]``.

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

    alt.theme.register("bertviz_plus", enable=True)(_as_here)
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


def _as_here() -> Any:
    """Return the theme of Altair that gives charts the look of this package's."""
    return {"config": look("auto")}


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
