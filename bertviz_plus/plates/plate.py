"""What every plate has in common: one drawing gives a PNG, an SVG and a PDF, with no browser."""

from abc import ABC, abstractmethod
from typing import Literal

from bertviz_plus.plates.palette import palette
from bertviz_plus.plates.pdf import scene_to_pdf
from bertviz_plus.plates.png import encode_png, encode_small
from bertviz_plus.plates.raster import rasterise
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.svg import scene_to_svg
from bertviz_plus.plates.type_sizes import TEXT

# Of the picture that a notebook stores beside each view.
FALLBACK_BYTES = 60_000
WIDTH = 960.0
MARGIN = 16.0
# In a paper a map has so many device pixels per CSS pixel.
PAPER_SCALE = 3.0
_LEAST_WIDTH = 200
_POINTS_PER_CM = 72 / 2.54
_WIDTH_CM, _FONT_SIZE = 16.0, 8.0
# A page of A4 between its margins; wider figures get a page of the same shape.
_PAGE_CM, _PAGE_SHAPE = 24.0, 2**0.5
# Type shrinks in steps until the figure fits a page, down to the smallest that can be read.
_LEAST_FONT, _SHRINK = 4.0, 0.9
# What legend and caption take of a page.
_CAPTION = 70.0


class Plate(ABC):
    """A figure with its legend and caption, and nothing to press.

    A subclass lays it out on a `Scene`.

    Parameters
    ----------
    theme : {"light", "dark"}
    height : float
        Of the figure in a PNG at most, in CSS pixels; what is higher is cut, and the caption says so.
    least_height : float
        The least that is allowed.

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
    def _describe(self) -> tuple[str, str]:
        """Return the title and the description for a screen reader."""

    @abstractmethod
    def _draw(self, scene: Scene, room: float) -> bool:
        """Lay out figure, legend and caption, and set the scene's height.

        Parameters
        ----------
        scene : Scene
            Is filled.
        room : float
            How high the figure may be without its caption.

        Returns
        -------
        bool
            Whether it had to be cut to fit.
        """

    def fallback(self) -> bytes:
        """Draw what a host without widgets shows: a PNG, 960 pixels wide, of at most 60 kB.

        Returns
        -------
        bytes
            Colours of heads, senses and links are exact; shades between them and the paper are reduced.
        """
        scene = self._scene(WIDTH - 2 * MARGIN, small=True)
        self._draw(scene, self._height)
        return encode_small(rasterise(scene, margin=MARGIN), scene, FALLBACK_BYTES)

    def png(self, width: float = WIDTH, scale: float = 1.0) -> bytes:
        """Draw the plate in all its colours.

        Parameters
        ----------
        width : float, default 960
            CSS pixels with the margins, at least 200.
        scale : float, default 1.0
            Device pixels per CSS pixel; 2 for a sharp picture on most screens.

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
        scene = self._scene(width - 2 * MARGIN, scale=scale)
        self._draw(scene, self._height)
        return encode_png(rasterise(scene, scale, margin=MARGIN))

    def svg(self, width_cm: float | None = None, font_size: float | None = None, grey: bool = False) -> str:
        """Draw the plate for a paper, in vectors and real text.

        Parameters
        ----------
        width_cm : float, default 16
            Centimetres.
        font_size : float, default 8
            Of the text, in points. It shrinks to 4 where the figure would not fit a page of 24 cm; a figure
            that does not fit then is cut, and its caption says what is left out.
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
        """Draw the plate for a paper, as a PDF of one page: see `svg`.

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

    def _scene(self, width: float, *, scale: float = 1.0, small: bool = False, grey: bool = False) -> Scene:
        title, description = self._describe()
        colours = palette(self._theme, grey=grey)
        return Scene(width, 1, colours, title=title, description=description, scale=scale, small=small)

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
        page = max(_PAGE_CM, _PAGE_SHAPE * across) / across
        while True:
            width = across * _POINTS_PER_CM / size * TEXT
            scene, cut = self._on_page(width, page * width, grey=grey)
            if not cut or size <= _LEAST_FONT:
                return scene, across
            size = max(_LEAST_FONT, size * _SHRINK)

    def _on_page(self, width: float, height: float, *, grey: bool) -> tuple[Scene, bool]:
        """Return the figure no higher than a page, and whether it had to be cut."""
        room = height - _CAPTION
        scene = self._scene(width, scale=PAPER_SCALE, grey=grey)
        cut = self._draw(scene, room)
        if scene.height > height:
            # Legend and caption take more lines than expected.
            room -= scene.height - height
            scene = self._scene(width, scale=PAPER_SCALE, grey=grey)
            cut = self._draw(scene, room)
        return scene, cut
