"""Under the alignment figure: what each kind of link means, and what makes the picture self-sufficient."""

from collections.abc import Sequence

from bertviz_plus.figures.alignment_links import UNLINKED, curve, draw_link, null_colour
from bertviz_plus.figures.alignment_matrix import draw_mark, scale_text
from bertviz_plus.figures.alignment_sheet import (
    AGREED,
    AGREED_POSSIBLE,
    EXTRA,
    HINT,
    MISSED,
    PLAIN,
    POSSIBLE,
    AlignmentSheet,
    two_digits,
)
from bertviz_plus.figures.fonts import text_width
from bertviz_plus.figures.furniture import SMALL
from bertviz_plus.figures.palette import mix
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.wording import counted
from bertviz_plus.traces.links import Link

_LINE = 17.0
_SAMPLE, _MARK = 40.0, 20.0
# Entries of the legend that are no kind of link.
_ALONE, _TEXT = "no partner", "text"
_SLIDER = 86.0

Part = Sequence[tuple[str, bool]]


def draw_legend(
    scene: Scene, sheet: AlignmentSheet, counts: dict[str, int], top: float, *, gold: bool, cosines: bool
) -> float:
    """Say what each kind of link means and how many there are, and return where that ends.

    Parameters
    ----------
    scene : Scene
    sheet : AlignmentSheet
    counts : dict of str to int
        How many links there are of each verdict.
    top : float
    gold : bool
        Whether gold is shown.
    cosines : bool
        Whether links are marks in the matrix of cosines.
    """
    colours = scene.colours
    if sheet.drawing:
        names = [(AGREED, "sure"), (AGREED_POSSIBLE, "possible"), (HINT, "found, not drawn")]
        kinds = names if sheet.methods else names[:2]
    elif gold and sheet.gold is not None:
        kinds = [(kind, kind) for kind in (AGREED, MISSED, EXTRA, AGREED_POSSIBLE, POSSIBLE)]
        kinds = kinds if sheet.gold.possible - sheet.gold.sure else kinds[:3]
    else:
        kinds = [(PLAIN, "" if cosines or _is_given(sheet) else ", strong where confident")]
    entries = [
        (kind, f"{counted(counts[kind], 'link')}{name}" if kind == PLAIN else f"{name} {counts[kind]}")
        for kind, name in kinds
    ]
    counts = dict(counts)
    if cosines:
        entries.append((_TEXT, scale_text(sheet)))
    elif not sheet.drawing:
        linked = [
            {link[side] for link, verdict in sheet.verdicts(gold=gold) if verdict not in UNLINKED}
            for side in (0, 1)
        ]
        total = len(sheet.source) + len(sheet.target)
        counts[_ALONE] = total - len(linked[0]) - len(linked[1])
        entries.append((_ALONE, f"no partner {counts[_ALONE]} of {total}"))
    samples = {_TEXT: 0.0, _ALONE: text_width("word", SMALL) + 6}
    x, y = 0.0, top
    for kind, said in entries:
        sample = samples.get(kind, _MARK if cosines else _SAMPLE)
        width = sample + text_width(said, SMALL)
        if x and x + width > scene.width:
            x, y = 0.0, y + 20
        if kind == _ALONE:
            scene.text(x, y + 13.5, "word", size=SMALL, colour=null_colour(colours))
        elif kind != _TEXT and cosines:
            draw_mark(scene, (x + 7, y + 9), 4, kind)
        elif kind != _TEXT:
            points = curve(x + 4, y + 9, x + 30, y + 9, upright=True)
            draw_link(scene, points, Link(0, 0, 0.9), kind)
        colour = colours.soft if counts.get(kind, 1) else mix(colours.paper, colours.soft, 0.6)
        scene.text(x + sample, y + 13.5, said, size=SMALL, colour=colour)
        x += width + 18
    return y + 20


