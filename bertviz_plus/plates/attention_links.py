"""Links between two columns of tokens: which are drawn, how strong, and in which colour."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import Section, section
from bertviz_plus.plates.palette import Palette, mix
from bertviz_plus.plates.scene import Curves
from bertviz_plus.traces.attention_layer import Floats
from bertviz_plus.traces.weight_codes import FULL

_LINKS = section("attention.links")
_STRAND, _OPACITY, _MEAN, _WIDTH = (
    section(f"attention.links.strand{part}") for part in ("", ".opacity", ".mean", ".width")
)
_LEAST_WIDTH, _MORE_WIDTH = _WIDTH.number("base"), _WIDTH.number("by")

MOST_LINKS = 20_000
# Of a text that is cut; the many weak links of each row would be a haze.
LINKS_A_ROW = _LINKS.whole("a_row")
_LEVELS = _LINKS.whole("levels")
_STRONGEST = _LINKS.number("strongest")
_NEUTRAL_STRENGTH = _LINKS.number("neutral")
_SPECIAL_STRENGTH = _LINKS.number("special")
# One head leads where the second is this much weaker: under the first limit the link is neutral, under
# the second half tinted.
_LEADS = (_LINKS.number("tinted_from"), _LINKS.number("coloured_from"))
_HALF_TINT = _LINKS.number("half_tint")
_THIN_LEVELS = _LINKS.whole("thin_levels")
_LINE = _LINKS.number("width")
_STRAND_FROM = _LINKS.number("strand_from")


def resting_links(
    colours: Palette,
    weights: Floats,
    heads: NDArray[np.intp],
    special: NDArray[np.bool_],
    y: tuple[Floats, Floats],
    ends: tuple[float, float],
    *,
    floor: float,
    hairline: float = 1.0,
    most: int = MOST_LINKS,
    faintest: float = 0.0,
    a_row: int | None = None,
    negative: NDArray[np.bool_] | None = None,
) -> tuple[list[Curves], int]:
    """Return one link a token pair, as strong as its strongest head, and how many were left out.

    Parameters
    ----------
    colours : Palette
    weights : ndarray [heads, rows, columns], float32
        What is not finite is not drawn.
    heads : ndarray [heads], int
        Their numbers.
    special : ndarray [columns], bool
        Columns whose links are drawn paler.
    y : (ndarray [rows], ndarray [columns])
        Where links leave and arrive.
    ends : (float, float)
        The columns' places across.
    floor : float
        Weaker links are not drawn.
    hairline : float, default 1.0
        Width of the weakest.
    most : int, default 20000
        At most so many links; the strongest are kept.
    faintest : float, default 0
        Links that would be less opaque are left out.
    a_row : int, optional
        At most so many links of each row; the strongest are kept.
    negative : ndarray [heads, rows, columns], bool, optional
        Of signed numbers, whose sizes `weights` are, which are below zero: the colour tells that.

    Returns
    -------
    curves : list of Curves
        Weakest first, one a level and colour.
    dropped : int

    Examples
    --------
    >>> from bertviz_plus.plates.palette import palette
    >>> places = np.array([10, 30], np.float32)
    >>> curves, dropped = resting_links(
    ...     palette("light"), np.array([[[0.9, 0.1], [0, 1]]], np.float32), np.array([0]),
    ...     np.array([False, False]), (places, places), (0, 100), floor=0.05, most=2)
    >>> sum(len(curve.y0) for curve in curves), dropped
    (2, 1)
    """
    first, second, leader = _strongest_two(weights)
    strength = first ** np.float32(1 + 0.5 * min(1.0, (len(heads) - 1) / 3))
    strength *= np.where(special, np.float32(_SPECIAL_STRENGTH), np.float32(1))
    drawn = first >= floor
    total = int(drawn.sum())
    drawn &= strength >= np.float32(faintest / _STRONGEST)
    if a_row is not None and a_row < strength.shape[1]:
        # Of equals an ordinary token stays before a special one, then the first, as on the screen. Strengths
        # that differ by less than the codes' steps do are equal.
        order = np.where(drawn, -strength.round(5), 1) + np.where(special, 1e-6, 0)
        ranks = np.argsort(np.argsort(order, axis=1, kind="stable"), axis=1)
        drawn &= ranks < a_row
    if int(drawn.sum()) > most:
        kept = np.argpartition(np.where(drawn, strength, -1), -most, axis=None)[-most:]
        drawn = np.zeros_like(drawn)
        drawn.flat[kept] = True
    row, column = np.nonzero(drawn)
    lead = 1 - second[drawn] / np.maximum(first[drawn], 1e-9)
    tint = np.full(len(row), 2) if len(heads) == 1 else np.searchsorted(_LEADS, lead, side="right")
    level = np.minimum(_LEVELS - 1, (_LEVELS * strength[drawn]).astype(np.intp))
    head = np.where(tint == 0, -1, heads[leader[drawn]])
    if negative is not None:
        below = np.take_along_axis(negative, leader[np.newaxis], axis=0)[0]
        tint, head = np.where(below[drawn], 3, 4), np.full(len(row), -1)
    key = (level * 5 + tint) * 1024 + head + 1
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    curves = []
    for group in np.split(order, cuts) if len(order) else []:
        own_level, own_tint, own_head = int(level[group[0]]), int(tint[group[0]]), int(head[group[0]])
        alpha = _STRONGEST * (own_level + 0.5) / _LEVELS
        hue = colours.head(own_head)
        curves.append(
            Curves(
                ends[0],
                ends[1],
                y[0][row[group]],
                y[1][column[group]],
                (
                    colours.soft,
                    mix(colours.soft, hue, _HALF_TINT),
                    hue,
                    colours.negative,
                    colours.positive,
                )[own_tint],
                alpha * (_NEUTRAL_STRENGTH if own_tint == 0 else 1.0),
                hairline if own_level < _THIN_LEVELS else _LINE,
                colours.dash(own_head) if own_head >= 0 else (),
                own_head,
            )
        )
    return curves, total - len(row)


def strand_from(columns: int) -> float:
    """Return the weight from which on a head has a strand of its own: an even spread, at least 0.05.

    Examples
    --------
    >>> strand_from(8), strand_from(500)
    (0.125, 0.05)
    """
    return max(_STRAND_FROM, 1 / max(1, columns))


def cables(
    colours: Palette,
    weights: Floats,
    heads: Sequence[int],
    start: float,
    targets: Floats,
    ends: tuple[float, float],
    *,
    forward: bool,
    row: float,
    floor: float,
    strand_from: float,
    hairline: float = 1.0,
    negative: NDArray[np.bool_] | None = None,
) -> list[Curves]:
    """Return what leads to one token: a strand a head side by side, and a grey hairline for the mean.

    Parameters
    ----------
    colours : Palette
    weights : ndarray [heads, targets], float32
    heads : sequence of int
    start : float
        Where the token is, down.
    targets : ndarray [targets], float32
        Where its partners are, down.
    ends : (float, float)
        The columns' places across.
    forward : bool
        Whether the token is on the left.
    row : float
        Height of a row.
    floor : float
        Weaker strands are not drawn.
    strand_from : float
        Of several heads, those with less are part of the hairline only.
    hairline : float, default 1.0
    negative : ndarray [heads, targets], bool, optional
        As in `resting_links`.

    Returns
    -------
    list of Curves
        Weakest first.

    Examples
    --------
    >>> from bertviz_plus.plates.palette import palette
    >>> strands = cables(
    ...     palette("light"), np.array([[0.5], [0.3]], np.float32), [0, 1], 10.0,
    ...     np.array([30.0], np.float32), (0, 100), forward=True, row=22, floor=0, strand_from=0.1)
    >>> [strand.head for strand in strands]
    [-1, 1, 0]
    """

    def curve(near: float, far: float) -> tuple[Floats, Floats]:
        pair = np.array([[near], [far]], np.float32)
        return (pair[0], pair[1]) if forward else (pair[1], pair[0])

    curves = []
    mean = np.where(weights >= floor, weights, 0).mean(axis=0)
    if len(heads) > 1:
        for target, weight in zip(targets.tolist(), mean.tolist(), strict=True):
            if weight > 0:
                alpha = _strand_opacity(_MEAN, weight)
                curves.append(Curves(*ends, *curve(start, target), colours.soft, alpha, hairline))
    # The view compares weights of eight bits.
    least = (round(FULL * strand_from) - 0.5) / FULL if len(heads) > 1 else 0.0
    strong = weights >= max(floor, least)
    count = np.maximum(strong.sum(axis=0), 1)
    pitch = np.minimum(_STRAND.number("pitch"), (row - 3) / count)
    offset = (strong.cumsum(axis=0) - 1 - (count - 1) / 2) * pitch
    which, target = np.nonzero(strong)
    for i in np.argsort(weights[strong], kind="stable").tolist():
        h, t = int(which[i]), int(target[i])
        aside = float(offset[h, t])
        near, far = (
            start + aside * _STRAND.number("near"),
            float(targets[t]) + aside,
        )
        weight = float(weights[h, t])
        alpha, width = _strand_opacity(_OPACITY, weight), _LEAST_WIDTH + _MORE_WIDTH * weight
        colour, dash = colours.head(heads[h]), colours.dash(heads[h])
        if negative is not None:
            colour = colours.negative if negative[h, t] else colours.positive
        curves.append(Curves(*ends, *curve(near, far), colour, alpha, width, dash, heads[h]))
    return curves


def _strand_opacity(of: Section, weight: float) -> float:
    return min(1.0, of.number("base") + of.number("by") * float(weight ** _STRAND.number("exponent")))


def _strongest_two(weights: Floats) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Return each pair's largest weight, its second largest, and which head has the largest."""
    present = np.where(np.isfinite(weights), weights, np.float32(-1))
    if len(present) == 1:
        return present[0], np.zeros_like(present[0]), np.zeros(present.shape[1:], np.intp)
    leader = present.argmax(axis=0)
    first = np.take_along_axis(present, leader[np.newaxis], axis=0)[0]
    np.put_along_axis(present, leader[np.newaxis], -1, axis=0)
    return np.maximum(first, 0), np.maximum(present.max(axis=0), 0), leader
