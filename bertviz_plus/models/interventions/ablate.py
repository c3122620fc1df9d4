"""Heads switched off: what they give becomes nothing, its mean over a corpus, or that of even attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from torch import Tensor

from bertviz_plus.data.parallel_sentences import parallel_sentences
from bertviz_plus.models.interventions.checked_heads import check_attention_changes, checked_head, head_of
from bertviz_plus.models.interventions.intervening import MakeChange
from bertviz_plus.models.passes.pass_change import AttentionCall, AttentionKind, PassChange

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_WAYS = ("zero", "mean", "uniform")


@dataclass(frozen=True, repr=False)
class Ablate:
    """Switch heads off.

    Parameters
    ----------
    heads : sequence of (int, int)
        Layer and head of each.
    by : {"zero", "mean", "uniform"}
        What a head gives instead: nothing, as if its columns of the output projection were zero (Michel et
        al. 2019, "Are Sixteen Heads Really Better than One?"); the mean vector that it gives over a corpus;
        or the mean of the values that it may see, under even attention (Kovaleva et al. 2019, "Revealing the
        Dark Secrets of BERT", section 4.5).
    over : sequence of str, optional
        The corpus of the mean, read once when the intervention is put in force; for an encoder–decoder,
        pairs of source and target. By default English sentences of the package.
    attention_kind : {"encoder", "decoder", "cross"}
        Which attention of an encoder–decoder.

    Raises
    ------
    TypeError, ValueError
        For another way, and when it is put in force for a head that the model does not have.

    Notes
    -----
    A trace shows the weights with which values are weighted: none of a head that is ablated by zero. Of one
    that is ablated by its mean it shows what the head computes, which nothing reads.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> with model.intervene(bp.Ablate([(0, 1)])):
    ...     trace = model.trace("The cat sat.")
    >>> trace.attention[0].sum(axis=(1, 2)).round(3), trace.model.changed
    (array([6., 0.], dtype=float32), ("Ablate([(0, 1)], by='zero')",))
    """

    heads: Sequence[tuple[int, int]]
    by: Literal["zero", "mean", "uniform"] = "zero"
    over: Sequence[Any] | None = None
    attention_kind: AttentionKind = "encoder"

    def __post_init__(self) -> None:
        if self.by not in _WAYS:
            raise ValueError(f"by must be one of {', '.join(map(repr, _WAYS))}, got {self.by!r}")
        if self.over is not None and self.by != "mean":
            raise ValueError(f"over is the corpus of by='mean'; by={self.by!r} needs none")
        if isinstance(self.over, str) or (self.over is not None and not len(self.over)):
            raise ValueError(f"over must be a list of texts, at least one, got {self.over!r:.40}")

    def __repr__(self) -> str:
        over = "" if self.over is None else f", over={len(self.over)} texts"
        kind = "" if self.attention_kind == "encoder" else f", attention_kind={self.attention_kind!r}"
        return f"Ablate({list(map(tuple, self.heads))}, by={self.by!r}{over}{kind})"

    def prepared(self, model: "Model") -> MakeChange:
        """Check the heads and take their means, and return what makes the change of a pass."""
        check_attention_changes(model, self.attention_kind)
        by_layer: dict[int, list[int]] = {}
        for one in self.heads:
            layer, head = checked_head(model, one, self.attention_kind)
            by_layer.setdefault(layer, []).append(head)
        means = _mean_contexts(model, self, sorted(by_layer)) if self.by == "mean" else {}
        return lambda _: _Ablated(self, by_layer, means)


class _Ablated(PassChange):
    def __init__(self, told: Ablate, heads: dict[int, list[int]], means: dict[int, Tensor]) -> None:
        self._told, self._heads, self._means = told, heads, means

    def weights(self, call: AttentionCall, weights: Tensor) -> Tensor:
        heads = self._of(call, weights)
        if heads is None or self._told.by != "uniform":
            return weights
        seen = call.visible(weights).to(weights.dtype)
        even = seen / seen.sum(-1, keepdim=True).clamp(min=1)
        return torch.where(heads, even, weights)

    def attended(self, call: AttentionCall, weights: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        heads = self._of(call, weights)
        if heads is None or self._told.by == "uniform":
            return weights, context
        of_context = heads.transpose(1, 2)
        if self._told.by == "mean":
            means = self._means[call.layer].to(context.device, context.dtype)
            return weights, torch.where(of_context, means, context)
        return weights.masked_fill(heads, 0), context.masked_fill(of_context, 0)

    def _of(self, call: AttentionCall, weights: Tensor) -> Tensor | None:
        """Return which heads are ablated, ``[1, heads, 1, 1]``, `None` for none in this layer."""
        if call.kind != self._told.attention_kind or call.layer not in self._heads:
            return None
        chosen = [head_of(weights, head) for head in self._heads[call.layer]]
        heads = torch.zeros(weights.shape[1], dtype=torch.bool, device=weights.device)
        heads[chosen] = True
        return heads[None, :, None, None]


def _mean_contexts(model: "Model", told: Ablate, layers: Sequence[int]) -> dict[int, Tensor]:
    """Return for each layer what heads give, ``[heads, head_dim]``, in the mean over a corpus's tokens."""
    texts: Sequence[Any] = told.over if told.over is not None else parallel_sentences().texts(["en"])["en"]
    # Layers whose heads differ in width do not fit into one array.
    together = [list(layers)] if model._trial.alike else [[layer] for layer in layers]
    means: dict[int, Tensor] = {}
    for some in together:
        total: Any = 0.0
        count = 0
        for trace in model.traces(texts, keep=("context",), layers=some, progress=False):
            read: Any = trace
            if told.attention_kind == "cross":
                context = read.cross_context
            else:
                context = getattr(read, told.attention_kind, read).context
            total = total + context.sum(axis=2, dtype=np.float64)
            count += context.shape[2]
        means.update(zip(some, torch.from_numpy(total / count), strict=True))
    return means
