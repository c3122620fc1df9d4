"""How well a word's vectors tell its senses apart, hidden layer by hidden layer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.intervals import Resamples, draw_resamples, interval
from bertviz_plus.measures.senses.labelled import usable
from bertviz_plus.measures.senses.sense_measures import CLASSIFIERS, MEASURES, Labelled, Score, score
from bertviz_plus.traces.occurrences import Occurrences, check_occurrences
from bertviz_plus.traces.progress import tqdm

COLUMNS = (
    "word",
    "hidden_layer",
    "measure",
    "value",
    "low",
    "high",
    "majority",
    "layer0",
    "shuffled",
    "n",
    "senses",
    "note",
)
"""What `sense_scores` tells of each word, hidden layer and measure."""


def sense_scores(
    occurrences: Occurrences,
    *,
    test: Occurrences | None = None,
    measures: Sequence[str] | None = None,
    k: int = 1,
    resamples: int = 1000,
    sample: int = 3000,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """Measure at every hidden layer how well vectors tell senses apart, beside what chance would give.

    ============== ================================================================================
    measure        what it is
    ============== ================================================================================
    ``knn``        accuracy of the k nearest neighbours by cosine, leave-one-out or on `test`
    ``centroid``   accuracy of the nearest sense centroid after subtracting the mean vector, likewise
    ``silhouette`` mean silhouette of the senses by cosine distance
    ``ari``        adjusted Rand index of senses and of k-means with as many groups as senses
    ``v_measure``  V-measure of the same
    ``purity``     purity of the same
    ============== ================================================================================

    Parameters
    ----------
    occurrences : Occurrences
        With senses. Those whose sense is None, and vectors that are NaN or of length 0, are left out and
        counted in ``note``.
    test : Occurrences, optional
        Classified by `occurrences` (word by word), for ``knn`` and ``centroid``.
    measures : sequence of str, optional
        Which; all of them without `test`, the first two with it.
    k : int, default 1
        Neighbours for ``knn``, at most the size of the smallest sense (``note`` says so).
    resamples : int, default 1000
        Bootstrap resamples of sentences; 0 for no intervals.
    sample : int, default 3000
        Above so many occurrences of a word, ``knn`` (n² products) and k-means take a uniform sample of
        this size, the same at all layers; ``n`` and ``note`` say so. ``centroid`` and ``silhouette`` take
        all.
    seed : int, default 0
        For the sample, the shuffles, the k-means starts and the bootstrap.
    progress : bool, default True
        Show a bar when it takes more than a second.

    Returns
    -------
    DataFrame
        One row per word, hidden layer and measure, and with several words also their plain mean, as word
        "all". ``value``; ``low`` and ``high``, its 95% bootstrap interval; the baselines ``majority``
        (share of the most frequent sense, where it applies), ``layer0`` (the value at hidden layer 0) and
        ``shuffled`` (mean of ten shuffles of the labels); ``n`` points used; ``senses``, their number;
        ``note``, what was left out, or why a value is NaN.

    Raises
    ------
    ValueError
        Where there are no senses, no word has two labelled occurrences, a measure does not exist, or
        `test` has other hidden layers or none of the words.

    Notes
    -----
    Intervals are percentiles over resampled sentences: of each item's correctness or silhouette, found
    once; and for k-means of the table of senses and clusters, the clusters found once. Leave-one-out
    nearest centroid falls below ``majority`` where vectors say nothing about the sense, as at layer 0:
    compare it with ``shuffled``. Neighbours and centroids that tie share the credit, so that equal vectors
    score as chance does.

    References
    ----------
    Wiedemann et al. 2019, "Does BERT Make Any Sense?". Coenen et al. 2019, "Visualizing and Measuring the
    Geometry of BERT". Loureiro et al. 2021, "Analysis and Evaluation of Language Models for Word Sense
    Disambiguation" (CoarseWSD-20).

    Examples
    --------
    >>> import numpy as np
    >>> from bertviz_plus.traces.occurrences import Occurrences
    >>> senses = ["river", "money"] * 10
    >>> vectors = np.ones((2, 20, 4)) + np.random.default_rng(0).normal(size=(2, 20, 4)) * 0.01
    >>> vectors[1, ::2, 0] += 1  # parted at hidden layer 1 only
    >>> bank = Occurrences.from_vectors(vectors, senses=senses, word="bank")
    >>> scores = sense_scores(bank, measures=["knn"], resamples=100)
    >>> scores[["hidden_layer", "value", "majority"]].round(1).values.tolist()[1]
    [1.0, 1.0, 0.5]
    """
    check_occurrences(occurrences, 'sense_scores(occurrences(model, "bank", texts, senses=senses))')
    wanted = _check_measures(measures, test)
    if k < 1:
        raise ValueError(f"k must be 1 or more, got {k}")
    if sample < 2:
        raise ValueError(f"sample must be 2 or more, got {sample}")
    words = _labelled_words(occurrences, "occurrences", least=1 if test is not None else 2)
    tested = None if test is None else _test_words(occurrences, test, list(words))
    table: list[dict[str, Any]] = []
    draws: dict[tuple[str, int, str], NDArray[np.float64]] = {}
    names = list(words) if tested is None else [word for word in words if word in tested]
    total = len(names) * len(occurrences.hidden_layers)
    with tqdm(total=total, desc="scores", delay=1, leave=False, disable=not progress) as bar:
        for word in names:
            task = _Word(words[word], None if tested is None else tested[word], k, resamples, sample, seed)
            for place, layer in enumerate(occurrences.hidden_layers):
                for measure in wanted:
                    found = task.score(place, measure)
                    draws[word, layer, measure] = found.draws
                    table.append(_row(word, layer, measure, found))
                bar.update()
    frame = pd.DataFrame(table, columns=list(COLUMNS))
    if len(names) > 1:
        frame = pd.concat([frame, _mean_of_words(frame, draws)], ignore_index=True)
    first = frame[frame["hidden_layer"] == 0].set_index(["word", "measure"])["value"]
    keys = pd.MultiIndex.from_frame(frame[["word", "measure"]])
    frame["layer0"] = first.reindex(keys).to_numpy(float)
    return frame


@dataclass(frozen=True, eq=False)
class _Occurred:
    """One word's labelled occurrences."""

    vectors: NDArray[np.float32]
    senses: NDArray[np.str_]
    sources: NDArray[np.intp]
    unlabelled: int


