"""Directions in the space of a model's weights, and moving a model along them and back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Direction = Mapping[str, Tensor]


def filter_normalised(direction: Tensor, weight: Tensor) -> Tensor:
    """Give each row of a direction the length that the weight's row has; 0 for biases and norms.

    Without it a step of one length means much where weights are small and little where they are large.

    Parameters
    ----------
    direction, weight : torch.Tensor
        Of one shape. What has one dimension (biases, layer norms) does not move.

    Returns
    -------
    torch.Tensor

    References
    ----------
    Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", section 4.

    Examples
    --------
    >>> filter_normalised(torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 10.0]])).tolist()
    [[6.0, 8.0]]
    """
    if weight.dim() < 2:
        return torch.zeros_like(weight)
    own, wanted = (one.flatten(1).norm(dim=1) for one in (direction, weight))
    factors = wanted / torch.where(own > 0, own, torch.ones_like(own))
    scaled: Tensor = direction * factors.reshape(-1, *[1] * (weight.dim() - 1))
    return scaled


def random_direction(model: nn.Module, *, seed: int = 0) -> dict[str, Tensor]:
    """Draw a filter-normalised direction through a model's weights.

    Parameters
    ----------
    model : torch.nn.Module
    seed : int, default 0

    Returns
    -------
    dict of str to torch.Tensor
        By the names of the parameters.
    """
    generator = torch.Generator().manual_seed(seed)
    return {
        name: filter_normalised(torch.randn(weight.shape, generator=generator).to(weight), weight.detach())
        for name, weight in model.named_parameters()
    }


def difference(end: Direction, start: Direction) -> dict[str, Tensor]:
    """Return ``end - start`` for what both have in one shape.

    Raises
    ------
    ValueError
        Where they have nothing in common.
    """
    shared = {name: end[name] - start[name] for name in start if _fits(end, start, name)}
    if not shared:
        raise ValueError("start and end must be weights of one architecture; no parameter is in both")
    return shared


def _fits(end: Direction, start: Direction, name: str) -> bool:
    return name in end and end[name].shape == start[name].shape and end[name].is_floating_point()


def main_directions(
    states: Sequence[Direction], end: Direction
) -> tuple[list[dict[str, Tensor]], NDArray[np.float64], list[float]]:
    """Return the two directions in which weights moved most on their way, and the way along them.

    The principal components of the states less the last one, as Li et al. 2018, section 7, have it; computed
    from products of states alone.

    Parameters
    ----------
    states : sequence of mappings
        Weights on the way, two at least.
    end : mapping
        Where it ended.

    Returns
    -------
    directions : list of dict
        Two, each of the length that the way has along it, at right angles.
    way : ndarray [states + 1, 2]
        The states and the end along them.
    shares : list of float
        How much of the way's variance each explains.
    """
    steps = [difference(state, end) for state in states]
    products = np.array(
        [[sum(float((one[n] * two[n]).sum()) for n in one) for two in steps] for one in steps], float
    )
    values, vectors = np.linalg.eigh(products)
    order = values.argsort()[::-1][:2]
    directions: list[dict[str, Tensor]] = []
    coordinates = np.zeros((len(states) + 1, 2))
    for axis, place in enumerate(order):
        length = np.sqrt(max(values[place], 1e-30))
        along = products @ vectors[:, place] / length
        extent = np.abs(along).max() or 1.0
        mix = vectors[:, place] / length * extent
        directions.append({name: _mixed(mix, [step[name] for step in steps]) for name in steps[0]})
        coordinates[:-1, axis] = along / extent
    total = values.clip(0).sum() or 1.0
    return directions, coordinates, [float(values[place] / total) for place in order]


def _mixed(shares: NDArray[np.float64], tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack([float(share) * one for share, one in zip(shares, tensors, strict=True)]).sum(0)


@contextmanager
def moved(model: nn.Module) -> Iterator[Any]:
    """Lend a model that can be put anywhere along directions, and give it back bit for bit as it was.

    Yields
    ------
    callable
        Takes pairs ``(how far, direction)`` and puts the weights at the start plus their sum.

    Examples
    --------
    >>> layer = nn.Linear(2, 1)
    >>> before = layer.weight.detach().clone()
    >>> with moved(layer) as put:
    ...     put([(1.0, {"weight": torch.ones(1, 2)})])
    ...     inside = layer.weight.detach().clone()
    >>> bool(torch.equal(inside, before + 1)), bool(torch.equal(layer.weight, before))
    (True, True)
    """
    parameters = dict(model.named_parameters())
    kept = {name: weight.detach().clone() for name, weight in parameters.items()}

    def put(steps: Sequence[tuple[float, Direction]]) -> None:
        with torch.no_grad():
            for name, weight in parameters.items():
                weight.copy_(kept[name])
                for far, direction in steps:
                    if far and name in direction:
                        weight.add_(direction[name].to(weight), alpha=far)

    try:
        yield put
    finally:
        with torch.no_grad():
            for name, weight in parameters.items():
                weight.copy_(kept[name])
