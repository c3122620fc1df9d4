"""What the picture of every view has in common: a state gives a PNG, an SVG and a PDF, with no browser."""

from abc import ABC, abstractmethod
from typing import Literal

from bertviz_plus.figures.furniture import TEXT
from bertviz_plus.figures.palette import Palette, palette
from bertviz_plus.figures.pdf import scene_to_pdf
from bertviz_plus.figures.png import encode_png
from bertviz_plus.figures.raster import rasterise
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.svg import scene_to_svg

# Of the picture that a notebook stores beside each view.
FALLBACK_BYTES = 60_000
FALLBACK_COLOURS = 48
FALLBACK_WIDTH = 960.0
_LEAST_WIDTH = 200
_POINTS_PER_CM = 72 / 2.54
_WIDTH_CM, _FONT_SIZE = 16.0, 8.0


class Figure(ABC):
    """A picture of what a view shows.

    A subclass lays it out on a `Scene`: `_at_rest` as on the screen, `_on_paper` without what a reader
    could press.

    Parameters
    ----------
    theme : {"light", "dark"}
    height : float
        Of the figure, in CSS pixels.
    least_height : float
        Under which it cannot be drawn.

    Raises
    ------
    ValueError
        Where a value is not allowed.
    """

    def __init__(self, theme: Literal["light", "dark"], height: float, *, least_height: float) -> None:
        if not height >= least_height:
            raise ValueError(f"height must be at least {least_height:g} pixels, got {height!r}")
        self._theme: Literal["light", "dark"] = theme
        self._height = float(height)
        palette(theme)

    @abstractmethod
    def fallback(self) -> bytes:
        """Draw what a host without widgets shows: 960 pixels wide, few colours, at most 60 kB.

        Returns
        -------
        bytes
            A PNG of at most 48 colours; fewer where it would be larger.
        """

    @abstractmethod
    def _scene(self, width: float, colours: Palette) -> Scene:
        """Return an empty scene that says what will be on it."""

    @abstractmethod
    def _at_rest(self, width: float, scale: float = 1.0) -> Scene:
        """Lay out the view as it looks when nobody touches it."""

    @abstractmethod
    def _on_paper(self, scene: Scene) -> None:
        """Lay out the figure, whole and without a toolbar, and set the scene's height."""

    def png(self, width: float = FALLBACK_WIDTH, scale: float = 1.0, colours: int | None = None) -> bytes:
        """Draw the view as it looks at rest.

        Parameters
        ----------
        width : float, default 960
            CSS pixels, at least 200.
        scale : float, default 1.0
            Device pixels per CSS pixel; 2 for a sharp picture on most screens.
        colours : int, optional
            At most so many, 2 to 256; without it all are kept.

        Returns
        -------
        bytes
            A PNG.

        Raises
        ------
        ValueError
            Where a value is out of range.
        """
        if width < _LEAST_WIDTH:
            raise ValueError(f"width must be at least {_LEAST_WIDTH} pixels, got {width!r}")
        if not 0.25 <= scale <= 8:
            raise ValueError(f"scale must be between 0.25 and 8, got {scale!r}")
        return encode_png(rasterise(self._at_rest(width, scale), scale), colours)

    def svg(self, width_cm: float | None = None, font_size: float | None = None, grey: bool = False) -> str:
        """Draw the figure for a paper: vector marks and real text, all of it, no toolbar.

        Parameters
        ----------
        width_cm : float, default 16
            Centimetres.
        font_size : float, default 8
            Of the text, in points.
        grey : bool, default False
            Without colour; what colour tells apart is told by shape, dash or lightness.

        Returns
        -------
        str
            An SVG document that refers to nothing outside itself.

        Raises
        ------
        ValueError
            Where a value is not positive, or the type is too large for the width.
        """
        scene, width = self._for_paper(width_cm, font_size, grey=grey)
        return scene_to_svg(scene, width_cm=width)

    def pdf(self, width_cm: float | None = None, font_size: float | None = None, grey: bool = False) -> bytes:
        """Draw the figure for a paper, as a PDF of one page: see `svg`.

        Returns
        -------
        bytes
            Text is real text, in a font of this machine.

        Raises
        ------
        ValueError
            Where a value is not positive, or the type is too large for the width.

        Warns
        -----
        UserWarning
            Where no font of this machine has a character.
        """
        scene, width = self._for_paper(width_cm, font_size, grey=grey)
        return scene_to_pdf(scene, width_cm=width)

    def _for_paper(
        self, width_cm: float | None, font_size: float | None, *, grey: bool
    ) -> tuple[Scene, float]:
        """Return the figure and its width in centimetres."""
        across = _WIDTH_CM if width_cm is None else float(width_cm)
        size = _FONT_SIZE if font_size is None else float(font_size)
        for name, value, unit in (("width_cm", across, "centimetres"), ("font_size", size, "points")):
            if not 0 < value < 1000:
                raise ValueError(f"{name} must be a positive number of {unit}, got {value!r}")
        # One unit is such that the text's 13 units are as large as was asked for.
        width = across * _POINTS_PER_CM / size * TEXT
        if width < _LEAST_WIDTH:
            raise ValueError(
                f"font_size must be at most {width * size / _LEAST_WIDTH:.3g} points for a width of "
                f"{across:g} cm, got {size:g}"
            )
        scene = self._scene(width, palette(self._theme, grey=grey))
        self._on_paper(scene)
        return scene, across
