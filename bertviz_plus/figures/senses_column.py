"""Beside the plot: the legend, and the list of typical, nearest or selected sentences."""

import re

import numpy as np

from bertviz_plus.figures.fonts import shorten, text_width
from bertviz_plus.figures.palette import Colour, mix
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.senses_plot import SenseState, draw_glyph, look_of
from bertviz_plus.figures.senses_sheet import SenseSheet, Window

ROW = 24.0
_LIST_ROW = 22.0
_MOST_ROWS = 5
_BAR = 64.0
_GLYPH = 4.5
_TYPICAL = 6
_FADE = 20.0


def legend_rows(sheet: SenseSheet) -> int:
    """Return how many rows the legend has; further ones are out of sight."""
    unlabelled = bool(sheet.labels) and bool((sheet.codes >= len(sheet.labels)).any())
    return min(_MOST_ROWS, len(sheet.labels) + unlabelled)


def draw_legend(scene: Scene, sheet: SenseSheet, state: SenseState, left: float, top: float) -> float:
    """Draw shapes, names, counts and bars, and return where they end."""
    colours = scene.colours
    counts = np.bincount(sheet.codes, minlength=len(sheet.labels) + 1)
    picked = np.bincount(sheet.codes[list(state.selected)], minlength=len(counts)) if state.selected else None
    most = max(1, int(counts.max()))
    for code in range(legend_rows(sheet)):
        middle = top + ROW / 2
        name = sheet.name(code)
        off = name in state.muted
        shape, colour, size = look_of(sheet, colours, code)
        strength = 0.4 if off else 1.0
        shown = mix(colours.paper, colour, strength)
        draw_glyph(scene, left + 7, middle, shape, _GLYPH * size, shown)
        count = f"{counts[code]:,}"
        if picked is not None and code < len(sheet.labels):
            count = f"{picked[code]:,} of {count}"
        end = left + 260 - _BAR - 8
        room = end - text_width(count, 13) - 8 - (left + 22)
        ink = mix(colours.paper, colours.ink, strength)
        label = shorten(name, room, 13)
        scene.text(left + 22, middle + 4.5, label, colour=ink)
        if off:
            scene.line(left + 22, middle, left + 22 + text_width(label, 13), middle, ink)
        scene.text(end, middle + 4.5, count, colour=mix(colours.paper, colours.soft, strength), anchor="end")
        if code < len(sheet.labels):
            full = _BAR * counts[code] / most
            alpha = strength * (0.25 if picked is not None else 1)
            scene.rect(end + 8, middle - 2, full, 4, colour, alpha)
            if picked is not None:
                scene.rect(end + 8, middle - 2, _BAR * picked[code] / most, 4, colour)
        top += ROW
    return top


def draw_flowing_legend(scene: Scene, sheet: SenseSheet, state: SenseState, top: float) -> float:
    """Draw shapes, names and counts beside each other, as a narrow view has them."""
    colours = scene.colours
    counts = np.bincount(sheet.codes, minlength=len(sheet.labels) + 1)
    x = 0.0
    for code in range(len(sheet.labels) + bool(sheet.labels and counts[-1])):
        shape, colour, smaller = look_of(sheet, colours, code)
        count, name = f"{counts[code]:,}", shorten(sheet.name(code), scene.width / 2, 13)
        width = 20 + text_width(name, 13) + 6 + text_width(count, 13)
        if x and x + width > scene.width:
            x, top = 0.0, top + ROW
        strength = 0.4 if sheet.name(code) in state.muted else 1.0
        draw_glyph(scene, x + 7, top + ROW / 2, shape, _GLYPH * smaller, mix(colours.paper, colour, strength))
        scene.text(x + 20, top + ROW / 2 + 4.5, name, colour=mix(colours.paper, colours.ink, strength))
        scene.text(x + width, top + ROW / 2 + 4.5, count, colour=colours.soft, anchor="end")
        x += width + 18
    return top + ROW if sheet.labels else top


def draw_list(
    scene: Scene, sheet: SenseSheet, state: SenseState, box: tuple[float, float, float, float]
) -> None:
    """Draw what the list shows: neighbours of the pinned, the selected, or the typical ones."""
    left, top, width, height = box
    heading, beside, items, numbers, foot = _content(sheet, state)
    if not heading:
        return
    colours = scene.colours
    scene.text(left, top + 12.5, heading, size=12, bold=True)
    scene.text(left + width, top + 12.5, beside, size=12, colour=colours.soft, anchor="end")
    y = top + 21
    rows = int((top + height - y - (18 if foot else 0)) / _LIST_ROW + 0.4)
    start = left + (20 if not numbers else 76 if sheet.kin_name else 60)
    for place, item in enumerate(items[:rows]):
        shape, colour, size = look_of(sheet, colours, int(sheet.codes[item]))
        draw_glyph(scene, left + 7, y + _LIST_ROW / 2, shape, _GLYPH * size, colour)
        base = y + _LIST_ROW / 2 + 4
        if numbers:
            scene.text(left + 20, base, numbers[place], size=12)
        room = left + width - start
        draw_context(scene, sheet.windows[item], (start, room), base, room / 2, 12, _FADE, colours.soft)
        y += _LIST_ROW
    if foot and y + 14 <= top + height + 4:
        scene.text(left, y + 14.5, foot, size=12, colour=colours.soft)


