"""Finding 17: small modules trained inside a frozen model do nearly as well as fine-tuning all of it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from bertviz_plus.findings.baselines import Baseline, fixed_place
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.seeded_sample import SeededSample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.training_experiment import TrainingExperiment
from bertviz_plus.findings.tuned_sample import (
    BAG_OF_WORDS,
    MOST_FREQUENT,
    accuracies,
    baseline_levels,
    encodes,
    take_task,
)
from bertviz_plus.measures.seeded import SeededTallies

ADAPTERS, ALL, HEAD, LOW_RANK = "adapters", "all weights", "head alone", "low-rank changes"
_NEARLY = 0.05
_HEAD_ALONE = fixed_place(HEAD, "trains the head on the frozen model as it is", HEAD)


def _kept(sample: SeededSample, _: Study) -> SeededTallies:
    right = sample.values("right").astype(float) - sample.values("right", ALL)
    return SeededTallies.of_values(1 + right, sample.sentences)


LEARNED = Measured(
    name="accuracy with adapters",
    gloss="The share of test examples that a frozen model with Houlsby adapters and a head gets right.",
    unit="share of test examples that the model with adapters gets right",
    ends=("none", "all"),
    margin=0.05,
    fewest=40,
    score=lambda sample, _: sample.scored("right"),
    baselines=(
        _HEAD_ALONE,
        BAG_OF_WORDS,
        MOST_FREQUENT,
    ),
)
KEPT = Measured(
    name="beside fine-tuning all weights",
    gloss=(
        "1 less what is lost of the accuracy where adapters are trained in place of all "
        "weights. Nearly as well means that less than 0.05 is lost: a bound of this package's own."
    ),
    unit="accuracy with adapters less that with all weights trained, plus 1",
    ends=("all is lost", "nothing is lost"),
    margin=0.0,
    fewest=40,
    score=_kept,
    baselines=(
        Baseline("a loss of 0.05", "is what counts as nearly as well", lambda _: 1 - _NEARLY),
        _HEAD_ALONE,
    ),
)


class Adapters(TrainingExperiment):
    """Fine-tunes a classifier in three ways, and compares what each gets right.

    The body is frozen and Houlsby adapters and the head are trained; all weights are trained; the body is
    frozen and the head alone is trained. Where the architecture has maps to queries and to values of their
    own, low-rank changes of them (LoRA) are trained too, and stand in the details. All ways have the same
    examples, epochs, batches and seeds, and the learning rates that `fine_tune` has by default; the epoch is
    the best on the dev set. The claim rests on whether adapters learn the task at all: beyond the head alone
    and a bag of words; then on whether they lose less than 0.05 of the accuracy.

    Data are a `Task` of texts or pairs; without data, the topics of the package's own sentences. `details`
    has the accuracy and the share of parameters trained of every way; `show()` draws them.
    """

    key = "adapters"
    items = "test examples"
    conditions = (ADAPTERS, ALL, HEAD)
    numbers = ("right", "trained", "group")
    budgets: ClassVar = {
        "quick": Budget(2, {"epochs": 3, "examples": 200}),
        "full": Budget(3, {"epochs": 8, "examples": 2000}),
    }
    measures = (LEARNED, KEPT)
    needs = (
        Need("{architecture} is no encoder that transformers has a classifier of; take a BERT", encodes),
        Need(
            "the blocks of {architecture} do not end in two linear maps, beside which adapters are put",
            lambda study: study.data.reading is not None or _takes(study.model, "houlsby"),
        ),
    )

    def take_data(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring a task into one form."""
        del options
        taken = take_task(data)
        levels = baseline_levels(taken.content, taken.content.test)
        return Data(taken.content, {**taken.described, "baselines": levels})

    def conditions_of(self, model: Any, study: Study) -> tuple[str, ...]:
        """Return the ways, low-rank changes among them where they can be made."""
        del study
        return (*self.conditions, LOW_RANK) if _takes(model, "lora") else self.conditions

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, Any]:
        """Fine-tune in one way, and say which test examples are right."""
        from bertviz_plus.training.fine_tune import fine_tune
        from bertviz_plus.training.tuned import right_of

        task = study.data.content
        ways: dict[str, dict[str, Any]] = {
            ADAPTERS: {"adapter": "houlsby"},
            LOW_RANK: {"adapter": "lora"},
            HEAD: {"freeze": _body(model), "learning_rate": 2e-3},
        }
        tuned = fine_tune(
            model,
            task.with_first(study.spending["examples"]),
            seed=seed,
            epochs=study.spending["epochs"],
            new_head=True,
            progress=False,
            **ways.get(condition, {}),
        )
        groups = task.test.groups or range(len(task.test))
        return {
            "right": right_of(tuned, task.test),
            "trained": tuned.share_trained,
            "group": np.asarray(groups, int),
        }

    def details(self, study: Study) -> pd.DataFrame:
        """Return the accuracy of each way, with its interval, and the share of parameters it trains."""
        runs = study.reading
        right = {"test": runs.numbers["right"]}
        return accuracies(runs, right, study.resamples, study.seed, trained="trained")

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a chart of the accuracies."""
        from bertviz_plus.charts.conditions import by_condition

        del study
        return by_condition(details, across="what is trained")

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say how much was trained."""
        del study, comparisons
        shares = ", ".join(f"{row.condition} {row.trained:.1%}" for row in details.itertuples())
        return (f"Of the parameters, this much is trained: {shares}.",)


def _body(model: Any) -> tuple[str, ...]:
    """Return the names in a classifier of the parameters that the model has below its head."""
    prefix = model.hf.base_model_prefix
    return tuple(f"{prefix}.{name}" for name, _ in model.hf.base_model.named_parameters())


def _takes(model: Any, adapter: str) -> bool:
    from bertviz_plus.training.attaching import ends_of_sublayers, query_and_value

    try:
        (query_and_value if adapter == "lora" else ends_of_sublayers)(model)
    except ValueError:
        return False
    return True