@dataclass(eq=False)
class _Word:
    """One word's scores at any layer, with what its layers and measures share."""

    train: _Occurred
    test: _Occurred | None
    k: int
    resamples: int
    sample: int
    seed: int
    _drawn: dict[bytes, Resamples] = field(default_factory=dict)
    _layers: dict[tuple[int, bool], Labelled] = field(default_factory=dict)

    def score(self, place: int, measure: str) -> Score:
        sampled = measure not in ("centroid", "silhouette")
        # One layer's vectors at a time: what belongs to those before is let go.
        for key in [key for key in self._layers if key[0] != place]:
            del self._layers[key]
        if (place, sampled) not in self._layers:
            self._layers[place, sampled] = self._labelled(place, sampled=sampled)
        return score(self._layers[place, sampled], measure, self.k, self._resamples, self.seed)

    def _labelled(self, place: int, *, sampled: bool) -> Labelled:
        train, notes, kept = self._kept(self.train, place, "", sampled=sampled)
        tested = None
        if self.test is not None:
            tested, more, kept = self._kept(self.test, place, "test ", sampled=False)
            notes += more
        return Labelled.of(train, tested, kept, "; ".join(notes))

    def _kept(
        self, occurred: _Occurred, place: int, kind: str, *, sampled: bool
    ) -> tuple[tuple[NDArray[np.float32], NDArray[np.str_]], list[str], NDArray[np.intp]]:
        """Return vectors and senses that can be scored, what is to be noted, and their sentences."""
        chosen = np.arange(len(occurred.senses))
        notes = []
        if occurred.unlabelled:
            notes.append(f"{occurred.unlabelled:,} {kind}occurrences without a sense left out")
        if sampled and len(chosen) > self.sample:
            random = np.random.default_rng(self.seed)
            chosen = np.sort(random.choice(len(chosen), self.sample, replace=False))
            notes.append(
                f"on a seeded sample of {self.sample:,} of {len(occurred.senses):,} {kind}occurrences"
            )
        vectors = occurred.vectors[place]
        vectors = vectors if len(chosen) == len(vectors) else vectors[chosen]
        vectors = vectors.astype(np.float32, copy=False)
        good = usable(vectors)
        if not good.all():
            notes.append(f"{np.count_nonzero(~good):,} {kind}vectors NaN or of length 0 left out")
            chosen, vectors = chosen[good], vectors[good]
        return (vectors, occurred.senses[chosen]), notes, occurred.sources[chosen]

    def _resamples(self, sources: NDArray[np.intp]) -> Resamples:
        key = sources.tobytes()
        if key not in self._drawn:
            self._drawn[key] = draw_resamples(sources, resamples=self.resamples, seed=self.seed)
        return self._drawn[key]


