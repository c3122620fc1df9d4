"""Where a result came from: model, data, seed, options and versions."""

import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from bertviz_plus.traces.model_info import ModelInfo


def provenance_of(model: Any, data: Any, *, seed: int, options: dict[str, Any]) -> dict[str, Any]:
    """Say what a result was measured on.

    Parameters
    ----------
    model : Model or None
        None where the data bring the name of their own model, as Occurrences do.
    data : SenseSentences or Occurrences
        With texts, spans, senses and words.
    seed : int
    options : dict
        What the finding was asked for.

    Returns
    -------
    dict
        ``model`` (id, revision, hash of the weights, source, versions), ``data`` (name, SHA-256 of texts,
        spans, senses and words, how many), ``seed``, ``options``, ``versions``.
    """
    info = getattr(data, "model", None) if model is None else model.info
    rows = zip(data.texts, data.spans, data.senses or (None,) * len(data.texts), data.words, strict=True)
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    described = {
        "name": getattr(data, "name", None) or f"occurrences of {', '.join(dict.fromkeys(data.words))}",
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "texts": len(data.texts),
    }
    return provenance_record(info, described, seed=seed, options=options)


def provenance_record(
    model: ModelInfo | None, data: dict[str, Any], *, seed: int, options: dict[str, Any]
) -> dict[str, Any]:
    """Put together what a result was measured on, where the data are described already.

    Parameters
    ----------
    model : ModelInfo or None
    data : dict
        Such as ``name``, ``sha256`` and how many.
    seed : int
    options : dict

    Returns
    -------
    dict
        As of `provenance_of`.

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
