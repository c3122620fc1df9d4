"""Which colour means what? The same roles and hues as the live view has."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.weight_codes import FULL, MISSING

Colour = tuple[int, int, int]

_HEADS_LIGHT = (
    "2678f2 862404 a59402 4a40ac ba4b5d 731474 08a67f 02532e "
    "8e86c8 556926 ad45bf 028583 824261 b77752 0c6791 8b7500"
)
_HEADS_DARK = (
    "71bafc ca7c52 fee657 bacbff fe8a88 b07fad 40e5c4 b2faae "
    "9388fe c2ce2f cea4ce 85fbff e35d88 f7bc93 4b9bd2 c99e18"
)
_RAMP_LIGHT = "ffffff d9e9fd a0c4f7 79a5ec 5986db 4067c2 324d9a 27356b 19203f"
_RAMP_DARK = "111111 1b2232 2b406a 3a5b96 4c78bc 6697db 8cb7ed bcd6f4 e9f5ff"

# Four greys, far enough apart to be told from each other in print; the dash tells heads of one grey apart.
_GREYS_LIGHT = (0, 70, 120, 160)
_GREYS_DARK = (255, 205, 165, 130)
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

    def head(self, head: int) -> Colour:
        """Return the colour of a head; the seventeenth has that of the first."""
        return self.heads[head % len(self.heads)]

    def dash(self, head: int) -> tuple[float, ...]:
        """Return the lengths of a head's dashes and gaps; empty where hue tells heads apart."""
        return _DASHES[head // 4 % len(_DASHES)] if self.grey else ()


@cache
def palette(theme: Literal["light", "dark"] = "light", *, grey: bool = False) -> Palette:
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
    if theme == "light":
        colours = Palette(
            dark=False,
            paper=_rgb("ffffff"),
            ink=_rgb("1b1f27"),
            soft=_rgb("5f6773"),
            hair=_rgb("dfe3e8"),
            wash=_rgb("f1f3f6"),
            focus=_rgb("1976d2"),
            heads=tuple(map(_rgb, _HEADS_LIGHT.split())),
            ramp=_ramp(_RAMP_LIGHT, missing=_rgb("e8b59a")),
            negative=_rgb("2166c4"),
            positive=_rgb("c2560a"),
            link=_rgb("2f6fd6"),
            unlinked=_rgb("878d97"),
        )
    elif theme == "dark":
        colours = Palette(
            dark=True,
            paper=_rgb("111111"),
            ink=_rgb("eceff4"),
            soft=_rgb("a3acb9"),
            hair=_rgb("31363d"),
            wash=_rgb("1d2126"),
            focus=_rgb("64b5f6"),
            heads=tuple(map(_rgb, _HEADS_DARK.split())),
            ramp=_ramp(_RAMP_DARK, missing=_rgb("7a4a30")),
            negative=_rgb("64a8f5"),
            positive=_rgb("ffa24c"),
            link=_rgb("71bafc"),
            unlinked=_rgb("7b838d"),
        )
    else:
        raise ValueError(f'theme must be "light" or "dark" for a picture, got {theme!r}')
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


@cache
def fewer_levels(levels: int) -> NDArray[np.uint8]:
    """Return a table that rounds weight codes to few levels, even in the square root of the weight.

    Examples
    --------
    >>> fewer_levels(3)[[0, 20, 100, 254, 255]].tolist()
    [0, 64, 64, 254, 255]
    """
    roots = np.sqrt(np.arange(256) / FULL)
    table = np.rint(FULL * (np.rint(roots * (levels - 1)) / (levels - 1)) ** 2)
    table[MISSING] = MISSING
    return np.asarray(table, np.uint8)


def _rgb(text: str) -> Colour:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def _ramp(stops: str, *, missing: Colour) -> NDArray[np.uint8]:
    colours = np.array([_rgb(stop) for stop in stops.split()], float)
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
    """Luma of sRGB values (Rec. 709 weights)."""
    luma: NDArray[np.uint8] = np.rint(colours @ np.array([0.2126, 0.7152, 0.0722])).astype(np.uint8)
    return luma
