"""A view as the output of a cell: it draws itself in the page, with a kernel or without."""

import base64
import html
import uuid
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from bertviz_plus.export.options import Saved
from bertviz_plus.export.packed import pack

BUNDLES = ("alignment", "attention", "masked", "senses", "syntax")
_STATIC = Path(__file__).parent.parent / "static"
# What the host's own widgets have, and a drawn view does not need.
_HOSTS_OWN = ("layout", "tabbable", "tooltip")

_LINES: dict[Saved, str] = {
    "live": "A picture; trust the notebook or run the cell to make it live.",
    "picture": "A picture; run the cell to make it live.",
}
# The scripts are within an element that is not shown, for converters that turn scripts into text.
_OUTPUT = """<div data-bertviz-plus="{kind}" data-view="{view}" data-token="{token}" data-height="{height}">
<figure style="margin:0"><img alt="{title}" src="data:image/png;base64,{picture}" style="max-width:100%">
<figcaption style="font-size:12px;opacity:.7">{line}</figcaption></figure>
<div style="display:none">{stored}<script>{loader}</script></div>
</div>"""
_STORED = (
    '<script type="text/plain" data-packed>{packed}</script><script type="text/plain" data-changes></script>'
)


@dataclass(frozen=True)
class StoredView:
    """What an output needs to know of a view that it shows live.

    Attributes
    ----------
    bundle : str
        Name of its front end.
    id, version, revision
        By these it is joined to Python's model of it.
    title : str
        Text in place of the view.
    height : int
        Of the whole view in a notebook's usual column, in pixels.
    upward : tuple of str
        Traits that a reader changes.
    state : dict
    """

    bundle: str
    id: str
    version: str
    revision: int
    title: str
    height: int
    upward: tuple[str, ...]
    state: dict[str, Any]


class Drawable(Protocol):
    """A widget that can be drawn without a browser."""

    STATE: tuple[str, ...]
    BUNDLE: str
    view_id: str
    version: str
    revision: int
    drawn_height: int

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Return the traits as the front end gets them."""


def bundle(name: str) -> Path:
    """Return a file of the built front end.

    Raises
    ------
    FileNotFoundError
        In a checkout where the front end was not built.
    """
    path = _STATIC / name
    if not path.exists():
        raise FileNotFoundError(
            f"the front end is not built: {path.name} is absent. "
            "In a checkout, run `npm install && npm run build`"
        )
    return path


@cache
def read_bundle(name: str) -> str:
    """Return the text of a file of the built front end, as it was when it was first asked for."""
    return bundle(name).read_text(encoding="utf-8")


@cache
def bundle_version(name: str) -> str:
    """Return what tells a view's front end from that of another version.

    Examples
    --------
    >>> bundle_version("attention") == bundle_version("senses")
    False
    """
    code, css = read_bundle(f"{name}.drawn.js"), read_bundle(f"{name}.css")
    return f"{version('bertviz-plus')}-{fingerprint(code, css)}"


def fingerprint(code: str, css: str) -> str:
    """Return what tells a front end from another.

    Examples
    --------
    >>> len(fingerprint("draw()", ""))
    8
    """
    return sha256((code + css).encode("utf-8", "replace")).hexdigest()[:8]


def output_html(view: Drawable, picture: bytes, saved: Saved = "live") -> str:
    """Return the HTML that shows a view in the output of a cell.

    Parameters
    ----------
    view : View
    picture : bytes
        A PNG, for hosts that run no scripts.
    saved : {"live", "picture"}
        Whether the view's state and its front end are in the HTML. Without them it is drawn only while
        Python has its model.

    Returns
    -------
    str
        An element with the picture, and a script that draws the view in its place.

    Examples
    --------
    >>> import numpy as np
    >>> import bertviz_plus as bp
    >>> trace = bp.Trace.from_attention(np.full((1, 2, 2, 2), 0.5), ["</script>", "b"])
    >>> html = output_html(bp.AttentionView(trace), b"png")
    >>> html.count("</script>"), "http://" in html
    (3, False)
    """
    if saved == "picture":
        return picture_html(view.view_id, repr(view), view.drawn_height, picture)
    return live_html(_stored(view), picture)


def live_html(stored: StoredView, picture: bytes) -> str:
    """Return the HTML that draws a view from its stored state; as `output_html`, with no widget.

    Examples
    --------
    >>> stored = StoredView("attention", "a", "0.1.0", 0, "AttentionView", 580, ("mode",), {"mode": "heads"})
    >>> live_html(stored, b"png").count("<script")
    3
    """
    packed = pack(
        {
            "id": stored.id,
            "version": stored.version,
            "revision": stored.revision,
            "upward": list(stored.upward),
            "state": stored.state,
            "css": read_bundle(f"{stored.bundle}.css"),
            "code": read_bundle(f"{stored.bundle}.drawn.js"),
        }
    )
    return _html("live", stored.id, stored.title, stored.height, picture, _STORED.format(packed=packed))


def picture_html(view_id: str, title: str, height: int, picture: bytes) -> str:
    """Return the HTML of a view that is a picture where Python does not have its model.

    Examples
    --------
    >>> "run the cell to make it live" in picture_html("a", "AttentionView", 580, b"png")
    True
    """
    return _html("picture", view_id, title, height, picture, "")


def _html(saved: Saved, view_id: str, title: str, height: int, picture: bytes, stored: str) -> str:
    return _OUTPUT.format(
        kind="" if saved == "live" else saved,
        view=html.escape(view_id),
        token=uuid.uuid4().hex,
        height=int(height),
        title=html.escape(title),
        picture=base64.b64encode(picture).decode("ascii"),
        line=_LINES[saved],
        stored=stored,
        loader=read_bundle("loader.js").replace("</", "<\\/"),
    )


def _stored(view: Drawable) -> StoredView:
    return StoredView(
        bundle=view.BUNDLE,
        id=view.view_id,
        version=view.version,
        revision=view.revision,
        title=repr(view),
        height=view.drawn_height,
        upward=view.STATE,
        state={
            name: value
            for name, value in view.get_state().items()
            if not name.startswith("_") and name not in (*_HOSTS_OWN, "view_id", "version", "revision")
        },
    )
