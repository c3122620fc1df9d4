"""What findings 6 and 12 share: a model is fine-tuned, and each layer is asked how much it has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.data.task import Task
from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Need
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.training_experiment import TrainingExperiment
from bertviz_plus.findings.tuned_sample import baseline_levels, encodes, take_task
from bertviz_plus.measures.seeded import SeededTallies

TUNED, SHUFFLED = "labels", "shuffled labels"
# Kovaleva's last two of twelve.
_FINAL = 1 / 6
# The second of two trainings that differ in their seed.
_ANOTHER = 1000


def final_layers(n_layers: int) -> slice:
    """Return which layers are the final ones: the last sixth, one at least.

    Examples
    --------
    >>> final_layers(12), final_layers(2)
    (slice(10, 12, None), slice(1, 2, None))
    """
    return slice(n_layers - max(1, round(_FINAL * n_layers)), n_layers)


def at_the_end(sample: Any, _: Study) -> SeededTallies:
    """Score by how much the final layers have changed, by seed and test example."""
    values = sample.values("change")
    return SeededTallies.of_values(
        values[..., final_layers(values.shape[-1])].mean(axis=-1), sample.sentences
    )


def _elsewhere(study: Study) -> float:
    values = study.sample.values("change")
    return float(values[..., : final_layers(values.shape[-1]).start].mean())


def _between_seeds(study: Study) -> float:
    values = study.sample.values("between")
    return float(values[..., final_layers(values.shape[-1])].mean())


def _with_shuffled_labels(study: Study) -> float | None:
    if SHUFFLED not in study.sample.places:
        return None
    return float(at_the_end(study.sample.fixed_at(SHUFFLED), study).value)


RIVALS = (
    Baseline("other layers", "is the mean change of all layers before the final ones", _elsewhere),
    Baseline(
        "two seeds", "is how far two trainings that differ in their seed end apart there", _between_seeds
    ),
    Baseline(
        SHUFFLED, "is the change by the same training on labels that say nothing", _with_shuffled_labels
    ),
    UNTRAINED_TWIN,
)


class ChangedLayers(TrainingExperiment):
    """Fine-tunes on labels and on shuffled labels, and asks each layer how much it has changed.

    A subclass says in `changes` what a change is, ``[examples, layers]``, of two models on the same texts.
    """

    items = "test examples"
    conditions = (TUNED, SHUFFLED)
    budgets: ClassVar = {
        "quick": Budget(2, {"epochs": 2, "examples": 240, "tested": 100}),
        "full": Budget(3, {"epochs": 8, "examples": 2000, "tested": 1000}),
    }
    needs = (
        Need("{architecture} is no encoder that transformers has a classifier of; take a BERT", encodes),
        Need(
            "{architecture} has one layer of its own weights, and no other to compare it with",
            lambda study: study.data.reading is not None or _has_layers(study.model),
        ),
    )

    def changes(self, first: Any, second: Any, texts: Sequence[Any]) -> NDArray[np.float64]:
        """Return how much each layer differs on each text, ``[texts, layers]``."""
        raise NotImplementedError

    def beside(self, model: Any, tuned: Any, texts: Sequence[Any], study: Study) -> Mapping[str, Any]:
        """Return what else is read of a training."""
        del model, tuned, texts, study
        return {}

    def take_data(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring a task into one form."""
        del options
        taken = take_task(data)
        levels = baseline_levels(taken.content, taken.content.test)
        return Data(taken.content, {**taken.described, "baselines": levels})

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, Any]:
        """Fine-tune, on labels with two seeds, and read every layer's change."""
        from bertviz_plus.training.fine_tune import fine_tune
        from bertviz_plus.training.tuned import right_of

        task = study.data.content.with_first(study.spending["examples"])
        if condition == SHUFFLED:
            task = _shuffled(task, seed)
        test = task.test.take(np.arange(min(len(task.test), int(study.spending["tested"]))))
        pairs = test.text_pairs
        texts = test.texts if pairs is None else list(zip(test.texts, pairs, strict=True))

        def tuned_with(one: int) -> Any:
            epochs = study.spending["epochs"]
            # The last epoch: one that the dev set chooses may be the start itself.
            return fine_tune(model, task, seed=one, epochs=epochs, new_head=True, keep="last", progress=False)

        tuned = tuned_with(seed)
        change = self.changes(model, tuned.model, texts)
        # Of shuffled labels, nothing asks for a second seed.
        between = np.full_like(change, np.nan)
        if condition == TUNED:
            between = self.changes(tuned.model, tuned_with(seed + _ANOTHER).model, texts)
        return {
            "change": change,
            "between": between,
            "right": right_of(tuned, test),
            "group": np.asarray(test.groups or range(len(test)), int),
            **self.beside(model, tuned, texts, study),
        }

    def by_layer(self, study: Study) -> pd.DataFrame:
        """Return each layer's change with its interval, beside those of the baselines."""
        sample, rows = study.sample, []
        own, between = sample.values("change"), sample.values("between")
        shuffled = (
            sample.values("change", SHUFFLED) if SHUFFLED in sample.places else np.full_like(own, np.nan)
        )
        for layer in range(own.shape[-1]):
            scored = SeededTallies.of_values(own[..., layer], sample.sentences)
            low, high = scored.interval(study.resamples, study.seed)
            rivals = (float(one[..., layer].mean()) for one in (between, shuffled))
            rows.append((layer, scored.value, low, high, *rivals))
        return pd.DataFrame(rows, columns=["layer", "change", "low", "high", "two_seeds", "shuffled_labels"])

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the change by layer."""
        from bertviz_plus.charts.changes import changes_by_layer

        del study
        return changes_by_layer(details, of=self.measures[0].unit.rpartition(", ")[2])

    def unsettled(self, study: Study) -> str:
        """Let nothing be decided by a model that has not learned the task."""
        levels: Mapping[str, float] = study.reading.data.get("baselines", {})
        chance = levels.get("most frequent label", 0.0)
        # Whether these trainings learned it, not whether others would: the interval is of examples alone.
        right = study.sample.values("right").mean(axis=0, keepdims=True)
        scored = SeededTallies.of_values(right, study.sample.sentences)
        low, _ = scored.interval(study.resamples, study.seed)
        if chance and low <= chance:
            return (
                f"the task was not learned: {scored.value:.2f} of the test examples are right, and the "
                f"commonest label alone gets {chance:.2f}"
            )
        return super().unsettled(study)

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say where the change is largest, and how well the task was learned."""
        del comparisons
        most = int(details["change"].to_numpy().argmax())
        right = float(study.sample.values("right").mean())
        said = (
            f"Layer {most} changes most, by {details['change'][most]:.3f}; after training {right:.2f} of the "
        )
        return (f"{said}test examples are right.",)


def _shuffled(task: Task, seed: int) -> Task:
    """Return the task with its labels dealt anew to the examples to train on."""
    labels = np.random.default_rng(seed).permutation(np.array(task.train.labels, object))
    return replace(task, train=replace(task.train, labels=tuple(labels.tolist())))


def _has_layers(model: Any) -> bool:
    return bool(model.n_layers > 1 and len(model._stacks[0].blocks) == model.n_layers)
