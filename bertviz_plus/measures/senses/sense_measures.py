"""One score of one word's senses at one hidden layer: its value, draws and baselines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.intervals import Resamples
from bertviz_plus.measures.senses.agreement import adjusted_rand, purity, v_measure
from bertviz_plus.measures.senses.centroids import centroid_correct
from bertviz_plus.measures.senses.kmeans import kmeans
from bertviz_plus.measures.senses.labelled import one_hot
from bertviz_plus.measures.senses.neighbours import Neighbours, capped, codes_among, find_neighbours
from bertviz_plus.measures.senses.silhouettes import centred_silhouettes, centred_units

CLASSIFIERS = ("knn", "centroid")
"""Measures that can be taken on test items."""

_TABLES: dict[str, Callable[[NDArray[np.floating]], NDArray[np.float64]]] = {
    "ari": adjusted_rand,
    "v_measure": v_measure,
    "purity": purity,
}
MEASURES = (*CLASSIFIERS, "silhouette", *_TABLES)
"""All measures of senses, in the order in which they are shown."""

SHUFFLES = 10
"""How many shuffles of the labels the baseline is the mean of."""

_IDENTICAL = "all vectors are identical"


@dataclass(frozen=True, eq=False)
class Score:
    """A score with what it is compared with.

    Attributes
    ----------
    value : float
    draws : ndarray [resamples]
        The same on each bootstrap resample.
    majority, shuffled : float
        Baselines; NaN where they do not apply.
    n, senses : int
        Points used, and how many senses they have.
    note : str
    """

    value: float
    draws: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    majority: float = float("nan")
    shuffled: float = float("nan")
    n: int = 0
    senses: int = 0
    note: str = ""


@dataclass(eq=False)
class Labelled:
    """Vectors of one word at one hidden layer, with senses; what its measures share is found once.

    Attributes
    ----------
    vectors : ndarray [items, dimensions], float32
    codes : ndarray [items]
        Number of each item's sense.
    names : ndarray [senses]
    sources : ndarray [scored items]
        Sentence of each item that is scored: the test items where there are any.
    note : str
        What was left out.
    test_vectors, test_codes : ndarray or None
        Items to classify; −1 for a sense that the others have not.
    """

    vectors: NDArray[np.float32]
    codes: NDArray[np.intp]
    names: NDArray[Any]
    sources: NDArray[np.intp]
    note: str
    test_vectors: NDArray[np.float32] | None = None
    test_codes: NDArray[np.intp] | None = None
    _near: dict[int, Neighbours] = field(default_factory=dict)
    _clusters: dict[int, NDArray[np.intp]] = field(default_factory=dict)
    _centred: tuple[NDArray[np.float32], NDArray[np.float64]] | None = None

    @classmethod
    def of(
        cls,
        train: tuple[NDArray[np.float32], NDArray[Any]],
        test: tuple[NDArray[np.float32], NDArray[Any]] | None,
        sources: NDArray[np.intp],
        note: str,
    ) -> "Labelled":
        """Give numbers to the senses of items, and to those of test items among them.

        Examples
        --------
        >>> two = (np.eye(2, dtype=np.float32), np.array(["river", "money"]))
        >>> Labelled.of(two, None, np.arange(2), "").codes.tolist()
        [1, 0]
        """
        names, codes = np.unique(train[1], return_inverse=True)
        if test is None:
            return cls(train[0], codes, names, sources, note)
        test_codes = codes_among(names, test[1]) if len(names) else np.full(len(test[1]), -1)
        return cls(train[0], codes, names, sources, note, test[0], test_codes)

    @property
    def scored(self) -> NDArray[np.intp]:
        """Senses of the items that are scored."""
        return self.codes if self.test_codes is None else self.test_codes

    def near(self, k: int) -> Neighbours:
        """Return the k nearest neighbours of each item that is scored."""
        if k not in self._near:
            self._near[k] = find_neighbours(self.vectors, k, self.test_vectors)
        return self._near[k]

    def clusters(self, seed: int) -> NDArray[np.intp]:
        """Return each item's cluster by k-means with as many clusters as senses."""
        if seed not in self._clusters:
            self._clusters[seed] = kmeans(self.vectors, len(self.names), seed=seed).labels
        return self._clusters[seed]

    def centred(self) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return what silhouettes are made of."""
        if self._centred is None:
            self._centred = centred_units(self.vectors)
        return self._centred


def score(
    labelled: Labelled, measure: str, k: int, resampled: Callable[[NDArray[np.intp]], Resamples], seed: int
) -> Score:
    """Take one measure, on bootstrap resamples and with shuffled labels too.

    Parameters
    ----------
    labelled : Labelled
    measure : str
        One of `MEASURES`.
    k : int
        Neighbours, for "knn".
    resampled : callable
        From the items' sentences to their `Resamples`.
    seed : int
        For shuffles and k-means.

    Returns
    -------
    Score
        NaN with the reason in the note where the measure is not defined.

    Examples
    --------
    >>> from bertviz_plus.measures.intervals import draw_resamples
    >>> three = (np.array([[1, 0], [1, 0.1], [0, 1]], np.float32), np.array(["a", "a", "b"]))
    >>> found = score(Labelled.of(three, None, np.arange(3), ""), "knn", 1, draw_resamples, 0)
    >>> round(found.value, 2), found.note
    (0.67, '1 sense with a single occurrence, which is never right')
    """
    n = len(labelled.scored)
    senses = len(labelled.names)
    why = _undefined(labelled)
    if why:
        return Score(float("nan"), n=n, senses=senses, note=_joined(labelled.note, why))
    # The first labelling is the real one, the others are shuffles.
    random = np.random.default_rng(seed)
    shuffles = [random.permutation(labelled.codes) for _ in range(SHUFFLES)]
    codes = np.stack([labelled.codes, *shuffles], axis=1)
    notes = [labelled.note, *_remarks(labelled, measure, k)]
    if measure in _TABLES:
        value, draws, shuffled = _of_clusters(labelled, measure, resampled, codes, seed)
    else:
        items = _items(labelled, measure, codes, k)
        if np.isnan(items).all():
            # Silhouette's distances are all 0: neither near nor far.
            why = f"undefined: {_IDENTICAL}"
            return Score(float("nan"), n=n, senses=senses, note=_joined(*notes, why))
        value, draws = float(items[:, 0].mean()), resampled(labelled.sources).means(items[:, 0])
        shuffled = float(items[:, 1:].mean())
    majority = _majority(labelled) if measure in (*CLASSIFIERS, "purity") else float("nan")
    return Score(value, draws, majority, shuffled, n, senses, _joined(*notes))


def _undefined(labelled: Labelled) -> str:
    if not len(labelled.scored):
        return "undefined: nothing to score"
    if len(labelled.names) < 2:
        return "undefined: a single sense" if len(labelled.names) else "undefined: no labelled occurrences"
    if len(labelled.codes) < 2:
        return "undefined: a single occurrence"
    return ""


def _remarks(labelled: Labelled, measure: str, k: int) -> list[str]:
    remarks = []
    sizes = np.bincount(labelled.codes)
    alone = int(np.count_nonzero(sizes == 1))
    if measure == "knn" and sizes.min() < k:
        remarks.append(f"k = {sizes.min()}, the size of the smallest sense, instead of {k}")
    if measure in CLASSIFIERS and labelled.test_codes is None and alone:
        plural = "s" if alone > 1 else ""
        remarks.append(f"{alone} sense{plural} with a single occurrence, which is never right")
    if labelled.test_codes is not None and (labelled.test_codes < 0).any():
        unknown = np.count_nonzero(labelled.test_codes < 0)
        remarks.append(f"{unknown:,} test occurrences of a sense not in occurrences, which are never right")
    return remarks


def _items(labelled: Labelled, measure: str, codes: NDArray[np.intp], k: int) -> NDArray[np.float64]:
    """Return one value per item that is scored and labelling."""
    senses = len(labelled.names)
    if measure == "knn":
        near = labelled.near(capped(k, labelled.codes))
        if labelled.test_codes is not None:
            return np.stack([near.correct(run, senses, labelled.test_codes) for run in codes.T], axis=1)
        return np.stack([near.correct(run, senses) for run in codes.T], axis=1)
    if measure == "centroid":
        return centroid_correct(labelled.vectors, codes, senses, labelled.test_vectors, labelled.test_codes)
    return centred_silhouettes(*labelled.centred(), codes, senses)


def _of_clusters(
    labelled: Labelled,
    measure: str,
    resampled: Callable[[NDArray[np.intp]], Resamples],
    codes: NDArray[np.intp],
    seed: int,
) -> tuple[float, NDArray[np.float64], float]:
    """Return the value, its draws and its mean over shuffles, from tables of senses and clusters."""
    senses = len(labelled.names)
    clusters = labelled.clusters(seed)
    cells = senses * senses

    places = codes * senses + clusters[:, np.newaxis]
    tables = one_hot(places, cells).sum(axis=0, dtype=float).reshape(-1, senses, senses)
    values = _TABLES[measure](tables)
    drawn = resampled(labelled.sources).sums(one_hot(places[:, 0], cells)).reshape(-1, senses, senses)
    return float(values[0]), _TABLES[measure](drawn), float(values[1:].mean())


def _majority(labelled: Labelled) -> float:
    """Return the accuracy of always naming the most frequent sense."""
    most = int(np.bincount(labelled.codes).argmax())
    return float((labelled.scored == most).mean())


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
