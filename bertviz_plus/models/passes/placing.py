"""Where in what blocks pass on is the hidden state of each token."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

import torch
from torch import Tensor


class MisplacedError(ValueError):
    """What a block passes on is not one vector for each token."""


@dataclass(frozen=True)
class Place:
    """Where a stack's blocks keep the hidden states of a batch.

    Attributes
    ----------
    axes : tuple of int
        Which of their axes are batch, tokens and hidden: (1, 0, 2) where tokens come first (XLNet).
    kept : {"all", "first", "last"}
        Which places are the text's, where a model adds some of its own: padding after it (Longformer) or a
        prompt before it.
    from_block : bool
        Whether the last hidden layer is what the last block returns (CLIP), not what the stack returns.

    Examples
    --------
    >>> Place((1, 0, 2)).of(torch.zeros(5, 1, 8), (1, 5)).shape
    torch.Size([1, 5, 8])
    """

    axes: tuple[int, ...] = (0, 1, 2)
    kept: Literal["all", "first", "last"] = "all"
    from_block: bool = False

    def of(self, hidden: Any, shape: tuple[int, int]) -> Tensor:
        """Return hidden states as ``[batch, tokens, hidden]`` for a batch of that many texts and tokens.

        Raises
        ------
        MisplacedError
            Where they have another shape.
        """
        given = hidden
        if isinstance(hidden, Tensor) and hidden.dim() == 3:
            if self.axes != (0, 1, 2):
                hidden = hidden.permute(self.axes)
            if self.kept != "all" and hidden.shape[1] > shape[1]:
                hidden = hidden[:, : shape[1]] if self.kept == "first" else hidden[:, -shape[1] :]
            if hidden.shape[:2] == shape:
                placed: Tensor = hidden
                return placed
        came = list(given.shape) if isinstance(given, Tensor) else type(given).__name__
        raise MisplacedError(f"{came} for {shape[0]} × {shape[1]} tokens")


def possible_places(blocks: list[Any], own: list[Tensor], shape: tuple[int, int]) -> Iterator[Place]:
    """Yield how what the blocks were given may give a model's own hidden states.

    Parameters
    ----------
    blocks : list of torch.Tensor
        What each block was given.
    own : list of torch.Tensor
        The model's hidden states of the same pass, ``[batch, tokens, hidden]``, which may have padding too.
    shape : (int, int)
        Of the batch: texts, tokens.

    Examples
    --------
    >>> hidden = torch.arange(10.0).reshape(1, 5, 2)
    >>> [place.axes for place in possible_places([hidden.transpose(0, 1)], [hidden], (1, 5))][0]
    (1, 0, 2)
    """
    for axes in permutations(range(3)):
        for kept in ("all", "first", "last"):
            place = Place(axes, kept)
            try:
                pairs = [
                    (place.of(hidden, shape), Place(kept=kept).of(theirs, shape))
                    for hidden, theirs in zip(blocks, own, strict=True)
                ]
            except MisplacedError:
                continue
            if all(alike(*pair) for pair in pairs):
                yield place


def alike(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are the same but for rounding."""
    if one.shape != other.shape:
        return False
    one, other = one.detach(), other.detach()
    scale = max(1.0, float(other.abs().max()))
    # Two runs of the same arithmetic, which a sum in another order tells apart by some last places.
    return float((one.float() - other.float()).abs().max()) <= 64 * torch.finfo(one.dtype).eps * scale
