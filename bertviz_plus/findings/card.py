"""The card of a result: the verdict, one figure and why at first sight; the rest a click away."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bertviz_plus.findings.claims import MARKS, Published
from bertviz_plus.findings.comparison import Comparison, joint_reason
from bertviz_plus.findings.glossary import explained
from bertviz_plus.findings.tables import HAIRLINE, SOFT, escaped, facts_table, folded, grid, markup_table

if TYPE_CHECKING:
    from bertviz_plus.findings.result import Result

# The first digits tell two files apart as well as all 64 do; `Result.to_text` has them all.
_DIGITS = 12
_MARK = "position:absolute;box-sizing:border-box"
# What a comparison says that does not decide the claim beside it.
_BESIDE = {
    "holds": "above every baseline by the margin",
    "weak": "above every baseline, not surely by the margin",
    "fails": "not above every baseline",
    "inconclusive": "too few data to tell",
}
_NOTES = (
    "The 95% interval holds what 95 of 100 draws of the sentences give (bootstrap). A baseline is what can "
    "be reached without what the claim speaks of; the strongest one counts. That a finding holds says that "
    "no baseline explains the number, not that the model is always right."
)


def card(result: "Result") -> str:
    """Return what a notebook shows of a result, as HTML with no script and no style sheet."""
    parts = [
        _line_of(
            f"Finding {result.finding}, {result.key}. The claim: {_claim(result)}", f"{SOFT};font-size:13px"
        ),
        _line_of(result.title, "font-size:20px;font-weight:600;line-height:1.3;margin:8px 0 4px"),
        _line_of(result.recorded, "margin:0 0 4px;font-weight:600"),
        _line_of(result.headline, "font-size:15px;margin:0 0 4px"),
        "" if result.comparisons else _line_of(result.reason, "font-size:15px;margin:0 0 4px"),
        *(_picture(one, one.verdict) for one in result.comparisons),
        _line_of(joint_reason(result.comparisons), "margin:14px 0 0;font-weight:600"),
        _line_of(_related(result), "font-size:15px;font-weight:600;margin:14px 0 0"),
        *(_picture(one, _BESIDE[one.verdict]) for one in result.related),
        *(_line_of(note, "margin:6px 0 0") for note in result.notes),
        '<div style="margin:14px 0 0"></div>',
        _beside(result),
        folded("How a verdict is reached", _rule(result)),
        folded_figures(result.published),
        folded("Where this comes from: model, data, seed, versions", _provenance(result))
        if result.provenance
        else "",
        f'<div style="{SOFT};margin:8px 0 0">{_calls(result, "<code>{}</code>")}</div>',
    ]
    return (
        f'<div style="max-width:720px;font-size:13px;line-height:1.45;text-align:left">{"".join(parts)}</div>'
    )


def in_words(result: "Result") -> str:
    """Return a result in a few lines of text, the last of them saying where the rest is."""
    lines = [
        _first_line(result),
        result.recorded,
        result.headline,
        f"Why: {result.reason}",
        f"More: {_calls(result)}",
    ]
    return "\n  ".join(line for line in lines if line)


def all_in_words(result: "Result") -> str:
    """Return everything but the details as text: claim, rule, baselines, published figures, provenance."""
    blocks = [
        f"{_first_line(result)}\nClaim: {_claim(result)}",
        result.recorded,
        result.headline,
        f"Why: {result.reason}",
        *result.notes,
        f"Rule: {result.rule}." if result.rule else "",
        *(
            "\n".join([f"{one}: {_said(result, one)}", *filter(None, [one.gloss]), *_baselines_in_words(one)])
            for one in _all(result)
        ),
        "\n  ".join(["Published, on other data:", *map(str, result.published)]) if result.published else "",
        "\n  ".join(
            [
                "Where this comes from:",
                *(f"{name}: {_line(value)}" for name, value in result.provenance.items()),
            ]
        )
        if result.provenance
        else "",
    ]
    return "\n\n".join(block for block in blocks if block)


def folded_figures(figures: Sequence[Published]) -> str:
    """Return published figures as a table that opens at a click, the first in the line that is clicked.

    Examples
    --------
    >>> folded_figures([])
    ''
    """
    if not figures:
        return ""
    first = figures[0]
    more = f", and {len(figures) - 1} more" if len(figures) > 1 else ""
    marks = {one.mark for one in figures}
    known = f" All {MARKS[first.mark]}." if len(marks) == 1 else ""
    columns = ["figure", "what", "model", "paper", *(["how it is known"] if len(marks) > 1 else [])]
    rows = [[one.written, one.measure, one.model, one.source, MARKS[one.mark]] for one in figures]
    return folded(
        f"Published, on other data: {first.written} ({first.measure}), {first.model}, {first.source}{more}",
        grid(
            f"For comparison: other data, and often another measure; not to be reached.{known}",
            columns,
            [row[: len(columns)] for row in rows],
        ),
    )


def _all(result: "Result") -> tuple[Comparison, ...]:
    return (*result.comparisons, *result.related)


def _related(result: "Result") -> str:
    if not result.related:
        return ""
    return "Measured beside it" if result.comparisons else "Measured instead"


def _said(result: "Result", one: Comparison) -> str:
    return one.verdict if one in result.comparisons else _BESIDE[one.verdict]


def _first_line(result: "Result") -> str:
    return f"Finding {result.finding}, {result.key}: {result.title[:1].lower()}{result.title[1:]}"


def _claim(result: "Result") -> str:
    return result.claim + (f" ({'; '.join(result.papers)})" if result.papers else "")


def _baselines_in_words(one: Comparison) -> list[str]:
    return [
        f"  {name}: {one.written(value)}" + (f" ({one.glosses[name]})" if name in one.glosses else "")
        for name, value in _sorted(one.baselines)
    ]


def _sorted(baselines: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(baselines.items(), key=lambda named: -named[1])


def _picture(one: Comparison, said: str) -> str:
    """Draw a number, its interval, the strongest baseline and the margin on a line from 0 to 1."""
    low, high = one.interval
    least = min(0.0, low, one.baseline)
    most = max(1.0, high, one.needed)

    def share(start: float, end: float) -> str:
        return f"{100 * (end - start) / (most - least):.1f}%"

    def at(value: float) -> str:
        return share(least, value)

    def across(start: float, end: float) -> str:
        return f"left:{at(start)};width:{share(start, end)}"

    # Borders with no colour of their own take the ink of the page.
    marks = [
        f"left:0;width:100%;top:11px;border-top:{HAIRLINE}",
        f"left:{at(0)};top:7px;height:9px;border-left:{HAIRLINE}",
        f"left:{at(1)};top:7px;height:9px;border-left:{HAIRLINE}",
        f"{across(one.baseline, one.needed)};top:4px;border-top:15px solid;opacity:.18",
        f"left:{at(one.baseline)};top:1px;height:21px;border-left:2px solid",
        f"{across(low, high)};top:10px;border-top:3px solid",
        f"left:{at(one.number)};margin-left:-6px;top:5px;border:6px solid;border-radius:6px",
    ]
    drawn = "".join(f'<div style="{_MARK};{mark}"></div>' for mark in marks)
    ends = [f"{value} {meaning}".strip() for value, meaning in zip((0, 1), one.ends, strict=True)]
    reason = one.explained("the 95% interval (━)", "the strongest baseline (┃)", "a margin (▒)")
    head = f"{_capitalised(one.name)}: {one.written(one.number)} (●), {said}"
    return (
        f'<div style="margin:14px 0 0"><b>{escaped(head)}</b></div>'
        f"{_line_of(one.gloss, SOFT)}"
        f'<div style="position:relative;height:23px;margin:4px 8px 0 6px">{drawn}</div>'
        # Under the marks of 0 and of 1, wherever these stand.
        f'<div style="margin:0 8px 0 6px"><div style="margin-left:{at(0)};width:{share(0, 1)};'
        f'min-width:max-content;display:flex;justify-content:space-between;gap:1em;font-size:11px;{SOFT}">'
        f"<span>{escaped(ends[0])}</span> <span>{escaped(ends[1])}</span></div></div>"
        f"{_line_of(f'{_capitalised(reason)}.', '')}"
    )


def _line_of(text: str, style: str) -> str:
    return f'<div style="{style}">{explained(text)}</div>' if text else ""


def _beside(result: "Result") -> str:
    """Return the table of what was measured and every baseline, a column for each comparison."""
    comparisons = _all(result)
    if not comparisons:
        return ""
    names: dict[str, str] = {}
    for one in comparisons:
        names |= {name: one.glosses.get(name, "") for name, _ in _sorted(one.baselines)}
    rows = [
        [
            f"<b>{escaped(result.model or 'measured')}</b>",
            *(f"<b>{one.written(one.number)}</b>" for one in comparisons),
        ]
    ]
    for name, meaning in names.items():
        gloss = f' <span style="{SOFT}">{explained(meaning)}</span>' if meaning else ""
        values = [one.written(one.baselines[name]) if name in one.baselines else "–" for one in comparisons]
        rows.append([f"{escaped(name)}{gloss}", *values])
    head = ["", *(explained(_capitalised(one.name)) for one in comparisons)]
    return markup_table("Beside every baseline", head, rows)


def _rule(result: "Result") -> str:
    rule = "".join(f"<li>{explained(when)}</li>" for when in result.rule.split("; ") if when)
    return f'<ul style="margin:0 0 8px;padding-left:18px">{rule}</ul><div>{escaped(_NOTES)}</div>'


def _provenance(result: "Result") -> str:
    return facts_table(
        f"Hashes are cut to {_DIGITS} digits; print(result.to_text()) has them whole",
        [(str(name), _line(value, _DIGITS)) for name, value in result.provenance.items()],
    )


def _line(value: Any, digits: int | None = None) -> str:
    """Write a provenance entry on one line, with hashes cut to some digits."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_line(part, digits)}" for name, part in value.items() if part is not None)
    if isinstance(value, list | tuple):
        return ", ".join(_line(part, digits) for part in value)
    text = str(value)
    return text[:digits] if _is_hash(text) else text


def _is_hash(text: str) -> bool:
    return len(text) in (40, 64) and all(letter in "0123456789abcdef" for letter in text)


def _calls(result: "Result", form: str = "{}") -> str:
    """Say how to get at the rest; `form` is how a call is written."""
    calls = [("result.show()", "draws what was measured")] if result.view is not None else []
    calls += [("result.details", "has every layer")] if len(result.details) else []
    calls.append(("print(result.to_text())", "says everything"))
    return "; ".join(f"{form.format(call)} {does}" for call, does in calls)


def _capitalised(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
