"""The vectors of chosen tokens at every hidden layer: gathered on the device, moved from it once."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bertviz_plus.models.interventions.intervening import change_of
from bertviz_plus.models.passes.blocks import Stack, StackName
from bertviz_plus.models.passes.forward import Manner, borrowed_part, model_inputs, options_of, report_blocks
from bertviz_plus.models.passes.lending import IMPLEMENTATION, borrowed
from bertviz_plus.models.passes.pass_change import PassChange
from bertviz_plus.models.passes.placing import MisplacedError, Place
from bertviz_plus.models.passes.recording import PassStopped, Recorder, active
from bertviz_plus.models.passes.request import Request
from bertviz_plus.models.passes.trial import check_given

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_HIDDEN_STATES = Request(("hidden_states",), (0,), torch.float32)

Pooling = Literal["mean", "first", "last"]

# What one pass reads: enough to keep a processor busy, little enough for its memory.
_TOKENS_IN_PASS = 4096
_TEXTS_IN_PASS = 64


class Tokens(NamedTuple):
    """What a model reads of one text, and which stretches of it are wanted, as ``(start, end)`` in tokens."""

    input_ids: Sequence[int]
    token_type_ids: Sequence[int] | None
    wanted: Sequence[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.input_ids)


class _Gatherer(Recorder):
    """Keeps, of each hidden layer that is asked for, only the vectors of what is wanted."""

    def __init__(
        self,
        stack: Stack,
        place: Place,
        hidden_layers: Sequence[int],
        batch: Sequence[Tokens],
        pooling: Pooling,
        change: PassChange | None,
    ) -> None:
        # Stops by itself once the deepest layer has been seen.
        super().__init__(
            ("hidden_states",),
            [stack.n_layers],
            n_layers={"encoder": stack.n_layers},
            shapes={"encoder": (len(batch), max(map(len, batch)))},
            places={"encoder": place},
            change=change,
        )
        self._hidden_layers = frozenset(hidden_layers)
        self._deepest_hidden = max(hidden_layers)
        self._batch, self._pooling = batch, pooling
        self._chosen: tuple[Tensor, Tensor, Tensor, Tensor] | None = None
        self.gathered: dict[int, Tensor] = {}

    def keep_hidden(self, stack: StackName, layer: int, hidden: Tensor) -> None:  # noqa: ARG002
        if layer in self._hidden_layers:
            self.gathered[layer] = self._pooled(hidden)
        if layer >= self._deepest_hidden:
            raise PassStopped

    def _pooled(self, hidden: Tensor) -> Tensor:
        if self._chosen is None:
            self._chosen = self._choose(hidden.device)
        rows, columns, owners, counts = self._chosen
        found = hidden[rows, columns].float()
        if len(rows) == len(counts):
            return found
        total = torch.zeros(len(counts), found.shape[1], device=found.device)
        return total.index_add_(0, owners, found) / counts[:, None]

    def _choose(self, device: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        rows: list[int] = []
        columns: list[int] = []
        owners: list[int] = []
        counts: list[int] = []
        for row, text in enumerate(self._batch):
            for start, end in text.wanted:
                places = {"first": range(start, start + 1), "last": range(end - 1, end)}.get(
                    self._pooling, range(start, end)
                )
                rows += [row] * len(places)
                columns += places
                owners += [len(counts)] * len(places)
                counts.append(len(places))
        as_tensor = partial(torch.tensor, device=device)
        return as_tensor(rows), as_tensor(columns), as_tensor(owners), as_tensor(counts, dtype=torch.float32)


def gather(
    model: "Model", batch: Sequence[Tokens], hidden_layers: Sequence[int], pooling: Pooling = "mean"
) -> NDArray[np.float32]:
    """Run one batch up to the deepest hidden layer that is asked for.

    Parameters
    ----------
    model : Model
        An encoder-decoder's encoder is read.
    batch : sequence of Tokens
        Padded to the longest.
    hidden_layers : sequence of int
        Ascending, 0 for the embeddings.
    pooling : {"mean", "first", "last"}
        How the vectors of a stretch become one.

    Returns
    -------
    ndarray [hidden layers, stretches, hidden], float32
        In the order of the batch and, within a text, of `wanted`.
    """
    check_given(model.hf, model._trial, _HIDDEN_STATES, layers_named=False)
    manner = model._trial.manner
    if len(batch) == 1 or model._reads_batches:
        try:
            return _gathered(model, batch, hidden_layers, pooling, manner)
        except MisplacedError as error:
            # Some take another way with a long text than with the few tokens of the trial (BigBird).
            if len(batch) == 1:
                manner = model._manner_of(batch[0], str(error))
                return _gathered(model, batch, hidden_layers, pooling, manner)
    return np.concatenate([gather(model, [text], hidden_layers, pooling) for text in batch], axis=1)


def _gathered(
    model: "Model", batch: Sequence[Tokens], hidden_layers: Sequence[int], pooling: Pooling, manner: Manner
) -> NDArray[np.float32]:
    stack, runner = model._stacks[0], model._reader
    change = change_of(model.hf, batch)
    gatherer = _Gatherer(stack, manner.places["encoder"], hidden_layers, batch, pooling, change)
    report = partial(report_blocks, (stack,))
    borrower = borrowed_part(model.hf, model._stacks)
    with (
        borrowed(
            borrower,
            report,
            attention=IMPLEMENTATION if gatherer.reads_attention else None,
            changes=manner.changes,
        ),
        active(gatherer),
        torch.no_grad(),
        suppress(PassStopped),
    ):
        runner(**model_inputs(runner, batch), **options_of(runner, attentions=False))
    layers = [gatherer.gathered[layer] for layer in hidden_layers]
    moved: NDArray[np.float32] = torch.stack(layers).detach().cpu().numpy()
    return moved


def in_batches(lengths: Sequence[int], batch_size: int | None) -> Iterator[list[int]]:
    """Yield places of about equal length together, the shortest first.

    Parameters
    ----------
    lengths : sequence of int
        In tokens.
    batch_size : int or None
        The most in one batch.

    Examples
    --------
    >>> list(in_batches([5, 900, 4, 6], 2))
    [[2, 0], [3, 1]]
    """
    most = batch_size or _TEXTS_IN_PASS
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        # The longest comes last, and all are padded to it.
        too_much = (len(batch) + 1) * lengths[place] > _TOKENS_IN_PASS
        if batch and (too_much or len(batch) == most):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
