"""Where do words and arcs stand? The twin of `js/views/syntax/layout.js`."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, pi, sin

from bertviz_plus.design import section
from bertviz_plus.plates.syntax_rows import cut_rows
from bertviz_plus.traces.parse import ROOT

_WORDS, _ARCS, _LABELS = (section(f"syntax.{name}") for name in ("words", "arcs", "labels"))

USUAL_HEIGHT = section("syntax").number("height")
WORD, PAD, LONGEST_WORD = map(_WORDS.number, ("size", "padding", "longest"))
LINE, TAG, MARGIN = map(_WORDS.number, ("line", "tag", "margin"))
ARROW = _ARCS.number("arrow")
LABEL, HALF, LABEL_PAD = map(_LABELS.number, ("size", "half", "pad"))
_LEAST_GAP, _MOST_GAP = _WORDS.limits("gap")
BETWEEN = section("syntax.rows").number("between")
_LEAST, _FARTHEST, _BENDS, _STAGGER, _ROOT, _REACH, _ASIDE = map(
    _ARCS.number, ("least", "farthest", "bends", "stagger", "root", "reach", "aside")
)
_FLAT, _HIGH = _ARCS.limits("most")
_STEPS = _ARCS.whole("steps")
_PLACES = _LABELS.numbers("places")
# What a label on top takes.
_EDGE = HALF + 2

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A word's place."""

    x: float
    y: float
    width: float
    middle: float
    row: int


@dataclass(frozen=True)
class Placed:
    """Where everything stands.

    Attributes
    ----------
    boxes : tuple of Box
    rows : tuple of (int, int)
        First word of each row, one past its last.
    most : float
        The height of the farthest arc.
    tops : tuple of float
        How high gold's arcs reach, by row.
    bottoms : tuple of float
        Where each row ends.
    margins : (float, float)
        Left and right, to which arcs across a break leave.
    rtl : bool
    """

    boxes: tuple[Box, ...]
    rows: tuple[tuple[int, int], ...]
    most: float
    tops: tuple[float, ...]
    bottoms: tuple[float, ...]
    margins: tuple[float, float]
    rtl: bool


@dataclass(frozen=True)
class Piece:
    """An arc, or its part in one row, from the head at `x0` to the dependent at `x1`; rises above 0 go down.

    It `starts` where the head stands in this row, and `ends` where the dependent does; else it comes from the
    margin, or leaves to it.
    """

    x0: float
    x1: float
    y: float
    rise: float
    starts: bool
    ends: bool

    @property
    def flat(self) -> tuple[float, float]:
        """Where the flat top begins and ends."""
        across = abs(self.x1 - self.x0)
        bend = min(across / 2 if self.starts and self.ends else across, _REACH * abs(self.rise))
        turned = _sign(self.x1 - self.x0) * bend
        return (
            self.x0 + turned if self.starts else self.x0,
            self.x1 - turned if self.ends else self.x1,
        )

    @property
    def points(self) -> list[Point]:
        """A flat-topped half ellipse, down to its arrow."""
        flat0, flat1 = self.flat
        foot = self.y + _sign(self.rise) * ARROW
        turns = [k / _STEPS * (pi / 2) for k in range(_STEPS + 1)]
        points: list[Point] = []
        if self.starts:
            points += [
                (self.x0 + (flat0 - self.x0) * (1 - cos(turn)), self.y + self.rise * sin(turn))
                for turn in turns[:-1]
            ]
        points += [(flat0, self.y + self.rise), (flat1, self.y + self.rise)]
        if self.ends:
            down = self.y + self.rise - foot
            points += [(flat1 + (self.x1 - flat1) * sin(turn), foot + down * cos(turn)) for turn in turns[1:]]
        return points

    def on_top(self, share: float = 0.5) -> Point:
        """Return a place on the flat top."""
        start, end = self.flat
        return start + (end - start) * share, self.y + self.rise


@dataclass(frozen=True)
class Label:
    """A relation on its arc's flat top; where there is no `free` place, it is not drawn."""

    word: int
    text: str
    x: float
    y: float
    width: float
    free: bool


def place_words(
    widths: Sequence[float], gold: Sequence[int], width: float, height: float, *, rtl: bool
) -> Placed:
    """Place words in rows; a long sentence takes more than the height that there is."""
    room = width - 2 * MARGIN
    rows = cut_rows(widths, gold, room)
    line = LINE + TAG + BETWEEN
    longest = max(end - start for start, end in rows)
    span = longest if len(rows) > 1 else max(1, longest - 1)
    most = min(max((height / len(rows) - line) / 2 - _EDGE, _FLAT), _HIGH)
    under = ceil(arc_height(span + 2 * _STAGGER, most) + _EDGE)
    tops = _tops(rows, gold, most)
    gaps, lengths = [], []
    for start, end in rows:
        bare, count = sum(widths[start:end]), end - start - 1
        gaps.append(min(max((room - bare) / count, _LEAST_GAP), _MOST_GAP) if count else 0.0)
        lengths.append(bare + gaps[-1] * count)
    block = max(lengths)
    left = max(MARGIN, (width - block) / 2)
    boxes, bottoms, y = [], [], -BETWEEN
    for row, (start, end) in enumerate(rows):
        x, y = left, y + BETWEEN + ceil(tops[row] + _EDGE)
        for word in range(start, end):
            own = min(widths[word], room)
            at = 2 * left + block - x - own if rtl else x
            boxes.append(Box(at, y, own, at + own / 2, row))
            x += own + gaps[row]
        y += LINE + TAG + under
        bottoms.append(y)
    margins = left - MARGIN, left + block + MARGIN
    return Placed(tuple(boxes), tuple(rows), most, tuple(tops), tuple(bottoms), margins, rtl)


