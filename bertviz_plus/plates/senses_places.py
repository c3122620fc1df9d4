"""Where does each occurrence stand on the plot? Its shape says which label it has."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.senses_data import Floats, SenseData

_MARKS, _SPOTS = section("senses.marks"), section("senses.places")

_MARGIN = _SPOTS.number("margin")
_GOLDEN_ANGLE = np.pi * (3 - 5**0.5)
_FAN_PITCH = _SPOTS.number("fan_pitch")
_WIDEST_FAN = _SPOTS.number("widest_fan")
_SAME_SPOT = _SPOTS.number("same_spot")
# Prime to most counts: within a fan no label stands together.
STRIDE = _MARKS.whole("stride")
_RADIUS, _RADIUS_OF, _SHRINKS = map(_MARKS.number, ("radius", "of", "shrinks"))
_RADII = _MARKS.limits("limits")
_OPACITY, _FEW, _FADES, _PALEST = map(_MARKS.number, ("opacity", "few", "fades", "palest"))
_ARM = 0.32
_HOLE = section("senses.clusters").number("hole")
# So many shapes; each is there with a hole too.
KINDS = 6


@dataclass(frozen=True, eq=False)
class Places:
    """Where occurrences stand, in CSS pixels of the plot; NaN where a vector is missing."""

    x: Floats
    y: Floats
    piled: int
    missing: int


def radius_for(count: int) -> float:
    """Return a mark's radius.

    Examples
    --------
    >>> radius_for(150), radius_for(100_000)
    (4.6, 1.7)
    """
    return float(np.clip(_RADIUS * (_RADIUS_OF / max(1, count)) ** _SHRINKS, *_RADII))


def opacity_for(count: int) -> float:
    """Return how opaque a mark is.

    Examples
    --------
    >>> opacity_for(100), round(opacity_for(10_000), 2)
    (0.82, 0.47)
    """
    return max(_PALEST, _OPACITY * float(min(1.0, _FEW / max(1, count)) ** _FADES))


def place_points(data: SenseData, step: int, width: float, height: float, radius: float) -> Places:
    """Put a layer's points on a plot; equal ones fan out.

    Parameters
    ----------
    data : SenseData
    step : int
        Place of the layer.
    width, height : float
        Of the plot.
    radius : float
        Of a mark.

    Returns
    -------
    Places
    """
    scale, left, top = _fit(data, width, height)
    x = (left + scale * data.points[step, :, 0]).astype(np.float32)
    y = (top - scale * data.points[step, :, 1]).astype(np.float32)
    here = np.flatnonzero(np.isfinite(x))
    spots = np.rint(np.stack([x[here], y[here]]) / _SAME_SPOT).astype(np.int64)
    _, spot, sizes = np.unique(spots[0] * 1_000_000 + spots[1], return_inverse=True, return_counts=True)
    widest = _WIDEST_FAN * min(width, height)
    piled = 0
    for number in np.flatnonzero(sizes > 1):
        pile = here[spot == number]
        piled += len(pile)
        _fan_out(pile[np.argsort(pile * STRIDE % len(x), kind="stable")], x, y, radius, widest)
    return Places(x, y, piled, len(x) - len(here))


def _fit(data: SenseData, width: float, height: float) -> tuple[float, float, float]:
    """Return the scale of all layers and where 0, 0 is."""
    steps = [data.hidden_layers.index(layer) for layer in data.fitted]
    points = data.points[steps].reshape(-1, 2)
    # These skip what is missing.
    low, high = np.fmin.reduce(points), np.fmax.reduce(points)
    if not np.isfinite([low, high]).all():
        return 1.0, width / 2, height / 2
    room = np.maximum(1, np.array([width, height]) - 2 * _MARGIN)
    scale = float(min(1e7, *(room / np.maximum(high - low, 1e-9))))
    middle = (low + high) / 2 * scale
    return scale, width / 2 - float(middle[0]), height / 2 + float(middle[1])


def _fan_out(pile: NDArray[np.intp], x: Floats, y: Floats, radius: float, widest: float) -> None:
    pitch = min(radius * _FAN_PITCH, widest / len(pile) ** 0.5)
    number = np.arange(len(pile))
    reach = pitch * np.sqrt(number + (0.8 if len(pile) < 4 else 0.35))
    across, down = reach * np.cos(number * _GOLDEN_ANGLE), reach * np.sin(number * _GOLDEN_ANGLE)
    x[pile] = x[pile[0]] + across - across.mean()
    y[pile] = y[pile[0]] + down - down.mean()


@cache
def corners_of(kind: int) -> Floats:
    """Return the outline of a mark, as large as a circle of radius 1; none for a circle.

    From `KINDS` on it is the same outline, and back around a hole.

    Examples
    --------
    >>> [len(corners_of(kind)) for kind in range(6)]
    [0, 3, 4, 4, 3, 12]
    >>> len(corners_of(7))
    8
    """
    if kind >= KINDS:
        outer = corners_of(kind - KINDS)
        outer = outer if len(outer) else np.asarray(_regular(24, 0), np.float32)
        return np.concatenate([outer, outer[:1], _HOLE * outer[:1], _HOLE * outer[::-1]])
    outlines = (
        np.empty((0, 2)),
        _regular(3, -0.25),
        _regular(4, 0.125),
        _regular(4, 0),
        _regular(3, 0.25),
        _cross(),
    )
    corners = outlines[kind]
    if not len(corners):
        return np.asarray(corners, np.float32)
    x, y = corners.T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    return np.asarray(corners * (np.pi / area) ** 0.5, np.float32)


def _regular(corners: int, turn: float) -> NDArray[np.float64]:
    angles = 2 * np.pi * (turn + np.arange(corners) / corners)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _cross() -> NDArray[np.float64]:
    arm = np.array([[_ARM, -_ARM], [1, -_ARM], [1, _ARM]])
    quarters = [np.array([[0, 1], [-1, 0]]) if turn else np.eye(2) for turn in (0, 1)]
    turned = [arm]
    for _ in range(3):
        turned.append(turned[-1] @ quarters[1])
    return np.concatenate(turned)
