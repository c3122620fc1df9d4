"""How alike are the words of two sentences? Their cosines, and which of them are linked."""

from math import ceil

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.plates.alignment_data import (
    AGREED_POSSIBLE,
    EXTRA,
    HINT,
    MISSED,
    POSSIBLE,
    AlignmentData,
)
from bertviz_plus.plates.fonts import shorten, text_width
from bertviz_plus.plates.scene import Picture, Scene
from bertviz_plus.plates.type_sizes import SMALL
from bertviz_plus.traces.weight_codes import FULL, MISSING

_SIZES, _MARK = section("alignment.matrix"), section("alignment.links.mark")
(_SMALLEST, _LARGEST), _SPACED = _SIZES.limits("cell"), _SIZES.number("spaced_from")
# A cell may be so much wider than high; the last turned label reaches over its column.
_WIDEST, _OVERHANG = _SIZES.number("widest"), _SIZES.number("overhang")
_LABELS, _ANGLE, _TURNED = map(_SIZES.number, ("label", "angle", "turned"))
_STRENGTH = _SIZES.number("strength")
_LEAST_MARK, _LARGEST_MARK = _MARK.limits("size")


def draw_matrix(
    scene: Scene, data: AlignmentData, room: float, *, gold: bool
) -> tuple[float, dict[str, int], int]:
    """Draw the cosine of each two words, source down and target across.

    Parameters
    ----------
    scene : Scene
    data : AlignmentData
    room : float
        How high it may be; words that do not fit are left out.
    gold : bool
        Whether gold is shown.

    Returns
    -------
    bottom : float
    counts : dict of str to int
        How many links there are of each verdict.
    left_out : int
        How many words.
    """
    said = data.verdicts(gold=gold)
    counts = data.count(said)
    if data.similarity is None:
        return 0.0, counts, 0
    colours = scene.colours
    rows, columns = data.similarity.shape
    longest = [max(text_width(word, SMALL) for word in words) for words in (data.source, data.target)]
    left = ceil(min(longest[0], _LABELS - 8)) + 10
    head = ceil(min(_TURNED, min(longest[1], _LABELS - 8) * 0.82) + 14)
    free = scene.width - left - _OVERHANG
    cell = float(int(min(max((room - head - 4) / rows, _SMALLEST), _LARGEST)))
    wide = float(int(min(max(free / columns, _SMALLEST), _WIDEST * cell)))
    across = min(columns, max(1, int((scene.width - left) // wide)))
    down = min(rows, max(1, int((room - head) // cell)))
    x, y = left + max(0.0, float((free - columns * wide) // 2)), float(head)
    # A sentence that runs from the right does here too.
    order = list(range(columns))[:: -1 if data.target_rtl else 1][:across]
    place_of = {word: column for column, word in enumerate(order)}
    codes = _codes(data)[:down, order]
    scene.add(Picture(x, y, across * wide, down * cell, codes, colours.ramp))
    if cell >= _SPACED:
        for column in range(1, across + 1):
            scene.rect(x + column * wide - 1, y, 1, down * cell, colours.paper)
        for row in range(1, down + 1):
            scene.rect(x, y + row * cell - 1, across * wide, 1, colours.paper)
    for link, verdict in said:
        if link.source < down and link.target in place_of:
            centre = (x + (place_of[link.target] + 0.5) * wide - 0.5, y + (link.source + 0.5) * cell - 0.5)
            draw_mark(
                scene, centre, min(max(_MARK.number("share") * cell, _LEAST_MARK), _LARGEST_MARK), verdict
            )
    size = min(max(cell - 3, 9.0), 12.0)
    for row, word in enumerate(data.source[:down]):
        label = shorten(word, _LABELS - 8, size)
        base = y + (row + 0.5) * cell + 0.35 * size
        scene.text(x - 7, base, label, size=size, colour=colours.soft, anchor="end")
    for column, target in enumerate(order):
        label = shorten(data.target[target], _LABELS - 8, size)
        at = x + (column + 0.5) * wide + 0.35 * size
        scene.text(at, y - 6, label, size=size, colour=colours.soft, angle=_ANGLE)
    return y + down * cell + 2, counts, rows - down + columns - across


def scale_text(data: AlignmentData) -> str:
    """Say what the shades mean."""
    lowest, highest = _range(data)
    return f"cosine, faint {lowest:.2f} to strong {highest:.2f}" if lowest < highest else ""


def _range(data: AlignmentData) -> tuple[float, float]:
    known = np.zeros(0) if data.similarity is None else data.similarity[np.isfinite(data.similarity)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def _codes(data: AlignmentData) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    lowest, highest = _range(data)
    share = (np.asarray(data.similarity) - lowest) / (highest - lowest or 1)
    codes = np.rint(np.nan_to_num(share) ** 2 * FULL * _STRENGTH)
    return np.where(np.isfinite(share), codes, MISSING).astype(np.uint8)


def draw_mark(scene: Scene, place: tuple[float, float], radius: float, verdict: str) -> None:
    """Draw a link as a mark in the matrix, with a rim of paper: its cell may have any shade."""
    x, y = place
    colours = scene.colours
    outline, line = _MARK.number("outline"), _MARK.number("width")
    if verdict == EXTRA:
        for colour, width in ((colours.paper, outline), (colours.positive, line)):
            for rise in (-radius, radius):
                scene.path([(x - radius, y - rise), (x + radius, y + rise)], colour, width)
    elif verdict == MISSED:
        for colour, width in ((colours.paper, outline), (colours.ink, line)):
            side = 2 * radius + width
            scene.frame(x - side / 2, y - side / 2, side, side, colour, width)
    elif verdict in (POSSIBLE, HINT):
        scene.dot(x, y, _MARK.number("dot_rim") * radius + 1, colours.paper)
        scene.dot(x, y, _MARK.number("dot") * radius, colours.soft)
    else:
        scene.dot(x, y, radius + _MARK.number("rim"), colours.paper)
        scene.dot(x, y, radius, colours.ink)
        if verdict == AGREED_POSSIBLE:
            scene.dot(x, y, radius - _MARK.number("hollow"), colours.paper)