def _tops(rows: Sequence[tuple[int, int]], gold: Sequence[int], most: float) -> list[float]:
    """Return how high gold's arcs reach in each row; a root's arrow comes from above them."""
    row_of = [row for row, (start, end) in enumerate(rows) for _ in range(start, end)]
    tops = [0.0] * len(rows)
    for word, head in enumerate(gold):
        if head >= 0:
            own = row_of[head], row_of[word]
            for row, span in zip(own, _spans(rows, word, head, *own), strict=True):
                tops[row] = max(tops[row], arc_height(span, most))
    for word, head in enumerate(gold):
        if head == ROOT:
            tops[row_of[word]] = max(_LEAST, tops[row_of[word]] + _ROOT)
    return tops


def _spans(rows: Sequence[tuple[int, int]], word: int, head: int, start: int, to: int) -> tuple[float, float]:
    """Return over how many words an arc runs in its head's row and in its word's.

    A little more by its place, so that arcs of one length that cross do not hide each other.
    """
    if start == to:
        span = abs(word - head) + _STAGGER * (min(word, head) % 3)
        return span, span
    far = rows[start][1] - head if start < to else head - rows[start][0] + 1
    near = word - rows[to][0] + 1 if start < to else rows[to][1] - word
    return far + _STAGGER * (head % 3), near + _STAGGER * (word % 3) + 0.5


def arc_height(words: float, most: float) -> float:
    """Return how high an arc over some words is.

    Examples
    --------
    >>> arc_height(1, 112), arc_height(14, 112), arc_height(40, 112)
    (20.0, 112.0, 112.0)
    """
    left = 1 - min(words - 1, _FARTHEST - 1) / (_FARTHEST - 1)
    return _LEAST + (most - _LEAST) * float(1 - left**_BENDS)


def pieces_of(placed: Placed, word: int, head: int, *, up: bool) -> list[Piece]:
    """Return a link's arc: one piece, or where a break lies between two, out to the margin and in from it."""
    to, side = placed.boxes[word], -1 if up else 1

    def base(box: Box) -> float:
        return box.y - 1 if up else box.y + LINE + TAG + 1

    if head < 0:
        return [Piece(to.middle, to.middle, base(to), side * placed.tops[to.row], starts=False, ends=True)]
    start = placed.boxes[head]
    far, near = (
        side * arc_height(span, placed.most) for span in _spans(placed.rows, word, head, start.row, to.row)
    )

    def leave(x: float) -> float:
        return start.middle + _sign(x - start.middle) * min(_ASIDE, start.width / 4)

    if start.row == to.row:
        return [Piece(leave(to.middle), to.middle, base(to), far, starts=True, ends=True)]
    onward = start.row < to.row
    first, last = placed.margins[::-1] if placed.rtl else placed.margins
    out, back = (last, first) if onward else (first, last)
    return [
        Piece(leave(out), out, base(start), far, starts=True, ends=False),
        Piece(back, to.middle, base(to), near, starts=False, ends=True),
    ]


def place_relations(wanted: Sequence[tuple[int, str, float, Piece]], pieces: Sequence[Piece]) -> list[Label]:
    """Place relations on their arcs, the shortest arcs first.

    Parameters
    ----------
    wanted : sequence of (word, text, width, piece)
    pieces : sequence of Piece
        All arcs that stand above.
    """
    lines = [(piece, piece.points, piece.flat) for piece in pieces]
    labels: list[Label] = []
    for word, text, width, piece in sorted(wanted, key=lambda one: abs(one[3].x1 - one[3].x0)):
        half = width / 2 + LABEL_PAD
        others = [line for line in lines if line[0] is not piece]
        fits = piece.x1 == piece.x0 or 2 * half <= abs(piece.x1 - piece.x0)
        places = [piece.on_top(share) for share in _PLACES]
        free = (
            (x, y)
            for x, y in places
            if not any(
                one.free and abs(one.x - x) < one.width / 2 + half and abs(one.y - y) < 2 * HALF
                for one in labels
            )
            and not any(_crosses(*line, x, y, half) for line in others)
        )
        found = next(free, None) if fits else None
        x, y = found or places[0]
        labels.append(Label(word, text, x, y, width, found is not None))
    return labels


def _crosses(
    piece: Piece, points: Sequence[Point], flat: tuple[float, float], x: float, y: float, half: float
) -> bool:
    beside = min(flat) >= x + half or max(flat) <= x - half
    if abs(piece.y + piece.rise - y) < HALF and not beside:
        return True
    return any(abs(px - x) < half and abs(py - y) < HALF for px, py in points)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
