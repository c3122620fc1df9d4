"""Where a label's name is written: where its density most exceeds the others', at the emptiest place near."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.senses_places import Places

_NAMES = section("senses.names")

_CELL = _NAMES.whole("cell")
_NEIGHBOURHOOD = _NAMES.number("neighbourhood")
# A label whose centre is no further from another's, in spreads, is not named.
_APART = _NAMES.number("apart")
_OWN = _NAMES.number("own")
_LINE = _NAMES.number("line")
_SEARCH = _NAMES.number("search")
_MANY = _NAMES.whole("many")


@dataclass(frozen=True)
class Name:
    """Where a name is written, in CSS pixels, its middle; not at all where the opacity is 0."""

    group: int
    x: float
    y: float
    opacity: float


def place_names(
    places: Places,
    codes: NDArray[np.int64],
    widths: list[float],
    plot: tuple[float, float],
    radius: float,
) -> list[Name]:
    """Find a place for each label's name; those of labels whose centres coincide are left out.

    Parameters
    ----------
    places : Places
    codes : ndarray [occurrences]
        Label of each.
    widths : list of float
        Of the names.
    plot : (float, float)
        Width and height.
    radius : float
        Of a mark.

    Examples
    --------
    >>> x = np.array([50, 60, 250, 260], np.float32)
    >>> places = Places(x, np.array([50, 60, 50, 60], np.float32), 0, 0)
    >>> names = place_names(places, np.array([0, 0, 1, 1]), [40, 40], (300, 100), 5)
    >>> [name.group for name in names if name.opacity == 1]
    [0, 1]
    """
    here = np.isfinite(places.x)
    if not here.any():
        return []
    x, y, own = places.x[here].astype(float), places.y[here].astype(float), codes[here]
    groups = len(widths)
    counts = np.bincount(own, minlength=groups + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        centres = np.stack([np.bincount(own, v, groups + 1) / counts for v in (x, y)], axis=1)
    spread = float(np.sqrt(((np.stack([x, y], axis=1) - centres[own]) ** 2).sum(axis=1).mean())) or 1e-9
    counted, smooth = _densities(x, y, own, groups, plot)
    total = np.pad(counted.cumsum(axis=1).cumsum(axis=2), ((0, 0), (1, 0), (1, 0)))
    names: list[Name] = []
    for group in sorted((g for g in range(groups) if counts[g]), key=lambda g: counts[g]):
        others = [g for g in range(groups) if g != group and counts[g]]
        near = min((float(np.hypot(*(centres[g] - centres[group]))) for g in others), default=0.0)
        opacity = 1.0 if near / spread > _APART else 0.0
        anchor = _anchor(smooth, group, counts, centres, plot[0])
        half = widths[group] / 2
        at = _emptiest(anchor, half, plot, total, group, radius, names, widths, len(places.x))
        names.append(Name(group, *at, opacity))
    return names


def _densities(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    codes: NDArray[np.int64],
    groups: int,
    plot: tuple[float, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    across, down = (max(1, int(np.ceil(side / _CELL))) for side in plot)
    column = np.clip(x // _CELL, 0, across - 1).astype(int)
    row = np.clip(y // _CELL, 0, down - 1).astype(int)
    cells = (codes * down + row) * across + column
    counted = np.bincount(cells, minlength=(groups + 1) * down * across).astype(float)
    counted = counted.reshape(groups + 1, down, across)
    reach = max(1, round(plot[0] * _NEIGHBOURHOOD / _CELL))
    smooth = counted
    # The mean of a mean over a square is nearly a bell.
    for axis in (2, 2, 1, 1):
        smooth = _running_sum(smooth, reach, axis)
    return counted, smooth


def _running_sum(values: NDArray[np.float64], reach: int, axis: int) -> NDArray[np.float64]:
    sums = np.cumsum(values, axis=axis)
    size = values.shape[axis]
    upper = sums.take(np.minimum(np.arange(size) + reach, size - 1), axis=axis)
    first = np.arange(size) - reach - 1
    lower = sums.take(np.maximum(first, 0), axis=axis)
    shape = [1, 1, 1]
    shape[axis] = size
    return np.asarray(upper - lower * (first >= 0).reshape(shape))


def _anchor(
    smooth: NDArray[np.float64],
    group: int,
    counts: NDArray[np.int64],
    centres: NDArray[np.float64],
    width: float,
) -> tuple[float, float]:
    roots = np.sqrt(np.maximum(counts, 1))[:, np.newaxis, np.newaxis]
    shares = smooth / roots
    densest = float(smooth[group].max())
    excess = 1.9 * shares[group] - 0.9 * shares.sum(axis=0)
    rows, columns = np.indices(excess.shape)
    x, y = (columns + 0.5) * _CELL, (rows + 0.5) * _CELL
    most = densest / float(roots[group, 0, 0])
    excess = excess - 0.6 * most * np.hypot(x - centres[group, 0], y - centres[group, 1]) / width
    excess[smooth[group] < _OWN * densest] = -np.inf
    best = np.unravel_index(int(excess.argmax()), excess.shape)
    return float(x[best]), float(y[best])


def _emptiest(
    anchor: tuple[float, float],
    half: float,
    plot: tuple[float, float],
    total: NDArray[np.float64],
    group: int,
    radius: float,
    placed: list[Name],
    widths: list[float],
    count: int,
) -> tuple[float, float]:
    width, height = plot
    reach = min(_SEARCH, width / 12)
    aside, under = np.meshgrid(
        np.arange(-reach, reach + 1e-9, 6), np.arange(-0.75 * reach, 0.75 * reach + 1e-9, 5), indexing="ij"
    )
    x = np.maximum(half, np.minimum(anchor[0] + aside, width - half))
    y = np.maximum(_LINE, np.minimum(anchor[1] + under, height - _LINE))
    cost = np.hypot(aside, under) / 22
    if count <= _MANY:
        cost = cost + _covered(total, x, y, half, radius, group) / max(1.0, count / 150) ** 0.5
    for other in (one for one in placed if one.opacity):
        beside = np.abs(other.x - x) < half + widths[other.group] / 2 + 6
        cost = cost + 99 * (beside & (np.abs(other.y - y) < _LINE + 6))
    best = int(cost.argmin())
    return float(x.flat[best]), float(y.flat[best])


def _covered(
    total: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    half: float,
    radius: float,
    group: int,
) -> NDArray[np.float64]:
    """Return how many marks a name would cover; those of other labels count twice."""
    down, across = total.shape[1] - 1, total.shape[2] - 1
    left = np.clip(np.floor((x - half - radius) / _CELL + 0.5), 0, across).astype(int)
    right = np.clip(np.floor((x + half + radius) / _CELL + 0.5), left, across).astype(int)
    top = np.clip(np.floor((y - _LINE / 2 - radius) / _CELL + 0.5), 0, down).astype(int)
    bottom = np.clip(np.floor((y + _LINE / 2 + radius) / _CELL + 0.5), top, down).astype(int)
    under = total[:, bottom, right] - total[:, top, right] - total[:, bottom, left] + total[:, top, left]
    return np.asarray(2 * under.sum(axis=0) - under[group])
