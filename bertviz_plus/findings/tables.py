"""What findings look like in a notebook: tables that any theme can show and a screen reader can read."""

from collections.abc import Sequence
from html import escape

# Colours come from the page, so that light, dark and high-contrast themes need nothing of ours.
_RULE = "border-bottom:1px solid color-mix(in srgb, currentColor 22%, transparent)"
_CELL = f"padding:3px 12px 3px 0;text-align:left;vertical-align:top;white-space:normal;{_RULE}"
_TABLE = "border-collapse:collapse;font-size:13px;line-height:1.4;color:inherit;background:none"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:0 0 4px;color:inherit"


def escaped(text: object) -> str:
    """Return text with nothing left that a page would take for markup.

    Examples
    --------
    >>> escaped("<script>")
    '&lt;script&gt;'
    """
    return escape(str(text), quote=True)


def described(value: float) -> str:
    """Write a score with two decimals, and without the zero before the point.

    Examples
    --------
    >>> described(0.904), described(1.0), described(-0.02), described(12.345)
    ('.90', '1.00', '-.02', '12.35')
    """
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def facts_table(caption: str, rows: Sequence[tuple[str, str]]) -> str:
    """Return a table of names and values; `caption` is markup, rows are text.

    Examples
    --------
    >>> "<th" in facts_table("Finding 1", [("verdict", "holds")])
    True
    """
    body = "".join(
        f'<tr><th scope="row" style="{_CELL};font-weight:400;opacity:.75">{escaped(name)}</th>'
        f'<td style="{_CELL}">{escaped(value)}</td></tr>'
        for name, value in rows
    )
    return (
        f'<table style="{_TABLE};max-width:760px"><caption style="{_CAPTION}">{caption}</caption>'
        f"<tbody>{body}</tbody></table>"
    )


def grid(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table with a heading; the first cell of a row names it. All are text.

    Examples
    --------
    >>> grid("The Primer", ["number", "key"], [[1, "senses"]]).count("<tr>")
    2
    """
    head = "".join(
        f'<th scope="col" style="{_CELL};font-weight:600">{escaped(name)}</th>' for name in columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row" style="{_CELL};font-weight:400">{escaped(cell)}</th>'
            if place == 0
            else f'<td style="{_CELL}">{escaped(cell)}</td>'
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table style="{_TABLE}"><caption style="{_CAPTION}">{escaped(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


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
