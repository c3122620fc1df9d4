"""Finding 9: the middle layers give the features that carry over best to other tasks."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bertviz_plus.data.treebank import treebank
from bertviz_plus.findings.baselines import LAYER_0, UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.joint_tasks import joined
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.middle_layers import HAS_A_MIDDLE, OUTER_LAYERS
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.task_sample import FEWEST, TaskSample
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.probe_task import TASKS, ProbeTask
from bertviz_plus.traces.word_vectors import WordVectors

LABELS = Measured(
    name="labels told",
    gloss=(
        "A linear probe reads one layer and tells each word's label; it was fitted on other texts. Mean of "
        "the tasks' accuracies."
    ),
    unit="share of words whose label a linear probe of a middle layer tells",
    ends=("never", "always"),
    margin=0.01,
    fewest=FEWEST,
    score=lambda sample, _: sample.tallies,
    baselines=(
        Baseline(
            "majority", "is the most frequent label, always guessed", lambda study: study.sample.guessed()
        ),
        Baseline(
            "the control task",
            "has a label drawn at random for each word type: what a probe learns by heart",
            lambda study: study.sample.controlled(study.reading),
        ),
        LAYER_0,
        OUTER_LAYERS,
        UNTRAINED_TWIN,
    ),
)


class Transfer(Experiment):
    """Finding 9: the middle layers give the features that carry over best to other tasks.

    A linear softmax (Liu et al. 2019) is fitted on every frozen hidden layer for several tasks, on two thirds
    of the texts for the other third. The middle layers are those from a third to two thirds of the way up;
    the best of them must tell more labels, in the mean of the tasks, than the best of the other layers,
    layer 0, an untrained twin, the most frequent label, and a control task (Hewitt & Liang 2019).

    Data are `Parses`, of which parts of speech, relations, the number of nouns and the tense of verbs are
    taken, or a list of `ProbeTask`; by default the treebank that comes with the package. In place of a model
    ``(tasks, vectors)`` can be given, the vectors of all their spans. `details` has a row for each task and
    layer; `show()` draws tasks by layers.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> task = bp.ProbeTask.from_parses(bp.treebank().take(range(2)), "pos")
    >>> bp.primer["transfer"].run(bp.load("bert-tiny"), [task], progress=False)
    Finding 9, transfer: inconclusive...
    """

    key = "transfer"
    items = "words"
    reading = "(tasks, word vectors)"
    measures = (LABELS,)
    needs = (
        Need(
            "a task has one label, and nothing to tell",
            lambda study: all(len(set(one.labels)) > 1 for one in study.data.content),
        ),
        HAS_A_MIDDLE,
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take tasks, and vectors where they are given with them."""
        del options
        tasks, reading = data if isinstance(data, tuple) and len(data) == 2 else (data, None)
        tasks = treebank() if tasks is None else tasks
        name = getattr(tasks, "name", "tasks")
        if isinstance(tasks, Parses):
            tasks = [ProbeTask.from_parses(tasks, one) for one in TASKS]
        if (
            not isinstance(tasks, Sequence)
            or not all(isinstance(one, ProbeTask) for one in tasks)
            or not tasks
        ):
            raise TypeError(f"data must be Parses, or a list of ProbeTask, got {type(data).__name__}")
        if reading is not None and len(reading.is_read) != len(joined(tasks)):
            raise ValueError(
                f"data must hold a vector for each of the {len(joined(tasks))} spans of the tasks"
            )
        rows = [[one.name, one.texts, one.sources, one.spans, one.labels] for one in tasks]
        described = data_record(name, rows, tasks=[one.name for one in tasks], words=sum(map(len, tasks)))
        return Data(tuple(tasks), described, reading)

    def read(self, model: Any, study: Study) -> WordVectors:
        """Read the vectors of all spans of all tasks, each once."""
        from bertviz_plus.models.vectors.span_vectors import span_vectors

        spans = joined(study.data.content)
        texts = list(dict.fromkeys(text for text, _ in spans))
        by_text: dict[str, list[Any]] = {text: [] for text in texts}
        for text, span in spans:
            by_text[text].append(span)
        return span_vectors(model, texts, list(by_text.values()), progress=study.progress)

    def sample(self, study: Study) -> TaskSample:
        """Fit and score a probe at every layer for every task."""
        return TaskSample.of(study.reading, study.data.content, seed=study.seed, progress=study.progress)

    def details(self, study: Study) -> pd.DataFrame:
        """Return the accuracy of every task at every layer, with its interval."""
        sample, rows = study.sample, []
        for number, task in enumerate(sample.tasks):
            for place, layer in enumerate(sample.places):
                tallies = sample.tallies_at(place).only(sample.groups == number)
                low, high = tallies.interval(study.resamples, study.seed)
                row = {"task": task.name, "hidden_layer": layer, "accuracy": tallies.value}
                rows.append({**row, "low": low, "high": high})
        return pd.DataFrame(rows)

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return tasks by layers."""
        del study
        from bertviz_plus.charts.probes import tasks_by_layer

        return tasks_by_layer(details)

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say which layer is best for each task, and the selectivity."""
        best = details.loc[details.groupby("task", sort=False)["accuracy"].idxmax()]
        said = ", ".join(f"{one.task} {one.hidden_layer}" for one in best.itertuples())
        kept = comparisons[0].number - comparisons[0].baselines["the control task"]
        last = study.sample.places[-1]
        return (f"Best hidden layer of 0..{last}: {said}.", f"Selectivity in the middle: {kept:.2f}.")
