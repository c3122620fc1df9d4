"""How are thousands of links drawn in a few hundredths of a second? Column by column, all at once.

All links between two columns of tokens have one shape; only where they leave and arrive differs. So the
height of every link at every pixel column is one product of two vectors, and what it covers there is a
short upright run of pixels.

A pixel is one 64-bit number while links are drawn: three lanes of 21 bits, of which a colour takes 12 and
the opacity that it is multiplied by takes 9.
"""

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.plates.scene import Curves, link_rise

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_OPAQUE = 512
_LANES = (0, 21, 42)
_ONES = sum(1 << lane for lane in _LANES)
_COLOUR_BITS = 0xFFF * _ONES
# Links may leave the picture by so many pixels, above and below.
_MARGIN = 8
_AT_ONCE = 12
_MOST_SAMPLES = 400_000


def draw_links(pixels: Pixels, links: list[Curves], scale: float) -> None:
    """Draw links, in their order.

    Parameters
    ----------
    pixels : ndarray [height, width, 4], uint8
        Is changed.
    links : list of Curves
        Where links of one element cross, they do not add up.
    scale : float
        Device pixels per CSS pixel.

    Examples
    --------
    >>> pixels = np.full((20, 40, 4), 255, np.uint8)
    >>> ends = np.array([10.5], np.float32)
    >>> draw_links(pixels, [Curves(0, 40, ends, ends, (0, 0, 0), 1.0, 1.0)], 1.0)
    >>> pixels[9:12, 20, 0].tolist()
    [255, 0, 255]
    """
    for x0, x1 in dict.fromkeys((link.x0, link.x1) for link in links):
        own = [link for link in links if (link.x0, link.x1) == (x0, x1)]
        heights = np.concatenate([ends for link in own for ends in (link.y0, link.y1)]) * scale
        thickest = max(link.width for link in own) * scale
        top = max(0, int(heights.min() - thickest - 1))
        bottom = min(pixels.shape[0], int(heights.max() + thickest + 2))
        left, right = max(0, int(x0 * scale)), min(pixels.shape[1], int(np.ceil(x1 * scale)))
        if right > left and bottom > top:
            shape = link_rise(right - left, x0 * scale - left, (x1 - x0) * scale)
            _draw_between(pixels[top:bottom, left:right], own, shape, scale, top)


def _draw_between(
    pixels: Pixels, links: list[Curves], shape: tuple[Floats, Floats], scale: float, up: int
) -> None:
    height, width = pixels.shape[:2]
    lanes = np.empty((height + 2 * _MARGIN, width), np.int64)
    inner = lanes[_MARGIN:-_MARGIN]
    corner = pixels[0, 0].tolist()
    is_paper = bool((pixels.view(np.uint32) == pixels[:1, :1].view(np.uint32)).all())
    if is_paper:
        lanes[:] = _lanes((corner[0], corner[1], corner[2]))
    else:
        inner[:] = pixels[..., 0]
        for channel in (1, 2):
            inner += pixels[..., channel].astype(np.int64) << _LANES[channel]
        inner <<= 4
    before = lanes[0, 0] if is_paper else inner.copy()
    flat = lanes.reshape(-1)
    strongest = np.zeros(flat.size, np.int32)
    for batch in _batches(links, width):
        _draw_batch(flat, strongest, batch, shape, height, scale, up)
    row, column = np.nonzero(inner != before)
    changed = inner[row, column]
    changed += 8 * _ONES
    changed >>= 4
    colours = np.full((len(changed), 4), 255, np.uint8)
    for channel, lane in enumerate(_LANES):
        colours[:, channel] = np.minimum((changed >> lane) & 0x1FF, 255)
    pixels.view(np.uint32)[row, column, 0] = colours.view(np.uint32)[:, 0]


