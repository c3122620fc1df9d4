"""Above the alignment figure: the toolbar as in the live view, and the line that is read."""

import re
from collections.abc import Sequence

from bertviz_plus.figures.alignment_sheet import AlignmentSheet
from bertviz_plus.figures.fonts import text_width
from bertviz_plus.figures.furniture import TEXT
from bertviz_plus.figures.palette import mix
from bertviz_plus.figures.scene import Scene

_LINE, _BASE, _UNDER = 32.0, 17.5, 26.0
_GAP = 18.0
# More names than this are a list to choose from.
_FEW = 3
_SLIDER = 120.0
_ENDS = ("View", "Save", "?")
# With the space after it, or one before all.
_WORD = re.compile(r"\s*\S+\s*")
_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def draw_toolbar(scene: Scene, sheet: AlignmentSheet, *, gold: bool, cosines: bool, folded: bool) -> float:
    """Draw method, layer, what is shown and the pager, and return how high that is."""
    bar = _Bar(scene)
    if len(sheet.methods) > _FEW:
        bar.choices("Method", [(sheet.method, True)])
    elif sheet.methods:
        bar.choices("", [(name, name == sheet.method) for name in sheet.methods])
    if len(sheet.hidden_layers) > 1:
        bar.layer(sheet)
    shown = [("Draw", sheet.drawing)]
    if sheet.values.size and len(sheet.values) > 1:
        shown.insert(0, ("Map", not folded))
    if sheet.hidden_layers:
        shown.insert(0, ("Cosines", cosines))
    if sheet.gold is not None and not sheet.drawing:
        shown.insert(0, ("Gold", gold))
    bar.choices("", shown)
    if sheet.pairs > 1:
        bar.choices("", [(f"‹  {sheet.pair + 1:,} of {sheet.pairs:,}  ›", False)])
    width = sum(text_width(end, TEXT) for end in _ENDS) + 14 * (len(_ENDS) - 1)
    bar.room(width)
    x = scene.width - width
    for end in _ENDS:
        scene.text(x, bar.y + _BASE, end, colour=scene.colours.soft)
        x += text_width(end, TEXT) + 14
    return bar.y + 30


class _Bar:
    """A line that goes on below where it is full."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.x, self.y = 0.0, 0.0

    def room(self, width: float) -> None:
        """Go to the next line where a group does not fit."""
        if self.x and self.x + width > self.scene.width:
            self.x, self.y = 0.0, self.y + _LINE

    def choices(self, label: str, names: Sequence[tuple[str, bool]]) -> None:
        """Write a label and names, those that are on underlined."""
        scene, colours = self.scene, self.scene.colours
        widths = [text_width(name, TEXT, bold=on) for name, on in names]
        named = text_width(label, TEXT) + 8 if label else 0.0
        self.room(named + sum(widths) + 12 * (len(names) - 1))
        scene.text(self.x, self.y + _BASE, label, colour=colours.soft)
        x = self.x + named
        for (name, on), width in zip(names, widths, strict=True):
            scene.text(x, self.y + _BASE, name, colour=colours.ink if on else colours.soft, bold=on)
            if on:
                scene.rect(x - 1, self.y + _UNDER, width + 2, 2, colours.ink)
            x += width + 12
        self.x = x - 12 + _GAP

    def layer(self, sheet: AlignmentSheet) -> None:
        """Draw the slider of layers."""
        scene, colours = self.scene, self.scene.colours
        named = text_width("Layer", TEXT) + 8
        self.room(named + _SLIDER + 28)
        x, y = self.x + named, self.y
        share = sheet.hidden_layers.index(sheet.hidden_layer) / (len(sheet.hidden_layers) - 1)
        at = x + 7 + (_SLIDER - 14) * share
        scene.text(self.x, y + _BASE, "Layer", colour=colours.soft)
        scene.rect(x, y + 10, _SLIDER, 6, mix(colours.paper, colours.soft, 0.35))
        scene.rect(x + 1, y + 11, _SLIDER - 2, 4, colours.wash)
        scene.rect(x, y + 10, at - x, 6, colours.ink)
        scene.dot(at, y + 13, 7.5, colours.ink)
        scene.text(x + _SLIDER + 8, y + _BASE, str(sheet.hidden_layer), bold=True)
        self.x = x + _SLIDER + 28 + _GAP


def draw_reading(scene: Scene, sheet: AlignmentSheet, top: float, *, upright: bool, cosines: bool) -> None:
    """Say what the method links, and which sentence is which."""
    colours = scene.colours
    said: list[list[tuple[str, bool]]] = []
    if sheet.drawing:
        said.append([("Draw links: click a word, then its partner; Shift makes it possible", False)])
    else:
        if sheet.method:
            gloss = sheet.method_title or "what came with the pair"
            said.append([(sheet.method, True), (f" links {gloss}", False)])
        if sheet.languages:
            names = [language_name(one) for one in sheet.languages]
            first, second = ("in rows", "in columns") if cosines else ("left", "right")
            first, second = (first, second) if cosines or upright else ("above", "below")
            said.append([(f"{names[0]} {first}, {names[1]} {second}", False)])
    x, y = 0.0, top
    for part in said:
        for text, bold in part:
            for word in _WORD.findall(text):
                width = text_width(word, TEXT, bold=bold)
                if x and x + text_width(word.rstrip(), TEXT, bold=bold) > scene.width:
                    x, y = 0.0, y + 18
                scene.text(x, y + 14, word, colour=colours.ink if bold else colours.soft, bold=bold)
                x += width
        x += 18


def language_name(code: str) -> str:
    """Return a language's English name.

    Examples
    --------
    >>> language_name("de"), language_name("gsw")
    ('German', 'gsw')
    """
    return _LANGUAGES.get(code.lower().replace("_", "-").split("-")[0], code)
