"""What is asked of one pass: which tensors, of which layers, as which numbers. Checked at the door."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import index
from typing import Any

import torch

from bertviz_plus.models.passes.recording import KINDS_OF_TENSOR

_DTYPES = {"float32": torch.float32, "float16": torch.float16}


@dataclass(frozen=True)
class Request:
    """What is asked of one pass.

    Attributes
    ----------
    keep : tuple of str
        Which tensors.
    layers : tuple of int
        Which attention layers, ascending. Hidden layers are kept from 0 to the deepest of these + 1.
    dtype : torch.dtype
        What the arrays hold.
    """

    keep: tuple[str, ...]
    layers: tuple[int, ...]
    dtype: torch.dtype


def checked_request(keep: Any, layers: Any, dtype: Any, *, n_layers: int) -> Request:
    """Check `keep`, `layers` and `dtype` for a model of `n_layers` attention layers.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed.

    Examples
    --------
    >>> checked_request(("attention",), [3, 1], "float32", n_layers=6).layers
    (1, 3)
    >>> checked_request(("attention",), [9], "float32", n_layers=6)
    Traceback (most recent call last):
    ValueError: layers must be in 0..5 for this model of 6 layers, got 9
    """
    return Request(_checked_keep(keep), _checked_layers(layers, n_layers), _checked_dtype(dtype))


def _checked_keep(keep: Any) -> tuple[str, ...]:
    names = (keep,) if isinstance(keep, str) else tuple(keep)
    wrong = [name for name in names if name not in KINDS_OF_TENSOR]
    if wrong or not names:
        raise ValueError(
            f"keep must name some of {', '.join(KINDS_OF_TENSOR)}; got {wrong[0] if wrong else keep!r}"
        )
    return tuple(dict.fromkeys(names))


def _checked_layers(layers: Any, n_layers: int) -> tuple[int, ...]:
    if layers is None:
        return tuple(range(n_layers))
    given: Iterable[Any] = layers if isinstance(layers, Iterable) else (layers,)
    try:
        numbers = sorted({index(layer) for layer in given})
    except TypeError as error:
        raise TypeError(f"layers must be whole numbers in 0..{n_layers - 1}, got {layers!r}") from error
    wrong = [layer for layer in numbers if not 0 <= layer < n_layers]
    if wrong:
        raise ValueError(
            f"layers must be in 0..{n_layers - 1} for this model of {n_layers} layers, got {wrong[0]}"
        )
    if not numbers:
        raise ValueError(f"layers must name at least one layer in 0..{n_layers - 1}, got none")
    return tuple(numbers)


def _checked_dtype(dtype: Any) -> torch.dtype:
    name = str(dtype).removeprefix("torch.")
    if name not in _DTYPES:
        raise ValueError(f"dtype must be 'float32' or 'float16', got {dtype!r}")
    return _DTYPES[name]
