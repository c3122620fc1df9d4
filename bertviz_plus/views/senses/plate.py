"""What the plate of a sense view is drawn from."""

from typing import Any

import numpy as np

from bertviz_plus.plates.senses_data import SenseData
from bertviz_plus.views.senses.data import Payload
from bertviz_plus.views.senses.groups import CLUSTER


def plate_data(payload: Payload, data: dict[str, Any], colour: str, projection: str) -> SenseData:
    """Return one picture and one colouring of a payload.

    Parameters
    ----------
    payload : Payload
    data : dict
        What the front end draws from.
    colour, projection : str
        What is in view.
    """
    source = payload.source
    picture = payload.projections[projection]
    group = payload.group(colour)
    scores = payload.group_scores.get(colour, payload.drawn)
    space = payload.space_name(projection)
    return SenseData(
        title=data["title"],
        word=data["word"],
        dimensions=data["dimensions"],
        hidden_layers=source.hidden_layers,
        points=picture.points,
        fitted=tuple(data["projections"][projection]["layers"]),
        method=projection,
        explained=picture.explained,
        trustworthiness=picture.trustworthiness,
        note=picture.note,
        # What it says of the senses' scores is not of clusters.
        fine_print="" if colour == CLUSTER and payload.drawn else payload.fine_print,
        labels=group.labels if group else (),
        codes=group.codes if group else np.zeros(len(source), np.int64),
        scores=[one for one in scores if one.get("of", space) == space],
        typical=payload.typical.get(colour, []),
        typical_of=group.title if group else "",
        windows=payload.windows,
        mean_cosine=payload.spaces[projection].mean_cosine,
        about=payload.wording.about,
        unit=payload.wording.unit,
        near=payload.wording.near,
        relative_name=payload.wording.kin,
        relatives=payload.kin,
        clustered=colour == CLUSTER,
    )
