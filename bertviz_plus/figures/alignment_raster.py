"""How are a hundred curved links drawn in a hundredth of a second? As one picture of few colours.

Each curve is walked pixel by pixel, and a small brush is laid at each step: all steps of all curves at once.
Where links cross, the stronger one is seen and nothing adds up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.palette import Colour
from bertviz_plus.figures.scene import Picture

Floats = NDArray[np.float32]

_LEVELS = 80
_KINDS = 3
_MOST_STEPS = 12_000
_STEP, _BESIDE = 1.4, 0.9


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


def strokes_picture(
    strokes: Sequence[Stroke],
    colours: Sequence[Colour],
    paper: Colour,
    extent: tuple[float, float, float],
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
    for reach in (2, 3, 4):
        _lay([one for one in strokes if _reach(one) == reach], reach, canvas, top)
    level, kind = np.divmod(canvas, _KINDS)
    codes = np.where(level > 0, kind * _LEVELS + level, 0).astype(np.uint8)
    ramp = np.empty((256, 3), np.uint8)
    ramp[:] = paper
    shares = np.arange(1, _LEVELS + 1)[:, np.newaxis] / _LEVELS
    for number, colour in enumerate(colours):
        shades = np.array(paper) + (np.array(colour) - np.array(paper)) * shares
        ramp[number * _LEVELS + 1 : (number + 1) * _LEVELS + 1] = np.rint(shades)
    return Picture(0.0, float(top), float(width), float(bottom - top), codes, ramp)


def _reach(stroke: Stroke) -> int:
    return min(4, max(2, int(np.ceil(stroke.width / 2 + 0.5))))


def _lay(strokes: Sequence[Stroke], reach: int, canvas: NDArray[np.int32], top: int) -> None:
    if not strokes:
        return
    walked: list[Floats] = []
    count = 0
    for stroke in strokes:
        walk = _walk(stroke)
        count += len(walk)
        if count > _MOST_STEPS and walked:
            break
        walked.append(walk)
    steps = np.concatenate(walked)
    sizes = [len(walk) for walk in walked]
    kept = strokes[: len(walked)]
    half, hollow, alpha, kind, spot = (
        np.repeat(np.array(values, np.float32), sizes)[:, np.newaxis]
        for values in (
            [one.width / 2 for one in kept],
            [one.hollow / 2 for one in kept],
            [one.alpha for one in kept],
            [one.colour for one in kept],
            [len(one.points) == 1 for one in kept],
        )
    )
    x, y, across, down = (steps[:, column, np.newaxis] for column in range(4))
    side = np.arange(-reach, reach + 1)
    brush_y, brush_x = (part.ravel() for part in np.meshgrid(side, side, indexing="ij"))
    columns, rows = np.floor(x).astype(np.int64) + brush_x, np.floor(y).astype(np.int64) + brush_y
    right, below = (columns + np.float32(0.5)) - x, (rows + np.float32(0.5)) - y
    along, beside = np.abs(right * across + below * down), np.abs(right * down - below * across)
    # A step speaks for what lies beside it; a spot for all around it.
    away = np.where(spot > 0, np.hypot(right, below), np.where(along <= _BESIDE, beside, np.float32(99)))
    cover = np.clip(half + np.float32(0.5) - away, 0, 1)
    cover -= np.where(hollow > 0, np.clip(hollow + np.float32(0.5) - away, 0, 1), 0)
    level = np.rint(cover * alpha * _LEVELS).astype(np.int32)
    rows = rows - top
    seen = (level > 0) & (rows >= 0) & (columns >= 0) & (rows < canvas.shape[0]) & (columns < canvas.shape[1])
    values = level * _KINDS + kind.astype(np.int32)
    np.maximum.at(canvas.reshape(-1), (rows * canvas.shape[1] + columns)[seen], values[seen])


def _walk(stroke: Stroke) -> Floats:
    """Return places about a pixel apart and the direction there, ``[steps, 4]``; dashes have gaps."""
    points = np.asarray(stroke.points, np.float32)
    if len(points) == 1:
        return np.array([[*points[0], 1, 0]], np.float32)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(0, along[-1], _STEP)
    if stroke.dash:
        places = places[places % sum(stroke.dash) < stroke.dash[0]]
    x, y = np.interp(places, along, points[:, 0]), np.interp(places, along, points[:, 1])
    segment = np.clip(np.searchsorted(along, places, "right") - 1, 0, len(lengths) - 1)
    directions = np.diff(points, axis=0)[segment] / np.maximum(lengths[segment], 1e-6)[:, np.newaxis]
    return np.column_stack([x, y, directions]).astype(np.float32)
