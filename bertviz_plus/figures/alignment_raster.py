"""How are a hundred curved links drawn in a hundredth of a second? As one picture of few colours.

Each curve is walked pixel by pixel along the axis that it runs along, and a short run of pixels is laid
across it: all runs of all curves at once. Where links cross, the stronger one is seen and nothing adds up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.palette import Colour
from bertviz_plus.figures.scene import Picture

Floats = NDArray[np.float32]
Box = tuple[float, float, float, float]

_LEVELS = 80
_KINDS = 3
_MOST_STEPS = 60_000
# Less than a pixel, so that no row is left out where a curve turns.
_STEP, _DASHED_STEP = 0.95, 0.5
# The sine of an angle to an axis.
_SLANTED = 0.5
_LEAST_REACH, _MOST_REACH = 2, 4
# Of each value on the canvas, level times kinds and kind, its place in the picture's ramp.
_CODES = np.array(
    [kind * _LEVELS + level if level else 0 for level in range(_LEVELS + 1) for kind in range(_KINDS)],
    np.uint8,
)


@dataclass(frozen=True, eq=False)
class Stroke:
    """A curve through points ``[points, 2]``, or a spot where there is one point.

    Attributes
    ----------
    points : ndarray [points, 2]
    colour : int
        Which of the picture's colours.
    width : float
        Of a curve; a spot's diameter.
    hollow : float
        How much of the width is left out in the middle.
    alpha : float
    dash : tuple of (float, float) or ()
    """

    points: Floats
    colour: int
    width: float
    alpha: float = 1.0
    hollow: float = 0.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Marks:
    """What lies over the strokes.

    Attributes
    ----------
    places : ndarray [marks, 2]
        Around each of them the strokes are wiped off.
    radius : float
        How far.
    strokes : sequence of Stroke
        Are drawn there.
    boxes : sequence of (left, top, right, bottom)
        Are wiped off last of all.
    """

    places: Floats
    radius: float
    strokes: Sequence[Stroke]
    boxes: Sequence[Box] = ()


def strokes_picture(
    strokes: Sequence[Stroke],
    colours: Sequence[Colour],
    paper: Colour,
    extent: tuple[float, float, float],
    marks: Marks | None = None,
) -> Picture:
    """Draw strokes at one device pixel per CSS pixel.

    Parameters
    ----------
    strokes : sequence of Stroke
        The most important first: of very many those at the end are left out.
    colours : sequence of at most three colours
    paper : colour
    extent : (float, float, float)
        Top, bottom and width of what is drawn.
    marks : Marks, optional

    Returns
    -------
    Picture

    Examples
    --------
    >>> line = Stroke(np.array([[2, 5], [18, 5]], np.float32), 0, 2.0)
    >>> picture = strokes_picture([line], [(0, 0, 0)], (255, 255, 255), (0, 10, 20))
    >>> picture.pixels[4, 10].tolist(), picture.pixels[8, 10].tolist()
    ([0, 0, 0], [255, 255, 255])
    """
    top, bottom, width = int(extent[0]), int(np.ceil(extent[1])), int(np.ceil(extent[2]))
    canvas = np.zeros((bottom - top, width), np.int32)
    _lay(strokes, canvas, top)
    if marks is not None:
        _wipe(marks, canvas, top)
        _lay(marks.strokes, canvas, top)
        for left, upper, right, lower in marks.boxes:
            rows = slice(max(0, round(upper) - top), max(0, round(lower) - top))
            canvas[rows, max(0, round(left)) : max(0, round(right))] = 0
    ramp = np.empty((256, 3), np.uint8)
    ramp[:] = paper
    shares = np.arange(1, _LEVELS + 1)[:, np.newaxis] / _LEVELS
    for number, colour in enumerate(colours):
        shades = np.array(paper) + (np.array(colour) - np.array(paper)) * shares
        ramp[number * _LEVELS + 1 : (number + 1) * _LEVELS + 1] = np.rint(shades)
    return Picture(0.0, float(top), float(width), float(bottom - top), _CODES.take(canvas), ramp)


def _lay(strokes: Sequence[Stroke], canvas: NDArray[np.int32], top: int) -> None:
    alike: dict[tuple[bool, int], list[Stroke]] = {}
    for one in strokes:
        reach = min(_MOST_REACH, max(_LEAST_REACH, math.ceil(one.width / 2 + 0.5)))
        alike.setdefault((len(one.points) > 1, reach), []).append(one)
    for (is_line, reach), some in alike.items():
        (_lay_lines if is_line else _lay_spots)(some, reach, canvas, top)


def _lay_lines(strokes: Sequence[Stroke], reach: int, canvas: NDArray[np.int32], top: int) -> None:
    steps, owners = _walk(strokes)
    steep = np.abs(steps[:, 3]) >= np.abs(steps[:, 2])
    # Where a curve turns from one axis to the other both runs are needed.
    turning = np.abs(steps[:, 2:]).min(axis=1) > _SLANTED
    steps, owners = np.concatenate([steps, steps[turning]]), np.concatenate([owners, owners[turning]])
    steep = np.concatenate([steep, ~steep[turning]])
    x, y, across, down = (steps[:, column] for column in range(4))
    # A slanted line's run of pixels is longer than the line is wide.
    side = np.arange(-reach - 1, reach + 2, dtype=np.float32)[:, np.newaxis]
    columns = np.floor(x) + np.where(steep, side, 0)
    rows = np.floor(y) + np.where(steep, 0, side)
    away = np.abs((columns + np.float32(0.5) - x) * down - (rows + np.float32(0.5) - y) * across)
    _put(canvas, rows - top, columns, away, strokes, owners)


def _lay_spots(strokes: Sequence[Stroke], reach: int, canvas: NDArray[np.int32], top: int) -> None:
    x, y = np.array([one.points[0] for one in strokes], np.float32).T
    side = np.arange(-reach, reach + 1, dtype=np.float32)
    brush_y, brush_x = (part.reshape(-1, 1) for part in np.meshgrid(side, side, indexing="ij"))
    columns, rows = np.floor(x) + brush_x, np.floor(y) + brush_y
    away = np.hypot(columns + np.float32(0.5) - x, rows + np.float32(0.5) - y)
    _put(canvas, rows - top, columns, away, strokes, np.arange(len(strokes)))


def _put(
    canvas: NDArray[np.int32],
    rows: Floats,
    columns: Floats,
    away: Floats,
    strokes: Sequence[Stroke],
    owners: NDArray[np.intp],
) -> None:
    """Cover pixels ``[run, steps]`` that are so far away from the middle of their stroke."""
    half, hollow, alpha, kind = (
        np.array(values, np.float32)[owners]
        for values in (
            [one.width / 2 + 0.5 for one in strokes],
            [one.hollow / 2 + 0.5 if one.hollow else 0 for one in strokes],
            [one.alpha * _LEVELS for one in strokes],
            [one.colour for one in strokes],
        )
    )
    cover = np.clip(half - away, 0, 1)
    if hollow.any():
        cover -= np.clip(hollow - away, 0, 1)
    cover *= alpha
    level = np.rint(cover).astype(np.int32)
    seen = (level > 0) & (rows >= 0) & (columns >= 0) & (rows < canvas.shape[0]) & (columns < canvas.shape[1])
    values = level * _KINDS + kind.astype(np.int32)
    places = rows.astype(np.int32) * canvas.shape[1] + columns.astype(np.int32)
    np.maximum.at(canvas.reshape(-1), places[seen], values[seen])


def _wipe(marks: Marks, canvas: NDArray[np.int32], top: int) -> None:
    """Make levels fainter around each mark, at its rim by what of a pixel it covers."""
    reach = int(np.ceil(marks.radius)) + 1
    side = np.arange(-reach, reach + 1)
    for x, y in marks.places.tolist():
        left, upper = int(x), int(y) - top
        rows, columns = upper + side, left + side
        rows = rows[(rows >= 0) & (rows < canvas.shape[0])]
        columns = columns[(columns >= 0) & (columns < canvas.shape[1])]
        if not len(rows) or not len(columns):
            continue
        away = np.hypot((rows + top + 0.5 - y)[:, np.newaxis], columns + 0.5 - x)
        area = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        level, kind = np.divmod(area, _KINDS)
        kept = level * np.clip(away - marks.radius + 0.5, 0, 1)
        area[:] = np.rint(kept).astype(np.int32) * _KINDS + kind


def _walk(strokes: Sequence[Stroke]) -> tuple[Floats, NDArray[np.intp]]:
    """Return places and the direction there, ``[steps, 4]``, and whose they are; dashes have gaps.

    Along the axis that a curve runs along, places are at most a pixel apart.
    """
    counts = np.array([len(one.points) for one in strokes])
    points = np.concatenate([np.asarray(one.points, np.float64) for one in strokes])
    ahead = np.diff(points, axis=0)
    # From the end of one stroke to the beginning of the next it is no way.
    ahead[counts.cumsum()[:-1] - 1] = 0
    steps = np.abs(ahead).max(axis=1)
    along = np.concatenate([[0], steps.cumsum()])
    ends = counts.cumsum() - 1
    starts = along[ends - counts + 1]
    apart = np.array([_DASHED_STEP if one.dash else _STEP for one in strokes])
    sizes = np.maximum(np.ceil((along[ends] - starts) / apart).astype(np.intp), 1)
    # Of very many those at the end are left out, but never the first.
    sizes[1:][sizes.cumsum()[1:] > _MOST_STEPS] = 0
    owners = np.repeat(np.arange(len(strokes)), sizes)
    numbers = np.arange(len(owners)) - np.repeat(sizes.cumsum() - sizes, sizes)
    places = starts[owners] + numbers * apart[owners]
    segment = np.clip(np.searchsorted(along, places, "right") - 1, 0, len(steps) - 1)
    share = (places - along[segment]) / np.maximum(steps[segment], 1e-6)
    lengths = np.hypot(*ahead.T)
    if any(one.dash for one in strokes):
        so_far = np.concatenate([[0], lengths.cumsum()])
        walked = so_far[segment] + share * lengths[segment] - so_far[ends - counts + 1][owners]
        dash = np.array([one.dash or (1.0, 0.0) for one in strokes])[owners]
        drawn = walked % dash.sum(axis=1) < dash[:, 0]
        owners, segment, share = owners[drawn], segment[drawn], share[drawn]
    direction = ahead[segment] / np.maximum(lengths[segment], 1e-6)[:, np.newaxis]
    where = points[segment] + ahead[segment] * share[:, np.newaxis]
    return np.column_stack([where, direction]).astype(np.float32), owners
