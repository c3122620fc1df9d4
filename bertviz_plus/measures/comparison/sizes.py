"""How large is a model, and how long does it take over a text? Timed in turn on one machine."""

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.argument_kinds import wrong_kind

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.passes.gathering import Tokens

_WORKS = 'model_sizes({"MiniLM": bp.load()}, texts)'
# Texts that are timed, one at a time.
_TIMED = 20


def model_sizes(models: "Mapping[str, Model]", texts: Sequence[Any]) -> pd.DataFrame:
    """Measure how large models are and how long they take, in turn on this machine.

    Parameters
    ----------
    models : mapping of str to Model
    texts : sequence of str or (str, str)
        Of which up to 20 are timed.

    Returns
    -------
    DataFrame
        Indexed as the models: `model`; `parameters`; `bytes` of its weights where they are stored;
        `milliseconds` that a pass over one text takes, the median over texts, the models in turn; and
        `tokens`, the median length of these texts.

    Raises
    ------
    TypeError, ValueError
        For what is no mapping of models, and for no text.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> sizes = model_sizes({"tiny": bp.load("bert-tiny")}, ["The cat sat."])
    >>> sizes[["parameters", "tokens"]].values.tolist()
    [[4416698.0, 6.0]]
    """
    from bertviz_plus.models.passes.head_pass import head_pass
    from bertviz_plus.models.quantised import weight_bytes

    if not isinstance(models, Mapping):
        raise wrong_kind("models", "a mapping from names to models", models, _WORKS)
    for model in models.values():
        check_model(model, _WORKS)
    if isinstance(texts, str) or not isinstance(texts, Sequence):
        raise wrong_kind("texts", "a list of texts", texts, _WORKS)
    if not texts:
        raise ValueError("texts must hold at least one text, got none")
    read = {name: [_tokens(model, one) for one in texts[:_TIMED]] for name, model in models.items()}
    taken: dict[str, list[float]] = {name: [] for name in models}
    for name, model in models.items():
        # The first pass finds out how the model works.
        head_pass(model, read[name][:1])
    for at in range(len(texts[:_TIMED])):
        for name, model in models.items():
            start = perf_counter()
            head_pass(model, [read[name][at]])
            taken[name].append(perf_counter() - start)
    rows = {}
    for name, model in models.items():
        rows[name] = {
            "model": model.info.title,
            "parameters": sum(one.numel() for one in model.hf.parameters()),
            "bytes": weight_bytes(model),
            "milliseconds": 1000 * float(np.median(taken[name])),
            "tokens": float(np.median([len(one.input_ids) for one in read[name]])),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _tokens(model: "Model", text: Any) -> "Tokens":
    from bertviz_plus.models.passes.gathering import Tokens
    from bertviz_plus.models.passes.streaming import checked_item

    encoded = model._encode(checked_item(text, 0, words=False), truncation=True, warn=False)
    return Tokens(encoded.input_ids, encoded.token_type_ids, ())
