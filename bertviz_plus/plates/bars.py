"""Names with bars and numbers, and the scale of the colours of weights."""

from collections.abc import Sequence

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.plates.fonts import shorten
from bertviz_plus.plates.palette import Colour
from bertviz_plus.plates.scene import Picture, Scene
from bertviz_plus.plates.type_sizes import AXIS, SMALL
from bertviz_plus.plates.wording import signed_text, weight_text
from bertviz_plus.traces.weight_codes import FULL, quantise_signed

_WEIGHTS = section("weights")

WEIGHT_SCALE_HEIGHT = 42.0
_PITCH = section("attention.matrix").number("bar_height")
_TICKS = _WEIGHTS.numbers("scale_ticks")
_LENGTH, _BREADTH = 150.0, 9.0
_EVEN = section("words.pair").text("even")
# The palest colours would not be seen on paper.
_PALEST = _WEIGHTS.whole("palest_bar")


def draw_bars(
    scene: Scene,
    x: float,
    y: float,
    bars: Sequence[tuple[str, float, str]],
    *,
    name_width: float,
    length: float,
    rest: bool = False,
    signed: bool = False,
    colour: Colour | None = None,
) -> float:
    """Draw names, bars and numbers, and return where they end; `rest` marks the last as all others.

    Signed values, -1 to 1, are told by colour and text; their bars run one way. Without a `colour` for all,
    each tells its size.
    """
    colours = scene.colours
    for number, (name, value, text) in enumerate(bars):
        is_rest = rest and number == len(bars) - 1
        middle = y + _PITCH / 2
        shade = colours.soft if is_rest else colours.ink
        label = shorten(name, name_width - 10, SMALL)
        scene.text(x + name_width - 8, middle + 4, label, size=SMALL, colour=shade, anchor="end")
        width = max(1.0, abs(value) * length)
        own = colours.hair if is_rest else colour or bar_colour(scene, value, signed=signed)
        scene.rect(x + name_width, middle - 5.5, width, 11, own)
        scene.text(x + name_width + width + 6, middle + 4, text, size=SMALL, colour=colours.soft)
        y += _PITCH
    return y


def bar_colour(scene: Scene, value: float, *, signed: bool = False) -> Colour:
    """Return the colour of a bar."""
    if signed:
        return scene.colours.negative if value < 0 else scene.colours.positive
    red, green, blue = scene.colours.ramp[max(_PALEST, min(FULL, round(value * FULL)))].tolist()
    return red, green, blue


def draw_weight_scale(
    scene: Scene, x: float, y: float, even: float = 0.0, *, name: str = "weight", most: float = 0.0
) -> float:
    """Draw the key to the colours of weights, 150 pixels long, and return where it ends.

    A line marks an even spread's weight, where there is one. Of a signed quantity, `most` is what its
    colours end at on both sides.
    """
    if most:
        return _draw_signed_scale(scene, x, y, name, most)
    soft = scene.colours.soft
    codes = np.rint(FULL * np.linspace(0, 1, 75) ** 2).astype(np.uint8)
    scene.add(Picture(x, y, _LENGTH, _BREADTH, codes[np.newaxis], scene.colours.ramp))
    scene.frame(x, y, _LENGTH, _BREADTH, scene.colours.hair)
    for tick in _TICKS:
        text = f"{tick:g}".removeprefix("0") or "0"
        at = x + tick**0.5 * _LENGTH
        scene.text(at, y + _BREADTH + 12.5, text, size=AXIS, colour=soft, anchor="middle")
    scene.text(x + _LENGTH + 8, y + _BREADTH, name, size=AXIS, colour=soft)
    if not even:
        return y + _BREADTH + 16
    at = x + even**0.5 * _LENGTH
    scene.line(at, y - 3, at, y + _BREADTH + 3, scene.colours.ink)
    scene.text(x, y + _BREADTH + 27, f"{_EVEN}, {weight_text(even)}", size=AXIS, colour=soft)
    return y + _BREADTH + 31


def _draw_signed_scale(scene: Scene, x: float, y: float, name: str, most: float) -> float:
    soft = scene.colours.soft
    codes = quantise_signed(np.linspace(-1, 1, 75) * np.abs(np.linspace(-1, 1, 75)), 1)
    scene.add(Picture(x, y, _LENGTH, _BREADTH, codes[np.newaxis], scene.colours.signed_ramp))
    scene.frame(x, y, _LENGTH, _BREADTH, scene.colours.hair)
    for value in (-most, 0.0, most):
        at = x + _LENGTH / 2 * (1 + np.sign(value) * abs(value / most) ** 0.5)
        text = signed_text(value)
        scene.text(float(at), y + _BREADTH + 12.5, text, size=AXIS, colour=soft, anchor="middle")
    scene.text(x + _LENGTH + 8, y + _BREADTH, name, size=AXIS, colour=soft)
    return y + _BREADTH + 16
