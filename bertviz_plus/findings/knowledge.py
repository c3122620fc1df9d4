"""Finding 13: what can be read from vectors is not always used."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bertviz_plus.data.diagnostic import diagnostic
from bertviz_plus.data.treebank import treebank
from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.blanks import MASKED_LM
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.hidden_words import hidden_words
from bertviz_plus.findings.knowledge_sample import TOLD_BY, KnowledgeSample, kept
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.tables import described
from bertviz_plus.measures.predictions.erased_knowledge import ErasedKnowledge, erased_knowledge
from bertviz_plus.traces.parses import Parses

FEWEST = 100
# What a model loses that hardly uses a label: no paper gives a threshold.
_LITTLE = 0.85
UNUSED = Measured(
    name="not used",
    gloss=(
        "Amnesic probing: the directions that tell a label of a hidden word are taken out of what the head "
        "reads (INLP, fitted on the other half). Of what the model knows of the words from their sentences, "
        "in nats, the share that is left, over what is left without as many random directions."
    ),
    unit="share of its knowledge that a model keeps when what tells a label is erased",
    ends=("nothing", "all"),
    margin=0.05,
    fewest=FEWEST,
    score=lambda sample, _: sample.kept,
    baselines=(
        Baseline("little use", f"is a model that keeps {described(_LITTLE)}", lambda _: _LITTLE),
        UNTRAINED_TWIN,
    ),
)
READABLE = Measured(
    name="readable",
    gloss="A linear probe tells the same label, fitted on the other half of the sentences.",
    unit="share of hidden words whose label a linear probe tells",
    ends=("never", "always"),
    margin=TOLD_BY,
    fewest=FEWEST,
    score=lambda sample, _: sample.share(2),
    baselines=(
        Baseline(
            "majority",
            "is the most frequent label, always guessed",
            lambda study: study.sample.share(4).value,
        ),
        Baseline(
            "after erasure",
            "is told by a new probe, from what the erasure has left",
            lambda study: study.sample.share(3).value,
        ),
        UNTRAINED_TWIN,
    ),
)
FACTS = Measured(
    name="facts",
    gloss="Share of facts that are the model's first answer to a blank (P@1, as LAMA counts it).",
    unit="share of facts that the model answers first",
    ends=("none", "all"),
    margin=0.05,
    fewest=FEWEST,
    score=lambda sample, _: sample.facts,
    baselines=(
        Baseline("majority", "is the most frequent answer to all questions", lambda _: _most_frequent()),
        UNTRAINED_TWIN,
    ),
)


class Knowledge(Experiment):
    """Finding 13: what can be read from vectors is not always used.

    Words of sentences are hidden in turn. A linear probe tells a label of the hidden word from the vector
    that the head reads, and yet the model says the word as well when what tells the label is erased. Of
    three labels (part of speech, relation to the head, on which side the head stands), each half of the
    sentences is measured at the one that on the other half is told and used least: the claim is that there is
    such a label, not that all are. Erasure is not complete, and the notes say what a new probe still tells. A
    model that knows less than .1 nats of the words scores 0. What is known of a word without its sentence is
    the model's mean prediction for the blanks of the other half.

    Beside it stand facts that the model answers (LAMA's question; the items are the package's own).

    Data are `Parses` with parts of speech, or `ErasedKnowledge`; by default the package's treebank.
    `details` has a row for the model as it is, and for each label without it and without as many random
    directions: how many first answers are right, and for labels the figures of the numbers above. `show()`
    draws the first answers.

    References
    ----------
    Elazar et al. 2021, "Amnesic Probing". Petroni et al. 2019, "Language Models as Knowledge Bases?".

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["knowledge"].run(bp.load("bert-tiny"), bp.treebank().take(range(2)), progress=False)
    Finding 13, knowledge: inconclusive...
    """

    key = "knowledge"
    items = "words"
    reading = "ErasedKnowledge"
    measures = (UNUSED, READABLE)
    related = (FACTS,)
    needs = (
        Need(
            "the parses have no parts of speech or relations",
            lambda study: study.data.content is None or bool(hidden_words(study.data.content)[0]),
        ),
        MASKED_LM,
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take parses, or what a model knows of their words."""
        del options
        if isinstance(data, ErasedKnowledge):
            return Data(None, {"name": "knowledge", "words": len(data.whole)}, data)
        parses = treebank() if data is None else data
        if not isinstance(parses, Parses):
            raise TypeError(f"data must be Parses, or ErasedKnowledge, got {type(data).__name__}")
        rows = [[one.words, one.heads, one.upos, one.relations] for one in parses]
        return Data(parses, data_record(parses.name, rows, sentences=len(rows)))

    def read(self, model: Any, study: Study) -> ErasedKnowledge:
        """Ask the model for the words, with each label erased in turn."""
        words, labels = hidden_words(study.data.content)
        return erased_knowledge(model, words, labels, seed=study.seed, progress=study.progress)

    def sample(self, study: Study) -> KnowledgeSample:
        """Take all words."""
        return KnowledgeSample.of(study.reading)

    def details(self, study: Study) -> pd.DataFrame:
        """Return the model's first answers, and what each label is worth to it."""
        own, counts = study.reading, study.sample.counts.sum(axis=1)
        names = ("nothing erased", *own.labels, *(f"as many at random: {one}" for one in own.labels))
        table = pd.DataFrame({"asked": names, "right": own.right.sum(axis=1).round().astype(int)})
        table["compared"] = len(own.whole)
        told, still, majority = (counts[:, at] / counts[:, 5] for at in (2, 3, 4))
        figures = {"kept": kept(counts), "directions": own.rank}
        for name, values in (figures | {"told": told, "still_told": still, "majority": majority}).items():
            table.loc[range(1, 1 + len(own.labels)), name] = values
        return table

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a bar of first answers for each erasure."""
        del study
        from bertviz_plus.charts.answers import right_by_condition

        return right_by_condition(details, says="hidden word is the first answer")

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say what the model knows, and what each label is worth to it."""
        del comparisons
        known = f"{described(float(study.reading.whole.mean()))} nats of a hidden word from its sentence"
        if not study.reading.learned:
            return (f"The model knows {known}: too little for anything to be erased.",)
        each = "; ".join(
            f"{label}: {described(kept_)} kept, told of {described(told)} of the words, and of "
            f"{described(still)} by a new probe after erasure"
            for label, kept_, told, still in details.dropna()[["asked", "kept", "told", "still_told"]].values
        )
        return f"The model knows {known}.", f"By label: {each}."


def _most_frequent() -> float:
    answers = Counter(one.answers[0] for one in diagnostic("facts").questions)
    return max(answers.values()) / answers.total()
