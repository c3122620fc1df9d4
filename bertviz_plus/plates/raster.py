"""A scene as pixels, with NumPy and Pillow alone."""

from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bertviz_plus.plates.fonts import (
    can_shape,
    in_drawing_order,
    load_font,
    run_width,
    text_runs,
)
from bertviz_plus.plates.palette import Colour
from bertviz_plus.plates.raster_links import draw_links
from bertviz_plus.plates.raster_shapes import draw_area, draw_shapes
from bertviz_plus.plates.raster_strokes import draw_strokes
from bertviz_plus.plates.scene import Curves, Dot, Mark, Path, Picture, Rects, Scene, Shapes, Text

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_SMALL = 24
_FEW = 3
_QUARTERS = 4
# How far a halo reaches around letters, in CSS pixels.
_HALO = 2.25


def rasterise(scene: Scene, scale: float = 1.0, *, margin: float = 0.0) -> Pixels:
    """Draw a scene.

    Parameters
    ----------
    scene : Scene
    scale : float, default 1.0
        Device pixels per CSS pixel.
    margin : float, default 0
        Paper around it, in CSS pixels.

    Returns
    -------
    ndarray [height, width, 4], uint8
        Red, green, blue, and an opaque alpha.

    Examples
    --------
    >>> from bertviz_plus.plates.palette import palette
    >>> scene = Scene(40, 20, palette("light"))
    >>> scene.rect(10, 5, 20, 10, (255, 0, 0))
    >>> picture = rasterise(scene, scale=2)
    >>> picture.shape, picture[20, 40].tolist()
    ((40, 80, 4), [255, 0, 0, 255])
    """
    paper = packed(np.array(scene.colours.paper, np.uint8))
    height, width = max(1, round(scene.height * scale)), max(1, round(scene.width * scale))
    pixels = np.full((height, width), paper, np.uint32).view(np.uint8).reshape(height, width, 4)
    for kind, marks in groupby(scene.marks, lambda mark: _drawn_together(mark, scene)):
        if kind == "links":
            draw_links(pixels, [mark for mark in marks if isinstance(mark, Curves)], scale)
        elif kind:
            draw_strokes(pixels, [mark for mark in marks if isinstance(mark, Path)], scale)
        else:
            for mark in marks:
                _draw_mark(pixels, mark, scale)
    if not margin:
        return pixels
    around = round(margin * scale)
    page = np.full((height + 2 * around, width + 2 * around), paper, np.uint32)
    page[around : around + height, around : around + width] = pixels.view(np.uint32)[..., 0]
    return page.view(np.uint8).reshape(*page.shape, 4)


def _drawn_together(mark: Mark, scene: Scene) -> str:
    """Return which neighbours a mark is drawn with; those in paper's colour wipe out what is under them."""
    if isinstance(mark, Curves):
        return "links"
    if isinstance(mark, Path) and not mark.filled:
        return "wiping lines" if mark.colour == scene.colours.paper else "lines"
    return ""


def _draw_mark(pixels: Pixels, mark: Mark, scale: float) -> None:
    if isinstance(mark, Rects):
        _draw_rects(pixels, mark, scale)
    elif isinstance(mark, Picture):
        _draw_picture(pixels, mark, scale)
    elif isinstance(mark, Dot):
        _draw_dot(pixels, mark, scale)
    elif isinstance(mark, Path):
        draw_area(pixels, mark, scale)
    elif isinstance(mark, Shapes):
        draw_shapes(pixels, mark, scale)
    elif isinstance(mark, Text):
        _draw_text(pixels, mark, scale)


def packed(colours: Pixels) -> NDArray[np.uint32]:
    """Return colours ``[..., 3]`` as one number each, as they lie in the memory of a picture.

    Examples
    --------
    >>> packed(np.zeros((5, 3), np.uint8)).shape
    (5,)
    """
    opaque = np.full((*colours.shape[:-1], 4), 255, np.uint8)
    opaque[..., :3] = colours
    return opaque.view(np.uint32)[..., 0]


