"""A model on the Hugging Face hub as a folder on this machine: found within seconds, or refused."""

import os
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub import errors

from bertviz_plus.models.loading.weights import WEIGHTS, WEIGHTS_INDEX, without_safetensors

_SECONDS = 5.0
_SHARD = re.compile(r"model-\d+-of-\d+\.safetensors")
_SMALL = (".json", ".txt", ".model", ".jinja", ".spm", ".vocab", ".bpe")


@dataclass(frozen=True)
class Snapshot:
    """A model's files at one commit.

    Attributes
    ----------
    folder : pathlib.Path
    commit : str
    """

    folder: Path
    commit: str


def hub_snapshot(name: str, revision: str | None, advice: str) -> Snapshot:
    """Bring a model from the hub, or from the cache where the hub does not answer.

    The hub gets `HF_HUB_ETAG_TIMEOUT` seconds to answer, 5 where that is not set, and twice that in all.
    `HF_HUB_OFFLINE`, `HF_ENDPOINT`, `HF_HOME` and the other settings of huggingface_hub hold. Files that
    come are configuration, vocabulary and safetensors; never code and never pickles.

    Parameters
    ----------
    name : str
        The hub's id, ``"bert-base-uncased"`` or ``"owner/name"``.
    revision : str, optional
        A branch, tag or commit; by default the newest.
    advice : str
        What an error adds, such as the names of the models that need no hub.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        When the hub has no such model or revision, or the model no safetensors.
    PermissionError
        When the model is only for users who have asked for it.
    ConnectionError
        When the hub cannot be reached and the model is not in the cache.

    Warns
    -----
    UserWarning
        When the hub cannot be reached and the model comes from the cache.
    """
    try:
        told = _ask_hub(name, revision)
    except errors.HFValidationError as error:
        raise ValueError(
            f"name must be a bundled model, a folder or a hub id, got {name!r}. {advice}"
        ) from error
    except errors.GatedRepoError as error:
        raise _refused(name) from error
    except errors.RevisionNotFoundError as error:
        raise ValueError(f"revision must be a branch, tag or commit of {name}, got {revision!r}") from error
    except errors.RepositoryNotFoundError as error:
        raise ValueError(
            f"name must be a bundled model, a folder or a hub id; the hub has no public model {name!r} (a "
            f"private one needs `hf auth login`). {advice}"
        ) from error
    # Whatever stops the answer, be it the network, a proxy or the hub itself, has the same remedies.
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        cached = _from_cache(name, revision)
        if cached is None:
            raise ConnectionError(
                f"{name!r} is not on this machine, and the hub cannot be reached ({reason}). Check the "
                f"network or the proxy (HTTPS_PROXY, HF_ENDPOINT), or give a folder with the model, or load "
                f"a bundled model. {advice}"
            ) from error
        warnings.warn(
            f"the hub cannot be reached ({reason}); {name} comes from the cache, commit {cached.commit[:12]}",
            UserWarning,
            stacklevel=4,
        )
        return cached
    files = _wanted(name, [file.rfilename for file in told.siblings or ()])
    try:
        folder = huggingface_hub.snapshot_download(name, revision=revision, allow_patterns=files)
    except errors.GatedRepoError as error:
        raise _refused(name) from error
    return Snapshot(Path(folder), Path(folder).name)


def _ask_hub(name: str, revision: str | None) -> Any:
    """Ask for a model's commit and files, no longer than the limit, however long name lookup may hang."""
    seconds = float(os.environ.get("HF_HUB_ETAG_TIMEOUT") or _SECONDS)
    asking = ThreadPoolExecutor(1, "ask the hub")
    try:
        told = asking.submit(huggingface_hub.HfApi().model_info, name, revision=revision, timeout=seconds)
        return told.result(2 * seconds)
    finally:
        asking.shutdown(wait=False)


def _from_cache(name: str, revision: str | None) -> Snapshot | None:
    config = huggingface_hub.try_to_load_from_cache(name, "config.json", revision=revision)
    return Snapshot(Path(config).parent, Path(config).parent.name) if isinstance(config, str) else None


def _wanted(name: str, files: list[str]) -> list[str]:
    weights = [WEIGHTS] if WEIGHTS in files else [f for f in files if _SHARD.fullmatch(f)]
    if WEIGHTS not in files and WEIGHTS_INDEX not in files:
        raise FileNotFoundError(without_safetensors(name, files))
    return [f for f in files if "/" not in f and f.endswith(_SMALL)] + weights


def _refused(name: str) -> PermissionError:
    return PermissionError(
        f"{name} is only for users who have asked for it: ask on https://huggingface.co/{name}, then run "
        f"`hf auth login`"
    )
