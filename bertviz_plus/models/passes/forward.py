"""One forward pass: a batch of encoded texts goes in, arrays come out, the model is as it was."""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Literal, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from bertviz_plus.models.interventions.intervening import change_of
from bertviz_plus.models.passes.blocks import Stack, StackName
from bertviz_plus.models.passes.lending import IMPLEMENTATION, borrowed
from bertviz_plus.models.passes.pass_change import AttentionKind
from bertviz_plus.models.passes.placing import Place
from bertviz_plus.models.passes.projection import projections
from bertviz_plus.models.passes.recording import (
    FROM_ATTENTION,
    PassStopped,
    Recorder,
    active,
    active_recorder,
)
from bertviz_plus.models.passes.request import Request

_SQUARE = ("attention", "scores", "output_norms")
_BY_QUERY = ("sinks", "sink_scores")


@dataclass(frozen=True)
class Pass:
    """What one pass showed.

    Attributes
    ----------
    layers : dict
        For each kind of attention (``"encoder"``, ``"decoder"``, ``"cross"``) the layers that were recorded.
    scaling : dict
        For each kind the factor on the product of query and key, by recorded layer.
    arrays : dict
        ``arrays[kind][name]``, ``[layers, batch, ...]``.
    """

    layers: dict[str, tuple[int, ...]]
    scaling: dict[str, tuple[float, ...]]
    arrays: dict[str, dict[str, np.ndarray]]

    def of_text(self, kind: str, row: int, n: int | None) -> dict[str, np.ndarray]:
        """Return the arrays of one text of the batch, without its padding."""
        cut = {"hidden_states": np.s_[:, row, :n], **dict.fromkeys(_SQUARE, np.s_[:, row, :, :n, :n])}
        found = {}
        for name, array in self.arrays[kind].items():
            own = array[cut.get(name, np.s_[:, row, :, :n])]
            # A view would keep the whole batch in memory.
            found[name] = own if array.shape[1] == 1 else own.copy()
        return found


@dataclass(frozen=True)
class Manner:
    """How a model is to be run, so that what it shows is what it computes.

    Attributes
    ----------
    attention : {"recorded", "returned", "none"}
        Where its attention comes from: the attention function, what the model returns under eager attention,
        or nowhere.
    places : dict
        For each stack where its blocks keep hidden states.
    changes : bool
        Whether the model changes something of itself as it runs (BigBird).
    """

    attention: Literal["recorded", "returned", "none"]
    places: Mapping[StackName, Place] = field(default_factory=dict)
    changes: bool = True


class Readable(Protocol):
    """One text as a model reads it."""

    @property
    def input_ids(self) -> Sequence[int]:
        """Numbers of its tokens, special ones included."""

    @property
    def token_type_ids(self) -> Sequence[int] | None:
        """Which text each belongs to, where the tokenizer says so."""

    def __len__(self) -> int: ...


def run_pass(
    model: PreTrainedModel,
    stacks: tuple[Stack, ...],
    request: Request,
    encoded: Sequence[Readable],
    manner: Manner,
    decoder_input_ids: Sequence[int] | None = None,
) -> Pass:
    """Run a batch through a model and keep what is asked for; padding comes last.

    Attention itself is recorded only where it is asked for: hidden states alone run under the model's own
    attention implementation.

    Raises
    ------
    MisplacedError
        Where blocks pass on something else than one vector a token, or attention is not a weight for each
        pair of tokens.
    """
    recorder = record(model, stacks, request.keep, request.layers, encoded, manner, decoder_input_ids)
    try:
        return _as_pass(recorder, stacks, request)
    except ValueError as error:
        raise ValueError(f"{error} (in {type(model).__name__})") from error


def record(
    model: PreTrainedModel,
    stacks: tuple[Stack, ...],
    keep: Collection[str],
    layers: Sequence[int],
    encoded: Sequence[Readable],
    manner: Manner,
    decoder_input_ids: Sequence[int] | None = None,
    *,
    to_the_end: bool = False,
) -> Recorder:
    """Run a batch through a model and return who recorded it; `run_pass` describes the parameters."""
    from_attention = bool(FROM_ATTENTION & set(keep))
    returns = from_attention and manner.attention == "returned"
    runner = model.base_model
    inputs = model_inputs(runner, encoded)
    shapes: dict[StackName, tuple[int, int]] = {"encoder": (len(encoded), max(map(len, encoded)))}
    if decoder_input_ids is not None:
        inputs["decoder_input_ids"] = torch.tensor([list(decoder_input_ids)], device=model.device)
        shapes["decoder"] = (1, len(decoder_input_ids))
    change = change_of(model, encoded, target=decoder_input_ids)
    recorder = Recorder(
        keep,
        layers,
        n_layers={stack.name: stack.n_layers for stack in stacks},
        shapes=shapes,
        places=manner.places,
        # A model that returns its attention does so at the end.
        to_the_end=to_the_end or returns,
        change=change,
    )
    options = options_of(runner, attentions=returns)
    borrower = borrowed_part(model, stacks)
    returned: Any = None
    implementation = "eager" if returns else IMPLEMENTATION if recorder.reads_attention else None
    with (
        borrowed(
            borrower,
            partial(report_blocks, stacks),
            attention=implementation,
            changes=manner.changes or returns,
        ),
        _reported_projections(borrower, wanted=recorder.reads_projections),
        active(recorder),
        torch.no_grad(),
        suppress(PassStopped),
    ):
        returned = runner(**inputs, **options)
    if returns:
        for kind, name in _FIELDS[len(stacks)].items():
            recorder.take_returned(kind, getattr(returned, name, None) or ())
    return recorder


