"""The sense plate: what a sense or language view shows, as a figure for a paper."""

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.plates.caption import Part, draw_caption, draw_legend
from bertviz_plus.plates.fonts import shorten
from bertviz_plus.plates.plate import Plate
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.senses_curves import draw_curves
from bertviz_plus.plates.senses_data import SenseData, SenseState
from bertviz_plus.plates.senses_legend import draw_legend_rows, draw_list, legend_entries
from bertviz_plus.plates.senses_places import Places
from bertviz_plus.plates.senses_plot import draw_plot
from bertviz_plus.plates.type_sizes import SMALL
from bertviz_plus.plates.wording import counted, percent

_SENSES = section("senses")
_PROJECTIONS = section("words.projections").texts()
_COLUMN, _GAP, _ROW_GAP = 260.0, 24.0, 12.0
# Under this width the curves stand below the plot.
_BESIDE_FROM = _SENSES.number("narrow")
_SHAPE, _CURVES_BELOW = 0.66, 150.0
_CURVES, _FEW_ROWS = (204.0, 176.0, 156.0), 3
_HEIGHT, _LEAST_HEIGHT = _SENSES.number("height"), 240
_RANDOM = _SENSES.number("random_trustworthiness")
_PINNED_TEXT = 420.0


class SensePlate(Plate):
    """A figure of what a sense or language view shows.

    Parameters
    ----------
    data : SenseData
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
        Of the figure in a PNG at most, in CSS pixels.

    Raises
    ------
    ValueError
        Where a value is not allowed.
    """

    def __init__(
        self,
        data: SenseData,
        *,
        hidden_layer: int | None = None,
        selected: Sequence[int] = (),
        pinned: int = -1,
        nearest: Sequence[int] = (),
        cosines: Sequence[float] = (),
        muted: Sequence[str] = (),
        search: str = "",
        theme: Literal["light", "dark"] = "light",
        height: float = _HEIGHT,
    ) -> None:
        layer = data.hidden_layers[-1] if hidden_layer is None else hidden_layer
        if layer not in data.hidden_layers:
            raise ValueError(f"hidden_layer must be one of {list(data.hidden_layers)}, got {layer!r}")
        super().__init__(theme, height, least_height=_LEAST_HEIGHT)
        self._data = data
        self._state = SenseState(
            step=data.hidden_layers.index(layer),
            selected=tuple(selected),
            pinned=pinned,
            muted=tuple(muted),
            search=search,
            nearest=tuple(nearest),
            cosines=tuple(cosines),
        )

    def _describe(self) -> tuple[str, str]:
        data = self._data
        counts = np.bincount(data.codes, minlength=len(data.labels))
        labels = ", ".join(
            f"{label} {count}" for label, count in zip(data.labels, counts.tolist(), strict=False)
        )
        layer = data.hidden_layers[self._state.step]
        about = f"{data.title}, layer {layer}" + (f"; {labels}" if labels else "")
        return f"{data.unit.capitalize()}s of {data.word}", about

    def _draw(self, scene: Scene, room: float) -> bool:
        draw = self._draw_beside if scene.width >= _BESIDE_FROM else self._draw_below
        bottom, places = draw(scene, room)
        scene.height = draw_caption(scene, bottom, [*self._caption(places)])
        return False

    def _draw_beside(self, scene: Scene, room: float) -> tuple[float, Places]:
        data, state = self._data, self._state
        width = scene.width - _GAP - _COLUMN
        height = min(room, _SHAPE * scene.width)
        places = draw_plot(scene, data, state, (0, 0, width, height))
        left = width + _GAP
        most = height - _CURVES[-1] - _ROW_GAP
        bottom = draw_legend_rows(scene, data, state, (left, 0, _COLUMN, most))
        rows = len(data.labels)
        curves = _CURVES[min(2, max(0, rows - _FEW_ROWS))]
        y = bottom + _ROW_GAP
        draw_curves(scene, data, state.step, (left, y, _COLUMN, curves))
        y += curves + _ROW_GAP
        draw_list(scene, data, state, (left, y, _COLUMN, height - y))
        return height, places

    def _draw_below(self, scene: Scene, room: float) -> tuple[float, Places]:
        data, state = self._data, self._state
        entries = legend_entries(scene, data, state)
        height = max(120.0, min(_SHAPE * scene.width, room - _CURVES_BELOW - _ROW_GAP - 20))
        places = draw_plot(scene, data, state, (0, 0, scene.width, height))
        y = draw_legend(scene, height, entries) + _ROW_GAP
        draw_curves(scene, data, state.step, (0, y, scene.width, _CURVES_BELOW))
        return y + _CURVES_BELOW, places

    def _caption(self, places: Places) -> Iterable[Part]:
        data, state = self._data, self._state
        layers = data.hidden_layers
        yield data.title
        yield data.about
        yield f"layer {layers[state.step]}" + (f" of {layers[0]}–{layers[-1]}" if len(layers) > 1 else "")
        yield from self._faithfulness()
        if data.scores:
            banded = any(low is not None for score in data.scores for low in score.get("low", ()))
            yield f"scores in all {data.dimensions:,} dimensions{', band 95%' if banded else ''}"
        if 0 <= state.pinned < data.count:
            text = data.windows[state.pinned][0]
            yield f"pinned: “{shorten(text, _PINNED_TEXT, SMALL)}”"
            if data.relative_name:
                yield f"dashed: the nearest is another {data.unit}"
                yield f"ring: the {data.relative_name} that was not found"
        elif state.selected:
            yield f"{counted(len(state.selected), data.unit)} selected, the rest paler"
        if places.piled:
            yield f"{places.piled:,} share a spot, fanned out"
        if places.missing:
            yield f"{places.missing:,} without a vector, left out"
        if state.muted:
            hidden = int(np.isin(data.codes, [data.labels.index(one) for one in state.muted]).sum())
            yield f"{counted(hidden, data.unit)} switched off"
        yield data.note
        yield data.fine_print

    def _faithfulness(self) -> Iterable[Part]:
        """Say how much of the full space the picture keeps."""
        data, step = self._data, self._state.step
        name = _PROJECTIONS.get(data.method, data.method)
        share, trust = float(data.explained[step].sum()), float(data.trustworthiness[step])
        yield (f"{name} keeps", percent(share), " of the variance") if np.isfinite(share) else name
        if np.isfinite(trust):
            yield ("trustworthiness", f"{trust:.2f}", f" (random {_RANDOM:g})")
