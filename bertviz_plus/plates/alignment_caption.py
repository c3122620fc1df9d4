"""Under the alignment plate: what each kind of link means, and what makes the figure self-sufficient."""

from collections.abc import Callable, Iterable

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.plates.alignment_data import (
    AGREED,
    AGREED_POSSIBLE,
    EXTRA,
    HINT,
    MISSED,
    PLAIN,
    POSSIBLE,
    AlignmentData,
    two_digits,
)
from bertviz_plus.plates.alignment_links import UNLINKED, draw_links
from bertviz_plus.plates.alignment_map import map_text
from bertviz_plus.plates.alignment_matrix import draw_mark, scale_text
from bertviz_plus.plates.caption import Part
from bertviz_plus.plates.fonts import text_width
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.type_sizes import SMALL
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.links import Link

_SAYS = section("words.alignment").texts()
_SAMPLE, _MARK, _LONG = 40.0, 20.0, 26.0

Entry = tuple[str, float, Callable[[float, float], None]]


def legend_of(
    scene: Scene, data: AlignmentData, counts: dict[str, int], *, gold: bool, cosines: bool
) -> list[Entry]:
    """Return what each kind of link means and how many there are.

    Parameters
    ----------
    scene : Scene
    data : AlignmentData
    counts : dict of str to int
        How many links there are of each verdict.
    gold : bool
        Whether gold is shown.
    cosines : bool
        Whether links are marks in the matrix of cosines.
    """
    if data.drawing:
        names = [
            (AGREED, _SAYS["drawn_sure"]),
            (AGREED_POSSIBLE, _SAYS["drawn_possible"]),
            (HINT, _SAYS["hint"]),
        ]
        kinds = names if data.methods else names[:2]
    elif gold and data.gold is not None:
        kinds = [(kind, kind) for kind in (AGREED, MISSED, EXTRA, AGREED_POSSIBLE, POSSIBLE)]
        kinds = kinds if data.gold.possible - data.gold.sure else kinds[:3]
    else:
        kinds = [(PLAIN, "" if cosines or data.is_given else _SAYS["plain"])]
    entries: list[Entry] = [
        (
            f"{counted(counts[kind], 'link')}{name}" if kind == PLAIN else f"{name} {counts[kind]}",
            _MARK if cosines else _SAMPLE,
            _sample(scene, kind, cosines=cosines),
        )
        for kind, name in kinds
    ]
    if cosines:
        entries.append((scale_text(data), 0.0, lambda _x, _y: None))
    elif not data.drawing:
        linked = [
            {link[side] for link, verdict in data.verdicts(gold=gold) if verdict not in UNLINKED}
            for side in (0, 1)
        ]
        total = len(data.source) + len(data.target)
        alone = total - len(linked[0]) - len(linked[1])
        colour = scene.colours.unlinked
        entries.append(
            (
                f"no partner {alone} of {total}",
                text_width("word", SMALL) + 6,
                lambda x, y: scene.text(x, y + 4, "word", size=SMALL, colour=colour),
            )
        )
    return entries


def _sample(scene: Scene, kind: str, *, cosines: bool) -> Callable[[float, float], None]:
    def line(x: float, y: float) -> None:
        points = np.stack([np.linspace(x + 4, x + 4 + _LONG, 25), np.full(25, y)], axis=1)
        draw_links(scene, points[np.newaxis].astype(np.float32), [Link(0, 0, 0.9)], kind)

    return (lambda x, y: draw_mark(scene, (x + 7, y), 4, kind)) if cosines else line


def caption_of(data: AlignmentData, *, words: int, links: int, cosines: bool) -> Iterable[Part]:
    """Return what makes the figure self-sufficient; `words` and `links` are left out."""
    yield data.title
    if data.pairs > 1:
        yield f"pair {data.pair:,} of 0–{data.pairs - 1:,}"
    if data.languages:
        first, second = ("in rows", "in columns") if cosines else ("above", "below")
        yield f"{data.languages[0]} {first}, {data.languages[1]} {second}"
    if not data.is_given:
        yield f"layer {data.hidden_layer}, {data.method} (links {data.method_title})"
    elif not data.drawing:
        yield f"{data.method} ({_SAYS['given']})" if data.method else _SAYS["no_links"]
    if data.drawing:
        yield _SAYS["by_hand" if data.drawn else "as_given" if data.gold else "nothing_drawn"]
    yield from _scores(data)
    if data.cut:
        yield f"{counted(data.cut, 'word')} {_SAYS['unread']}"
    if data.threshold and not data.is_given:
        hidden = f"{data.hidden} of {len(data.links) + data.hidden}" if data.hidden else "none"
        yield f"links under {data.threshold:.2f} hidden: {hidden}"
    if words:
        yield f"{counted(words, 'word')} left out at the end"
    if links:
        yield f"{counted(links, 'link')} left out"
    yield from map_text(data)
    yield data.fine_print


def _scores(data: AlignmentData) -> Iterable[Part]:
    scores = data.scores()
    if scores is not None and data.method:
        aer, precision, recall = map(two_digits, scores)
        yield (_SAYS["aer"], aer, f" (diagonal {two_digits(data.diagonal_aer())})")
        yield ("precision", precision)
        yield ("recall", recall)
        if data.drawn and not data.drawing:
            yield _SAYS["gold_by_hand"]
    elif scores is None and data.links and not data.is_given and not data.drawing:
        mean = sum(link.confidence for link in data.links) / len(data.links)
        chance = data.by_chance()
        yield ("mean confidence", two_digits(mean), f" ({chance})" if chance else "")
        yield _SAYS["no_gold"]
