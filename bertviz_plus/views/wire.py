"""How an array travels to the front end: bytes with what they mean. `js/shared/tensor.js` reads them."""

import zlib
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.traces.weight_codes import FULL, MISSING, to_codes

Tensor = dict[str, Any]

_SCALE = 1 / FULL


def encode_codes(codes: NDArray[np.uint8]) -> Tensor:
    """Pack weights as `quantise` rounds them.

    Attention has few repeated strings, but runs and a skewed distribution: zlib's run-length
    strategy is as small as its level 9 and four times as fast as its level 6.

    Examples
    --------
    >>> tensor = encode_codes(np.zeros((2, 3, 3), np.uint8))
    >>> tensor["shape"], tensor["codec"], decode(tensor).sum().item()
    ([2, 3, 3], 'zlib', 0.0)
    """
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 8, zlib.Z_RLE)
    buffer = packer.compress(codes.tobytes()) + packer.flush()
    return {
        "buffer": buffer,
        "codec": "zlib",
        "dtype": "uint8",
        "shape": list(codes.shape),
        "offset": 0.0,
        "scale": _SCALE,
        "missing": MISSING,
    }


def encode(array: ArrayLike, dtype: str, codec: Literal["raw", "zlib"] = "raw") -> Tensor:
    """Pack numbers as they are.

    Parameters
    ----------
    array : array_like
    dtype : {"float32", "float16", "uint16", "int16", "uint8", "int8"}
        What the front end reads; little-endian on the wire. Numbers too large for 16 bits are
        scaled down by what `scale` says.
    codec : {"raw", "zlib"}

    Examples
    --------
    >>> decode(encode([1.5, 2.5], "float16", "zlib")).tolist()
    [1.5, 2.5]
    """
    given = np.asarray(array)
    scale = _scale_of_halves(given) if dtype == "float16" else 1.0
    values = np.ascontiguousarray(given if scale == 1 else given / scale, np.dtype(dtype).newbyteorder("<"))
    buffer = values.tobytes()
    return {
        "buffer": zlib.compress(buffer, 1) if codec == "zlib" else buffer,
        "codec": codec,
        "dtype": dtype,
        "shape": list(values.shape),
        "offset": 0.0,
        "scale": scale,
        "missing": None,
    }


def _scale_of_halves(array: NDArray[Any]) -> float:
    largest = float(np.max(np.abs(array), initial=0, where=np.isfinite(array)))
    return max(1.0, largest / float(np.finfo(np.float16).max))


def encode_rounded(
    values: ArrayLike,
    dtype: str,
    scale: float,
    *,
    missing: int,
    lowest: float = 0.0,
    codec: Literal["raw", "zlib"] = "zlib",
) -> Tensor:
    """Pack numbers as whole steps of a scale.

    Parameters
    ----------
    values, scale, lowest, missing
        As in `to_codes`.
    dtype, codec
        As in `encode`.

    Examples
    --------
    >>> decode(encode_rounded([-0.5, np.nan, 0.25], "int8", 0.25, missing=-128)).tolist()
    [-0.5, nan, 0.25]
    """
    tensor = encode(to_codes(values, scale, lowest=lowest, missing=missing), dtype, codec)
    return {**tensor, "offset": lowest, "scale": scale, "missing": missing}


def decode(tensor: Tensor) -> NDArray[np.float64]:
    """Unpack a tensor: ``offset + scale * stored``, NaN where it is missing.

    Examples
    --------
    >>> from bertviz_plus.traces.weight_codes import quantise
    >>> decode(encode_codes(quantise(np.array([0.25, np.nan])))).round(3).tolist()
    [0.252, nan]
    """
    stored = _stored(tensor)
    values = tensor["offset"] + tensor["scale"] * stored.astype(np.float64)
    if tensor["missing"] is not None:
        values[stored == tensor["missing"]] = np.nan
    return np.asarray(values, np.float64)


def decode_codes(tensor: Tensor) -> NDArray[np.uint8]:
    """Unpack weight codes as they were packed.

    Examples
    --------
    >>> decode_codes(encode_codes(np.array([7, 255], np.uint8))).tolist()
    [7, 255]
    """
    return np.asarray(_stored(tensor), np.uint8)


def _stored(tensor: Tensor) -> NDArray[Any]:
    buffer = zlib.decompress(tensor["buffer"]) if tensor["codec"] == "zlib" else tensor["buffer"]
    return np.frombuffer(buffer, np.dtype(tensor["dtype"]).newbyteorder("<")).reshape(tensor["shape"])


def size_of(tensor: Tensor) -> int:
    """Return how many bytes of data a tensor carries."""
    return len(tensor["buffer"])
