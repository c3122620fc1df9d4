"""Finding 21: a language id in pre-training does not help; what runs asks whether it is told anyway."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences
from bertviz_plus.findings.baselines import LAYER_0, UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.language_sample import LanguageSample, probed
from bertviz_plus.findings.language_twins import LanguageTwins
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.tables import described
from bertviz_plus.measures.alignment.language_scores import language_scores
from bertviz_plus.measures.alignment.retrieval import Vectors, language_vectors

FEWEST = 20
# With as many sentences of each language, what is left after centring is hardly the mean's own error.
MANY = 200


TOLD = Measured(
    name="language recognised",
    gloss=(
        "A linear probe is a logistic regression that learns from some sentences and is asked about "
        "others. Of a sentence it sees the mean of its tokens' vectors, from which nothing is taken away "
        "(not centred)."
    ),
    unit="share of sentences whose language a linear probe tells",
    ends=("never", "always"),
    margin=0.10,
    fewest=FEWEST,
    score=lambda sample, study: probed(sample, resamples=study.resamples, seed=study.seed),
    baselines=(
        Baseline(
            "majority",
            "is the most frequent language, always guessed",
            lambda study: 1 / len(study.sample.vectors),
        ),
        LAYER_0,
        UNTRAINED_TWIN,
    ),
)
FOUND = Measured(
    name="translation found",
    gloss=(
        "Is the nearest sentence, by cosine, the translation? After the mean of each language is taken away "
        "(centred); mean of all pairs of languages, both ways; also called P@1."
    ),
    unit="share of sentences whose nearest sentence in another language is their translation",
    ends=("never", "always"),
    margin=0.10,
    fewest=FEWEST,
    score=lambda sample, _: sample.tallies,
    baselines=(
        Baseline("chance", "is a sentence drawn at random", lambda study: 1 / len(study.sample)),
        LAYER_0,
        Baseline(
            "the sentence spelled most alike",
            "is found by its letters (TF-IDF), which needs no model",
            lambda study: study.sample.spelled(),
        ),
        UNTRAINED_TWIN,
    ),
)


class LanguageId(Experiment):
    """Finding 21: telling a model in pre-training which language it reads does not help.

    The claim compares twins that are trained with and without language embeddings: `LanguageTwins`, which
    runs where no model is given. One model cannot decide it: its verdict is ``not testable``. What can be
    asked of any model is `related`: is it told anyway?

    1. A linear probe tells the language of a sentence from the mean of its tokens' vectors. A language that
       is told by the text itself is told as well by an untrained twin: the probe then ``fails``.
    2. The nearest sentence in another language is the translation, after the mean of each language is taken
       away (centring).

    Data are `ParallelSentences`, or for each language its sentences, those at one place translating each
    other, or their vectors as `language_vectors` gives them. `details` has a row for each layer and measure,
    centred and not; `show()` gives a `LanguageView`.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> random = np.random.default_rng(0)
    >>> meaning = np.stack([np.zeros((40, 16)), random.normal(size=(40, 16))])
    >>> planted = {
    ...     name: meaning + far + random.normal(scale=0.2, size=(2, 40, 16))
    ...     for name, far in (("en", 0), ("de", random.normal(scale=3, size=16)))
    ... }
    >>> result = bp.primer["language-id"].run(data=planted, resamples=100, progress=False)
    >>> result.verdict, result.related[1].verdict
    ('not testable', 'holds')
    """

    key = "language-id"
    items = "sentences"
    reading = "vectors"
    related = (TOLD, FOUND)
    undecided = (
        "the claim is about training: it needs twins that differ in nothing but language embeddings, trained "
        "with them and without, on English and Fake-English (English with shifted ids), with several seeds. "
        "Run the finding without a model to train them, or see recorded()"
    )
    training = LanguageTwins()
    needs = (
        Need(
            "one layer alone is there, and nothing to compare it with",
            lambda study: len(next(iter(study.reading.values()))) > 1,
        ),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring sentences, or vectors, into a dict of languages; without data, the package's own."""
        del options
        name, data = "sentences", parallel_sentences() if data is None else data
        if isinstance(data, ParallelSentences):
            name, data = data.name, data.texts()
        if not isinstance(data, Mapping):
            raise TypeError(
                "data must be ParallelSentences, or a dict of languages and their sentences or vectors, "
                f"got {type(data).__name__}"
            )
        if len(data) < 2:
            there = ", ".join(map(str, data)) or "none"
            raise ValueError(f"data must hold at least two languages, got {there}")
        languages = [str(one) for one in data]
        if any(isinstance(one, np.ndarray) for one in data.values()):
            vectors = {str(one): np.asarray(own) for one, own in data.items()}
            shapes = {one: own.shape for one, own in vectors.items()}
            if len(set(shapes.values())) != 1 or any(len(one) != 3 for one in shapes.values()):
                raise ValueError(f"data must have one shape [hidden layers, sentences, hidden], got {shapes}")
            n = next(iter(shapes.values()))[1]
            return Data(None, {"name": "vectors", "sentences": n, "languages": languages}, vectors)
        for language, one in data.items():
            if isinstance(one, str) or not isinstance(one, Iterable):
                raise ValueError(f"data[{language!r}] must be a list of sentences, got {one!r:.60}")
        texts = {str(language): tuple(one) for language, one in data.items()}
        counts = {language: len(one) for language, one in texts.items()}
        if len(set(counts.values())) != 1:
            raise ValueError(f"data must hold as many sentences in each language, got {counts}")
        n = next(iter(counts.values()))
        return Data(texts, data_record(name, [texts], sentences=n, languages=languages))

    def read(self, model: Any, study: Study) -> Vectors:
        """Read the mean vector of every sentence."""
        return language_vectors(model, study.data.content, pooling=["mean"], progress=study.progress)["mean"]

    def sample(self, study: Study) -> LanguageSample:
        """Take all sentences."""
        return LanguageSample.of(study.reading, study.data.content, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return retrieval and probe at every layer, centred and not."""
        return language_scores(
            study.reading, resamples=study.resamples, seed=study.seed, progress=study.progress
        )

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a `LanguageView` at the layer that was chosen."""
        from bertviz_plus.traces.sentences import Sentences
        from bertviz_plus.views.senses import LanguageView

        read = Sentences.from_vectors(study.reading, study.data.content, model=study.info)
        return LanguageView(read, scores=details, hidden_layer=study.sample.chosen[0])

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say what centring changes, and that none of it decides the claim."""
        del comparisons
        sample, layer = study.sample, study.sample.chosen[0]
        own = details[details["hidden_layer"] == layer].set_index(["measure", "centred"])["value"]
        told, found = (
            f"{described(own[name, False])} to {described(own[name, True])}"
            for name in ("probe", "retrieval")
        )
        n, languages = len(sample), len(sample.vectors)
        measured = (
            f"Measured on {n} sentences in {languages} languages at hidden layer {layer}. Taking the mean of "
            f"each language away (centring) moves the share of languages recognised from {told} (majority "
            f"{described(1 / languages)}), and the translations found from {found} (by chance 1 in {n})."
        )
        if n < MANY:
            measured += (
                f" The mean of {n // 2} sentences takes less of a language away than that of many would."
            )
        asked = "it asks whether the model tells languages apart anyway."
        return f"This speaks neither for the claim nor against it: {asked}", measured
