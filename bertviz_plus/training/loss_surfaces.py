"""How a loss changes as a model's weights move: along a line, over a plane."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from torch import nn

from bertviz_plus.traces.loss_surface import Floats, LossSurface
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.training.directions import (
    Direction,
    difference,
    main_directions,
    moved,
    random_direction,
)

Loss = Callable[[Any], float]


def loss_line(
    model: nn.Module,
    loss: Loss,
    *,
    end: Direction | None = None,
    points: int = 21,
    span: tuple[float, float] = (-0.5, 1.5),
    seed: int = 0,
    names: tuple[str, str] = ("start", "end"),
    progress: bool = True,
) -> LossSurface:
    r"""Return the loss on a line through a model's weights, :math:`J(\theta_0 + \alpha\,\delta)`.

    Parameters
    ----------
    model : torch.nn.Module
        Its weights are the line's 0. Moved while this runs and given back bit for bit, after an interrupt
        too.
    loss : callable
        Takes the model, returns its loss in nats.
    end : mapping of str to torch.Tensor, optional
        The weights at 1. Without it the direction is random and filter-normalised.
    points : int, default 21
        Three at least. 0, and 1 where the span holds it, are always among the points, so that the losses
        there are those of the two models themselves.
    span : (float, float), default (-0.5, 1.5)
    seed : int, default 0
        Of a random direction.
    names : (str, str)
        What the two ends are.
    progress : bool, default True

    Returns
    -------
    LossSurface

    Raises
    ------
    ValueError
        For fewer than three points, a span that does not hold 0, and an end of another architecture.

    References
    ----------
    Goodfellow et al. 2015, "Qualitatively characterizing neural network optimization problems"; Hao et al.
    2019, "Visualizing and Understanding the Effectiveness of BERT".
    """
    axis = _axis(points, span, [0.0] if end is None else [0.0, 1.0])
    start = {name: weight.detach() for name, weight in model.named_parameters()}
    direction = random_direction(model, seed=seed) if end is None else difference(end, start)
    losses = np.fromiter(_losses(model, loss, (axis,), (direction,), progress), float, len(axis))
    details = {"seed": seed} if end is None else {}
    name = "random direction" if end is None else f"{names[0]} to {names[1]}"
    return LossSurface(losses, (axis,), (name,), names[0], "" if end is None else names[1], details=details)


def loss_plane(
    model: nn.Module,
    loss: Loss,
    *,
    way: Sequence[Direction] = (),
    points: int = 21,
    span: tuple[float, float] | None = None,
    seed: int = 0,
    name: str = "model",
    progress: bool = True,
) -> LossSurface:
    """Return the loss on a plane through a model's weights.

    Parameters
    ----------
    model : torch.nn.Module
        Its weights are the plane's middle; given back bit for bit.
    loss : callable
    way : sequence of mappings, optional
        Weights on the way that training took to the model. The plane is then that of the two directions in
        which they moved most, and holds their projections; without it, two random filter-normalised ones.
    points : int, default 21
        Along each direction.
    span : (float, float), optional
        (-1, 1), or what the way needs and a quarter more.
    seed : int, default 0
        Of random directions.
    name : str
        What the model is.
    progress : bool, default True

    Returns
    -------
    LossSurface

    Raises
    ------
    ValueError
        As `loss_line`, and for a way of one step.

    References
    ----------
    Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", sections 4 and 7.
    """
    trajectory: Floats = np.zeros((0, 2))
    details: dict[str, Any] = {}
    if way:
        if len(way) < 2:
            raise ValueError(f"way must hold two states at least, got {len(way)}")
        end = {one: weight.detach().clone() for one, weight in model.named_parameters()}
        directions, trajectory, shares = main_directions(way, end)
        details["variance of the way"] = shares
        spans = [span or _around(trajectory[:, axis]) for axis in range(2)]
        names = tuple(f"component {axis + 1} of the way" for axis in range(2))
    else:
        directions = [random_direction(model, seed=2 * seed + axis) for axis in range(2)]
        details["seed"] = seed
        spans = [span or (-1.0, 1.0)] * 2
        names = ("random direction 1", "random direction 2")
    axes = tuple(_axis(points, one, [0.0]) for one in spans)
    shape = (len(axes[1]), len(axes[0]))
    found = np.fromiter(_losses(model, loss, axes, directions, progress), float, shape[0] * shape[1])
    return LossSurface(found.reshape(shape), axes, names, name, trajectory=trajectory, details=details)


def _losses(
    model: nn.Module,
    loss: Loss,
    axes: Sequence[Floats],
    directions: Sequence[Direction],
    progress: bool,
) -> Iterator[float]:
    # The last axis is the slowest, as rows are.
    places = [place[::-1] for place in product(*reversed(axes))]
    with moved(model) as put:
        for place in tqdm(places, desc="Loss surface", unit=" points", delay=1, disable=not progress):
            put(list(zip(map(float, place), directions, strict=True)))
            yield loss(model)


def _around(along: Floats) -> tuple[float, float]:
    low, high = min(0.0, along.min()), max(0.0, along.max())
    room = 0.25 * (high - low) or 1.0
    return low - room, high + room


def _axis(points: int, span: tuple[float, float], fixed: Sequence[float]) -> Floats:
    """Even steps over a span, each of the fixed points in place of the step that is nearest to it."""
    low, high = span
    if points < 3:
        raise ValueError(f"points must be at least 3, got {points!r}")
    if not low < 0 < high:
        raise ValueError(f"span must hold 0 and go beyond it on both sides, got {span!r}")
    axis = np.linspace(low, high, points)
    for point in fixed:
        if low <= point <= high:
            axis[np.abs(axis - point).argmin()] = point
    return axis
