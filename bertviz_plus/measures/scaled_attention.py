"""What changes when attention to a token is taken away? By loss, or by the cosine of hidden states."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.measures.intervals import bootstrap_interval
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from torch import Tensor

    from bertviz_plus.models.encoding import Encoded
    from bertviz_plus.models.intervening import Intervention

_WORKS = "scaled_attention(model, texts)"


def scaled_attention(
    model: Any,
    texts: Sequence[str],
    *,
    to: str = "[SEP]",
    by: Sequence[float] = (1.0, 0.75, 0.5, 0.25, 0.0),
    layers: Sequence[int] | None = None,
    renormalise: bool = False,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """Scale attention to a token and say by how much the output changes.

    Parameters
    ----------
    model : Model
        Of one stack, whose attention follows transformers' interface.
    texts : sequence of str
    to : str, default "[SEP]"
        The token.
    by : sequence of float
        The factors, from 0 to 1.
    layers, renormalise
        As of `ScaleAttention`.
    seed : int, default 0
        Of the tokens that are masked for a loss, and of the bootstrap.
    progress : bool, default True

    Returns
    -------
    DataFrame
        A row for each factor and measure: ``by``, ``measure``, ``value``, ``low``, ``high`` (95% bootstrap
        interval over texts). Measures are ``cosine``, the mean cosine of each ordinary token's last hidden
        state with the one of the unchanged model; and where there is a language-model head ``loss_change``,
        in nats.

    Raises
    ------
    TypeError, ValueError
        For texts without the token, or an architecture whose attention cannot be changed.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> table = bp.scaled_attention(bp.load("bert-tiny"), ["The cat sat."], by=[1, 0], progress=False)
    >>> table[["by", "measure", "value"]].round(3).head(2).values.tolist()
    [[1.0, 'cosine', 1.0], [1.0, 'loss_change', 0.0]]
    """
    from bertviz_plus.models.encoding import given
    from bertviz_plus.models.head import has_language_model_head
    from bertviz_plus.models.interventions import ScaleAttention

    check_model(model, _WORKS)
    if isinstance(texts, str) or not texts:
        raise ValueError(f"texts must be a sequence of strings, at least one, got {texts!r:.40}")
    changes = [ScaleAttention(to, float(factor), layers, renormalise) for factor in by]
    with_loss = has_language_model_head(model)
    found: dict[tuple[float, str], list[float]] = {}
    for text in tqdm(texts, unit=" texts", delay=1, leave=False, disable=not progress):
        encoded = model._encode(given(text, None, None, None), truncation=True)
        reading = Reading(model, encoded, seed=seed, with_loss=with_loss)
        plain, loss = reading.changed()
        for change in changes:
            hidden, changed_loss = reading.changed(change)
            found.setdefault((change.by, "cosine"), []).append(_cosine(plain, hidden))
            if with_loss:
                found.setdefault((change.by, "loss_change"), []).append(changed_loss - loss)
    rows = [
        (factor, measure, float(np.mean(values)), *bootstrap_interval(values, seed=seed))
        for (factor, measure), values in found.items()
    ]
    return pd.DataFrame(rows, columns=["by", "measure", "value", "low", "high"])


class Reading:
    """One text, read with attention as it is and changed."""

    def __init__(self, model: Any, encoded: "Encoded", *, seed: int = 0, with_loss: bool = False) -> None:
        from bertviz_plus.models.gathering import Tokens
        from bertviz_plus.models.lm_loss import masked_text

        self._model, self._encoded = model, encoded
        self._ordinary = [place for place, special in enumerate(encoded.described.is_special) if not special]
        self._predicted: list[int] = []
        self._text = Tokens(encoded.input_ids, encoded.token_type_ids, ())
        if with_loss:
            self._text, self._predicted = masked_text(model, encoded, seed)

    def changed(self, *interventions: "Intervention") -> "tuple[Tensor, float]":
        """Return the last hidden states of ordinary tokens, ``[tokens, hidden]``, and the loss or NaN."""
        from bertviz_plus.models.head_pass import head_pass
        from bertviz_plus.models.lm_loss import language_model_loss

        with self._model.intervene(*interventions):
            outputs, hidden = head_pass(self._model, [self._text])
        loss = float("nan")
        if self._predicted:
            loss = float(language_model_loss(self._model, outputs, self._encoded, self._predicted))
        return hidden[0, self._ordinary].float(), loss


def _cosine(one: "Tensor", other: "Tensor") -> float:
    from torch.nn import functional

    return float(functional.cosine_similarity(one.double(), other.double(), dim=-1).mean())
