"""What a language model would predict if it ended after each layer: the logit lens (nostalgebraist 2020)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bertviz_plus.models.interventions.intervening import as_it_is, change_of
from bertviz_plus.models.passes.encoding import Given
from bertviz_plus.models.passes.head_pass import head_pass
from bertviz_plus.models.passes.skipping import states_passed
from bertviz_plus.models.predictions.choosing import checked_choices
from bertviz_plus.models.predictions.frame import Answer, Row, answers_of, ranked
from bertviz_plus.models.predictions.head import logits_of, needed_head
from bertviz_plus.models.predictions.masks import Gaps, find_gaps, piece_of
from bertviz_plus.traces.checks import count_or_none

if TYPE_CHECKING:
    import pandas as pd

    from bertviz_plus.models.model import Model


def lens_logits(model: "Model", gaps: Gaps) -> Tensor:
    """Return the scores that the head gives to each hidden layer at the places to predict.

    Each hidden layer takes the place of the last one: what a model does between its last layer and its head,
    such as GPT-2's last norm, is done to all of them.

    Returns
    -------
    torch.Tensor [hidden layers, places, vocabulary], float32
        Layer 0 is the embeddings; the last is what the model says.

    Raises
    ------
    ValueError
        For an architecture whose head reads more than the last hidden layer.
    """
    at = [gaps.read_at]
    outputs, passed = states_passed(model, gaps.read, at=at)
    said = logits_of(outputs)[0].float()
    # Some keep tokens first (XLNet): texts are another axis then.
    (stack,) = model._stacks
    texts = model._trial.manner.places[stack.name].axes[0]
    every, n = torch.cat(passed.states, dim=texts), len(passed.states)
    forwards = passed.starting_at(stack.n_layers, every)
    # What interventions change is in the hidden states already.
    with as_it_is():
        outputs, _ = head_pass(model, [gaps.read] * n, at=at * n, forwards=forwards)
    found = logits_of(outputs).float()
    change = change_of(model.hf, [gaps.read])
    if change is not None and (
        change.replaces(stack.name, stack.n_layers) or change.skips(stack.name, stack.n_layers - 1)
    ):
        # Changed after the last block has returned. Whether the head can be read so is told without a change.
        with as_it_is():
            lens_logits(model, gaps)
        return torch.cat([found[:-1], said[None]])
    if not torch.allclose(found[-1], said, rtol=1e-3, atol=1e-3 * float(said.abs().max())):
        raise ValueError(
            f"model cannot be read layer by layer: the head of {model.info.architecture} reads more than the "
            "last hidden layer"
        )
    return found


def lens_rows(
    model: "Model", what: Given, *, top: int | None, choices: Sequence[str] | None
) -> "pd.DataFrame":
    """Return `Model.lens` of a text."""
    import pandas as pd

    head = needed_head(model, "masked-LM", "causal-LM")
    top, choices = count_or_none(top, "top"), checked_choices(choices)
    gaps = find_gaps(model, what, causal=head == "causal-LM")
    rows: list[Row] = []
    for layer, places in enumerate(lens_logits(model, gaps)):
        for mask, logits in enumerate(places):
            found = answers_of(model, logits, top if choices is None else None)
            if choices is not None:
                by_token = {one.token_id: one for one in found}
                tokens = [piece_of(model, gaps, mask, choice, "choices must each") for choice in choices]
                found = [
                    Answer(choice, *by_token[token][1:])
                    for choice, token in zip(choices, tokens, strict=True)
                ]
            rows += [{"layer": layer} | row for row in ranked(found, mask, shares=choices is not None)]
    frame = pd.DataFrame(rows)
    frame.attrs["head"] = head
    return frame
