"""A scene as a PDF of one page: links are paths, text is text in a font of this machine."""

import importlib.util
import warnings
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bertviz_plus.plates.fonts import Run, has_glyph, in_drawing_order, run_width, text_runs
from bertviz_plus.plates.palette import Colour
from bertviz_plus.plates.scene import (
    Curves,
    Dot,
    Path,
    Picture,
    Rects,
    Scene,
    Shapes,
    Text,
    bezier,
)
from bertviz_plus.plates.svg import MOST_CELLS, picture_rects

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.drawing import PaintedPath

# A halo is the text itself, eight times around its place.
_AROUND = [(1.6 * np.cos(turn), 1.6 * np.sin(turn)) for turn in np.arange(8) * np.pi / 4]


def scene_to_pdf(scene: Scene, *, width_cm: float) -> bytes:
    """Write a scene as a PDF.

    Parameters
    ----------
    scene : Scene
    width_cm : float
        Width of the page, in centimetres.

    Returns
    -------
    bytes

    Warns
    -----
    UserWarning
        Where no font of this machine has a character; it is drawn as a box.

    Examples
    --------
    >>> from bertviz_plus.plates.palette import palette
    >>> scene = Scene(100, 50, palette("light"))
    >>> scene.text(10, 20, "cat")
    >>> scene_to_pdf(scene, width_cm=8)[:5]
    b'%PDF-'
    """
    from fpdf import FPDF

    unit = width_cm * 72 / 2.54 / scene.width
    pdf = FPDF(unit="pt", format=(scene.width * unit, scene.height * unit))
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.set_title(scene.title)
    pdf.set_subject(scene.description)
    pdf.add_page()
    return _Page(pdf, scene, unit).write()


