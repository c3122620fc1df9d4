"""Interventions on weights of attention.

An intervention is an object that says what of a pass is changed; `Model.intervene` puts it in force. Nothing
of the model itself is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bertviz_plus.models.interventions.checked_heads import (
    check_attention_changes,
    checked_head,
    checked_layer,
    head_of,
    position,
)
from bertviz_plus.models.interventions.intervening import Batch, MakeChange, told_by
from bertviz_plus.models.passes.pass_change import AttentionCall, AttentionKind, PassChange

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


@dataclass(frozen=True, repr=False)
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
    attention_kind : {"encoder", "decoder", "cross"}
        Which attention of an encoder–decoder.

    Raises
    ------
    ValueError
        For a factor outside 0..1; when it is put in force, for a layer that the model does not have; in a
        pass, where a text has no such token.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> with model.intervene(bp.ScaleAttention(to="[SEP]", by=0.0)):
    ...     model.trace("The cat sat.").attention[0, 0, 1, -1]
    np.float32(0.0)
    """

    to: str | Sequence[int] = "[SEP]"
    by: float = 0.0
    layers: Sequence[int] | None = None
    renormalise: bool = False
    attention_kind: AttentionKind = "encoder"

    def __post_init__(self) -> None:
        if not 0 <= self.by <= 1:
            raise ValueError(f"by must be a number from 0 to 1, got {self.by!r}")

    def __repr__(self) -> str:
        return told_by(self)

    def prepared(self, model: "Model") -> MakeChange:
        """Check layers, and return what makes the change of a pass."""
        check_attention_changes(model, self.attention_kind)
        for layer in self.layers or ():
            checked_layer(model, layer, self.attention_kind)
        return lambda batch: _Scaled(self, batch)


class _Scaled(PassChange):
    def __init__(self, told: ScaleAttention, batch: Batch) -> None:
        self._told = told
        rows = batch.tokens(told.attention_kind)
        if rows is None and isinstance(told.to, str):
            raise ValueError(
                f"to must be positions while the model writes a target of its own, got {told.to!r}"
            )
        self._places: list[list[int]]
        if rows is None:
            self._places = [[int(place) for place in told.to]]
        else:
            self._places = [_positions(told.to, row) for row in rows]

    def weights(self, call: AttentionCall, weights: Tensor) -> Tensor:
        told = self._told
        if call.kind != told.attention_kind or (told.layers is not None and call.layer not in told.layers):
            return weights
        factors = torch.ones(len(self._places), weights.shape[-1], dtype=weights.dtype, device=weights.device)
        for row, places in enumerate(self._places):
            factors[row, [place for place in places if place < factors.shape[1]]] = told.by
        fewer = weights * factors[:, None, None]
        if not told.renormalise:
            return fewer
        total = fewer.sum(-1, keepdim=True)
        grown = fewer * (weights.sum(-1, keepdim=True) / total)
        # A row with nothing else to attend to stays as it was.
        return torch.where(total > 0, grown, weights)


def _positions(to: str | Sequence[int], tokens: Sequence[str]) -> list[int]:
    if isinstance(to, str):
        positions = [place for place, token in enumerate(tokens) if token == to]
    else:
        positions = list(to)
    if not positions or not all(0 <= place < len(tokens) for place in positions):
        raise ValueError(
            f"to must be a token of the text or positions in it, got {to!r}; its tokens: {', '.join(tokens)}"
        )
    return positions


@dataclass(frozen=True, repr=False)
class EditWeight:
    """Set one weight of attention.

    Parameters
    ----------
    layer, head : int
    source, target : int
        Positions of the token that attends and of the one that is attended to, from 0.
    weight : float
        From 0 to 1.
    renormalise : bool, default True
        Whether the other weights of the row change in proportion, so that it sums to what it did.
    attention_kind : {"encoder", "decoder", "cross"}
        Which attention of an encoder–decoder.

    Raises
    ------
    ValueError
        For a weight outside 0..1, and a layer or head that the model does not have; in a pass, for a text
        without such a position, and a target that the source may not see.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> with model.intervene(bp.EditWeight(1, 0, source=2, target=1, weight=0.75)):
    ...     row = model.trace("The cat sat.").attention[1, 0, 2]
    >>> row[1].round(3), row.sum().round(3)
    (np.float32(0.75), np.float32(1.0))
    """

    layer: int
    head: int
    source: int
    target: int
    weight: float
    renormalise: bool = True
    attention_kind: AttentionKind = "encoder"

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError(f"weight must be a number from 0 to 1, got {self.weight!r}")
        for name in ("source", "target"):
            position(getattr(self, name), name)

    def __repr__(self) -> str:
        return told_by(self)

    def prepared(self, model: "Model") -> MakeChange:
        """Check layer and head, and return what makes the change of a pass."""
        check_attention_changes(model, self.attention_kind)
        checked_head(model, (self.layer, self.head), self.attention_kind)
        return lambda batch: _Edited(self, batch)


class _Edited(PassChange):
    def __init__(self, told: EditWeight, batch: Batch) -> None:
        self._told = told
        for name, queries in (("source", True), ("target", False)):
            for tokens in batch.tokens(told.attention_kind, queries=queries) or ():
                if getattr(told, name) >= len(tokens):
                    raise ValueError(
                        f"{name} must be a position in 0..{len(tokens) - 1}, got {getattr(told, name)}; "
                        f"the text's tokens: {', '.join(tokens)}"
                    )

    def weights(self, call: AttentionCall, weights: Tensor) -> Tensor:
        told = self._told
        if (call.kind, call.layer) != (told.attention_kind, told.layer):
            return weights
        if told.source >= weights.shape[2] or told.target >= weights.shape[3]:
            # A target that the model is still writing.
            return weights
        at = (slice(None), head_of(weights, told.head), told.source)
        if not bool(call.visible(weights)[(*at, told.target)].all()):
            raise ValueError(f"target must be a token that source {told.source} may see, got {told.target}")
        row = weights[at]
        edited = row.clone()
        if told.renormalise:
            rest = row.sum(-1, keepdim=True) - row[:, told.target, None]
            edited = row * torch.where(rest > 0, (row.sum(-1, keepdim=True) - told.weight) / rest, 0)
        edited[:, told.target] = told.weight
        changed = weights.clone()
        changed[at] = edited
        return changed
