"""Around the sense figure: the toolbar, the line that is read, and the caption under it."""

from collections.abc import Sequence

import numpy as np

from bertviz_plus.figures.fonts import text_width
from bertviz_plus.figures.furniture import SMALL, TEXT
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.senses_column import draw_context
from bertviz_plus.figures.senses_plot import SenseState, look_of
from bertviz_plus.figures.senses_sheet import Places, SenseSheet, Window
from bertviz_plus.figures.wording import percent

_PROJECTIONS = {"pca": "2-D PCA", "tsne": "t-SNE", "umap": "UMAP", "given": "given picture"}
_LINE = 17.0
_BAR_GAP = 22.0
_BUTTON = 19.0
_FADE = 36.0

Part = Sequence[tuple[str, bool]]


def draw_toolbar(scene: Scene, sheet: SenseSheet, state: SenseState, height: float) -> float:
    """Draw the word, what colours it and the layers, and return how high that is."""
    colours = scene.colours
    base = 17.5
    scene.text(0, base, sheet.word, bold=True)
    x, y = text_width(sheet.word, TEXT, bold=True) + _BAR_GAP, 0.0
    picks: list[tuple[str, list[tuple[str, bool]], float]] = []
    if len(sheet.colours) > 1:
        picks.append(("Colour", [(title, title == sheet.colour) for title in sheet.colours], 12))
    if sheet.pictures:
        names = zip(sheet.pictures, ("kept", "taken away"), strict=True)
        picks.append(("Language means", [(name, one == sheet.method) for one, name in names], 12))
    layers = [(str(layer), place == state.step) for place, layer in enumerate(sheet.hidden_layers)]
    picks.append(("Layer", layers, 4))
    for label, choices, pad in picks:
        widths = [max(_BUTTON, text_width(text, TEXT, bold=on) + pad) for text, on in choices]
        named = text_width(label, TEXT) + 6
        if x and x + named + sum(widths) > scene.width:
            x, y = 0.0, y + height + 2
        scene.text(x, y + base, label, colour=colours.soft)
        x += named
        for (text, on), width in zip(choices, widths, strict=True):
            if x + width > scene.width:
                x, y = 0.0, y + height + 2
            colour = colours.ink if on else colours.soft
            scene.text(x + width / 2, y + base, text, colour=colour, bold=on, anchor="middle")
            if on:
                scene.rect(x + 3, y + 26, width - 6, 2, colours.ink)
            x += width
        x += _BAR_GAP
    return y + height


def draw_reading(scene: Scene, sheet: SenseSheet, state: SenseState, top: float, plot: float) -> None:
    """Write the pinned occurrence's sentence, or what is selected."""
    colours = scene.colours
    base = top + 14.5
    if 0 <= state.pinned < sheet.count:
        window = sheet.windows[state.pinned]
        _, colour, _ = look_of(sheet, colours, int(sheet.codes[state.pinned]))
        centre = _word_place(window, scene.width, plot / 2)
        room = (0.0, scene.width)
        draw_context(scene, window, room, base, centre, TEXT, _FADE, colours.ink, word_colour=colour)
        return
    if not state.selected:
        return
    counts = np.bincount(sheet.codes[list(state.selected)], minlength=len(sheet.labels) + 1)
    order = np.argsort(-counts, kind="stable")
    parts = [f"{sheet.name(int(code))} {counts[code]:,}" for code in order if counts[code]]
    said = f"{len(state.selected):,} selected"
    scene.text(0, base, said, bold=True)
    if sheet.labels:
        x = text_width(said, TEXT, bold=True)
        scene.text(x, base, f": {', '.join(parts)}", colour=colours.soft)


def _word_place(window: Window, width: float, centre: float) -> float:
    """Return the word's middle: the plot's, unless a shift lets more be read."""
    text, start, end = window
    half = text_width(text[start:end], TEXT, bold=True) / 2
    left, right = text_width(text[:start], TEXT) + 3, text_width(text[end:], TEXT) + 3
    if left + right + 2 * half <= width:
        return max(left + half, min(centre, width - right - half))
    if centre + half + right < width:
        return width - right - half
    return left + half if centre - half > left else centre


def draw_caption(scene: Scene, sheet: SenseSheet, state: SenseState, places: Places, top: float) -> float:
    """Write what makes the picture self-sufficient, and return where it ends."""
    x, y = 0.0, top
    for part in _parts(sheet, state, places):
        width = sum(text_width(text, SMALL, bold=bold) for text, bold in part)
        if x and x + width > scene.width:
            x, y = 0.0, y + _LINE
        for text, bold in part:
            for word in _words(text) if width > scene.width else [text]:
                advance = text_width(word, SMALL, bold=bold)
                if x and x + advance > scene.width:
                    x, y = 0.0, y + _LINE
                colour = scene.colours.ink if bold else scene.colours.soft
                scene.text(x, y + 12.5, word, size=SMALL, colour=colour, bold=bold)
                x += advance
        x += 16
    return y + _LINE


def _words(text: str) -> list[str]:
    words = text.split(" ")
    return [f"{word} " for word in words[:-1]] + [words[-1]]


def _parts(sheet: SenseSheet, state: SenseState, places: Places) -> list[Part]:
    layers = sheet.hidden_layers
    among = f" of {layers[0]}–{layers[-1]}" if len(layers) > 1 else ""
    plain = [
        sheet.title,
        sheet.about,
        f"layer {layers[state.step]}{among}",
    ]
    after = [
        f"scores in all {sheet.dimensions:,} dimensions, band 95%" if sheet.scores else "",
        f"{places.piled:,} share a spot, fanned out" if places.piled else "",
        f"{places.missing:,} without a vector, left out" if places.missing else "",
        sheet.fine_print,
        f"dashed: the nearest is another {sheet.unit}; ring: the {sheet.kin_name} that was not found"
        if sheet.kin_name and state.pinned >= 0
        else "",
        sheet.note,
    ]
    parts: list[Part] = [[(text, False)] for text in plain]
    parts.append(_faithfulness(sheet, state.step))
    parts += [[(text, False)] for text in after if text]
    return parts


def _faithfulness(sheet: SenseSheet, step: int) -> Part:
    name = _PROJECTIONS.get(sheet.method, sheet.method)
    shares, trust = sheet.explained[step], float(sheet.trustworthiness[step])
    trusted: list[tuple[str, bool]] = (
        [("trustworthiness ", False), (f"{trust:.2f}", True), (" (random 0.5)", False)]
        if np.isfinite(trust)
        else []
    )
    if not np.isfinite(shares).all():
        return [(f"{name}: ", False), *trusted] if trusted else [(name, False)]
    kept = [(f"{name} keeps ", False), (percent(float(shares.sum())), True), (" of the variance", False)]
    return [*kept, (", ", False), *trusted] if trusted else kept
