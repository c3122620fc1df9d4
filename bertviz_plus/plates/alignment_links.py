"""Links between two sentences, and what gold says of each: told apart by more than colour."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.alignment_data import (
    AGREED,
    AGREED_POSSIBLE,
    EXTRA,
    HINT,
    MISSED,
    ORDER,
    PLAIN,
    POSSIBLE,
    AlignmentData,
)
from bertviz_plus.plates.alignment_layout import Box, Layout, link_ends
from bertviz_plus.plates.fonts import shorten
from bertviz_plus.plates.palette import Colour, mix
from bertviz_plus.plates.scene import Scene
from bertviz_plus.traces.links import Link

_LINKS = section("alignment.links")
# At no confidence, and what full confidence adds.
_OPACITY, _MORE_OPACITY = map(section("alignment.links.opacity").number, ("base", "by"))
_WIDTH, _MORE_WIDTH = map(section("alignment.links.width").number, ("base", "by"))
_EXTRA, _MISSED, _UNLINKED, _HINT, _RING = (
    section(f"alignment.links.{kind}") for kind in ("extra", "missed", "unlinked", "hint", "ring")
)
_EXTRA_OPACITY, _EXTRA_MORE = map(section("alignment.links.extra.opacity").number, ("base", "by"))
_AGREED_END, _PLAIN_END = map(section("alignment.links.ends").number, ("agreed", "plain"))
_STEEP, _LESS_STEEP, _SLANT = map(section("alignment.links.bend").number, ("steep", "by", "slant"))
_CROWD, _CROWD_OPACITY = _LINKS.whole("crowd"), _LINKS.number("crowd_opacity")

UNLINKED = (MISSED, POSSIBLE, HINT)
_MIDDLE = 12
_STEPS = np.linspace(0, 1, 2 * _MIDDLE + 1, dtype=np.float32)
# How much each corner of a curve counts at each of its points, [points, 4].
_BERNSTEIN = np.stack(
    [(1 - _STEPS) ** 3, 3 * (1 - _STEPS) ** 2 * _STEPS, 3 * (1 - _STEPS) * _STEPS**2, _STEPS**3], axis=1
)
# The arms of a cross around its middle, and what is kept free around it.
_ARMS = np.array([[[-1, 1], [1, -1]], [[-1, -1], [1, 1]]], np.float32) * np.float32(_EXTRA.number("arm"))
_CROSS_WIDTH, _CROSS_ROOM = _EXTRA.number("width"), _EXTRA.number("room")
_MOST, _MOST_SMALL = 4000, 300
_LEAST_RISE = _LINKS.number("least_rise")

Points = NDArray[np.float32]


def draw_pair(
    scene: Scene, data: AlignmentData, layout: Layout, room: float, *, gold: bool
) -> tuple[dict[str, int], int, int]:
    """Draw words and links.

    Parameters
    ----------
    scene : Scene
    data : AlignmentData
    layout : Layout
    room : float
        Words further down, and their links, are left out.
    gold : bool
        Whether gold is shown.

    Returns
    -------
    counts : dict of str to int
        How many links there are of each verdict, drawn or not.
    words, links : int
        How many are left out; links of words that are count as well.
    """
    said = data.verdicts(gold=gold)
    counts = data.count(said)
    said.sort(key=lambda one: (ORDER.index(one[1]), one[0].confidence))
    ends = layout.source, layout.target
    drawn: dict[str, list[Link]] = {}
    places: dict[str, list[tuple[float, float, float, float]]] = {}
    for link, verdict in said[-(_MOST_SMALL if scene.small else _MOST) :]:
        source, target = ends[0][link.source], ends[1][link.target]
        if max(source.y + source.height, target.y + target.height) <= room:
            drawn.setdefault(verdict, []).append(link)
            places.setdefault(verdict, []).append(link_ends(source, target))
    for verdict, links in drawn.items():
        draw_links(scene, curves(np.array(places[verdict], np.float32)), links, verdict)
    linked = [{link[side] for link, verdict in said if verdict not in UNLINKED} for side in (0, 1)]
    if layout.bands > 1:
        # Links between bands pass behind words.
        boxes = [box for box in (*layout.source, *layout.target) if box.y + box.height <= room]
        x, y, width, height = np.array([(box.x, box.y, box.width, box.height) for box in boxes]).T
        scene.rects(x, y, width, height, [scene.colours.paper] * len(boxes), np.ones(len(boxes)))
    left_out = 0
    for side, (words, cut) in enumerate(((data.source, data.cut_source), (data.target, data.cut_target))):
        for place, (word, box) in enumerate(zip(words, ends[side], strict=True)):
            if box.y + box.height > room:
                left_out += 1
                continue
            colour = scene.colours.ink if place in linked[side] else scene.colours.unlinked
            _draw_word(scene, word, box, colour, layout.sizes[side])
            if place in cut:
                under = box.y + box.height / 2 + 9.5
                scene.line(box.x + 4, under, box.x + box.width - 4, under, colour, 1, (1.5, 2))
    return counts, left_out, len(said) - sum(map(len, drawn.values()))


def curves(ends: Points) -> Points:
    """Return points along links, ``[links, points, 2]``, from where each starts and ends ``[links, 4]``.

    Examples
    --------
    >>> curves(np.array([[0, 0, 100, 180]], np.float32))[0, [0, 12, 24]].tolist()
    [[0.0, 0.0], [50.0, 90.0], [100.0, 180.0]]
    """
    x0, y0, x1, y1 = ends.T
    up = y1 < y0
    rise = np.where(up, y0 - y1, np.maximum(y1 - y0, np.float32(_LEAST_RISE)))
    slant = np.minimum(np.abs(x1 - x0) / rise / np.float32(_SLANT), 1)
    bend = np.where(up, -rise, rise) * (np.float32(_STEEP) - np.float32(_LESS_STEEP) * slant)
    corners = ((x0, y0), (x0, y0 + bend), (x1, y1 - bend), (x1, y1))
    points: Points = np.einsum("pc,cdn->npd", _BERNSTEIN, np.array(corners, np.float32))
    return points


def draw_links(scene: Scene, lines: Points, links: Sequence[Link], verdict: str) -> None:
    """Draw links of one verdict: lines first, then what lies on them.

    Parameters
    ----------
    scene : Scene
    lines : ndarray [links, points, 2]
    links : sequence of Link
        Those of most confidence last.
    verdict : str
    """
    colours = scene.colours
    ends = [tuple(line[at].tolist()) for line in lines for at in (0, -1)]
    if verdict in (PLAIN, AGREED, AGREED_POSSIBLE):
        tints = []
        for line, link in zip(lines, links, strict=True):
            # The surer, the wider and the stronger.
            alpha = _OPACITY + _MORE_OPACITY * link.confidence
            width = _WIDTH + _MORE_WIDTH * link.confidence
            scene.path(line, colours.link, width, alpha=alpha)
            tints.append(mix(colours.paper, colours.link, alpha))
        if verdict == AGREED_POSSIBLE:
            # Where links meet, the ends hide each other.
            for line, tint in zip(lines, tints, strict=True):
                _rings(scene, [tuple(line[at].tolist()) for at in (0, _MIDDLE, -1)], tint)
            return
        for place, (x, y) in enumerate(ends):
            scene.dot(x, y, _AGREED_END if verdict == AGREED else _PLAIN_END, tints[place // 2])
    elif verdict == EXTRA:
        for line, link in zip(lines, links, strict=True):
            alpha = _EXTRA_OPACITY + _EXTRA_MORE * link.confidence
            scene.path(line, colours.positive, _CROSS_WIDTH, alpha=alpha, dash=_EXTRA.numbers("dash"))
        for x, y in lines[:, _MIDDLE].tolist():
            scene.dot(x, y, _CROSS_ROOM, colours.paper)
        for middle in lines[:, _MIDDLE]:
            for arm in _ARMS:
                scene.path(arm + middle, colours.positive, _CROSS_WIDTH)
    elif verdict == MISSED:
        for line in lines:
            scene.path(line, colours.soft, _MISSED.number("width"))
        for line in lines:
            scene.path(line, colours.paper, _MISSED.number("hollow"))
        _rings(scene, ends, colours.soft)
    else:
        width, opacity = _UNLINKED.number("width"), _UNLINKED.number("opacity")
        if verdict == POSSIBLE and len(lines) > _CROWD:
            opacity *= _CROWD_OPACITY
        # The ends are round on the screen: half the width more on either side.
        dash, space = (_UNLINKED if verdict == POSSIBLE else _HINT).numbers("dash")
        for line in lines:
            scene.path(line, colours.soft, width, alpha=opacity, dash=(dash + width, space - width))


def _rings(scene: Scene, places: Sequence[tuple[float, ...]], colour: Colour) -> None:
    radius, half = _RING.number("radius"), _RING.number("width") / 2
    for x, y in places:
        scene.dot(x, y, radius + half, colour)
        scene.dot(x, y, radius - half, scene.colours.paper)


def _draw_word(scene: Scene, word: str, box: Box, colour: Colour, size: float) -> None:
    text = shorten(word, max(box.width - 6, 8.0), size)
    base = box.y + box.height / 2 + 0.35 * size
    scene.text(box.x + box.width / 2, base, text, size=size, colour=colour, anchor="middle")
