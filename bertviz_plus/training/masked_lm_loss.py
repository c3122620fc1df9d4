"""The loss of a masked language model at the pieces that it is asked for."""

from collections.abc import Sequence
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


@torch.no_grad()
def loss_and_accuracy(
    model: Any, questions: Sequence[tuple[torch.Tensor, torch.Tensor]]
) -> tuple[float, float]:
    """Return the mean loss in nats, and the share of pieces told, over batches of masked and true ids."""
    loss = right = pieces = 0.0
    for masked, truth in questions:
        asked = truth != NOT_ASKED
        logits = masked_lm_logits(model, masked, asked).float()
        loss += float(functional.cross_entropy(logits, truth[asked], reduction="sum"))
        right += float((logits.argmax(1) == truth[asked]).sum())
        pieces += int(asked.sum())
    return loss / pieces, right / pieces
