"""Which colour means what? The same roles and hues as the live view has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import Theme
from bertviz_plus.design import colours as hex_colours
from bertviz_plus.traces.weight_codes import FULL, MISSING

Colour = tuple[int, int, int]

# Four greys, far enough apart to be told from each other in print; the dash tells heads of one grey apart.
_GREYS_LIGHT = (0, 70, 120, 160)
_GREYS_DARK = (255, 205, 165, 130)
# Rec. 709.
_LUMA = np.array([0.2126, 0.7152, 0.0722])
_DASHES: tuple[tuple[float, ...], ...] = ((), (6, 2), (2, 2), (6, 2, 1.5, 2))


@dataclass(frozen=True, eq=False)
class Palette:
    """Colours of one theme.

    Attributes
    ----------
    dark : bool
    paper, ink, soft, hair, wash, focus : (int, int, int)
        Red, green, blue, 0 to 255.
    heads : tuple of 16 colours
        By head modulo 16.
    ramp : ndarray [256, 3], uint8
        Colour of each weight code (0 to 254; 255 is missing), even in the square root of the weight.
    negative, positive : (int, int, int)
        Signed values; gold's extra links are drawn in the positive one.
    link : (int, int, int)
        Links between words.
    unlinked : (int, int, int)
        Words without a partner: paler than text, and still 3 : 1 on paper.
    grey : bool
        Whether heads are told apart by dashes and lightness instead of hue.
    """

    dark: bool
    paper: Colour
    ink: Colour
    soft: Colour
    hair: Colour
    wash: Colour
    focus: Colour
    heads: tuple[Colour, ...]
    ramp: NDArray[np.uint8]
    negative: Colour
    positive: Colour
    link: Colour
    unlinked: Colour
    grey: bool = False

    @property
    def exact(self) -> tuple[Colour, ...]:
        """Colours that tell something, and must not be rounded in a picture."""
        told = (self.ink, self.soft, self.positive, self.negative, self.link, *self.heads)
        return tuple(dict.fromkeys(told))

    @cached_property
    def signed_ramp(self) -> NDArray[np.uint8]:
        """Colour of each code of a signed number, ``[256, 3]``: zero is paper; 255 is missing."""
        codes = np.arange(MISSING)
        size = ((codes + 1) // 2)[:, np.newaxis] / (FULL // 2)
        ends = np.where(codes[:, np.newaxis] % 2, self.negative, self.positive)
        shades = np.floor(self.paper + (ends - np.array(self.paper)) * size + 0.5)
        table = np.vstack([shades, self.ramp[MISSING]]).astype(np.uint8)
        table.setflags(write=False)
        return table

    def head(self, head: int) -> Colour:
        """Return the colour of a head; the seventeenth has that of the first."""
        return self.heads[head % len(self.heads)]

    def dash(self, head: int) -> tuple[float, ...]:
        """Return the lengths of a head's dashes and gaps; empty where hue tells heads apart."""
        return _DASHES[head // 4 % len(_DASHES)] if self.grey else ()


@cache
def palette(theme: Theme = "light", *, grey: bool = False) -> Palette:
    """Return the colours of a theme.

    Parameters
    ----------
    theme : {"light", "dark"}
    grey : bool, default False
        For print without colour: every colour is a grey.

    Returns
    -------
    Palette

    Raises
    ------
    ValueError
        Where there is no such theme.

    Examples
    --------
    >>> palette("light").paper, palette("light").head(0)
    ((255, 255, 255), (38, 120, 242))
    >>> palette("dark").ramp[0].tolist()
    [17, 17, 17]
    >>> palette("light", grey=True).dash(4)
    (6, 2)
    """
    own = hex_colours(theme)
    colours = Palette(
        dark=theme == "dark",
        paper=_rgb(own.paper),
        ink=_rgb(own.ink),
        soft=_rgb(own.soft),
        hair=_rgb(own.hairline),
        wash=_rgb(own.wash),
        focus=_rgb(own.focus),
        heads=tuple(map(_rgb, own.heads)),
        ramp=_ramp(own.ramp, missing=_rgb(own.missing)),
        negative=_rgb(own.negative),
        positive=_rgb(own.positive),
        link=_rgb(own.link),
        unlinked=_rgb(own.unlinked),
    )
    return _without_colour(colours) if grey else colours


def mix(start: Colour, end: Colour, share: float) -> Colour:
    """Return the colour `share` of the way from one to the other.

    Examples
    --------
    >>> mix((0, 0, 0), (100, 200, 50), 0.5)
    (50, 100, 25)
    """
    a, b, c = (round(x + (y - x) * share) for x, y in zip(start, end, strict=True))
    return a, b, c


def luminance(colour: Colour) -> float:
    """Return how light a colour is, 0 to 1, as the front end reckons it.

    Examples
    --------
    >>> luminance((255, 255, 255)), luminance((0, 0, 0))
    (1.0, 0.0)
    """
    return float(np.array(colour) @ _LUMA) / 255


@cache
def fewer_levels(levels: int, *, signed: bool = False) -> NDArray[np.uint8]:
    """Return a table that rounds weight codes to few levels, even in the square root of the weight.

    Codes of signed numbers keep their sign.

    Examples
    --------
    >>> fewer_levels(3)[[0, 20, 100, 254, 255]].tolist()
    [0, 64, 64, 254, 255]
    >>> fewer_levels(4, signed=True)[[0, 1, 100, 253, 254]].tolist()
    [0, 0, 84, 253, 254]
    """
    if signed:
        codes = np.arange(256)
        sizes = np.rint(np.rint((codes + 1) // 2 / (FULL // 2) * (levels - 1)) / (levels - 1) * (FULL // 2))
        table = np.maximum(2 * sizes - codes % 2, 0)
        table[MISSING] = MISSING
        return np.asarray(table, np.uint8)
    roots = np.sqrt(np.arange(256) / FULL)
    table = np.rint(FULL * (np.rint(roots * (levels - 1)) / (levels - 1)) ** 2)
    table[MISSING] = MISSING
    return np.asarray(table, np.uint8)


def _rgb(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def _ramp(stops: Sequence[str], *, missing: Colour) -> NDArray[np.uint8]:
    colours = np.array([_rgb(stop) for stop in stops], float)
    roots = np.sqrt(np.arange(MISSING) / FULL)
    places = np.linspace(0, 1, len(colours))
    ramp = [np.interp(roots, places, channel) for channel in colours.T]
    table = np.vstack([np.stack(ramp, axis=1), missing]).round().astype(np.uint8)
    table.setflags(write=False)
    return table


def _without_colour(colours: Palette) -> Palette:
    greys = _GREYS_DARK if colours.dark else _GREYS_LIGHT
    ramp = np.repeat(_luma(colours.ramp)[:, np.newaxis], 3, axis=1)
    ramp.setflags(write=False)
    # Blue and orange have one lightness: below zero is drawn further from the paper.
    below, above = (235, 140) if colours.dark else (40, 140)
    return replace(
        colours,
        paper=_greyed(colours.paper),
        ink=_greyed(colours.ink),
        soft=_greyed(colours.soft),
        hair=_greyed(colours.hair),
        wash=_greyed(colours.wash),
        focus=_greyed(colours.focus),
        negative=(below, below, below),
        positive=(above, above, above),
        link=(below, below, below),
        unlinked=mix(_greyed(colours.paper), _greyed(colours.soft), 0.78),
        heads=tuple((greys[i % 4], greys[i % 4], greys[i % 4]) for i in range(len(colours.heads))),
        ramp=ramp,
        grey=True,
    )


def _greyed(colour: Colour) -> Colour:
    level = int(_luma(np.array([colour]))[0])
    return level, level, level


def _luma(colours: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return luma of sRGB values."""
    luma: NDArray[np.uint8] = np.rint(colours @ _LUMA).astype(np.uint8)
    return luma
