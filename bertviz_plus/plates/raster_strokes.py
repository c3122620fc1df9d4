"""How are hundreds of curved lines drawn in a few milliseconds? All runs of pixels of all lines at once.

Each line is walked pixel by pixel along the axis that it runs along, and a short run of pixels is laid across
it. Where lines cross, the more opaque one is seen and nothing adds up.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.plates.scene import Path

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_OPAQUE = 512
_NUMBER_BITS = 16
# Less than a pixel, so that no row is left out where a curve turns.
_STEP, _DASHED_STEP = 0.95, 0.5
# The sine of an angle to an axis.
_SLANTED = 0.5


def draw_strokes(pixels: Pixels, strokes: Sequence[Path], scale: float) -> None:
    """Draw lines.

    Parameters
    ----------
    pixels : ndarray [height, width, 4], uint8
        Is changed.
    strokes : sequence of Path
        Lines, not areas.
    scale : float
        Device pixels per CSS pixel.

    Examples
    --------
    >>> pixels = np.full((10, 20, 4), 255, np.uint8)
    >>> draw_strokes(pixels, [Path(np.array([[2, 5], [18, 5]], np.float32), (0, 0, 0), 2.0)], 1.0)
    >>> pixels[4, 10].tolist(), pixels[8, 10].tolist()
    ([0, 0, 0, 255], [255, 255, 255, 255])
    """
    colours = {colour: number for number, colour in enumerate(dict.fromkeys(one.colour for one in strokes))}
    height, width = pixels.shape[:2]
    ends = np.concatenate([one.points for one in strokes]) * np.float32(scale)
    far = _reach(max(one.width for one in strokes) * scale) + 1
    left, top = np.clip(np.floor(ends.min(axis=0)) - far, 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(ends.max(axis=0)) + far, 0, (width, height)).astype(int).tolist()
    if right <= left or bottom <= top:
        return
    # Of the most opaque line at each pixel: how opaque, and the number of its colour.
    strongest = np.zeros((bottom - top, right - left), np.int32)
    alike: dict[int, list[Path]] = {}
    for one in strokes:
        alike.setdefault(_reach(one.width * scale), []).append(one)
    for reach, some in alike.items():
        numbers = np.array([colours[one.colour] for one in some], np.int32)
        _lay(some, numbers, reach, strongest, (left, top), scale)
    places = np.flatnonzero(strongest)
    seen = strongest.reshape(-1)[places]
    row, column = np.divmod(places, right - left)
    table = np.array([(*colour, 255) for colour in colours], np.float32)
    area = pixels[top:bottom, left:right]
    under = area[row, column].astype(np.float32)
    opacity = (seen >> _NUMBER_BITS).astype(np.float32)[:, np.newaxis] / np.float32(_OPAQUE)
    under += (table[seen & ((1 << _NUMBER_BITS) - 1)] - under) * opacity
    area[row, column] = under + 0.5


def _reach(width: float) -> int:
    """Return how many pixels a run reaches to each side: a slanted line's is longer than the line is wide."""
    return math.ceil(1.2 * (width / 2 + 0.5))


def _lay(
    strokes: Sequence[Path],
    numbers: NDArray[np.int32],
    reach: int,
    strongest: NDArray[np.int32],
    corner: tuple[int, int],
    scale: float,
) -> None:
    steps, owners = _walk(strokes, scale)
    steep = np.abs(steps[:, 3]) >= np.abs(steps[:, 2])
    # Where a curve turns from one axis to the other both runs are needed.
    turning = np.abs(steps[:, 2:]).min(axis=1) > _SLANTED
    steps, owners = np.concatenate([steps, steps[turning]]), np.concatenate([owners, owners[turning]])
    steep = np.concatenate([steep, ~steep[turning]])
    x, y, across, down = (steps[:, column] for column in range(4))
    side = np.arange(-reach, reach + 1, dtype=np.float32)[:, np.newaxis]
    columns = np.floor(x) + np.where(steep, side, 0)
    rows = np.floor(y) + np.where(steep, 0, side)
    away = np.abs((columns + np.float32(0.5) - x) * down - (rows + np.float32(0.5) - y) * across)
    half = np.array([one.width * scale / 2 + 0.5 for one in strokes], np.float32)[owners]
    alpha = np.array([one.alpha * _OPAQUE for one in strokes], np.float32)[owners]
    cover = np.clip(half - away, 0, 1)
    # A line thinner than a pixel covers part of it.
    cover *= np.minimum(1, 2 * half - 1)
    level = np.rint(cover * alpha).astype(np.int32)
    columns, rows = columns.astype(np.int32) - corner[0], rows.astype(np.int32) - corner[1]
    height, width = strongest.shape
    seen = (level > 0) & (rows >= 0) & (columns >= 0) & (rows < height) & (columns < width)
    values = (level << _NUMBER_BITS) + numbers[owners]
    np.maximum.at(strongest.reshape(-1), (rows * width + columns)[seen], values[seen])


def _walk(strokes: Sequence[Path], scale: float) -> tuple[Floats, NDArray[np.intp]]:
    """Return places and the direction there, ``[steps, 4]``, and whose they are; dashes have gaps.

    Along the axis that a line runs along, places are at most a pixel apart.
    """
    counts = np.array([len(one.points) for one in strokes])
    points = np.concatenate([np.asarray(one.points, np.float64) for one in strokes]) * scale
    ahead = np.diff(points, axis=0)
    # The jump between strokes has no length.
    ahead[counts.cumsum()[:-1] - 1] = 0
    steps = np.abs(ahead).max(axis=1)
    along = np.concatenate([[0], steps.cumsum()])
    ends = counts.cumsum() - 1
    starts = along[ends - counts + 1]
    apart = np.array([_DASHED_STEP if one.dash else _STEP for one in strokes])
    sizes = np.maximum(np.ceil((along[ends] - starts) / apart).astype(np.intp), 1)
    owners = np.repeat(np.arange(len(strokes)), sizes)
    numbers = np.arange(len(owners)) - np.repeat(sizes.cumsum() - sizes, sizes)
    places = starts[owners] + numbers * apart[owners]
    segment = np.clip(np.searchsorted(along, places, "right") - 1, 0, len(steps) - 1)
    share = (places - along[segment]) / np.maximum(steps[segment], 1e-6)
    lengths = np.hypot(*ahead.T)
    if any(one.dash for one in strokes):
        so_far = np.concatenate([[0], lengths.cumsum()])
        walked = so_far[segment] + share * lengths[segment] - so_far[ends - counts + 1][owners]
        kept = np.ones(len(owners), bool)
        for dash in dict.fromkeys(one.dash for one in strokes if one.dash):
            own = np.array([one.dash == dash for one in strokes])[owners]
            edges = np.cumsum(dash) * scale
            kept[own] = np.searchsorted(edges, walked[own] % edges[-1], "right") % 2 == 0
        owners, segment, share = owners[kept], segment[kept], share[kept]
    direction = ahead[segment] / np.maximum(lengths[segment], 1e-6)[:, np.newaxis]
    where = points[segment] + ahead[segment] * share[:, np.newaxis]
    return np.column_stack([where, direction]).astype(np.float32), owners
