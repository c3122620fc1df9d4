"""Attention as the textbook writes it: what eager functions compute, and what is between their lines."""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn


@cache
def eager_of(attention: Any) -> Callable[..., tuple[Tensor, Tensor]]:
    """Find the eager function that stands beside an attention class, or beside one it derives from."""
    beside = (sys.modules.get(kind.__module__) for kind in attention.__mro__)
    own = (getattr(module, "eager_attention_forward", None) for module in beside)
    found: Callable[..., tuple[Tensor, Tensor]] = next(filter(None, own), _eager_attention)
    return found


def _eager_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **options: Any,
) -> tuple[Tensor, Tensor]:
    """Attend as the textbook says, for an architecture that brings no eager function of its own."""
    scores = attention_scores(query, for_each_head(key, query), attention_mask, options)
    weights = nn.functional.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    weights = nn.functional.dropout(weights, p=options.get("dropout", 0.0), training=module.training)
    return torch.matmul(weights, for_each_head(value, query)).transpose(1, 2).contiguous(), weights


def attention_scores(query: Tensor, key: Tensor, mask: Tensor | None, options: dict[str, Any]) -> Tensor:
    """Return what the softmax is of: scaled products, capped where asked, position bias and mask added."""
    scaling = options.get("scaling")
    scores: Tensor = torch.matmul(query, key.transpose(2, 3)) * (
        query.size(-1) ** -0.5 if scaling is None else scaling
    )
    if options.get("softcap") is not None:
        scores = torch.tanh(scores / options["softcap"]) * options["softcap"]
    if options.get("position_bias") is not None:
        scores = scores + options["position_bias"]
    return scores if mask is None else scores + mask


def sink_scores(module: nn.Module, options: dict[str, Any]) -> Tensor | None:
    """Return the scores of an attention's sink, ``[heads]`` or ``[batch, heads, queries, 1]``."""
    for found in (options.get("s_aux"), options.get("sinks"), getattr(module, "sinks", None)):
        if isinstance(found, Tensor):
            return found
    return None


def for_each_head(grouped: Tensor, query: Tensor) -> Tensor:
    """Repeat what a group of query heads shares: ``[batch, groups, n, d]`` to ``[batch, heads, n, d]``."""
    repeats = query.shape[1] // grouped.shape[1]
    return grouped if repeats == 1 else grouped.repeat_interleave(repeats, dim=1)