def _check_measures(measures: Sequence[str] | None, test: Occurrences | None) -> list[str]:
    allowed = MEASURES if test is None else CLASSIFIERS
    if measures is None:
        return list(allowed)
    wanted = [measures] if isinstance(measures, str) else list(measures)
    for measure in wanted:
        if measure not in allowed:
            why = "" if test is None else " with test"
            raise ValueError(f"measures must be among {', '.join(allowed)}{why}, got {measure!r}")
    if not wanted:
        raise ValueError(f"measures must be some of {', '.join(allowed)}, got none")
    return wanted


def _labelled_words(occurrences: Occurrences, name: str, least: int) -> dict[str, _Occurred]:
    """Take each word's labelled occurrences."""
    if occurrences.senses is None:
        raise ValueError(
            f"{name} have no senses: give them with senses=[...] or {name}.with_senses([...]); "
            "propose_senses finds groups without"
        )
    senses = np.array(["" if sense is None else sense for sense in occurrences.senses], dtype=str)
    asked = np.array(occurrences.words, dtype=object)
    sources = np.array(occurrences.sources, dtype=np.intp)
    labelled = np.array([sense is not None for sense in occurrences.senses], bool)
    words: dict[str, _Occurred] = {}
    for word in dict.fromkeys(occurrences.words):
        own = asked == word
        chosen = np.flatnonzero(own & labelled)
        vectors = occurrences.vectors
        vectors = vectors if len(chosen) == vectors.shape[1] else vectors[:, chosen]
        unlabelled = int(np.count_nonzero(own & ~labelled))
        words[word] = _Occurred(vectors, senses[chosen], sources[chosen], unlabelled)
    most = max((len(one.senses) for one in words.values()), default=0)
    if most < least:
        raise ValueError(
            f"{name} must hold at least {least} occurrences of a word with a sense, got {most}; "
            "a single one cannot be compared with anything"
        )
    return words


def _test_words(train: Occurrences, test: Occurrences, words: list[str]) -> dict[str, _Occurred]:
    if test.hidden_layers != train.hidden_layers:
        raise ValueError(
            f"test must have the hidden layers of occurrences, {list(train.hidden_layers)}, "
            f"got {list(test.hidden_layers)}"
        )
    if test.vectors.shape[-1] != train.vectors.shape[-1]:
        raise ValueError(
            f"test must have vectors of {train.vectors.shape[-1]} dimensions, got {test.vectors.shape[-1]}"
        )
    tested = _labelled_words(test, "test", least=1)
    if not set(tested) & set(words):
        raise ValueError(
            f"test must hold some of the words {', '.join(words)}, got {', '.join(tested) or 'none'}"
        )
    return tested


def _row(word: str, layer: int, measure: str, found: Score) -> dict[str, Any]:
    low, high = interval(found.draws)
    return {
        "word": word,
        "hidden_layer": layer,
        "measure": measure,
        "value": found.value,
        "low": low,
        "high": high,
        "majority": found.majority,
        "layer0": np.nan,
        "shuffled": found.shuffled,
        "n": found.n,
        "senses": found.senses,
        "note": found.note,
    }


def _mean_of_words(
    frame: pd.DataFrame, draws: dict[tuple[str, int, str], NDArray[np.float64]]
) -> pd.DataFrame:
    """Return the plain mean over words; each bootstrap draw is the mean of the words' draws."""
    rows = []
    words = frame["word"].nunique()
    cells = frame[["hidden_layer", "measure"]].drop_duplicates()
    for layer, measure in zip(cells["hidden_layer"].tolist(), cells["measure"].tolist(), strict=True):
        part = frame[(frame["hidden_layer"] == layer) & (frame["measure"] == measure)]
        defined = part[part["value"].notna()]
        found = Score(float("nan"), note="undefined for every word", n=int(part["n"].sum()))
        if len(defined):
            together = np.stack([draws[word, layer, measure] for word in defined["word"]])
            left_out = "" if len(defined) == words else f"mean of {len(defined)} of {words} words"
            found = Score(
                float(defined["value"].mean()),
                together.mean(axis=0),
                float(defined["majority"].mean()),
                float(defined["shuffled"].mean()),
                int(defined["n"].sum()),
                int(defined["senses"].sum()),
                left_out,
            )
        rows.append(_row("all", layer, measure, found))
    return pd.DataFrame(rows, columns=list(COLUMNS))
