"""Alignments in a file, and back."""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.links import Alignment, Gold
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.sentence_pair import SentencePair

if TYPE_CHECKING:
    from bertviz_plus.traces.alignments import Alignments

_ARRAYS = ("cosines", "source_norms", "target_norms")
_LISTS = ("source", "target", "source_subwords", "target_subwords", "source_word_ids", "target_word_ids")


def save_alignments(alignments: "Alignments", path: str | os.PathLike[str]) -> None:
    """Write alignments to a file; an existing file is replaced only when the new one is complete.

    Examples
    --------
    >>> from bertviz_plus.traces.alignments import Alignments
    >>> import tempfile
    >>> mine = Alignments.from_words([("the house", "das Haus")], gold=["0-0 1?1"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_alignments(mine, f"{folder}/a.alignments")
    ...     load_alignments(f"{folder}/a.alignments", Alignments)[0].gold.to_pharaoh()
    '0-0 1?1'
    """
    arrays = {
        f"{place}.{name}": np.ascontiguousarray(array)
        for place, pair in enumerate(alignments)
        for name in _ARRAYS
        if (array := getattr(pair, name)) is not None
    }
    content = {
        "hidden_layers": alignments.hidden_layers,
        "languages": alignments.languages,
        "best_layer": alignments.best_layer,
        "model": asdict(alignments.model),
        "pairs": [_described(pair) for pair in alignments],
    }
    write_arrays(path, "Alignments", arrays, content)


def load_alignments(path: str | os.PathLike[str], kind: "type[Alignments]") -> "Alignments":
    """Read alignments from a file that `save_alignments` wrote.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where the file is damaged, written by a later version, or holds something else.

    Examples
    --------
    >>> from bertviz_plus.traces.alignments import Alignments
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.alignments")
    ...     _ = path.write_text("0-0 1-1")
    ...     load_alignments(path, Alignments)
    Traceback (most recent call last):
    ...
    ValueError: ...a.alignments is no alignments, or is damaged: ...
    """
    try:
        _, content, arrays = read_arrays(path, ("Alignments",), "alignments")
    except ValueError as error:
        raise ValueError(f"{error}. Links in a text file are read with bertviz_plus.read_links") from error
    with building(path):
        return _built(kind, content, arrays)


def _described(pair: SentencePair) -> dict[str, Any]:
    described: dict[str, Any] = {name: getattr(pair, name) for name in _LISTS}
    if pair.gold is not None:
        described["gold"] = pair.gold.to_pharaoh()
    described["given"] = {
        name: {"links": one.links, "method": one.method, "hidden_layer": one.hidden_layer}
        for name, one in pair.given.items()
    }
    return described


def _built(
    kind: "type[Alignments]", content: dict[str, Any], arrays: dict[str, NDArray[Any]]
) -> "Alignments":
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
    return kind(
        tuple(pairs),
        hidden_layers=tuple(content["hidden_layers"]),
        languages=None if languages is None else (languages[0], languages[1]),
        best_layer=content["best_layer"],
        model=ModelInfo(**content["model"]),
    )
