"""How a task's loss changes around a fine-tuned model: along a line, over a plane."""

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.data.examples import Examples
from bertviz_plus.data.task import Task
from bertviz_plus.models.model import Model, wrap
from bertviz_plus.models.predictions.task_loss import Example, examples_of, in_passes, losses_of
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.loss_surface import LossSurface
from bertviz_plus.training.loss_surfaces import loss_line, loss_plane
from bertviz_plus.training.tuned import Tuned

if TYPE_CHECKING:
    from torch import nn

_WORKS = "loss_surface(bp.fine_tune(model, task), task)"


def loss_surface(
    tuned: Tuned | Model | tuple[Model, Model],
    task: Task | Examples,
    *,
    dimensions: Literal[1, 2] = 1,
    along: Literal["training", "random"] | None = None,
    points: int = 21,
    span: tuple[float, float] | None = None,
    examples: int = 128,
    seed: int = 0,
    progress: bool = True,
) -> LossSurface:
    r"""Compute a task's loss on a line or a plane through a model's weights.

    In one dimension along training: :math:`J(\theta_0 + \alpha(\theta_1 - \theta_0))`, from the start (0) to
    the tuned model (1) and beyond both. In two: the plane in which training moved most, with its trajectory.
    Random directions are filter-normalised: each row is as long as the row of the weights. All models stay
    as they are.

    Parameters
    ----------
    tuned : Tuned, Model, or (Model, Model)
        From `fine_tune`; a model with a head for the task; or a start and an end of one architecture.
    task : Task or Examples
        Of a task, the training set, whose loss training lowers.
    dimensions : {1, 2}, default 1
    along : {"training", "random"}, optional
        Training, where it is known; for two dimensions that takes ``fine_tune(…, way=True)``.
    points : int, default 21
        Along each direction, three at least. The models themselves are always among them.
    span : (float, float), optional
        How far along each direction: (-0.5, 1.5) along a line of training, (-1, 1) along random directions,
        and what the trajectory needs.
    examples : int, default 128
        How many, drawn by `seed`; fewer where there are not so many.
    seed : int, default 0
        Of the examples and of random directions.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    LossSurface
        In nats: the mean over examples of the loss of each.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed.

    References
    ----------
    Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets"; Hao et al. 2019, "Visualizing and
    Understanding the Effectiveness of BERT".

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> task = bp.tasks["sentiment"]
    >>> tuned = bp.fine_tune(bp.load("bert-tiny"), task, steps=2, progress=False)
    >>> loss_surface(tuned, task, points=5, examples=8, progress=False)
    LossSurface: a line of 5 points from start to tuned, losses ...
    """
    start, end, way = _ends(tuned)
    if dimensions not in (1, 2):
        raise ValueError(f"dimensions must be 1 or 2, got {dimensions!r}")
    known = start is not None if dimensions == 1 else len(way) > 1
    if along not in (None, "training", "random"):
        raise ValueError(f"along must be 'training' or 'random', got {along!r}")
    if along == "training" and not known:
        raise ValueError(
            "along must be 'random' where the way of training is not known; it takes "
            + ("a start and an end" if dimensions == 1 else "two epochs of fine_tune(model, task, way=True)")
        )
    by_training = known if along is None else along == "training"
    moving = _copy(end if start is None or not (by_training and dimensions == 1) else start)
    loss = mean_loss(moving, drawn_examples(moving, task, examples, seed))
    common: dict[str, Any] = {"points": points, "seed": seed, "progress": progress}
    name = "model" if start is None else "tuned"
    if dimensions == 2:
        own = way if by_training else ()
        found = loss_plane(moving.hf, loss, way=own, span=span, name=name, **common)
    elif by_training:
        weights = dict(end.hf.named_parameters())
        found = loss_line(
            moving.hf, loss, end=weights, span=span or (-0.5, 1.5), names=("start", "tuned"), **common
        )
    else:
        found = loss_line(moving.hf, loss, span=span or (-1.0, 1.0), names=(name, ""), **common)
    found.details.update(model=end.info.id, examples=min(examples, _count(task)), seed=seed)
    return found


def drawn_examples(model: Model, task: Task | Examples, examples: int, seed: int) -> list[Example]:
    """Return so many examples of a task's training set, or of examples, as the model reads them.

    Raises
    ------
    TypeError, ValueError
        For what is no task, and no number of examples.
    """
    if not isinstance(task, Task | Examples):
        raise wrong_kind("task", "a Task or Examples", task, _WORKS)
    if not isinstance(examples, int) or isinstance(examples, bool) or examples < 1:
        raise ValueError(f"examples must be a whole number from 1 on, got {examples!r}")
    every = task.train if isinstance(task, Task) else task
    chosen = np.random.default_rng(seed).permutation(len(every))[:examples]
    return examples_of(model, every.take(sorted(chosen.tolist())))


def each_loss(model: Model, examples: list[Example]) -> NDArray[np.float64]:
    """Return the loss of each example in nats, ``[examples]``."""
    found = np.empty(len(examples))
    for places in in_passes(model, examples):
        found[places] = losses_of(model, [examples[place] for place in places]).loss.cpu().numpy()
    return found


def mean_loss(model: Model, examples: list[Example]) -> "Callable[[nn.Module], float]":
    """Return what computes the mean loss of a model, wherever its weights are."""
    return lambda _: float(each_loss(model, examples).mean())


def _ends(tuned: Any) -> tuple[Model | None, Model, tuple[Any, ...]]:
    """Return start and end, and the weights on the way between them."""
    if isinstance(tuned, Tuned):
        return tuned.start(), tuned.model, tuned.way[: tuned.epoch]
    if isinstance(tuned, Model):
        return None, tuned, ()
    if isinstance(tuned, tuple) and len(tuned) == 2 and all(isinstance(one, Model) for one in tuned):
        return (*tuned, ())
    raise wrong_kind("tuned", "Tuned, a Model, or a pair of Models", tuned, _WORKS)


def _count(task: Task | Examples) -> int:
    return len(task.train if isinstance(task, Task) else task)


def _copy(model: Model) -> Model:
    """Copy what is moved, so that nothing that happens meanwhile can change the model."""
    return wrap(deepcopy(model.hf), model.tokenizer, info=model.info)
