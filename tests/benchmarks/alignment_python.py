"""What an alignment view takes to open, how large it is, and its picture for hosts without widgets."""

from collections.abc import Iterator

from bertviz_plus.measures.alignment.word_alignment import alignment_map
from bertviz_plus.views.alignment import AlignmentView
from tests.benchmarks.alignment_pairs import joined_alignments, many_alignments
from tests.benchmarks.clock import best_of
from tests.benchmarks.table import Figure
from tests.benchmarks.wire import wire_bytes

MANY = 100
# Of softmax each word has many links; "inter" has one at most.
PICTURES = ((8, 8, "inter"), (42, 40, "inter"), (42, 40, "softmax"))
LONG = (600, 520)


def figures(full: bool) -> Iterator[Figure]:
    many = many_alignments(MANY)
    views: list[AlignmentView] = []
    (seconds,) = best_of(3 if full else 1, lambda: views.append(AlignmentView(many, progress=False)))
    about = f"{MANY} pairs × {len(many.hidden_layers)} layers × 9 methods"
    yield Figure(f"AlignmentView opens, {about}", seconds, "s", 5.0)
    yield Figure(f"its data, {about}", wire_bytes(views[-1]) / 1e6, "MB", 2.0)
    (seconds,) = best_of(1, lambda: alignment_map(many))
    yield Figure(f"alignment_map, {about}", seconds, "s", None)

    for source, target, method in PICTURES:
        view = AlignmentView(joined_alignments(source, target), method=method, progress=False)
        pictures: list[bytes] = []
        (seconds,) = best_of(10, lambda view=view, pictures=pictures: pictures.append(picture_of(view)))
        about = f"alignment's picture, {source} × {target} words, {method}"
        yield Figure(f"drawing {about}", 1000 * seconds, "ms", 50)
        yield Figure(f"size of {about}", len(pictures[-1]) / 1000, "kB", 60)

    (seconds,) = best_of(1, lambda: views.append(AlignmentView(joined_alignments(*LONG), progress=False)))
    about = f"{LONG[0]} × {LONG[1]} words"
    yield Figure(f"AlignmentView opens, {about}", seconds, "s", None)
    yield Figure(f"its data, {about}", wire_bytes(views[-1]) / 1e6, "MB", 2.0)


def picture_of(view: AlignmentView) -> bytes:
    picture: bytes = view.plate().fallback()
    return picture
