"""Written forms of a word: "spring" and "springs" lie further apart than two of its meanings."""

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.senses.labelled import usable
from bertviz_plus.traces.occurrences import Occurrences

# A mean of fewer vectors says more about these than about their form.
FEWEST = 4


def written_forms(occurrences: Occurrences) -> NDArray[np.str_]:
    """Return each occurrence as it is written, in lower case.

    Examples
    --------
    >>> two = Occurrences.from_vectors(np.eye(2), texts=["Springs", "a spring"], spans=[(0, 7), (2, 8)])
    >>> written_forms(two).tolist()
    ['springs', 'spring']
    """
    places = zip(occurrences.texts, occurrences.spans, strict=True)
    return np.array([text[start:end].casefold() for text, (start, end) in places], np.str_)


def has_several_forms(occurrences: Occurrences) -> bool:
    """Return whether two forms at least occur often enough for a mean of their own.

    Examples
    --------
    >>> has_several_forms(Occurrences.from_vectors(np.eye(20), word="bank"))
    False
    """
    _, counts = np.unique(written_forms(occurrences), return_counts=True)
    return int(np.count_nonzero(counts >= FEWEST)) > 1


def without_forms(
    vectors: NDArray[np.floating], forms: NDArray[np.str_], counted: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Replace the mean vector of each written form by the mean of all.

    Parameters
    ----------
    vectors : ndarray [occurrences, hidden]
    forms : ndarray [occurrences] of str
        As `written_forms` returns them. Those that occur fewer than four times stay as they are.
    counted : ndarray [occurrences] of bool, optional
        Vectors that are moved and averaged; by default those that are finite and not 0.

    Returns
    -------
    ndarray [occurrences, hidden], float32

    Examples
    --------
    >>> vectors = np.repeat([[0.0, 1.0], [4.0, 1.0]], 4, axis=0)
    >>> without_forms(vectors, np.repeat(["bank", "banks"], 4))[[0, 7]].tolist()
    [[2.0, 1.0], [2.0, 1.0]]
    """
    moved = np.array(vectors, np.float32)
    good = np.flatnonzero(usable(moved) if counted is None else counted)
    mean = moved[good].mean(axis=0) if good.size else None
    for form in np.unique(forms[good]):
        own = good[forms[good] == form]
        if FEWEST <= len(own) < len(good):
            moved[own] += mean - moved[own].mean(axis=0)
    return moved
