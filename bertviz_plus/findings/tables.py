"""What findings look like in a notebook: tables that any theme can show and a screen reader can read.

Only what JupyterLab keeps of an untrusted notebook's HTML is used: inline styles with plain values. Ink is
the page's own, so that light, dark and high-contrast themes need nothing of ours; hairlines are a grey that
shows on both.
"""

from collections.abc import Sequence
from html import escape

SOFT = "opacity:.75"
_CELL = "padding:4px 16px 4px 0;text-align:left;vertical-align:top;white-space:normal;max-width:none"
HAIRLINE = "1px solid rgba(128,128,128,0.4)"
_ROW = f"background:none;border-bottom:{HAIRLINE}"
# JupyterLab gives all columns of a table one width: a label is then as wide as a text.
_TABLE = (
    "border-collapse:collapse;table-layout:auto;margin:0 0 12px;font-size:13px;line-height:1.4;"
    "width:auto;max-width:100%"
)
_CAPTION = "caption-side:top;text-align:left;padding:0 0 4px"


def escaped(text: object) -> str:
    """Return text with nothing left that a page would take for markup.

    Examples
    --------
    >>> escaped("<script>")
    '&lt;script&gt;'
    """
    return escape(str(text), quote=True)


def described(value: float, digits: int = 2) -> str:
    """Write a score without the zero before the point.

    Examples
    --------
    >>> described(0.904), described(1.0), described(-0.02), described(12.345), described(-0.001)
    ('.90', '1.00', '-.02', '12.35', '.00')
    >>> described(0.5546, 3)
    '.555'
    """
    text = f"{value:.{digits}f}"
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def folded(summary: str, markup: str) -> str:
    """Return markup that opens at a click on a line of text.

    Examples
    --------
    >>> folded("more", "<p>all</p>").startswith("<details")
    True
    """
    return (
        '<details style="margin:0 0 4px;font-size:13px">'
        f'<summary style="cursor:pointer">{escaped(summary)}</summary>'
        f'<div style="padding:6px 0 4px 16px;overflow-x:auto">{markup}</div></details>'
    )


def markup_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose cells are markup; the first cell of a row names it.

    Parameters
    ----------
    caption : str
        Text.
    head : sequence of str
        Markup; none for a table without a heading.
    rows : sequence of sequences of str
        Markup.

    Examples
    --------
    >>> markup_table("a & b", [], [["<b>name</b>", "1"]]).count("<tr")
    1
    """
    top = "".join(
        f'<th scope="col" style="{_CELL};font-weight:600">{cell}</th>'
        if cell
        else f'<td style="{_CELL}"></td>'
        for cell in head
    )
    body = "".join(
        f'<tr style="{_ROW}">'
        + "".join(
            f'<th scope="row" style="{_CELL};font-weight:400">{cell}</th>'
            if place == 0
            else f'<td style="{_CELL}">{cell}</td>'
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table style="{_TABLE}"><caption style="{_CAPTION};{SOFT}">{escaped(caption)}</caption>'
        + (f'<thead style="border:none"><tr style="{_ROW}">{top}</tr></thead>' if head else "")
        + f"<tbody>{body}</tbody></table>"
    )


def facts_table(caption: str, rows: Sequence[tuple[str, str]]) -> str:
    """Return a table of names and values, all text.

    Examples
    --------
    >>> "<th" in facts_table("Finding 1", [("verdict", "holds")])
    True
    """
    return markup_table(
        caption,
        [],
        [
            [f'<span style="{SOFT};white-space:nowrap">{escaped(name)}</span>', escaped(value)]
            for name, value in rows
        ],
    )


def grid(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table with a heading; the first cell of a row names it. All are text.

    Examples
    --------
    >>> grid("The Primer", ["number", "key"], [[1, "senses"]]).count("<tr")
    2
    """
    return markup_table(caption, [*map(escaped, columns)], [[*map(escaped, row)] for row in rows])


def markdown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    r"""Return a Markdown table; a bar or a line break inside a cell does not break it.

    Examples
    --------
    >>> print(markdown(["number", "key"], [[1, "a|b"]]))
    | number | key |
    |---|---|
    | 1 | a\|b |
    """
    lines = [[_in_a_cell(cell) for cell in row] for row in (columns, *rows)]
    written = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([written[0], "|" + "---|" * len(columns), *written[1:]])


def _in_a_cell(cell: object) -> str:
    text = " ".join(str(cell).split())
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
