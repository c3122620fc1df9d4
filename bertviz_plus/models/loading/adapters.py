"""A file of changes to a model's weights: low-rank ones of its matrices, and parameters of a new head."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from transformers import DistilBertForMaskedLM

_DOWN, _UP = ".lora_A", ".lora_B"


def merge(model: nn.Module, adapter: Mapping[str, torch.Tensor]) -> None:
    """Apply changes to a model's weights, in place.

    Parameters
    ----------
    model : torch.nn.Module
    adapter : mapping of str to torch.Tensor
        ``NAME.lora_A`` [rank, in] and ``NAME.lora_B`` [out, rank] add ``lora_B @ lora_A`` to the matrix of
        the linear map `NAME`; any other name is a parameter, which takes the tensor's place.

    Raises
    ------
    ValueError
        When a name is not in the model, a shape does not fit, or half of a pair is missing.

    Examples
    --------
    >>> layer = nn.Sequential(nn.Linear(2, 2, bias=False))
    >>> before = layer[0].weight.detach().clone()
    >>> merge(layer, {"0.lora_A": torch.ones(1, 2), "0.lora_B": torch.ones(2, 1)})
    >>> bool(torch.equal(layer[0].weight, before + 1))
    True
    """
    parameters = dict(model.named_parameters())
    for name, tensor in adapter.items():
        target, value = name, tensor
        if name.endswith(_UP):
            if name.removesuffix(_UP) + _DOWN not in adapter:
                raise ValueError(f"adapter must hold both halves of a change, got {name} alone")
            continue
        if name.endswith(_DOWN):
            target = f"{name.removesuffix(_DOWN)}.weight"
            up = adapter.get(name.removesuffix(_DOWN) + _UP)
            if up is None:
                raise ValueError(f"adapter must hold both halves of a change, got {name} alone")
            value = up.float() @ tensor.float()
        parameter = parameters.get(target)
        if parameter is None or parameter.shape != value.shape:
            has = "no such parameter" if parameter is None else f"{list(parameter.shape)} there"
            raise ValueError(f"adapter must fit the model: {name} gives {list(value.shape)}, {has}")
        with torch.no_grad():
            if target == name:
                parameter.copy_(value)
            else:
                parameter.add_(value.to(parameter))


def masked_lm(body: Any) -> Any:
    """Put a DistilBERT into the class with a masked-LM head, which is tied to its embeddings and not trained.

    Parameters
    ----------
    body : transformers.DistilBertModel

    Returns
    -------
    transformers.DistilBertForMaskedLM
        In evaluation mode, with weights of its own.
    """
    model: Any = DistilBertForMaskedLM(body.config)
    model.distilbert.load_state_dict(body.state_dict())
    model.tie_weights()
    return model.eval().requires_grad_(False)
