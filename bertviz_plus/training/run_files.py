"""Fine-tuning in files: where a run stopped, and what came of it. safetensors, no pickle."""

import hashlib
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.training.fitting import Fitted

if TYPE_CHECKING:
    from bertviz_plus.data.task import Task
    from bertviz_plus.models.model import Model
    from bertviz_plus.training.fitting import Fit
    from bertviz_plus.training.tuning_settings import TuningSettings

_CHECKPOINT, TUNED, DISTILLED = "Checkpoint", "Tuned", "Distilled"
_NAMES = {TUNED: "fine-tuned model", DISTILLED: "distilled model"}


def describe_run(model: "Model", task: "Task", settings: "TuningSettings") -> dict[str, Any]:
    """Return what makes a run this run and no other."""
    frozen = list(settings.freeze) if isinstance(settings.freeze, tuple) else settings.freeze
    return {
        "model": weights_sha256(model),
        "task": task.sha256,
        **vars(settings),
        "freeze": frozen,
    }


def check_run(
    found: dict[str, Any], wanted: dict[str, Any], path: str | PathLike[str], argument: str
) -> None:
    """Refuse a file of another run, naming what differs."""
    differs = [name for name in wanted if found.get(name) != wanted[name]]
    if not differs:
        return

    def shown(name: str) -> str:
        if name in ("model", "task", "teacher", "texts"):
            return f"another {name}"
        return f"{name}={found.get(name)!r} in place of {wanted[name]!r}"

    raise ValueError(
        f"{argument} must be a file of this run, and {path} is of one with {', '.join(map(shown, differs))}"
    )


def save_checkpoint(fit: "Fit", run: dict[str, Any], path: str | PathLike[str]) -> None:
    """Write all that training needs to go on."""
    state = fit.optimizer.state
    parts = {"now": {name: one.detach() for name, one in fit.trained.items()}, "kept": fit.fitted.kept}
    for moment in ("exp_avg", "exp_avg_sq"):
        parts[moment] = {name: state[one][moment] for name, one in fit.trained.items() if one in state}
    parts |= {f"way {number}": one for number, one in enumerate(fit.fitted.way)}
    _write(path, _CHECKPOINT, parts, run, fit.fitted)


def resume(fit: "Fit", run: dict[str, Any], path: str | PathLike[str]) -> None:
    """Put training where a checkpoint left it.

    Raises
    ------
    ValueError
        Where the file is damaged, or of another run.
    """
    parts, fit.fitted = _read(path, _CHECKPOINT, run, "checkpoint")
    step = min(fit.steps, fit.fitted.epochs * fit.per_epoch)
    with building(path), torch.no_grad():
        for name, one in fit.trained.items():
            one.copy_(parts["now"][name])
            if name in parts["exp_avg"]:
                fit.optimizer.state[one] = {
                    "step": torch.tensor(float(step), device=one.device),
                    **{moment: parts[moment][name].to(one) for moment in ("exp_avg", "exp_avg_sq")},
                }


def save_tuned(fitted: Fitted, run: dict[str, Any], path: str | PathLike[str], kind: str = TUNED) -> None:
    """Write what came of a run, as a file of some kind."""
    parts = {"kept": fitted.kept} | {f"way {number}": one for number, one in enumerate(fitted.way)}
    _write(path, kind, parts, run, fitted)


def read_tuned(path: str | PathLike[str], kind: str = TUNED) -> tuple[dict[str, Any], Fitted]:
    """Read the run that `save_tuned` wrote, and what came of it."""
    _, content, arrays = read_arrays(path, (kind,), _NAMES[kind])
    with building(path):
        return dict(content["run"]), _fitted(content, _parts(arrays))


def _write(
    path: str | PathLike[str], kind: str, parts: dict[str, Any], run: dict[str, Any], fitted: Fitted
) -> None:
    arrays = {
        f"{part}/{name}": tensor.detach().cpu().numpy()
        for part, tensors in parts.items()
        for name, tensor in tensors.items()
    }
    # JSON has no NaN.
    history = [{name: None if value != value else value for name, value in row.items()}
               for row in fitted.history]  # fmt: skip
    write_arrays(path, kind, arrays, {"run": run, "history": history, "chosen": fitted.chosen})


def _read(
    path: str | PathLike[str], kind: str, run: dict[str, Any], argument: str
) -> tuple[dict[str, dict[str, torch.Tensor]], Fitted]:
    _, content, arrays = read_arrays(path, (kind,), argument)
    check_run(content.get("run", {}), run, path, argument)
    with building(path):
        parts = _parts(arrays)
        return parts, _fitted(content, parts)


def _parts(arrays: dict[str, Any]) -> dict[str, dict[str, torch.Tensor]]:
    parts: dict[str, dict[str, torch.Tensor]] = {"exp_avg": {}, "exp_avg_sq": {}}
    for name, array in arrays.items():
        part, _, own = name.partition("/")
        parts.setdefault(part, {})[own] = torch.from_numpy(np.array(array))
    return parts


def _fitted(content: dict[str, Any], parts: dict[str, dict[str, torch.Tensor]]) -> Fitted:
    history = [{name: float("nan") if value is None else value for name, value in row.items()}
               for row in content["history"]]  # fmt: skip
    way = [parts[f"way {number}"] for number in range(sum(part.startswith("way ") for part in parts))]
    return Fitted(history, parts["kept"], int(content["chosen"]), way)


def exists(path: str | PathLike[str]) -> bool:
    """Whether there is a file already."""
    return Path(path).is_file()


def weights_sha256(model: "Model") -> str:
    """Return the SHA-256 of a model's weights and their names."""
    digest = hashlib.sha256()
    for name, tensor in model.hf.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()
