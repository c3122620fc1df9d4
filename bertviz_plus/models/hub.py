"""A model on the Hugging Face hub, as a folder on this machine: found within seconds, or refused with advice."""

import os
import re
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub import errors

from bertviz_plus.models.weights import WEIGHTS, WEIGHTS_INDEX, without_safetensors

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
    # Whatever stops the answer from coming, be it the network, a proxy or the hub itself, means the same here.
    except (OSError, RuntimeError, *_transport_errors()) as error:
        return _from_cache(name, revision, error, advice)
    files = _wanted(name, [file.rfilename for file in told.siblings or ()])
    try:
        folder = huggingface_hub.snapshot_download(name, revision=told.sha, allow_patterns=files)
    except errors.GatedRepoError as error:
        raise _refused(name) from error
    return Snapshot(Path(folder), told.sha)


def _ask_hub(name: str, revision: str | None) -> Any:
    """Ask what a model's files are, for no longer than the limit, however long name lookup may hang."""
    seconds = float(os.environ.get("HF_HUB_ETAG_TIMEOUT") or _SECONDS)
    answer: dict[str, Any] = {}

    def ask() -> None:
        try:
            answer["told"] = huggingface_hub.HfApi().model_info(name, revision=revision, timeout=seconds)
        except Exception as error:  # noqa: BLE001
            answer["error"] = error

    asking = threading.Thread(target=ask, daemon=True, name="ask the hub")
    asking.start()
    asking.join(2 * seconds)
    if "error" in answer:
        raise answer["error"]
    if "told" not in answer:
        raise TimeoutError(f"no answer within {2 * seconds:g} seconds")
    return answer["told"]


def _transport_errors() -> tuple[type[Exception], ...]:
    """What the HTTP client of huggingface_hub raises, whichever client that is."""
    kinds = {
        base for base in errors.HfHubHTTPError.__mro__ if base.__name__ in ("HTTPError", "RequestException")
    }
    return tuple(kinds)


def _from_cache(name: str, revision: str | None, error: Exception, advice: str) -> Snapshot:
    cached = huggingface_hub.try_to_load_from_cache(name, "config.json", revision=revision)
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if not isinstance(cached, str):
        raise ConnectionError(
            f"{name!r} is not on this machine, and the hub cannot be reached ({reason}). Check the network or "
            f"the proxy (HTTPS_PROXY, HF_ENDPOINT), or give a folder with the model, or use a bundled model. "
            f"{advice}"
        ) from error
    folder = Path(cached).parent
    warnings.warn(
        f"the hub cannot be reached ({reason}); {name} comes from the cache, commit {folder.name[:12]}",
        UserWarning,
        stacklevel=4,
    )
    return Snapshot(folder, folder.name)


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
