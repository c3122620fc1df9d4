"""Finding 21: a language id in pre-training does not help; what runs asks whether it is told anyway."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.finding import Finding
from bertviz_plus.findings.provenance import provenance_record
from bertviz_plus.findings.result import Result
from bertviz_plus.findings.tables import described
from bertviz_plus.measures.intervals import draw_resamples, interval
from bertviz_plus.measures.labelled import unit
from bertviz_plus.measures.language_scores import language_scores
from bertviz_plus.measures.retrieval import language_probe

MARGIN = 0.10
FEWEST = 20
# With as many sentences of each language, what is left after centring is hardly the mean's own error.
MANY = 200
_TRAINING = (
    "the claim is about training: it needs twins that differ in nothing but language embeddings, trained "
    "with them and without, on English and Fake-English (English with shifted ids), with several seeds. "
    "This package does not train them yet"
)
_PROBE = "share of sentences whose language a linear probe tells"
_RETRIEVAL = "share of sentences whose nearest sentence in another language is their translation"
_GLOSSES = {
    _PROBE: "A linear probe is a logistic regression that learns from some sentences and is asked about "
    "others. Of a sentence it sees the mean of its tokens' vectors, from which nothing is taken away (not "
    "centred).",
    _RETRIEVAL: "Is the nearest sentence, by cosine, the translation? After the mean of each language is "
    "taken away (centred); mean of all pairs of languages, both ways; also called P@1.",
}
_NAMES = {_PROBE: "language told", _RETRIEVAL: "translation found"}
_ENDS = ("never", "always")

Vectors = Mapping[str, NDArray[np.floating[Any]]]
Layers = tuple[int, int]


class LanguageId(Finding):
    """Finding 21: telling a model in pre-training which language it reads does not help.

    **Measure.** The claim compares twins that are trained with and without language embeddings; they have to
    be trained, which the package does not do yet: the verdict is ``not testable``, with that reason. What
    can be asked of any model runs, and stands in `comparisons` and `details`: is it told anyway?

    1. A linear probe tells the language of a sentence from the mean of its tokens' vectors, before and after
       the mean of each language is taken away (centring).
    2. The share of sentences whose nearest one in another language, by cosine, is the translation, before
       and after centring; mean of all ordered pairs of languages. Each half of the sentences (seeded) is
       measured at the layer, other than layer 0, that is best on the other half; the probe at the layer that
       is chosen for the first half. The intervals are bootstraps over sentences.

    **Baselines.** For both: layer 0, and an untrained twin, which is the same architecture with random
    weights. For the probe also the majority; for retrieval chance, and the sentence that is spelled most
    alike (TF-IDF of letters, centred).

    **Verdict.** ``not testable`` until the twins are there. Each comparison has its own, by the rule of
    `bertviz_plus.findings.verdicts` with a margin of .10: ``holds``, ``weak``, ``fails``, or
    ``inconclusive``, also below 20 sentences. A language that is told by the text itself is told as well by
    an untrained twin: the probe then ``fails``.
    """

    runs: ClassVar[bool] = True
    baseline: ClassVar[str] = (
        "the strongest of: layer 0, an untrained twin; for the probe the majority; for retrieval chance and "
        "the sentence spelled most alike"
    )
    rule: ClassVar[str] = (
        "not testable: models with and without language embeddings have to be trained to test it; the "
        "language told and the translations found are measured meanwhile, and each holds by itself where "
        "its 95% interval lies wholly more than .10 above every baseline; is weak where it lies wholly "
        "above, but not by .10; fails where it does not and nowhere by .10; is inconclusive where it is "
        "too wide to tell"
    )

    def run(
        self,
        model: Any = None,
        data: Any = None,
        *,
        untrained: bool = True,
        resamples: int = 1000,
        seed: int = 0,
        progress: bool = True,
    ) -> Result:
        """Measure how well a model's vectors tell the language of a sentence, and find its translation.

        Parameters
        ----------
        model : Model
            From `load` or `wrap`. May be None where `data` are vectors.
        data : ParallelSentences, or dict of str to sentences or to vectors, optional
            For each language its sentences, those at one place translating each other; or their vectors
            [hidden layers, sentences, hidden], as `language_vectors` gives them. By default the sentences
            that come with the package.
        untrained : bool, default True
            Measure an untrained twin as well. It needs `model`, and the time of a second pass.
        resamples : int, default 1000
            Of the bootstrap.
        seed : int, default 0
            Of halves, probes, the bootstrap and the twin.
        progress : bool, default True
            Show progress bars.

        Returns
        -------
        Result
            "not testable", with the comparisons that were measured. `details` has a row for each layer and
            measure, centred and not; `show()` gives a `LanguageView`.

        Raises
        ------
        TypeError, ValueError
            Naming the argument that cannot be used.

        Examples
        --------
        >>> import numpy as np
        >>> import bertviz_plus as bp
        >>> random = np.random.default_rng(0)
        >>> meaning = np.stack([np.zeros((40, 16)), random.normal(size=(40, 16))])
        >>> planted = {
        ...     name: meaning + far + random.normal(scale=0.2, size=(2, 40, 16))
        ...     for name, far in (("en", 0), ("de", random.normal(scale=3, size=16)))
        ... }
        >>> result = bp.primer["language-id"].run(data=planted, resamples=100, progress=False)
        >>> result.verdict, result.comparisons[1].verdict
        ('not testable', 'holds')
        """
        if not isinstance(resamples, int) or isinstance(resamples, bool) or resamples < 10:
            raise ValueError(f"resamples must be a whole number from 10 on, got {resamples!r}")
        given = _given(data)
        if given.vectors is None and model is None:
            raise TypeError("model must be given where data are sentences; without one, data must be vectors")
        info = model.info if given.vectors is None and model is not None else None
        options = {"untrained": untrained, "resamples": resamples}
        provenance = provenance_record(info, given.described(), seed=seed, options=options)
        if given.n < FEWEST:
            return self._unanswered(
                "not testable",
                f"{_TRAINING}. Nor was anything else measured: {given.n} sentences are there in all "
                f"languages, where {FEWEST} are needed",
                provenance,
            )
        vectors = _read(model, given, progress=progress)
        layers, n, _ = next(iter(vectors.values())).shape
        if layers < 2:
            return self._unanswered(
                "not testable",
                f"{_TRAINING}. Nor was anything else measured: one layer alone is there, and nothing to "
                "compare it with",
                provenance,
            )
        chosen = _chosen(_hits(vectors, centred=True), seed)
        twin = None
        if untrained and given.vectors is None:
            from bertviz_plus.models.untrained import untrained_twin

            twin = _read(untrained_twin(model, seed=seed), given, progress=progress)
        scores = language_scores(vectors, resamples=resamples, seed=seed, progress=progress)
        probe, retrieval = (scores[scores["measure"] == name] for name in ("probe", "retrieval"))
        comparisons = (
            _probe_comparison(probe, chosen[0], twin, n=n, seed=seed),
            _retrieval_comparison(vectors, given, chosen, twin, resamples=resamples, seed=seed),
        )
        return self._unanswered(
            "not testable",
            _TRAINING,
            provenance | {"hidden layers chosen": list(chosen)},
            comparisons=comparisons,
            notes=_notes(probe, retrieval, chosen[0], n, len(vectors)),
            details=scores,
            view=partial(_view, vectors, given.texts, info, scores, chosen[0]),
        )


@dataclass(frozen=True, eq=False)
class _Given:
    """Sentences of several languages, or their vectors."""

    texts: dict[str, tuple[str, ...]] | None
    vectors: dict[str, NDArray[np.floating[Any]]] | None
    name: str
    n: int

    def described(self) -> dict[str, Any]:
        content = json.dumps(self.texts, ensure_ascii=False) if self.texts else ""
        languages = list(self.texts or self.vectors or ())
        told = {"name": self.name, "sentences": self.n, "languages": languages}
        return told | ({"sha256": hashlib.sha256(content.encode()).hexdigest()} if content else {})


def _given(data: Any) -> _Given:
    if data is None:
        data = parallel_sentences()
    if isinstance(data, ParallelSentences):
        texts = data.texts()
        return _Given(texts, None, data.name, len(next(iter(texts.values()))))
    if not isinstance(data, Mapping):
        raise TypeError(
            "data must be ParallelSentences, or a dict of languages and their sentences or vectors, "
            f"got {type(data).__name__}"
        )
    if len(data) < 2:
        raise ValueError(f"data must hold at least two languages, got {', '.join(map(str, data)) or 'none'}")
    if any(isinstance(one, np.ndarray) for one in data.values()):
        arrays = {str(name): np.asarray(one) for name, one in data.items()}
        shapes = {name: one.shape for name, one in arrays.items()}
        if len(set(shapes.values())) != 1 or any(len(one) != 3 for one in shapes.values()):
            raise ValueError(f"data must have one shape [hidden layers, sentences, hidden], got {shapes}")
        return _Given(None, arrays, "vectors", next(iter(shapes.values()))[1])
    for name, one in data.items():
        if isinstance(one, str) or not isinstance(one, Iterable):
            raise ValueError(f"data[{name!r}] must be a list of sentences, got {one!r:.60}")
    texts = {str(name): tuple(one) for name, one in data.items()}
    counts = {name: len(one) for name, one in texts.items()}
    if len(set(counts.values())) != 1:
        raise ValueError(f"data must hold as many sentences in each language, got {counts}")
    return _Given(texts, None, "sentences", next(iter(counts.values())))


def _read(model: Any, given: _Given, *, progress: bool) -> Vectors:
    if given.texts is None:
        return given.vectors or {}
    from bertviz_plus.measures.retrieval import language_vectors

    return language_vectors(model, given.texts, pooling=["mean"], progress=progress)["mean"]


def _hits(vectors: Vectors, *, centred: bool) -> NDArray[np.float64]:
    """Say for each sentence in how many ordered pairs of languages its translation is nearest.

    Returns
    -------
    ndarray [hidden layers, sentences], share of the pairs
    """
    arrays = [np.asarray(one, np.float64) for one in vectors.values()]
    layers, n, _ = arrays[0].shape
    hits = np.zeros((layers, n))
    for layer in range(layers):
        units = [unit(one[layer] - one[layer].mean(axis=0) * centred) for one in arrays]
        for a, own in enumerate(units):
            for b, other in enumerate(units):
                if a != b:
                    hits[layer] += (own @ other.T).argmax(axis=1) == np.arange(n)
    return hits / (len(arrays) * (len(arrays) - 1))


def _chosen(hits: NDArray[np.float64], seed: int) -> Layers:
    """Choose for each half the layer, other than 0, that is best on the other; the earlier of equals."""
    second = _second_half(hits.shape[1], seed)
    return int(hits[1:, second].mean(axis=1).argmax()) + 1, int(hits[1:, ~second].mean(axis=1).argmax()) + 1


def _second_half(n: int, seed: int) -> NDArray[np.bool_]:
    return np.asarray(np.random.default_rng(seed).permutation(n) % 2 == 1)


def _at(hits: NDArray[np.float64], layers: Layers, seed: int) -> NDArray[np.float64]:
    return np.asarray(np.where(_second_half(hits.shape[1], seed), hits[layers[1]], hits[layers[0]]))


def _probe_comparison(
    probe: pd.DataFrame, layer: int, twin: Vectors | None, *, n: int, seed: int
) -> Comparison:
    before = probe[~probe["centred"].astype(bool)]
    own = before[before["hidden_layer"] == layer]
    value, low, high, majority = own[["value", "low", "high", "chance"]].to_numpy(float)[0].tolist()
    first = before.loc[before["hidden_layer"] == 0, "value"].to_numpy(float)
    baselines = {"majority": majority, "layer 0": float(first[0])}
    if twin is not None:
        at = _chosen(_hits(twin, centred=True), seed)[0]
        told = language_probe(twin, hidden_layers=[at], resamples=10, seed=seed, progress=False)
        baselines["an untrained twin"] = float(told["value"].to_numpy(float)[0])
    return Comparison(
        _PROBE,
        value,
        (low, high),
        baselines,
        MARGIN,
        observations=n,
        at_least=FEWEST,
        name=_NAMES[_PROBE],
        gloss=_GLOSSES[_PROBE],
        ends=_ENDS,
    )


def _retrieval_comparison(
    vectors: Vectors, given: _Given, chosen: Layers, twin: Vectors | None, *, resamples: int, seed: int
) -> Comparison:
    hits = _hits(vectors, centred=True)
    baselines = {"chance": 1 / hits.shape[1], "layer 0": float(hits[0].mean())}
    if given.texts is not None:
        baselines["the sentence spelled most alike"] = float(
            _hits(_letters(given.texts), centred=True).mean()
        )
    if twin is not None:
        theirs = _hits(twin, centred=True)
        baselines["an untrained twin"] = float(_at(theirs, _chosen(theirs, seed), seed).mean())
    found = _at(hits, chosen, seed)
    return Comparison(
        _RETRIEVAL,
        float(found.mean()),
        interval(draw_resamples(len(found), resamples=resamples, seed=seed).means(found)),
        baselines,
        MARGIN,
        observations=len(found),
        at_least=FEWEST,
        name=_NAMES[_RETRIEVAL],
        gloss=_GLOSSES[_RETRIEVAL],
        ends=_ENDS,
    )


def _letters(texts: Mapping[str, Sequence[str]]) -> Vectors:
    """Return bags of two to four letters for vectors, ``[1, sentences, bags]``."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    joined = [text for own in texts.values() for text in own]
    bags = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=20_000).fit_transform(joined)
    n = len(joined) // len(texts)
    dense = np.asarray(bags.toarray(), np.float64)
    return {name: dense[np.newaxis, at * n : (at + 1) * n] for at, name in enumerate(texts)}


