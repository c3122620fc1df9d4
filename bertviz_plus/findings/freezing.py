"""Finding 23: freezing the bottom layers while fine-tuning helps to carry over to other languages."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from bertviz_plus.findings.baselines import Baseline
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.training_experiment import TrainingExperiment
from bertviz_plus.findings.tuned_sample import accuracies, baseline_levels, encodes, take_task
from bertviz_plus.measures.seeded import SeededTallies

HALF, NOTHING, EMBEDDINGS, QUARTER, MOST = (
    "half",
    "nothing",
    "embeddings",
    "a quarter",
    "three quarters",
)
# In the order in which they are drawn.
_LADDER = (NOTHING, EMBEDDINGS, QUARTER, HALF, MOST)


def _frozen(condition: str, n_layers: int) -> int | None:
    """Return how many layers are frozen with the embeddings; None where nothing is."""
    share = {EMBEDDINGS: 0.0, QUARTER: 0.25, HALF: 0.5, MOST: 0.75}.get(condition)
    return None if share is None else round(share * n_layers)


def _gain_at_home(sample: Any, _: Study) -> SeededTallies:
    gain = sample.values("right_at_home").astype(float) - sample.values("right_at_home", NOTHING)
    return SeededTallies.of_values(gain)


_NO_GAIN = Baseline("nothing frozen", "trains all weights", lambda _: 0.0)
ELSEWHERE = Measured(
    name="gain in other languages",
    gloss=(
        "The accuracy in languages that were not trained on, with the embeddings and the first half of the "
        "layers frozen, less that with nothing frozen, by seed and example."
    ),
    unit="accuracy gained in other languages by freezing half of the layers",
    ends=("nothing is gained", "all is gained"),
    margin=0.01,
    fewest=40,
    score=lambda sample, _: sample.difference("right", NOTHING),
    baselines=(_NO_GAIN,),
)
AT_HOME = Measured(
    name="gain in the language of training",
    gloss="The same gain on test examples in the language of the training set.",
    unit="accuracy gained in the language of training by freezing half of the layers",
    ends=("nothing is gained", "all is gained"),
    margin=0.01,
    fewest=40,
    score=_gain_at_home,
    baselines=(_NO_GAIN,),
)


class Freezing(TrainingExperiment):
    """Fine-tunes a multilingual model on one language and tests it on others, with more and more frozen.

    Nothing is frozen; the embeddings; the embeddings and the first quarter, half and three quarters of the
    layers: of twelve layers 0, 3, 6 and 9, as Wu and Dredze have it. What decides is named beforehand and not
    chosen: half of the layers, which is best for sentences in their table. All have the same examples,
    epochs, batches, learning rate and seeds; the epoch is the best on the dev set, which is in the language
    of training. Beside it stands the gain in that language: freezing may help there too.

    Data are a `Task` with test sets in other languages; without data, the topics of the package's own
    sentences, in German and French. `details` has the accuracy in each language with each part frozen;
    `show()` draws the curve. A budget of fewer than five ``parts`` leaves out the last of: a quarter, three
    quarters, the embeddings.
    """

    key = "freezing"
    items = "test examples"
    conditions = (HALF, NOTHING, EMBEDDINGS, MOST, QUARTER)
    numbers = ("right", "right_at_home", "language")
    budgets: ClassVar = {
        "quick": Budget(2, {"epochs": 3, "examples": 240, "parts": 2}),
        "full": Budget(3, {"epochs": 4, "examples": 2000, "parts": 5}),
    }
    recorded_with = ("multilingual-e5-small",)
    measures = (ELSEWHERE,)
    related = (AT_HOME,)
    needs = (
        Need(
            "the task has no test set in another language",
            lambda study: study.data.reading is not None or bool(study.data.content.other_languages),
        ),
        Need("{architecture} is no encoder that transformers has a classifier of; take a BERT", encodes),
        Need(
            "{architecture} has fewer than two layers of their own weights, of which half could be frozen",
            lambda study: study.data.reading is not None or _has_layers(study.model),
        ),
    )

    def take_data(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring a task into one form."""
        del options
        taken = take_task(data)
        task = taken.content
        levels = {name: baseline_levels(task, one) for name, one in task.other_languages.items()}
        said = {"languages": list(task.other_languages), "baselines": levels}
        return Data(task, {**taken.described, **said})

    def conditions_of(self, model: Any, study: Study) -> tuple[str, ...]:
        """Return what is frozen, of as many kinds as the budget allows."""
        kept: dict[int | None, str] = {}
        for condition in self.conditions[: max(2, int(study.spending["parts"]))]:
            kept.setdefault(_frozen(condition, model.n_layers), condition)
        return tuple(kept.values())

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, Any]:
        """Fine-tune with so much frozen, and say which examples of each language are right."""
        from bertviz_plus.training.fine_tune import fine_tune
        from bertviz_plus.training.tuned import right_of

        task = study.data.content
        tuned = fine_tune(
            model,
            task.with_first(study.spending["examples"]),
            seed=seed,
            epochs=study.spending["epochs"],
            learning_rate=1e-4,
            freeze=_frozen(condition, model.n_layers),
            new_head=True,
            progress=False,
        )
        elsewhere = [right_of(tuned, one) for one in task.other_languages.values()]
        return {
            "right": np.concatenate(elsewhere),
            "right_at_home": right_of(tuned, task.test),
            "language": np.repeat(np.arange(len(elsewhere)), [len(one) for one in elsewhere]),
        }

    def details(self, study: Study) -> pd.DataFrame:
        """Return the accuracy in each language with each part frozen, with its interval."""
        runs = study.reading
        code = runs.numbers["language"][0, 0]
        names = runs.data.get("languages") or [f"language {one}" for one in np.unique(code)]
        every = {"training language": runs.numbers["right_at_home"]}
        every |= {name: runs.numbers["right"][:, :, code == place] for place, name in enumerate(names)}
        found = accuracies(runs, every, study.resamples, study.seed)
        return found.sort_values("condition", key=lambda own: own.map(_LADDER.index), kind="stable")

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the curve."""
        from bertviz_plus.charts.conditions import by_condition

        del study
        return by_condition(details, across="frozen")

    def doubt(self, study: Study, comparisons: Sequence[Comparison]) -> str:
        """Say that nothing was carried over, where there was nothing that freezing could help."""
        del comparisons
        levels = study.reading.data.get("baselines", {}).values()
        chance = max((one["most frequent label"] for one in levels), default=0.0)
        own = max(study.sample.fixed_at(one).scored("right").interval(study.resamples, study.seed)[0]
                  for one in (HALF, NOTHING))  # fmt: skip
        if own > chance:
            return ""
        return "nothing is carried over, frozen or not: accuracy elsewhere is not above the commonest label's"


def _has_layers(model: Any) -> bool:
    return bool(model.n_layers > 1 and len(model._stacks[0].blocks) == model.n_layers)
