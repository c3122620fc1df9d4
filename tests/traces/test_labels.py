"""A missing label is no label, wherever labels come in."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bertviz_plus.measures.senses.labelled import check_labels
from bertviz_plus.traces.occurrences import Occurrences

MISSING = [
    pd.Series(["a", None]),
    pd.Series(["a", pd.NA], dtype="string"),
    ["a", math.nan],
    np.array(["a", np.nan], object),
    ["a", pd.NaT],
]


@pytest.mark.parametrize("senses", MISSING)
def test_a_missing_sense_is_none(senses: Any) -> None:
    assert Occurrences.from_vectors(np.eye(2), senses=senses).senses == ("a", None)
    assert Occurrences.from_vectors(np.eye(2)).with_senses(senses).senses == ("a", None)


@pytest.mark.parametrize("labels", MISSING)
def test_a_measure_of_labels_refuses_a_missing_one(labels: Any) -> None:
    with pytest.raises(ValueError, match=r"labels\[1\] is missing"):
        check_labels(labels, 2, "labels")
