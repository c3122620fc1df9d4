"""The masked-word plate: what a masked-word view shows, as a figure for a paper."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.plates.caption import Part, draw_caption
from bertviz_plus.plates.fonts import shorten, text_width
from bertviz_plus.plates.masked_layout import (
    BAR_HEIGHT,
    BAR_WIDTH,
    BARS,
    FAR,
    LAYER,
    LENS_HEADER,
    LINE,
    MARK,
    Box,
    Columns,
    Move,
    bar_heights,
    columns_height,
    line_of,
    moves_of,
    place_columns,
    place_lens,
    place_sentence,
    row_middle,
)
from bertviz_plus.plates.palette import Colour, luminance, mix
from bertviz_plus.plates.plate import Plate
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.type_sizes import AXIS, CELL, SMALL, TEXT
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.asked import Answer, Asked
from bertviz_plus.traces.sentence_words import word_spans
from bertviz_plus.traces.weight_codes import FULL

_WORDS, _SAID = section("masked.words"), section("words.masked").texts()
_METHODS = section("words.attribution").texts()
_SIZE, _PADDING, _MASK_PADDING = map(_WORDS.number, ("size", "padding", "mask_padding"))
_LEAST, _LONGEST = map(_WORDS.number, ("least", "longest"))
_NUMBER_FROM = section("masked.lens").number("number_from")
_LEAST_HEIGHT, _CHIPS, _METHOD, _ABOVE = 200, 26.0, 26.0, 10.0
_STEPS = np.linspace(0, 1, 17)


class MaskedPlate(Plate):
    """A figure of what a masked-word view shows.

    Parameters
    ----------
    asked : Asked
    answer : Answer
        The one that is shown, beside that to the sentence itself.
    method : str
        Whose attributions stand under the words.
    theme : {"light", "dark"}
    height : float
        Of the figure in a PNG at most, in CSS pixels.

    Raises
    ------
    ValueError
        Where a value is not allowed.
    """

    def __init__(
        self,
        asked: Asked,
        answer: Answer,
        *,
        method: str = "",
        theme: Literal["light", "dark"] = "light",
        height: float = section("masked").whole("height"),
    ) -> None:
        super().__init__(theme, height, least_height=_LEAST_HEIGHT)
        self._asked, self._answer, self._method = asked, answer, method

    def _describe(self) -> tuple[str, str]:
        answer = self._answer
        likely = ", ".join(
            f"{choice} {share_text(share)}"
            for choice, share in zip(answer.choices, answer.probabilities.tolist(), strict=True)
        )
        return answer.text, f"{self._asked.model.title}: {likely}"

    def _draw(self, scene: Scene, room: float) -> bool:
        answer, first = self._answer, self._asked.first
        top = _CHIPS if answer.said else 0.0
        scene.text(0, top - 9, "; ".join(answer.said), size=SMALL, colour=scene.colours.soft)
        top = draw_sentence(scene, top, answer, self._asked.mask, answer.attributions.get(self._method))
        top = self._draw_method(scene, top)
        draw_columns(scene, top, first, answer)
        top += columns_height(max(len(first.choices), len(answer.choices)))
        left_out = 0
        if answer.lens is not None:
            left_out, top = draw_lens(scene, top + _ABOVE, answer, answer.lens, room)
        scene.height = draw_caption(scene, top, [*self._caption(left_out)])
        return left_out > 0

    def _draw_method(self, scene: Scene, top: float) -> float:
        answer = self._answer
        if self._method not in answer.attributions:
            return top
        parts: list[Part] = [(_SAID["mattered"], answer.target), _METHODS.get(self._method, self._method)]
        if self._method in answer.faithfulness:
            own, other = answer.faithfulness[self._method]
            parts.append(f"{_SAID['faithful']} {share_text(own)}, {_SAID['random']} {share_text(other)}")
        return draw_caption(scene, top - 4, parts)

    def _caption(self, left_out: int) -> Iterator[Part]:
        yield self._asked.model.title
        yield _SAID[self._asked.task]
        if self._method in self._answer.attributions:
            yield f"bars under words: orange {_SAID['raises']}, blue {_SAID['lowers']} {self._answer.target}"
        if self._answer.edits:
            yield _SAID["changed"]
            yield _SAID["moved"]
        if self._answer.lens is not None:
            yield _SAID["lens"]
        if left_out:
            yield f"not shown: the last {counted(left_out, 'layer')}"


def draw_sentence(scene: Scene, top: float, answer: Answer, mask: str, values: np.ndarray | None) -> float:
    """Draw words and the bars under them, and return where they end."""
    text, spans = answer.text, word_spans(answer.text, mask)
    masked = [bool(mask) and text[start:end] == mask for start, end in spans]
    words = [
        answer.choices[0] if own else text[start:end] for own, (start, end) in zip(masked, spans, strict=True)
    ]
    glued = [k > 0 and spans[k - 1][1] == start for k, (start, _) in enumerate(spans)]
    widths = [
        max(
            _LEAST,
            min(_LONGEST, float(np.ceil(text_width(word, _SIZE)))) + (_MASK_PADDING if own else _PADDING),
        )
        for word, own in zip(words, masked, strict=True)
    ]
    boxes, height = place_sentence(widths, glued, scene.width)
    colours = scene.colours
    for word, own, box in zip(words, masked, boxes, strict=True):
        if own:
            scene.rect(box.x, top + box.y, box.width, LINE, colours.wash)
        shown = shorten(word, box.width - (_MASK_PADDING if own else _PADDING) + 1, _SIZE)
        middle, base = box.x + box.width / 2, top + box.y + LINE / 2 + 0.35 * _SIZE
        scene.text(middle, base, shown, size=_SIZE, anchor="middle", bold=own)
    if values is not None:
        draw_bars(scene, top, boxes, bar_heights(values))
    return top + height


def draw_bars(scene: Scene, top: float, boxes: list[Box], heights: list[float]) -> None:
    """Draw a bar under each word, up or down from a line."""
    colours = scene.colours
    for box, height in zip(boxes, heights, strict=True):
        middle, across = top + box.y + LINE + BARS / 2, min(BAR_WIDTH, box.width - 4)
        left = box.x + (box.width - across) / 2
        scene.rect(left, middle - 0.5, across, 1, colours.hair)
        colour = colours.negative if height < 0 else colours.positive
        if height:
            scene.rect(left, middle - max(height, 0), across, abs(height), colour)


def draw_columns(scene: Scene, top: float, first: Answer, now: Answer) -> None:
    """Draw what is predicted before and after, and a line from place to place."""
    compared = bool(now.edits)
    columns = place_columns(scene.width, compared=compared)
    colours = scene.colours
    moves = moves_of(first, now) if compared else []
    plain = mix(colours.paper, colours.soft, 0.55)
    shown = [(0.0, first, "before")] if compared else []
    shown.append((columns.after, now, "after" if compared else "now"))
    most = max(float(one.probabilities.max()) for _, one, _ in shown)
    by_row = {move.after: move for move in moves}
    for x, answer, name in shown:
        scene.text(x + columns.name - 8, top + 13, _SAID[name], size=SMALL, colour=colours.soft, anchor="end")
        for row, (choice, share) in enumerate(
            zip(answer.choices, answer.probabilities.tolist(), strict=True)
        ):
            move = by_row.get(row) if name == "after" else None
            middle = top + row_middle(row)
            colour = plain if compared else colours.link
            if move is not None and move.change:
                colour = change_colour(scene, move.change)
            scene.text(
                x + columns.name - 8,
                middle + 0.35 * TEXT,
                shorten(choice, columns.name - 8, TEXT),
                anchor="end",
                size=TEXT,
            )
            length = max(1.0, columns.bar * share / most)
            scene.rect(x + columns.name, middle - BAR_HEIGHT / 2, length, BAR_HEIGHT, colour)
            end = x + columns.name + columns.bar + 6
            scene.text(end, middle + 4, share_text(share), size=SMALL, colour=colours.soft)
            if move is not None:
                draw_mark(scene, x + columns.column + MARK, middle, move)
    draw_moves(scene, top, moves, columns, max(len(first.choices), len(now.choices)))


def change_colour(scene: Scene, change: int) -> Colour:
    """Return the colour of what became likelier, less likely, or neither."""
    colours = scene.colours
    if not change:
        return colours.soft
    return colours.positive if change > 0 else colours.negative


def draw_mark(scene: Scene, right: float, middle: float, move: Move) -> None:
    """Say by how many places a choice moved: a triangle and a number, for not every font has the sign."""
    colour = change_colour(scene, move.change)
    text = _SAID["new"] if move.before is None else str(abs(move.rise)) if move.rise else "="
    scene.text(right, middle + 4, text, size=AXIS, colour=colour, anchor="end")
    if move.before is None or not move.rise:
        return
    x, way = right - text_width(text, AXIS) - 11, -3.0 if move.rise > 0 else 3.0
    scene.path([(x, middle - way), (x + 8, middle - way), (x + 4, middle + 1.2 * way)], colour, filled=True)


def draw_moves(scene: Scene, top: float, moves: list[Move], columns: Columns, rows: int) -> None:
    """Draw a line from each choice's row before to its row after, far moves last."""
    colours = scene.colours
    for move in sorted(moves, key=is_far):
        x0, y0, x1, y1 = line_of(move, columns, rows)
        out = move.before is None or move.after is None
        strong = is_far(move) and not out
        scene.path(
            bump(x0, top + y0, x1, top + y1),
            colours.ink if strong else colours.soft,
            1.4 if strong else 1.0,
            alpha=1.0 if is_far(move) else 0.45,
            dash=(3, 3) if out else (),
        )


