"""Where do the words of two sentences stand? In two lines, or in bands of two lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.alignment_bands import Band, cut_bands
from bertviz_plus.plates.alignment_data import AlignmentData
from bertviz_plus.plates.fonts import text_width

_WORDS, _LINES, _BANDS = (section(f"alignment.{name}") for name in ("words", "lines", "bands"))

USUAL_HEIGHT = section("alignment").number("height")
WORD = _WORDS.number("size")
_PAD = _WORDS.number("padding")
(_LEAST_GAP, _MOST_GAP), _BAND_GAP = _LINES.limits("word_gap"), _BANDS.number("word_gap")
_LINE, _MARGIN = _LINES.number("line"), _LINES.number("margin")
# Between two lines: at least where there is room, at most, at least where there is none.
_LOW, _HIGH = _LINES.limits("gap")
_WISH, _MORE, _FAR, _LEAST_APART = map(section("alignment.lines.wish").number, ("base", "by", "far", "least"))
_LOOSE_GAP, _LOOSELY = map(section("alignment.lines.loose").number, ("gap", "times"))
_BAND_WISH, _BAND_MORE, _LEAST_WISH = map(section("alignment.bands.wish").number, ("base", "by", "least"))
_BAND_LINE, _BETWEEN = _BANDS.number("line"), _BANDS.number("between")
_LOWEST, _TALLEST = _BANDS.limits("gap")
_OFF = _LINES.number("link_end")
_LONGEST_WORD = _WORDS.number("longest")
# Letters that are smaller than Latin ones in the same size.
_SMALL_LETTERS = re.compile("[\u0600-\u06ff\u0900-\u097f]")

Widths = NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A word's place, and the point where its links end."""

    x: float
    y: float
    width: float
    height: float
    at_x: float
    at_y: float


@dataclass(frozen=True)
class Layout:
    """Where everything stands.

    Attributes
    ----------
    source, target : tuple of Box
    bottom : float
    bands : int
    sizes : (float, float)
        Of the words of both.
    """

    source: tuple[Box, ...]
    target: tuple[Box, ...]
    bottom: float
    bands: int
    sizes: tuple[float, float]


def lay_out(data: AlignmentData, width: float, height: float = USUAL_HEIGHT) -> Layout:
    """Place the words of a pair in a width.

    Parameters
    ----------
    data : AlignmentData
    width : float
    height : float, default 380
        The room there is; a long pair takes more.

    Examples
    --------
    >>> data = AlignmentData(
    ...     "", None, 0, 1, ("a", "b"), ("x",), False, False, (), 0, 0, "", (), -1, (), None, (), "",
    ...     np.zeros((0, 0)))
    >>> layout = lay_out(data, 960)
    >>> len(layout.source), layout.target[0].y
    (2, 127.0)
    """
    words = data.source, data.target
    small = [bool(_SMALL_LETTERS.search("".join(own))) for own in words]
    sizes = (WORD + 2 * small[0], WORD + 2 * small[1])
    widths = [
        np.array([max(12.0, min(_LONGEST_WORD, ceil(text_width(word, size))) + _PAD) for word in own])
        for own, size in zip(words, sizes, strict=True)
    ]
    links = [link[:2] for link in data.stable]
    bands = cut_bands(words, widths, links, width - _PAD)
    from_right = (data.source_rtl, data.target_rtl)
    if len(bands) == 1:
        source, target, bottom = _two_lines(widths, width, from_right, links, height)
    else:
        source, target, bottom = _bands(widths, width, from_right, bands, links, height)
    return Layout(source, target, bottom, len(bands), sizes)


Placed = tuple[tuple[Box, ...], tuple[Box, ...], float]


