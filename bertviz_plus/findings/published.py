"""Figures that papers report: there for comparison, measured on other data, not to be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bertviz_plus.findings.tables import folded, grid

Mark = Literal["code", "2nd"]
_MARKS = {
    "code": "read in the authors' own code, data or paper",
    "2nd": "as somebody else's summary reports it",
}


@dataclass(frozen=True)
class Published:
    """A figure that a paper, or its code, reports.

    Attributes
    ----------
    value : float
        In the unit of the paper.
    measure : str
        What was measured, on which data.
    model : str
        On which model.
    source : str
        The paper.
    mark : {"code", "2nd"}
        How it is known: read in the authors' own code, data or paper; or in somebody's summary.
    unit : str
        What follows the value, such as "%".

    Examples
    --------
    >>> print(Published(71.1, "all-words F1", "BERT-base", "Coenen et al. 2019", "code", "%"))
    71.1% (all-words F1; BERT-base; Coenen et al. 2019; read in the authors' own code, data or paper)
    """

    value: float
    measure: str
    model: str
    source: str
    mark: Mark
    unit: str = ""

    def __post_init__(self) -> None:
        if self.mark not in get_args(Mark):
            raise ValueError(
                f"mark must be one of {', '.join(get_args(Mark))}, got {self.mark!r}: a remembered figure is "
                "never shown as published"
            )

    @property
    def written(self) -> str:
        """The value with its unit."""
        return f"{self.value:g}{self.unit}"

    def __str__(self) -> str:
        return f"{self.written} ({self.measure}; {self.model}; {self.source}; {_MARKS[self.mark]})"


def folded_figures(figures: Sequence[Published]) -> str:
    """Return the figures as a table that opens at a click, the first of them in the line that is clicked.

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
    known = f" All {_MARKS[first.mark]}." if len(marks) == 1 else ""
    columns = ["figure", "what", "model", "paper", *(["how it is known"] if len(marks) > 1 else [])]
    rows = [[one.written, one.measure, one.model, one.source, _MARKS[one.mark]] for one in figures]
    return folded(
        f"Published, on other data: {first.written} ({first.measure}), {first.model}, {first.source}{more}",
        grid(
            f"For comparison: other data, and often another measure; not to be reached.{known}",
            columns,
            [row[: len(columns)] for row in rows],
        ),
    )
