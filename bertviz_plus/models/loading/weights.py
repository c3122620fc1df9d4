"""From weights, in memory or in a folder, to a transformers model in evaluation mode."""

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import AddedToken, Tokenizer
from transformers import (
    AutoModel,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers import logging as transformers_logging

WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"
_SHOWN = 4


def with_weights(
    architecture: type[Any], config: PreTrainedConfig, weights: Mapping[str, torch.Tensor], **options: Any
) -> Any:
    """Build a model around weights, without initialising it first.

    Parameters
    ----------
    architecture : type
        A class of transformers.
    config : transformers.PreTrainedConfig
    weights : mapping of str to torch.Tensor
        Every parameter by its name in the class.
    **options
        For the class.

    Returns
    -------
    An instance of `architecture`, in evaluation mode.

    Raises
    ------
    ValueError
        When a parameter is missing, or a weight has no parameter.
    """
    with quiet():
        model, told = architecture.from_pretrained(
            None, config=config, state_dict=dict(weights), output_loading_info=True, **options
        )
    if told["missing_keys"] or told["unexpected_keys"]:
        raise ValueError(
            f"weights must fit {architecture.__name__}; missing: {_some(told['missing_keys'])}; "
            f"not known: {_some(told['unexpected_keys'])}"
        )
    return model


def fast_tokenizer(
    tokenizer: Tokenizer,
    specials: Mapping[str, str | AddedToken],
    *,
    max_tokens: int,
    model: Any = None,
) -> PreTrainedTokenizerFast:
    """Give a tokenizer of the library tokenizers the face of a transformers one, without segment ids.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer
    specials : mapping of str to str or tokenizers.AddedToken
        The special tokens by their role, ``{"unk": "[UNK]"}``.
    max_tokens : int
        The longest text that the model reads.
    model : tokenizers.models.Model, optional
        Takes the place of the tokenizer's own. transformers copies what it is given by writing and reading
        it, which for a large vocabulary takes longer than building it: give that one here.

    Returns
    -------
    transformers.PreTrainedTokenizerFast
    """
    make: Any = PreTrainedTokenizerFast
    made: PreTrainedTokenizerFast = make(
        tokenizer_object=tokenizer,
        model_max_length=max_tokens,
        model_input_names=["input_ids", "attention_mask"],
    )
    if model is not None:
        made.backend_tokenizer.model = model
    made.add_special_tokens({f"{role}_token": token for role, token in specials.items()})
    return made


def from_folder(folder: Path, name: str, dtype: torch.dtype | None) -> tuple[PreTrainedModel, Any]:
    """Load the model and the tokenizer that a folder in Hugging Face's layout holds.

    The class is the one that ``architectures`` in ``config.json`` names first, with its head; without such a
    line, the architecture without a head. Only safetensors are read, and no code from the folder is run.

    Parameters
    ----------
    folder : pathlib.Path
    name : str
        How messages call the model.
    dtype : torch.dtype, optional
        The precision; by default that of the file.

    Returns
    -------
    model : transformers.PreTrainedModel
        In evaluation mode.
    tokenizer

    Raises
    ------
    FileNotFoundError, ValueError
        Saying what is missing or cannot be used, and what to do.

    Warns
    -----
    UserWarning
        When the file lacks weights of the model, which then are random.
    """
    _check_files(folder, name)
    config = _config(folder, name)
    architecture = _architecture(config, name)
    with quiet():
        tokenizer = _tokenizer(folder, name)
        model, told = architecture.from_pretrained(
            folder,
            dtype="auto" if dtype is None else dtype,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    if told["missing_keys"]:
        warnings.warn(
            f"{name}: {len(told['missing_keys'])} weights of {type(model).__name__} are not in the file and "
            f"hold random numbers: {_some(told['missing_keys'])}",
            UserWarning,
            stacklevel=4,
        )
    return model, tokenizer


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' progress bars and log lines below errors from showing."""
    logging: Any = transformers_logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _check_files(folder: Path, name: str) -> None:
    here = sorted(path.name for path in folder.iterdir())
    if "config.json" not in here:
        raise FileNotFoundError(
            f"{name} must be a folder that save_pretrained wrote: it has no config.json, only "
            f"{_some(here) or 'nothing'}"
        )
    if WEIGHTS not in here and WEIGHTS_INDEX not in here:
        raise FileNotFoundError(without_safetensors(name, here))


def without_safetensors(name: str, files: list[str]) -> str:
    """Say that a model has no safetensors, and what to do about it."""
    pickled = [file for file in files if file.endswith((".bin", ".pt", ".pth", ".ckpt"))]
    if not pickled:
        return f"{name} has no {WEIGHTS}; its files are {_some(files)}"
    return (
        f"{name} keeps its weights in {pickled[0]} only. That is a pickle, which can run any code when it is "
        f"opened, so it is not read; {WEIGHTS} is. If you trust who made it, convert it once:\n"
        f"    from transformers import AutoModel, AutoTokenizer\n"
        f"    AutoModel.from_pretrained({name!r}).save_pretrained('converted')\n"
        f"    AutoTokenizer.from_pretrained({name!r}).save_pretrained('converted')\n"
        f"and load 'converted'. For a model with its head take its own class, such as AutoModelForMaskedLM."
    )


def _config(folder: Path, name: str) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"{name}: config.json cannot be read: {error}") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind in transformers.CONFIG_MAPPING:
        return dict(config)
    if kind is not None and config.get("auto_map"):
        raise ValueError(
            f"{name} brings code of its own (model type {kind!r}), and bp.load never runs code from a model. "
            f"If you trust it, load it yourself and wrap it:\n"
            f"    hf = AutoModel.from_pretrained({name!r}, trust_remote_code=True)\n"
            f"    model = bp.wrap(hf, AutoTokenizer.from_pretrained({name!r}))"
        )
    raise ValueError(
        f"{name}: config.json must name a model_type that transformers {transformers.__version__} knows, "
        f"got {kind!r}"
    )


def _architecture(config: Mapping[str, Any], name: str) -> Any:
    stated = (config.get("architectures") or [None])[0]
    architecture = getattr(transformers, stated or "", None)
    if not (isinstance(architecture, type) and issubclass(architecture, PreTrainedModel)):
        return AutoModel
    if architecture.main_input_name != "input_ids":
        raise ValueError(
            f"{name} must be a model that reads text; {stated} reads {architecture.main_input_name}"
        )
    return architecture


def _tokenizer(folder: Path, name: str) -> Any:
    advice = "Load model and tokenizer yourself and give them to bp.wrap(model, tokenizer)"
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, ImportError, KeyError, AttributeError, TypeError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ValueError(f"{name}: its tokenizer cannot be loaded ({reason}). {advice}") from error
    # Where there are no vocabulary files, transformers gives a tokenizer that knows its special tokens alone.
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise ValueError(f"{name}: its tokenizer cannot be loaded (there is no vocabulary). {advice}")
    return tokenizer


def _some(names: Any) -> str:
    names = sorted(names)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
