"""Small modules beside the linear maps of a model, whose own weights keep their names and values."""

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

NAME = "adapter"
# How architectures call the maps to queries and values, and those to keys.
_QUERY_VALUE = ("query", "value", "q_lin", "v_lin", "q_proj", "v_proj", "query_proj", "value_proj", "q", "v")
_KEY = ("key", "k_lin", "k_proj", "key_proj", "k")


class Attached(nn.Module):
    """Changes what a linear map returns."""

    def change(self, given: Tensor, returned: Tensor) -> Tensor:
        """Return what is to be returned, from what entered the map and what it returned."""
        raise NotImplementedError

    def reported(self, _: nn.Module, given: tuple[Any, ...], returned: Tensor) -> Tensor:
        """Change what a map returned; a hook of the map."""
        return self.change(given[0], returned)


def attach(linear: nn.Module, change: Attached) -> None:
    """Put a change beside a linear map, as its part ``adapter``.

    A copy of the model has a copy of the change: the hook is a method of what it belongs to.
    """
    linear.add_module(NAME, change)
    linear.register_forward_hook(change.reported)


def query_and_value(model: "Model") -> list[str]:
    """Return the names of a model's linear maps to queries and to values, which LoRA changes.

    Raises
    ------
    ValueError
        Where a block has not one of each.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> query_and_value(bp.load("bert-tiny"))[:2]
    ['bert.encoder.layer.0.attention.self.query', 'bert.encoder.layer.0.attention.self.value']
    """
    return _two_of_each_block(model, "linear maps to queries and values", _asks_or_tells)


def ends_of_sublayers(model: "Model") -> list[str]:
    """Return the names of the linear maps that end each block's attention and its feed-forward part.

    Raises
    ------
    ValueError
        Where a block has other than two.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> ends_of_sublayers(bp.load("bert-tiny"))[:2]
    ['bert.encoder.layer.0.attention.output.dense', 'bert.encoder.layer.0.output.dense']
    """

    def ends(name: str, linear: nn.Linear) -> bool:
        return linear.out_features == model.hidden_size and name not in (*_QUERY_VALUE, *_KEY)

    return _two_of_each_block(model, "linear maps at the end of attention and feed-forward part", ends)


def _asks_or_tells(name: str, _: nn.Linear) -> bool:
    return name in _QUERY_VALUE


def _two_of_each_block(model: "Model", what: str, fits: Any) -> list[str]:
    names = {part: name for name, part in model.hf.named_modules()}
    found = []
    for block in model._stacks[0].blocks:
        own = [
            names[part]
            for name, part in block.named_modules()
            if isinstance(part, nn.Linear) and fits(name.rpartition(".")[2], part)
        ]
        if len(own) != 2:
            raise ValueError(
                f"adapter cannot be put into {type(model.hf).__name__}: the {what} are two in each block of "
                f"a BERT, and there are {len(own)} in {names[block]}"
            )
        found += own
    return found