# Under which names models return their attention: those of one stack, and encoder-decoders.
_FIELDS: dict[int, dict[AttentionKind, str]] = {
    1: {"encoder": "attentions"},
    2: {"encoder": "encoder_attentions", "decoder": "decoder_attentions", "cross": "cross_attentions"},
}


def borrowed_part(model: PreTrainedModel, stacks: tuple[Stack, ...]) -> nn.Module:
    """Say what is borrowed: all of an encoder-decoder, which also generates, else all but the head."""
    part: nn.Module = model if len(stacks) > 1 else model.base_model
    return part


def _as_pass(recorder: Recorder, stacks: tuple[Stack, ...], request: Request) -> Pass:
    kinds: tuple[AttentionKind, ...] = ("encoder",) if len(stacks) == 1 else ("encoder", "decoder", "cross")
    arrays: dict[str, dict[str, np.ndarray]] = {}
    for kind in kinds:
        found = {name: recorder.array(kind, name, request.dtype) for name in (*request.keep, *_BY_QUERY)}
        arrays[kind] = {name: array for name, array in found.items() if array is not None}
    return Pass(
        {kind: tuple(recorder.layers.get(kind, ())) for kind in kinds},
        {kind: tuple(recorder.scaling.get(kind, ())) for kind in kinds},
        arrays,
    )


def model_inputs(runner: nn.Module, encoded: Sequence[Readable]) -> dict[str, Tensor]:
    """Pad on the right whatever the tokenizer prefers, so that positions count from the first token."""
    kind: Any = type(runner)
    config: Any = runner.config
    device: Any = runner.device
    longest = max(map(len, encoded))
    padding = getattr(config, "pad_token_id", None)
    # Masked, so its number matters only to models that count positions by it.
    padding = padding if isinstance(padding, int) and padding >= 0 else 0

    def padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
        return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows], device=device)

    inputs = {
        "input_ids": padded([one.input_ids for one in encoded], padding),
        "attention_mask": padded([[1] * len(one) for one in encoded], 0),
    }
    types = [one.token_type_ids for one in encoded if one.token_type_ids is not None]
    n_types = getattr(config, "type_vocab_size", None)
    known = "token_type_ids" in _parameters(kind) and len(types) == len(encoded)
    if known and (n_types is None or all(max(row) < n_types for row in types)):
        inputs["token_type_ids"] = padded(types, 0)
    return inputs


def options_of(runner: nn.Module, *, attentions: bool) -> dict[str, Any]:
    """Return what a pass asks of a model beside its inputs: no cache, no outputs but those wanted."""
    kind: Any = type(runner)
    config: Any = runner.config
    options: dict[str, Any] = {"output_attentions": True, "return_dict": True} if attentions else {}
    # A configuration may ask for outputs, and transformers would leave hooks on the model for them.
    for flag in ("output_attentions", "output_hidden_states"):
        if getattr(config, flag, False):
            options.setdefault(flag, False)
    if "use_cache" in _parameters(kind):
        options["use_cache"] = False
    return options


@cache
def _parameters(kind: Any) -> frozenset[str]:
    return frozenset(inspect.signature(kind.forward).parameters)


def report_blocks(stacks: tuple[Stack, ...]) -> Iterator[Any]:
    """Let blocks and stacks report to whoever records in the thread that runs them."""
    for stack in stacks:
        for block in dict.fromkeys(stack.blocks):
            yield block.register_forward_pre_hook(_entering(stack.name), with_kwargs=True)
            yield block.register_forward_hook(_leaving(stack.name, block=True))
        yield stack.root.register_forward_hook(_leaving(stack.name, block=False))


def _entering(stack: StackName) -> Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], Any]:
    def report(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        recorder = active_recorder()
        if recorder is None:
            return None
        came = given[0] if given else named.get("hidden_states")
        taken = recorder.enter_block(stack, came)
        if taken is came:
            return None
        return ((taken, *given[1:]), named) if given else (given, named | {"hidden_states": taken})

    return report


def _leaving(stack: StackName, *, block: bool) -> Callable[[nn.Module, Any, Any], Any]:
    def report(_: nn.Module, _given: Any, returned: Any) -> Any:
        recorder = active_recorder()
        if recorder is None:
            return None
        leave = recorder.leave_block if block else recorder.leave_stack
        own = returned if isinstance(returned, Tensor) else returned[0]
        left = leave(stack, own)
        if left is own:
            return None
        if isinstance(returned, Tensor):
            return left
        if isinstance(returned, tuple):
            return (left, *returned[1:])
        # An output of transformers, whose first field is the last hidden state.
        return type(returned)(**dict(returned) | {next(iter(returned)): left})

    return report


@contextmanager
def _reported_projections(model: nn.Module, *, wanted: bool) -> Iterator[None]:
    def report(projection: nn.Module, given: tuple[Any, ...]) -> None:
        recorder = active_recorder()
        if recorder is not None and given:
            recorder.see_projection(projection, given[0])

    hooks: list[Any] = []
    try:
        if wanted:
            for projection in projections(model):
                hooks.append(projection.register_forward_pre_hook(report))  # noqa: PERF401
        yield
    finally:
        for hook in hooks:
            hook.remove()
