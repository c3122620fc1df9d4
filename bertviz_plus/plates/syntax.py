"""The syntax plate: what a syntax view shows, as a figure for a paper."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.plates.caption import Part, draw_caption, draw_legend
from bertviz_plus.plates.fonts import shorten, text_width
from bertviz_plus.plates.plate import Plate
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.syntax_data import (
    AGREED,
    EXTRA,
    MISSED,
    ROOTED,
    SyntaxData,
    share_text,
)
from bertviz_plus.plates.syntax_layout import (
    ARROW,
    HALF,
    LABEL,
    LABEL_PAD,
    LINE,
    LONGEST_WORD,
    PAD,
    TAG,
    USUAL_HEIGHT,
    WORD,
    Label,
    Piece,
    Placed,
    pieces_of,
    place_relations,
    place_words,
)
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.parse import LEFT_OUT, UNKNOWN

_VERDICTS, _SAID = section("words.arcs").texts(), section("words.syntax").texts()
# From the bottom up.
_ORDER = (ROOTED, MISSED, EXTRA, AGREED)
_LEAST_HEIGHT = 160
_LEGEND, _SAMPLE = 30.0, 40.0
_DASH, _CROSS, _CROSS_ROOM = (6.0, 4.0), 3.4, 5.5


class SyntaxPlate(Plate):
    """A figure of what a syntax view shows.

    Parameters
    ----------
    data : SyntaxData
        One sentence and two trees.
    theme : {"light", "dark"}
    height : float, default 460
        Of the sentence in a PNG at most, in CSS pixels.

    Raises
    ------
    ValueError
        Where a value is not allowed.
    """

    def __init__(
        self,
        data: SyntaxData,
        *,
        theme: Literal["light", "dark"] = "light",
        height: float = USUAL_HEIGHT,
    ) -> None:
        super().__init__(theme, height, least_height=_LEAST_HEIGHT)
        self._data = data
        self._height += _LEGEND

    def _describe(self) -> tuple[str, str]:
        words = self._data.words
        links = "; ".join(f"{words[head]} → {words[word]}" for word, head, _ in self._data.below)
        return f"Dependency trees: {' '.join(words)}", f"{self._data.title}, {self._data.source}: {links}"

    def _draw(self, scene: Scene, room: float) -> bool:
        data, room = self._data, room - _LEGEND
        placed, labels = lay_out(data, scene.width, room)
        # Rows go whole or not at all; the first is always there.
        rows = max(1, sum(bottom <= room for bottom in placed.bottoms))
        draw_trees(scene, data, placed, labels, rows)
        bottom = draw_legend(scene, placed.bottoms[rows - 1], _legend(scene, data))
        left_out = len(data.words) - placed.rows[rows - 1][1]
        scene.height = draw_caption(scene, bottom, [*_caption(data, left_out)])
        return left_out > 0


def lay_out(data: SyntaxData, width: float, height: float) -> tuple[Placed, list[Label]]:
    """Place words and relations as the screen does, in this machine's fonts."""
    widths = [
        max(
            12.0,
            min(LONGEST_WORD, float(np.ceil(text_width(word, WORD)))) + PAD,
            float(np.ceil(text_width(_named(tag), LABEL))),
        )
        for word, tag in zip(data.words, data.upos, strict=True)
    ]
    placed = place_words(widths, data.gold, width, height, rtl=data.rtl)
    above = [(link.word, pieces_of(placed, link.word, link.head, up=True)) for link in data.above]
    wanted = [
        (word, data.relations[word], text_width(data.relations[word], LABEL), pieces[-1])
        for word, pieces in above
        if data.relations[word] != UNKNOWN
    ]
    return placed, place_relations(wanted, [piece for _, pieces in above for piece in pieces])


