"""A model is tried on a few tokens before its first trace, so that what a trace shows is known to be true.

Architectures differ in what their blocks pass on, in whether padding leaks into a text, in which layers
attend and in whose weights are weights. What is not known from outside is found by running the model twice on
six tokens, once as it is and once recorded, and by comparing.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import PreTrainedModel

from bertviz_plus.models.passes.blocks import Stack, StackName
from bertviz_plus.models.passes.forward import (
    Manner,
    Readable,
    borrowed_part,
    model_inputs,
    options_of,
    record,
    report_blocks,
)
from bertviz_plus.models.passes.lending import borrowed, has_changed
from bertviz_plus.models.passes.pass_change import AttentionKind
from bertviz_plus.models.passes.placing import MisplacedError, Place, alike, possible_places
from bertviz_plus.models.passes.recording import (
    FROM_ATTENTION,
    KINDS_OF_TENSOR,
    Recorder,
    active,
)
from bertviz_plus.models.passes.request import Request
from bertviz_plus.traces.checks import ROW_TOLERANCE

_TOKENS = 6
_SPARSE = (
    "its attention is sparse (attention_type='block_sparse'); call set_attention_type('original_full') on "
    "model.hf.base_model and wrap it again for all of it"
)
_OF_A_CALL = ("attention", "queries", "keys", "values", "scores", "context", "output_norms")
_FAULTS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class Ids(NamedTuple):
    """Token ids, as a pass reads them."""

    input_ids: Sequence[int]
    token_type_ids: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(frozen=True)
class Trial:
    """What trying a model showed.

    Attributes
    ----------
    manner : Manner
        How to run it.
    causal : dict
        For each stack whether a token sees only what precedes it.
    attending : tuple of int
        Layers that give attention.
    refused : dict of str to str
        What cannot be had, and why.
    sums : {"one", "sink", "other"}
        Whether rows of attention sum to 1, to 1 with what goes to a sink, or to something else.
    alike : bool
        Whether all layers' heads are alike in number and width.
    """

    manner: Manner
    causal: dict[StackName, bool]
    attending: tuple[int, ...]
    refused: dict[str, str] = field(default_factory=dict)
    sums: str = "one"
    alike: bool = True


def try_model(model: PreTrainedModel, stacks: tuple[Stack, ...], vocabulary: int | None) -> Trial:
    """Run a model on a few tokens and see what it shows.

    Raises
    ------
    ValueError
        Where it cannot be run on token ids alone, with what it says.
    """
    ids = _ids(model, vocabulary)
    target = ids.input_ids[:-1] if len(stacks) > 1 else None
    name = type(model).__name__
    try:
        places, left, refused = find_places(model, stacks, ids, target)
        manner, recorder = _seen(model, stacks, ids, target, places, left, refused)
        weights = {kind: recorder.seen(kind, "attention") for kind in _kinds(stacks)}
        return Trial(
            replace(manner, changes=has_changed(borrowed_part(model, stacks))),
            {stack.name: _is_causal(weights[stack.name], model, stacks, stack, ids) for stack in stacks},
            tuple(sorted({layer for layers in recorder.layers.values() for layer in layers})),
            refused,
            _sums(recorder, weights),
            all(
                len({layer.shape for layer in recorder.seen(kind, "queries")}) <= 1 for kind in _kinds(stacks)
            ),
        )
    except _FAULTS as error:
        raise ValueError(
            f"model cannot be traced: {name} fails on token ids alone with {type(error).__name__}: {error}. "
            "See that model.hf.base_model(input_ids=…) runs, then trace"
        ) from error


def check_given(model: PreTrainedModel, trial: Trial, request: Request, *, layers_named: bool) -> None:
    """Refuse what the model does not give, and layers that do not attend.

    Raises
    ------
    ValueError
        Naming the model, the reason and what to ask for instead.
    """
    name = f"{type(model).__name__} (model type {model.config.model_type!r})"
    for tensor in request.keep:
        if tensor in trial.refused:
            gives = [repr(other) for other in KINDS_OF_TENSOR if other not in trial.refused]
            instead = (
                f"keep=({', '.join(gives)},) can"
                if gives
                else f"show {instead_of_a_trace(len(trial.causal) > 1)}"
            )
            raise ValueError(f"keep={tensor!r} cannot be had from {name}: {trial.refused[tensor]}; {instead}")
    if not layers_named or not FROM_ATTENTION & set(request.keep):
        return
    without = [layer for layer in request.layers if layer not in trial.attending]
    if without:
        raise ValueError(
            f"layers must be among those of {name} that give attention, "
            f"{', '.join(map(str, trial.attending))}, got {without[0]}"
        )


def instead_of_a_trace(is_encoder_decoder: bool) -> str:
    """Say how to look at what a model returns where it cannot be traced."""
    if is_encoder_decoder:
        return "your own pass with Seq2SeqTrace.from_attention(cross_attention=outputs.cross_attentions, …)"
    return "your own pass with Trace.from_outputs(outputs, inputs, tokenizer)"


def warn_of_sums(attention: NDArray[Any], architecture: str) -> None:
    """Say that rows of attention do not sum to 1, and how far they go."""
    sums = attention.sum(axis=-1, dtype=np.float32)
    if np.abs(sums - 1).max() > ROW_TOLERANCE:
        warnings.warn(
            f"transformers' {architecture} returns attention whose rows sum to {sums.min():.3g} … "
            f"{sums.max():.3g}, not to 1: what is shown is what it returns, not shares of a whole",
            UserWarning,
            stacklevel=5,
        )


def reads_batches(model: PreTrainedModel, runner: nn.Module, stack: Stack, vocabulary: int | None) -> bool:
    """Whether a text is read as if alone beside another, longer text.

    A convolution mixes padding in (ConvBERT), experts of a fixed capacity and layers quantised as they run
    mix texts, and which blocks sparse attention sees depends on the padded length (BigBird).
    """
    by_length = getattr(stack.config, "attention_type", None) == "block_sparse"
    if by_length or getattr(stack.config, "expert_capacity", None) is not None:
        return False
    ids = _ids(model, vocabulary).input_ids
    short, other = Ids(ids[:4]), Ids(ids[::-1])
    inputs = model_inputs(runner, [short, other])
    changed = {name: tensor.clone() for name, tensor in inputs.items()}
    changed["input_ids"][0, len(short) :] = ids[1]
    changed["input_ids"][1] = inputs["input_ids"][1].flip(0)
    first, second = (_last_hidden(model, runner, stack, given) for given in (inputs, changed))
    same: bool = alike(first[0, : len(short)], second[0, : len(short)])
    return same


def _ids(model: PreTrainedModel, vocabulary: int | None) -> Ids:
    """Return different ids of which none is special, where there is a choice."""
    known = vocabulary or 256
    special = {
        getattr(model.config, f"{name}_token_id", None) for name in ("pad", "bos", "eos", "cls", "sep")
    }
    plain = [number for number in range(known) if number not in special] or [0]
    step = max(1, len(plain) // _TOKENS)
    return Ids([plain[place * step % len(plain)] for place in range(_TOKENS)])


def _kinds(stacks: tuple[Stack, ...]) -> tuple[AttentionKind, ...]:
    return ("encoder",) if len(stacks) == 1 else ("encoder", "decoder", "cross")


def find_places(
    model: PreTrainedModel, stacks: tuple[Stack, ...], ids: Readable, target: Sequence[int] | None
) -> tuple[dict[StackName, Place], dict[StackName, Any], dict[str, str]]:
    """Find where blocks keep hidden states, by the model's own.

    Returns
    -------
    places : dict
        For each stack; empty where hidden states cannot be had.
    left : dict
        What each stack returned.
    refused : dict
        Why hidden states cannot be had.
    """
    runner = model.base_model
    inputs = model_inputs(runner, [ids])
    lengths: dict[StackName, int] = {"encoder": len(ids)}
    if target is not None:
        inputs["decoder_input_ids"] = torch.tensor([list(target)], device=model.device)
        lengths["decoder"] = len(target)
    options = options_of(runner, attentions=False) | {"output_hidden_states": True, "return_dict": True}
    blocks, returned = _watched(model, runner, stacks, inputs | options)
    places: dict[StackName, Place] = {}
    for stack in stacks:
        prefix = f"{stack.name}_" if len(stacks) > 1 else ""
        own = getattr(returned, f"{prefix}hidden_states", None)
        try:
            places[stack.name] = _place(blocks, stack, own, (1, lengths[stack.name]))
        except MisplacedError as error:
            return {}, blocks.left, {"hidden_states": str(error)}
    return places, blocks.left, {}


def _place(blocks: "_Blocks", stack: Stack, own: Sequence[Tensor] | None, shape: tuple[int, int]) -> Place:
    given, last, left = blocks.given[stack.name], blocks.last.get(stack.name), blocks.left.get(stack.name)
    if len(given) != stack.n_layers:
        raise MisplacedError(f"of its {stack.n_layers} layers {len(given)} run as blocks")
    if own is None:
        # The model keeps them to itself: blocks that pass on one vector a token are taken at their word.
        for hidden in (*given, left):
            Place().of(hidden, shape)
        return Place()
    widths = {tuple(hidden.shape[2:]) for hidden in own if isinstance(hidden, Tensor)}
    if len(widths) > 1:
        raise MisplacedError(f"its layers have hidden states of several widths: {sorted(widths)}")
    if len(own) != len(given) + 1:
        raise MisplacedError(f"it returns {len(own)} of them for {len(given)} layers")
    for place in possible_places(given, list(own[:-1]), shape):
        # Only what the stack returns tells where a model that keeps padding in between has it.
        padded = any(hidden.shape[1] > shape[1] for hidden in own[:-1])
        if isinstance(left, Tensor) and alike(left, Place(kept=place.kept).of(own[-1], shape)):
            if not padded or own[-1].shape[1] > shape[1] or alike(place.of(last, shape), left):
                return place
        elif not padded and alike(place.of(last, shape), own[-1]):
            return replace(place, from_block=True)
    came = list(given[-1].shape) if isinstance(given[-1], Tensor) else type(given[-1]).__name__
    raise MisplacedError(
        f"its blocks pass on {came} for {shape[1]} tokens, not the hidden states that it returns"
    )


def _seen(
    model: PreTrainedModel,
    stacks: tuple[Stack, ...],
    ids: Ids,
    target: Sequence[int] | None,
    places: dict[StackName, Place],
    left: dict[StackName, Any],
    refused: dict[str, str],
) -> tuple[Manner, Recorder]:
    """Find where attention comes from, and note in `refused` what of it cannot be had."""
    layers = range(max(stack.n_layers for stack in stacks))
    manner = Manner("recorded", places)
    try:
        recorder = record(model, stacks, _OF_A_CALL, layers, [ids], manner, target, to_the_end=True)
        if all(map(recorder.layers.get, _kinds(stacks))) and _unchanged(recorder, left):
            refused |= _untrue(recorder, _kinds(stacks))
            return manner, recorder
    except _FAULTS:
        # What does not follow the interface may not bear its name either.
        pass
    refused |= dict.fromkeys(
        _OF_A_CALL[1:],
        "its attention does not run through transformers' AttentionInterface",
    )
    if not any(stack.attends for stack in stacks):
        refused |= dict.fromkeys(_OF_A_CALL, "it has no attention")
        return Manner("none", places), Recorder((), layers, n_layers={"encoder": 1}, shapes={})
    manner = Manner("returned", places)
    try:
        recorder = record(model, stacks, ("attention",), layers, [ids], manner, target)
        if not all(map(recorder.layers.get, _kinds(stacks))):
            why = (
                _SPARSE
                if getattr(model.base_model, "attention_type", None) == "block_sparse"
                else "it returns none"
            )
        elif _unchanged(recorder, left):
            return manner, recorder
        else:
            why = "where it can be seen (attn_implementation='eager'), the model computes other hidden states"
    except MisplacedError as error:
        why = f"what it returns is not a weight for each pair of tokens: {error}"
    refused |= dict.fromkeys(_OF_A_CALL, why)
    return Manner("none", places), Recorder((), layers, n_layers={"encoder": 1}, shapes={})


def _unchanged(recorder: Recorder, left: Mapping[StackName, Any]) -> bool:
    """Whether what the stacks return is what they return where nobody looks at attention."""
    return all(
        isinstance(own, Tensor) and stack in recorder.left and alike(recorder.left[stack], own)
        for stack, own in left.items()
    )


def _untrue(recorder: Recorder, kinds: Sequence[AttentionKind]) -> dict[str, str]:
    """Say which tensors do not stand to each other as they must."""
    refused: dict[str, str] = {}
    for kind in kinds:
        weights, scores, values, context = (
            recorder.seen(kind, name) for name in ("attention", "scores", "values", "context")
        )
        try:
            recorder.seen(kind, "output_norms")
        except ValueError as error:
            refused["output_norms"] = str(error)
        sinks = recorder.seen(kind, "sink_scores")
        for place, own in enumerate(weights):
            rows = [scores[place], *([sinks[place][..., None]] if place < len(sinks) else [])]
            made = torch.cat([part.float() for part in rows], -1).softmax(-1)[..., : own.shape[-1]]
            if not alike(own, made.to(own.dtype)):
                refused["scores"] = "its weights are not the softmax of scaled products of queries and keys"
            if not alike(context[place], own @ values[place].to(own.dtype)):
                refused["output_norms"] = "its attention is more than weights on values"
    return refused


def _is_causal(
    weights: Sequence[Tensor], model: PreTrainedModel, stacks: tuple[Stack, ...], stack: Stack, ids: Ids
) -> bool:
    if weights:
        return not any(layer.triu(1).any() for layer in weights)
    if len(stacks) > 1:
        return stack.name == "decoder"
    inputs = model_inputs(model.base_model, [ids])
    first = _last_hidden(model, model.base_model, stack, inputs)
    inputs["input_ids"][0, -1] = ids.input_ids[0]
    second = _last_hidden(model, model.base_model, stack, inputs)
    return alike(first[:, :-1], second[:, :-1])


def _sums(recorder: Recorder, weights: Mapping[AttentionKind, Sequence[Tensor]]) -> str:
    if any(recorder.seen(kind, "sinks") for kind in weights):
        return "sink"
    sums = [layer.sum(-1, dtype=torch.float32) for layers in weights.values() for layer in layers]
    return "one" if all(float((one - 1).abs().max()) < ROW_TOLERANCE for one in sums) else "other"


def _last_hidden(model: PreTrainedModel, runner: nn.Module, stack: Stack, inputs: dict[str, Any]) -> Tensor:
    blocks, _ = _watched(model, runner, (stack,), inputs | options_of(runner, attentions=False))
    last: Tensor = blocks.left[stack.name]
    return last


class _Blocks(Recorder):
    """Keeps what blocks are given and return as it is."""

    def __init__(self) -> None:
        super().__init__((), (0,), n_layers={"encoder": 1}, shapes={})
        self.given: dict[StackName, list[Any]] = {"encoder": [], "decoder": []}
        self.last: dict[StackName, Any] = {}
        self.left: dict[StackName, Any] = {}

    def enter_block(self, stack: StackName, hidden: Any) -> Any:
        self.given[stack].append(hidden)
        return hidden

    def leave_block(self, stack: StackName, hidden: Any) -> Any:
        self.last[stack] = hidden
        return hidden

    def leave_stack(self, stack: StackName, hidden: Any) -> Any:
        self.left[stack] = hidden
        return hidden


def _watched(
    model: PreTrainedModel, runner: nn.Module, stacks: tuple[Stack, ...], inputs: dict[str, Any]
) -> tuple[_Blocks, Any]:
    """Run a model under its own attention and see what its blocks are given and return."""
    blocks = _Blocks()
    borrower = borrowed_part(model, stacks)
    with (
        borrowed(borrower, partial(report_blocks, stacks), attention=None),
        active(blocks),
        torch.no_grad(),
    ):
        returned = runner(**inputs)
    return blocks, returned