class _Page:
    """One page that is being written."""

    def __init__(self, pdf: "FPDF", scene: Scene, unit: float) -> None:
        self._pdf = pdf
        self._scene = scene
        self._unit = unit
        self._families: dict[str | None, str] = {None: "helvetica"}
        self._missing: set[str] = set()
        self._shaping = importlib.util.find_spec("uharfbuzz") is not None
        if self._shaping:
            pdf.set_text_shaping(True)

    def write(self) -> bytes:
        self._fill(self._rectangle(0, 0, self._scene.width, self._scene.height), self._scene.colours.paper)
        for mark in self._scene.marks:
            if isinstance(mark, Text):
                self._text(mark)
            elif isinstance(mark, Curves):
                self._curves(mark)
            elif isinstance(mark, Rects):
                self._rects(mark)
            elif isinstance(mark, Dot):
                self._dot(mark)
            elif isinstance(mark, Path):
                self._path(mark)
            elif isinstance(mark, Shapes):
                self._shapes(mark)
            else:
                self._picture(mark)
        if self._missing:
            letters = " ".join(sorted(self._missing)[:20])
            warnings.warn(
                f"no font of this machine has {len(self._missing)} of the characters, they are drawn as "
                f"boxes: {letters}. Install a font that has them, such as Noto Sans.",
                UserWarning,
                stacklevel=4,
            )
        return bytes(self._pdf.output())

    def _points(self, *lengths: float) -> tuple[float, ...]:
        return tuple(length * self._unit for length in lengths)

    def _rectangle(self, x: float, y: float, width: float, height: float) -> "PaintedPath":
        path = _new_path()
        path.rectangle(*self._points(x, y, width, height))
        return path

    def _fill(self, path: "PaintedPath", colour: Colour, alpha: float = 1.0) -> None:
        path.style.paint_rule = "fill_nonzero"
        path.style.fill_color = _hex(colour)
        path.style.fill_opacity = alpha
        with self._pdf.drawing_context() as context:
            context.add_item(path)

    def _stroke(
        self, path: "PaintedPath", colour: Colour, alpha: float, width: float, dash: tuple[float, ...]
    ) -> None:
        path.style.paint_rule = "stroke"
        path.style.auto_close = False
        path.style.stroke_color = _hex(colour)
        path.style.stroke_opacity = alpha
        path.style.stroke_width = width * self._unit
        path.style.stroke_cap_style = "butt"
        path.style.stroke_dash_pattern = list(self._points(*dash)) or None
        with self._pdf.drawing_context() as context:
            context.add_item(path)

    def _curves(self, curves: Curves) -> None:
        path = _new_path()
        for y0, y1 in zip(curves.y0.tolist(), curves.y1.tolist(), strict=True):
            path.move_to(*self._points(curves.x0, y0))
            path.curve_to(*self._points(*bezier(curves.x0, y0, curves.x1, y1), curves.x1, y1))
        self._stroke(path, curves.colour, curves.alpha, curves.width, curves.dash)

    def _dot(self, dot: Dot) -> None:
        path = _new_path()
        path.circle(*self._points(dot.x, dot.y, dot.radius))
        self._fill(path, dot.colour)

    def _path(self, mark: Path) -> None:
        path = self._polygon(mark.points)
        if mark.filled:
            path.close()
            self._fill(path, mark.colour, mark.alpha)
        else:
            self._stroke(path, mark.colour, mark.alpha, mark.width, mark.dash)

    def _polygon(self, corners: NDArray[np.float32]) -> "PaintedPath":
        path = _new_path()
        (x, y), *rest = corners.tolist()
        path.move_to(*self._points(x, y))
        for x, y in rest:
            path.line_to(*self._points(x, y))
        return path

    def _shapes(self, shapes: Shapes) -> None:
        """Draw each kind as one path: thousands of single ones take a reader seconds."""
        for kind, corners in enumerate(shapes.corners):
            radius = shapes.radii[kind]
            path = _new_path()
            own = shapes.kinds == kind
            for x, y in zip(shapes.x[own].tolist(), shapes.y[own].tolist(), strict=True):
                if not len(corners):
                    path.circle(*self._points(x, y, radius))
                    continue
                for number, (across, down) in enumerate(corners.tolist()):
                    place = self._points(x + radius * across, y + radius * down)
                    if number:
                        path.line_to(*place)
                    else:
                        path.move_to(*place)
                path.close()
            if own.any():
                self._fill(path, shapes.colours[kind], shapes.alpha)

    def _rects(self, rects: Rects) -> None:
        boxes = np.stack([rects.x, rects.y, rects.width, rects.height], axis=1).tolist()
        paths: dict[tuple[Colour, float], PaintedPath] = {}
        for box, shade, alpha in zip(boxes, rects.colours.tolist(), rects.alpha.tolist(), strict=True):
            key = ((shade[0], shade[1], shade[2]), round(alpha, 3))
            path = paths.setdefault(key, _new_path())
            path.rectangle(*self._points(*box))
        for (colour, alpha), path in paths.items():
            self._fill(path, colour, alpha)

    def _picture(self, picture: Picture) -> None:
        rows, columns = picture.codes.shape
        if rows * columns <= MOST_CELLS:
            self._rects(picture_rects(picture))
            return
        x, y, width, height = self._points(picture.x, picture.y, picture.width, picture.height)
        self._pdf.image(Image.fromarray(picture.pixels), x=x, y=y, w=width, h=height)

    def _text(self, mark: Text) -> None:
        runs = [self._writable(run) for run in text_runs(mark.text, bold=mark.bold)]
        widths = [run_width(run, mark.size) for run in runs]
        x, y = mark.x, mark.y
        if mark.anchor != "start":
            x -= sum(widths) if mark.anchor == "end" else sum(widths) / 2
        with self._pdf.rotation(mark.angle, *self._points(x, y)) if mark.angle else nullcontext():
            for run, width in zip(runs, widths, strict=True):
                self._pdf.set_font(self._family(run.path), size=mark.size * self._unit)
                text = in_drawing_order(run.text, ordered=self._shaping)
                if mark.halo is not None:
                    self._pdf.set_text_color(*mark.halo)
                    for aside, down in _AROUND:
                        self._pdf.text((x + aside) * self._unit, (y + down) * self._unit, text)
                self._pdf.set_text_color(*mark.colour)
                self._pdf.text(x * self._unit, y * self._unit, text)
                x += width

    def _writable(self, run: Run) -> Run:
        """Replace what the font has not, and remember it."""
        if run.text.isascii():
            return run
        if run.path is None:
            absent = {letter for letter in run.text if ord(letter) > 255}
        else:
            absent = {letter for letter in run.text if not has_glyph(run.path, letter)}
        if not absent:
            return run
        self._missing |= absent
        box = "\u25a1" if run.path is not None and has_glyph(run.path, "\u25a1") else "?"
        return Run("".join(box if letter in absent else letter for letter in run.text), run.path)

    def _family(self, path: str | None) -> str:
        """Embed a font when it is first needed."""
        if path not in self._families:
            name = f"font{len(self._families)}"
            self._pdf.add_font(name, fname=path)
            self._families[path] = name
        return self._families[path]


def _hex(colour: Colour) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def _new_path() -> "PaintedPath":
    from fpdf.drawing import PaintedPath

    return PaintedPath()
