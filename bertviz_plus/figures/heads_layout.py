"""Where do tokens, links and strips stand in the heads mode? As in the live view, to the pixel."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.fonts import text_width
from bertviz_plus.figures.furniture import AXIS, SMALL, TEXT
from bertviz_plus.figures.sheet import Axis, Floats

SENTENCE_GAP = 14.0
TOKEN_PAD = 9.0
RULER = 11.0
SQUARES_FROM = 9
BESIDE_STRIPS = 8.0
_WIDEST = 980.0
_NARROW = 520.0
_ROWS = (20, 24)
_PAPER_ROW = 22
_BRACE_ROOM, _MARK_ROOM = 11.0, 13.0
_LONG_LABEL = 48
# Text in focus is bold, and must not be cut.
_BOLDER = 1.1


@dataclass(frozen=True, eq=False)
class Column:
    """One column of tokens.

    Attributes
    ----------
    axis : Axis
    x, width : float
        CSS pixels.
    text : float
        Room for a token's text.
    middle : ndarray [size], float32
        Of each row, from the column's top.
    shown : ndarray of int
        Which rows are in view.
    y : ndarray, float32
        Where those are.
    length : float
    sticks : bool
        Its special ends stay in view.
    """

    axis: Axis
    x: float
    width: float
    text: float
    middle: Floats
    shown: NDArray[np.intp]
    y: Floats
    length: float
    sticks: bool

    def size_of(self, i: int) -> float:
        """Return the size of a token's type."""
        return SMALL if self.axis.special[i] else TEXT


@dataclass(frozen=True, eq=False)
class HeadsLayout:
    """CSS pixels; `height` is of what is seen, `length` of what can be scrolled through."""

    row: float
    height: float
    length: float
    width: float
    rows: Column
    columns: Column
    strip: float
    cell: float
    narrow: bool

    @property
    def scrolls(self) -> bool:
        """Whether there is more than is seen."""
        return self.length > self.height

    @property
    def ruler(self) -> float:
        """Where the ruler begins."""
        return self.width + 5

    def span(self, *, onto_left: bool, heads: int) -> tuple[float, float, float]:
        """Return where links begin and end, and where the strips stand.

        Strips stand beside what the links lead to; on the left in space that only links at rest use.
        """
        left, right = self.rows.width + 1, self.columns.x - 1
        if not onto_left:
            return left, right, self.strip
        strip = left + BESIDE_STRIPS
        return strip + self.cell * heads + BESIDE_STRIPS, right, strip


def lay_out_heads(
    width: float,
    height: float | None,
    top: float,
    n_heads: int,
    axes: tuple[Axis, Axis],
    names: tuple[str, str],
) -> HeadsLayout:
    """Fit the mode into a width.

    Parameters
    ----------
    width : float
    height : float or None
        Of what is seen; `None` for everything.
    top : float
        Where the columns begin.
    n_heads : int
    axes : (Axis, Axis)
        Rows and columns.
    names : (str, str)
        What stands above them.

    Returns
    -------
    HeadsLayout
    """
    narrow = width < _NARROW
    most = max(*(axis.size for axis in axes), 1)
    gaps = SENTENCE_GAP * max(len(sentence_starts(axis)) for axis in axes)
    row = float(_PAPER_ROW if height is None else min(_ROWS[1], max(_ROWS[0], (height - gaps) // most)))
    lengths = [axis.size * row + SENTENCE_GAP * len(sentence_starts(axis)) for axis in axes]
    length = max(lengths)
    seen = length if height is None or length <= height else float(height // row * row)
    cell = float(min(14, max(3, width * (0.16 if narrow else 0.24) // n_heads)))
    total = width - (RULER + 5 if length > seen else 0)
    if height is not None:
        total = min(total, _WIDEST)
    limit = 72.0 if narrow else 150.0
    widest = [
        max(_widest(axis, limit), text_width(name, AXIS)) for axis, name in zip(axes, names, strict=True)
    ]
    texts = [min(limit, float(np.ceil(wide * _BOLDER))) for wide in widest]
    widths = [text + TOKEN_PAD + _beside(axis) for text, axis in zip(texts, axes, strict=True)]
    strip = total - cell * n_heads
    places = (0.0, strip - (6 if narrow else 14) - widths[1])
    built = [
        _column(axis, x, wide, text, row, (own, length, seen), top)
        for axis, x, wide, text, own in zip(axes, places, widths, texts, lengths, strict=True)
    ]
    return HeadsLayout(row, seen, length, total, built[0], built[1], strip, cell, narrow)


def sentence_starts(axis: Axis) -> list[int]:
    """Return where the second text of a pair begins, empty for one text."""
    return (np.flatnonzero(np.diff(axis.segment)) + 1).tolist()


def braces(column: Column) -> Iterable[tuple[int, int, float]]:
    """Return the first and last subword of each word that has several, and how wide the widest is."""
    word = column.axis.word
    at = np.flatnonzero(np.diff(word)) + 1
    for start, end in zip([0, *at.tolist()], [*at.tolist(), len(word)], strict=True):
        if end - start > 1 and word[start] >= 0:
            widest = max(_label_width(column.axis, i, column.text) for i in range(start, end))
            yield start, end - 1, min(widest, column.text)


def _column(
    axis: Axis,
    x: float,
    width: float,
    text: float,
    row: float,
    lengths: tuple[float, float, float],
    top: float,
) -> Column:
    own, length, seen = lengths
    middle = (np.arange(axis.size) + 0.5) * row
    for start in sentence_starts(axis):
        middle[start:] += SENTENCE_GAP
    sticks = own > seen and own == length
    y = middle.copy()
    stuck = np.zeros(axis.size, bool)
    if sticks:
        stuck[0], stuck[-1] = axis.special[0], axis.special[-1]
        if stuck[-1]:
            y[-1] = seen - row / 2
    above = row if axis.size and stuck[0] else 0
    below = seen - (row if axis.size and stuck[-1] else 0)
    shown = np.flatnonzero(stuck | ((y >= above) & (y <= below)))
    return Column(
        axis,
        x,
        width,
        text,
        middle.astype(np.float32),
        shown,
        (top + y[shown]).astype(np.float32),
        own,
        sticks,
    )


def _beside(axis: Axis) -> float:
    """Return the room for braces, and for the marks of a pair."""
    several = bool(((np.diff(axis.word) == 0) & (axis.word[1:] >= 0)).any())
    return (_BRACE_ROOM if several else 2.0) + (_MARK_ROOM if sentence_starts(axis) else 0.0)


def _widest(axis: Axis, limit: float) -> float:
    return max((_label_width(axis, i, limit) for i in range(axis.size)), default=0.0)


def _label_width(axis: Axis, i: int, limit: float) -> float:
    label = axis.labels[i]
    # A very long label is cut in any case.
    return limit if len(label) > _LONG_LABEL else text_width(label, SMALL if axis.special[i] else TEXT)
