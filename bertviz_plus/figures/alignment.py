"""The alignment view as a picture: the same state gives a PNG, an SVG and a PDF, with no browser."""

from typing import Literal

from bertviz_plus.figures.alignment_caption import draw_caption, draw_legend
from bertviz_plus.figures.alignment_heat import draw_map, map_height
from bertviz_plus.figures.alignment_layout import NARROW, lay_out
from bertviz_plus.figures.alignment_links import draw_pair
from bertviz_plus.figures.alignment_matrix import draw_matrix, scale_text
from bertviz_plus.figures.alignment_sheet import AlignmentSheet
from bertviz_plus.figures.alignment_toolbar import draw_reading, draw_toolbar
from bertviz_plus.figures.furniture import TEXT, TOOLBAR_GAP
from bertviz_plus.figures.palette import Palette, palette
from bertviz_plus.figures.pdf import scene_to_pdf
from bertviz_plus.figures.png import encode_png, encode_small
from bertviz_plus.figures.raster import rasterise
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.svg import scene_to_svg
from bertviz_plus.figures.wording import counted

FALLBACK_BYTES = 60_000
_COLOURS = 48
_READING, _NARROW_READING = 26.0, 42.0
# Figure and map together; where they are higher, the map folds.
_TALLEST = 452.0
_POINTS_PER_CM = 72 / 2.54
_LEAST_WIDTH = 200
_LEAST_HEIGHT = 160


