"""A model in which some parts do something else for a call; the model itself is not touched."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MethodType
from typing import Any

from torch import nn

# What a part does: it is called with the part's own forward, and with what the part is called with.
Forward = Callable[..., Any]


def exchanged(model: nn.Module, forwards: Mapping[nn.Module, Forward]) -> Any:
    """Return a twin of a model in which some parts do something else.

    The twin shares all parameters, hooks and every other part with the model, so that it costs no memory and
    other threads may run the model meanwhile.

    Parameters
    ----------
    model : torch.nn.Module
    forwards : mapping of torch.nn.Module to callable
        What each of these parts does instead. Called with the part's own forward, then with its arguments.

    Returns
    -------
    torch.nn.Module
        Of the model's own class.

    Examples
    --------
    >>> import torch
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    >>> twin = exchanged(model, {model[0]: lambda own, given: 0 * own(given) - given})
    >>> twin(torch.tensor([-1.0, 1.0])).tolist(), twin[1] is model[1]
    ([1.0, 0.0], True)
    """
    twins: dict[nn.Module, nn.Module] = {}

    def twin(part: nn.Module) -> nn.Module:
        if part not in twins:
            children = {name: child and twin(child) for name, child in part._modules.items()}
            same = all(children[name] is child for name, child in part._modules.items())
            twins[part] = part if same and part not in forwards else _copied(part, children)
            if part in forwards:
                # A part may have been given a forward of its own (accelerate).
                own = part.__dict__.get("forward") or MethodType(type(part).forward, twins[part])
                twins[part].__dict__["forward"] = partial(forwards[part], own)
        return twins[part]

    return twin(model)


def _copied(part: nn.Module, children: Mapping[str, nn.Module | None]) -> nn.Module:
    copied: nn.Module = object.__new__(type(part))
    copied.__dict__.update(part.__dict__)
    copied.__dict__["_modules"] = dict(children)
    return copied
