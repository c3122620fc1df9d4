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
    exact = torch.promote_types(values.dtype, torch.float32)
    norms = torch.linalg.vector_norm(transformed_values(values, weight), dim=-1)
    weighted: Tensor = attention.to(exact) * norms[..., None, :]
    return weighted


def transformed_values(values: Tensor, weight: Tensor) -> Tensor:
    r"""Return what each key gives before it is weighted, :math:`f_h(x_j) = v_j W_O^h`.

    Parameters
    ----------
    values, weight
        As in `output_norms`.

    Returns
    -------
    torch.Tensor
        ``[..., heads, keys, hidden]``, float32 at least.
    """
    heads, head_dim = values.shape[-3], values.shape[-1]
    if weight.shape[-1] != heads * head_dim:
        raise ValueError(
            f"weight must read {heads} heads of {head_dim} = {heads * head_dim} numbers, "
            f"it reads {weight.shape[-1]}"
        )
    exact = torch.promote_types(values.dtype, torch.float32)
    by_head = weight.to(values.device, exact).T.reshape(heads, head_dim, -1)
    return torch.matmul(values.to(exact), by_head)


def summed_norms(attention: Tensor, transformed: Tensor) -> Tensor:
    r"""Norms :math:`\|\sum_h \alpha^h_{ij} f_h(x_j)\|` of what each key adds to each query in all heads.

    Computed from the products of the heads' vectors for each key, in double precision: the vectors of all
    pairs of tokens would not fit in memory.

    Parameters
    ----------
    attention : torch.Tensor
        ``[..., heads, queries, keys]``
    transformed : torch.Tensor
        ``[..., heads, keys, hidden]``, as `transformed_values` gives.

    Returns
    -------
    torch.Tensor
        ``[..., queries, keys]``, float64.

    Examples
    --------
    >>> attention = torch.tensor([[[1.0]], [[1.0]]])
    >>> summed_norms(attention, torch.tensor([[[3.0, 0.0]], [[0.0, 4.0]]])).tolist()
    [[5.0]]
    """
    weights, vectors = attention.double(), transformed.double()
    products = torch.einsum("...hkd,...gkd->...khg", vectors, vectors)
    squares = torch.einsum("...hqk,...khg,...gqk->...qk", weights, products, weights)
    return squares.clamp(min=0).sqrt()


def projections(model: nn.Module) -> list[nn.Module]:
    """Every part of a model that may be an output projection; what wraps another comes before it."""
    return [
        part
        for part in model.modules()
        # An adapter (peft) holds the projection that it adds to as its base layer.
        if isinstance(part, nn.Linear | Conv1D) or _is_quantised(part) or hasattr(part, "base_layer")
    ]


def projection_weight(projection: nn.Module, given: Tensor) -> Tensor:
    """Return the weight of a projection as ``[out, in]``, whatever holds it.

    A plain layer shows it. Of anything else (a layer with LoRA, packed numbers) it is what comes out for unit
    vectors, less what comes out for zero.

    Parameters
    ----------
    projection : torch.nn.Module
    given : torch.Tensor
        What it is about to project: what the weight gives for it is checked.

    Raises
    ------
    ValueError
        Where the projection is not linear, and so has no weight.

    Examples
    --------
    >>> layer = nn.Linear(3, 2)
    >>> torch.equal(projection_weight(layer, torch.ones(1, 3)), layer.weight)
    True
    """
    if type(projection) is nn.Linear:
        return projection.weight.detach()
    if type(projection) is Conv1D:
        return projection.weight.detach().T
    if _is_quantised(projection):
        held: Any = projection.weight
        weight: Tensor = held().dequantize()
        return weight
    with torch.no_grad():
        size = given.shape[-1]
        units = torch.eye(size, dtype=given.dtype, device=given.device)
        zero = projection(torch.zeros_like(units[:1]))
        weight = (projection(units) - zero).T
        sample = given.reshape(-1, size)[:8]
        expected, got = projection(sample).float(), (sample @ weight.T + zero).float()
    scale = max(1.0, float(expected.abs().max()))
    if not torch.allclose(expected, got, atol=64 * torch.finfo(given.dtype).eps * scale, rtol=0):
        raise ValueError(
            "it needs an output projection that is linear, and "
            f"{type(projection).__module__}.{type(projection).__name__} is not"
        )
    return weight


def _is_quantised(part: nn.Module) -> bool:
    # Named, not imported: torch keeps moving its quantised layers.
    return ".quantized." in type(part).__module__ and type(part).__name__ == "Linear"
