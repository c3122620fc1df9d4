"""A trace in a file, and back."""

import os
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.seq2seq import CROSS_ARRAYS, Seq2SeqTrace
from bertviz_plus.traces.trace import ARRAYS, ModelInfo, Trace

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
    write_arrays(path, type(trace).__name__, arrays, content)


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
    kind, content, arrays = read_arrays(path, ("Trace", "Seq2SeqTrace"), "trace")
    with building(path):
        return _build(kind, content, arrays)


def _build(kind: str, content: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Trace | Seq2SeqTrace:
    if kind == "Trace":
        return _build_trace(content, arrays)
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
