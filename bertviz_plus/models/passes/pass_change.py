"""What can be changed of one forward pass, and where in it; the recorder asks at each place.

Attention weights are changed before they weight the values, a head's context before the output projection,
hidden states where a block takes or leaves them. Nothing of the model itself is changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from bertviz_plus.models.passes.blocks import StackName

AttentionKind = Literal["encoder", "decoder", "cross"]
# From the kind of attention, the layer and its weights, ``[batch, heads, queries, keys]``, to the weights
# that the pass goes on with.
Change = Callable[[AttentionKind, int, Tensor], Tensor]


class AttentionCall(NamedTuple):
    """One attention of a pass: its kind, its layer, and the mask it was given."""

    kind: AttentionKind
    layer: int
    mask: Tensor | None

    def visible(self, weights: Tensor) -> Tensor:
        """Return which keys each query may see, in the shape of weights ``[batch, heads, queries, keys]``.

        Examples
        --------
        >>> mask = torch.tensor([[[[0.0, torch.finfo(torch.float32).min]]]])
        >>> AttentionCall("encoder", 0, mask).visible(torch.zeros(1, 2, 1, 2)).tolist()
        [[[[True, False]], [[True, False]]]]
        """
        if self.mask is None:
            return torch.ones_like(weights, dtype=torch.bool)
        mask = self.mask[..., : weights.shape[-1]]
        seen = mask if mask.dtype == torch.bool else mask > torch.finfo(mask.dtype).min / 2
        return seen.expand(weights.shape)


class PassChange:
    """A change of one pass; by itself it changes nothing.

    Attributes
    ----------
    of_attention : bool
        Whether it concerns attention, which must then run through the recording function.
    """

    of_attention = True

    def weights(self, call: AttentionCall, weights: Tensor) -> Tensor:  # noqa: ARG002
        """Return the weights that values are weighted by; the same object where they stay."""
        return weights

    def attended(
        self,
        call: AttentionCall,  # noqa: ARG002
        weights: Tensor,
        context: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Return weights to show and the context to go on with, ``[batch, queries, heads, head_dim]``."""
        return weights, context

    def replaces(self, stack: StackName, hidden_layer: int) -> bool:  # noqa: ARG002
        """Whether hidden states of a layer are replaced."""
        return False

    def hidden(self, stack: StackName, hidden_layer: int, hidden: Tensor) -> Tensor:  # noqa: ARG002
        """Return the hidden states to go on with, ``[batch, tokens, hidden]``."""
        return hidden

    def skips(self, stack: StackName, layer: int) -> bool:  # noqa: ARG002
        """Whether a block passes on what it was given."""
        return False


@dataclass(frozen=True)
class WeightChange(PassChange):
    """A change of weights by a function of kind, layer and weights."""

    change: Change

    def weights(self, call: AttentionCall, weights: Tensor) -> Tensor:
        """Apply the function."""
        return self.change(call.kind, call.layer, weights)


class ScaledHeads(PassChange):
    """Multiplies what each head gives by a factor: of 0, the head is as if removed.

    Parameters
    ----------
    factors : torch.Tensor [rows, layers, heads]
        One row, or one for each text of the batch. Gradients flow to it.
    kind : {"encoder", "decoder", "cross"}
    """

    def __init__(self, factors: Tensor, kind: AttentionKind = "encoder") -> None:
        self._factors, self._kind = factors, kind

    def attended(self, call: AttentionCall, weights: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Scale weights and context alike."""
        if call.kind != self._kind:
            return weights, context
        factors = self._factors[:, call.layer].to(context.device, context.dtype)
        return weights * factors.detach()[:, :, None, None], context * factors[:, None, :, None]


class Composed(PassChange):
    """Several changes, one after the other."""

    def __init__(self, changes: Sequence[PassChange]) -> None:
        self._changes = tuple(changes)
        self.of_attention = any(one.of_attention for one in self._changes)

    def weights(self, call: AttentionCall, weights: Tensor) -> Tensor:
        """Change what the changes before have left."""
        for one in self._changes:
            weights = one.weights(call, weights)
        return weights

    def attended(self, call: AttentionCall, weights: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Change what the changes before have left."""
        for one in self._changes:
            weights, context = one.attended(call, weights, context)
        return weights, context

    def replaces(self, stack: StackName, hidden_layer: int) -> bool:
        """Whether any does."""
        return any(one.replaces(stack, hidden_layer) for one in self._changes)

    def hidden(self, stack: StackName, hidden_layer: int, hidden: Tensor) -> Tensor:
        """Change what the changes before have left."""
        for one in self._changes:
            hidden = one.hidden(stack, hidden_layer, hidden)
        return hidden

    def skips(self, stack: StackName, layer: int) -> bool:
        """Whether any does."""
        return any(one.skips(stack, layer) for one in self._changes)
