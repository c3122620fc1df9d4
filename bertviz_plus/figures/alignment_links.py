"""Links between two sentences, and what gold says of each: told apart by more than colour."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.alignment_layout import Box, Layout
from bertviz_plus.figures.alignment_raster import Marks, Stroke, strokes_picture
from bertviz_plus.figures.alignment_sheet import (
    AGREED,
    AGREED_POSSIBLE,
    EXTRA,
    HINT,
    MISSED,
    ORDER,
    PLAIN,
    POSSIBLE,
    AlignmentSheet,
)
from bertviz_plus.figures.fonts import shorten
from bertviz_plus.figures.palette import Colour, Palette, mix
from bertviz_plus.figures.scene import Scene
from bertviz_plus.traces.links import Link

UNLINKED = (MISSED, POSSIBLE, HINT)
_LINK_LIGHT, _LINK_DARK = (0x2F, 0x6F, 0xD6), (0x71, 0xBA, 0xFC)
_MIDDLE = 12
_STEPS = np.linspace(0, 1, 2 * _MIDDLE + 1, dtype=np.float32)
# How much each corner of a curve counts at each of its points, [points, 4].
_BERNSTEIN = np.stack(
    [(1 - _STEPS) ** 3, 3 * (1 - _STEPS) ** 2 * _STEPS, 3 * (1 - _STEPS) * _STEPS**2, _STEPS**3], axis=1
)
# The arms of a cross around its middle, and what is kept free around it.
_ARMS = np.array([[[-3.4, 3.4], [3.4, -3.4]], [[-3.4, -3.4], [3.4, 3.4]]], np.float32)
_CROSS_WIDTH, _CROSS_ROOM = 1.7, 5.5
# A slanted stroke's runs of pixels reach a little past its ends.
_SHORTER = 0.85
_DASH, _DOTS, _HINT_DASH = (6.0, 4.0), (1.6, 2.7), (4.6, 3.4)
_NULL_LIGHT, _NULL_DARK = (0x87, 0x8D, 0x97), (0x7B, 0x83, 0x8D)
_MOST, _MOST_QUICK = 4000, 300

Points = NDArray[np.float32]


def draw_pair(
    scene: Scene,
    sheet: AlignmentSheet,
    layout: Layout,
    *,
    gold: bool,
    limit: float = float("inf"),
    quick: bool = False,
) -> dict[str, int]:
    """Draw words and links, and return how many links there are of each verdict.

    Parameters
    ----------
    scene : Scene
    sheet : AlignmentSheet
    layout : Layout
    gold : bool
        Whether gold is shown.
    limit : float, optional
        What ends further down is left out: it is scrolled to.
    quick : bool, default False
        Draw all links as one picture, at one device pixel per CSS pixel.
    """
    said = sheet.verdicts(gold=gold)
    counts = sheet.count(said)
    said.sort(key=lambda one: (ORDER.index(one[1]), one[0].confidence))
    ends = layout.source, layout.target
    drawn, places = [], []
    for link, verdict in said[-(_MOST_QUICK if quick else _MOST) :]:
        source, target = ends[0][link.source], ends[1][link.target]
        if max(source.y + source.height, target.y + target.height) > limit:
            continue
        drawn.append((link, verdict))
        places.append((source.at_x, source.at_y, target.at_x, target.at_y))
    lines = curves(np.array(places, np.float32).reshape(-1, 4), upright=layout.upright)
    if quick and drawn:
        _draw_quickly(scene, lines, drawn, layout)
    elif not quick:
        for points, (link, verdict) in zip(lines, drawn, strict=True):
            draw_link(scene, points, link, verdict)
    linked = [{link[side] for link, verdict in said if verdict not in UNLINKED} for side in (0, 1)]
    for side, (words, cut) in enumerate(((sheet.source, sheet.cut_source), (sheet.target, sheet.cut_target))):
        for place, (word, box) in enumerate(zip(words, ends[side], strict=True)):
            if box.y + box.height > limit:
                continue
            colour = scene.colours.ink if place in linked[side] else null_colour(scene.colours)
            if layout.bands > 1 and not quick:
                # Links between bands pass behind words.
                scene.rect(box.x, box.y, box.width, box.height, scene.colours.paper)
            _draw_word(scene, word, box, colour, layout, side)
            if place in cut:
                y = box.y + box.height / 2 + 9.5
                scene.line(box.x + 4, y, box.x + box.width - 4, y, colour, 1, (1.5, 2))
    return counts


def _draw_quickly(scene: Scene, lines: Points, drawn: Sequence[tuple[Link, str]], layout: Layout) -> None:
    colours = scene.colours
    strokes: list[Stroke] = []
    for points, (link, verdict) in zip(lines[::-1], reversed(drawn), strict=True):
        strokes += _strokes(points, link, verdict)
    inks = (link_colour(colours), colours.soft, colours.positive)
    # A ring around an end reaches further.
    extent = (max(0.0, float(lines[..., 1].min()) - 5), float(lines[..., 1].max()) + 5, scene.width)
    extra = [verdict == EXTRA for _, verdict in drawn]
    crossed = lines[extra, _MIDDLE]
    arms = [Stroke(place + _SHORTER * arm, 2, _CROSS_WIDTH) for place in crossed for arm in _ARMS]
    # Links between bands pass behind words.
    boxes = [
        (box.x, box.y, box.x + box.width, box.y + box.height)
        for box in (*layout.source, *layout.target)
        if layout.bands > 1
    ]
    marks = Marks(crossed, _CROSS_ROOM, arms, boxes)
    scene.add(strokes_picture(strokes, inks, colours.paper, extent, marks))


def _strokes(points: Points, link: Link, verdict: str) -> list[Stroke]:
    alpha, width = _weight(link)
    ends = (points[:1], points[-1:])
    if verdict == EXTRA:
        return [Stroke(points, 2, 1.7, 0.45 + 0.55 * link.confidence, dash=_DASH)]
    if verdict == MISSED:
        tube = Stroke(points, 1, 3.6, 0.85, hollow=1.9)
        return [tube, *(Stroke(end, 1, 6.9, hollow=4.3) for end in ends)]
    if verdict in (POSSIBLE, HINT):
        return [Stroke(points, 1, 1.6, 0.85, dash=_DOTS if verdict == POSSIBLE else _HINT_DASH)]
    line = Stroke(points, 0, width, alpha)
    if verdict == AGREED_POSSIBLE:
        rings = (*ends, points[_MIDDLE : _MIDDLE + 1])
        return [line, *(Stroke(ring, 0, 6.9, alpha, hollow=4.3) for ring in rings)]
    spot = 5.2 if verdict == AGREED else 4.0
    return [line, *(Stroke(end, 0, spot, alpha) for end in ends)]


def _weight(link: Link) -> tuple[float, float]:
    """Return how opaque and how wide a link is: the surer, the more."""
    return 0.14 + 0.82 * link.confidence, 1.1 + 1.1 * link.confidence


def null_colour(colours: Palette) -> Colour:
    """Return the colour of words without a partner: paler, and still 3 : 1 on paper."""
    if colours.grey:
        return mix(colours.paper, colours.soft, 0.78)
    return _NULL_DARK if colours.dark else _NULL_LIGHT


def link_colour(colours: Palette) -> Colour:
    """Return the colour of links."""
    if colours.grey:
        return colours.negative
    return _LINK_DARK if colours.dark else _LINK_LIGHT


def curve(x0: float, y0: float, x1: float, y1: float, *, upright: bool) -> Points:
    """Return points along a link, ``[points, 2]``, which leaves words upright, or columns level.

    Examples
    --------
    >>> curve(0, 0, 100, 180, upright=False)[[0, 12, 24]].tolist()
    [[0.0, 0.0], [50.0, 90.0], [100.0, 180.0]]
    """
    points: Points = curves(np.array([[x0, y0, x1, y1]], np.float32), upright=upright)[0]
    return points


def curves(ends: Points, *, upright: bool) -> Points:
    """Return points along many links, ``[links, points, 2]``, from where each starts and ends ``[links, 4]``.

    Examples
    --------
    >>> curves(np.zeros((3, 4), np.float32), upright=True).shape
    (3, 25, 2)
    """
    x0, y0, x1, y1 = ends.T
    if upright:
        reach = np.float32(0.42) * (x1 - x0)
        corners = ((x0, y0), (x0 + reach, y0), (x1 - reach, y1), (x1, y1))
    else:
        down = np.maximum(np.abs(y1 - y0), np.float32(40))
        share = np.float32(0.48) - np.float32(0.16) * np.minimum(np.abs(x1 - x0) / down / 4, 1)
        corners = ((x0, y0), (x0, y0 + share * down), (x1, y1 - share * down), (x1, y1))
    points: Points = np.einsum("pc,cdn->npd", _BERNSTEIN, np.array(corners, np.float32))
    return points


def draw_link(scene: Scene, points: Points, link: Link, verdict: str) -> None:
    """Draw one link as gold judges it."""
    colours = scene.colours
    blue, (alpha, width) = link_colour(colours), _weight(link)
    start, end = (tuple(points[at].tolist()) for at in (0, -1))
    if verdict in (PLAIN, AGREED, AGREED_POSSIBLE):
        scene.path(points, blue, width, alpha=alpha)
        tint = mix(colours.paper, blue, alpha)
        if verdict == AGREED_POSSIBLE:
            # Where links meet, the ends hide each other.
            _rings(scene, (start, tuple(points[_MIDDLE].tolist()), end), tint)
        else:
            for x, y in (start, end):
                scene.dot(x, y, 2.6 if verdict == AGREED else 2.0, tint)
    elif verdict == EXTRA:
        scene.path(points, colours.positive, 1.7, alpha=0.45 + 0.55 * link.confidence, dash=_DASH)
        _cross(scene, points)
    elif verdict == MISSED:
        scene.path(points, colours.soft, 3.6, alpha=0.85)
        scene.path(points, colours.paper, 1.9)
        _rings(scene, (start, end), colours.soft)
    else:
        dash = _DOTS if verdict == POSSIBLE else _HINT_DASH
        scene.path(points, colours.soft, 1.6, alpha=0.85, dash=dash)


def _rings(scene: Scene, places: tuple[tuple[float, ...], ...], colour: Colour) -> None:
    for x, y in places:
        scene.dot(x, y, 3.45, colour)
        scene.dot(x, y, 2.15, scene.colours.paper)


def _cross(scene: Scene, points: Points) -> None:
    """Mark the middle of a link."""
    x, y = points[_MIDDLE].tolist()
    scene.dot(x, y, _CROSS_ROOM, scene.colours.paper)
    for arm in _ARMS:
        scene.path(arm + points[_MIDDLE], scene.colours.positive, _CROSS_WIDTH)


def _draw_word(scene: Scene, word: str, box: Box, colour: Colour, layout: Layout, side: int) -> None:
    size = layout.sizes[side]
    text = shorten(word, max(box.width - 6, 8.0), size)
    base = box.y + box.height / 2 + 0.35 * size
    if layout.upright:
        at = box.x + 4 if side else box.x + box.width - 4
        scene.text(at, base, text, size=size, colour=colour, anchor="start" if side else "end")
    else:
        scene.text(box.x + box.width / 2, base, text, size=size, colour=colour, anchor="middle")
