"""A view as one page that lives without a kernel and asks no network for anything."""

import html

from bertviz_plus.design import section
from bertviz_plus.export.output import Drawable, output_html

_PAGE = section("page")


def self_contained_page(view: Drawable, picture: bytes, title: str | None = None) -> str:
    """Return one HTML page with a live view in it.

    Parameters
    ----------
    view : View
    picture : bytes
        A PNG, for readers without scripts.
    title : str, optional
        Of the page; without it what the view says of itself.

    Returns
    -------
    str
        The page holds the view's state and its front end. Its content-security policy forbids every
        connection.

    Examples
    --------
    >>> import numpy as np
    >>> import bertviz_plus as bp
    >>> trace = bp.Trace.from_attention(np.full((1, 2, 2, 2), 0.5), ["</script>", "b"])
    >>> page = self_contained_page(bp.AttentionView(trace), b"png")
    >>> page.count("</script>"), "http://" in page
    (3, False)
    """
    theme = view.get_state("theme").get("theme")
    return _PAGE.text("html").format(
        policy=_PAGE.text("policy"),
        title=html.escape(title or repr(view)),
        scheme=theme if theme in ("light", "dark") else "light dark",
        view=output_html(view, picture),
    )
