"""How far a student is from its teacher on some texts: in what it answers, in hidden states, in attention."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from bertviz_plus.models.passes.head_pass import recorded_head_pass
from bertviz_plus.models.predictions.head import logits_of
from bertviz_plus.models.predictions.task_loss import Example, places_of

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.passes.recording import Recorder

LOSSES = ("logits", "hidden", "attention")


class Shown(NamedTuple):
    """What a model shows of some texts, where they are no padding.

    Of each answer the scores ``[answers, choices]``; of each hidden layer ``[tokens, width]``; of each
    attention layer, before the softmax, ``[pairs of tokens, heads]``.
    """

    logits: Tensor | None
    hidden: list[Tensor]
    scores: list[Tensor]


def shown(
    model: "Model", batch: Sequence[Example], losses: Sequence[str], *, gradients: bool = False
) -> Shown:
    """Run a model on some texts in one pass.

    Parameters
    ----------
    model : Model
    batch : sequence of Example
    losses : sequence of str
        What is to be compared.
    gradients : bool, default False
    """
    keep = {"hidden": ("hidden_states",), "attention": ("queries", "keys"), "logits": ()}
    outputs, recorder = recorded_head_pass(
        model,
        [one.read for one in batch],
        [name for loss in losses for name in keep[loss]],
        head="logits" in losses,
        gradients=gradients,
        at=places_of(batch) if batch[0].at else None,
    )
    with torch.set_grad_enabled(gradients):
        read = _read(batch, model.hf.device)
        logits = None
        if "logits" in losses:
            logits = logits_of(outputs).float()
            answered = _answered(batch, logits)
            logits = logits if answered is None else logits[answered]
        hidden = [layer.float()[read] for layer in recorder.seen("encoder", "hidden_states")]
        return Shown(logits, hidden, _scores(recorder, read, causal=model._trial.causal["encoder"]))


def distances(student: Shown, teacher: Shown, layers: Sequence[int]) -> dict[str, Tensor]:
    """Return how far a student is from its teacher, 0 where they are the same.

    Parameters
    ----------
    student, teacher : Shown
        Of the same texts.
    layers : sequence of int
        The teacher's attention layer for each of the student's; hidden layers follow it, the first is the
        embeddings of both.

    Returns
    -------
    dict of str to torch.Tensor
        ``"logits"``: the divergence KL(teacher ‖ student) of what they answer, in nats. ``"hidden"`` and
        ``"attention"``: the mean over layers of the squared difference, as a share of the variance of the
        teacher's: 1 is as far away as its mean.
    """
    found = {}
    if teacher.logits is not None and student.logits is not None:
        own, given = (nn.functional.log_softmax(one.logits, -1) for one in (student, teacher))  # type: ignore[arg-type]
        found["logits"] = nn.functional.kl_div(own, given, reduction="batchmean", log_target=True)
    if teacher.hidden:
        wanted = [teacher.hidden[0], *(teacher.hidden[layer + 1] for layer in layers)]
        found["hidden"] = _unexplained(student.hidden, wanted)
    if teacher.scores:
        found["attention"] = _unexplained(student.scores, [teacher.scores[layer] for layer in layers])
    return found


def summed(parts: Mapping[str, Tensor]) -> Tensor:
    """Return the loss that is trained on: the sum of all distances."""
    return torch.stack(list(parts.values())).sum()


def _unexplained(student: Sequence[Tensor], teacher: Sequence[Tensor]) -> Tensor:
    shares = [
        (own - given).square().mean() / (given - given.mean(0)).square().mean().clamp(min=1e-12)
        for own, given in zip(student, teacher, strict=True)
    ]
    return torch.stack(shares).mean()


def _read(batch: Sequence[Example], device: torch.device) -> Tensor:
    lengths = torch.tensor([len(one.read) for one in batch], device=device)
    return torch.arange(int(lengths.max()), device=device) < lengths[:, None]


def _answered(batch: Sequence[Example], logits: Tensor) -> Tensor | None:
    """Return which answers count, ``[texts, places]``; None where each text has one."""
    if logits.dim() < 3:
        return None
    if not batch[0].at:
        return _read(batch, logits.device)
    counts = torch.tensor([len(one.at) for one in batch], device=logits.device)
    return torch.arange(logits.shape[1], device=logits.device) < counts[:, None]


def _scores(recorder: "Recorder", read: Tensor, *, causal: bool) -> list[Tensor]:
    pairs = read[:, :, None] & read[:, None, :]
    if causal:
        pairs = pairs.tril()
    found = []
    kinds = (recorder.seen("encoder", name) for name in ("queries", "keys"))
    for query, key, scaling in zip(*kinds, recorder.scaling.get("encoder", ()), strict=False):
        scores = query.float() @ key.float().transpose(2, 3) * scaling
        found.append(scores.permute(0, 2, 3, 1)[pairs])
    return found
