"""A view's state as text: JSON, and the bytes it refers to. `js/shared/packed.js` reads it.

Four bytes give the length of the JSON, little-endian; then comes the JSON, then the bytes of each buffer. The
whole is a gzip stream, whose checksum tells when a byte was lost or changed, in base64.
"""

import base64
import gzip
import json
import struct
import zlib
from typing import Any


def pack(value: Any) -> str:
    """Return a value as text that may stand in a page.

    Parameters
    ----------
    value : dict, list, str, number, bytes or None
        As deep as it likes; memoryviews and bytearrays are bytes.

    Examples
    --------
    >>> unpack(pack({"layer": 3, "weights": b"12"}))
    {'layer': 3, 'weights': b'12'}
    """
    parts: list[bytes] = []
    buffers: list[tuple[list[str | int], int]] = []
    kept = _without_bytes(value, [], parts, buffers)
    header = {"value": kept, "buffers": buffers}
    # In ASCII, half an emoji is text as well.
    text = json.dumps(header, separators=(",", ":")).encode()
    # Level 6 takes half as long as 9, for a hundredth more bytes.
    stream = gzip.compress(b"".join([struct.pack("<I", len(text)), text, *parts]), 6, mtime=0)
    return base64.b64encode(stream).decode("ascii")


def unpack(text: str) -> Any:
    """Return what was packed.

    Raises
    ------
    ValueError
        For a text that is cut off or was changed.
    """
    try:
        raw = base64.b64decode(text.strip(), validate=True)
        # What a front end added at a save is not deflated.
        whole = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        (length,) = struct.unpack_from("<I", whole)
        header = json.loads(whole[4 : 4 + length])
        start = 4 + length
        value = header["value"]
        for path, size in header["buffers"]:
            place = value
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = whole[start : start + size]
            start += size
    except (
        *(EOFError, KeyError, IndexError, OSError, RecursionError, TypeError, ValueError),
        *(struct.error, zlib.error),
    ) as error:
        raise ValueError(f"what is packed is cut off or was changed: {error}") from error
    return value


def _without_bytes(
    value: Any, path: list[str | int], parts: list[bytes], buffers: list[tuple[list[str | int], int]]
) -> Any:
    """Return a copy with None in place of bytes, which are put aside with the path to their place."""
    if isinstance(value, bytes | bytearray | memoryview):
        parts.append(bytes(value))
        buffers.append((path, len(parts[-1])))
        return None
    if isinstance(value, dict):
        return {key: _without_bytes(one, [*path, key], parts, buffers) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_bytes(one, [*path, place], parts, buffers) for place, one in enumerate(value)]
    return value
