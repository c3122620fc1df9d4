"""How does a scene become pixels, with NumPy and Pillow alone?"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bertviz_plus.figures.fonts import Font, font_for, text_runs
from bertviz_plus.figures.scene import Curves, Dot, Line, Picture, Rects, Scene, Text, link_rise

Pixels = NDArray[np.uint8]

# Links are drawn in groups, weakest first; inside a group the strongest wins and nothing adds up.
_GROUPS = (0.035, 0.1, 0.16, 0.22, 0.34, 1.01)
_MAXIMUM_COLOURS = 64
_ALPHA_STEPS = 1023


def rasterise(scene: Scene, scale: float = 1.0) -> Image.Image:
    """Draw a scene.

    Parameters
    ----------
    scene : Scene
    scale : float, default 1.0
        Device pixels per CSS pixel.

    Returns
    -------
    PIL.Image.Image
        Mode RGB.

    Examples
    --------
    >>> from bertviz_plus.figures.palette import palette
    >>> scene = Scene(40, 20, palette("light"))
    >>> scene.rect(10, 5, 20, 10, (255, 0, 0))
    >>> picture = rasterise(scene, scale=2)
    >>> picture.size, picture.getpixel((40, 20))
    ((80, 40), (255, 0, 0))
    """
    height, width = max(1, round(scene.height * scale)), max(1, round(scene.width * scale))
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = scene.colours.paper
    links: list[Curves] = []
    for mark in scene.marks:
        if isinstance(mark, Curves):
            links.append(mark)
            continue
        if links and not isinstance(mark, Text):
            _draw_links(pixels, links, scale)
            links = []
        if isinstance(mark, Rects):
            _draw_rects(pixels, mark, scale)
        elif isinstance(mark, Picture):
            _draw_picture(pixels, mark, scale)
        elif isinstance(mark, Line):
            _draw_line(pixels, mark, scale)
        elif isinstance(mark, Dot):
            _draw_dot(pixels, mark, scale)
    if links:
        _draw_links(pixels, links, scale)
    image = Image.fromarray(pixels)
    _draw_texts(image, (mark for mark in scene.marks if isinstance(mark, Text)), scale)
    return image


def _draw_links(pixels: Pixels, links: list[Curves], scale: float) -> None:
    """Draw links between the same two columns, group by group."""
    across = {(link.x0, link.x1) for link in links}
    for x0, x1 in sorted(across):
        own = [link for link in links if (link.x0, link.x1) == (x0, x1)]
        _draw_links_between(pixels, own, x0 * scale, x1 * scale, scale)


def _draw_links_between(pixels: Pixels, links: list[Curves], x0: float, x1: float, scale: float) -> None:
    left, right = max(0, int(x0)), min(pixels.shape[1], int(np.ceil(x1)))
    if right <= left:
        return
    share, slope = link_rise(right - left, x0 - left, x1 - x0)
    area = pixels[:, left:right].astype(np.float32).reshape(-1, 3)
    strongest = np.empty(pixels.shape[0] * (right - left), np.uint16)
    for group in _groups(links):
        strongest[:] = 0
        for curves, number in group:
            _cover(strongest, curves, number, share, slope, pixels.shape[0], scale)
        touched = np.flatnonzero(strongest)
        value = strongest[touched]
        alpha = (value >> 6).astype(np.float32)
        alpha *= np.float32(1 / _ALPHA_STEPS)
        colours = np.array([curves.colour for curves, _ in group[:_MAXIMUM_COLOURS]], np.float32)
        under = area[touched]
        under += (colours[value & 63] - under) * alpha[:, np.newaxis]
        area[touched] = under
    pixels[:, left:right] = np.rint(area).astype(np.uint8).reshape(pixels.shape[0], -1, 3)


def _groups(links: list[Curves]) -> list[list[tuple[Curves, int]]]:
    """Keep the order, and cut where the strength passes a limit or the colours run out."""
    groups: list[list[tuple[Curves, int]]] = []
    before = -1
    for curves in links:
        step = int(np.searchsorted(_GROUPS, curves.alpha))
        if step != before or len(groups[-1]) == _MAXIMUM_COLOURS:
            groups.append([])
            before = step
        groups[-1].append((curves, len(groups[-1])))
    return groups


def _cover(
    strongest: NDArray[np.uint16],
    curves: Curves,
    number: int,
    share: NDArray[np.float32],
    slope: NDArray[np.float32],
    height: int,
    scale: float,
) -> None:
    """Write strength and colour of each pixel that a link covers, where it is the strongest yet."""
    columns = len(share)
    start = (curves.y0 * np.float32(scale))[:, np.newaxis]
    rise = ((curves.y1 - curves.y0) * np.float32(scale))[:, np.newaxis]
    half = rise * slope
    np.square(half, out=half)
    half += 1
    np.sqrt(half, out=half)
    half *= np.float32(0.5 * curves.width * scale)
    middle = start + rise * share
    top, bottom = middle - half, middle + half
    first = np.floor(top)
    place = first.astype(np.int32)
    place *= columns
    place += np.arange(columns, dtype=np.int32)
    strength = np.float32(curves.alpha * _ALPHA_STEPS)
    last = strongest.size - 1
    top -= first
    bottom -= first
    for row in range(int(np.ceil(bottom.max()))):
        covered = np.minimum(bottom - np.float32(row), 1)
        covered -= np.clip(top - np.float32(row), 0, 1)
        np.maximum(covered, 0, out=covered)
        covered *= strength
        value = covered.astype(np.uint16)
        value <<= 6
        value += np.uint16(number) * (value > 0)
        np.clip(place, 0, last, out=place)
        strongest[place] = np.maximum(strongest[place], value)
        place += columns


def _draw_rects(pixels: Pixels, rects: Rects, scale: float) -> None:
    x0, y0 = rects.x * scale, rects.y * scale
    x1, y1 = x0 + rects.width * scale, y0 + rects.height * scale
    small = (x1 - x0 < 24) & (y1 - y0 < 24)
    if small.sum() > 3:
        _draw_small_rects(pixels, *(v[small] for v in (x0, y0, x1, y1, rects.colours, rects.alpha)))
    else:
        small[:] = False
    for i in np.flatnonzero(~small):
        box = (float(x0[i]), float(y0[i]), float(x1[i]), float(y1[i]))
        _draw_rect(pixels, box, rects.colours[i], float(rects.alpha[i]))


def _draw_rect(pixels: Pixels, box: tuple[float, float, float, float], colour: Pixels, alpha: float) -> None:
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(0.0, box[0]), max(0.0, box[1]), min(width, box[2]), min(height, box[3])
    if x1 <= x0 or y1 <= y0:
        return
    left, right, top, bottom = int(x0), int(np.ceil(x1)), int(y0), int(np.ceil(y1))
    area = pixels[top:bottom, left:right]
    if alpha == 1 and (left, top, right, bottom) == (x0, y0, x1, y1):
        area[:] = colour
        return
    columns = np.arange(left, right, dtype=np.float32)
    rows = np.arange(top, bottom, dtype=np.float32)
    across = np.minimum(columns + 1, x1) - np.maximum(columns, x0)
    down = np.minimum(rows + 1, y1) - np.maximum(rows, y0)
    cover = (down[:, np.newaxis] * across * alpha)[:, :, np.newaxis]
    area[:] = np.rint(area + (colour.astype(np.float32) - area) * cover)


def _draw_small_rects(
    pixels: Pixels,
    x0: NDArray[np.float32],
    y0: NDArray[np.float32],
    x1: NDArray[np.float32],
    y1: NDArray[np.float32],
    colours: Pixels,
    alpha: NDArray[np.float32],
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
    one, row, column, x, y = (v[inside] for v in (one, row, column, x, y))
    under = pixels[y, x].astype(np.float32)
    under += (colours[one] - under) * cover[one, row, column][:, np.newaxis]
    pixels[y, x] = np.rint(under)


def _overlap(
    cells: NDArray[np.float32], start: NDArray[np.float32], end: NDArray[np.float32]
) -> NDArray[np.float32]:
    covered = np.minimum(cells + 1, end[:, np.newaxis]) - np.maximum(cells, start[:, np.newaxis])
    return np.maximum(covered, 0)


def _draw_picture(pixels: Pixels, picture: Picture, scale: float) -> None:
    height, width = pixels.shape[:2]
    rows, columns = picture.pixels.shape[:2]
    x0, y0 = picture.x * scale, picture.y * scale
    left, top = max(0, round(x0)), max(0, round(y0))
    right = min(width, round((picture.x + picture.width) * scale))
    bottom = min(height, round((picture.y + picture.height) * scale))
    if right <= left or bottom <= top:
        return
    x = np.minimum((np.arange(left, right) + 0.5 - x0) * columns / (picture.width * scale), columns - 1)
    y = np.minimum((np.arange(top, bottom) + 0.5 - y0) * rows / (picture.height * scale), rows - 1)
    pixels[top:bottom, left:right] = picture.pixels[y.astype(np.intp)][:, x.astype(np.intp)]


def _draw_line(pixels: Pixels, line: Line, scale: float) -> None:
    """Draw an upright or level line, by its dashes."""
    colour = np.array(line.colour, np.uint8)
    upright = line.x0 == line.x1
    start, end = (line.y0, line.y1) if upright else (line.x0, line.x1)
    across, half = (line.x0 if upright else line.y0), line.width / 2
    for a, b in dashes(start, end, line.dash):
        low, high = (across - half) * scale, (across + half) * scale
        box = (low, a * scale, high, b * scale) if upright else (a * scale, low, b * scale, high)
        _draw_rect(pixels, box, colour, 1.0)


def dashes(start: float, end: float, lengths: tuple[float, ...]) -> list[tuple[float, float]]:
    """Return the parts of a line that are drawn.

    Examples
    --------
    >>> dashes(0, 10, (4, 2))
    [(0, 4), (6, 10)]
    >>> dashes(0, 10, ())
    [(0, 10)]
    """
    if not lengths:
        return [(start, end)]
    parts, at, i = [], start, 0
    while at < end:
        step = lengths[i % len(lengths)]
        if i % 2 == 0:
            parts.append((at, min(end, at + step)))
        at, i = at + step, i + 1
    return parts


def _draw_dot(pixels: Pixels, dot: Dot, scale: float) -> None:
    x, y, radius = dot.x * scale, dot.y * scale, dot.radius * scale
    left, top = max(0, int(x - radius - 1)), max(0, int(y - radius - 1))
    area = pixels[top : int(y + radius + 2), left : int(x + radius + 2)]
    rows = np.arange(area.shape[0])[:, np.newaxis] + top + 0.5 - y
    columns = np.arange(area.shape[1]) + left + 0.5 - x
    cover = np.clip(radius + 0.5 - np.hypot(rows, columns), 0, 1)[:, :, np.newaxis]
    area[:] = np.rint(area + (np.array(dot.colour) - area) * cover)


def _draw_texts(image: Image.Image, texts: Iterable[Text], scale: float) -> None:
    draw = ImageDraw.Draw(image)
    for text in texts:
        size = text.size * scale
        runs = [(run.text, font_for(run.text, run.path, size)) for run in text_runs(text.text, bold=text.bold)]
        if text.angle:
            _draw_turned(image, runs, text, scale)
            continue
        x = text.x * scale
        if text.anchor != "start":
            width = sum(font.getlength(written) for written, font in runs)
            x -= width if text.anchor == "end" else width / 2
        for written, font in runs:
            draw.text((x, round(text.y * scale)), written, text.colour, font=font, anchor="ls")
            x += font.getlength(written)


def _draw_turned(image: Image.Image, runs: list[tuple[str, Font]], text: Text, scale: float) -> None:
    """Write text that rises (or falls) from its start."""
    width = sum(font.getlength(written) for written, font in runs)
    reach = int(np.ceil(width + 2 * text.size * scale))
    mask = Image.new("L", (2 * reach, 2 * reach))
    draw = ImageDraw.Draw(mask)
    x = float(reach)
    for written, font in runs:
        draw.text((x, reach), written, 255, font=font, anchor="ls")
        x += font.getlength(written)
    turned = mask.rotate(text.angle, Image.Resampling.BILINEAR, center=(reach, reach))
    place = (round(text.x * scale) - reach, round(text.y * scale) - reach)
    image.paste(text.colour, place, turned)