def draw_trees(scene: Scene, data: SyntaxData, placed: Placed, labels: Sequence[Label], rows: int) -> None:
    """Draw the words of the first rows and all that runs over and under them."""
    arcs = [(link, up) for up, links in ((True, data.above), (False, data.below)) for link in links]
    arcs.sort(key=lambda one: _ORDER.index(one[0].verdict))
    boxes, colours = placed.boxes, scene.colours
    crosses = []
    for link, up in arcs:
        pieces = pieces_of(placed, link.word, link.head, up=up)
        ends = (boxes[link.word].row, boxes[max(link.head, 0)].row)
        shown = [piece for piece in pieces if ends[not piece.ends] < rows]
        draw_pieces(scene, shown, link.verdict)
        if link.verdict == EXTRA and shown and shown[-1].ends:
            crosses.append(shown[-1].on_top())
    _draw_crosses(scene, crosses)
    sure = {link.word for link in data.above if link.verdict == AGREED}
    for label in labels:
        if label.free and boxes[label.word].row < rows:
            wide = label.width + 2 * LABEL_PAD
            scene.rect(label.x - wide / 2, label.y - HALF, wide, 2 * HALF, colours.paper)
            tint = colours.ink if label.word in sure else colours.soft
            scene.text(label.x, label.y + 0.35 * LABEL, label.text, size=LABEL, colour=tint, anchor="middle")
    for place, (word, box) in enumerate(zip(data.words, boxes, strict=True)):
        if box.row >= rows:
            continue
        colour = colours.unlinked if data.gold[place] == LEFT_OUT else colours.ink
        text = shorten(word, max(box.width - PAD + 1, 8.0), WORD)
        base = box.y + LINE / 2 + 0.35 * WORD
        scene.text(box.middle, base, text, size=WORD, colour=colour, anchor="middle")
        tag, below = _named(data.upos[place]), box.y + LINE + TAG / 2 + 0.35 * LABEL
        scene.text(box.middle, below, tag, size=LABEL, colour=colours.soft, anchor="middle")
        if place in data.dropped:
            half, under = (box.width - PAD) / 2, box.y + LINE - 2
            scene.line(box.middle - half, under, box.middle + half, under, colour, 1, (1.5, 2))


def draw_pieces(scene: Scene, pieces: Sequence[Piece], verdict: str) -> None:
    """Draw an arc: told apart by line, and by mark, not by colour alone."""
    colours = scene.colours
    colour = {AGREED: colours.ink, EXTRA: colours.positive}.get(verdict, colours.soft)
    for piece in pieces:
        if verdict == MISSED:
            scene.path(piece.points, colour, 3.8)
            scene.path(piece.points, colours.paper, 1.8)
        else:
            scene.path(piece.points, colour, 1.4, dash=_DASH if verdict == EXTRA else ())
        if piece.ends:
            back = piece.y + (ARROW + 1) * (1 if piece.rise > 0 else -1)
            corners = [(piece.x1, piece.y), (piece.x1 - 3.6, back), (piece.x1 + 3.6, back)]
            scene.path(corners, colour, filled=True)


def _draw_crosses(scene: Scene, places: Iterable[tuple[float, float]]) -> None:
    for x, y in places:
        scene.dot(x, y, _CROSS_ROOM, scene.colours.paper)
        for way in (_CROSS, -_CROSS):
            scene.line(x - _CROSS, y - way, x + _CROSS, y + way, scene.colours.positive, 1.7)


def _legend(scene: Scene, data: SyntaxData) -> list[tuple[str, float, Callable[[float, float], None]]]:
    counts = {
        name: sum(link.verdict == name for link in (data.above if name == MISSED else data.below))
        for name in _VERDICTS
    }

    def sample(verdict: str) -> Callable[[float, float], None]:
        def draw(x: float, y: float) -> None:
            piece = Piece(x, x + 34, y + 10, -10, starts=False, ends=False)
            draw_pieces(scene, [piece], verdict)
            if verdict == EXTRA:
                _draw_crosses(scene, [piece.on_top()])

        return draw

    return [(f"{text} {counts[name]}", _SAMPLE, sample(name)) for name, text in _VERDICTS.items()]


def _caption(data: SyntaxData, left_out: int) -> Iterable[Part]:
    yield data.title
    yield data.name
    yield f"{_SAID['above']} {data.source}"
    yield data.best
    marks = sum(head == LEFT_OUT for head in data.gold) - len(data.dropped)
    if marks:
        yield f"{counted(marks, _SAID['punctuation'])} {_SAID['left_out']}"
    if data.dropped:
        yield f"{counted(len(data.dropped), 'word')} {_SAID['no_token']}"
    right, edges, chain = data.here
    corpus = ""
    if data.uuas is not None and data.chain is not None:
        corpus = f"corpus {share_text(*data.uuas)} (chain {share_text(*data.chain)})"
    if edges:
        yield ("UUAS here", f"{right} of {edges}", f" (chain {chain}){corpus and f', {corpus}'}")
    else:
        yield f"{_SAID['no_link']}{corpus and f'; UUAS {corpus}'}"
    yield _SAID["uuas"]
    if left_out:
        yield f"not shown: the last {counted(left_out, 'word')}"


def _named(tag: str) -> str:
    return "" if tag == UNKNOWN else tag
