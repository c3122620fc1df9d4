"""Where in a model is what tells two texts apart? Hidden states of one put into the other, one by one."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from torch import Tensor

_WORKS = 'patching_map(model, "The key is [MASK].", "The keys is [MASK].", target="here")'


def patching_map(
    model: Any,
    clean: str,
    corrupted: str,
    target: str,
    *,
    against: str | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Put each hidden state of one text into another and say how far that brings an answer back.

    Parameters
    ----------
    model : Model
        With a language-model head.
    clean, corrupted : str
        Two texts of as many tokens, with one mask each; for a causal model what comes before the answer.
    target : str
        The answer, one token of the model.
    against : str, optional
        Another answer: the logit difference of the two is followed, else the target's log-probability.
    progress : bool, default True

    Returns
    -------
    DataFrame
        A row for each hidden layer and position: ``hidden_layer``, ``position``, ``clean`` and ``corrupted``
        (the tokens there), ``value`` with that hidden state put in, in nats, and ``effect``, 0 where it is as
        in the corrupted text and 1 as in the clean one. `attrs` has the ``clean`` and ``corrupted`` value.

    Raises
    ------
    TypeError, ValueError
        For texts of different lengths, or that the model answers alike; a text without a mask or with
        several; an answer that is not one token.

    References
    ----------
    Meng et al. 2022, "Locating and Editing Factual Associations in GPT", section 2.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = "The keys [MASK] on the table.", "The key [MASK] on the table."
    >>> table = patching_map(bp.load("bert-tiny"), *texts, "are", against="is", progress=False)
    >>> table.pivot(index="hidden_layer", columns="position", values="effect").shape
    (3, 9)
    """
    from bertviz_plus.models.interventions.hidden import PatchedInTurn
    from bertviz_plus.models.passes.encoding import given
    from bertviz_plus.models.passes.head_pass import head_pass
    from bertviz_plus.models.predictions.head import logits_of, needed_head
    from bertviz_plus.models.predictions.masks import find_gaps, piece_of

    check_model(model, _WORKS)
    causal = needed_head(model, "masked-LM", "causal-LM") == "causal-LM"
    texts = {"clean": clean, "corrupted": corrupted}
    gaps = {name: find_gaps(model, given(text), causal=causal, name=name) for name, text in texts.items()}
    for name, one in gaps.items():
        if len(one.places) != 1:
            raise ValueError(f"{name} must have one mask, got {len(one.places)}")
    names = {
        name: model.tokenizer.convert_ids_to_tokens(list(one.read.input_ids)) for name, one in gaps.items()
    }
    own = gaps["corrupted"]
    n = len(own.read)
    if len(gaps["clean"].read) != n or own.places != gaps["clean"].places:
        raise ValueError(
            "clean and corrupted must have as many tokens, and the mask in the same place, got "
            f"{' '.join(names['clean'])} and {' '.join(names['corrupted'])}"
        )
    asked = {"target": target, "against": against}
    answers = [
        piece_of(model, own, 0, answer, f"{name} must")
        for name, answer in asked.items()
        if answer is not None
    ]

    def values(one: Any, rows: int = 1, change: Any = None) -> np.ndarray:
        at = [one.read_at] * rows
        outputs, _ = head_pass(model, [one.read] * rows, at=at, change=change)
        scores: Tensor = logits_of(outputs)[:, 0].double()
        of_answers = scores.log_softmax(-1)[:, answers]
        followed = of_answers[:, 0] - (of_answers[:, 1] if len(answers) > 1 else 0)
        return np.asarray(followed.cpu().numpy())

    ends = {name: float(values(one)[0]) for name, one in gaps.items()}
    apart = ends["clean"] - ends["corrupted"]
    if abs(apart) < 1e-6:
        raise ValueError(f"clean and corrupted must differ in the answer, and both give {ends['clean']:.3g}")
    hidden = model.trace(clean, keep=("hidden_states",)).hidden_states
    tables = []
    for layer in tqdm(range(len(hidden)), unit=" layers", delay=1, leave=False, disable=not progress):
        found = values(own, n, PatchedInTurn(layer, hidden[layer, :n]))
        tables.append(
            pd.DataFrame(
                {
                    "hidden_layer": layer,
                    "position": range(n),
                    **names,
                    "value": found,
                    "effect": (found - ends["corrupted"]) / apart,
                }
            )
        )
    table = pd.concat(tables, ignore_index=True)
    table.attrs |= ends
    return table
