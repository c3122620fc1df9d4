"""The loss of a masked language model at the pieces that it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn import functional

from bertviz_plus.training.masking import NOT_ASKED


def is_read(model: Any, ids: torch.Tensor) -> torch.Tensor:
    """Return where ids are no padding."""
    padding: int = model.config.pad_token_id
    return ids != padding


def hidden_states(model: Any, ids: torch.Tensor, **more: Any) -> torch.Tensor:
    """Return the last hidden states of a batch.

    Parameters
    ----------
    model : transformers.BertForMaskedLM or transformers.DistilBertForMaskedLM
    ids : torch.Tensor [sequences, tokens]
    **more
        What the model reads beside, such as `token_type_ids`.

    Returns
    -------
    torch.Tensor [sequences, tokens, hidden]
    """
    with torch.autocast(ids.device.type, torch.bfloat16):
        states: torch.Tensor = model.base_model(
            ids, attention_mask=is_read(model, ids).long(), **more
        ).last_hidden_state
        return states


def masked_lm_logits(model: Any, masked: torch.Tensor, asked: torch.Tensor, **more: Any) -> torch.Tensor:
    """Return the logits at the masked pieces alone: the output layer is most of the work.

    Parameters
    ----------
    model, masked, **more
        As in `hidden_states`.
    asked : torch.Tensor [sequences, tokens], bool

    Returns
    -------
    torch.Tensor [asked, vocabulary]
    """
    hidden = hidden_states(model, masked, **more)[asked]
    with torch.autocast(masked.device.type, torch.bfloat16):
        logits: torch.Tensor
        if hasattr(model, "cls"):
            logits = model.cls(hidden)
        else:
            transformed = model.vocab_layer_norm(functional.gelu(model.vocab_transform(hidden)))
            logits = model.vocab_projector(transformed)
        return logits


def masked_lm_loss(model: Any, masked: torch.Tensor, truth: torch.Tensor, **more: Any) -> torch.Tensor:
    """Return the mean cross-entropy of the masked pieces, in nats."""
    asked = truth != NOT_ASKED
    return functional.cross_entropy(masked_lm_logits(model, masked, asked, **more).float(), truth[asked])


@dataclass(frozen=True)
class Questions:
    """A batch with words masked, so that a model can be asked for them.

    Attributes
    ----------
    masked, truth : torch.Tensor [sequences, tokens]
        Ids as a model reads them; the true ones where a word is masked, else -100.
    more : dict of str to torch.Tensor
        What the model reads beside, such as `token_type_ids`.
    """

    masked: torch.Tensor
    truth: torch.Tensor
    more: dict[str, torch.Tensor] = field(default_factory=dict)


@torch.no_grad()
def loss_and_accuracy(model: Any, asked: Sequence[Questions]) -> tuple[float, float]:
    """Return the mean loss in nats, and the share of pieces told, over all batches."""
    loss = right = pieces = 0.0
    for one in asked:
        where = one.truth != NOT_ASKED
        logits = masked_lm_logits(model, one.masked, where, **one.more).float()
        loss += float(functional.cross_entropy(logits, one.truth[where], reduction="sum"))
        right += float((logits.argmax(1) == one.truth[where]).sum())
        pieces += int(where.sum())
    return loss / pieces, right / pieces
