"""One forward pass to the end: a model with its head runs on some texts."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from bertviz_plus.models.interventions.exchanging import Forward, exchanged
from bertviz_plus.models.interventions.intervening import change_of
from bertviz_plus.models.passes.forward import Readable, model_inputs, options_of, report_blocks
from bertviz_plus.models.passes.lending import IMPLEMENTATION, borrowed
from bertviz_plus.models.passes.pass_change import Change, PassChange, WeightChange
from bertviz_plus.models.passes.recording import Recorder, active

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def head_pass(
    model: "Model",
    texts: Sequence[Readable],
    *,
    gradients: bool = False,
    change: Change | PassChange | None = None,
    at: Sequence[Sequence[int]] | None = None,
    forwards: Mapping[nn.Module, Forward] | None = None,
) -> tuple[Any, Tensor]:
    """Run a model, its head included, on some texts, with the interventions that are in force.

    Parameters
    ----------
    model : Model
        Of one stack.
    texts : sequence of Readable
        Padded to the longest.
    gradients : bool, default False
        Whether what comes out can be differentiated.
    change : callable or PassChange, optional
        One change more. A callable changes weights of attention, which must follow transformers' interface
        then.
    at : sequence of sequence of int, optional
        The positions of each text, as many of each, that a head of tokens reads; it reads all by default. In
        a language model with a large vocabulary the head costs as much as the layers.
    forwards : mapping of torch.nn.Module to callable, optional
        What some parts of the model do instead of what they are for, as `exchanged` takes it.

    Returns
    -------
    outputs : transformers.ModelOutput
    hidden : torch.Tensor
        The last hidden layer, ``[texts, tokens, hidden]``; of `at` alone where given.

    Raises
    ------
    ValueError
        For an encoder–decoder, and an architecture whose attention cannot be changed.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> from bertviz_plus.models.passes.trial import Ids
    >>> outputs, hidden = head_pass(bp.load("bert-tiny"), [Ids([101, 103, 102])], at=[[1]])
    >>> list(outputs.logits.shape), list(hidden.shape)
    ([1, 1, 30522], [1, 1, 128])
    """
    if model.is_encoder_decoder:
        raise ValueError(f"model must be one stack with a head, and {model.info.architecture} has two stacks")
    if change is not None and not model.records_attention:
        raise ValueError(
            f"attention of {model.info.architecture} cannot be changed: it does not follow transformers' "
            "AttentionInterface"
        )
    (stack,), manner = model._stacks, model._trial.manner
    own = change if change is None or isinstance(change, PassChange) else WeightChange(change)
    whole = change_of(model.hf, texts, own=own)
    recorder = Recorder(
        (),
        range(stack.n_layers),
        n_layers={stack.name: stack.n_layers},
        shapes={stack.name: (len(texts), max(map(len, texts)))},
        places=manner.places,
        to_the_end=True,
        change=whole,
    )
    # A last hidden layer that is put in must be there in full.
    late = at is not None and whole is not None and whole.replaces(stack.name, stack.n_layers)
    if at is not None and not late:
        forwards = {**(forwards or {}), stack.root: partial(_cut, at)}
    with (
        borrowed(
            model.hf,
            partial(report_blocks, model._stacks),
            attention=IMPLEMENTATION if recorder.reads_attention else None,
            changes=manner.changes,
        ),
        active(recorder),
        torch.set_grad_enabled(gradients),
    ):
        runner = exchanged(model.hf, forwards) if forwards else model.hf
        outputs = runner(**model_inputs(model.hf, texts), **options_of(model.hf, attentions=False))
    hidden = recorder.left[stack.name]
    if late and at is not None:
        name = "logits" if "logits" in outputs else "prediction_logits"
        outputs[name], hidden = _of_places(outputs[name], at), _of_places(hidden, at)
    return outputs, hidden


def recorded_head_pass(
    model: "Model",
    texts: Sequence[Readable],
    keep: Collection[str],
    *,
    head: bool = True,
    gradients: bool = False,
    at: Sequence[Sequence[int]] | None = None,
) -> tuple[Any, Recorder]:
    """Run a model on some texts, and record what it computes on the way to its head.

    Parameters
    ----------
    model : Model
        Of one stack.
    texts, gradients, at
        As in `head_pass`. What is recorded is of all positions.
    keep : collection of str
        As in `Model.trace`.
    head : bool, default True
        Whether the head is run.

    Returns
    -------
    outputs : transformers.ModelOutput
        Of the head, or of what is under it.
    recorder : Recorder
        Whose `seen` gives tensors, which can be differentiated where `gradients` says so.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> from bertviz_plus.models.passes.trial import Ids
    >>> _, recorder = recorded_head_pass(bp.load("bert-tiny"), [Ids([101, 103, 102])], ["queries"], at=[[1]])
    >>> list(recorder.seen("encoder", "queries")[0].shape)
    [1, 2, 3, 64]
    """
    (stack,), manner = model._stacks, model._trial.manner
    recorder = Recorder(
        keep,
        range(stack.n_layers),
        n_layers={stack.name: stack.n_layers},
        shapes={stack.name: (len(texts), max(map(len, texts)))},
        places=manner.places,
        to_the_end=True,
        change=change_of(model.hf, texts),
    )
    body = model.hf.base_model
    with (
        borrowed(
            model.hf,
            partial(report_blocks, model._stacks),
            attention=IMPLEMENTATION if recorder.reads_attention else None,
            changes=manner.changes,
        ),
        torch.set_grad_enabled(gradients),
    ):
        with active(recorder):
            outputs = body(**model_inputs(body, texts), **options_of(body, attentions=False))
        if head:
            # The head runs on what its body has returned: where it reads few places, all were recorded.
            given = partial(_giving, outputs, at)
            outputs = exchanged(model.hf, {body: given})(**model_inputs(model.hf, texts))
    return outputs, recorder


def _giving(outputs: Any, at: Sequence[Sequence[int]] | None, *_: Any, **__: Any) -> Any:
    return outputs if at is None else _cut(at, lambda: outputs)


def _cut(at: Sequence[Sequence[int]], own: Forward, *given: Any, **named: Any) -> Any:
    """Run the part under the head, and keep of its last hidden layer the vectors that the head is to read."""
    returned = own(*given, **named)
    hidden: Tensor = returned[0]
    kept = _of_places(hidden, at)
    if isinstance(returned, tuple):
        return (kept, *returned[1:])
    returned[next(iter(returned))] = kept
    return returned


def _of_places(vectors: Tensor, at: Sequence[Sequence[int]]) -> Tensor:
    columns = torch.tensor([list(places) for places in at], device=vectors.device)
    rows = torch.arange(len(vectors), device=vectors.device)[:, None]
    return vectors[rows, columns]
