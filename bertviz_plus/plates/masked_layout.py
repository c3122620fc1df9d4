"""Where words, bars, rows and cells stand. The twin of `js/views/masked/layout.js`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.traces.asked import Answer

_WORDS, _COLUMNS, _LENS = (section(f"masked.{name}") for name in ("words", "columns", "lens"))
LINE, BARS, BAR, BAR_WIDTH = map(_WORDS.number, ("line", "bars", "bar", "bar_width"))
_GAP, _BETWEEN = map(_WORDS.number, ("gap", "between"))
HEADER, ROW, BAR_HEIGHT = map(_COLUMNS.number, ("header", "row", "bar"))
_NUMBER, MARK, _WIDEST, _OUT, _CHANGED = map(_COLUMNS.number, ("number", "mark", "widest", "out", "changed"))
FAR = _COLUMNS.whole("moved")
LENS_HEADER, LAYER = map(_LENS.number, ("header", "layer"))


class Box(NamedTuple):
    """A word."""

    x: float
    y: float
    width: float


class Move(NamedTuple):
    """A choice and its row before and after, `None` where it is not among those that are shown.

    `rise` counts the places that it moved up; `change` is 1 where it became clearly likelier, -1 less likely.
    """

    choice: str
    before: int | None
    after: int | None
    rise: int
    change: int


@dataclass(frozen=True)
class Columns:
    """Two columns of choices, or one; `after` is where the second begins."""

    column: float
    name: float
    bar: float
    after: float


@dataclass(frozen=True)
class Lens:
    """A grid of layers down and choices across; `first` is where it begins, after the first guesses."""

    first: float
    count: int
    cell: float
    row: float
    height: float


def place_sentence(widths: Sequence[float], glued: Sequence[bool], room: float) -> tuple[list[Box], float]:
    """Place words in rows, each with a zone of bars under it, and return how high they are together.

    Examples
    --------
    >>> place_sentence([60, 10], [False, True], 200)
    ([Box(x=0.0, y=0.0, width=60), Box(x=60.0, y=0.0, width=10)], 64.0)
    """
    boxes: list[Box] = []
    x = y = 0.0
    for own, close in zip(widths, glued, strict=True):
        width = min(own, room)
        gap = _GAP if x and not close else 0.0
        if x and x + gap + width > room:
            x, y = 0.0, y + LINE + BARS + _BETWEEN
        else:
            x += gap
        boxes.append(Box(x, y, width))
        x += width
    return boxes, y + LINE + BARS


def bar_heights(values: NDArray[np.float32]) -> list[float]:
    """Return the heights of bars, the strongest the highest; below zero they hang."""
    known = np.nan_to_num(np.asarray(values, float))
    most = float(np.abs(known).max(initial=0))
    return [BAR * value / most if most else 0.0 for value in known.tolist()]


def place_columns(width: float, *, compared: bool) -> Columns:
    """Place the columns of choices."""
    least, most = _COLUMNS.limits("gap")
    share = section("masked.columns.gap").number("share")
    gap = min(max(share * width, least), most) if compared else 0.0
    column = min((width - gap - MARK) / 2 if compared else width, _WIDEST)
    names, (low, high) = section("masked.columns.name"), _COLUMNS.limits("name")
    name = min(max(names.number("share") * column, low), high)
    bar = max(8.0, column - name - _NUMBER)
    return Columns(column, name, bar, column + gap if compared else 0.0)


def row_middle(row: int) -> float:
    """Return the middle of a row, from the top of the columns."""
    return HEADER + (row + 0.5) * ROW


def columns_height(rows: int) -> float:
    """Return how high columns of so many rows are."""
    return HEADER + rows * ROW + _OUT


def moves_of(first: Answer, now: Answer) -> list[Move]:
    """Return how each choice moved: those of the first sentence, then those that are new."""
    moves = [
        Move(choice, before, rank if rank < len(now.choices) else None, before - rank, _change(was, is_now))
        for before, (choice, rank, was, is_now) in enumerate(
            zip(
                first.choices,
                now.ranks_of_first.tolist(),
                first.probabilities.tolist(),
                now.probabilities_of_first.tolist(),
                strict=True,
            )
        )
    ]
    known = {move.after for move in moves}
    return moves + [
        Move(choice, None, after, rank - after, _change(was, is_now))
        for after, (choice, rank, was, is_now) in enumerate(
            zip(
                now.choices,
                now.ranks_before.tolist(),
                now.probabilities_before.tolist(),
                now.probabilities.tolist(),
                strict=True,
            )
        )
        if after not in known
    ]


def _change(was: float, is_now: float) -> int:
    if is_now > was * _CHANGED:
        return 1
    return -1 if is_now * _CHANGED < was else 0


def line_of(move: Move, columns: Columns, rows: int) -> tuple[float, float, float, float]:
    """Return where a move's line begins and ends; what is not shown comes from below or goes there."""
    below = HEADER + rows * ROW + _OUT / 2
    y0, y1 = (below if row is None else row_middle(row) for row in (move.before, move.after))
    return columns.column, y0, columns.after - 2, y1


def place_lens(width: float, layers: int, choices: int) -> Lens:
    """Place the grid of the layer lens."""
    firsts = section("masked.lens.first")
    narrow = width < section("masked").number("narrow")
    first = LAYER + firsts.number("narrow" if narrow else "wide")
    least, most = _LENS.limits("cell")
    count = int(min(max((width - first) // least, 1), choices))
    cell = min((width - first) / count, most)
    low, high = _LENS.limits("row")
    row = min(max(_LENS.number("rows_room") // layers, low), high)
    return Lens(first, count, cell, row, LENS_HEADER + layers * row)
