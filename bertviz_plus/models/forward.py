"""One forward pass: a batch of encoded texts goes in, arrays come out, the model is as it was."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from bertviz_plus.models.blocks import Stack, StackName
from bertviz_plus.models.encoding import Encoded
from bertviz_plus.models.lending import borrowed
from bertviz_plus.models.projection import projections
from bertviz_plus.models.recording import (
    FROM_ATTENTION,
    AttentionKind,
    PassStopped,
    Recorder,
    active,
    active_recorder,
)
from bertviz_plus.models.request import Request

_SQUARE = ("attention", "scores", "output_norms")


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
    encoded: Sequence[Encoded],
    decoder_input_ids: Sequence[int] | None = None,
) -> Pass:
    """Run a batch through a model and keep what is asked for; padding comes last.

    Attention itself is recorded only where it is asked for: hidden states alone run under the model's own
    attention implementation.

    Raises
    ------
    ValueError
        Where a model that does not follow the attention interface is asked for more than it returns.
    """
    follows = all(stack.follows_interface for stack in stacks)
    if not follows:
        _refuse_what_is_not_returned(model, request.keep)
    from_attention = bool(FROM_ATTENTION & set(request.keep))
    recorder = Recorder(
        request.keep,
        request.layers,
        last_stack=stacks[-1].name,
        n_layers=stacks[-1].n_layers,
        # A model that returns its attention does so at the end.
        to_the_end=from_attention and not follows,
    )
    runner = model.base_model
    inputs = model_inputs(runner, encoded)
    if decoder_input_ids is not None:
        inputs["decoder_input_ids"] = torch.tensor([list(decoder_input_ids)], device=model.device)
    options = options_of(runner, attentions=from_attention and not follows)
    borrower = borrowed_part(model, stacks)
    report = partial(report_blocks, stacks)
    returned: Any = None
    with (
        borrowed(borrower, report, record=follows and from_attention),
        _reported_projections(borrower, wanted=recorder.reads_projections),
        active(recorder),
        torch.no_grad(),
        suppress(PassStopped),
    ):
        returned = runner(**inputs, **options)
    if from_attention and not follows:
        recorder.take_returned(_returned_attention(model, returned))
    if from_attention and not recorder.layers:
        raise RuntimeError(f"{type(model).__name__} ran without calling the attention function it declares")
    return _as_pass(recorder, stacks, request)


def borrowed_part(model: PreTrainedModel, stacks: tuple[Stack, ...]) -> nn.Module:
    """Say what is borrowed: all of an encoder-decoder, which also generates, else all but the head."""
    part: nn.Module = model if len(stacks) > 1 else model.base_model
    return part


def _as_pass(recorder: Recorder, stacks: tuple[Stack, ...], request: Request) -> Pass:
    kinds: tuple[AttentionKind, ...] = ("encoder",) if len(stacks) == 1 else ("encoder", "decoder", "cross")
    arrays: dict[str, dict[str, np.ndarray]] = {}
    for kind in kinds:
        found = {name: recorder.array(kind, name, request.dtype) for name in request.keep}
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
        yield stack.root.register_forward_hook(_leaving(stack.name))


def _entering(stack: StackName) -> Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], None]:
    def report(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        recorder = active_recorder()
        if recorder is not None:
            recorder.enter_block(stack, given[0] if given else named["hidden_states"])

    return report


def _leaving(stack: StackName) -> Callable[[nn.Module, Any, Any], None]:
    def report(_: nn.Module, _given: Any, returned: Any) -> None:
        recorder = active_recorder()
        if recorder is not None:
            recorder.leave_stack(stack, returned[0])

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


def _refuse_what_is_not_returned(model: PreTrainedModel, keep: Sequence[str]) -> None:
    refused = [name for name in keep if name not in ("attention", "hidden_states")]
    if refused:
        raise ValueError(
            f"keep={refused[0]!r} cannot be had from {type(model).__name__} (model type "
            f"{model.config.model_type!r}), whose attention does not run through transformers' "
            "AttentionInterface; it gives 'attention' and 'hidden_states'"
        )


def _returned_attention(model: PreTrainedModel, returned: Any) -> Sequence[Tensor]:
    attention = getattr(returned, "attentions", None)
    if not attention or attention[0] is None:
        raise ValueError(
            f"{type(model).__name__} returned no attention; load it with attn_implementation='eager' "
            "(transformers' other implementations return none)"
        )
    weights: Sequence[Tensor] = attention
    return weights
