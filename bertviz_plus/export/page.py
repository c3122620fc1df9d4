"""A view as one page that lives without a kernel and asks no network for anything."""

import html

from bertviz_plus.export.output import Drawable, output_html

# Nothing may be fetched, from anywhere: what the page needs is in it.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
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
</style>
</head>
<body>
{view}
</body>
</html>
"""


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
    return _PAGE.format(
        policy=_POLICY,
        title=html.escape(title or repr(view)),
        scheme=theme if theme in ("light", "dark") else "light dark",
        view=output_html(view, picture),
    )
