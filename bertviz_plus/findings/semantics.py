"""Finding 10: what the model knows of meaning is spread over all layers, where syntax is in a few."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bertviz_plus.data.sense_sentences import sense_sentences
from bertviz_plus.data.treebank import treebank
from bertviz_plus.findings.baselines import LAYER_0, UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.mix_sample import FEWEST, SIDES, MixSample
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.probe_task import ProbeTask
from bertviz_plus.traces.word_vectors import WordVectors

TOLD = Measured(
    name="senses told",
    gloss=(
        "A linear probe on a weighted mean of all layers (scalar mix) tells the label of each word; it is "
        "fitted on one half of the texts for the other."
    ),
    unit="share of words whose meaning a mix of all layers tells",
    ends=("never", "always"),
    margin=0.05,
    fewest=FEWEST,
    score=lambda sample, _: sample.tallies,
    baselines=(
        Baseline("majority", "is the most frequent label", lambda study: study.sample.guessed()),
        Baseline("layer 0", LAYER_0.gloss, lambda study: study.sample.at_layer_0()),
        UNTRAINED_TWIN,
    ),
)
SPREAD = Measured(
    name="spread more evenly",
    gloss=(
        "Evenness is the entropy of the mix's weights over the greatest it can be: 1 where all layers weigh "
        "the same, 0 where one has all the weight. That of the semantic task less that of the syntactic one."
    ),
    unit="difference in evenness of the mixes' weights, meaning less syntax",
    ends=("as even", "meaning in all layers alike, syntax in one"),
    margin=0.05,
    fewest=FEWEST,
    score=lambda sample, _: sample,
    baselines=(
        Baseline("no difference", "is 0: both are as even", lambda _: 0.0),
        UNTRAINED_TWIN,
    ),
)


class Semantics(Experiment):
    """Finding 10: what the model knows of meaning is spread over all layers, where syntax is in a few.

    For a semantic and a syntactic task a linear probe reads a weighted mean of all layers, whose weights are
    learnt with it (scalar mix; Tenney et al. 2019). Two things must be so: the mix tells meanings better than
    layer 0, an untrained twin and the most frequent label; and its weights are more even than those of the
    syntactic task. The papers' semantic tasks are roles, entities and coreference; here it is word senses.

    Data are ``{"semantic": ProbeTask, "syntactic": ProbeTask}``, or `Parses`, which replace the syntactic
    task alone; by default the senses of the sentences that come with the package, and the relations of its
    treebank. In place of a model ``(tasks, vectors)`` can be given, both by those names. `details` has a row
    for each task and layer; `show()` draws the weights.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> pos = bp.ProbeTask.from_parses(bp.treebank().take(range(2)), "pos")
    >>> tasks = {"semantic": pos, "syntactic": pos}
    >>> bp.primer["semantics"].run(bp.load("bert-tiny"), tasks, progress=False)
    Finding 10, semantics: inconclusive...
    """

    key = "semantics"
    items = "words"
    reading = "(tasks, word vectors)"
    measures = (TOLD, SPREAD)
    needs = (
        Need(
            "a task has one label, and nothing to tell",
            lambda study: all(len(set(one.labels)) > 1 for one in study.data.content.values()),
        ),
        Need(
            "one layer alone is there, and nothing to mix",
            lambda study: len(study.reading["semantic"].hidden_layers) > 1,
        ),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take a semantic and a syntactic task, and vectors where they are given with them."""
        del options
        tasks, reading = data if isinstance(data, tuple) and len(data) == 2 else (data, None)
        if tasks is None or isinstance(tasks, Parses):
            relations = ProbeTask.from_parses(treebank() if tasks is None else tasks, "dependency")
            tasks = {"semantic": _senses(), "syntactic": relations}
        if not isinstance(tasks, Mapping) or set(tasks) != set(SIDES):
            raise TypeError(
                f"data must be Parses, or a dict of {' and '.join(SIDES)}, got {type(data).__name__}"
            )
        if not all(isinstance(one, ProbeTask) for one in tasks.values()):
            raise TypeError("data must hold a ProbeTask of each name")
        tasks = {side: tasks[side] for side in SIDES}
        if reading is not None and any(len(reading[side].is_read) != len(tasks[side]) for side in SIDES):
            raise ValueError("data must hold a vector for each item of both tasks")
        rows = [[side, one.texts, one.spans, one.labels] for side, one in tasks.items()]
        described = data_record("tasks", rows, tasks={side: one.name for side, one in tasks.items()})
        return Data(tasks, described, reading and _Reading(reading))

    def read(self, model: Any, study: Study) -> "_Reading":
        """Read the vectors of the items of both tasks."""
        from bertviz_plus.models.vectors.span_vectors import span_vectors

        return _Reading(
            {
                side: span_vectors(model, one.texts, one.spans_by_text(), progress=study.progress)
                for side, one in study.data.content.items()
            }
        )

    def sample(self, study: Study) -> MixSample:
        """Fit the mixes of the semantic task."""
        return MixSample.of(study.reading, study.data.content, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return the weight of every layer in both mixes."""
        rows = [
            {"task": f"{side}: {study.sample.tasks[side].name}", "hidden_layer": layer, "weight": weight}
            for side in SIDES
            for layer, weight in enumerate(study.sample.mixes[side][0].weights.tolist())
        ]
        return pd.DataFrame(rows)

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the weights of both mixes."""
        del study
        from bertviz_plus.charts.probes import mixing_weights

        return mixing_weights(details)

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say where the weights lie."""
        del comparisons, details
        last = len(study.sample.mixes["semantic"][0].weights) - 1
        said = (f"{side} {study.sample.mixes[side][0].centre:.1f}" for side in SIDES)
        return (f"Centre of gravity of the weights, of 0..{last}: {', '.join(said)}.",)


class _Reading(dict[str, WordVectors]):
    """The vectors of both tasks, with the model that they are of."""

    @property
    def model(self) -> Any:
        return self["semantic"].model


def _senses() -> ProbeTask:
    own = sense_sentences()
    # Every third keeps twelve sentences of each sense, and the time short.
    rows = [*zip(own.texts, own.spans, own.words, own.senses, strict=True)][::3]
    items = [(text, tuple(span), f"{word}: {sense}") for text, span, word, sense in rows]
    return ProbeTask.of(items, name="senses")
