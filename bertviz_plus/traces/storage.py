"""A trace in a file: safetensors, with JSON for what is not an array; no pickle.

The JSON stands in the file's metadata under the key ``bertviz_plus``: what kind of trace it is, the
version of this layout, the fields, and a checksum (CRC-32) of every array.
"""

import json
import os
import zlib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from bertviz_plus.traces.seq2seq import CROSS_ARRAYS, Seq2SeqTrace
from bertviz_plus.traces.trace import ARRAYS, ModelInfo, Trace

LAYOUT = 1
_KEY = "bertviz_plus"
_SIDES = ("encoder", "decoder")


def save_trace(trace: Trace | Seq2SeqTrace, path: str | os.PathLike[str]) -> None:
    """Write a trace to a file; an existing file is replaced only when the new one is complete.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_trace(Trace(("a", "b")), f"{folder}/a.trace")
    ...     load_trace(f"{folder}/a.trace").tokens
    ('a', 'b')
    """
    path = Path(path)
    if isinstance(trace, Seq2SeqTrace):
        arrays = _arrays_of(trace, CROSS_ARRAYS, "")
        content: dict[str, Any] = _fields_of(trace, skip=(*CROSS_ARRAYS, *_SIDES))
        for name in _SIDES:
            side = getattr(trace, name)
            arrays |= _arrays_of(side, ARRAYS, f"{name}.")
            content[name] = _fields_of(side, skip=ARRAYS)
    else:
        arrays = _arrays_of(trace, ARRAYS, "")
        content = _fields_of(trace, skip=ARRAYS)
    header = {
        "kind": type(trace).__name__,
        "layout": LAYOUT,
        "checksums": {name: _checksum(array) for name, array in arrays.items()},
        "content": content,
    }
    # Written beside its place and then moved there: a full disk or an interrupt must not cost the old file.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        save_file(arrays, unfinished, metadata={_KEY: json.dumps(header)})
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_trace(path: str | os.PathLike[str]) -> Trace | Seq2SeqTrace:
    """Read a trace from a file that `save` wrote.

    Returns
    -------
    Trace or Seq2SeqTrace
        What was saved.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where the file is damaged, cut short, written by a later version, or no trace; the message names
        the path.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.trace")
    ...     _ = path.write_text("not a trace")
    ...     load_trace(path)
    Traceback (most recent call last):
    ...
    ValueError: ...a.trace is no trace, or is damaged: ...
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no trace file {path}" + (": it is a folder" if path.is_dir() else "")
        )
    try:
        with safe_open(path, framework="np") as file:
            header = _read_header(file.metadata(), path)
            names = file.keys()
            arrays = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no trace, or is damaged: {error}") from error
    if {name: _checksum(array) for name, array in arrays.items()} != header.get("checksums"):
        raise ValueError(f"{path} is damaged: its arrays are not those that were saved")
    try:
        return _build(header["kind"], dict(header["content"]), arrays)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path} is damaged: {type(error).__name__}: {error}") from error


def _read_header(metadata: dict[str, str] | None, path: Path) -> dict[str, Any]:
    if _KEY not in (metadata or {}):
        raise ValueError(f"{path} is no trace: it is a safetensors file that Trace.save did not write")
    try:
        header = json.loads((metadata or {})[_KEY])
        layout = int(header["layout"])
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged: what describes its arrays cannot be read ({error})") from error
    if layout > LAYOUT:
        raise ValueError(
            f"{path} was saved by a later version of bertviz_plus (layout {layout}; this one reads up to "
            f"{LAYOUT}): upgrade with pip install -U bertviz-plus"
        )
    return dict(header)


def _build(kind: str, content: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Trace | Seq2SeqTrace:
    if kind == "Trace":
        return _build_trace(content, arrays)
    if kind != "Seq2SeqTrace":
        raise ValueError(f"kind must be Trace or Seq2SeqTrace, got {kind!r}")
    parts: dict[str, Any] = {}
    for name in _SIDES:
        own = {
            key.removeprefix(f"{name}."): value for key, value in arrays.items() if key.startswith(f"{name}.")
        }
        parts[name] = _build_trace(content.pop(name), own)
    parts |= _tuples(content)
    parts |= {key: value for key, value in arrays.items() if "." not in key}
    return Seq2SeqTrace(**parts)


def _build_trace(content: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Trace:
    model = ModelInfo(**content.pop("model"))
    parts: dict[str, Any] = {**_tuples(content), **arrays, "model": model}
    return Trace(**parts)


def _tuples(content: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}


def _fields_of(trace: Trace | Seq2SeqTrace, skip: tuple[str, ...]) -> dict[str, Any]:
    content = {field.name: getattr(trace, field.name) for field in fields(trace) if field.name not in skip}
    if "model" in content:
        content["model"] = asdict(content["model"])
    return content


def _arrays_of(trace: Trace | Seq2SeqTrace, names: tuple[str, ...], prefix: str) -> dict[str, NDArray[Any]]:
    return {
        prefix + name: np.ascontiguousarray(array)
        for name in names
        if (array := getattr(trace, name)) is not None
    }


def _checksum(array: NDArray[Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(array).data)
