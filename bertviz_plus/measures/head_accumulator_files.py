"""Head statistics in a file, and back."""

import os
from dataclasses import asdict, fields

import numpy as np

from bertviz_plus.measures.head_accumulator import HeadStatistics
from bertviz_plus.measures.head_contexts import Context
from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.model_info import ModelInfo

_NUMBERS = tuple(one.name for one in fields(Context) if one.name != "tokens")


def save_statistics(statistics: HeadStatistics, path: str | os.PathLike[str]) -> None:
    """Write statistics to a file; `HeadStatistics.save` has an example."""
    kept = [(head, one) for head, own in enumerate(statistics._contexts.of) for one in own]
    arrays = {
        **{f"sums.{name}": sums for name, sums in statistics._sums.items()},
        "divergence": statistics._divergence,
        "contexts.head": np.array([head for head, _ in kept], np.int64),
        **{
            f"contexts.{name}": np.array([getattr(one, name) for _, one in kept], np.float64)
            for name in _NUMBERS
        },
    }
    content = {
        "n_texts": statistics.n_texts,
        "n_tokens": statistics.n_tokens,
        "layers": statistics.layers,
        "n_heads": statistics.n_heads,
        "compares": statistics._compares,
        "most": statistics._contexts.most,
        "model": asdict(statistics.model),
        # A text is written once, however many heads have it among theirs.
        "texts": {str(one.text): one.tokens for _, one in kept},
    }
    write_arrays(path, "HeadStatistics", arrays, content)


def load_statistics(path: str | os.PathLike[str]) -> HeadStatistics:
    """Read a file that `save_statistics` wrote; `HeadStatistics.load` says what is raised."""
    _, content, arrays = read_arrays(path, ("HeadStatistics",), "head statistics")
    with building(path):
        found = HeadStatistics(similarity=content["compares"], contexts=content["most"])
        if content["layers"]:
            found._take_shape(tuple(content["layers"]), content["n_heads"], ModelInfo(**content["model"]))
        found.n_texts, found.n_tokens = content["n_texts"], content["n_tokens"]
        for name in found._sums:
            found._sums[name] += arrays[f"sums.{name}"]
        found._divergence += arrays["divergence"]
        columns = [arrays[f"contexts.{name}"].tolist() for name in _NUMBERS]
        for head, weight, text, source, target in zip(
            arrays["contexts.head"].tolist(), *columns, strict=True
        ):
            tokens = tuple(content["texts"][str(int(text))])
            found._contexts.of[head].append(Context(weight, int(text), int(source), int(target), tokens))
    return found