def _content(sheet: SenseSheet, state: SenseState) -> tuple[str, str, list[int], list[str], str]:
    if 0 <= state.pinned < sheet.count:
        items = list(state.nearest)
        own, kin = sheet.codes[state.pinned], sheet.kin_of(state.pinned)
        same = [item in kin if sheet.kin_name else bool(sheet.codes[item] == own) for item in items]
        marks = [" ✓" if one else " ✗" for one in same] if sheet.kin_name else [""] * len(items)
        mean = sheet.mean_cosine[state.step]
        named = f"{sheet.kin_name}s" if sheet.kin_name else sheet.name(int(own))
        pairs = "" if sheet.kin_name else " pairs"
        parts = [
            f"{sum(same)} of {len(items)} {named}" if (sheet.kin_name or sheet.labels) and items else "",
            f"mean of all{pairs} {cosine_text(mean)}" if mean is not None else "",
        ]
        numbers = [cosine_text(one) + mark for one, mark in zip(state.cosines, marks, strict=True)]
        return sheet.near, "cosine", items, numbers, _joined(parts)
    if state.selected:
        count = len(state.selected)
        heading = f"{count:,} with “{state.search}”" if state.search else "Selected"
        shown = list(state.selected[:_MOST_ROWS])
        rest = count - len(shown)
        return heading, "", shown, [], f"and {rest:,} more" if rest else ""
    each = max(1, _TYPICAL // max(1, len(sheet.typical)))
    typical = [item for one in sheet.typical for item in list(one["items"])[:each]]
    if not typical:
        return "", "", [], [], ""
    where = f"{'best' if sheet.scores else 'last'} layer, {sheet.typical[0]['layer']}"
    return f"Typical of each {sheet.typical_of}", where, typical, [], ""


def cosine_text(cosine: float) -> str:
    """Write a cosine with three digits.

    Examples
    --------
    >>> cosine_text(0.8331), cosine_text(-0.0421), cosine_text(1.0)
    ('.833', '−.042', '1.000')
    """
    text = re.sub(r"^0\.", ".", f"{abs(cosine):.3f}")
    return f"−{text}" if cosine < 0 and float(text) else text


def _joined(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)


def draw_context(
    scene: Scene,
    window: Window,
    room: tuple[float, float],
    baseline: float,
    centre: float,
    size: float,
    fade: float,
    colour: Colour,
    *,
    word_colour: Colour | None = None,
) -> None:
    """Write a word in its sentence: the word's middle at a place, ends that do not fit fade.

    Parameters
    ----------
    scene : Scene
    window : (str, int, int)
    room : (left, width)
    baseline : float
    centre : float
        Of the word, from `room`'s left.
    size, fade : float
        Of the letters, and how long an end fades.
    colour : colour
        Of the sentence.
    word_colour : colour, optional
        Ink without it.
    """
    text, start, end = window
    left, width = room
    before, word, after = _flat(text[:start]), text[start:end], _flat(text[end:])
    if not start and not end:
        # A sentence of which no word is meant begins where the line does.
        centre = 0.0
    half = text_width(word, size, bold=True) / 2
    x0, x1 = left + centre - half, left + centre + half
    first, last = _ending(before, x0 - left, size), _beginning(after, left + width - x1, size)
    scene.text(x0, baseline, first, size=size, colour=colour, anchor="end")
    scene.text(x0, baseline, word, size=size, colour=word_colour, bold=True)
    scene.text(x1, baseline, last, size=size, colour=colour)
    step, steps = fade / 5, np.arange(5)
    sides = []
    if text_width(before, size) > x0 - left:
        sides.append((left + step * steps, 1 - (steps + 0.5) / 5))
    if text_width(after, size) > left + width - x1:
        sides.append((left + width - fade + step * steps, (steps + 0.5) / 5))
    for x, alpha in sides:
        scene.rects(
            x,
            np.full(5, baseline - size),
            np.full(5, step + 0.01),
            np.full(5, size * 1.4),
            [scene.colours.paper] * 5,
            alpha,
        )


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _ending(text: str, room: float, size: float) -> str:
    """Return as much of a text's end as there is room for."""
    part = text[-int(room / size * 6) - 1 :]
    while part and text_width(part, size) > room:
        part = part[1:]
    return part


def _beginning(text: str, room: float, size: float) -> str:
    part = text[: int(room / size * 6) + 1]
    while part and text_width(part, size) > room:
        part = part[:-1]
    return part
