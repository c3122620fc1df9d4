"""Low-rank changes of a model's matrices (LoRA), trained beside weights that stay as they are."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from bertviz_plus.training.attaching import Attached, attach


class LowRank(Attached):
    """A low-rank change of a linear map: ``y = W x + b + 2 B (A x)``.

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
        self.down = nn.Parameter(torch.empty(rank, linear.in_features, device=linear.weight.device))
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank, device=linear.weight.device))
        self.dropout = nn.Dropout(dropout)
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def change(self, given: Tensor, returned: Tensor) -> Tensor:
        """Add the change to what the map returned."""
        changed: Tensor = returned + (self.dropout(given) @ self.down.T) @ (self.up.T * self.SCALE)
        return changed


def with_low_rank(
    model: nn.Module, names: Sequence[str], rank: int, dropout: float = 0.0
) -> dict[str, LowRank]:
    """Put a low-rank change beside some linear maps of a model, in place.

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
        linear: nn.Linear = model.get_submodule(name)  # type: ignore[assignment]
        changes[name] = LowRank(linear, rank, dropout)
        attach(linear, changes[name])
    return changes


def low_rank_of(model: nn.Module) -> dict[str, LowRank]:
    """Return the low-rank changes in a model by the names of what they change."""
    return {
        name.rpartition(".")[0]: part for name, part in model.named_modules() if isinstance(part, LowRank)
    }


def stored(changes: Mapping[str, LowRank]) -> dict[str, torch.Tensor]:
    """Give the changes as `merge` of `models.loading.adapters` reads them: ``W += lora_B @ lora_A``."""
    tensors = {}
    for name, change in changes.items():
        tensors[f"{name}.lora_A"] = change.down.detach()
        tensors[f"{name}.lora_B"] = change.up.detach() * change.SCALE
    return tensors
