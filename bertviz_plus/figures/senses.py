"""The sense view as a picture: the same state gives a PNG, an SVG and a PDF, with no browser."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from bertviz_plus.figures.figure import FALLBACK_BYTES, FALLBACK_COLOURS, FALLBACK_WIDTH, Figure
from bertviz_plus.figures.furniture import TOOLBAR_GAP, TOOLBAR_HEIGHT
from bertviz_plus.figures.palette import Palette, palette
from bertviz_plus.figures.png import encode_small
from bertviz_plus.figures.raster import rasterise
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.senses_caption import draw_caption, draw_reading, draw_toolbar
from bertviz_plus.figures.senses_column import draw_flowing_legend, draw_legend, draw_list, legend_rows
from bertviz_plus.figures.senses_curves import draw_curves
from bertviz_plus.figures.senses_plot import SenseState, draw_plot
from bertviz_plus.figures.senses_sheet import Places, SenseSheet

_READING, _READING_GAP = 20.0, 6.0
_COLUMN, _GAP, _ROW_GAP = 260.0, 24.0, 12.0
_NARROW = 640.0
_NARROW_CURVES, _NARROW_GAP, _NARROW_REST = 140.0, 6.0, 256.0
_CURVES = (204.0, 176.0, 156.0)
_FEW_ROWS = 3
_LEAST_HEIGHT = 240


class SenseFigure(Figure):
    """A picture of what a sense view shows.

    Parameters
    ----------
    sheet : SenseSheet
        One picture of the occurrences, one colouring.
    hidden_layer : int, optional
        The last without it.
    selected : sequence of int
        Occurrences.
    pinned : int, default -1
        Occurrence whose neighbours are shown.
    nearest, cosines : sequence of int, of float
        Those neighbours, in the full space.
    muted : sequence of str
        Labels that are switched off.
    search : str
    theme : {"light", "dark"}
    height : float, default 456
        Of the figure, in CSS pixels.

    Raises
    ------
    ValueError
        Where a value is not allowed.
    """

    def __init__(
        self,
        sheet: SenseSheet,
        *,
        hidden_layer: int | None = None,
        selected: Sequence[int] = (),
        pinned: int = -1,
        nearest: Sequence[int] = (),
        cosines: Sequence[float] = (),
        muted: Sequence[str] = (),
        search: str = "",
        theme: Literal["light", "dark"] = "light",
        height: float = 456,
    ) -> None:
        layer = sheet.hidden_layers[-1] if hidden_layer is None else hidden_layer
        if layer not in sheet.hidden_layers:
            raise ValueError(f"hidden_layer must be one of {list(sheet.hidden_layers)}, got {layer!r}")
        super().__init__(theme, height, least_height=_LEAST_HEIGHT)
        self._sheet = sheet
        self._state = SenseState(
            step=sheet.hidden_layers.index(layer),
            selected=tuple(selected),
            pinned=pinned,
            muted=tuple(muted),
            search=search,
            nearest=tuple(nearest),
            cosines=tuple(cosines),
        )

    def fallback(self) -> bytes:
        """Draw what a host without widgets shows: 960 pixels wide, few colours, at most 60 kB.

        Returns
        -------
        bytes
            A PNG of at most 48 colours; fewer where it would be larger.
        """
        return encode_small(rasterise(self._at_rest(FALLBACK_WIDTH)), FALLBACK_COLOURS, FALLBACK_BYTES)

    def _at_rest(self, width: float, scale: float = 1.0) -> Scene:
        del scale
        scene = self._scene(width, palette(self._theme))
        top = draw_toolbar(scene, self._sheet, self._state, TOOLBAR_HEIGHT) + TOOLBAR_GAP
        draw_reading(scene, self._sheet, self._state, top, _plot_width(width))
        bottom, places = self._draw(scene, top + _READING + _READING_GAP)
        scene.height = draw_caption(scene, self._sheet, self._state, places, bottom + 8)
        return scene

    def _on_paper(self, scene: Scene) -> None:
        bottom, places = self._draw(scene, 0.0)
        scene.height = draw_caption(scene, self._sheet, self._state, places, bottom + 8) + 2

    def _scene(self, width: float, colours: Palette) -> Scene:
        sheet = self._sheet
        counts = np.bincount(sheet.codes, minlength=len(sheet.labels))
        labels = ", ".join(
            f"{label} {count}" for label, count in zip(sheet.labels, counts.tolist(), strict=False)
        )
        layer = sheet.hidden_layers[self._state.step]
        about = f"{sheet.title}, layer {layer}" + (f"; {labels}" if labels else "")
        title = f"{sheet.unit.capitalize()}s of {sheet.word}"
        return Scene(width, 1, colours, title=title, description=about)

    def _draw(self, scene: Scene, top: float) -> tuple[float, Places]:
        sheet, state = self._sheet, self._state
        if scene.width < _NARROW:
            y = draw_flowing_legend(scene, sheet, state, top) + _NARROW_GAP
            height = max(120.0, self._height - _NARROW_REST)
            places = draw_plot(scene, sheet, state, (0, y, scene.width, height), narrow=True)
            y += height + _NARROW_GAP
            draw_curves(scene, sheet, state.step, (0, y, scene.width, _NARROW_CURVES))
            return y + _NARROW_CURVES, places
        width = _plot_width(scene.width)
        places = draw_plot(scene, sheet, state, (0, top, width, self._height))
        left, rows = width + _GAP, legend_rows(sheet)
        bottom = draw_legend(scene, sheet, state, left, top)
        curves = _CURVES[min(2, max(0, rows - _FEW_ROWS))]
        y = bottom + _ROW_GAP
        draw_curves(scene, sheet, state.step, (left, y, _COLUMN, curves))
        y += curves + _ROW_GAP
        draw_list(scene, sheet, state, (left, y, _COLUMN, top + self._height - y))
        return top + self._height, places


def _plot_width(width: float) -> float:
    return width if width < _NARROW else width - _GAP - _COLUMN
