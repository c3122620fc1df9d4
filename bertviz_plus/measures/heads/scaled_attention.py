"""What changes when attention to a token is taken away? By loss, or by the cosine of hidden states."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.measures.intervals import bootstrap_interval
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from torch import Tensor

    from bertviz_plus.models.interventions.intervening import Intervention
    from bertviz_plus.models.passes.encoding import Encoded

_WORKS = "scaled_attention(model, texts)"
_WORDS, _DRAWS = "as many words", 3


def scaled_attention(
    model: Any,
    texts: Sequence[str],
    *,
    to: str = "[SEP]",
    by: Sequence[float] = (1.0, 0.75, 0.5, 0.25, 0.0),
    layers: Sequence[int] | None = None,
    renormalise: bool = False,
    beside: bool = False,
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
    beside : bool, default False
        Whether attention to as many ordinary tokens is scaled too, drawn three times in each text, without
        those that are to be predicted: what taking away any token does.
    seed : int, default 0
        Of the tokens that are masked for a loss, of those drawn beside, and of the bootstrap.
    progress : bool, default True

    Returns
    -------
    DataFrame
        A row for each factor and measure: ``by``, ``measure``, ``value``, ``low``, ``high`` (95% bootstrap
        interval over texts); with `beside`, ``to`` before them, the token or "as many words". Measures are
        ``cosine``, the mean cosine of each ordinary token's last hidden state with the one of the unchanged
        model; and where there is a language-model head ``loss_change``, in nats.

    Raises
    ------
    TypeError, ValueError
        For texts without the token, or an architecture whose attention cannot be changed.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> table = bp.scaled_attention(bp.load("bert-tiny"), ["The cat sat."], by=[1, 0], progress=False)
    >>> table[["by", "measure", "value"]].round(3).head(2).values.tolist()
    [[1, 'cosine', 1.0], [1, 'loss_change', 0.0]]
    """
    from bertviz_plus.models.interventions.attention import ScaleAttention
    from bertviz_plus.models.passes.encoding import given
    from bertviz_plus.models.predictions.head import has_language_model_head

    check_model(model, _WORKS)
    if isinstance(texts, str) or not texts:
        raise ValueError(f"texts must be a sequence of strings, at least one, got {texts!r:.40}")
    with_loss = has_language_model_head(model)
    found: dict[tuple[str, float, str], list[float]] = {}
    for text in tqdm(texts, unit=" texts", delay=1, leave=False, disable=not progress):
        encoded = model._encode(given(text, None, None, None), truncation=True)
        reading = Reading(model, encoded, seed=seed, with_loss=with_loss)
        plain, loss = reading.changed()
        where: dict[str, list[Any]] = {to: [to]}
        if beside:
            n = encoded.described.tokens.count(to)
            where[_WORDS] = [reading.drawn(n, (seed, draw)) for draw in range(_DRAWS)]
        for (name, places), factor in product(where.items(), by):
            changed = [
                reading.changed(ScaleAttention(one, float(factor), layers, renormalise)) for one in places
            ]
            cosine = np.mean([_cosine(plain, hidden) for hidden, _ in changed])
            found.setdefault((name, factor, "cosine"), []).append(float(cosine))
            if with_loss:
                change = np.mean([lost for _, lost in changed]) - loss
                found.setdefault((name, factor, "loss_change"), []).append(float(change))
    rows = [
        (*key, float(np.mean(values)), *bootstrap_interval(values, seed=seed))
        for key, values in found.items()
    ]
    table = pd.DataFrame(rows, columns=["to", "by", "measure", "value", "low", "high"])
    return table if beside else table.drop(columns="to")


class Reading:
    """One text, read with attention as it is and changed."""

    def __init__(self, model: Any, encoded: "Encoded", *, seed: int = 0, with_loss: bool = False) -> None:
        from bertviz_plus.models.passes.gathering import Tokens
        from bertviz_plus.models.predictions.lm_loss import masked_text

        self._model, self._encoded = model, encoded
        self._ordinary = [place for place, special in enumerate(encoded.described.is_special) if not special]
        self._predicted: list[int] = []
        self._text = Tokens(encoded.input_ids, encoded.token_type_ids, ())
        if with_loss:
            self._text, self._predicted = masked_text(model, encoded, seed)

    def drawn(self, n: int, seed: tuple[int, ...]) -> list[int]:
        """Draw n positions of ordinary tokens that are not to be predicted, or all where they are fewer."""
        free = [place for place in self._ordinary if place not in self._predicted]
        return sorted(np.random.default_rng(seed).permutation(free)[:n].tolist())

    def changed(self, *interventions: "Intervention") -> "tuple[Tensor, float]":
        """Return the last hidden states of ordinary tokens, ``[tokens, hidden]``, and the loss or NaN."""
        from bertviz_plus.models.passes.head_pass import head_pass
        from bertviz_plus.models.predictions.lm_loss import language_model_loss

        with self._model.intervene(*interventions):
            outputs, hidden = head_pass(self._model, [self._text])
        loss = float("nan")
        if self._predicted:
            loss = float(language_model_loss(self._model, outputs, self._encoded, self._predicted))
        return hidden[0, self._ordinary].float(), loss


def _cosine(one: "Tensor", other: "Tensor") -> float:
    from torch.nn import functional

    return float(functional.cosine_similarity(one.double(), other.double(), dim=-1).mean())
