"""Do two models answer alike? Their labels of whole texts, or their words for hidden and next tokens."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.measures.intervals import bootstrap_interval

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.predictions.head import Head


def heads_alike(first: "Model", second: "Model") -> "Head | None":
    """Return the head that both models have, with the same answers to choose from; None for others.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> heads_alike(bp.load("bert-tiny"), bp.load("bert-tiny")), heads_alike(bp.load("bert-tiny"), bp.load())
    ('masked-LM', None)
    """
    from bertviz_plus.models.predictions.head import head_of

    heads = {head_of(model) for model in (first, second)}
    head = heads.pop()
    if heads or head not in ("classes", "masked-LM", "causal-LM"):
        return None
    answers = [_labels(one) if head == "classes" else _vocabulary(one) for one in (first, second)]
    return head if answers[0] == answers[1] else None


def prediction_differences(
    first: "Model", second: "Model", texts: Sequence[Any], *, seed: int = 0
) -> pd.DataFrame:
    """Compare what two models with one kind of head answer.

    A classifier labels each text. A masked language model says 15% of its tokens, which are hidden from both
    models alike; a causal one each token after the first.

    Parameters
    ----------
    first, second : Model
        For which `heads_alike` names a head.
    texts : sequence of str or (str, str)
        Language models take single texts.
    seed : int, default 0
        Of what is hidden.

    Returns
    -------
    DataFrame
        A row for each answer: `text` (its number), `place` (a token, -1 for a label of the text), `first` and
        `second` (the most probable answers), `same`, and `divergence`, the Jensen–Shannon divergence of the
        two distributions in nats. `attrs` has ``agreement``, the share that is the same, with ``low`` and
        ``high``, its 95% interval over texts.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> tiny = bp.load("bert-tiny")
    >>> found = prediction_differences(tiny, tiny, ["The cat sat.", "It slept."])
    >>> found.attrs["agreement"], float(found["divergence"].max())
    (1.0, 0.0)
    """
    import torch

    from bertviz_plus.models.passes.streaming import checked_item
    from bertviz_plus.models.predictions.task_loss import Example, answers_to, examples_of, in_passes

    head = heads_alike(first, second)
    if head == "classes":
        examples = [
            [Example(model._encode(checked_item(one, place, words=False), truncation=True), (), (0,))
             for place, one in enumerate(texts)]
            for model in (first, second)
        ]  # fmt: skip
    else:
        examples = [examples_of(model, list(texts), seed=seed) for model in (first, second)]
    rows: list[tuple[Any, ...]] = []
    for places in in_passes(first, examples[0]):
        logs = [
            answers_to(model, [own[place] for place in places]).double().log_softmax(-1).cpu()
            for model, own in zip((first, second), examples, strict=True)
        ]
        mixed = torch.logaddexp(logs[0], logs[1]) - np.log(2)
        apart = sum((one.exp() * (one - mixed)).sum(-1) for one in logs) / 2
        best = [one.argmax(-1).tolist() for one in logs]
        for row, place in enumerate(places):
            for column, token in enumerate(examples[0][place].at or (-1,)):
                chosen = [_name(first, head, one[row][column]) for one in best]
                same = best[0][row][column] == best[1][row][column]
                rows.append((place, token, *chosen, same, max(0.0, float(apart[row, column]))))
    columns = ["text", "place", "first", "second", "same", "divergence"]
    found = pd.DataFrame(rows, columns=columns).sort_values(["text", "place"], ignore_index=True)
    low, high = bootstrap_interval(found["same"].to_numpy(float), found["text"].to_numpy())
    found.attrs = {"agreement": float(found["same"].mean()), "low": low, "high": high}
    return found


def _name(model: "Model", head: "Head | None", answer: int) -> str:
    from bertviz_plus.models.predictions.frame import token_text

    return _labels(model)[answer] if head == "classes" else token_text(model, answer)


def _labels(model: "Model") -> list[str]:
    config: Any = model.hf.config
    return [str(config.id2label.get(number, number)) for number in range(config.num_labels)]


def _vocabulary(model: "Model") -> dict[str, int]:
    vocabulary: dict[str, int] = model.tokenizer.get_vocab()
    return vocabulary
