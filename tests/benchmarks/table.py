"""A figure, the bar that it has to pass, and the table of them."""

from collections.abc import Iterable
from dataclasses import dataclass

DECIMALS = {"s": 3, "ms": 1, "MB": 2, "kB": 1, "×": 3, "nodes": 0}


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    `peer` is what bertviz (or what else `beside` names) takes in the same run, in the same unit; where it
    was not run, a few words say why. `bar` is the largest `ours` that will do, or with `at_least` the
    smallest ratio of peer to ours. `bar=None` is told and not judged. `script` and `thread` are CPU time in
    milliseconds that the page itself took for what is measured: in its scripts, and in all of its main
    thread, style, layout and painting included. What a wait is longer is other work on the machine.
    """

    name: str
    ours: float
    unit: str
    bar: float | None
    peer: float | str = ""
    at_least: bool = False
    script: float | None = None
    thread: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times more the peer takes."""
        return self.peer / self.ours if isinstance(self.peer, float | int) and self.ours else None

    @property
    def passes(self) -> bool:
        if self.bar is None:
            return True
        if self.at_least:
            return self.ratio is not None and self.ratio >= self.bar
        return self.ours <= self.bar


def amount(value: float | str, unit: str) -> str:
    return value if isinstance(value, str) else f"{value:,.{DECIMALS.get(unit, 3)}f} {unit}"


def cells(figure: Figure) -> tuple[str, ...]:
    if figure.bar is None:
        bar = ""
    elif figure.at_least:
        bar = f"≥ {figure.bar:g}× fewer"
    else:
        bar = f"≤ {figure.bar:,g} {figure.unit}"
    return (
        figure.name,
        amount(figure.ours, figure.unit),
        amount(figure.peer, figure.unit),
        "" if figure.ratio is None else f"{figure.ratio:,.3g}×",
        "" if figure.script is None else amount(figure.script, "ms"),
        "" if figure.thread is None else amount(figure.thread, "ms"),
        bar,
        "" if figure.bar is None else "yes" if figure.passes else "NO",
    )


def table(figures: Iterable[Figure]) -> str:
    head = ("figure", "ours", "peer, same run", "peer / ours", "own script", "own thread", "bar", "ok")
    rows = [head, *(cells(figure) for figure in figures)]
    # A column with nothing in it is left out.
    full = [column for column, cells_ in enumerate(zip(*rows, strict=True)) if any(cells_[1:])]
    rows = [tuple(row[column] for column in full) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(full))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
