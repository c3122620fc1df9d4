"""What can be changed of a pass: attention to chosen tokens, scaled.

An intervention is an object that says, for the tokens of a text, how weights are changed; `head_pass` runs a
model with it. Nothing of the model itself is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from bertviz_plus.models.recording import AttentionKind, Change


class Intervention(Protocol):
    """Something that changes the weights of attention."""

    def change(self, tokens: Sequence[str]) -> Change:
        """Return how weights change on a text with these tokens."""


@dataclass(frozen=True)
class ScaleAttention:
    """Multiply attention to chosen tokens by a factor.

    Parameters
    ----------
    to : str or sequence of int
        A token, such as "[SEP]", wherever it stands; or positions.
    by : float
        From 0, which takes the attention away, to 1, which changes nothing.
    layers : sequence of int, optional
        In which attention layers; in all by default.
    renormalise : bool, default False
        Whether the other weights of a row grow until it sums to what it did. Otherwise what the tokens add is
        scaled and all else stays.

    Raises
    ------
    ValueError
        For a factor outside 0..1.

    Examples
    --------
    >>> change = ScaleAttention(to="[SEP]", by=0.5).change(["a", "[SEP]"])
    >>> change("encoder", 0, torch.tensor([[[[0.4, 0.6], [0.2, 0.8]]]])).tolist()
    [[[[0.4..., 0.3...], [0.2..., 0.4...]]]]
    """

    to: str | Sequence[int] = "[SEP]"
    by: float = 0.0
    layers: Sequence[int] | None = None
    renormalise: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.by <= 1:
            raise ValueError(f"by must be a number from 0 to 1, got {self.by!r}")

    def change(self, tokens: Sequence[str]) -> Change:
        """Return how weights change on a text with these tokens.

        Raises
        ------
        ValueError
            Where no token is called so.
        """
        if isinstance(self.to, str):
            positions = [place for place, token in enumerate(tokens) if token == self.to]
        else:
            positions = list(self.to)
        if not positions or not all(0 <= place < len(tokens) for place in positions):
            raise ValueError(
                f"to must be a token of the text or positions in it, got {self.to!r}; its tokens: "
                f"{', '.join(tokens)}"
            )

        def scaled(kind: AttentionKind, layer: int, weights: Tensor) -> Tensor:
            if kind == "cross" or (self.layers is not None and layer not in self.layers):
                return weights
            factors = torch.ones(weights.shape[-1], dtype=weights.dtype, device=weights.device)
            factors[positions] = self.by
            fewer = weights * factors
            if not self.renormalise:
                return fewer
            total = fewer.sum(-1, keepdim=True)
            grown = fewer * (weights.sum(-1, keepdim=True) / total)
            # A row with nothing else to attend to stays as it was.
            return torch.where(total > 0, grown, weights)

        return scaled
