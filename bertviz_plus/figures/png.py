"""A picture as a small PNG, with few colours that are chosen for it."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_BITS = 15
_SAMPLE = 2048


def encode_png(pixels: Pixels, colours: int | None = None, *, level: int = 6) -> bytes:
    """Write a PNG.

    Parameters
    ----------
    pixels : ndarray [height, width, 3 or 4], uint8
        An alpha channel is left out.
    colours : int, optional
        At most so many, 2 to 256; without it all are kept.
    level : int, default 6
        Of compression, 0 to 9.

    Returns
    -------
    bytes

    Examples
    --------
    >>> encode_png(np.zeros((8, 8, 3), np.uint8), colours=4)[1:4]
    b'PNG'
    """
    buffer = io.BytesIO()
    if colours is None:
        image = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
    else:
        indices, table = reduce_colours(pixels, colours)
        image = Image.fromarray(indices)
        image.putpalette(table.tobytes())
    image.save(buffer, "PNG", compress_level=level)
    return buffer.getvalue()


def encode_small(pixels: Pixels, colours: int, most_bytes: int) -> bytes:
    """Write a PNG with few colours, and with fewer where it would be too large.

    Parameters
    ----------
    pixels : ndarray [height, width, 3 or 4], uint8
    colours : int
        To begin with; halved down to 4.
    most_bytes : int
        What it should not exceed.

    Returns
    -------
    bytes

    Examples
    --------
    >>> len(encode_small(np.zeros((8, 8, 3), np.uint8), 48, 60_000)) < 60_000
    True
    """
    picture = encode_png(pixels, colours, level=4)
    while len(picture) > most_bytes and colours > 4:
        colours = max(4, colours // 2)
        picture = encode_png(pixels, colours, level=6)
    return picture


def encode_codes(codes: Pixels, ramp: Pixels) -> bytes:
    """Write a map of codes as a PNG whose palette is their ramp.

    Parameters
    ----------
    codes : ndarray [height, width], uint8
    ramp : ndarray [256, 3], uint8

    Returns
    -------
    bytes

    Examples
    --------
    >>> encode_codes(np.zeros((8, 8), np.uint8), np.zeros((256, 3), np.uint8))[1:4]
    b'PNG'
    """
    image = Image.fromarray(np.ascontiguousarray(codes))
    image.putpalette(ramp.tobytes())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def reduce_colours(pixels: Pixels, colours: int) -> tuple[Pixels, Pixels]:
    """Choose few colours for a picture; that of its first pixel, the paper, is kept as it is.

    Colours that are rare and far from the paper count more than their share of the area, so that a thin
    line keeps its hue on much paper.

    Parameters
    ----------
    pixels : ndarray [height, width, 3 or 4], uint8
    colours : int
        2 to 256.

    Returns
    -------
    indices : ndarray [height, width], uint8
    table : ndarray [colours, 3], uint8

    Raises
    ------
    ValueError
        Where `colours` is out of range.

    Examples
    --------
    >>> indices, table = reduce_colours(np.full((4, 4, 3), 200, np.uint8), 16)
    >>> table[indices[0, 0]].tolist()
    [200, 200, 200]
    """
    if not 2 <= colours <= 256:
        raise ValueError(f"colours must be 2 to 256, got {colours}")
    keys = _keys(np.ascontiguousarray(pixels).reshape(-1, pixels.shape[-1]))
    paper = pixels.reshape(-1, pixels.shape[-1])[0, :3]
    table = np.repeat(paper[np.newaxis], colours, axis=0)
    counts = np.bincount(keys, minlength=1 << _BITS)
    # What is as good as paper is paper.
    counts[keys[0]] = 0
    present = np.flatnonzero(counts)
    lookup = np.zeros(1 << _BITS, np.uint8)
    if len(present):
        shades = _shades(present)
        contrast = np.abs(shades - paper.astype(np.float32)).max(axis=1) / 255
        chosen = _choose(shades, np.sqrt(counts[present]) * (contrast + 0.02), colours - 1)
        table[1 : len(chosen) + 1] = np.rint(chosen)
        lookup[present] = _nearest(shades, table.astype(np.float32))
    return lookup.take(keys).reshape(pixels.shape[:2]), table


def _keys(flat: Pixels) -> NDArray[np.intp]:
    """Return a number for each pixel's colour, made of its five upper bits a channel."""
    if flat.shape[1] == 4:
        whole = flat.view("<u4")[:, 0]
        return (((whole & 0xF8) << 7) | ((whole >> 6) & 0x3E0) | ((whole >> 19) & 0x1F)).astype(np.intp)
    red, green, blue = (flat[:, channel].astype(np.intp) >> 3 for channel in range(3))
    return (red << 10) | (green << 5) | blue


def _shades(keys: NDArray[np.intp]) -> Floats:
    channels = [(keys >> shift) & 31 for shift in (10, 5, 0)]
    return np.stack(channels, axis=1).astype(np.float32) * np.float32(255 / 31)


def _choose(shades: Floats, weights: NDArray[np.float64], colours: int) -> Floats:
    """Cut the colours at the median, then move each to the mean of those nearest to it."""
    repeats = np.clip(weights * (_SAMPLE / weights.sum()), 1, _SAMPLE // 16).astype(int)
    sample = np.repeat(shades.astype(np.uint8), repeats, axis=0)
    cut = Image.fromarray(sample[np.newaxis]).quantize(colours, Image.Quantize.MEDIANCUT)
    table = np.array((cut.getpalette() or [0, 0, 0])[: 3 * colours], np.float32).reshape(-1, 3)
    for _ in range(2):
        near = _nearest(shades, table)
        total = np.bincount(near, weights, len(table))
        sums = [np.bincount(near, weights * channel, len(table)) for channel in shades.T]
        means = np.stack(sums, axis=1) / np.maximum(total, 1e-9)[:, np.newaxis]
        table = np.where(total[:, np.newaxis] > 0, means, table).astype(np.float32)
    return table


def _nearest(shades: Floats, table: Floats) -> NDArray[np.intp]:
    distance = (table**2).sum(axis=1) - 2 * (shades @ table.T)
    nearest: NDArray[np.intp] = distance.argmin(axis=1)
    return nearest
