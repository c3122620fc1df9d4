"""What is drawn, and where? A list of marks that PNG, SVG and PDF draw alike.

Lengths are in CSS pixels, the origin is at the top left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.palette import Colour, Palette

Anchor = Literal["start", "middle", "end"]
Floats = NDArray[np.float32]

# A link fans out of its source and arrives level, so that its direction is seen.
_FIRST_X, _FIRST_RISE, _SECOND_X = map(
    section("attention.links.bend").number, ("first_x", "first_rise", "second_x")
)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `y` is its baseline, `angle` in degrees against the clock about its start.

    `halo` is the colour around it where it stands on other marks.
    """

    x: float
    y: float
    text: str
    size: float
    colour: Colour
    anchor: Anchor = "start"
    bold: bool = False
    angle: float = 0.0
    halo: Colour | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rects:
    """Filled rectangles, each in its own colour."""

    x: Floats
    y: Floats
    width: Floats
    height: Floats
    colours: NDArray[np.uint8]
    alpha: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Links between two columns, stroked at once: where they cross each other they do not add up.

    ``y0`` and ``y1`` are where each leaves and arrives. `head` says whose they are, -1 for several.
    """

    x0: float
    x1: float
    y0: Floats
    y1: Floats
    colour: Colour
    alpha: float
    width: float
    dash: tuple[float, ...] = ()
    head: int = -1


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A heat map: weight codes ``[rows, columns]``, stretched over the rectangle and not smoothed.

    `ramp` ``[256, 3]`` holds the colour of each code.
    """

    x: float
    y: float
    width: float
    height: float
    codes: NDArray[np.uint8]
    ramp: NDArray[np.uint8]

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """Colours ``[rows, columns, 3]``."""
        return self.ramp[self.codes]


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A line through points ``[points, 2]``, or the area that they enclose."""

    points: Floats
    colour: Colour
    width: float = 1.0
    alpha: float = 1.0
    dash: tuple[float, ...] = ()
    filled: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Many small marks of a few kinds, in the order in which they are drawn.

    Attributes
    ----------
    x, y : ndarray [marks], float32
        Centres.
    kinds : ndarray [marks], int
        Place of each mark's kind in `corners` and the like.
    corners : tuple of ndarray [corners, 2]
        Of each kind, around 0, 0, for a radius of 1; none for a circle.
    radii : tuple of float
    colours : tuple of colours
    alpha : float
    rim : float
        How far the paper reaches around each mark.
    paper : colour
    """

    x: Floats
    y: Floats
    kinds: NDArray[np.intp]
    corners: tuple[Floats, ...]
    radii: tuple[float, ...]
    colours: tuple[Colour, ...]
    alpha: float
    rim: float
    paper: Colour


Mark = Text | Rects | Curves | Dot | Picture | Path | Shapes


@dataclass(eq=False)
class Scene:
    """Marks in the order in which they are drawn, on paper.

    Attributes
    ----------
    width, height : float
        CSS pixels.
    colours : Palette
    marks : list
    title, description : str
        For a screen reader.
    scale : float
        Device pixels per CSS pixel that it is drawn for: maps are made for them.
    small : bool
        Whether it becomes a file of few bytes: the faintest links and the finest shades are left out.
    """

    width: float
    height: float
    colours: Palette
    marks: list[Mark] = field(default_factory=list)
    title: str = ""
    description: str = ""
    scale: float = 1.0
    small: bool = False

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 13,
        colour: Colour | None = None,
        anchor: Anchor = "start",
        bold: bool = False,
        angle: float = 0.0,
        halo: Colour | None = None,
    ) -> None:
        """Write a line of text whose baseline is at `y`."""
        if text:
            self.marks.append(Text(x, y, text, size, colour or self.colours.ink, anchor, bold, angle, halo))

    def rect(
        self, x: float, y: float, width: float, height: float, colour: Colour, alpha: float = 1.0
    ) -> None:
        """Fill one rectangle."""
        self.rects([x], [y], [width], [height], [colour], [alpha])

    def rects(
        self,
        x: ArrayLike,
        y: ArrayLike,
        width: ArrayLike,
        height: ArrayLike,
        colours: Sequence[Colour] | NDArray[np.uint8],
        alpha: ArrayLike,
    ) -> None:
        """Fill rectangles; all arguments have one length."""
        left, top, across, down, opacity = (
            np.asarray(values, np.float32) for values in (x, y, width, height, alpha)
        )
        if len(left):
            shades = np.asarray(colours, np.uint8).reshape(-1, 3)
            self.marks.append(Rects(left, top, across, down, shades, opacity))

    def frame(
        self, x: float, y: float, width: float, height: float, colour: Colour, line: float = 1.0
    ) -> None:
        """Draw the four sides of a rectangle, inside of it."""
        self.rects(
            [x, x, x, x + width - line],
            [y, y + height - line, y, y],
            [width, width, line, line],
            [line, line, height, height],
            [colour] * 4,
            [1] * 4,
        )

    def line(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        colour: Colour,
        width: float = 1.0,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw a straight line."""
        self.path([(x0, y0), (x1, y1)], colour, width, dash=dash)

    def path(
        self,
        points: ArrayLike,
        colour: Colour,
        width: float = 1.0,
        *,
        alpha: float = 1.0,
        dash: tuple[float, ...] = (),
        filled: bool = False,
    ) -> None:
        """Draw a line through points, or fill the area that they enclose."""
        corners = np.asarray(points, np.float32).reshape(-1, 2)
        if len(corners) > 1:
            self.marks.append(Path(corners, colour, width, alpha, dash, filled))

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.marks.append(Dot(x, y, radius, colour))

    def add(self, *marks: Mark) -> None:
        """Draw marks that are ready."""
        self.marks.extend(marks)


def bezier(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    """Return the two inner control points of a link.

    Examples
    --------
    >>> bezier(0, 0, 100, 50)
    (8.0, 6.0, 44.99..., 50)
    """
    across = x1 - x0
    return x0 + _FIRST_X * across, y0 + _FIRST_RISE * (y1 - y0), x1 - _SECOND_X * across, y1


@lru_cache(maxsize=64)
def link_rise(columns: int, start: float, across: float) -> tuple[Floats, Floats]:
    """Return a link's shape at the centres of pixel columns: the share of its rise, and its slope.

    Every link between the same two columns has this shape; only where it leaves and arrives differs.

    Parameters
    ----------
    columns : int
        How many pixel columns.
    start : float
        Where the link begins, in pixels from the first column's left edge.
    across : float
        Its width in pixels.

    Returns
    -------
    share, slope : ndarray [columns], float32
        `share` runs from 0 to 1; `slope` is its change per pixel.

    Examples
    --------
    >>> share, slope = link_rise(100, 0.0, 100.0)
    >>> bool(share[0] < 0.01 and share[-1] > 0.99 and slope[-1] < slope[20])
    True
    """
    t = np.linspace(0, 1, 1024)
    b1, b2, b3 = 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
    x = _FIRST_X * b1 + (1 - _SECOND_X) * b2 + b3
    rise = _FIRST_RISE * b1 + b2 + b3
    centres = (np.arange(columns) + 0.5 - start) / across
    share = np.interp(centres, x, rise)
    slope = np.interp(centres, x, np.gradient(rise, x)) / across
    return share.astype(np.float32), slope.astype(np.float32)
