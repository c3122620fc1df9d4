"""A pass that starts at a layer: what the layers below would give is known already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from bertviz_plus.models.interventions.exchanging import Forward
from bertviz_plus.models.passes.blocks import Stack
from bertviz_plus.models.passes.forward import Readable
from bertviz_plus.models.passes.head_pass import head_pass

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


@dataclass(frozen=True, eq=False)
class Passed:
    """What the blocks of a stack passed on for one text.

    Attributes
    ----------
    stack : Stack
    states : list of torch.Tensor
        What each block was given, and at the end what the last one returned: one more than there are layers,
        as the blocks have them.
    rest : tuple, or None
        What a block returns beside its hidden state, where it returns a tuple.
    """

    stack: Stack
    states: list[Tensor]
    rest: tuple[Any, ...] | None

    def starting_at(self, layer: int, state: Tensor) -> dict[nn.Module, Forward]:
        """Return, for one `head_pass`, what blocks do when those below a layer need not run.

        Parameters
        ----------
        layer : int
            The first that runs; none does where it is the number of layers.
        state : torch.Tensor
            What it is given, of as many texts as are read.
        """
        entered = 0

        def forward(own: Forward, *given: Any, **named: Any) -> Any:
            nonlocal entered
            entered += 1
            if entered > layer:
                return own(*given, **named)
            return state if self.rest is None else (state, *self.rest)

        return dict.fromkeys(self.stack.blocks, forward)


def states_passed(
    model: "Model", text: Readable, *, at: Sequence[Sequence[int]] | None = None
) -> tuple[Any, Passed]:
    """Run a model with its head on a text and keep what its blocks pass on.

    Returns
    -------
    outputs : transformers.ModelOutput
    passed : Passed

    Examples
    --------
    >>> import bertviz_plus as bp, torch
    >>> from bertviz_plus.models.passes.trial import Ids
    >>> model, text = bp.load("bert-tiny"), Ids([101, 4937, 102])
    >>> outputs, passed = states_passed(model, text)
    >>> again, _ = head_pass(model, [text], forwards=passed.starting_at(1, passed.states[1]))
    >>> len(passed.states), bool(torch.allclose(again.logits, outputs.logits))
    (3, True)
    """
    (stack,) = model._stacks
    states: list[Tensor] = []
    last: Tensor
    rest: tuple[Any, ...] | None = None

    def noting(own: Forward, *given: Any, **named: Any) -> Any:
        nonlocal last, rest
        # What a block is given, not what the one below returned: an intervention may stand between.
        states.append(given[0] if given else named["hidden_states"])
        returned = own(*given, **named)
        alone = isinstance(returned, Tensor)
        rest = None if alone else tuple(returned[1:])
        last = returned if alone else returned[0]
        return returned

    outputs, _ = head_pass(model, [text], at=at, forwards=dict.fromkeys(stack.blocks, noting))
    return outputs, Passed(stack, [*states, last], rest)
