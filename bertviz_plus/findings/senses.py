"""Finding 1: the vectors of a word in context form clusters that correspond to its senses."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from bertviz_plus.data.sense_sentences import SenseSentences, find_word, sense_sentences
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.finding import Finding, chosen_note
from bertviz_plus.findings.provenance import provenance_of
from bertviz_plus.findings.result import Result
from bertviz_plus.findings.sense_halves import (
    Layers,
    Sample,
    chosen_layers,
    cluster_agreement,
    context_words,
    majority_accuracy,
    sense_accuracy,
    shuffled_accuracy,
)
from bertviz_plus.measures.senses import sense_scores
from bertviz_plus.traces.occurrences import Occurrences

ACCURACY_MARGIN = 0.05
CLUSTER_MARGIN = 0.10
FEWEST = 40
# Below it, clusters agree less with the senses than half-way from chance.
HALF_WAY = 0.5
_ACCURACY = "share of occurrences whose nearest neighbour has the same sense"
_CLUSTERS = "agreement of clusters with the senses"
_GLOSSES = {
    _ACCURACY: "Each occurrence of a word gets the sense of the occurrence, in other sentences, whose "
    "vector is most similar (cosine). The share that is right, mean of the words; also called 1-NN "
    "accuracy.",
    _CLUSTERS: "Clusters are made by k-means, which does not see the senses. How far they agree with them, "
    "mean of the words; also called the adjusted Rand index, ARI.",
}
_NAMES = {_ACCURACY: "same-sense neighbours", _CLUSTERS: "clusters and senses"}
_ENDS = {_ACCURACY: ("never", "always"), _CLUSTERS: ("as by chance", "the clusters are the senses")}


class Senses(Finding):
    """Finding 1: the vectors that BERT gives a word in context form clusters that correspond to its senses.

    **Measure.** The sentences of each sense are cut in two halves at random (seeded). Each half is measured
    at the layer, other than layer 0, that is best on the other half, so that choosing a layer is never
    rewarded:

    1. the share of its occurrences whose nearest neighbour, by cosine, in the other half has their sense;
    2. the adjusted Rand index of k-means, with as many clusters as senses, against the senses.

    Both are means of words, and the verdict rests on the first. The interval is a bootstrap over sentences,
    within each word and half.

    **Baselines.** For both: layer 0; a bag of the words around (TF-IDF); an untrained twin, which is the same
    architecture with random weights, and chooses its layers in the same way. For the accuracy also the most
    frequent sense, and shuffled senses.

    **Verdict.** Each measure's interval is compared with its strongest baseline by the rule of
    `bertviz_plus.findings.verdicts`, with a margin of .05 for the accuracy and of .10 for the clusters.
    ``holds`` where both hold. ``weak`` where the accuracy is surely above its baselines, but not by the
    margin, or where it is, and the clusters are not. ``fails`` where the accuracy is at best within the
    margin. ``inconclusive`` where its interval spans the baseline and the margin above it (or where the
    accuracy holds, and the clusters' interval does so), or where fewer than 40 occurrences stand in senses
    that have 4 sentences each. ``not testable`` where the model gives no hidden states or its tokenizer no
    offsets, where no layer but the embeddings is there, and where the data name no senses, or a single one
    for each word. That it ``holds`` says that senses show beyond the baselines, not that clusters are clear:
    for that see how far the second number is from 1.
    """

    runs: ClassVar[bool] = True
    baseline: ClassVar[str] = (
        "the strongest of: most frequent sense, layer 0, shuffled senses, a bag of the words around, "
        "an untrained twin"
    )
    rule: ClassVar[str] = (
        "holds where the 95% interval of the share of same-sense neighbours lies wholly more than .05 "
        "above every baseline, and that of the clusters' agreement with the senses more than .10; weak "
        "where the first lies wholly above the baselines, but not by .05, or where the second is not above "
        "by .10; fails where the first does not lie wholly above the baselines and nowhere by .05; "
        "inconclusive where it is too wide to tell, or with fewer than 40 occurrences; not testable where "
        "the model gives no hidden states, or the data name no senses"
    )

    def run(
        self,
        model: Any = None,
        data: Any = None,
        *,
        word: str | None = None,
        untrained: bool = True,
        sample: int = 1000,
        resamples: int = 1000,
        seed: int = 0,
        progress: bool = True,
    ) -> Result:
        """Measure whether a model's vectors part a word's senses.

        Parameters
        ----------
        model : Model
            From `load` or `wrap`. May be None where `data` are Occurrences.
        data : SenseSentences, Occurrences, or iterable of (text, sense), optional
            By default the sentences that come with the package, in English.
        word : str, optional
            Of pairs: the word. Of other data: the one word to measure, all by default.
        untrained : bool, default True
            Measure an untrained twin as well. It needs `model`, and the time of a second pass.
        sample : int, default 1000
            The most occurrences of a word that are measured; of more, a seeded sample.
        resamples : int, default 1000
            Of the bootstrap.
        seed : int, default 0
            Of halves, samples, shuffles, clusters, the bootstrap and the twin.
        progress : bool, default True
            Show progress bars.

        Returns
        -------
        Result
            `details` are the `sense_scores` of every layer; `show()` gives a `SenseView` at the layer that
            was chosen.

        Raises
        ------
        TypeError, ValueError
            Naming the argument that cannot be used.

        Examples
        --------
        >>> import numpy as np
        >>> import bertviz_plus as bp
        >>> from bertviz_plus.traces.occurrences import Occurrences
        >>> senses = ["river", "money"] * 40
        >>> noise = np.random.default_rng(0).normal(size=(2, 80, 16))
        >>> noise[1, ::2] += 3
        >>> planted = Occurrences.from_vectors(noise, senses=senses, word="bank")
        >>> bp.primer["senses"].run(data=planted, resamples=200, progress=False).verdict
        'holds'
        """
        for name, value in (("sample", sample), ("resamples", resamples)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 10:
                raise ValueError(f"{name} must be a whole number from 10 on, got {value!r}")
        given = _given(data, word)
        options = {"word": word, "untrained": untrained, "sample": sample, "resamples": resamples}
        missing = _missing(model, given)
        provenance = provenance_of(model, given, seed=seed, options=options)
        if missing:
            return self._unanswered("not testable", missing, provenance)
        occurrences = given if isinstance(given, Occurrences) else _read(model, given, progress=progress)
        problem = _unusable(occurrences)
        if problem:
            return self._unanswered("not testable", problem, provenance)
        measured = Sample.of(occurrences, at_most=sample, seed=seed)
        if measured.n < FEWEST or not measured.words:
            return self._unanswered(
                "inconclusive",
                f"{measured.n} occurrences stand in senses that have 4 each, of words with 2 such senses; "
                f"{FEWEST} are needed",
                provenance,
                notes=measured.notes,
            )
        twin = None
        if untrained and model is not None and not isinstance(given, Occurrences):
            twin = _untrained(model, given, measured, seed=seed, progress=progress)
        layers = chosen_layers(measured)
        comparisons = _comparisons(measured, twin, layers, resamples=resamples, seed=seed)
        shown = [measured.hidden_layers[layer] for layer in layers]
        return self._compared(
            comparisons,
            notes=(*_how_clear(comparisons[1]), *measured.notes, chosen_note(shown)),
            provenance=provenance | {"occurrences measured": measured.n, "hidden layers chosen": shown},
            details=_by_layer(occurrences, measured, resamples=resamples, seed=seed, progress=progress),
            view=partial(_view, occurrences, shown[0]),
        )


def _comparisons(
    measured: Sample, twin: Sample | None, layers: Layers, *, resamples: int, seed: int
) -> list[Comparison]:
    """Measure neighbours and clusters beside every baseline that there is."""
    around = context_words(measured)
    rivals: dict[str, tuple[Sample, Layers]] = {}
    if measured.hidden_layers[0] == 0:
        rivals["layer 0"] = (measured, (0, 0))
    if around is not None:
        rivals["a bag of the words around"] = (around, (0, 0))
    if twin is not None:
        rivals["an untrained twin"] = (twin, chosen_layers(twin))
    accuracies = {
        "most frequent sense": majority_accuracy(measured),
        "shuffled senses": shuffled_accuracy(measured, layers, seed=seed),
    }
    # The adjusted Rand index of shuffled senses is 0 by its definition.
    agreements = {"shuffled senses": 0.0}
    for name, (rival, at) in rivals.items():
        accuracies[name] = sense_accuracy(rival, at).mean
        agreements[name] = cluster_agreement(rival, at, seed=seed).mean
    return [
        Comparison(
            measure,
            scores.mean,
            scores.interval(resamples, seed),
            baselines,
            margin,
            observations=measured.n,
            at_least=FEWEST,
            name=_NAMES[measure],
            gloss=_GLOSSES[measure],
            ends=_ENDS[measure],
        )
        for measure, scores, baselines, margin in (
            (_ACCURACY, sense_accuracy(measured, layers), accuracies, ACCURACY_MARGIN),
            (_CLUSTERS, cluster_agreement(measured, layers, seed=seed), agreements, CLUSTER_MARGIN),
        )
    ]


def _how_clear(clusters: Comparison) -> tuple[str, ...]:
    """Say what the verdict does not, where clusters are above chance and yet far from the senses."""
    if clusters.verdict not in ("holds", "weak") or clusters.number >= HALF_WAY:
        return ()
    agreement = f"an agreement of {clusters.written(clusters.number)}"
    return (f"Are the clusters clear? No: above chance, but {agreement} is nearer to 0 than to 1.",)


def _by_layer(
    occurrences: Occurrences, measured: Sample, *, resamples: int, seed: int, progress: bool
) -> pd.DataFrame:
    """Score every layer on all of the sample at once, for a curve to be drawn of."""
    places = np.concatenate([one.places for one in measured.words])
    return sense_scores(
        occurrences.take(np.sort(places)),
        measures=["knn", "silhouette", "ari"],
        resamples=resamples,
        seed=seed,
        progress=progress,
    )


def _given(data: Any, word: str | None) -> SenseSentences | Occurrences:
    """Return the data in one of the two forms that carry spans and senses."""
    if data is None:
        return sense_sentences(word)
    if isinstance(data, SenseSentences | Occurrences):
        return data.of(word) if word is not None else data
    if isinstance(data, str) or not isinstance(data, Iterable):
        raise TypeError(
            "data must be SenseSentences, Occurrences or pairs of a text and its sense, "
            f"got {type(data).__name__}"
        )
    if word is None:
        raise ValueError("word must be given with pairs of a text and its sense")
    texts, spans, senses = [], [], []
    for place, pair in enumerate(data):
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise ValueError(f"data[{place}] must be a text and its sense, got {pair!r:.60}")
        text, sense = pair
        span = find_word(str(text), [word])
        if span is None:
            raise ValueError(f"data[{place}]: {word!r} does not stand in {text!r:.60}")
        texts.append(text)
        spans.append(span)
        senses.append(sense)
    return SenseSentences(tuple(texts), tuple(spans), tuple(senses), (word,) * len(texts), name="pairs")


def _missing(model: Any, data: SenseSentences | Occurrences) -> str:
    """Say which precondition of reading the data with the model fails, or nothing."""
    if isinstance(data, Occurrences):
        return ""
    if model is None:
        raise TypeError("model must be given where data are sentences; without one, data must be Occurrences")
    trace = model.trace(data.texts[0], keep=("hidden_states",))
    trace = getattr(trace, "encoder", trace)
    if trace.hidden_states is None:
        return f"{model.info.architecture} gives no hidden states"
    if trace.offsets is None or trace.words is None:
        return (
            "the tokenizer does not say which characters a token stands for, so the word "
            "cannot be found among them"
        )
    return ""


def _unusable(occurrences: Occurrences) -> str:
    if not any(layer > 0 for layer in occurrences.hidden_layers):
        return "the embeddings alone are there (hidden layer 0): nothing in them comes from the context"
    if occurrences.senses is None or all(sense is None for sense in occurrences.senses):
        return "the data name no senses"
    by_word: dict[str, set[str]] = {}
    for word, sense in zip(occurrences.words, occurrences.senses, strict=True):
        if sense is not None:
            by_word.setdefault(word, set()).add(sense)
    if all(len(senses) < 2 for senses in by_word.values()):
        return "every word of the data stands in a single sense"
    return ""


def _read(model: Any, sentences: SenseSentences, *, progress: bool) -> Occurrences:
    from bertviz_plus.models.occurrences import occurrences

    words = list(dict.fromkeys(sentences.words))
    return occurrences(model, words, sentences, progress=progress)


def _untrained(
    model: Any, sentences: SenseSentences, measured: Sample, *, seed: int, progress: bool
) -> Sample | None:
    """Measure the twin on the occurrences that are measured of the model."""
    from bertviz_plus.models.untrained import untrained_twin

    twin = _read(untrained_twin(model, seed=seed), sentences, progress=progress)
    return measured.with_vectors(twin)


def _view(occurrences: Occurrences, hidden_layer: int) -> Any:
    from bertviz_plus.views.senses import SenseView

    return SenseView(occurrences, hidden_layer=hidden_layer)
