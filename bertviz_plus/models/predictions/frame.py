"""The rows of a frame of predictions, from the best answer down."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from torch import Tensor

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

Row = dict[str, Any]
COLUMNS = ("mask", "rank", "answer", "probability", "log_probability", "logit", "token_id")


class Answer(NamedTuple):
    """One answer, of one mask or of several together."""

    text: str | tuple[str, ...]
    log_probability: float
    logit: float
    token_id: Any


def answers_of(model: "Model", logits: Tensor, top: int | None) -> list[Answer]:
    """Return the tokens with the highest logits; all of them where `top` is `None`.

    Examples
    --------
    >>> import bertviz_plus as bp, torch
    >>> [one.text for one in answers_of(bp.load("bert-tiny"), torch.eye(30522)[4937], 1)]
    ['cat']
    """
    values, ids = logits.double().log_softmax(-1).topk(min(top or len(logits), len(logits)))
    return [
        Answer(token_text(model, token), value, float(logits[token]), token)
        for value, token in zip(values.tolist(), ids.tolist(), strict=True)
    ]


def token_text(model: "Model", token: int) -> str:
    """Return a token as text, without the space before it; by its name where it is not text."""
    text = str(model.tokenizer.decode([token], clean_up_tokenization_spaces=False)).strip()
    if text and "\ufffd" not in text:
        return text
    return str(model.tokenizer.convert_ids_to_tokens([token])[0] or f"id {token}")


def ranked(answers: Sequence[Answer], mask: Any, *, shares: bool = False) -> list[Row]:
    """Return rows of answers, the most probable first.

    Parameters
    ----------
    answers : sequence of Answer
    mask : int, or tuple of int
    shares : bool, default False
        Whether each has its share in the probability of all of them.

    Examples
    --------
    >>> rows = ranked([Answer("a", -2.0, 0.0, 1), Answer("b", -1.0, 1.0, 2)], 0, shares=True)
    >>> [(row["answer"], row["rank"], round(row["share"], 2)) for row in rows]
    [('b', 1, 0.73), ('a', 2, 0.27)]
    """
    ordered = sorted(answers, key=lambda one: -one.log_probability)
    rows = [
        {
            "mask": mask,
            "rank": rank,
            "answer": one.text,
            "probability": float(np.exp(one.log_probability)),
            "log_probability": one.log_probability,
            "logit": one.logit,
            "token_id": one.token_id,
        }
        for rank, one in enumerate(ordered, start=1)
    ]
    if shares:
        logs = np.array([one.log_probability for one in ordered])
        weights = np.exp(logs - logs.max())
        for row, share in zip(rows, weights / weights.sum(), strict=True):
            row["share"] = float(share)
    return rows
