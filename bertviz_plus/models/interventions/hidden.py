"""Hidden states put in from another trace, and blocks that are skipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from bertviz_plus.models.interventions.checked_heads import position
from bertviz_plus.models.interventions.intervening import Batch, MakeChange
from bertviz_plus.models.passes.blocks import StackName
from bertviz_plus.models.passes.pass_change import PassChange
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.trace import Trace

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


@dataclass(frozen=True, repr=False)
class Patch:
    """Put hidden states of another trace in place of a pass's own (activation patching).

    Parameters
    ----------
    hidden_layer : int
        0 is the embeddings; attention layer l reads hidden layer l.
    tokens : sequence of int
        Positions, in the pass and in the trace.
    trace : Trace
        With hidden states, of a model of the same width.

    Raises
    ------
    TypeError, ValueError
        For a trace without that hidden layer or those positions; when it is put in force, for a model of
        another width or fewer layers; in a pass, for a text without such a position.

    References
    ----------
    Meng et al. 2022, "Locating and Editing Factual Associations in GPT", section 2.

    Examples
    --------
    With all of the last hidden layer put in, one text is read as the other.

    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> clean = model.trace("The cat sat.")
    >>> with model.intervene(bp.Patch(2, range(6), clean)):
    ...     trace = model.trace("The dog ran.")
    >>> bool((trace.hidden_states[2] == clean.hidden_states[2]).all())
    True
    """

    hidden_layer: int
    tokens: Sequence[int]
    trace: Trace

    def __post_init__(self) -> None:
        given: Any = self.trace
        if not isinstance(given, Trace):
            raise wrong_kind("trace", "a Trace", given, "Patch(3, [1], model.trace(text))")
        hidden = given.hidden_states
        if hidden is None:
            raise ValueError('trace must hold hidden states: trace with keep=("hidden_states",)')
        layer = position(self.hidden_layer, "hidden_layer")
        if layer >= len(hidden):
            raise ValueError(f"hidden_layer must be in 0..{len(hidden) - 1} for this trace, got {layer}")
        wrong = [one for one in self.tokens if not 0 <= position(one, "tokens") < self.trace.n_tokens]
        if wrong or not len(self.tokens):
            raise ValueError(
                f"tokens must be positions in 0..{self.trace.n_tokens - 1} of the trace, got "
                f"{wrong[0] if wrong else 'none'}"
            )

    def __repr__(self) -> str:
        return f"Patch({self.hidden_layer}, {list(self.tokens)}, from {' '.join(self.trace.tokens)[:60]!r})"

    def prepared(self, model: "Model") -> MakeChange:
        """Check width and layer, and return what makes the change of a pass."""
        _check_hidden_changes(model)
        hidden = self.trace.hidden_states
        width = 0 if hidden is None else hidden.shape[-1]
        if width != model.hidden_size:
            raise ValueError(
                f"trace must have hidden states of {model.hidden_size} numbers for this model, got {width}"
            )
        if self.hidden_layer > model.n_layers:
            raise ValueError(
                f"hidden_layer must be in 0..{model.n_layers} for this model, got {self.hidden_layer}"
            )
        return lambda batch: _Patched(self, batch)


class _Patched(PassChange):
    of_attention = False

    def __init__(self, told: Patch, batch: Batch) -> None:
        shortest = min(map(len, batch.texts))
        wrong = [one for one in told.tokens if one >= shortest]
        if wrong:
            raise ValueError(f"tokens must be positions in 0..{shortest - 1} of the text, got {wrong[0]}")
        self._told = told

    def replaces(self, stack: StackName, hidden_layer: int) -> bool:
        return stack == "encoder" and hidden_layer == self._told.hidden_layer

    def hidden(self, stack: StackName, hidden_layer: int, hidden: Tensor) -> Tensor:  # noqa: ARG002
        told = self._told
        assert told.trace.hidden_states is not None  # noqa: S101
        vectors = torch.tensor(told.trace.hidden_states[hidden_layer][list(told.tokens)])
        changed = hidden.clone()
        changed[:, list(told.tokens)] = vectors.to(hidden.device, hidden.dtype)
        return changed


@dataclass(frozen=True)
class SkipLayers:
    """Let blocks pass on what they are given, as if they were removed.

    Parameters
    ----------
    layers : sequence of int
        The attention layers of the blocks.

    Raises
    ------
    ValueError
        When it is put in force, for a layer that the model does not have.

    References
    ----------
    Sajjad et al. 2023, "On the Effect of Dropping Layers of Pre-trained Transformer Models".

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> with model.intervene(bp.SkipLayers([1])):
    ...     hidden = model.trace("The cat sat.").hidden_states
    >>> bool((hidden[2] == hidden[1]).all())
    True
    """

    layers: Sequence[int]

    def prepared(self, model: "Model") -> MakeChange:
        """Check the layers, and return what makes the change of a pass."""
        _check_hidden_changes(model)
        for layer in self.layers:
            if position(layer, "layer") >= model.n_layers:
                raise ValueError(
                    f"layer must be in 0..{model.n_layers - 1} for this model of {model.n_layers} layers, "
                    f"got {layer}"
                )
        return lambda _: SkippedLayers(self.layers)


class SkippedLayers(PassChange):
    """Skips blocks of an encoder."""

    of_attention = False

    def __init__(self, layers: Sequence[int]) -> None:
        self._layers = frozenset(layers)

    def skips(self, stack: StackName, layer: int) -> bool:
        """Whether a block is among them."""
        return stack == "encoder" and layer in self._layers


def _check_hidden_changes(model: "Model") -> None:
    if "hidden_states" in model._trial.refused:
        raise ValueError(
            f"hidden states of {model.info.architecture} cannot be changed: "
            f"{model._trial.refused['hidden_states']}"
        )


class PatchedInTurn(PassChange):
    """Puts in, for each row of a batch of copies of one text, the hidden state of another position.

    Parameters
    ----------
    hidden_layer : int
    vectors : ndarray [tokens, hidden]
        As many as there are rows.
    """

    of_attention = False

    def __init__(self, hidden_layer: int, vectors: NDArray[Any]) -> None:
        self._layer, self._vectors = hidden_layer, torch.tensor(vectors)

    def replaces(self, stack: StackName, hidden_layer: int) -> bool:
        """Whether it is this layer."""
        return stack == "encoder" and hidden_layer == self._layer

    def hidden(self, stack: StackName, hidden_layer: int, hidden: Tensor) -> Tensor:  # noqa: ARG002
        """Replace the diagonal of rows and positions."""
        changed = hidden.clone()
        every = torch.arange(len(hidden), device=hidden.device)
        changed[every, every] = self._vectors.to(hidden.device, hidden.dtype)
        return changed
