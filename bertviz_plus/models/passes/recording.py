"""The one attention function that records, and the one place where a forward pass is changed.

Registered with transformers' `AttentionInterface`, it sees the queries, keys, values, mask and scaling of
every architecture that follows the interface. The arithmetic is left to the architecture's own eager
function, so that outputs are bit-identical to ``eager``. Where nobody records it does what the model would
have done.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from bertviz_plus.models.passes.blocks import StackName
from bertviz_plus.models.passes.eager import attention_scores, eager_of, for_each_head, sink_scores
from bertviz_plus.models.passes.lending import IMPLEMENTATION, implementation_of
from bertviz_plus.models.passes.pass_change import AttentionCall, AttentionKind, PassChange
from bertviz_plus.models.passes.placing import MisplacedError, Place
from bertviz_plus.models.passes.projection import output_norms, projection_weight

# What one call of an attention function shows. Hidden states are seen at the blocks.
FROM_ATTENTION = frozenset({"attention", "queries", "keys", "values", "scores", "context", "output_norms"})
KINDS_OF_TENSOR = (
    "attention",
    "hidden_states",
    "queries",
    "keys",
    "values",
    "scores",
    "context",
    "output_norms",
)

# What is kept with what: how much of a row goes to a sink.
_WITH = {"sinks": "attention", "sink_scores": "scores"}
_PLAIN = Place()
# Less than this is missing from rows that sum to 1, in half precision too.
_ROUNDING = 0.01

_active: ContextVar["Recorder | None"] = ContextVar("bertviz_plus_recorder", default=None)


class PassStopped(BaseException):
    """Everything that was asked for has been seen; the rest of the forward pass is not needed."""


class Recorder:
    """What one forward pass shows, and when it has shown enough.

    Blocks announce themselves when they are entered, so an attention call is known by the block in which it
    happens and its place there: first self-attention, then cross-attention. No module needs to know its
    layer, and one that runs many times (ALBERT) is many layers.

    Parameters
    ----------
    keep : iterable of str
        Any of `KINDS_OF_TENSOR`.
    layers : iterable of int
        Attention layers to keep.
    n_layers : mapping of {"encoder", "decoder"} to int
        How many layers each stack has; the stack that runs last comes last.
    shapes : mapping of {"encoder", "decoder"} to (int, int)
        How many texts and tokens each stack reads.
    places : mapping of {"encoder", "decoder"} to Place, optional
        Where each stack's blocks keep hidden states.
    to_the_end : bool, default False
        Whether the pass must not stop early.
    change : PassChange, optional
        What is changed of the pass.
    repeats : bool, default False
        Whether blocks run again and again, as they do while a model writes.

    Attributes
    ----------
    layers : dict of str to list of int
        For each kind of attention the layers that were recorded.
    left : dict of str to torch.Tensor
        What each stack returned, where the pass came to its end.
    scaling : dict of str to list of float
        For each kind of attention and recorded layer, the factor on the product of query and key.
    """

    def __init__(
        self,
        keep: Iterable[str],
        layers: Iterable[int],
        *,
        n_layers: Mapping[StackName, int],
        shapes: Mapping[StackName, tuple[int, int]],
        places: Mapping[StackName, Place] | None = None,
        to_the_end: bool = False,
        change: PassChange | None = None,
        repeats: bool = False,
    ) -> None:
        self._shapes, self._places = shapes, places or {}
        self._change, self._repeats = change, repeats
        self._keep = frozenset(keep)
        self._wanted = frozenset(layers)
        self._n_layers = n_layers
        self._last_stack: StackName = list(n_layers)[-1]
        self._cross = self._last_stack == "decoder"
        last = n_layers[self._last_stack]
        self._deepest = last if to_the_end else min(max(self._wanted), last - 1)
        self._stack: StackName = "encoder"
        self._entered: dict[str, int] = {"encoder": -1, "decoder": -1}
        self._place = 0
        self._tensors: dict[tuple[str, str], list[Tensor]] = {}
        self._weights: dict[str, list[Tensor]] = {}
        self._context: tuple[AttentionKind, Tensor, int] | None = None
        self._skipped: Any = None
        self._lengths: dict[StackName, int] = {}
        self._why = ""
        self.left: dict[StackName, Any] = {}
        self.layers: dict[str, list[int]] = {}
        self.scaling: dict[str, list[float]] = {}

    @property
    def reads_attention(self) -> bool:
        """Whether anything is asked for that only the attention function sees."""
        changed = self._change is not None and self._change.of_attention
        return changed or bool(self._keep & FROM_ATTENTION)

    @property
    def reads_projections(self) -> bool:
        """Whether the output projections must be found."""
        return "output_norms" in self._keep

    def enter_block(self, stack: StackName, hidden: Any) -> Any:
        """Take note of a block and of its input, hidden layer 0 for the first; return what it is to take."""
        self._stack, self._place, self._context = stack, 0, None
        layer = self._entered[stack] + 1
        if self._repeats:
            layer %= self._n_layers[stack]
        self._entered[stack] = layer
        hidden = self._replaced(stack, layer, hidden)
        self._skipped = hidden
        self._see_hidden(stack, layer, hidden)
        if isinstance(hidden, Tensor) and hidden.dim() == 3:
            self._lengths[stack] = hidden.shape[self._place_of(stack).axes[1]]
        if stack == self._last_stack and layer > self._deepest:
            raise PassStopped
        return hidden

    def leave_block(self, stack: StackName, hidden: Any) -> Any:
        """Take note of what a block returns, where that is the last hidden layer; return what it is to be."""
        layer = self._entered[stack]
        if self._change is not None and self._change.skips(stack, layer):
            hidden = self._skipped
        if self._place_of(stack).from_block and layer == self._n_layers[stack] - 1:
            hidden = self._replaced(stack, layer + 1, hidden)
            self._see_hidden(stack, layer + 1, hidden)
        return hidden

    def leave_stack(self, stack: StackName, hidden: Any) -> Any:
        """Take note of the last hidden layer, as the stack returns it; return what it is to be."""
        if not self._place_of(stack).from_block:
            hidden = self._replaced(stack, self._entered[stack] + 1, hidden, _PLAIN)
            self._see_hidden(stack, self._entered[stack] + 1, hidden, _PLAIN)
        self.left[stack] = hidden
        return hidden

    def attended(
        self, module: nn.Module, value: Tensor, mask: Tensor | None, weights: Tensor, context: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the weights and the context of one attention as they are to be."""
        if self._change is None or not self._change.of_attention:
            return weights, context
        kind: AttentionKind = "cross" if self._place else self._stack
        call = AttentionCall(kind, self._entered[self._stack], mask)
        changed = self._change.weights(call, weights)
        if changed is not weights:
            context = _attend_otherwise(context, weights, changed, value, type(module))
        if context.dim() != 4 or context.shape[2] != changed.shape[1]:
            raise ValueError(
                f"attention of {type(module).__name__} cannot be changed: it gives {list(context.shape)}, "
                f"not one vector for each of {changed.shape[1]} heads"
            )
        return self._change.attended(call, changed, context)

    def see_attention(
        self,
        module: nn.Module,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        mask: Tensor | None,
        options: dict[str, Any],
        weights: Tensor,
        context: Tensor,
    ) -> None:
        """Take note of one call: ``[batch, heads, tokens, head_dim]``, weights ``[batch, heads, q, k]``."""
        kind: AttentionKind = "cross" if self._place else self._stack
        self._place += 1
        layer = self._entered[self._stack]
        if layer not in self._wanted:
            return
        scaling = options.get("scaling")
        self.layers.setdefault(kind, []).append(layer)
        self.scaling.setdefault(kind, []).append(
            query.size(-1) ** -0.5 if scaling is None else float(scaling)
        )
        keep = self._keep
        if keep & {"attention", "output_norms"}:
            self._put(kind, "attention", weights)
        if "queries" in keep:
            self._put(kind, "queries", query)
        if "keys" in keep:
            self._put(kind, "keys", for_each_head(key, query))
        if keep & {"values", "output_norms"}:
            self._put(kind, "values", for_each_head(value, query))
        if "scores" in keep:
            self._put(kind, "scores", attention_scores(query, for_each_head(key, query), mask, options))
        self._see_sinks(kind, weights, sink_scores(module, options))
        if "context" in keep:
            self._put(kind, "context", context.transpose(1, 2))
        if "output_norms" in keep:
            self._context = (kind, context, context._version)
        done = layer == self._deepest and self._stack == self._last_stack
        if done and not keep & {"hidden_states", "output_norms"} and (kind == "cross" or not self._cross):
            raise PassStopped

    def _see_sinks(self, kind: AttentionKind, weights: Tensor, scores: Tensor | None) -> None:
        """Take note of a sink, to which a part of each row goes (Xiao et al. 2023; GPT-OSS)."""
        if scores is None:
            return
        gone = (1 - weights.sum(-1, dtype=torch.float32)).clamp(min=0)
        if float(gone.max()) < _ROUNDING:
            # The sink scales what a head gives, not its weights (Granite).
            return
        shape = weights.shape[:3]
        place = len(self.layers[kind]) - 1
        rest: dict[str, Tensor] = {}
        if "attention" in self._keep:
            rest["sinks"] = gone
        if "scores" in self._keep:
            wide = scores.reshape(1, -1, 1) if scores.dim() == 1 else scores.reshape(shape)
            rest["sink_scores"] = wide.expand(shape)
        for name, tensor in rest.items():
            # Some layers have none (sliding windows alone have them in MiMo): nothing goes there.
            nothing = 0.0 if name == "sinks" else torch.finfo(torch.float32).min
            filled = self._tensors.setdefault((kind, name), [])
            filled += [torch.full_like(tensor, nothing)] * (place - len(filled))
            filled.append(tensor)

    def take_returned(self, kind: AttentionKind, attention: Sequence[Tensor | None]) -> None:
        """Take the weights that a model returned by itself, one tensor for each layer, `None` without.

        Raises
        ------
        MisplacedError
            Where there is not one weight for each pair of tokens.
        """
        of_keys: StackName = "decoder" if kind == "decoder" else "encoder"
        of_queries: StackName = "encoder" if kind == "encoder" else "decoder"
        rows, queries = self._shapes[of_queries]
        wanted = (rows, queries, self._shapes[of_keys][1])
        for layer, returned in enumerate(attention):
            if returned is None or layer not in self._wanted:
                continue
            if isinstance(returned, Tensor) and returned.dim() == 4:
                weights = self._of_text(self._of_text(returned, 2, of_queries), 3, of_keys)
                if (weights.shape[0], *weights.shape[2:]) == wanted:
                    self.layers.setdefault(kind, []).append(layer)
                    self._put(kind, "attention", weights)
                    continue
            came = list(returned.shape) if isinstance(returned, Tensor) else type(returned).__name__
            raise MisplacedError(f"{came} for {queries} × {wanted[2]} tokens")

    def _of_text(self, weights: Tensor, axis: int, stack: StackName) -> Tensor:
        """Cut from weights the places that hidden states have beside the text."""
        kept, length, own = self._place_of(stack).kept, self._lengths.get(stack), self._shapes[stack][1]
        if kept == "all" or weights.shape[axis] != length or length == own:
            return weights
        return weights.narrow(axis, 0 if kept == "first" else length - own, own)

    def see_projection(self, projection: nn.Module, given: Tensor) -> None:
        """Recognise W_O: the projection whose input lies where the context was written."""
        if self._context is None:
            return
        kind, context, version = self._context
        same = given.untyped_storage().data_ptr() == context.untyped_storage().data_ptr()
        # A gate may have been multiplied in where the context was written.
        if same and context._version == version:
            # Found by running the projection on more than the text, which is nobody's to see.
            self._context = None
            try:
                self._weights.setdefault(kind, []).append(projection_weight(projection, given))
            except ValueError as error:
                # Said when norms are asked for, not in the middle of a pass.
                self._why = str(error)

    def seen(self, kind: AttentionKind, name: str) -> list[Tensor]:
        """Return one tensor of each layer as it was seen, ``[batch, ...]``; none if not kept."""
        if name == "output_norms" and name in self._keep:
            return [output_norms(*layer) for layer in self.projected(kind)]
        return self._tensors.get((kind, name), []) if {name, _WITH.get(name)} & self._keep else []

    def array(self, kind: AttentionKind, name: str, dtype: torch.dtype) -> np.ndarray | None:
        """Return one tensor as ``[layers, batch, ...]``, moved from the device once; `None` if not kept.

        Raises
        ------
        ValueError
            Where layers have heads of several widths, with the layers of each.
        """
        parts = self.seen(kind, name)
        if not parts:
            return None
        shapes: dict[tuple[int, ...], list[int]] = {}
        for layer, part in zip(self.layers.get(kind, range(len(parts))), parts, strict=False):
            shapes.setdefault(tuple(part.shape[1:]), []).append(layer)
        if len(shapes) > 1 and name != "hidden_states":
            told = "; ".join(
                f"layers={layers} have {shape[0]} heads of {shape[-1]}" for shape, layers in shapes.items()
            )
            raise ValueError(
                f"keep={name!r} must be of layers that are alike, but {told}: name one kind of them"
            )
        stacked = parts[0][None] if len(parts) == 1 else torch.stack(parts)
        moved: np.ndarray = stacked.detach().to(dtype).contiguous().cpu().numpy()
        return moved

    def projected(self, kind: AttentionKind) -> list[tuple[Tensor, Tensor, Tensor]]:
        """Return attention, values and the output projection of each layer, where output norms are kept.

        Raises
        ------
        ValueError
            Where a layer shows no output projection.
        """
        weights = self._weights.get(kind, [])
        if len(weights) != len(self.layers.get(kind, [])):
            raise ValueError(
                self._why
                or "it needs the output projection right after each attention, and of "
                f"{len(self.layers.get(kind, []))} layers {len(weights)} show one"
            )
        attention, values = self._tensors[kind, "attention"], self._tensors[kind, "values"]
        return list(zip(attention, values, weights, strict=True))

    def _place_of(self, stack: StackName) -> Place:
        return self._places.get(stack, _PLAIN)

    def _see_hidden(self, stack: StackName, layer: int, hidden: Any, place: Place | None = None) -> None:
        if "hidden_states" in self._keep and layer <= max(self._wanted) + 1:
            placed = (place or self._place_of(stack)).of(hidden, self._shapes[stack])
            self.keep_hidden(stack, layer, placed)

    def keep_hidden(self, stack: StackName, layer: int, hidden: Tensor) -> None:  # noqa: ARG002
        """Keep one hidden layer, ``[batch, tokens, hidden]``."""
        self._put(stack, "hidden_states", hidden)

    def _replaced(self, stack: StackName, layer: int, hidden: Any, place: Place | None = None) -> Any:
        if self._change is None or not self._change.replaces(stack, layer):
            return hidden
        own = hidden.clone()
        placed = (place or self._place_of(stack)).of(own, self._shapes[stack])
        placed.copy_(self._change.hidden(stack, layer, placed.clone()))
        return own

    def _put(self, kind: AttentionKind, name: str, tensor: Tensor) -> None:
        self._tensors.setdefault((kind, name), []).append(tensor)


