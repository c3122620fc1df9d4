"""What findings about fine-tuning share: the task they are tried on, and tables of how well it is done."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.data.examples import Examples
from bertviz_plus.data.task import Task
from bertviz_plus.data.tasks import tasks
from bertviz_plus.findings.baselines import Baseline
from bertviz_plus.findings.runs import Runs
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.measures.seeded import SeededTallies
from bertviz_plus.measures.task_baselines import baselines_right


def take_task(data: Any) -> Data:
    """Bring a task into the form that is trained on; without data, the topics of sentences.

    Parameters
    ----------
    data : Task or None
        Of texts or pairs.

    Raises
    ------
    TypeError, ValueError
        For what is no task, and one of words.
    """
    task = tasks["topic"] if data is None else data
    if not isinstance(task, Task):
        raise TypeError(f"data must be a Task, or Runs, got {type(data).__name__}")
    if task.kind == "words":
        raise ValueError("data must be a Task of texts or pairs, got one of words")
    sizes = {name: len(one) for name, one in task.sets.items()}
    return Data(task, {"name": task.name, "sha256": task.sha256, **sizes})


def baseline_levels(task: Task, examples: Examples) -> dict[str, float]:
    """Return the accuracy of what needs no model, for what is said of the data."""
    return {name: float(right.mean()) for name, right in baselines_right(task, examples).items()}


def said_of_data(name: str, gloss: str) -> Baseline:
    """Return the baseline whose level stands with the data, where it does."""

    def level(study: Study) -> float | None:
        found: Mapping[str, Any] = study.reading.data.get("baselines", {})
        return found.get(name)

    return Baseline(name, gloss, level)


MOST_FREQUENT = said_of_data("most frequent label", "always gives the commonest label of the training set")
BAG_OF_WORDS = said_of_data(
    "bag of words", "is a logistic regression on counts of words and of pairs of words"
)


def encodes(study: Study) -> bool:
    """Whether a model is one that can be fine-tuned to classify."""
    if study.data.reading is not None:
        return True
    from bertviz_plus.training.task_model import with_head

    try:
        with_head(study.model, study.data.content)
    except ValueError:
        return False
    return True


def accuracies(
    runs: Runs, values: Mapping[str, Any], resamples: int, seed: int, trained: str = ""
) -> pd.DataFrame:
    """Return the accuracy under each condition, with its interval over seeds and items.

    Parameters
    ----------
    runs : Runs
    values : mapping of str to ndarray [conditions, seeds, items]
        Right or not, by the name of the test set.
    resamples, seed : int
        Of the bootstrap.
    trained : str, optional
        The number that holds the share of parameters trained.
    """
    rows = []
    for place, condition in enumerate(runs.conditions):
        for name, right in values.items():
            scored = SeededTallies.of_values(right[place])
            low, high = scored.interval(resamples, seed)
            row = {"condition": condition, "set": name, "accuracy": scored.value, "low": low, "high": high}
            if trained:
                row["trained"] = float(np.mean(runs.numbers[trained][place]))
            rows.append(row)
    return pd.DataFrame(rows)
