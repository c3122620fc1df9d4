"""The report card: what a model does with each of the Primer's claims."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from bertviz_plus.findings.finding import Finding
from bertviz_plus.findings.result import Result
from bertviz_plus.findings.tables import described, grid, markdown

Status = Literal["ran", "stopped by an error", "not run"]
_SHORT = ["number", "key", "claim", "verdict", "measured", "baseline", "why"]


@dataclass(frozen=True, eq=False)
class Entry:
    """One line of a report.

    Attributes
    ----------
    finding : Finding
    status : {"ran", "stopped by an error", "not run"}
    result : Result or None
        Where it ran.
    note : str
        Why it did not.
    """

    finding: Finding
    status: Status
    result: Result | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.status not in get_args(Status):
            raise ValueError(f"status must be one of {', '.join(get_args(Status))}, got {self.status!r}")
        if (self.status == "ran") != (self.result is not None):
            raise ValueError(
                f"result must be there where the status is 'ran', and only there: {self.status!r}"
            )


@dataclass(frozen=True, eq=False)
class Report:
    """What a model does with each of the Primer's claims.

    Attributes
    ----------
    model : str
        Which model it is about.
    entries : tuple of Entry
        One for each finding that was asked for.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> report = Report("bert-tiny", (Entry(bp.primer[2], "not run"),))
    >>> report
    Report on bert-tiny: 0 of 1 findings ran, 1 not run
    >>> report.to_frame()[["key", "status", "verdict"]]
           key   status verdict
    0  numbers  not run    None
    """

    model: str
    entries: tuple[Entry, ...]

    def __getitem__(self, which: int | str) -> Result:
        """Return the result of a finding, by its number or key.

        Raises
        ------
        KeyError
            Where it was not asked for, or did not run, with the reason.
        """
        for entry in self.entries:
            if which in (entry.finding.number, entry.finding.key):
                if entry.result is None:
                    raise KeyError(f"finding {which!r}: {entry.status}{f', {entry.note}' * bool(entry.note)}")
                return entry.result
        raise KeyError(f"finding {which!r} is not in this report")

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each finding.

        Columns: number, key, claim, status, verdict, extent, measure, measured, low, high, baseline,
        baseline_name, reason. What did not run has no verdict.
        """
        rows = []
        for entry in self.entries:
            finding, result = entry.finding, entry.result
            low, high = (result and result.interval) or (None, None)
            rows.append(
                {
                    "number": finding.number,
                    "key": finding.key,
                    "claim": finding.claim,
                    "status": entry.status,
                    "verdict": result.verdict if result else None,
                    "extent": result.extent if result else None,
                    "measure": result.measure if result else None,
                    "measured": result.number if result else None,
                    "low": low,
                    "high": high,
                    "baseline": result.baseline if result else None,
                    "baseline_name": result.baseline_name if result else None,
                    "reason": result.reason if result else entry.note,
                }
            )
        return pd.DataFrame(rows)

    def to_markdown(self) -> str:
        """Return the report as a Markdown table."""
        return markdown(_SHORT, [_short(entry) for entry in self.entries])

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values that `json.dumps` takes."""
        return {
            "model": self.model,
            "findings": [
                {
                    "number": entry.finding.number,
                    "key": entry.finding.key,
                    "claim": entry.finding.claim,
                    "status": entry.status,
                    "note": entry.note,
                    "result": entry.result.to_dict() if entry.result else None,
                }
                for entry in self.entries
            ],
        }

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the report as JSON, and return the file's path."""
        path = Path(path)
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")
        return path

    def __repr__(self) -> str:
        return f"Report on {self.model}: {self._summary()}"

    def _repr_html_(self) -> str:
        return grid(f"{self.model}: {self._summary()}", _SHORT, [_short(entry) for entry in self.entries])

    def _summary(self) -> str:
        ran = [entry.result for entry in self.entries if entry.result is not None]
        parts = [f"{len(ran)} of {len(self.entries)} findings ran"]
        verdicts = [result.verdict for result in ran]
        parts += [f"{verdicts.count(one)} {one}" for one in dict.fromkeys(verdicts)]
        rest = [entry.status for entry in self.entries if entry.result is None]
        return ", ".join(parts + [f"{rest.count(one)} {one}" for one in dict.fromkeys(rest)])


def _short(entry: Entry) -> list[object]:
    finding, result = entry.finding, entry.result
    named: list[object] = [finding.number, finding.key, finding.claim]
    if result is None:
        return [*named, f"({entry.status})", "", "", entry.note]
    if result.number is None or result.baseline is None or result.interval is None:
        return [*named, result.verdict, "", "", result.reason]
    low, high = map(described, result.interval)
    return [
        *named,
        f"{result.verdict}: {result.extent}" if result.extent else result.verdict,
        f"{described(result.number)} ({low} to {high}), {result.measure}",
        f"{described(result.baseline)}, {result.baseline_name}",
        result.reason,
    ]
