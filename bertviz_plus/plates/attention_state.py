"""What a reader has chosen in an attention view, and what each of its modes draws."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bertviz_plus.plates.caption import Part
from bertviz_plus.traces.attention_layer import LayerChoice

Mode = Literal["heads", "overview", "matrix", "neuron"]


@dataclass(frozen=True)
class AttentionState(LayerChoice):
    """What is in view; the names are those of the view's traits."""

    mode: Mode = "heads"
    heads: tuple[int, ...] = (0,)
    side: Literal["from", "to"] = "from"
    selected_tokens: tuple[int, ...] = ()
    pair: tuple[int, ...] = ()
    combine: Literal["mean", "sum"] = "mean"
    threshold: float = 0.0
    include_heads: tuple[int, ...] | None = None
    quantity: str = "weight"
    # What the colours of a signed quantity end at; 0 for weights.
    most: float = 0.0
    off: tuple[tuple[int, int], ...] = ()

    @property
    def signed(self) -> bool:
        """Whether what is drawn has a sign."""
        return self.most > 0

    def included(self, n_heads: int) -> tuple[int, ...]:
        """Return the heads that the overview shows."""
        shown = range(n_heads) if self.include_heads is None else self.include_heads
        return tuple(head for head in range(n_heads) if head in shown)


@dataclass(frozen=True)
class Drawn:
    """What a mode has drawn.

    Attributes
    ----------
    bottom : float
        Where it ends.
    caption : sequence of Part
        What its caption says after the model's name.
    hidden : float
        Share of the attention that is not drawn.
    legend : sequence of int
        Heads whose colours the legend must tell.
    cut : bool
        Whether something was left out for want of height.
    """

    bottom: float
    caption: Sequence[Part]
    hidden: float = 0.0
    legend: Sequence[int] = field(default=())
    cut: bool = False
