"""Points and areas as pixels: each kind of mark is drawn once, then laid at every place."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bertviz_plus.plates.scene import Path, Shapes

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_FINE = 8
_AREA_FINE = 4
# Above so many marks they are laid in rounds, kind by kind, instead of one by one.
_SINGLE = 1500
_ROUNDS = 6


def draw_area(pixels: Pixels, area: Path, scale: float) -> None:
    """Fill what a line encloses, smoothed at its edges."""
    points = area.points * np.float32(scale)
    left, top = np.maximum(np.floor(points.min(axis=0) - 2), 0).astype(int)
    right, bottom = np.ceil(points.max(axis=0) + 2).astype(int)
    right, bottom = min(pixels.shape[1], right), min(pixels.shape[0], bottom)
    if right <= left or bottom <= top:
        return
    image = Image.new("L", ((right - left) * _AREA_FINE, (bottom - top) * _AREA_FINE))
    corners = (points - np.array([left, top])) * _AREA_FINE - 0.5
    ImageDraw.Draw(image).polygon([tuple(corner) for corner in corners.tolist()], fill=255)
    cover = np.asarray(image.reduce(_AREA_FINE), np.float32) * np.float32(area.alpha / 255)
    window = pixels[top:bottom, left:right]
    under = window.astype(np.float32)
    under += (np.array((*area.colour, 255), np.float32) - under) * cover[..., np.newaxis]
    window[:] = under + 0.5


def draw_shapes(pixels: Pixels, shapes: Shapes, scale: float) -> None:
    """Draw marks in their order, each at the nearest whole pixel."""
    brushes = [
        _brush(tuple(map(tuple, corners.tolist())), radius * scale, shapes.rim * scale, shapes.alpha)
        for corners, radius in zip(shapes.corners, shapes.radii, strict=True)
    ]
    reach = max((len(brush[0]) // 2 for brush in brushes), default=0)
    height, width = pixels.shape[:2]
    if min(height, width) <= 2 * reach:
        return
    columns = np.clip(np.rint(shapes.x * scale), reach, width - 1 - reach).astype(int)
    rows = np.clip(np.rint(shapes.y * scale), reach, height - 1 - reach).astype(int)
    if len(columns) > _SINGLE:
        _draw_rounds(pixels, shapes, brushes, columns, rows)
        return
    laid = []
    for (ink, keep), colour in zip(brushes, shapes.colours, strict=True):
        under = 1 - ink - keep
        laid.append(
            (
                keep[..., np.newaxis],
                ink[..., np.newaxis] * np.array((*colour, 255), np.float32)
                + under[..., np.newaxis] * np.array((*shapes.paper, 255), np.float32),
                len(ink) // 2,
            )
        )
    top, left = int(rows.min()) - reach, int(columns.min()) - reach
    area = pixels[top : int(rows.max()) + reach + 1, left : int(columns.max()) + reach + 1]
    whole = area.astype(np.float32)
    places = zip((columns - left).tolist(), (rows - top).tolist(), shapes.kinds.tolist(), strict=True)
    for column, row, kind in places:
        keep, add, half = laid[kind]
        window = whole[row - half : row + half + 1, column - half : column + half + 1]
        window *= keep
        window += add
    whole += 0.5
    area[:] = whole


@lru_cache(maxsize=256)
def _brush(
    corners: tuple[tuple[float, float], ...], radius: float, rim: float, alpha: float
) -> tuple[Floats, Floats]:
    """Return how much colour a mark lays on each pixel, and how much of what is there it keeps."""
    reach = int(np.ceil(radius * 1.6 + rim)) + 1
    fill = _coverage(corners, radius, 0, reach)
    ink = fill * np.float32(alpha)
    around = _coverage(corners, radius, rim, reach) if rim else fill * 0
    under = around * np.float32(1 if alpha > 0.5 else alpha) * (1 - ink)
    return ink, 1 - ink - under


def _coverage(corners: tuple[tuple[float, float], ...], radius: float, rim: float, reach: int) -> Floats:
    side = 2 * reach + 1
    image = Image.new("L", (side * _FINE, side * _FINE))
    pen = ImageDraw.Draw(image)
    centre = side * _FINE / 2 - 0.5
    if corners:
        outline = [(centre + x * radius * _FINE, centre + y * radius * _FINE) for x, y in corners]
        pen.polygon(outline, fill=255)
        if rim:
            pen.line([*outline, *outline[:2]], fill=255, width=round(2 * rim * _FINE), joint="curve")
    else:
        size = (radius + rim) * _FINE
        pen.ellipse((centre - size, centre - size, centre + size, centre + size), fill=255)
    return np.asarray(image.reduce(_FINE), np.float32) / np.float32(255)


def _draw_rounds(
    pixels: Pixels,
    shapes: Shapes,
    brushes: list[tuple[Floats, Floats]],
    columns: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> None:
    """Draw many marks: those of one kind and round let through what the product of all lets through."""
    reach = max(len(ink) // 2 for ink, _ in brushes)
    top, left = int(rows.min()) - reach, int(columns.min()) - reach
    area = pixels[top : int(rows.max()) + reach + 1, left : int(columns.max()) + reach + 1]
    height, width = area.shape[:2]
    whole = area[..., :3].reshape(-1, 3).astype(np.float32)
    spots = (rows - top) * width + columns - left
    for part in np.array_split(np.arange(len(columns)), _ROUNDS):
        for kind, (ink, _) in enumerate(brushes):
            own = spots[part[shapes.kinds[part] == kind]]
            if not own.size:
                continue
            half = len(ink) // 2
            down, across = np.nonzero(ink > 0.01)
            offsets = (down - half) * width + across - half
            opacity = -np.log1p(-np.minimum(ink[down, across], 0.99))
            places = own[:, np.newaxis] + offsets
            weights = np.broadcast_to(opacity, places.shape)
            through = np.bincount(places.ravel(), weights.ravel(), minlength=height * width)
            # Many times as quick as to look for what is not 0.
            touched = np.flatnonzero(through > 0)
            keep = np.exp(-through[touched]).astype(np.float32)[:, np.newaxis]
            colour = np.array(shapes.colours[kind], np.float32)
            whole[touched] = colour + (whole[touched] - colour) * keep
    area[..., :3] = whole.reshape(height, width, 3) + 0.5
