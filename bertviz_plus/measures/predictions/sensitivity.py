"""How often a right word gets more probability than a wrong one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.diagnostic import Diagnostic

if TYPE_CHECKING:
    import pandas as pd

THRESHOLD = 0.01
"""By how much probabilities must differ to do so clearly (Ettinger 2019, section 6.2)."""


def sensitivity_differences(
    diagnostic: Diagnostic, probabilities: Sequence[Sequence[float]]
) -> NDArray[np.float64]:
    """Return by how much each question's right word is more probable than the best wrong one.

    Where a question has rivals, its word is compared with them. Where it has none, and its item has the
    conditions "a" and "b", the word's probability under "a" is compared with that under "b".

    Parameters
    ----------
    diagnostic : Diagnostic
    probabilities : sequence of sequence of float
        For each question those of its `words`; NaN for a word that cannot be asked for.

    Returns
    -------
    ndarray [questions]
        Negative where the wrong word is more probable; NaN where nothing is compared.

    Raises
    ------
    ValueError
        Where the probabilities are not as many as the words.

    References
    ----------
    Ettinger 2019, "What BERT is not", section 6.2, and `sensitivity_tests.py` of the code beside it.

    Examples
    --------
    >>> birds = Diagnostic("birds", [("A robin is a [MASK].", ["bird"], ["tree", "fish"])])
    >>> sensitivity_differences(birds, [[0.5, 0.125, 0.25]])
    array([0.25])
    """
    if [len(one) for one in probabilities] != [len(one.words) for one in diagnostic.questions]:
        raise ValueError(
            f"probabilities must hold one for each of the words of the {len(diagnostic)} questions, "
            f"got {len(probabilities)}"
        )
    reversed_ = {
        one.item: own[0]
        for one, own in zip(diagnostic.questions, probabilities, strict=True)
        if one.condition == "b"
    }
    found = np.full(len(diagnostic), np.nan)
    for place, (one, own) in enumerate(zip(diagnostic.questions, probabilities, strict=True)):
        if one.rivals:
            found[place] = np.min([own[0] - rival for rival in own[1:]])
        elif one.condition == "a" and one.item in reversed_:
            found[place] = own[0] - reversed_[one.item]
    return found


def calibrated_differences(
    diagnostic: Diagnostic, probabilities: Sequence[Sequence[float]]
) -> NDArray[np.float64]:
    """Return by how much each question's right word beats the best wrong one, beyond how often it is said.

    From the log-probability of each word its mean over the questions that offer the word is taken: what is
    left is due to the question. An answer that is probable whatever is asked wins nothing then.

    Parameters
    ----------
    diagnostic : Diagnostic
        Of questions whose answers are about equally frequent.
    probabilities : sequence of sequence of float
        For each question those of its `words`.

    Returns
    -------
    ndarray [questions]
        In nats; NaN where nothing is compared.

    References
    ----------
    Zhao et al. 2021, "Calibrate Before Use". Holtzman et al. 2021, "Surface Form Competition".

    Examples
    --------
    >>> robin, cod = ("A robin is a [MASK].", ["bird"], ["fish"]), ("A cod is a [MASK].", ["fish"], ["bird"])
    >>> two = Diagnostic("kinds", [robin, cod])
    >>> calibrated_differences(two, [[0.6, 0.1], [0.2, 0.3]]).round(2).tolist()
    [0.69, 0.69]
    """
    logs = [np.log(np.asarray(one, float)) for one in probabilities]
    of_word: dict[str, list[float]] = {}
    for question, own in zip(diagnostic.questions, logs, strict=True):
        for word, value in zip(question.words, own.tolist(), strict=True):
            of_word.setdefault(word, []).append(value)
    usual = {word: float(np.mean(values)) for word, values in of_word.items()}
    found = np.full(len(logs), np.nan)
    for place, (question, own) in enumerate(zip(diagnostic.questions, logs, strict=True)):
        lifted = own - [usual[word] for word in question.words]
        if len(lifted) > 1:
            found[place] = lifted[0] - lifted[1:].max()
    return found


def diagnostic_scores(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Count what a model got right: over all questions, in each condition, of each kind, and in both.

    Parameters
    ----------
    frame : DataFrame
        Of `bertviz_plus.diagnose`: ``kind``, ``condition``, ``difference`` and, where it has it, ``hit``.

    Returns
    -------
    pandas.DataFrame
        For each ``kind`` and ``condition`` ("all" for all of them): ``compared``, how many questions have a
        right and a wrong word to compare; ``right``, in how many the right one is more probable;
        ``clearly_right``, by more than .01; ``sensitivity``, right as a share of compared. With ``hit``:
        ``ranked``, how many have a rank, ``hits``, whose answer is among the best, and ``accuracy``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"kind": ["", ""], "condition": ["a", "b"], "difference": [0.5, -0.5]})
    >>> diagnostic_scores(rows)[["condition", "compared", "right"]].values.tolist()
    [['all', 2, 1], ['a', 1, 1], ['b', 1, 0]]
    """
    import pandas as pd

    needed = {"kind", "condition", "difference"}
    if not isinstance(frame, pd.DataFrame) or not needed <= set(frame.columns):
        raise ValueError(f"frame must have the columns {', '.join(sorted(needed))}, as diagnose returns them")
    rows = []
    for kind in ("all", *filter(None, frame["kind"].unique())):
        for condition in ("all", *filter(None, frame["condition"].unique())):
            own = frame[
                ((kind == "all") | (frame["kind"] == kind))
                & ((condition == "all") | (frame["condition"] == condition))
            ]
            difference = own["difference"].dropna()
            row = {
                "kind": kind,
                "condition": condition,
                "compared": len(difference),
                "right": int((difference > 0).sum()),
                "clearly_right": int((difference > THRESHOLD).sum()),
                "sensitivity": float((difference > 0).mean()) if len(difference) else np.nan,
            }
            if "hit" in own:
                hit = own["hit"].dropna().astype(bool)
                accuracy = float(hit.mean()) if len(hit) else np.nan
                row |= {"ranked": len(hit), "hits": int(hit.sum()), "accuracy": accuracy}
            rows.append(row)
    return pd.DataFrame(rows)
