"""How does a picture become a small PNG? With few colours, chosen for it."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def encode_png(image: Image.Image, colours: int | None = None, *, level: int = 6) -> bytes:
    """Write a PNG.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB.
    colours : int, optional
        At most so many, 2 to 256; without it all are kept.
    level : int, default 6
        Of compression, 0 to 9.

    Returns
    -------
    bytes

    Examples
    --------
    >>> encode_png(Image.new("RGB", (8, 8), "white"), colours=4)[:4]
    b'\\x89PNG'
    """
    buffer = io.BytesIO()
    if colours is not None:
        image = reduce_colours(image, colours)
    image.save(buffer, "PNG", compress_level=level)
    return buffer.getvalue()


def reduce_colours(image: Image.Image, colours: int) -> Image.Image:
    """Return an image with few colours; the most frequent one is kept as it is.

    Rare colours count more than their share of the area, so that a thin line keeps its hue on much paper.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB.
    colours : int
        2 to 256.

    Returns
    -------
    PIL.Image.Image
        Mode P.

    Raises
    ------
    ValueError
        Where `colours` is out of range.

    Examples
    --------
    >>> reduce_colours(Image.linear_gradient("L").convert("RGB"), 16).mode
    'P'
    """
    if not 2 <= colours <= 256:
        raise ValueError(f"colours must be 2 to 256, got {colours}")
    pixels = np.asarray(image)
    keys = _keys(pixels)
    counts = np.bincount(keys, minlength=1 << 15)
    present = np.flatnonzero(counts)
    shades = _shades(present)
    most = int(present[counts[present].argmax()])
    exact = pixels.reshape(-1, 3)[int((keys == most).argmax())]
    chosen = _choose(shades, np.sqrt(counts[present]), colours - 1)
    table = np.vstack([exact, chosen])
    lookup = np.zeros(1 << 15, np.uint8)
    lookup[present] = _nearest(shades, table.astype(np.float32))
    lookup[most] = 0
    reduced = Image.fromarray(lookup[keys].reshape(pixels.shape[:2]))
    reduced.putpalette(table.astype(np.uint8).tobytes())
    return reduced


def _keys(pixels: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Number each pixel's colour by its five upper bits a channel."""
    flat = pixels.reshape(-1, 3)
    keys = (flat[:, 0] >> 3).astype(np.uint16)
    keys <<= 5
    keys |= flat[:, 1] >> 3
    keys <<= 5
    keys |= flat[:, 2] >> 3
    return keys


def _shades(keys: NDArray[np.intp]) -> NDArray[np.float32]:
    channels = [(keys >> shift) & 31 for shift in (10, 5, 0)]
    return np.stack(channels, axis=1).astype(np.float32) * 8 + 4


def _choose(shades: NDArray[np.float32], weights: NDArray[np.float64], colours: int) -> NDArray[np.float32]:
    """Cut the colours at the median, then move each to the mean of those nearest to it."""
    repeats = np.clip(weights * (6000 / weights.sum()), 1, 400).astype(int)
    sample = np.repeat(shades.astype(np.uint8), repeats, axis=0)
    cut = Image.fromarray(sample[np.newaxis]).quantize(colours, Image.Quantize.MEDIANCUT)
    found = cut.getpalette() or []
    table = np.array(found[: 3 * colours], np.float32).reshape(-1, 3)
    for _ in range(2):
        near = _nearest(shades, table)
        total = np.bincount(near, weights, len(table))
        sums = np.stack([np.bincount(near, weights * channel, len(table)) for channel in shades.T], axis=1)
        table = np.where(total[:, np.newaxis] > 0, sums / np.maximum(total, 1e-9)[:, np.newaxis], table)
        table = table.astype(np.float32)
    return table


def _nearest(shades: NDArray[np.float32], table: NDArray[np.float32]) -> NDArray[np.intp]:
    distance = (table**2).sum(axis=1) - 2 * (shades @ table.T)
    return distance.argmin(axis=1)