def _batches(links: list[Curves], columns: int) -> list[list[Curves]]:
    """Join small groups: what is drawn at once costs less, and few links seldom cross."""
    batches: list[list[Curves]] = []
    count = _AT_ONCE
    most = max(1, _MOST_SAMPLES // columns)
    for group in links:
        for start in range(0, len(group.y0), most):
            curves = group
            if len(group.y0) > most:
                part = slice(start, start + most)
                curves = Curves(
                    group.x0, group.x1, group.y0[part], group.y1[part], group.colour, group.alpha, group.width
                )
            if count >= _AT_ONCE:
                batches.append([])
                count = 0
            batches[-1].append(curves)
            count += len(curves.y0)
    return batches


def _draw_batch(
    flat: NDArray[np.int64],
    strongest: NDArray[np.int32],
    batch: list[Curves],
    shape: tuple[Floats, Floats],
    height: int,
    scale: float,
    up: int,
) -> None:
    """Draw links at once; where two of them meet, the stronger one is seen and nothing adds up.

    `strongest` is zero before and after; in between it holds opacity and number of the link at a pixel.
    """
    share, slope = shape
    sizes = [len(curves.y0) for curves in batch]
    start = _upright([curves.y0 for curves in batch]) * np.float32(scale)
    rise = _upright([curves.y1 for curves in batch]) * np.float32(scale) - start
    # A slanted stroke is taller than it is wide.
    half = rise * slope
    np.square(half, out=half)
    half += 1
    np.sqrt(half, out=half)
    widths = np.repeat(np.array([curves.width for curves in batch], np.float32), sizes)
    half *= (widths * np.float32(scale / 2))[:, np.newaxis]
    top = rise * share
    top += start - np.float32(up)
    top -= half
    half *= 2
    np.clip(top, 1 - _MARGIN, height - 1, out=top)
    first = np.floor(top)
    place = first.astype(np.int64)
    place += _MARGIN
    place *= len(share)
    place += np.arange(len(share))
    top -= first
    bottom = np.add(top, half, out=half)
    rows = min(int(np.ceil(bottom.max(initial=0))), _MARGIN)
    alphas = np.repeat(np.array([curves.alpha * _OPAQUE for curves in batch], np.float32), sizes)
    numbers = np.repeat(np.arange(len(batch), dtype=np.int32), sizes)
    colours = np.array([_lanes(curves.colour) for curves in batch], np.int64)
    cover = np.minimum(bottom, 1)
    cover -= top
    touched = [_keep_strongest(strongest, place, cover, alphas[:, np.newaxis], numbers[:, np.newaxis])]
    for row in range(1, rows):
        # Only where a link is steep or wide does it reach further.
        which, column = np.nonzero(bottom > row)
        cover = np.minimum(bottom[which, column] - np.float32(row), 1)
        below = place[which, column] + row * len(share)
        touched.append(_keep_strongest(strongest, below, cover, alphas[which], numbers[which]))
    places = np.concatenate(touched)
    seen = strongest.take(places)
    strongest[places] = 0
    colour = colours.take(seen & 0xFF)
    opacity = (seen >> 8).astype(np.int64)
    value = flat.take(places)
    value *= _OPAQUE - opacity
    colour *= opacity
    value += colour
    value >>= 9
    value &= _COLOUR_BITS
    flat[places] = value


def _keep_strongest(
    strongest: NDArray[np.int32],
    place: NDArray[np.int64],
    cover: Floats,
    alpha: Floats,
    number: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Note opacity and number of links where they are the strongest yet; return where that is."""
    cover *= alpha
    cover += np.float32(0.5)
    seen = cover.astype(np.int32)
    seen <<= 8
    seen += number
    flat = place.reshape(-1)
    np.maximum.at(strongest, flat, seen.reshape(-1))
    return flat


def _upright(parts: list[Floats]) -> Floats:
    return np.concatenate(parts)[:, np.newaxis]


def _lanes(colour: tuple[int, int, int]) -> int:
    return sum(value << (lane + 4) for value, lane in zip(colour, _LANES, strict=True))
