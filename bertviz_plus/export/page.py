"""A view as one page that lives without a kernel and asks no network for anything."""

import base64
import html
import json
from functools import cache
from pathlib import Path
from typing import Any, Protocol

# Nothing may be fetched, from anywhere: what the page needs is in it.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: {scheme}; }}
body {{ margin: 12px 16px; }}
#view img {{ max-width: 100%; }}
{css}
</style>
</head>
<body>
<div id="view"><img alt="{title}" src="data:image/png;base64,{picture}"></div>
<script type="application/json" id="state">{state}</script>
<script type="module">{host}</script>
</body>
</html>
"""


class Drawable(Protocol):
    """A widget that can be drawn without a browser."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Return the traits as the front end gets them."""

    def plate(self) -> Any:
        """Return the picture that stands in until the view is drawn."""


def self_contained_page(widget: Drawable, title: str | None = None) -> str:
    """Return one HTML page with a live view in it.

    Parameters
    ----------
    widget : View
    title : str, optional
        Of the page; without it what the view says of itself.

    Returns
    -------
    str
        The page holds the view's state, its front end and a picture for readers without scripts. Its
        content-security policy forbids every connection.

    Examples
    --------
    >>> import numpy as np
    >>> import bertviz_plus as bp
    >>> trace = bp.Trace.from_attention(np.full((1, 2, 2, 2), 0.5), ["</script>", "b"])
    >>> page = self_contained_page(bp.AttentionView(trace))
    >>> page.count("</script>"), "http://" in page
    (2, False)
    """
    state = widget.get_state()
    esm, css = str(state.pop("_esm")), str(state.pop("_css", ""))
    buffers: list[dict[str, Any]] = []
    kept = {name: value for name, value in state.items() if not name.startswith("_") and name != "layout"}
    stored = {"state": _without_buffers(kept, [], buffers), "buffers": buffers, "esm": esm}
    theme = state.get("theme")
    return _PAGE.format(
        policy=_POLICY,
        title=html.escape(title or repr(widget)),
        scheme=theme if theme in ("light", "dark") else "light dark",
        css=css.replace("</", "<\\/"),
        picture=base64.b64encode(widget.plate().fallback()).decode("ascii"),
        # `<` could end the script element early or begin a comment.
        state=json.dumps(stored, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        host=_host(),
    )


@cache
def _host() -> str:
    return (Path(__file__).parent / "host.js").read_text(encoding="utf-8").replace("</", "<\\/")


def _without_buffers(value: Any, path: list[str | int], buffers: list[dict[str, Any]]) -> Any:
    """Return a copy of the value as JSON has it; bytes are put aside with the path to their place."""
    if isinstance(value, bytes | bytearray | memoryview):
        buffers.append({"path": path, "data": base64.b64encode(value).decode("ascii")})
        return None
    if isinstance(value, dict):
        return {key: _without_buffers(one, [*path, key], buffers) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_buffers(one, [*path, number], buffers) for number, one in enumerate(value)]
    return value
