"""The scores that the sense view draws beside the picture, by layer, and the same on the picture."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.senses.labelled import usable
from bertviz_plus.measures.senses.neighbours import knn_accuracy
from bertviz_plus.measures.senses.projection import Projection
from bertviz_plus.measures.senses.scores import sense_scores
from bertviz_plus.measures.senses.silhouettes import silhouette
from bertviz_plus.traces.occurrences import Occurrences

DRAWN = ("knn", "silhouette")
# Above so many occurrences of a word its scores are those of a sample: a view opens within seconds.
_LARGE = 3000
_SAMPLE = 2000
_TITLES = {
    "knn": "1-nearest-neighbour accuracy",
    "centroid": "nearest centroid accuracy",
    "silhouette": "silhouette",
    "ari": "adjusted Rand index",
    "v_measure": "V-measure",
    "purity": "purity",
}
_COLUMNS = ("word", "hidden_layer", "measure", "value")
# Of a sample; enough for a band, and a fifth of the time.
_FEW_RESAMPLES = 200
_LONGEST_NOTE = 140


def scores_of(occurrences: Occurrences, scores: Any = None, *, progress: bool = True) -> pd.DataFrame:
    """Return the scores by layer: those given, or those that can be computed.

    Parameters
    ----------
    occurrences : Occurrences
    scores : DataFrame or False, optional
        What `sense_scores` returned; False for none. Computed without it, where there are senses.
    progress : bool, default True

    Raises
    ------
    ValueError
        Where it is no such table.

    Examples
    --------
    >>> scores_of(Occurrences.from_vectors(np.eye(3))).empty
    True
    """
    if scores is False:
        return pd.DataFrame(columns=list(_COLUMNS))
    if scores is not None:
        missing = [name for name in _COLUMNS if name not in getattr(scores, "columns", ())]
        if not isinstance(scores, pd.DataFrame) or missing:
            raise ValueError(
                "scores must be what sense_scores returned, a DataFrame with the columns "
                f"{', '.join(_COLUMNS)}, or False for none, got {type(scores).__name__}"
                + (f" without {', '.join(missing)}" if isinstance(scores, pd.DataFrame) else "")
            )
        return scores
    if not _can_score(occurrences):
        return pd.DataFrame(columns=list(_COLUMNS))
    chosen = _scored(occurrences)
    if len(chosen) == len(occurrences):
        return sense_scores(occurrences, measures=DRAWN, progress=progress)
    some = occurrences.take(chosen)
    table = sense_scores(some, measures=DRAWN, resamples=_FEW_RESAMPLES, progress=progress)
    said = f"on a seeded sample of {len(chosen):,} of {len(occurrences):,} occurrences"
    table["note"] = [f"{said}; {note}" if note else said for note in table["note"]]
    return table


def _scored(occurrences: Occurrences) -> NDArray[np.intp]:
    """Return the occurrences that are scored: of each word all that have a sense, or a sample of them."""
    if occurrences.senses is None:
        return np.empty(0, np.intp)
    places: dict[str, list[int]] = {}
    for place, (word, sense) in enumerate(zip(occurrences.words, occurrences.senses, strict=True)):
        if sense is not None:
            places.setdefault(word, []).append(place)
    if all(len(own) <= _LARGE for own in places.values()):
        return np.arange(len(occurrences))
    random = np.random.default_rng(0)
    kept = [
        own if len(own) <= _LARGE else random.choice(own, _SAMPLE, replace=False) for own in places.values()
    ]
    return np.sort(np.concatenate(kept)).astype(np.intp)


def _can_score(occurrences: Occurrences) -> bool:
    if occurrences.senses is None:
        return False
    labelled = [
        word for word, sense in zip(occurrences.words, occurrences.senses, strict=True) if sense is not None
    ]
    return len(labelled) > len(set(labelled))


def drawn_scores(
    scores: pd.DataFrame, occurrences: Occurrences, pca: Projection
) -> tuple[list[dict[str, Any]], str]:
    """Return at most two measures as lists by layer, and what is to be said in small print.

    Parameters
    ----------
    scores : DataFrame
        As `sense_scores` returns it.
    occurrences : Occurrences
    pca : Projection
        The picture on which the first measure is taken too.

    Returns
    -------
    list of dict
        None where a value is not defined.
    str

    Examples
    --------
    >>> from bertviz_plus.measures.senses.projection import project
    >>> vectors = np.random.default_rng(0).normal(size=(2, 12, 4))
    >>> bank = Occurrences.from_vectors(vectors, senses=["river", "money"] * 6)
    >>> drawn, fine_print = drawn_scores(scores_of(bank), bank, project(vectors))
    >>> [score["measure"] for score in drawn], len(drawn[0]["values"]), len(drawn[0]["picture"])
    (['knn', 'silhouette'], 2, 2)
    """
    if scores.empty:
        return [], ""
    whose = "all" if "all" in set(scores["word"]) else scores["word"].iloc[0]
    own = scores[scores["word"] == whose]
    known = set(own["measure"])
    wanted = [measure for measure in (*DRAWN, *_TITLES) if measure in known]
    drawn, notes = [], []
    for measure in list(dict.fromkeys(wanted))[:2]:
        rows = own[own["measure"] == measure].set_index("hidden_layer").reindex(occurrences.hidden_layers)
        if rows["value"].isna().all():
            notes += [f"{title_of(measure)} {note}" for note in _notes(rows)[:1]]
            continue
        score = _score(measure, rows)
        if measure == "knn" and occurrences.senses is not None:
            score["picture"] = _listed(_knn_on_picture(occurrences, pca))
        drawn.append(score)
        notes += [f"scores {note}" for note in _notes(rows) if "sample" in note]
    return drawn, "; ".join(dict.fromkeys(notes))[:_LONGEST_NOTE]


def cluster_scores(vectors: NDArray[np.floating[Any]], labels: NDArray[np.intp]) -> list[dict[str, Any]]:
    """Return how far clusters lie apart, by layer: what is drawn while clusters colour.

    Parameters
    ----------
    vectors : ndarray [hidden layers, occurrences, hidden]
    labels : ndarray [occurrences]
        Cluster of each; below 0 for none. Of many a seeded sample is scored.

    Examples
    --------
    >>> vectors = np.array([[[1, 0], [1, 0.1], [0, 1], [0.1, 1]], np.eye(2)[[0, 1, 0, 1]]], np.float32)
    >>> cluster_scores(vectors, np.array([0, 0, 1, 1]))[0]["values"]
    [0.99447, -0.5]
    >>> cluster_scores(vectors, np.zeros(4, int))
    []
    """
    chosen = np.flatnonzero(labels >= 0)
    if len(chosen) > _LARGE:
        chosen = np.sort(np.random.default_rng(0).choice(chosen, _SAMPLE, replace=False))
    values = []
    for layer in vectors:
        own = np.asarray(layer, np.float32)[chosen]
        here = usable(own)
        several = len(set(labels[chosen][here].tolist())) > 1
        values.append(silhouette(own[here], labels[chosen][here]) if several else np.nan)
    if not np.isfinite(values).any():
        return []
    return [
        {
            "measure": "silhouette",
            "title": "silhouette of the clusters",
            "values": _listed(values),
            "baseline": [0.0] * len(values),
            "baseline_name": "no clusters",
        }
    ]


def best_layer_of(drawn: list[dict[str, Any]], hidden_layers: tuple[int, ...]) -> int:
    """Return the layer of the highest score; where several tie, the second measure decides.

    Examples
    --------
    >>> best_layer_of([{"values": [0.5, 1.0, 1.0]}, {"values": [0.1, 0.2, 0.3]}], (0, 1, 2))
    2
    """
    if not drawn:
        return hidden_layers[-1]

    def worth(place: int) -> tuple[float, ...]:
        values = [score["values"][place] for score in drawn]
        return tuple(-1.0 if value is None else round(value, 3) for value in values)

    return hidden_layers[max(range(len(hidden_layers)), key=worth)]


def title_of(measure: str) -> str:
    """Return a measure's name in words."""
    return _TITLES.get(measure, measure)


