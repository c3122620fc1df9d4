"""Under a figure: words that make it self-sufficient, and samples that say what each mark means."""

from collections.abc import Callable, Sequence

from bertviz_plus.plates.fonts import shorten, text_width
from bertviz_plus.plates.palette import Colour
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.type_sizes import SMALL

Part = str | tuple[str, str] | tuple[str, str, str]
"""Words; or a name, its number in bold, and what follows."""

_LINE, _ABOVE, _GAP = 17.0, 10.0, 14.0


def draw_caption(scene: Scene, top: float, parts: Sequence[Part]) -> float:
    """Write parts beside each other, in as many lines as they need.

    Parameters
    ----------
    scene : Scene
    top : float
        Where what stands above ends.
    parts : sequence of str, or of (name, number) or (name, number, what follows)
        Empty ones are left out.

    Returns
    -------
    float
        Where the caption ends.

    Examples
    --------
    >>> from bertviz_plus.plates.palette import palette
    >>> scene = Scene(300, 100, palette("light"))
    >>> draw_caption(scene, 10, ["a model", ("AER", "0.12", " (diagonal 0.30)")])
    37.0
    """
    colours = scene.colours
    x, y = 0.0, top + _ABOVE
    for part in parts:
        pieces = _pieces(part)
        width = sum(text_width(text, SMALL, bold=bold) for text, bold in pieces)
        if not width:
            continue
        if x and x + width > scene.width:
            x, y = 0.0, y + _LINE
        for text, bold in pieces:
            colour = colours.ink if bold else colours.soft
            fits = x + text_width(text, SMALL, bold=bold) <= scene.width
            lines = [text] if fits else _lines(text, scene.width, x)
            for number, line in enumerate(lines):
                if number:
                    x, y = 0.0, y + _LINE
                scene.text(x, y + 12.5, line, size=SMALL, colour=colour, bold=bold)
                x += text_width(line, SMALL, bold=bold)
        x += _GAP
    return y + _LINE


def draw_legend(
    scene: Scene, top: float, entries: Sequence[tuple[str, float, Callable[[float, float], None]]]
) -> float:
    """Write entries beside each other, each after a sample of what it means.

    Parameters
    ----------
    scene : Scene
    top : float
    entries : sequence of (text, width of the sample, function that draws it)
        The function is given the left edge of the sample and the middle of the line.

    Returns
    -------
    float
        Where the legend ends; `top` where there are no entries.
    """
    if not entries:
        return top
    x, y = 0.0, top + 6
    for text, sample, draw in entries:
        said = shorten(text, scene.width - sample, SMALL)
        width = sample + text_width(said, SMALL)
        if x and x + width > scene.width:
            x, y = 0.0, y + _LINE + 3
        draw(x, y + 8.5)
        scene.text(x + sample, y + 12.5, said, size=SMALL, colour=scene.colours.soft)
        x += width + _GAP
    return y + _LINE + 1


def head_entries(
    scene: Scene, heads: Sequence[int]
) -> list[tuple[str, float, Callable[[float, float], None]]]:
    """Return the legend of heads: which colour, or which dash, is which head."""

    def sample(colour: Colour, dash: tuple[float, ...]) -> Callable[[float, float], None]:
        return lambda x, y: scene.line(x, y, x + 18, y, colour, 3.0, dash)

    colours = scene.colours
    shown = [(str(head), 22.0, sample(colours.head(head), colours.dash(head))) for head in heads]
    return [("heads", 0.0, lambda _x, _y: None), *shown]


def _pieces(part: Part) -> list[tuple[str, bool]]:
    if isinstance(part, str):
        return [(part, False)]
    name, number, *after = part
    return [(f"{name} ", False), (number, True), *((text, False) for text in after if text)]


def _lines(text: str, room: float, indent: float) -> list[str]:
    """Break a text at its spaces; the first line begins `indent` from the left."""
    lines = [""]
    for word in text.split(" "):
        line = lines[-1]
        longer = f"{line} {word}" if line else word
        used = text_width(longer, SMALL) + (indent if len(lines) == 1 else 0.0)
        if line and used > room:
            lines.append(shorten(word, room, SMALL))
        else:
            lines[-1] = longer
    return [shorten(line, room, SMALL) for line in lines]