def _notes(
    probe: pd.DataFrame, retrieval: pd.DataFrame, layer: int, n: int, languages: int
) -> tuple[str, ...]:
    measured = (
        f"Measured on {n} sentences in {languages} languages at hidden layer {layer}. Taking the mean of "
        f"each language away (centring) moves the language told from {_said(probe, layer)} (majority "
        f"{described(1 / languages)}), and the translations found from {_said(retrieval, layer)} (by chance "
        f"1 in {n})."
    )
    if n < MANY:
        measured += f" The mean of {n // 2} sentences takes less of a language away than that of many would."
    asked = "it asks whether the model tells languages apart anyway."
    return f"This speaks neither for the claim nor against it: {asked}", measured


def _said(table: pd.DataFrame, layer: int) -> str:
    own = table[table["hidden_layer"] == layer].set_index("centred")["value"]
    return f"{described(own[False])} to {described(own[True])}"


def _view(vectors: Vectors, texts: Any, info: Any, scores: pd.DataFrame, hidden_layer: int) -> Any:
    from bertviz_plus.traces.sentences import Sentences
    from bertviz_plus.views.senses import LanguageView

    sentences = Sentences.from_vectors(vectors, texts, model=info)
    return LanguageView(sentences, scores=scores, hidden_layer=hidden_layer)
