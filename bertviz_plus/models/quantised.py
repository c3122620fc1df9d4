"""A model whose weights are rounded to a few bits: what is lost by it, and how many bytes it takes."""

from copy import deepcopy
from dataclasses import replace
from math import ceil
from typing import Any

import torch
from torch import Tensor

from bertviz_plus.models.model import Model
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.model_info import ModelInfo

_WORKS = "quantised(bp.load(), bits=8)"
_SCALE_BYTES = 4


class Quantised(Model):
    """A model whose matrices were rounded. Made by `quantised`; like any other `Model` but for this.

    Attributes
    ----------
    bits : int
        For each number of a matrix.
    stored_bytes : int
        What its weights take when stored so: codes of that many bits, a scale of four bytes for each row, and
        all that is no matrix as it was.
    float_bytes : int
        What the model's own weights take.
    """

    def __init__(self, hf: Any, tokenizer: Any, info: ModelInfo, bits: int) -> None:
        super().__init__(hf, tokenizer, info)
        self.bits = bits
        self.float_bytes = _bytes_of(hf)
        self.stored_bytes = sum(_stored(one, bits) for one in hf.parameters())

    def __repr__(self) -> str:
        share = self.stored_bytes / self.float_bytes
        return (
            f"{super().__repr__()}\n  stored in {self.stored_bytes:,} bytes, {share:.0%} of "
            f"{self.float_bytes:,}; no faster: it computes as before"
        )


def quantised(model: Model, bits: int = 8) -> Quantised:
    """Round the weights of a model to a few bits.

    Each row of each matrix (of a linear map the weights of one output, of embeddings a piece of the
    vocabulary) has a scale, its largest size divided by the largest code; weights become whole multiples of
    it, halves to even, from minus to plus that code, which is 127 of 8 bits. Biases and norms stay, and
    nothing else is rounded: what flows between layers is computed as before, with the rounded weights in the
    model's own precision. That saves bytes where weights are stored, and no time and no memory here.

    Parameters
    ----------
    model : Model
        Of any kind; it stays as it is. The weights of some bundled models were rounded before
        (`bundled_models` says so): what that lost cannot be seen by comparing with them.
    bits : int, default 8
        From 2 to 8.

    Returns
    -------
    Quantised
        A `Model` like any other, with `stored_bytes` and `float_bytes`.

    Raises
    ------
    TypeError, ValueError
        For what is no model, and for bits other than 2 to 8.

    References
    ----------
    Jacob et al. 2018, "Quantization and Training of Neural Networks", equation 1, with zero point 0; Zafrir
    et al. 2019, "Q8BERT", which has one scale for a whole matrix and trains with the rounding.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> small = quantised(bp.load("bert-tiny"))
    >>> small.float_bytes, small.stored_bytes
    (17666792, 4654040)
    >>> small.trace("The cat sat.").attention.shape
    (2, 2, 6, 6)
    """
    check_model(model, _WORKS)
    if not isinstance(bits, int) or isinstance(bits, bool) or not 2 <= bits <= 8:
        raise ValueError(f"bits must be a whole number from 2 to 8, got {bits!r}")
    hf: Any = deepcopy(model.hf)
    with torch.no_grad():
        for one in hf.parameters():
            if _is_matrix(one):
                one.copy_(rounded(one, bits))
    own = model.info
    info = replace(
        own,
        id=f"{own.id or type(hf).__name__}, {bits} bits",
        weights_hash=None,
        source=f"{own.source or 'weights'}, rounded to {bits} bits here",
        changed=(),
    )
    return Quantised(hf, model.tokenizer, info, bits)


def rounded(matrix: Tensor, bits: int) -> Tensor:
    """Round each row, over the last axis, to multiples of its own scale.

    Examples
    --------
    >>> rounded(torch.tensor([[1.0, -0.26, 0.24], [0.0, 0.0, 0.0]]), 3)
    tensor([[ 1.0000, -0.3333,  0.3333],
            [ 0.0000,  0.0000,  0.0000]])
    """
    most = 2 ** (bits - 1) - 1
    exact = matrix.detach().float()
    scale = exact.abs().amax(-1, keepdim=True) / most
    codes = (exact / torch.where(scale > 0, scale, 1)).round()
    near: Tensor = codes * scale
    return near.to(matrix.dtype)


def weight_bytes(model: Model) -> int:
    """Return how many bytes the weights of a model take where they are stored.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> weight_bytes(bp.load("bert-tiny"))
    17666792
    """
    return model.stored_bytes if isinstance(model, Quantised) else _bytes_of(model.hf)


def _is_matrix(parameter: Tensor) -> bool:
    return parameter.dim() > 1 and parameter.is_floating_point()


def _bytes_of(hf: Any) -> int:
    return sum(one.numel() * one.element_size() for one in hf.parameters())


def _stored(parameter: Tensor, bits: int) -> int:
    if not _is_matrix(parameter):
        return parameter.numel() * parameter.element_size()
    row = parameter.shape[-1]
    return parameter.numel() // row * (ceil(row * bits / 8) + _SCALE_BYTES)
