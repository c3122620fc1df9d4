"""Adapters: small bottlenecks trained inside a model whose own weights stay as they are."""

from collections.abc import Sequence

from torch import Tensor, nn

from bertviz_plus.training.attaching import Attached, attach

# Small enough that the first steps are near the model's own, large enough that they learn.
_DEVIATION = 1e-2


class Houlsby(Attached):
    """A bottleneck with a way past it: ``y + U gelu(D y)``, where y is what a linear map returned.

    Houlsby et al. 2019, section 2.1. `U` starts at zero, so at first nothing is changed; theirs starts near
    zero.

    Parameters
    ----------
    linear : torch.nn.Linear
        Stays as it is.
    size : int
        Of the bottleneck.
    """

    def __init__(self, linear: nn.Linear, size: int) -> None:
        super().__init__()
        self.down = nn.Linear(linear.out_features, size, device=linear.weight.device)
        self.up = nn.Linear(size, linear.out_features, device=linear.weight.device)
        nn.init.trunc_normal_(self.down.weight, std=_DEVIATION, a=-2 * _DEVIATION, b=2 * _DEVIATION)
        for zero in (self.down.bias, self.up.weight, self.up.bias):
            nn.init.zeros_(zero)

    def change(self, given: Tensor, returned: Tensor) -> Tensor:
        """Add what the bottleneck makes of what the map returned."""
        del given
        changed: Tensor = returned + self.up(nn.functional.gelu(self.down(returned)))
        return changed


def with_houlsby(model: nn.Module, names: Sequence[str], size: int) -> None:
    """Put an adapter beside some linear maps of a model, in place.

    Parameters
    ----------
    model : torch.nn.Module
    names : sequence of str
        The linear maps, as `torch.nn.Module.get_submodule` finds them.
    size : int
    """
    for name in names:
        linear: nn.Linear = model.get_submodule(name)  # type: ignore[assignment]
        attach(linear, Houlsby(linear, size))
