"""A picture as a PNG: with all its colours, or with few where the file must be small."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bertviz_plus.plates.palette import Colour, fewer_levels
from bertviz_plus.plates.scene import Picture, Rects, Scene, Shapes
from bertviz_plus.traces.weight_codes import MISSING

Pixels = NDArray[np.uint8]

_MOST = 256
# Levels of weights and shades of each colour, from fine to coarse: the first with a small file is taken.
_FINENESS = ((256, 5), (24, 4), (12, 3), (8, 2), (5, 1))
# Levels of compression.
_QUICK, _SMALL = 4, 6


def encode_png(pixels: Pixels, *, level: int = 6) -> bytes:
    """Write a PNG of all colours.

    Parameters
    ----------
    pixels : ndarray [height, width, 3 or 4], uint8
        An alpha channel is left out.
    level : int, default 6
        Of compression, 0 to 9.

    Returns
    -------
    bytes

    Examples
    --------
    >>> encode_png(np.zeros((8, 8, 3), np.uint8))[1:4]
    b'PNG'
    """
    return _write(Image.fromarray(np.ascontiguousarray(pixels[..., :3])), level)


def encode_small(pixels: Pixels, scene: Scene, most_bytes: int) -> bytes:
    """Write a PNG of at most 256 colours, and of fewer where it would be too large.

    The colours that tell something (`Palette.exact`) stay as they are; shades between them and the paper,
    and levels of weights, are rounded.

    Parameters
    ----------
    pixels : ndarray [height, width, 4], uint8
        What the scene was drawn as.
    scene : Scene
    most_bytes : int
        What the file should not exceed.

    Returns
    -------
    bytes

    Examples
    --------
    >>> from bertviz_plus.plates.palette import palette
    >>> white = np.full((8, 8, 4), 255, np.uint8)
    >>> len(encode_small(white, Scene(8, 8, palette("light")), 60_000)) < 60_000
    True
    """
    keys = _keys_of_pixels(pixels)
    present = _present(keys)
    lookup = np.zeros(1 << 24, np.uint8)
    picture = b""
    for levels, shades in _FINENESS:
        table = _table(scene, present, levels, shades)
        lookup[present] = _nearest(present, table)
        image = Image.fromarray(lookup.take(keys))
        image.putpalette(table.tobytes())
        picture = _write(image, _QUICK if levels == _MOST else _SMALL)
        if len(picture) <= most_bytes:
            break
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
    return _write(image, 9)


def _write(image: Image.Image, level: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=level)
    return buffer.getvalue()


def _keys_of_pixels(pixels: Pixels) -> NDArray[np.uint32]:
    """Return each pixel's colour as one number."""
    whole = np.ascontiguousarray(pixels).view("<u4")[..., 0]
    return np.asarray(whole & 0xFFFFFF)


def _present(keys: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Return each key once, in order."""
    flat = keys.ravel()
    # Neighbours are mostly alike: only where a colour begins is there something to sort.
    starts = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    return np.asarray(np.unique(np.append(flat[starts], flat[0])), np.intp)


def _keys(colours: Pixels) -> NDArray[np.intp]:
    return np.asarray(colours.astype(np.intp) @ np.array([1, 1 << 8, 1 << 16]))


def _colours(keys: NDArray[np.integer]) -> Pixels:
    return np.stack([(keys >> shift) & 255 for shift in (0, 8, 16)], axis=-1).astype(np.uint8)


def _table(scene: Scene, present: NDArray[np.intp], levels: int, shades: int) -> Pixels:
    """Return the colours to keep: paper, those that tell something, their shades, and those of weights."""
    drawn = _drawn_colours(scene)
    told = np.array([one for one in scene.colours.exact if one in drawn], np.uint8).reshape(-1, 3)
    kept = [np.array([scene.colours.paper], np.uint8), told]
    # Pale ones are nearer to each other: of many faint links each shows.
    kept.extend(_mixed(scene.colours.paper, told, (step / shades) ** 1.5) for step in range(1, shades))
    others = np.array([one for one in drawn if one not in scene.colours.exact], np.uint8).reshape(-1, 3)
    kept.append(_those_in(present, others)[: _MOST // 2])
    ramps = [mark.ramp for mark in scene.marks if isinstance(mark, Picture)]
    if ramps:
        room = min(levels, _MOST - 1 - sum(map(len, kept)))
        weights = _those_in(present, ramps[0])
        if len(weights) > room:
            signed = ramps[0] is scene.colours.signed_ramp
            fewer = fewer_levels(room // 2 if signed else room, signed=signed)
            weights = _those_in(present, ramps[0][np.append(fewer, MISSING)])
        kept.append(weights)
    return np.concatenate(kept)[:_MOST]


def _drawn_colours(scene: Scene) -> dict[Colour, None]:
    """Return the colours of all marks but maps, in the order in which they are drawn."""
    drawn: dict[Colour, None] = {}
    for mark in scene.marks:
        if isinstance(mark, Shapes):
            drawn.update(dict.fromkeys(mark.colours))
        elif isinstance(mark, Rects):
            keys = np.unique(_keys(mark.colours))
            drawn.update((tuple(one), None) for one in _colours(keys).tolist())
        elif not isinstance(mark, Picture):
            drawn[mark.colour] = None
    return drawn


def _those_in(present: NDArray[np.intp], colours: Pixels) -> Pixels:
    """Return which of the colours the picture has, each once."""
    return _colours(np.intersect1d(_keys(colours), present))


def _mixed(paper: Colour, colours: Pixels, share: float) -> Pixels:
    base = np.array(paper, np.float32)
    return np.asarray(np.rint(base + (colours - base) * np.float32(share)), np.uint8)


def _nearest(present: NDArray[np.intp], table: Pixels) -> NDArray[np.intp]:
    """Return the place in the table of each colour, or of the one that is near."""
    # Colours that differ by less than eight a channel go together, unless the table has them.
    rough, group = np.unique(present & 0xF8F8F8, return_inverse=True)
    shades, kept = _colours(rough).astype(np.float32) + np.float32(3.5), table.astype(np.float32)
    places = ((kept**2).sum(axis=1) - 2 * (shades @ kept.T)).argmin(axis=1)[group]
    exact, first = np.unique(_keys(table), return_index=True)
    found = np.searchsorted(present, exact)
    there = (found < len(present)) & (present[np.minimum(found, len(present) - 1)] == exact)
    places[found[there]] = first[there]
    return np.asarray(places)
