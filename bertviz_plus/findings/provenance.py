"""Where a result came from: model, data, seed, options and versions."""

import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from typing import Any


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
    return {
        "model": asdict(info) if info is not None else None,
        "data": {
            "name": getattr(data, "name", None) or f"occurrences of {', '.join(dict.fromkeys(data.words))}",
            "sha256": hashlib.sha256(content.encode()).hexdigest(),
            "texts": len(data.texts),
        },
        "seed": seed,
        "options": dict(options),
        "versions": {
            "bertviz-plus": version("bertviz-plus"),
            "numpy": version("numpy"),
            "scikit-learn": version("scikit-learn"),
            "python": platform.python_version(),
        },
    }