def _blend(pixels: Pixels, top: int, left: int, cover: Floats, colour: Colour | Pixels) -> None:
    """Lay a colour over the pixels from a corner on, as far as `cover` (0 to 1) says."""
    height, width = cover.shape
    up, aside = max(0, -top), max(0, -left)
    area = pixels[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    if area.shape[:2] != cover.shape:
        cover = cover[up : up + area.shape[0], aside : aside + area.shape[1]]
    if not cover.size:
        return
    under = area.astype(np.float32)
    shade = np.array((*colour, 255), np.float32)
    shade = shade - under
    shade *= cover[:, :, np.newaxis]
    under += shade
    under += 0.5
    area[:] = under


def _draw_rects(pixels: Pixels, rects: Rects, scale: float) -> None:
    x0, y0 = rects.x * np.float32(scale), rects.y * np.float32(scale)
    x1, y1 = x0 + rects.width * np.float32(scale), y0 + rects.height * np.float32(scale)
    small = (x1 - x0 < _SMALL) & (y1 - y0 < _SMALL)
    if small.sum() > _FEW:
        _draw_small_rects(
            pixels, x0[small], y0[small], x1[small], y1[small], rects.colours[small], rects.alpha[small]
        )
    else:
        small[:] = False
    for i in np.flatnonzero(~small).tolist():
        box = (float(x0[i]), float(y0[i]), float(x1[i]), float(y1[i]))
        _draw_rect(pixels, box, rects.colours[i], float(rects.alpha[i]))


def _draw_rect(pixels: Pixels, box: tuple[float, float, float, float], colour: Pixels, alpha: float) -> None:
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(0.0, box[0]), max(0.0, box[1]), min(width, box[2]), min(height, box[3])
    if x1 <= x0 or y1 <= y0:
        return
    left, right, top, bottom = int(x0), int(np.ceil(x1)), int(y0), int(np.ceil(y1))
    if alpha == 1 and (left, top, right, bottom) == (x0, y0, x1, y1):
        pixels[top:bottom, left:right, :3] = colour
        return
    columns = np.arange(left, right, dtype=np.float32)
    rows = np.arange(top, bottom, dtype=np.float32)
    across = np.minimum(columns + 1, x1) - np.maximum(columns, x0)
    down = np.minimum(rows + 1, y1) - np.maximum(rows, y0)
    _blend(pixels, top, left, down[:, np.newaxis] * across * np.float32(alpha), colour)


def _draw_small_rects(
    pixels: Pixels, x0: Floats, y0: Floats, x1: Floats, y1: Floats, colours: Pixels, alpha: Floats
) -> None:
    """Draw many at once, each in a window of its own; they must not overlap."""
    height, width = pixels.shape[:2]
    left, top = np.floor(x0), np.floor(y0)
    across = np.arange(int(np.ceil((x1 - left).max())), dtype=np.float32)
    down = np.arange(int(np.ceil((y1 - top).max())), dtype=np.float32)
    cover_x = _overlap(left[:, np.newaxis] + across, x0, x1)
    cover_y = _overlap(top[:, np.newaxis] + down, y0, y1) * alpha[:, np.newaxis]
    cover = cover_y[:, :, np.newaxis] * cover_x[:, np.newaxis, :]
    one, row, column = np.nonzero(cover)
    x, y = left[one].astype(np.intp) + column, top[one].astype(np.intp) + row
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    if not inside.all():
        one, row, column, x, y = (v[inside] for v in (one, row, column, x, y))
    flat = pixels.reshape(-1, 4)
    place = y * width + x
    under = flat[place].astype(np.float32)
    opaque = np.full((len(colours), 4), 255, np.float32)
    opaque[:, :3] = colours
    under += (opaque[one] - under) * cover[one, row, column][:, np.newaxis]
    under += 0.5
    flat[place] = under.astype(np.uint8)


def _overlap(cells: Floats, start: Floats, end: Floats) -> Floats:
    covered = np.minimum(cells + 1, end[:, np.newaxis]) - np.maximum(cells, start[:, np.newaxis])
    overlap: Floats = np.maximum(covered, 0)
    return overlap


def _draw_picture(pixels: Pixels, picture: Picture, scale: float) -> None:
    height, width = pixels.shape[:2]
    rows, columns = picture.codes.shape
    x0, y0 = picture.x * scale, picture.y * scale
    left, top = max(0, round(x0)), max(0, round(y0))
    right = min(width, round((picture.x + picture.width) * scale))
    bottom = min(height, round((picture.y + picture.height) * scale))
    if right <= left or bottom <= top:
        return
    codes = picture.codes
    if (bottom - top, right - left) != (rows, columns):
        x = (np.arange(left, right) + 0.5 - x0) * columns / (picture.width * scale)
        y = (np.arange(top, bottom) + 0.5 - y0) * rows / (picture.height * scale)
        codes = codes.take(np.clip(y.astype(np.intp), 0, rows - 1), axis=0)
        codes = codes.take(np.clip(x.astype(np.intp), 0, columns - 1), axis=1)
    pixels.view(np.uint32)[top:bottom, left:right, 0] = packed(picture.ramp)[codes]


def _draw_dot(pixels: Pixels, dot: Dot, scale: float) -> None:
    x, y, radius = dot.x * scale, dot.y * scale, dot.radius * scale
    left, top, side = int(x - radius - 1), int(y - radius - 1), int(2 * radius + 4)
    rows = np.arange(side, dtype=np.float32)[:, np.newaxis] + top + 0.5 - y
    columns = np.arange(side, dtype=np.float32) + left + 0.5 - x
    cover = np.clip(radius + 0.5 - np.hypot(rows, columns), 0, 1)
    _blend(pixels, top, left, cover.astype(np.float32), dot.colour)


def _draw_text(pixels: Pixels, text: Text, scale: float) -> None:
    size = text.size * scale
    runs = text_runs(text.text, bold=text.bold)
    x, y = text.x * scale, round(text.y * scale)
    if text.angle:
        for run in runs:
            turned, up, aside = _turned_letters(run.text, run.path, size, text.angle)
            _blend(pixels, y + up, round(x) + aside, turned, text.colour)
            x += run_width(run, size)
        return
    if text.anchor != "start":
        width = sum(run_width(run, size) for run in runs)
        x -= width if text.anchor == "end" else width / 2
    for run in runs:
        whole = int(np.floor(x))
        quarter = int((x - whole) * _QUARTERS)
        if text.halo is not None:
            around, up, aside = _letters(run.text, run.path, size, quarter, round(_HALO * scale))
            _blend(pixels, y + up, whole + aside, around * np.float32(0.9), text.halo)
        letters, up, aside = _letters(run.text, run.path, size, quarter)
        _blend(pixels, y + up, whole + aside, letters, text.colour)
        x += run_width(run, size)


@lru_cache(maxsize=4096)
def _letters(
    text: str, path: str | None, size: float, quarter: int, stroke: int = 0
) -> tuple[Floats, int, int]:
    """Return how much of each pixel a text covers, and where that lies beside its start."""
    font = load_font(path, size)
    text = in_drawing_order(text, ordered=can_shape())
    start = (quarter / _QUARTERS, 0)
    mask, (aside, up) = font.getmask2(text, "L", anchor="ls", start=start, stroke_width=stroke)
    cover = np.array(mask, np.float32).reshape(mask.size[::-1])
    cover /= np.float32(255)
    return cover, int(up), int(aside)


@lru_cache(maxsize=1024)
def _turned_letters(text: str, path: str | None, size: float, angle: float) -> tuple[Floats, int, int]:
    """Return the same for a text that rises from its start."""
    font = load_font(path, size)
    text = in_drawing_order(text, ordered=can_shape())
    reach = int(np.ceil(font.getlength(text) + 2 * size))
    image = Image.new("L", (2 * reach, 2 * reach))
    ImageDraw.Draw(image).text((reach, reach), text, 255, font=font, anchor="ls")
    turned = image.rotate(angle, Image.Resampling.BICUBIC, center=(reach, reach))
    left, top, right, bottom = turned.getbbox() or (0, 0, 1, 1)
    cover = np.asarray(turned.crop((left, top, right, bottom)), np.float32) / np.float32(255)
    return cover, top - reach, left - reach
