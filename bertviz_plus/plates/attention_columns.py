"""Where do the tokens of a heads plate stand? In two columns, a strip of squares beside one of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.fonts import text_width
from bertviz_plus.plates.type_sizes import AXIS, SMALL, TEXT
from bertviz_plus.traces.attention_layer import Axis, Floats

_SIZES, _STRIPS = section("attention.columns"), section("attention.strips")

TOKEN_PAD = _SIZES.number("token_pad")
# From this width on a head's part of a strip holds squares, else bars.
SQUARES_FROM = _STRIPS.number("squares_from")
_SENTENCE_GAP = _SIZES.number("sentence_gap")
_BESIDE_STRIPS = _STRIPS.number("beside")
_NARROW = _SIZES.number("narrow")
_LABEL, _NARROW_LABEL = map(section("attention.columns.label").number, ("wide", "narrow"))
# Nobody scrolls a figure, and nobody points at its rows: they may be lower than those of the screen.
_ROWS = (16.0, _SIZES.limits("row")[1])
_CELLS = (3.0, 14.0)
_BRACE_ROOM, _MARK_ROOM = _SIZES.number("brace_room"), _SIZES.number("mark_room")
_LONG_LABEL = 48
# Text in focus is bold, and must not be cut.
_BOLDER = _SIZES.number("bold_widens")


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
    shown : ndarray of int
        Which tokens are drawn.
    y : ndarray, float32
        Where those are: the middle of each.
    gap : float or None
        Where the mark of what is left out stands.
    bottom : float
    """

    axis: Axis
    x: float
    width: float
    text: float
    shown: NDArray[np.intp]
    y: Floats
    gap: float | None
    bottom: float

    @property
    def is_cut(self) -> bool:
        """Whether tokens are left out."""
        return len(self.shown) < self.axis.size

    def size_of(self, i: int) -> float:
        """Return the size of a token's type."""
        return SMALL if self.axis.special[i] else TEXT


@dataclass(frozen=True, eq=False)
class Columns:
    """Both columns, in CSS pixels; `strip` is where the squares begin, `cell` what one head has of them."""

    row: float
    rows: Column
    columns: Column
    strip: float
    cell: float

    @property
    def bottom(self) -> float:
        """Where the lower of them ends."""
        return max(self.rows.bottom, self.columns.bottom)

    def span(self, *, onto_left: bool, heads: int) -> tuple[float, float, float]:
        """Return where links begin and end, and where the strips stand.

        Strips stand beside what the links lead to; on the left in space that only links at rest use.
        """
        left, right = self.rows.width + 1, self.columns.x - 1
        if not onto_left:
            return left, right, self.strip
        strip = left + _BESIDE_STRIPS
        return strip + self.cell * heads + _BESIDE_STRIPS, right, strip


def lay_out_columns(
    width: float, room: float, top: float, n_heads: int, axes: tuple[Axis, Axis], names: tuple[str, str]
) -> Columns:
    """Fit the columns into a width and a height; a text that is too long is cut.

    Parameters
    ----------
    width, room : float
    top : float
        Where the columns begin.
    n_heads : int
    axes : (Axis, Axis)
        Rows and columns.
    names : (str, str)
        What stands above them.
    """
    narrow = width < _NARROW
    most = max(*(axis.size for axis in axes), 1)
    gaps = _SENTENCE_GAP * max(len(sentence_starts(axis)) for axis in axes)
    row = float(min(_ROWS[1], max(_ROWS[0], (room - gaps) // most)))
    cell = float(min(_CELLS[1], max(_CELLS[0], width * (0.16 if narrow else 0.24) // n_heads)))
    limit = _NARROW_LABEL if narrow else _LABEL
    strip = width - cell * n_heads
    texts, widths = [], []
    for axis, name in zip(axes, names, strict=True):
        widest = max(_widest(axis, limit), text_width(name, AXIS))
        texts.append(min(limit, float(np.ceil(widest * _BOLDER))))
        widths.append(texts[-1] + TOKEN_PAD + _beside(axis))
    places = (0.0, strip - (6 if narrow else 14) - widths[1])
    built = [
        _column(axis, x, wide, text, row, room, top)
        for axis, x, wide, text in zip(axes, places, widths, texts, strict=True)
    ]
    return Columns(row, built[0], built[1], strip, cell)


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


def _column(axis: Axis, x: float, width: float, text: float, row: float, room: float, top: float) -> Column:
    middle = (np.arange(axis.size) + 0.5) * row
    for start in sentence_starts(axis):
        middle[start:] += _SENTENCE_GAP
    length = float(middle[-1] + row / 2) if axis.size else 0.0
    if length <= room:
        return Column(
            axis, x, width, text, np.arange(axis.size), (top + middle).astype(np.float32), None, top + length
        )
    # A special token at the end stays: much of the attention goes there.
    last = [axis.size - 1] if axis.special[-1] else []
    fitting = int((middle <= room - (1.5 + len(last)) * row).sum())
    count = max(1, min(fitting, axis.size - 1 - len(last)))
    end = float(middle[count - 1]) + row / 2
    shown = np.array([*range(count), *last])
    y = np.array([*middle[:count], *(end + 1.5 * row for _ in last)])
    bottom = end + (1 + len(last)) * row
    return Column(
        axis, x, width, text, shown, (top + y).astype(np.float32), top + end + row / 2, top + bottom
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
