"""Finding 1: the vectors of a word in context form clusters that correspond to its senses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.data.sense_sentences import SenseSentences, sense_sentences
from bertviz_plus.findings.baselines import LAYER_0, UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need, Option, at_least
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.sense_sample import SenseSample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.measures.senses.scores import sense_scores
from bertviz_plus.traces.occurrences import Occurrences

FEWEST = 40
# Below it, clusters agree less with the senses than half-way from chance.
HALF_WAY = 0.5
_SHUFFLES = 20


def shuffled_accuracy(sample: SenseSample, seed: int) -> float:
    """Return the accuracy where the neighbours' senses are shuffled within each word, mean of 20 times."""
    random = np.random.default_rng(seed)
    return float(np.mean([sample.neighbours(sample.shuffled(random)).value for _ in range(_SHUFFLES)]))


MOST_FREQUENT = Baseline(
    "most frequent sense", "is always guessed", lambda study: study.sample.majority().value
)
SHUFFLED = Baseline(
    "shuffled senses",
    "are dealt out at random",
    lambda study: shuffled_accuracy(study.sample, study.seed),
)
SHUFFLED_CLUSTERS = Baseline(SHUFFLED.name, f"{SHUFFLED.gloss}: 0 by the index's definition", lambda _: 0.0)
BAG_OF_WORDS = Baseline(
    "a bag of the words around",
    "counts them (TF-IDF), and needs no model",
    lambda study: study.sample.in_bags(),
)
NEIGHBOURS = Measured(
    name="same-sense neighbours",
    gloss=(
        "Each occurrence of a word gets the sense of the occurrence, in other sentences, whose vector is "
        "most similar (cosine). The share that is right, mean of the words; also called 1-NN accuracy."
    ),
    unit="share of occurrences whose nearest neighbour has the same sense",
    ends=("never", "always"),
    margin=0.05,
    fewest=FEWEST,
    score=lambda sample, _: sample.neighbours(),
    baselines=(MOST_FREQUENT, SHUFFLED, LAYER_0, BAG_OF_WORDS, UNTRAINED_TWIN),
)
CLUSTERS = Measured(
    name="clusters and senses",
    gloss=(
        "Clusters are made by k-means, which does not see the senses. How far they agree with them, mean of "
        "the words; also called the adjusted Rand index, ARI."
    ),
    unit="agreement of clusters with the senses",
    ends=("as by chance", "the clusters are the senses"),
    margin=0.10,
    fewest=FEWEST,
    score=lambda sample, study: sample.clusters(study.seed),
    baselines=(SHUFFLED_CLUSTERS, LAYER_0, BAG_OF_WORDS, UNTRAINED_TWIN),
)


