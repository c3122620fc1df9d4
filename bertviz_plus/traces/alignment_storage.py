"""Alignments in a file: safetensors, with JSON for what is not an array; no pickle.

As for traces, the JSON stands in the file's metadata under the key ``bertviz_plus``.
"""

import json
import os
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Alignment, Gold
from bertviz_plus.traces.model_info import ModelInfo

LAYOUT = 1
_KEY = "bertviz_plus"
_KIND = "Alignments"
_ARRAYS = ("cosines", "source_norms", "target_norms")
_LISTS = ("source", "target", "source_subwords", "target_subwords", "source_word_ids", "target_word_ids")


def save_alignments(alignments: Alignments, path: str | os.PathLike[str]) -> None:
    """Write alignments to a file; an existing file is replaced only when the new one is complete.

    Examples
    --------
    >>> import tempfile
    >>> mine = Alignments.from_words([("the house", "das Haus")], gold=["0-0 1?1"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_alignments(mine, f"{folder}/a.alignments")
    ...     load_alignments(f"{folder}/a.alignments")[0].gold.to_pharaoh()
    '0-0 1?1'
    """
    path = Path(path)
    arrays = {
        f"{place}.{name}": np.ascontiguousarray(array)
        for place, pair in enumerate(alignments)
        for name in _ARRAYS
        if (array := getattr(pair, name)) is not None
    }
    header = {
        "kind": _KIND,
        "layout": LAYOUT,
        "checksums": {name: _checksum(array) for name, array in arrays.items()},
        "content": {
            "hidden_layers": alignments.hidden_layers,
            "languages": alignments.languages,
            "best_layer": alignments.best_layer,
            "model": asdict(alignments.model),
            "pairs": [_described(pair) for pair in alignments],
        },
    }
    # Written beside its place and then moved there: a full disk or an interrupt must not cost the old file.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        save_file(arrays, unfinished, metadata={_KEY: json.dumps(header)})
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_alignments(path: str | os.PathLike[str]) -> Alignments:
    """Read alignments from a file that `save_alignments` wrote.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where the file is damaged, written by a later version, or holds something else.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.alignments")
    ...     _ = path.write_text("0-0 1-1")
    ...     load_alignments(path)
    Traceback (most recent call last):
    ...
    ValueError: ...a.alignments holds no alignments, or is damaged: ...
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}" + (": it is a folder" if path.is_dir() else ""))
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            names = file.keys()
            arrays = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path} holds no alignments, or is damaged: {error}. Links in a text file are read with "
            "bertviz_plus.read_links"
        ) from error
    try:
        header = json.loads(metadata[_KEY])
        kind, layout = header["kind"], int(header["layout"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} holds no alignments: Alignments.save did not write it") from error
    if kind != _KIND:
        raise ValueError(f"{path} holds a {kind}, not alignments: read it with {kind}.load")
    if layout > LAYOUT:
        raise ValueError(
            f"{path} was saved by a later version of bertviz_plus (layout {layout}; this one reads up to "
            f"{LAYOUT}): upgrade with pip install -U bertviz-plus"
        )
    if {name: _checksum(array) for name, array in arrays.items()} != header.get("checksums"):
        raise ValueError(f"{path} is damaged: its arrays are not those that were saved")
    try:
        return _built(header["content"], arrays)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path} is damaged: {type(error).__name__}: {error}") from error


def _described(pair: SentencePair) -> dict[str, Any]:
    described: dict[str, Any] = {name: getattr(pair, name) for name in _LISTS}
    if pair.gold is not None:
        described["gold"] = pair.gold.to_pharaoh()
    described["given"] = {
        name: {"links": one.links, "method": one.method, "hidden_layer": one.hidden_layer}
        for name, one in pair.given.items()
    }
    return described


def _built(content: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Alignments:
    pairs = []
    for place, described in enumerate(content["pairs"]):
        parts: dict[str, Any] = {name: tuple(described[name]) for name in _LISTS}
        parts |= {name: arrays[f"{place}.{name}"] for name in _ARRAYS if f"{place}.{name}" in arrays}
        given = {
            name: Alignment(
                parts["source"], parts["target"], one["links"], one["method"], one["hidden_layer"]
            )
            for name, one in described["given"].items()
        }
        gold = Gold.of(described["gold"]) if "gold" in described else None
        pairs.append(SentencePair(**parts, gold=gold, given=given))
    languages = content["languages"]
    return Alignments(
        tuple(pairs),
        hidden_layers=tuple(content["hidden_layers"]),
        languages=None if languages is None else (languages[0], languages[1]),
        best_layer=content["best_layer"],
        model=ModelInfo(**content["model"]),
    )


def _checksum(array: NDArray[Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(array).data)