def draw_caption(
    scene: Scene, sheet: AlignmentSheet, top: float, *, more: Sequence[str] = (), slider: bool = True
) -> float:
    """Write what makes the picture self-sufficient, and return where it ends.

    Parameters
    ----------
    scene : Scene
    sheet : AlignmentSheet
    top : float
    more : sequence of str
        What else is said.
    slider : bool, default True
        Whether the threshold is drawn as in the live view; else it is said, and what the method links.
    """
    total = len(sheet.links) + sheet.hidden
    said = (
        f"{sheet.threshold:.2f}: {sheet.hidden} of {total} hidden"
        if sheet.hidden
        else f"{sheet.threshold:.2f}: nothing hidden"
        if sheet.threshold
        else "0: nothing hidden"
    )
    is_given = _is_given(sheet)
    room, slides = scene.width, slider and not is_given
    if slides:
        effect = max(118.0, text_width(said, SMALL))
        wide = text_width("hide under", SMALL) + 16 + _SLIDER + effect
        if scene.width >= 2 * wide:
            room -= wide + 18
            _draw_slider(scene, sheet.threshold, said, scene.width - effect, top)
        else:
            slides = False
    parts = _parts(sheet, gloss=not slider)
    if not slides and sheet.threshold and not is_given:
        parts.append([(f"links under {said}", False)])
    x, y = 0.0, top
    for part in [*parts, *([(text, False)] for text in more)]:
        width = sum(text_width(text, SMALL, bold=bold) for text, bold in part)
        if x and x + width > room:
            x, y = 0.0, y + _LINE
        for text, bold in part:
            colour = scene.colours.ink if bold else scene.colours.soft
            for word in _words(text) if width > room else [text]:
                advance = text_width(word, SMALL, bold=bold)
                if x and x + advance > room:
                    x, y = 0.0, y + _LINE
                scene.text(x, y + 12.5, word, size=SMALL, colour=colour, bold=bold)
                x += advance
        x += 16
    return y + _LINE


def _words(text: str) -> list[str]:
    words = text.split(" ")
    return [f"{word} " for word in words[:-1]] + [words[-1]]


def _draw_slider(scene: Scene, threshold: float, said: str, x: float, y: float) -> None:
    colours = scene.colours
    scene.text(x, y + 12.5, said, size=SMALL, colour=colours.soft)
    start = x - 8 - _SLIDER
    scene.text(start - 8, y + 12.5, "hide under", size=SMALL, colour=colours.soft, anchor="end")
    scene.rect(start, y + 6, _SLIDER, 6, mix(colours.paper, colours.soft, 0.35))
    scene.rect(start + 1, y + 7, _SLIDER - 2, 4, colours.wash)
    place = start + 7 + (_SLIDER - 14) * threshold
    if threshold > 0:
        scene.rect(start, y + 6, place - start, 6, colours.ink)
    scene.dot(place, y + 9, 7.5, colours.ink)


def _parts(sheet: AlignmentSheet, *, gloss: bool) -> list[Part]:
    said = [sheet.title] if sheet.title else []
    if sheet.pairs > 1:
        said.append(f"pair {sheet.pair + 1:,} of {sheet.pairs:,}")
    is_given = _is_given(sheet)
    if is_given and not sheet.drawing:
        said.append(f"{sheet.method} (given links)" if sheet.method else "no links yet")
    elif not is_given:
        said.append(f"layer {sheet.hidden_layer}, {sheet.method}")
        if gloss:
            said[-1] += f" (links {sheet.method_title})"
    if sheet.drawing:
        given = "gold as given" if sheet.gold else "nothing drawn yet"
        said += ["links drawn by hand" if sheet.drawn else given, "view.to_pharaoh() writes them"]
    parts: list[Part] = [[(text, False)] for text in said]
    scores = sheet.scores()
    if scores is not None and sheet.method:
        diagonal = f" (diagonal {two_digits(sheet.diagonal_aer())})"
        after = {"AER": [(diagonal, False)]}
        parts += [
            [(f"{name} ", False), (two_digits(value), True), *after.get(name, [])]
            for name, value in zip(("AER", "precision", "recall"), scores, strict=True)
        ]
        if sheet.drawn and not sheet.drawing:
            parts.append([("gold: drawn here", False)])
    elif scores is None and sheet.links and not is_given and not sheet.drawing:
        mean = sum(link.confidence for link in sheet.links) / len(sheet.links)
        chance = f" ({sheet.by_chance()})" if sheet.by_chance() else ""
        parts += [
            [("mean confidence ", False), (two_digits(mean), True), (chance, False)],
            [("no gold for this pair", False)],
        ]
    if sheet.cut:
        cut = f"{counted(sheet.cut, 'word')} the model did not read, underdotted"
        parts.append([(cut, False)])
    return parts + ([[(sheet.fine_print, False)]] if sheet.fine_print else [])


def _is_given(sheet: AlignmentSheet) -> bool:
    return sheet.method not in sheet.methods[: len(sheet.values)]