class Senses(Experiment):
    """Finding 1: the vectors that BERT gives a word in context form clusters that correspond to its senses.

    The sentences of each sense are cut in two halves. Of each half is measured

    1. the share of its occurrences whose nearest neighbour, by cosine, in the other half has their sense;
    2. the adjusted Rand index of k-means, with as many clusters as senses, against the senses.

    Both are means of words. That the claim ``holds`` says that senses show beyond the baselines, not that
    clusters are clear: for that see how far the second number is from 1.

    Data are `SenseSentences`, pairs of a text and its sense with `word`, or `Occurrences` that a model gave.
    `details` are the `sense_scores` of every layer; `show()` gives a `SenseView`.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> senses = ["river", "money"] * 40
    >>> noise = np.random.default_rng(0).normal(size=(2, 80, 16))
    >>> noise[1, ::2] += 3
    >>> planted = Occurrences.from_vectors(noise, senses=senses, word="bank")
    >>> bp.primer["senses"].run(data=planted, resamples=200, progress=False).verdict
    'holds'
    """

    key = "senses"
    items = "occurrences"
    reading = "Occurrences"
    measures = (NEIGHBOURS, CLUSTERS)
    needs = (
        Need(
            "the tokenizer does not say which characters a token stands for, so the word cannot be found "
            "among them",
            lambda study: study.data.reading is not None or _has_offsets(study.model, study.data.content),
        ),
        Need(
            "the embeddings alone are there (hidden layer 0): nothing in them comes from the context",
            lambda study: any(layer > 0 for layer in study.reading.hidden_layers),
        ),
        Need("the data name no senses", lambda study: any(_senses(study.reading).values())),
        Need(
            "every word of the data stands in a single sense",
            lambda study: any(len(senses) > 1 for senses in _senses(study.reading).values()),
        ),
    )
    options = (
        Option("word", None, "Of pairs: the word. Of other data: the one word to measure, all by default."),
        Option(
            "sample",
            1000,
            "The most occurrences of a word that are measured; of more, a seeded sample.",
            at_least(10, "sample"),
        ),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring sentences into the form that carries spans and senses; without data, the package's own."""
        word = options["word"]
        if isinstance(data, str) or not (
            data is None or isinstance(data, Occurrences | SenseSentences | Iterable)
        ):
            raise TypeError(
                "data must be SenseSentences, Occurrences or pairs of a text and its sense, "
                f"got {type(data).__name__}"
            )
        if data is None:
            data = sense_sentences(word)
        elif isinstance(data, SenseSentences | Occurrences):
            data = data.of(word) if word is not None else data
        elif word is None:
            raise ValueError("word must be given with pairs of a text and its sense")
        else:
            data = SenseSentences.of_pairs(data, word)
        rows = zip(data.texts, data.spans, data.senses or (None,) * len(data.texts), data.words, strict=True)
        name = getattr(data, "name", None) or f"occurrences of {', '.join(dict.fromkeys(data.words))}"
        return Data(
            data,
            data_record(name, rows, texts=len(data.texts)),
            data if isinstance(data, Occurrences) else None,
        )

    def read(self, model: Any, study: Study) -> Occurrences:
        """Read every word of the sentences."""
        from bertviz_plus.models.vectors.occurrences import occurrences

        sentences = study.data.content
        return occurrences(model, list(dict.fromkeys(sentences.words)), sentences, progress=study.progress)

    def sample(self, study: Study) -> SenseSample:
        """Take the occurrences whose sense has sentences enough."""
        return SenseSample.of(study.reading, at_most=study.options["sample"], seed=study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Score every layer on all of the sample at once, for a curve to be drawn of."""
        return sense_scores(
            study.reading.take(np.sort(study.sample.origins)),
            measures=["knn", "silhouette", "ari"],
            resamples=study.resamples,
            seed=study.seed,
            progress=study.progress,
        )

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a `SenseView` at the layer that was chosen."""
        from bertviz_plus.views.senses import SenseView

        del details
        return SenseView(study.reading, hidden_layer=study.sample.chosen[0])

    def extent(self, comparisons: Sequence[Comparison]) -> str:
        """Say that clusters above chance are not yet clear."""
        neighbours, clusters = comparisons
        if neighbours.verdict in ("holds", "weak") and _is_unclear(clusters):
            return "above chance, not clear"
        return super().extent(comparisons)

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say what the verdict does not, where clusters are above chance and yet far from the senses."""
        del study, details
        clusters = comparisons[1]
        if not _is_unclear(clusters):
            return ()
        agreement = f"an agreement of {clusters.written(clusters.number)}"
        return (f"Are the clusters clear? No: above chance, but {agreement} is nearer to 0 than to 1.",)


def _is_unclear(clusters: Comparison) -> bool:
    """Say whether clusters are above chance, and nearer to it than to the senses."""
    return clusters.verdict in ("holds", "weak") and clusters.number < HALF_WAY


def _has_offsets(model: Any, sentences: SenseSentences) -> bool:
    """Say whether the tokenizer tells which characters of a text a token stands for."""
    trace = model.trace(sentences.texts[0], keep=("hidden_states",))
    trace = getattr(trace, "encoder", trace)
    return trace.offsets is not None and trace.words is not None


def _senses(occurrences: Occurrences) -> dict[str, set[str]]:
    """Return the senses of each word."""
    senses: dict[str, set[str]] = {word: set() for word in occurrences.words}
    for word, sense in zip(occurrences.words, occurrences.senses or (), strict=False):
        if sense is not None:
            senses[word].add(sense)
    return senses
