"""The alignment view as a picture: the same state gives a PNG, an SVG and a PDF, with no browser."""

from typing import Literal

from bertviz_plus.figures.alignment_caption import draw_caption, draw_legend
from bertviz_plus.figures.alignment_heat import draw_map, map_height
from bertviz_plus.figures.alignment_layout import NARROW, lay_out
from bertviz_plus.figures.alignment_links import draw_pair
from bertviz_plus.figures.alignment_matrix import draw_matrix
from bertviz_plus.figures.alignment_sheet import AlignmentSheet
from bertviz_plus.figures.alignment_toolbar import draw_reading, draw_toolbar
from bertviz_plus.figures.figure import FALLBACK_BYTES, FALLBACK_COLOURS, FALLBACK_WIDTH, Figure
from bertviz_plus.figures.furniture import TOOLBAR_GAP
from bertviz_plus.figures.palette import Palette, palette
from bertviz_plus.figures.png import encode_small
from bertviz_plus.figures.raster import rasterise
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.wording import counted

_READING, _NARROW_READING = 26.0, 42.0
# Figure and map together; where they are higher, the map folds.
_TALLEST = 452.0
_LEAST_HEIGHT = 160
# Of the height where the sentences are columns: toolbar and captions take more lines there.
_NARROW_SHARE = 0.65


class AlignmentFigure(Figure):
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
        super().__init__(theme, height, least_height=_LEAST_HEIGHT)
        self._sheet = sheet
        self._gold = bool(show_gold) and sheet.gold is not None
        self._similarity = bool(show_similarity) and sheet.similarity is not None

    def fallback(self) -> bytes:
        """Draw what a host without widgets shows: 960 pixels wide, few colours, at most 60 kB.

        Returns
        -------
        bytes
            A PNG of at most 48 colours; fewer where it would be larger.
        """
        return encode_small(
            rasterise(self._at_rest(FALLBACK_WIDTH, quick=True)), FALLBACK_COLOURS, FALLBACK_BYTES
        )

    def _at_rest(self, width: float, scale: float = 1.0, *, quick: bool = False) -> Scene:
        del scale
        sheet = self._sheet
        scene = self._scene(width, palette(self._theme))
        upright = width < NARROW
        room = self._height * (_NARROW_SHARE if upright else 1)
        layout = lay_out(sheet, width, 0.0, room)
        high = room if self._similarity else min(layout.bottom, room)
        folded = upright or high + map_height(len(sheet.values)) > _TALLEST
        top = draw_toolbar(scene, sheet, gold=self._gold, cosines=self._similarity, folded=folded)
        top += TOOLBAR_GAP
        draw_reading(scene, sheet, top, upright=upright, cosines=self._similarity)
        top += _NARROW_READING if upright else _READING
        more: list[str] = []
        if self._similarity:
            bottom, counts = draw_matrix(scene, sheet, top, room, gold=self._gold)
        else:
            layout = layout.lowered(top)
            limit = top + room + 1 if layout.bottom > top + room + 1 else layout.bottom
            counts = draw_pair(scene, sheet, layout, gold=self._gold, limit=limit, quick=quick)
            below = sum(box.y + box.height > limit for box in (*layout.source, *layout.target))
            more += [f"{counted(below, 'word')} below"] if below else []
            bottom = min(limit, layout.bottom)
        bottom = draw_legend(scene, sheet, counts, bottom + 8, gold=self._gold, cosines=self._similarity)
        bottom = draw_map(scene, sheet, bottom + 6, folded=folded)
        scene.height = draw_caption(scene, sheet, bottom + 8, more=more)
        return scene

    def _on_paper(self, scene: Scene) -> None:
        sheet = self._sheet
        if self._similarity:
            bottom, counts = draw_matrix(scene, sheet, 0.0, None, gold=self._gold)
        else:
            layout = lay_out(sheet, scene.width, 0.0, self._height)
            counts = draw_pair(scene, sheet, layout, gold=self._gold)
            bottom = layout.bottom
        bottom = draw_legend(scene, sheet, counts, bottom + 8, gold=self._gold, cosines=self._similarity)
        bottom = draw_map(scene, sheet, bottom + 6)
        scene.height = draw_caption(scene, sheet, bottom + 8, slider=False) + 2

    def _scene(self, width: float, colours: Palette) -> Scene:
        sheet = self._sheet
        linked = "; ".join(f"{sheet.source[i]}–{sheet.target[j]}" for i, j, _ in sheet.links)
        where = f"layer {sheet.hidden_layer}, {sheet.method}" if sheet.hidden_layers else sheet.method
        about = ", ".join(part for part in (sheet.title, where) if part)
        title = f"Word alignment: {' '.join(sheet.source)} | {' '.join(sheet.target)}"
        return Scene(width, 1, colours, title=title, description=f"{about}: {linked}".removeprefix(": "))