class AlignmentFigure:
    """A picture of what an alignment view shows.

    Parameters
    ----------
    sheet : AlignmentSheet
        One pair, its links at one layer by one method.
    show_gold : bool, default True
        Tell agreed, missed and extra links apart, where there is gold.
    show_similarity : bool, default False
        Draw the cosines of all words too.
    theme : {"light", "dark"}
    height : float, default 380
        Of the figure, in CSS pixels. What is longer scrolls in the live view; a PNG shows its beginning, an
        SVG or PDF all of it.

    Raises
    ------
    ValueError
        Where a value is not allowed.
    """

    def __init__(
        self,
        sheet: AlignmentSheet,
        *,
        show_gold: bool = True,
        show_similarity: bool = False,
        theme: Literal["light", "dark"] = "light",
        height: float = 380,
    ) -> None:
        if not height >= _LEAST_HEIGHT:
            raise ValueError(f"height must be at least {_LEAST_HEIGHT} pixels, got {height!r}")
        self._sheet = sheet
        self._gold = bool(show_gold) and sheet.gold is not None
        self._similarity = bool(show_similarity) and sheet.similarity is not None
        self._height = float(height)
        self._theme: Literal["light", "dark"] = theme
        palette(theme)

    def png(self, width: float = 960, scale: float = 1.0, colours: int | None = None) -> bytes:
        """Draw the view.

        Parameters
        ----------
        width : float, default 960
            CSS pixels, at least 200.
        scale : float, default 1.0
            Device pixels per CSS pixel.
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
        return encode_png(rasterise(self._at_rest(width), scale), colours)

    def fallback(self) -> bytes:
        """Draw what a host without widgets shows: 960 pixels wide, few colours, at most 60 kB.

        Returns
        -------
        bytes
            A PNG of at most 48 colours; fewer where it would be larger.
        """
        return encode_small(rasterise(self._at_rest(960, quick=True)), _COLOURS, FALLBACK_BYTES)

    def svg(self, width_cm: float | None = None, font_size: float | None = None, grey: bool = False) -> str:
        """Draw the figure for a paper: vector links and real text, no toolbar.

        Parameters
        ----------
        width_cm : float, default 16
            Centimetres.
        font_size : float, default 8
            Of the legend, in points.
        grey : bool, default False
            Without colour.

        Returns
        -------
        str
            An SVG document that refers to nothing outside itself.

        Raises
        ------
        ValueError
            Where a value is not positive, or the type is too large for the width.
        """
        width, size = _paper(width_cm, font_size)
        return scene_to_svg(self._for_paper(width, size, grey=grey), width_cm=width)

    def pdf(self, width_cm: float | None = None, font_size: float | None = None, grey: bool = False) -> bytes:
        """Draw the figure for a paper, as a PDF of one page: see `svg`.

        Returns
        -------
        bytes
        """
        width, size = _paper(width_cm, font_size)
        return scene_to_pdf(self._for_paper(width, size, grey=grey), width_cm=width)

    def _at_rest(self, width: float, *, quick: bool = False) -> Scene:
        sheet = self._sheet
        scene = self._scene(width, palette(self._theme))
        upright = width < NARROW
        room = self._height
        layout = lay_out(sheet, width, 0.0, room)
        high = room if self._similarity else min(layout.bottom, room)
        folded = high + map_height(len(sheet.values)) > _TALLEST
        top = draw_toolbar(scene, sheet, gold=self._gold, cosines=self._similarity, folded=folded)
        top += TOOLBAR_GAP
        draw_reading(scene, sheet, top, upright=upright, gold=self._gold)
        top += _NARROW_READING if upright else _READING
        more: list[str] = []
        if self._similarity:
            bottom, counts = draw_matrix(scene, sheet, top, room, gold=self._gold)
            more.append(scale_text(sheet))
        else:
            layout = layout.lowered(top)
            limit = top + room + 1 if layout.bottom > top + room + 1 else layout.bottom
            counts = draw_pair(scene, sheet, layout, gold=self._gold, limit=limit, quick=quick)
            below = sum(box.y + box.height > limit for box in (*layout.source, *layout.target))
            more += [f"{counted(below, 'word')} below"] if below else []
            bottom = min(limit, layout.bottom)
        bottom = draw_legend(scene, sheet, counts, bottom + 8, gold=self._gold)
        bottom = draw_map(scene, sheet, bottom + 6, folded=folded)
        scene.height = draw_caption(scene, sheet, bottom + 8, more=[one for one in more if one])
        return scene

    def _for_paper(self, width_cm: float, font_size: float, *, grey: bool) -> Scene:
        # One unit is such that 13 of them are as large as was asked for.
        width = width_cm * _POINTS_PER_CM / font_size * TEXT
        if width < _LEAST_WIDTH:
            raise ValueError(
                f"font_size must be at most {width * font_size / _LEAST_WIDTH:.3g} points for a width of "
                f"{width_cm:g} cm, got {font_size:g}"
            )
        scene = self._scene(width, palette(self._theme, grey=grey))
        sheet, more = self._sheet, []
        if self._similarity:
            bottom, counts = draw_matrix(scene, sheet, 0.0, None, gold=self._gold)
            more.append(scale_text(sheet))
        else:
            layout = lay_out(sheet, width, 0.0, self._height)
            counts = draw_pair(scene, sheet, layout, gold=self._gold)
            bottom = layout.bottom
        bottom = draw_legend(scene, sheet, counts, bottom + 8, gold=self._gold)
        bottom = draw_map(scene, sheet, bottom + 6)
        said = [one for one in more if one]
        scene.height = draw_caption(scene, sheet, bottom + 8, more=said, slider=False) + 2
        return scene

    def _scene(self, width: float, colours: Palette) -> Scene:
        sheet = self._sheet
        linked = "; ".join(f"{sheet.source[i]}–{sheet.target[j]}" for i, j, _ in sheet.links)
        where = f"layer {sheet.hidden_layer}, {sheet.method}" if sheet.hidden_layers else sheet.method
        about = ", ".join(part for part in (sheet.title, where) if part)
        title = f"Word alignment: {' '.join(sheet.source)} | {' '.join(sheet.target)}"
        return Scene(width, 1, colours, title=title, description=f"{about}: {linked}".removeprefix(": "))


def _paper(width_cm: float | None, font_size: float | None) -> tuple[float, float]:
    width = 16.0 if width_cm is None else float(width_cm)
    size = 8.0 if font_size is None else float(font_size)
    for name, value, unit in (("width_cm", width, "centimetres"), ("font_size", size, "points")):
        if not 0 < value < 1000:
            raise ValueError(f"{name} must be a positive number of {unit}, got {value!r}")
    return width, size
