"""Finding 14: fine-tuning from pre-training ends in a wider and flatter minimum than from a random start."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from bertviz_plus.data.task import Task
from bertviz_plus.data.tasks import tasks
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.experiment import Need
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.training_experiment import TrainingExperiment
from bertviz_plus.findings.tuned_sample import encodes
from bertviz_plus.findings.valleys import LINES, OTHER, RANDOM, Floats, measured_valley, valley_rows
from bertviz_plus.traces.loss_surface import LossSurface

# Nats per example. Training ends where it is this low, so that minima of one depth are compared; chance is
# .69 with two labels, and a training that ends above the second has found no minimum.
_KNOWN, _UNKNOWN = 0.15, 0.25
_RATE = 3e-4


class Flatness(TrainingExperiment):
    """Finding 14: pre-training leads fine-tuning to wider and flatter minima than a random start does.

    The model, and the same architecture from random weights, are fine-tuned on the same few examples until
    their loss is .15 nats, so that minima of one depth are compared. Then the weights move along the line of
    training, from the start (0) to the tuned model (1) and beyond, as Hao et al. 2019 have it. How far until
    the loss of the examples is twice as high, and how curved is it? Beside it stands the same in a random
    direction of which each row is as long as the row of the weights (Li et al. 2018). Where a training does
    not come below .25 nats there is no minimum to speak of, and the verdict is inconclusive.

    Data are a `Task`; by default the package's sentences of two sentiments. `details` has a row for each
    training; `show()` draws the mean losses along training. `bertviz_plus.loss_surface` draws planes too.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["flatness"].run(bp.load("bert-tiny"), budget="full")  # doctest: +SKIP
    """

    key = "flatness"
    items = "examples"
    conditions = ("pre-trained", RANDOM, OTHER)
    numbers = ("training", "random", "training places", "random places")
    budgets: ClassVar[Mapping[str, Budget]] = {
        "quick": Budget(3, {"examples": 32, "steps": 160, "points": 17}),
        "full": Budget(5, {"examples": 48, "steps": 240, "points": 25}),
    }
    measures = (
        measured_valley("wider", "training"),
        measured_valley("flatter", "training"),
    )
    related = (
        measured_valley("wider", "random"),
        measured_valley("flatter", "random"),
    )
    needs = (
        Need(
            "{architecture} cannot be fine-tuned on a task; it takes an encoder",
            encodes,
        ),
    )

    def take_data(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take a task."""
        del options
        task = tasks["sentiment"] if data is None else data
        if not isinstance(task, Task):
            raise TypeError(f"data must be a Task, or Runs, got {type(task).__name__}")
        return Data(task, {"name": task.name, "sha256": task.sha256, "examples": len(task.train)})

    def train(self, model: Any, condition: str, seed: int, study: Study) -> dict[str, Floats]:
        """Fine-tune from one start, and read the losses along both lines."""
        from bertviz_plus.models.predictions.task_loss import examples_of
        from bertviz_plus.models.untrained import untrained_twin
        from bertviz_plus.training.loss_surfaces import loss_line
        from bertviz_plus.training.task_surface import each_loss
        from bertviz_plus.training.until_loss import tuned_until

        budget, task = study.spending, study.data.content
        if condition != self.conditions[0]:
            model = untrained_twin(model, seed=seed + 1000 * (condition == OTHER))
        # The same for all seeds, which are compared example by example.
        order = np.random.default_rng(study.seed).permutation(len(task.train))
        few = task.train.take(sorted(order[: budget["examples"]].tolist()))
        steps: int = budget["steps"]
        start, tuned = tuned_until(model, task, few, _KNOWN, steps=steps, seed=seed, learning_rate=_RATE)
        examples = examples_of(tuned, few)
        found: dict[str, Floats] = {}
        weights = dict(tuned.hf.named_parameters())
        for name, (_, span) in LINES.items():
            # The model at 1 is reached from the start; a random direction goes from the model itself.
            moving, end = (start, weights) if name == "training" else (tuned, None)
            losses: list[Floats] = []

            def loss(_: Any, moving: Any = moving, losses: list[Floats] = losses) -> float:
                losses.append(each_loss(moving, examples))
                return float(losses[-1].mean())

            line = loss_line(
                moving.hf, loss, end=end, points=budget["points"], span=span, seed=seed, progress=False
            )
            found |= {name: np.stack(losses, axis=1), f"{name} places": line.axes[0]}
        return found

    def unsettled(self, study: Study) -> str:
        """Let a training that found no minimum decide nothing."""
        lost = [
            f"{row['condition']} (seed {row['seed']}, {row['loss']:.2f})"
            for row in valley_rows(study.reading)
            if row["loss"] > _UNKNOWN
        ]
        if lost:
            some = ", ".join(lost[:3]) + " …" * (len(lost) > 3)
            return (
                f"{len(lost)} trainings did not come below {_UNKNOWN} nats, and so there is no minimum to "
                f"measure: {some}; a budget of more steps may"
            )
        return super().unsettled(study)

    def details(self, study: Study) -> pd.DataFrame:
        """Return the loss of each tuned model, and width and curvature around it."""
        return pd.DataFrame(valley_rows(study.reading))

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the mean losses along training, from pre-training and from a random start."""
        from bertviz_plus.charts.surfaces import loss_surface

        del details
        runs, names = study.reading, self.conditions[:2]
        at = runs.numbers["training places"][0, 0]
        means = runs.numbers["training"][:2].mean(axis=(1, 2))
        lines = [
            LossSurface(one, (at,), ("from the start to the tuned model",), "start", "tuned") for one in means
        ]
        return loss_surface(lines, names)
