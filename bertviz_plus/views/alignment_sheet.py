"""What of an alignment view its picture needs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.alignment_sheet import AlignmentSheet
from bertviz_plus.figures.wording import counted
from bertviz_plus.measures.alignment import METHODS
from bertviz_plus.measures.word_alignment import word_similarity
from bertviz_plus.views.alignment_data import Prepared, sentence_from_right
from bertviz_plus.views.alignment_map import Measure, map_of, steady_links

if TYPE_CHECKING:
    from bertviz_plus.views.alignment import AlignmentView


def sheet_of(prepared: Prepared, view: "AlignmentView") -> AlignmentSheet:
    """Return what is on screen."""
    alignments, place = prepared.alignments, view.pair
    pair = alignments[place]
    shown = view.alignment_of()
    total = len(view.alignment_of(threshold=0.0).links) if view.threshold else len(shown.links)
    measure, values, note = map_values(prepared, view)
    similarity = None
    if view.show_similarity and alignments.hidden_layers:
        similarity = word_similarity(pair, alignments.place_of(view.hidden_layer))
    read = pair.cosines is not None
    return AlignmentSheet(
        title=view.data["title"],
        languages=alignments.languages,
        pair=place,
        pairs=len(alignments),
        source=pair.source,
        target=pair.target,
        source_rtl=sentence_from_right(pair.source),
        target_rtl=sentence_from_right(pair.target),
        links=shown.links,
        hidden=total - len(shown.links),
        threshold=view.threshold,
        method=view.method,
        methods=(*prepared.methods, *prepared.given),
        hidden_layer=view.hidden_layer,
        hidden_layers=alignments.hidden_layers,
        gold=view.links_of(),
        steady=steady_links(prepared, place),
        measure=measure,
        values=values.T,
        map_of=view.map_of,
        note=note,
        fine_print=view.data["fine_print"],
        similarity=similarity,
        drawing=view.drawing,
        drawn=str(place) in view.drawn,
        cut_source=frozenset(pair.cut_source if read else ()),
        cut_target=frozenset(pair.cut_target if read else ()),
        method_title=METHODS[view.method].title if view.method in METHODS else "",
    )


def map_values(prepared: Prepared, view: "AlignmentView") -> tuple[str, NDArray[np.floating[Any]], str]:
    """Return the map's measure, its values ``[layers, methods]`` and a note, as the front end counts them.

    What was drawn is gold too, and links under the threshold do not count.
    """
    if prepared.map is None:
        return "", np.zeros((0, 0)), ""
    if view.map_of == "pair" or len(prepared.alignments) == 1:
        gold = view.links_of()
        one = prepared.count(view.pair, gold, view.threshold)
        measure: Measure = "confidence" if gold is None else "aer"
        return measure, map_of({view.pair: one}, measure).all, ""
    whole, drawn = prepared.map, view.links
    if not view.threshold and not drawn:
        return whole.measure, whole.all, whole.note
    both = set(whole.pairs) | (set(drawn) if whole.measure == "aer" else set())
    missing = len(both - set(view.data["embedded"]))
    if missing:
        without = "of all links, whatever the threshold" if view.threshold else "without what was drawn"
        said = f"{without}: {counted(missing, 'pair')} not in this view"
        return whole.measure, whole.all, "; ".join(part for part in (whole.note, said) if part)
    golds = view.drawn_gold()
    again = {place: prepared.count(place, golds[place], view.threshold) for place in sorted(both)}
    note = "" if len(both) > len(whole.pairs) else whole.note
    return whole.measure, map_of(again, whole.measure).all, note
