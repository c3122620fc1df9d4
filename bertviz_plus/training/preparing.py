"""A model made ready to be fine-tuned: a copy with a task's head, adapters, and what is frozen."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from bertviz_plus.data.task import Task
from bertviz_plus.models.model import Model, wrap
from bertviz_plus.models.passes.lending import implementation_of
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.training.attaching import NAME, ends_of_sublayers, query_and_value
from bertviz_plus.training.freezing import freeze_bottom
from bertviz_plus.training.houlsby import with_houlsby
from bertviz_plus.training.low_rank import with_low_rank
from bertviz_plus.training.task_model import with_head

if TYPE_CHECKING:
    from bertviz_plus.training.tuning_settings import TuningSettings


def prepared(model: Model, task: Task, settings: "TuningSettings") -> Model:
    """Return what is trained; those of its parameters that require gradients are.

    Parameters
    ----------
    model : Model
        Stays as it is.
    task : Task
    settings : TuningSettings

    Returns
    -------
    Model
        In evaluation mode.
    """
    hf, new = with_head(model, task, seed=settings.seed, new_head=settings.new_head)
    adapted = f", {settings.adapter}" if settings.adapter else ""
    info = ModelInfo(
        id=f"{model.info.title} tuned on {task.name}{adapted} (seed {settings.seed})",
        source=f"{model.info.id or type(model.hf).__name__}, fine-tuned here",
        versions={
            name: version for name, version in model.info.versions.items() if name not in ("python", "torch")
        },
    )
    made = wrap(hf, model.tokenizer, info=replace(info))
    if settings.adapter is None:
        freeze_bottom(made, settings.freeze)
        return made
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        _adapt(made, settings)
    body = f"{hf.base_model_prefix}."
    for name, one in hf.named_parameters():
        one.requires_grad_(f".{NAME}." in name or name in new or not name.startswith(body))
    return made


def _adapt(made: Model, settings: "TuningSettings") -> None:
    hf: Any = made.hf
    size = settings.adapter_size or 1
    if settings.adapter == "lora":
        with_low_rank(hf, query_and_value(made), size)
    else:
        with_houlsby(hf, ends_of_sublayers(made), size)


def trained_parameters(model: Model) -> dict[str, torch.nn.Parameter]:
    """Return the parameters that are trained, by name."""
    return {name: one for name, one in model.hf.named_parameters() if one.requires_grad}


def as_loaded(made: Model, base: Model) -> None:
    """Leave nothing of training on a model."""
    hf: Any = made.hf
    hf.zero_grad(set_to_none=True)
    hf.requires_grad_(True).eval()
    hf.set_attn_implementation(implementation_of(base.hf.config))
