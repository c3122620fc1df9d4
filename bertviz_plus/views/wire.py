"""How an array travels to the front end: bytes with what they mean. `js/shared/tensor.js` reads them."""

import zlib
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Tensor = dict[str, Any]

# The largest weight, 1, has this code; one more says that a weight is missing.
FULL = 254
MISSING = 255
_SCALE = 1 / FULL
_CACHED = 65_536


def quantise(weights: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Round weights to 255 levels.

    Parameters
    ----------
    weights : ndarray, 0 to 1
        What is not finite is missing; what lies outside 0 … 1 is drawn as the nearest of the two.

    Returns
    -------
    ndarray of uint8
        weight = code / 254, exact to 0.002; 255 where it is missing.

    Examples
    --------
    >>> quantise(np.array([0, 0.5, 1, np.nan])).tolist()
    [0, 127, 254, 255]
    """
    given = np.ascontiguousarray(weights).ravel()
    codes = np.empty(given.size, np.uint8)
    scaled, ones = np.empty((2, min(given.size, _CACHED)), np.float32)
    ones.fill(1)
    # Four passes over each weight: from a core's cache where they are made piece by piece.
    for start in range(0, given.size, _CACHED):
        piece = slice(start, start + _CACHED)
        _round(given[piece], scaled[: given.size - start], ones[: given.size - start], codes[piece])
    return codes.reshape(np.shape(weights))


def _round(
    weights: NDArray[np.floating],
    scaled: NDArray[np.float32],
    ones: NDArray[np.float32],
    codes: NDArray[np.uint8],
) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(weights, FULL, out=scaled, dtype=np.float32)
        scaled += 0.5
        all_finite = np.isfinite(scaled @ ones)
    if not all_finite:
        np.nan_to_num(scaled, copy=False, nan=0, posinf=FULL, neginf=0)
    np.clip(scaled, 0, FULL + 0.5, out=scaled)
    np.copyto(codes, scaled, casting="unsafe")
    if not all_finite:
        codes[~np.isfinite(weights)] = MISSING


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


def to_codes(
    values: ArrayLike, scale: float, *, lowest: float = 0.0, missing: int = 0
) -> NDArray[np.float64]:
    """Round numbers to whole steps, halves up: value = lowest + scale · code.

    The rule of `quantise`, which is faster and knows weights alone.

    Parameters
    ----------
    values : array_like
    scale : float
        Size of a step.
    lowest : float, default 0
        Value of code 0.
    missing : int, default 0
        Code of what is not finite.

    Examples
    --------
    >>> to_codes([0, 0.5, 1, np.nan], 1 / FULL, missing=MISSING).tolist()
    [0.0, 127.0, 254.0, 255.0]
    """
    given = np.asarray(values, np.float64)
    finite = np.isfinite(given)
    return np.where(finite, np.floor((np.where(finite, given, lowest) - lowest) / scale + 0.5), missing)


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
    >>> decode(encode_codes(quantise(np.array([0.25, np.nan])))).round(3).tolist()
    [0.252, nan]
    """
    buffer = zlib.decompress(tensor["buffer"]) if tensor["codec"] == "zlib" else tensor["buffer"]
    stored = np.frombuffer(buffer, np.dtype(tensor["dtype"]).newbyteorder("<")).reshape(tensor["shape"])
    values = tensor["offset"] + tensor["scale"] * stored.astype(np.float64)
    if tensor["missing"] is not None:
        values[stored == tensor["missing"]] = np.nan
    return np.asarray(values, np.float64)


def size_of(tensor: Tensor) -> int:
    """Return how many bytes of data a tensor carries."""
    return len(tensor["buffer"])
