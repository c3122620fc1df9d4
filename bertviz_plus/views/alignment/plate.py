"""What the plate of an alignment view is drawn from."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.methods import METHODS
from bertviz_plus.measures.alignment.word_alignment import word_similarity
from bertviz_plus.plates.alignment_data import AlignmentData
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.links import Gold
from bertviz_plus.traces.text_direction import sentence_from_right
from bertviz_plus.views.alignment.data import Payload
from bertviz_plus.views.alignment.map import Measure, diagonal_aer, map_of, stable_links

if TYPE_CHECKING:
    from bertviz_plus.views.alignment import AlignmentView


def plate_data(payload: Payload, view: "AlignmentView") -> AlignmentData:
    """Return what is on screen."""
    alignments, place = payload.alignments, view.pair
    pair = alignments[place]
    shown = view.alignment_of()
    total = len(view.alignment_of(threshold=0.0).links) if view.threshold else len(shown.links)
    measure, values, note, of_diagonal = map_values(payload, view)
    whole = payload.map
    similarity = None
    if view.show_similarity and alignments.hidden_layers:
        similarity = word_similarity(pair, alignments.place_of(view.hidden_layer))
    read = pair.cosines is not None
    return AlignmentData(
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
        methods=(*payload.methods, *payload.given),
        hidden_layer=view.hidden_layer,
        hidden_layers=alignments.hidden_layers,
        gold=_gold_in_view(view),
        stable=stable_links(payload, place),
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
        chance=None if whole is None or whole.chance is None else whole.chance.T,
        chance_note=whole.chance_note if whole else "",
        diagonal=of_diagonal,
    )


def map_values(
    payload: Payload, view: "AlignmentView"
) -> tuple[str, NDArray[np.floating[Any]], str, float | None]:
    """Return the map's measure, its values ``[layers, methods]``, a note and the diagonal's error rate.

    As the front end counts them: what was drawn is gold too, and links under the threshold do not count.
    """
    if payload.map is None:
        return "", np.zeros((0, 0)), "", None
    pairs = payload.alignments
    if view.map_of == "pair" or len(pairs) == 1:
        gold = _gold_in_view(view)
        one = payload.count(view.pair, gold, view.threshold)
        measure: Measure = "confidence" if gold is None else "aer"
        return measure, map_of({view.pair: one}, measure).all, "", diagonal_aer([pairs[view.pair]], [gold])
    whole, drawn = payload.map, view.links
    places = sorted(whole.pairs)
    made = {place for place, links in drawn.items() if links.possible}
    is_given = whole.measure == "aer"
    if not view.threshold and not (drawn if is_given else made):
        return whole.measure, whole.all, whole.note, diagonal_aer(pairs[place] for place in places)
    # Where no pair came with gold, those that were drawn are what can be judged.
    judged = (set(places) | made) - (set(drawn) - made) if is_given else made
    both = sorted(judged or places)
    missing = len(set(both) - set(view.data["embedded"]))
    if missing:
        without = "of all links, whatever the threshold" if view.threshold else "without what was drawn"
        said = f"{without}: {counted(missing, 'pair')} not in this view"
        note = "; ".join(part for part in (whole.note, said) if part)
        return whole.measure, whole.all, note, diagonal_aer(pairs[place] for place in places)
    golds = view.drawn_gold()
    again = {place: payload.count(place, golds[place], view.threshold) for place in both}
    note = "" if is_given and len(both) > len(places) else whole.note
    if made and not is_given and len(made) < len(pairs):
        note = f"over {counted(len(made), 'pair')}, drawn here"
    of_diagonal = diagonal_aer([pairs[place] for place in both], [golds[place] for place in both])
    measure = "aer" if judged else "confidence"
    return measure, map_of(again, measure).all, note, of_diagonal


def _gold_in_view(view: "AlignmentView") -> Gold | None:
    """Return the pair's gold; a pair whose links were all taken away has none to measure against."""
    gold = view.links_of()
    return None if view.pair in view.links and gold is not None and not gold.possible else gold
