"""Arrays and what describes them in one file: safetensors, with JSON for what is not an array; no pickle.

The JSON stands in the file's metadata under the key ``bertviz_plus``: what kind of thing it is, the
version of its layout, what describes the arrays, and a checksum (CRC-32) of every array.
"""

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.writing import replacing

LAYOUT = 1
_KEY = "bertviz_plus"


@contextmanager
def building(path: str | os.PathLike[str]) -> Iterator[None]:
    """Say that a file is damaged where its content does not make an object.

    Examples
    --------
    >>> with building("a.trace"):
    ...     {}["tokens"]
    Traceback (most recent call last):
    ValueError: a.trace is damaged: KeyError: 'tokens'
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path} is damaged: {type(error).__name__}: {error}") from error


def write_arrays(
    path: str | os.PathLike[str], kind: str, arrays: Mapping[str, NDArray[Any]], content: Mapping[str, Any]
) -> None:
    """Write a file; an existing one is replaced only when the new one is complete.

    Parameters
    ----------
    path : path-like
    kind : str
        Name of the class that is saved.
    arrays : dict of ndarray
    content : dict
        What describes them: JSON.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_arrays(f"{folder}/a", "Thing", {"x": np.arange(3)}, {"name": "a"})
    ...     read_arrays(f"{folder}/a", ("Thing",), "thing")
    ('Thing', {'name': 'a'}, {'x': array([0, 1, 2])})
    """
    path = Path(path)
    packed = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = {
        "kind": kind,
        "layout": LAYOUT,
        "checksums": {name: _checksum(array) for name, array in packed.items()},
        "content": content,
    }
    with replacing(path) as unfinished:
        save_file(packed, unfinished, metadata={_KEY: json.dumps(header)})


def read_arrays(
    path: str | os.PathLike[str], kinds: tuple[str, ...], what: str
) -> tuple[str, dict[str, Any], dict[str, NDArray[Any]]]:
    """Read a file that `write_arrays` wrote.

    Parameters
    ----------
    path : path-like
    kinds : tuple of str
        What it may hold.
    what : str
        What the caller calls it, for errors, with its article left out: "trace".

    Returns
    -------
    kind : str
    content : dict
    arrays : dict of ndarray

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where the file is damaged, cut short, written by a later version, or holds something else; the
        message names the path.
    """
    if not isinstance(path, str | os.PathLike):
        raise wrong_kind("path", f"the path of a {what}", path, f'load("my.{what}")')
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no {what} file {path}" + (": it is a folder" if path.is_dir() else "")
        )
    try:
        with safe_open(path, framework="np") as file:
            header = _header(file.metadata(), path, what)
            names = file.keys()
            arrays = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no {what}, or is damaged: {error}") from error
    kind = header.get("kind")
    if not isinstance(kind, str):
        raise ValueError(f"{path} is damaged: kind must be a class's name, got {kind!r}")
    if kind not in kinds:
        raise ValueError(f"{path} is no {what}: it holds {kind}; read it with {kind}.load")
    if {name: _checksum(array) for name, array in arrays.items()} != header.get("checksums"):
        raise ValueError(f"{path} is damaged: its arrays are not those that were saved")
    content = header.get("content")
    if not isinstance(content, dict):
        raise ValueError(f"{path} is damaged: nothing describes its arrays")
    return kind, content, arrays


def _header(metadata: dict[str, str] | None, path: Path, what: str) -> dict[str, Any]:
    if _KEY not in (metadata or {}):
        raise ValueError(f"{path} is no {what}: it is a safetensors file of something else")
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


def _checksum(array: NDArray[Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(array).data)
