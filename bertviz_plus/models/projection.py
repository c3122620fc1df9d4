"""How much does each key add to a token? The norm of the weighted, transformed value (Kobayashi 2020)."""

from typing import Any

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D


def output_norms(attention: Tensor, values: Tensor, weight: Tensor) -> Tensor:
    r"""Norms :math:`\|\alpha_{ij} f_h(x_j)\|` of what each key adds to each query in each head.

    :math:`f_h(x_j) = v_j W_O^h` is the value after the part of the output projection that reads head
    :math:`h`; the projection's bias belongs to no head and is left out (Kobayashi et al. 2020,
    "Attention is Not Only a Weight", section 2.2).

    Parameters
    ----------
    attention : torch.Tensor
        ``[..., heads, queries, keys]``
    values : torch.Tensor
        ``[..., heads, keys, head_dim]``
    weight : torch.Tensor
        The output projection, ``[hidden, heads * head_dim]`` as `torch.nn.Linear` holds it.

    Returns
    -------
    torch.Tensor
        ``[..., heads, queries, keys]``, float32 at least.

    Examples
    --------
    >>> attention = torch.tensor([[[0.5, 0.5], [1.0, 0.0]]])
    >>> values = torch.tensor([[[3.0, 4.0], [0.0, 2.0]]])
    >>> output_norms(attention, values, torch.eye(2)).tolist()
    [[[2.5, 1.0], [5.0, 0.0]]]
    """
    heads, head_dim = values.shape[-3], values.shape[-1]
    if weight.shape[-1] != heads * head_dim:
        raise ValueError(
            f"weight must read {heads} heads of {head_dim} = {heads * head_dim} numbers, "
            f"it reads {weight.shape[-1]}"
        )
    exact = torch.promote_types(values.dtype, torch.float32)
    by_head = weight.to(values.device, exact).T.reshape(heads, head_dim, -1)
    transformed = torch.matmul(values.to(exact), by_head)
    norms = torch.linalg.vector_norm(transformed, dim=-1)
    weighted: Tensor = attention.to(exact) * norms[..., None, :]
    return weighted


def projections(model: nn.Module) -> list[nn.Module]:
    """Every part of a model that may be an output projection."""
    return [part for part in model.modules() if isinstance(part, nn.Linear | Conv1D) or _is_quantised(part)]


def projection_weight(projection: nn.Module) -> Tensor:
    """Return the weight of a projection as ``[out, in]``, whatever holds it.

    Raises
    ------
    ValueError
        Where the projection does not show its weight as numbers.
    """
    held: Any = projection.weight
    weight = held().dequantize() if _is_quantised(projection) else held
    if not isinstance(weight, Tensor) or not weight.is_floating_point() or weight.dim() != 2:
        raise ValueError(
            "keep='output_norms' needs the weight of the output projection, and "
            f"{type(projection).__module__}.{type(projection).__name__} does not show it as numbers"
        )
    return weight.detach().T if isinstance(projection, Conv1D) else weight.detach()


def _is_quantised(part: nn.Module) -> bool:
    # Named, not imported: torch keeps moving its quantised layers.
    return ".quantized." in type(part).__module__ and type(part).__name__ == "Linear"