def is_far(move: Move) -> bool:
    """Whether a choice moved far enough for a strong line."""
    return abs(move.rise) >= FAR or move.before is None or move.after is None


def bump(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """Return the points of a line that leaves and arrives level, ``[points, 2]``."""
    t = _STEPS
    middle = (x0 + x1) / 2
    x = (1 - t) ** 3 * x0 + 3 * (1 - t) * t * middle + t**3 * x1
    y = (1 - t) ** 2 * (1 + 2 * t) * y0 + t**2 * (3 - 2 * t) * y1
    return np.stack([x, y], axis=1)


def draw_lens(scene: Scene, top: float, answer: Answer, lens: np.ndarray, room: float) -> tuple[int, float]:
    """Draw layers by choices; return how many layers had no room, and where the grid ends."""
    grid = place_lens(scene.width, len(lens), len(answer.choices))
    colours = scene.colours
    layers = int(min(len(lens), max(1, (room - top - LENS_HEADER) // grid.row)))
    for k, choice in enumerate(answer.choices[: grid.count]):
        x = grid.first + k * grid.cell + (grid.cell - 1) / 2
        scene.text(x, top + 13, shorten(choice, grid.cell - 4, SMALL), size=SMALL, anchor="middle")
    for layer in range(layers):
        y = top + LENS_HEADER + layer * grid.row
        base = y + grid.row / 2 + 0.35 * CELL
        scene.text(LAYER - 8, base, str(layer), size=CELL, colour=colours.soft, anchor="end")
        guess = shorten(answer.lens_first[layer], grid.first - LAYER - 8, SMALL)
        scene.text(LAYER, base, guess, size=SMALL)
        for k, value in enumerate(lens[layer, : grid.count].tolist()):
            red, green, blue = colours.ramp[int(np.floor(FULL * value + 0.5))].tolist()
            shade = (red, green, blue)
            x = grid.first + k * grid.cell
            scene.rect(x, y, grid.cell - 1, grid.row - 1, shade)
            if value >= _NUMBER_FROM:
                text = readable_on(scene, shade)
                scene.text(
                    x + grid.cell / 2, base, share_text(value), size=CELL, colour=text, anchor="middle"
                )
    return len(lens) - layers, top + LENS_HEADER + layers * grid.row


def readable_on(scene: Scene, shade: Colour) -> Colour:
    """Return ink or paper, whichever is further from a colour in lightness."""
    colours = scene.colours
    far = {one: abs(luminance(one) - luminance(shade)) for one in (colours.ink, colours.paper)}
    return colours.paper if far[colours.paper] > far[colours.ink] else colours.ink


def share_text(share: float) -> str:
    """Write a probability as the screen does; a number below zero keeps its sign.

    Examples
    --------
    >>> share_text(0.421), share_text(0.004), share_text(0.0001), share_text(0.999), share_text(-0.2)
    ('.42', '.004', '<.001', '1.0', '−.20')
    """
    if share < 0:
        return f"−{share_text(-share)}"
    if share < 0.0005:
        return "<.001"
    if share >= 0.995:
        return "1.0"
    return f"{share:.{3 if share < 0.01 else 2}f}"[1:]
