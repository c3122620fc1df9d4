"""Low-rank changes of a model's matrices (LoRA), trained beside weights that stay as they are."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import nn


class LowRank(nn.Module):
    """A linear map and a low-rank change of it: ``y = W x + b + 2 B (A x)``.

    Hu et al. 2021, equation 3, with their α/r = 2. `B` starts at zero, so at first nothing is changed.

    Parameters
    ----------
    linear : torch.nn.Linear
        Stays as it is.
    rank : int
    dropout : float
        On what enters the change, in training.
    """

    SCALE = 2.0

    def __init__(self, linear: nn.Linear, rank: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.linear = linear
        self.down = nn.Parameter(torch.empty(rank, linear.in_features, device=linear.weight.device))
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank, device=linear.weight.device))
        self.dropout = nn.Dropout(dropout)
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply the map and its change."""
        changed: torch.Tensor = self.linear(x) + (self.dropout(x) @ self.down.T) @ (self.up.T * self.SCALE)
        return changed


def with_low_rank(
    model: nn.Module, names: Sequence[str], rank: int, dropout: float = 0.0
) -> dict[str, LowRank]:
    """Put a low-rank change around some linear maps of a model, in place.

    Parameters
    ----------
    model : torch.nn.Module
    names : sequence of str
        The linear maps, as `torch.nn.Module.get_submodule` finds them.
    rank : int
    dropout : float

    Returns
    -------
    dict of str to LowRank
        The changes by the names of what they change.
    """
    changes = {}
    for name in names:
        parent, _, leaf = name.rpartition(".")
        changes[name] = LowRank(model.get_submodule(name), rank, dropout)  # type: ignore[arg-type]
        setattr(model.get_submodule(parent), leaf, changes[name])
    return changes


def stored(changes: Mapping[str, LowRank]) -> dict[str, torch.Tensor]:
    """Give the changes as `merge` of `models.adapters` reads them: ``W += lora_B @ lora_A``."""
    tensors = {}
    for name, change in changes.items():
        tensors[f"{name}.lora_A"] = change.down.detach()
        tensors[f"{name}.lora_B"] = change.up.detach() * change.SCALE
    return tensors
