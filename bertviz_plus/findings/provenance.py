"""Where a result came from: model, data, seed, options and versions."""

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from bertviz_plus.traces.model_info import ModelInfo


def data_record(name: str, rows: Iterable[Any], **counts: Any) -> dict[str, Any]:
    """Describe data by their name, their content and how much they are.

    Parameters
    ----------
    name : str
    rows : iterable
        The content, each row of plain values.
    **counts
        Such as how many texts.

    Examples
    --------
    >>> data_record("planted", [["a", 1]], texts=1)["sha256"][:8]
    '2657442b'
    """
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return {"name": name, "sha256": hashlib.sha256(content.encode()).hexdigest(), **counts}


def provenance_record(
    model: ModelInfo | None, data: dict[str, Any], *, seed: int, options: dict[str, Any]
) -> dict[str, Any]:
    """Put together what a result was measured on.

    Parameters
    ----------
    model : ModelInfo or None
    data : dict
        As `data_record` gives it.
    seed : int
    options : dict
        What the finding was asked for.

    Returns
    -------
    dict
        ``model`` (id, revision, hash of the weights, source, versions), ``data``, ``seed``, ``options``,
        ``versions``.

    Examples
    --------
    >>> sorted(provenance_record(None, {"name": "planted"}, seed=0, options={}))
    ['data', 'model', 'options', 'seed', 'versions']
    """
    return {
        "model": asdict(model) if model is not None else None,
        "data": data,
        "seed": seed,
        "options": dict(options),
        "versions": {
            "bertviz-plus": version("bertviz-plus"),
            "numpy": version("numpy"),
            "scikit-learn": version("scikit-learn"),
            "python": platform.python_version(),
        },
    }
