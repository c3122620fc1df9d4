"""The scores by layer: two small panels over one axis, with their baselines and intervals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.fonts import shorten, text_width
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.senses_data import SenseData

_SIZES = section("senses.curves")
_BASELINE, _PICTURE = _SIZES.numbers("baseline"), section("senses.curves.picture")

_LEFT, _RIGHT = _SIZES.number("left"), _SIZES.number("right")
_SHARES = _SIZES.numbers("shares")
_KEY = _SIZES.number("key")
_NUMBER_PITCH = _SIZES.number("number_pitch")
# Two numbers nearer than this on the upright axis would touch.
_CROWDED = _SIZES.number("crowded")
_RANDOM = section("senses").number("random_trustworthiness")
_SHORT = (
    (r"^(\d+)-nearest[- ]neighbou?rs? accuracy$", r"\1-NN accuracy"),
    (r"^nearest[- ]centroid accuracy$", "nearest centroid"),
    (r"^most frequent( sense)?$", "majority"),
)
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Panel:
    """One score by layer; NaN where it is undefined, empty where there is none of a kind."""

    names: tuple[str, ...]
    values: Values
    low: Values
    high: Values
    baseline: Values
    baseline_name: str
    shuffled: Values
    picture: Values
    range: tuple[float, float]


def short_name(name: str) -> str:
    """Return a measure's or baseline's name as a narrow column has room for it.

    Examples
    --------
    >>> short_name("1-nearest-neighbour accuracy"), short_name("most frequent sense")
    ('1-NN accuracy', 'majority')
    """
    for long, short in _SHORT:
        if re.match(long, name, re.IGNORECASE):
            return re.sub(long, short, name, flags=re.IGNORECASE)
    return name


def score_text(value: float) -> str:
    """Write a score with two digits.

    Examples
    --------
    >>> score_text(0.666), score_text(-0.05), score_text(-0.001), score_text(float("nan"))
    ('0.67', '−0.05', '0.00', '–')
    """
    if not np.isfinite(value):
        return "–"
    text = f"{abs(value):.2f}"
    return f"−{text}" if value < 0 and float(text) else text


def panels_of(data: SenseData) -> list[Panel]:
    """Return what is drawn: the scores, or without senses how faithful the picture is."""
    if not data.scores:
        return _faithfulness(data)
    panels: list[Panel] = []
    for score in data.scores[:2]:
        lines = {
            name: _numbers(score.get(name)) for name in ("values", "low", "high", "baseline", "shuffled")
        }
        lines["picture"] = _numbers(score.get("picture") if data.method.startswith("pca") else None)
        name = short_name(score["title"])
        shown = _range(np.concatenate(list(lines.values())), share=score["measure"] != "silhouette")
        panels.append(
            Panel(
                (name, re.sub("^nearest | accuracy$| of the clusters$", "", name)),
                **lines,
                baseline_name=short_name(score.get("baseline_name", "baseline")),
                range=shown,
            )
        )
    # Of clusters there is one score.
    return [*panels, *_faithfulness(data)[:1]] if data.clustered else panels


def _faithfulness(data: SenseData) -> list[Panel]:
    none = np.empty(0)
    shares = data.explained.sum(axis=1)
    trust = data.trustworthiness
    panels = [
        Panel(
            ("trustworthiness",),
            trust,
            none,
            none,
            np.full(len(trust), _RANDOM),
            "random",
            none,
            none,
            (0.0, 1.0),
        ),
        Panel(("variance kept",), shares, none, none, none, "", none, none, (0.0, 1.0)),
    ]
    return [panel for panel in panels if np.isfinite(panel.values).any()]


def _numbers(values: Sequence[float | None] | None) -> Values:
    return np.array([np.nan if value is None else value for value in values or ()], float)


def _range(values: Values, *, share: bool) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    most = np.ceil(max(0.2, *known, 0.2) * 10 - 1e-9) / 10
    least = -np.ceil(-min(0.0, *known, 0.0) * 10 - 1e-9) / 10
    return float(least) + 0.0, float(max(1, most) if share else most)


def draw_curves(scene: Scene, data: SenseData, step: int, box: tuple[float, float, float, float]) -> None:
    """Draw the panels and their axis of layers.

    Parameters
    ----------
    scene : Scene
    data : SenseData
    step : int
        Place of the layer in view.
    box : (left, top, width, height)
    """
    left, top, width, height = box
    panels = panels_of(data)
    last = len(data.hidden_layers) - 1
    start, room = left + _LEFT, width - _LEFT - _RIGHT
    across = start + room * np.arange(last + 1) / last if last else np.array([start + room / 2])
    head, gap, axis = (20.0, 26.0, height - 22) if height < 170 else (24.0, 34.0, height - 24)
    free = axis - 12 - head - gap * (len(panels) - 1)
    y = top + head
    for number, panel in enumerate(panels):
        bottom = y + free * (_SHARES[number] if len(panels) > 1 else 1)
        _draw_panel(scene, panel, step, across, (left, left + width), (y, bottom))
        y = bottom + gap
    _draw_axis(scene, data.hidden_layers, step, across, (start, start + room), top + axis)


def _draw_panel(
    scene: Scene,
    panel: Panel,
    step: int,
    across: Values,
    sides: tuple[float, float],
    ends: tuple[float, float],
) -> None:
    colours = scene.colours
    top, bottom = ends
    least, most = panel.range

    def up(values: Any) -> Any:
        return bottom + (top - bottom) * (values - least) / (most - least)

    x = float(across[step])
    scene.line(x, top - 2, x, bottom, colours.hair)
    _draw_band(scene, panel, across, up)
    _draw_head(scene, panel, step, sides, top - 9)
    lower = 0.0 if least < 0 else least
    # Where there is no room for both, the one that all scores are seen against.
    for value in dict.fromkeys((most, lower) if up(lower) - up(most) >= _CROWDED else (lower,)):
        y = up(value) + (3 if value == most else 0) + 4
        scene.text(sides[0] + _LEFT - 8, y, f"{value:g}", size=11, colour=colours.soft, anchor="end")
    for values, width, dash in (
        (panel.baseline, 1.0, _BASELINE),
        (panel.shuffled, 1.0, _SIZES.numbers("shuffled")),
        (panel.picture, _SIZES.number("picture_width"), ()),
    ):
        _draw_line(scene, across, up(values), colours.soft, width, dash)
    if len(panel.picture) and np.isfinite(panel.picture[step]):
        y = float(up(panel.picture[step]))
        radius, half = _PICTURE.number("radius"), _PICTURE.number("width") / 2
        scene.dot(x, y, radius + half, colours.soft)
        scene.dot(x, y, radius - half, colours.paper)
    _draw_line(scene, across, up(panel.values), colours.ink, _SIZES.number("width"), ())
    if len(panel.values) <= _SIZES.whole("dots_up_to"):
        for place, value in zip(across.tolist(), panel.values.tolist(), strict=True):
            if np.isfinite(value):
                scene.dot(place, float(up(value)), _SIZES.number("dot"), colours.ink)
    if np.isfinite(panel.values[step]):
        y = float(up(panel.values[step]))
        now = _SIZES.number("now")
        scene.dot(x, y, now + _SIZES.number("now_room"), colours.paper)
        scene.dot(x, y, now, colours.ink)


def _draw_band(scene: Scene, panel: Panel, across: Values, up: Any) -> None:
    known = np.isfinite(panel.low) & np.isfinite(panel.high) if len(panel.low) else np.zeros(0, bool)
    if not known.any():
        return
    places = np.flatnonzero(known)
    over = np.stack([across[places], up(panel.high[places])], axis=1)
    under = np.stack([across[places], up(panel.low[places])], axis=1)[::-1]
    alpha = section("senses.curves.band").number("dark" if scene.colours.dark else "light")
    scene.path(np.concatenate([over, under]), scene.colours.ink, alpha=alpha, filled=True)


def _draw_line(
    scene: Scene, across: Values, y: Values, colour: Any, width: float, dash: tuple[float, ...]
) -> None:
    """Draw a line that is broken where a value is undefined."""
    for known, part in groupby(range(len(y)), key=lambda place: bool(np.isfinite(y[place]))):
        places = list(part)
        if known and len(places) > 1:
            scene.path(np.stack([across[places], y[places]], axis=1), colour, width, dash=dash)


def _draw_head(scene: Scene, panel: Panel, step: int, sides: tuple[float, float], y: float) -> None:
    colours = scene.colours
    left, right = sides
    base = panel.baseline[step] if len(panel.baseline) else np.nan
    picture = panel.picture[step] if len(panel.picture) else np.nan
    in_picture = f"2-D {score_text(picture)}" if np.isfinite(picture) else ""
    value = score_text(panel.values[step])
    rest = text_width(value, 12, bold=True) + 8 + (text_width(in_picture, 11) + 9 if in_picture else 0)
    heads = []
    for beside in _besides(panel, base):
        beside_width = text_width(beside, 11) if beside else 0.0
        room = max(30.0, right - left - rest - beside_width - (_KEY + 12 if beside else 0))
        heads += [(name, beside, beside_width, room) for name in panel.names]
    fitting = (head for head in heads if text_width(head[0], 12) <= head[3])
    name, beside, beside_width, room = next(fitting, heads[-1])
    name = shorten(name, room, 12)
    scene.text(left, y, name, size=12, colour=colours.soft)
    x = left + text_width(name, 12) + 6
    scene.text(x, y, value, size=12, bold=True)
    if in_picture:
        scene.text(x + text_width(value, 12, bold=True) + 9, y, in_picture, size=11, colour=colours.soft)
    if beside:
        scene.text(right, y, beside, size=11, colour=colours.soft, anchor="end")
        end = right - beside_width - 4
        scene.line(end - _KEY, y - 3.5, end, y - 3.5, colours.soft, 1.0, _BASELINE)


def _besides(panel: Panel, base: float) -> list[str]:
    """Say what the dashes are, ever shorter: a cut name of the score would say less."""
    if not np.isfinite(base):
        return [""]
    written = "0" if base == 0 else score_text(base)
    names = (panel.baseline_name, panel.baseline_name.replace("means ", ""), "")
    return [f"{name} {written}".strip() for name in names]


def _draw_axis(
    scene: Scene,
    layers: tuple[int, ...],
    step: int,
    across: Values,
    ends: tuple[float, float],
    y: float,
) -> None:
    colours = scene.colours
    scene.line(ends[0], y, ends[1], y, colours.hair)
    pitch = (ends[1] - ends[0]) / max(1, len(layers) - 1)
    every = int(np.ceil(_NUMBER_PITCH / pitch))
    for number, layer in enumerate(layers):
        near = abs(number - step) * pitch < _NUMBER_PITCH and every > 1
        if number != step and (number % every or near):
            continue
        on = number == step
        scene.text(
            float(across[number]),
            y + 19,
            str(layer),
            size=11,
            colour=colours.ink if on else colours.soft,
            anchor="middle",
            bold=on,
        )