def _two_lines(
    widths: Sequence[Widths],
    width: float,
    from_right: tuple[bool, bool],
    links: Sequence[tuple[int, int]],
    height: float,
) -> Placed:
    wish = min(width - _PAD, _LOOSELY * max(float(one.sum()) + _LOOSE_GAP * (len(one) - 1) for one in widths))
    rows = [
        _spread(own, wish, _MOST_GAP, width, centred=True, from_right=rtl)
        for own, rtl in zip(widths, from_right, strict=True)
    ]
    middles = [row + own / 2 for row, own in zip(rows, widths, strict=True)]
    # Where no link is known yet, some will run along half the line.
    far = _widest(middles, links) if links else _FAR * wish
    wished = float(int(min(max(_WISH + _MORE * far, _LOW), _HIGH) + 0.5))
    apart = max(_LEAST_APART, min(wished, height - 2 * (_LINE + _MARGIN)))
    upper = _MARGIN
    lower = upper + _LINE + apart
    source = _line(rows[0], widths[0], upper, _LINE, upper + _LINE + _OFF)
    target = _line(rows[1], widths[1], lower, _LINE, lower - _OFF)
    return tuple(source), tuple(target), lower + _LINE + _MARGIN


def _bands(
    widths: Sequence[Widths],
    width: float,
    from_right: tuple[bool, bool],
    bands: Sequence[Band],
    links: Sequence[tuple[int, int]],
    height: float,
) -> Placed:
    rows = []
    for side, rtl in enumerate(from_right):
        lines = [
            _spread(
                widths[side][band[2 * side] : band[2 * side + 1]],
                width - _PAD,
                _BAND_GAP,
                width,
                centred=False,
                from_right=rtl,
            )
            for band in bands
        ]
        rows.append(np.concatenate(lines))
    middles = [row + own / 2 for row, own in zip(rows, widths, strict=True)]
    # The further links run, the higher they want to be.
    gaps = []
    for i, i1, j, j1 in bands:
        inside = [(s, t) for s, t in links if i <= s < i1 and j <= t < j1]
        gaps.append(min(max(_BAND_WISH + _BAND_MORE * _widest(middles, inside), _LEAST_WISH), _TALLEST))
    rest = height - len(bands) * 2 * _BAND_LINE - (len(bands) - 1) * _BETWEEN
    squeeze = min(1.0, rest / sum(gaps))
    placed: tuple[list[Box], list[Box]] = ([], [])
    y = 0.0
    for (i, i1, j, j1), wish in zip(bands, gaps, strict=True):
        lower = y + _BAND_LINE + max(_LOWEST, float(int(wish * squeeze)))
        upper_end, lower_end = y + _BAND_LINE + _OFF, lower - _OFF
        placed[0].extend(_line(rows[0][i:i1], widths[0][i:i1], y, _BAND_LINE, upper_end))
        placed[1].extend(_line(rows[1][j:j1], widths[1][j:j1], lower, _BAND_LINE, lower_end))
        y = lower + _BAND_LINE + _BETWEEN
    return tuple(placed[0]), tuple(placed[1]), y - _BETWEEN


def _widest(middles: Sequence[Widths], links: Sequence[tuple[int, int]]) -> float:
    """Return how far aside links run: the further, the higher they want to be."""
    return max((abs(float(middles[0][s] - middles[1][t])) for s, t in links), default=0.0)


def _line(places: Widths, widths: Widths, y: float, height: float, end: float) -> list[Box]:
    return [
        Box(x, y, own, height, x + own / 2, end)
        for x, own in zip(places.tolist(), widths.tolist(), strict=True)
    ]


def _spread(
    widths: Widths, wish: float, most_gap: float, width: float, *, centred: bool, from_right: bool
) -> Widths:
    """Return where each word of a line begins."""
    count, bare = len(widths), float(widths.sum())
    gap = min(max((wish - bare) / (count - 1), _LEAST_GAP), most_gap) if count > 1 else 0.0
    start = (width - bare - gap * (count - 1)) / 2 if centred else 0.0
    places = start + np.concatenate([[0.0], np.cumsum(widths + gap)])[:count]
    return np.asarray(width - places - widths if from_right else places)


def link_ends(source: Box, target: Box) -> tuple[float, float, float, float]:
    """Return where a link starts and ends: a target in a band above is reached from below.

    Examples
    --------
    >>> upper, lower = Box(0, 0, 20, 24, 10, 27), Box(0, 80, 20, 24, 10, 77)
    >>> link_ends(upper, lower), link_ends(lower, upper)
    ((10, 27, 10, 77), (10, 77.0, 10, 27.0))
    """
    if target.y < source.y:
        return source.at_x, source.y - _OFF, target.at_x, target.y + target.height + _OFF
    return source.at_x, source.at_y, target.at_x, target.at_y
