"""Beside the plot: what each mark means, and sentences that are typical, nearest or selected."""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.plates.fonts import shorten, text_width
from bertviz_plus.plates.palette import mix
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.senses_data import SenseData, SenseState, Window
from bertviz_plus.plates.senses_plot import draw_glyph, look_of
from bertviz_plus.plates.type_sizes import SMALL, TEXT

ROW = 24.0
_LIST_ROW = 22.0
_MOST_LISTED = 5
_BAR = 64.0
_GLYPH = 4.5
_TYPICAL = 6
# No line of the list has room for more on one side.
_MOST_LETTERS = 120
_MUTED, _NOT_SELECTED = 0.4, 0.25


def draw_legend_rows(
    scene: Scene, data: SenseData, state: SenseState, box: tuple[float, float, float, float]
) -> float:
    """Draw shapes, names, counts and bars.

    Parameters
    ----------
    scene : Scene
    data : SenseData
    state : SenseState
    box : (left, top, width, height)
        Labels that do not fit are counted.

    Returns
    -------
    float
        Where they end.
    """
    left, top, width, height = box
    colours = scene.colours
    counts, picked = _counts(data, state)
    codes = _shown_codes(data)
    fitting = max(1, int(height // ROW))
    shown = codes if len(codes) <= fitting else codes[: fitting - 1]
    most = max(1, int(counts.max()))
    for code in shown:
        middle = top + ROW / 2
        name = data.name(code)
        strength = _MUTED if name in state.muted else 1.0
        shape, colour, size = look_of(data, colours, code)
        ink, soft = (mix(colours.paper, one, strength) for one in (colours.ink, colours.soft))
        draw_glyph(scene, left + 7, middle, shape, _GLYPH * size, mix(colours.paper, colour, strength))
        count = _count_text(counts, picked, code) if code < len(data.labels) else f"{counts[code]:,}"
        end = left + width - _BAR - 8
        label = shorten(name, end - text_width(count, TEXT) - 8 - (left + 22), TEXT)
        scene.text(left + 22, middle + 4.5, label, colour=ink)
        if name in state.muted:
            scene.line(left + 22, middle, left + 22 + text_width(label, TEXT), middle, ink)
        scene.text(end, middle + 4.5, count, colour=soft, anchor="end")
        if code < len(data.labels):
            alpha = strength * (_NOT_SELECTED if picked is not None else 1)
            scene.rect(end + 8, middle - 2, _BAR * counts[code] / most, 4, colour, alpha)
            if picked is not None:
                scene.rect(end + 8, middle - 2, _BAR * picked[code] / most, 4, colour)
        top += ROW
    if len(shown) < len(codes):
        rest = f"and {len(codes) - len(shown)} more"
        scene.text(left + 22, top + 16, rest, size=SMALL, colour=colours.soft)
        top += ROW
    return top


def legend_entries(
    scene: Scene, data: SenseData, state: SenseState
) -> list[tuple[str, float, Callable[[float, float], None]]]:
    """Return the same in a line: shapes, names and counts."""
    counts, picked = _counts(data, state)

    def sample(code: int) -> Callable[[float, float], None]:
        shape, colour, size = look_of(data, scene.colours, code)
        strength = _MUTED if data.name(code) in state.muted else 1.0
        shade = mix(scene.colours.paper, colour, strength)
        return lambda x, y: draw_glyph(scene, x + 6, y, shape, _GLYPH * size, shade)

    return [
        (f"{data.name(code)} {_count_text(counts, picked, code)}", 16.0, sample(code))
        for code in (_shown_codes(data) if data.labels else ())
    ]


def _shown_codes(data: SenseData) -> list[int]:
    unlabelled = not data.labels or bool((data.codes >= len(data.labels)).any())
    return list(range(len(data.labels) + unlabelled))


def _counts(data: SenseData, state: SenseState) -> tuple[NDArray[np.intp], NDArray[np.intp] | None]:
    """Return how many occurrences each label has, and how many of them are selected."""
    size = len(data.labels) + 1
    picked = np.bincount(data.codes[list(state.selected)], minlength=size) if state.selected else None
    return np.bincount(data.codes, minlength=size), picked


def _count_text(counts: NDArray[np.intp], picked: NDArray[np.intp] | None, code: int) -> str:
    return f"{counts[code]:,}" if picked is None else f"{picked[code]:,} of {counts[code]:,}"


def draw_list(
    scene: Scene, data: SenseData, state: SenseState, box: tuple[float, float, float, float]
) -> None:
    """Draw sentences: neighbours of the pinned one, the selected, or the typical ones."""
    left, top, width, height = box
    heading, beside, items, numbers, foot = _content(data, state)
    rows = int((height - 21 - (18 if foot else 0)) / _LIST_ROW + 0.4)
    if not heading or rows < 1:
        return
    colours = scene.colours
    scene.text(left, top + 12.5, heading, size=SMALL, bold=True)
    scene.text(left + width, top + 12.5, beside, size=SMALL, colour=colours.soft, anchor="end")
    y = top + 21
    start = left + (20 if not numbers else 76 if data.relative_name else 60)
    for place, item in enumerate(items[:rows]):
        shape, colour, size = look_of(data, colours, int(data.codes[item]))
        draw_glyph(scene, left + 7, y + _LIST_ROW / 2, shape, _GLYPH * size, colour)
        base = y + _LIST_ROW / 2 + 4
        if numbers:
            scene.text(left + 20, base, numbers[place], size=SMALL)
        _draw_context(scene, data.windows[item], (start, left + width), base)
        y += _LIST_ROW
    scene.text(left, y + 14.5, foot, size=SMALL, colour=colours.soft)


def _content(data: SenseData, state: SenseState) -> tuple[str, str, list[int], list[str], str]:
    """Return heading, what stands beside it, items, a number for each, and what stands below."""
    if 0 <= state.pinned < data.count:
        items = list(state.nearest)
        own, relatives = data.codes[state.pinned], data.relatives_of(state.pinned)
        named = f"{data.relative_name}s" if data.relative_name else data.name(int(own))
        same = [item in relatives if data.relative_name else bool(data.codes[item] == own) for item in items]
        marks = [" ✓" if one else " ✗" for one in same] if data.relative_name else [""] * len(items)
        numbers = [cosine_text(one) + mark for one, mark in zip(state.cosines, marks, strict=True)]
        mean = data.mean_cosine[state.step]
        pairs = "" if data.relative_name else " pairs"
        counts = bool(data.relative_name or data.labels) and bool(items)
        below = [
            f"{sum(same)} of {len(items)} {named}" if counts else "",
            f"mean of all{pairs} {cosine_text(mean)}" if mean is not None else "",
        ]
        return data.near, "cosine", items, numbers, " · ".join(filter(None, below))
    if state.selected:
        count = len(state.selected)
        heading = f"{count:,} with “{state.search}”" if state.search else f"{count:,} selected"
        shown = list(state.selected[:_MOST_LISTED])
        rest = count - len(shown)
        return heading, "", shown, [], f"and {rest:,} more" if rest else ""
    each = max(1, _TYPICAL // max(1, len(data.typical)))
    typical = [item for one in data.typical for item in list(one["items"])[:each]]
    if not typical:
        return "", "", [], [], ""
    where = f"{'best' if data.scores else 'last'} layer, {data.typical[0]['layer']}"
    return f"Typical of each {data.typical_of}", where, typical, [], ""


def cosine_text(cosine: float) -> str:
    """Write a cosine with three digits.

    Examples
    --------
    >>> cosine_text(0.8331), cosine_text(-0.0421), cosine_text(1.0)
    ('.833', '−.042', '1.000')
    """
    text = re.sub(r"^0\.", ".", f"{abs(cosine):.3f}")
    return f"−{text}" if cosine < 0 and float(text) else text


def _draw_context(scene: Scene, window: Window, sides: tuple[float, float], baseline: float) -> None:
    """Write a word in its sentence, as much of both sides as there is room for."""
    text, start, end = window
    left, right = sides
    before, word, after = (re.sub(r"\s+", " ", part) for part in (text[:start], text[start:end], text[end:]))
    # Bold letters are wider.
    word = shorten(word, 0.88 * (right - left), SMALL)
    wide = text_width(word, SMALL, bold=True)
    # The word stands in the middle, unless the sentence is short on a side.
    room = max(0.0, right - left - wide)
    wanted = min(text_width(before[-_MOST_LETTERS:], SMALL), room)
    following = min(text_width(after[:_MOST_LETTERS], SMALL), room)
    own = min(wanted, max(room / 2, room - following))
    before = _ending(before, own)
    x = left + text_width(before, SMALL)
    soft = scene.colours.soft
    scene.text(left, baseline, before, size=SMALL, colour=soft)
    scene.text(x, baseline, word, size=SMALL, bold=True)
    scene.text(x + wide, baseline, _beginning(after, right - x - wide), size=SMALL, colour=soft)


def _ending(text: str, room: float) -> str:
    """Return as much of a text's end as there is room for."""
    if text_width(text[-_MOST_LETTERS:], SMALL) <= room and len(text) <= _MOST_LETTERS:
        return text
    part = text[-_MOST_LETTERS:]
    while part and text_width("…" + part, SMALL) > room:
        part = part[1:]
    return "…" + part if part else ""


def _beginning(text: str, room: float) -> str:
    if text_width(text[:_MOST_LETTERS], SMALL) <= room and len(text) <= _MOST_LETTERS:
        return text
    part = text[:_MOST_LETTERS]
    while part and text_width(part + "…", SMALL) > room:
        part = part[:-1]
    return part + "…" if part else ""
