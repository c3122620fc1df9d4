"""What a model says of itself: its numbers, its vocabulary, where it came from."""

import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from bertviz_plus.traces.model_info import ModelInfo


def stated_number(config: Any, name: str) -> int | None:
    """Return a number that a configuration states, `None` where it states none or one for each layer."""
    try:
        number = getattr(config, name, None)
    except (AttributeError, RuntimeError):
        # It differs by layer.
        return None
    return number if isinstance(number, int) else None


def needed_number(config: Any, name: str) -> int:
    """Return a number that a configuration must state."""
    number = stated_number(config, name)
    if number is None:
        raise ValueError(
            f"model must say how many {name} it has, but the configuration of model type "
            f"{config.model_type!r} does not"
        )
    return number


def vocabulary_of(hf: PreTrainedModel) -> int | None:
    """Return how many token ids a model embeds, `None` where it embeds any."""
    try:
        embeddings: Any = hf.get_input_embeddings()
    except NotImplementedError:
        # transformers does not know where they are; CANINE hashes characters and has none.
        embeddings = None
    size = getattr(embeddings, "num_embeddings", getattr(hf.config, "vocab_size", None))
    return size if isinstance(size, int) else None


def without_peft(hf: Any) -> PreTrainedModel:
    """Return the model that holds the adapters of a `peft.PeftModel`; any other as it is."""
    base: Any = getattr(hf, "get_base_model", None)
    if not isinstance(hf, PreTrainedModel) and callable(base) and isinstance(base(), PreTrainedModel):
        if getattr(getattr(hf, "active_peft_config", None), "is_prompt_learning", False):
            raise ValueError(
                f"model must read its text alone, and the adapter of {type(hf).__name__} puts a learned "
                "prompt before it; pass model.get_base_model(), which reads without"
            )
        hf = base()
    if not isinstance(hf, PreTrainedModel):
        raise TypeError(f"model must be a transformers model, got {type(hf).__name__}")
    return hf


def completed(info: ModelInfo, hf: PreTrainedModel, layers: int, heads: int) -> ModelInfo:
    """Fill in what is not known of a model from the model itself."""
    named = str(hf.config.name_or_path)
    known = {
        # Of a folder its name is enough: where it lies is nobody else's business.
        "id": Path(named).name if named and Path(named).is_dir() else named or None,
        "revision": getattr(hf.config, "_commit_hash", None),
        "source": "a model built or loaded by the caller",
        "architecture": type(hf).__name__,
        "layers": layers,
        "heads": heads,
    }
    missing: dict[str, Any] = {name: value for name, value in known.items() if getattr(info, name) is None}
    versions = {
        "bertviz_plus": version("bertviz-plus"),
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "transformers": version("transformers"),
    }
    return replace(info, **missing, versions={**versions, **info.versions})