@contextmanager
def active(recorder: Recorder | None) -> Iterator[None]:
    """Let attention functions and blocks report to `recorder`, in this thread and context only."""
    token = _active.set(recorder)
    try:
        yield
    finally:
        _active.reset(token)


def active_recorder() -> Recorder | None:
    """Whoever records in this thread and context."""
    return _active.get()


def _recording_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **options: Any,
) -> tuple[Tensor, Tensor | None]:
    kind: Any = type(module)
    eager = eager_of(kind)
    recorder = _active.get()
    if recorder is None or not recorder.reads_attention:
        own = ALL_ATTENTION_FUNCTIONS.get_interface(implementation_of(module.config), eager)
        result: tuple[Tensor, Tensor | None] = own(module, query, key, value, attention_mask, **options)
        return result
    context, weights = eager(module, query, key, value, attention_mask, **options)
    weights, context = recorder.attended(
        module, for_each_head(value, query), attention_mask, weights, context
    )
    # GPT-2 returns a transposed view, which it would copy before its projection; copied here, the
    # projection reads what is recorded.
    context = context.contiguous()
    recorder.see_attention(module, query, key, value, attention_mask, options, weights, context)
    return context, weights


def _attend_otherwise(context: Tensor, weights: Tensor, changed: Tensor, value: Tensor, kind: Any) -> Tensor:
    """Weight the values by changed weights, where the context is nothing but values that are weighted."""
    plain = torch.matmul(weights, value).transpose(1, 2)
    room = 64 * torch.finfo(value.dtype).eps * max(1.0, float(value.detach().abs().max()))
    if plain.shape != context.shape or not torch.allclose(
        plain.detach(), context.detach(), rtol=0, atol=room
    ):
        raise ValueError(
            f"attention of {kind.__name__} cannot be changed: it gives other than the weighted sum of values"
        )
    return torch.matmul(changed, value).transpose(1, 2).contiguous()


def _recording_mask(*args: Any, config: Any = None, **options: Any) -> Any:
    recorder = _active.get()
    own = "eager" if recorder is not None and recorder.reads_attention else implementation_of(config)
    return ALL_MASK_ATTENTION_FUNCTIONS[own](*args, config=config, **options)


AttentionInterface.register(IMPLEMENTATION, _recording_attention)
AttentionMaskInterface.register(IMPLEMENTATION, _recording_mask)
