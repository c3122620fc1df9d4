"""What the plate of a sense view is drawn from."""

from typing import Any

import numpy as np

from bertviz_plus.plates.senses_data import SenseData
from bertviz_plus.views.points_data import Prepared


def plate_data(prepared: Prepared, data: dict[str, Any], colour: str, projection: str) -> SenseData:
    """Return one picture and one colouring of what was prepared.

    Parameters
    ----------
    prepared : Prepared
    data : dict
        What the front end draws from.
    colour, projection : str
        What is in view.
    """
    occurrences = prepared.occurrences
    picture = prepared.projections[projection]
    group = prepared.group(colour)
    scores = prepared.group_scores.get(colour, prepared.drawn)
    return SenseData(
        title=data["title"],
        word=data["word"],
        dimensions=data["dimensions"],
        hidden_layers=occurrences.hidden_layers,
        points=picture.points,
        fitted=tuple(data["projections"][projection]["layers"]),
        method=projection,
        explained=picture.explained,
        trustworthiness=picture.trustworthiness,
        note=picture.note,
        fine_print=prepared.fine_print,
        labels=group.labels if group else (),
        codes=group.codes if group else np.zeros(len(occurrences), np.int64),
        scores=[one for one in scores if one.get("of", projection) == projection],
        typical=prepared.typical,
        typical_of=prepared.groups[0].title if prepared.groups else "",
        windows=prepared.windows,
        mean_cosine=prepared.spaces[projection].mean_cosine,
        about=prepared.wording.about,
        unit=prepared.wording.unit,
        near=prepared.wording.near,
        relative_name=prepared.wording.kin,
        relatives=prepared.kin,
    )