def _score(measure: str, rows: pd.DataFrame) -> dict[str, Any]:
    score: dict[str, Any] = {
        "measure": measure,
        "title": title_of(measure),
        "values": _listed(rows["value"]),
    }
    for name in ("low", "high", "shuffled"):
        if name in rows:
            score[name] = _listed(rows[name])
    majority = rows.get("majority")
    if majority is not None and majority.notna().any():
        score |= {"baseline": _listed(majority), "baseline_name": "most frequent sense"}
    elif measure in ("silhouette", "ari"):
        score |= {"baseline": [0.0] * len(rows), "baseline_name": "no clusters"}
    return score


def _notes(rows: pd.DataFrame) -> list[str]:
    if "note" not in rows:
        return []
    found = [note for note in rows["note"].dropna() if note]
    return list(dict.fromkeys(part for note in found for part in note.split("; ")))


def _listed(values: Any) -> list[float | None]:
    return [None if not np.isfinite(value) else round(float(value), 5) for value in np.asarray(values, float)]


def _knn_on_picture(occurrences: Occurrences, pca: Projection) -> NDArray[np.float64]:
    """Return the accuracy of the nearest neighbour in the picture, by layer; over words, the mean."""
    scored = _scored(occurrences)
    senses = np.array(occurrences.senses, object)[scored]
    asked = np.array(occurrences.words, object)[scored]
    labelled = np.array([sense is not None for sense in senses], bool)
    by_word = []
    for word in dict.fromkeys(occurrences.words):
        own = (asked == word) & labelled
        if len(set(senses[own])) > 1:
            by_word.append([_knn(points[scored[own]], senses[own]) for points in pca.points])
    if not by_word:
        return np.full(len(pca.points), np.nan)
    return np.asarray(np.mean(by_word, axis=0), float)


def _knn(points: NDArray[np.float32], senses: NDArray[np.object_]) -> float:
    here = np.isfinite(points).all(axis=1)
    if here.sum() < 2:
        return float("nan")
    return knn_accuracy(points[here], senses[here].astype(str), metric="euclidean")
