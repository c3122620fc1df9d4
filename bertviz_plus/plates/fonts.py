"""Fonts of this machine: which of them can write a text, and how wide it is."""

import os
import sys
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont, features

from bertviz_plus.traces.text_direction import is_right_to_left

Font = ImageFont.FreeTypeFont

_REGULAR = (
    *("LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc", "segoeui.ttf"),
    *("NotoSans-Regular.ttf", "DejaVuSans.ttf", "Roboto-Regular.ttf", "OpenSans-Regular.ttf"),
)
_BOLD = {
    "LiberationSans-Regular.ttf": "LiberationSans-Bold.ttf",
    "Arial.ttf": "Arial Bold.ttf",
    "arial.ttf": "arialbd.ttf",
    "segoeui.ttf": "seguisb.ttf",
    "NotoSans-Regular.ttf": "NotoSans-Bold.ttf",
    "DejaVuSans.ttf": "DejaVuSans-Bold.ttf",
    "Roboto-Regular.ttf": "Roboto-Bold.ttf",
    "OpenSans-Regular.ttf": "OpenSans-Bold.ttf",
}
# Fonts for characters that the text font lacks, tried in this order.
_OTHERS = (
    *("NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "NotoSansArabic-Regular.ttf"),
    *("NotoNaskhArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf", "NotoSansDevanagari-Regular.ttf"),
    *("Lohit-Devanagari.ttf", "Nirmala.ttf", "Kohinoor.ttc", "NotoSansBengali-Regular.ttf"),
    *("NotoSansTamil-Regular.ttf", "NotoSansThai-Regular.ttf", "NotoSansCJK-Regular.ttc"),
    *("NotoSansCJKjp-Regular.otf", "NotoSansJP-Regular.ttf", "NotoSansSC-Regular.ttf"),
    *("wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "msyh.ttc", "YuGothM.ttc"),
    *("malgun.ttf", "PingFang.ttc", "Hiragino Sans GB.ttc", "NotoSansKR-Regular.ttf"),
    *("NotoSansMath-Regular.ttf", "NotoSansSymbols2-Regular.ttf", "NotoEmoji-Regular.ttf"),
    *("seguiemj.ttf", "Symbola.ttf", "Symbola_hint.ttf"),
)


class Run(NamedTuple):
    """A piece of text that one font writes; `path` is `None` for Pillow's own font."""

    text: str
    path: str | None


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is, in the unit of `size`.

    Examples
    --------
    >>> text_width("attention", 26) > text_width("attention", 13) > text_width("a", 13) > 0
    True
    """
    return sum(run_width(run, size) for run in text_runs(text, bold=bold))


@lru_cache(maxsize=8192)
def run_width(run: Run, size: float) -> float:
    """Return how wide one run is, in the unit of `size`."""
    return load_font(run.path, size).getlength(run.text)


@lru_cache(maxsize=4096)
def shorten(text: str, width: float, size: float) -> str:
    """Leave out the middle of a text that is wider than `width`.

    Examples
    --------
    >>> shorten("short", 200, 13)
    'short'
    >>> shorten("x" * 50 + "y" * 50, 60, 13).count("…")
    1
    """
    # No letter that is drawn is much narrower than a tenth of its height.
    most = max(4, int(width / size * 10))
    if len(text) <= most and text_width(text, size) <= width:
        return text
    low, high = 1, min(len(text) - 1, most)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(_without_middle(text, middle), size) <= width:
            low = middle
        else:
            high = middle - 1
    return _without_middle(text, low)


@lru_cache(maxsize=4096)
def text_runs(text: str, *, bold: bool = False) -> tuple[Run, ...]:
    """Cut a text into runs that one font can write.

    Characters that no font has stay with the text font, which draws its missing box; joiners and
    variation selectors that the font has not are left out.

    Examples
    --------
    >>> [run.text for run in text_runs("cat")]
    ['cat']
    """
    main = _text_font(bold)
    if text.isascii():
        return (Run(_visible(text), main),)
    runs: list[Run] = []
    for letter in unicodedata.normalize("NFC", text):
        path = main
        if not has_glyph(main, letter):
            if _is_ignorable(letter):
                continue
            path = _other_font(letter) or main
        drawn = letter if letter.isprintable() else " "
        if runs and (runs[-1].path == path or unicodedata.combining(letter)):
            runs[-1] = Run(runs[-1].text + drawn, runs[-1].path)
        else:
            runs.append(Run(drawn, path))
    return tuple(runs)


def in_drawing_order(text: str, *, ordered: bool) -> str:
    """Return a run in the order in which a renderer that only writes from the left must draw it.

    Examples
    --------
    >>> in_drawing_order("שלום", ordered=False) == "שלום"[::-1], in_drawing_order("cat", ordered=False)
    (True, 'cat')
    """
    return text[::-1] if not ordered and is_right_to_left(text) else text


@cache
def can_shape() -> bool:
    """Whether this Pillow joins and orders letters (libraqm)."""
    return bool(features.check("raqm"))


@lru_cache(maxsize=256)
def load_font(path: str | None, size: float) -> Font:
    """Return a font of Pillow's, cached.

    It joins and orders letters where this Pillow can; then letters are also as wide as browsers make them.

    Parameters
    ----------
    path : str or None
        File; `None` for the font that Pillow carries.
    size : float
        In pixels.
    """
    if path is None:
        fallback = ImageFont.load_default(size)
        if not isinstance(fallback, ImageFont.FreeTypeFont):
            raise OSError("no font was found, and this Pillow carries none: install one, such as DejaVu Sans")
        return fallback
    layout = ImageFont.Layout.RAQM if can_shape() else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size, layout_engine=layout)


def font_files(*, bold: bool = False) -> tuple[str, ...]:
    """Return the font files that texts may use on this machine, the text font first.

    Examples
    --------
    >>> isinstance(font_files(), tuple)
    True
    """
    main = _text_font(bold)
    others = (_installed().get(name) for name in _OTHERS)
    found = [path for path in (main, *others) if path is not None]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=65536)
def has_glyph(path: str | None, letter: str) -> bool:
    """Whether a font draws a character as something else than its missing box."""
    font = load_font(path, 16)
    if letter.isspace():
        return True
    mask = font.getmask(letter)
    return (mask.size, bytes(mask)) != _missing_box(path)


@cache
def _missing_box(path: str | None) -> tuple[tuple[int, int], bytes]:
    mask = load_font(path, 16).getmask("\U0010ffff")
    return mask.size, bytes(mask)


def _without_middle(text: str, kept: int) -> str:
    head = (kept + 1) // 2
    return text[:head] + "…" + (text[-(kept - head) :] if kept > head else "")


def _visible(text: str) -> str:
    return text if text.isprintable() else "".join(x if x.isprintable() else " " for x in text)


def _is_ignorable(letter: str) -> bool:
    """Joiners, direction marks, variation selectors: they shape their neighbours and have no picture."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f"


@lru_cache(maxsize=8192)
def _other_font(letter: str) -> str | None:
    return next((path for path in font_files()[1:] if has_glyph(path, letter)), None)


@cache
def _text_font(bold: bool) -> str | None:
    installed = _installed()
    for name in _REGULAR:
        if name in installed:
            return installed.get(_BOLD.get(name, ""), installed[name]) if bold else installed[name]
    return None


@cache
def _installed() -> dict[str, str]:
    """Find the font files of this machine that are known here, by file name."""
    wanted = {*_REGULAR, *_BOLD.values(), *_OTHERS}
    found: dict[str, str] = {}
    for folder in _font_folders():
        for where, _, files in os.walk(folder):
            for name in wanted.intersection(files):
                found.setdefault(name, str(Path(where, name)))
    return found


def _font_folders() -> tuple[Path, ...]:
    home = Path.home()
    if sys.platform == "darwin":
        return (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", "C:/Windows"))
        return (windows / "Fonts", home / "AppData/Local/Microsoft/Windows/Fonts")
    return (
        home / ".fonts",
        home / ".local/share/fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    )
