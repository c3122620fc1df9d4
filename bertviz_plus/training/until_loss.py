"""Train until the examples are known, so that what training from different starts ends in can be compared."""

from contextlib import suppress
from typing import Any

from bertviz_plus.data.examples import Examples
from bertviz_plus.data.task import Task
from bertviz_plus.models.model import Model
from bertviz_plus.models.predictions.task_loss import examples_of
from bertviz_plus.training.fitting import Fit
from bertviz_plus.training.preparing import prepared
from bertviz_plus.training.tuning_settings import TuningSettings


class _KnownError(Exception):
    """The examples are known."""


def tuned_until(
    model: Model,
    task: Task,
    examples: Examples,
    loss: float,
    *,
    steps: int,
    seed: int = 0,
    learning_rate: float | None = None,
) -> tuple[Model, Model]:
    """Fine-tune until the mean loss of the examples that are trained on is low.

    Parameters
    ----------
    model : Model
        An encoder; it stays as it is.
    task : Task
        Its labels are those of the new head.
    examples : Examples
        Some of its training set, which make one batch.
    loss : float
        In nats, looked at after each step. Where it is not reached, training ends after `steps`.
    steps : int
    seed : int, default 0
    learning_rate : float, optional

    Returns
    -------
    start, tuned : Model
        With the same new head; the second is trained.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> task = bp.tasks["topic"]
    >>> start, tuned = tuned_until(bp.load("bert-tiny"), task, task.train.take(range(4)), 5.0, steps=60)
    >>> start.hf.num_labels, tuned is start
    (6, False)
    """
    # One batch of all: the loss is looked at after each step, and ends close below what is asked for.
    asked = TuningSettings(seed=seed, steps=steps, batch_size=len(examples), learning_rate=learning_rate)
    settings = asked.of(model.hf.device, model.hidden_size)
    start, tuned = (prepared(model, task, settings) for _ in range(2))
    own = examples_of(tuned, examples)

    def after(fit: Fit) -> None:
        if fit.fitted.history[-1]["dev_loss"] <= loss:
            raise _KnownError

    hf: Any = tuned.hf
    with suppress(_KnownError):
        Fit(tuned, settings, own, own).run(after, way=False, progress=False)
    hf.zero_grad(set_to_none=True)
    return start, tuned
