"""How well does a language model say its own text? The loss of a masked or causal language-model head."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from bertviz_plus.models.passes.encoding import Encoded
from bertviz_plus.models.passes.gathering import Tokens

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

# As BERT was trained (Devlin et al. 2019, section 3.1).
_MASKED = 0.15


def masked_text(model: "Model", encoded: Encoded, seed: int) -> tuple[Tokens, list[int]]:
    """Hide 15% of a text's tokens from a masked language model, at least one; from a causal one none.

    Returns
    -------
    text : Tokens
        As the model is to read it.
    predicted : list of int
        Positions of the tokens to predict.

    Raises
    ------
    ValueError
        For a tokenizer without a mask, and a text with nothing to hide.
    """
    ordinary = [place for place, special in enumerate(encoded.described.is_special) if not special]
    ids = list(encoded.input_ids)
    if model._trial.causal["encoder"]:
        predicted = [place for place in ordinary if place > 0]
    else:
        mask = getattr(model.tokenizer, "mask_token_id", None)
        if mask is None:
            raise ValueError("the loss needs a mask token, and the tokenizer has none")
        count = min(len(ordinary), max(1, round(_MASKED * len(ordinary))))
        drawn = np.random.default_rng(seed).choice(len(ordinary), count, replace=False)
        predicted = sorted(ordinary[place] for place in drawn.tolist())
        for place in predicted:
            ids[place] = mask
    if not predicted:
        raise ValueError("the loss needs a token to predict, and the text has none")
    return Tokens(ids, encoded.token_type_ids, ()), predicted


def language_model_loss(model: "Model", outputs: Any, encoded: Encoded, predicted: Sequence[int]) -> Tensor:
    """Return the mean cross-entropy of the tokens to predict, in nats."""
    logits: Tensor = outputs.logits[0].float()
    before = int(model._trial.causal["encoder"])
    rows = logits[[place - before for place in predicted]]
    wanted = torch.tensor([encoded.input_ids[place] for place in predicted], device=logits.device)
    return torch.nn.functional.cross_entropy(rows, wanted)
