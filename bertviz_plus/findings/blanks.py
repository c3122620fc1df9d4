"""Blanks that a finding asks a masked language model to fill: what is needed, and how they are read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.experiment import Need
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.traces.diagnostic import Diagnostic


def _can_be_asked(study: Study) -> bool:
    if study.data.reading is not None:
        return True
    from bertviz_plus.models.predictions.head import head_of

    return head_of(study.model) == "masked-LM"


MASKED_LM = Need(
    "{architecture} has no masked-LM head to fill blanks with; load a model that has, such as bert-tiny",
    _can_be_asked,
)
"""A masked language model is there, or what one said."""


class Differences(dict[str, NDArray[np.float64]]):
    """By how much the right word beats the others in each blank of some diagnostics, and who said so.

    Attributes
    ----------
    model : ModelInfo or None
    uncalibrated : dict of str to ndarray
        The same before the words were calibrated, where they were.
    """

    model: Any = None
    uncalibrated: Mapping[str, NDArray[np.float64]] = MappingProxyType({})


def asked(
    model: Any, diagnostics: Mapping[str, Diagnostic], study: Study, *, calibrated: bool = False
) -> Differences:
    """Ask a model some diagnostics; calibrated, a word must be likelier than in the other questions."""
    from bertviz_plus.measures.predictions.diagnosing import diagnose
    from bertviz_plus.measures.predictions.sensitivity import calibrated_differences

    found, plain = Differences(), {}
    for name, one in diagnostics.items():
        frame = diagnose(model, one, progress=study.progress)
        found[name] = plain[name] = frame["difference"].to_numpy(float)
        if calibrated:
            found[name] = calibrated_differences(one, frame["probabilities"].tolist())
    if calibrated:
        found.uncalibrated = plain
    found.model = model.info
    return found


def taken(diagnostics: Mapping[str, Diagnostic], given: Mapping[str, Any] | None, name: str) -> Data:
    """Put diagnostics, and differences that were read in them, into the form of a study's data.

    Raises
    ------
    ValueError
        Where there is not a difference for each question of each diagnostic.
    """
    rows = [[key, *one] for key, own in diagnostics.items() for one in own.questions]
    described = data_record(name, rows, questions=len(rows))
    if given is None:
        return Data(diagnostics, described)
    found = Differences({key: np.asarray(value, float) for key, value in given.items()})
    if {key: len(one) for key, one in diagnostics.items()} != {key: len(one) for key, one in found.items()}:
        raise ValueError(
            "data must hold a difference for each question of "
            f"{', '.join(diagnostics)}, got {', '.join(found) or 'none'}"
        )
    return Data(diagnostics, described, found)
