"""A copy of a model, with the head that a task needs."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

from bertviz_plus.data.task import Task
from bertviz_plus.models.loading.weights import quiet

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_HEADS = ("ForSequenceClassification", "ForTokenClassification")


def with_head(model: "Model", task: Task, *, seed: int = 0, new_head: bool = False) -> tuple[Any, set[str]]:
    """Copy a model into transformers' class for a task.

    Parameters
    ----------
    model : Model
        An encoder; stays as it is.
    task : Task
        Texts and pairs get a head for whole texts, words one for tokens.
    seed : int, default 0
        Of the weights that the model does not have. PyTorch's own random state is left as it was.
    new_head : bool, default False
        Put a new head in the place of one for other labels.

    Returns
    -------
    hf : transformers.PreTrainedModel
        In float32, on the model's device, in evaluation mode.
    new : set of str
        The parameters that the model does not have.

    Raises
    ------
    ValueError
        For what is no encoder, an architecture without such a class, and a head for other labels or for
        another kind of task.
    """
    _check_encoder(model)
    source: Any = model.hf
    kind: Any = (
        AutoModelForTokenClassification if task.kind == "words" else AutoModelForSequenceClassification
    )
    config = deepcopy(source.config)
    config.num_labels = len(task.label_names)
    config.id2label = dict(enumerate(task.label_names))
    config.label2id = {label: number for number, label in config.id2label.items()}
    config.problem_type = None if task.kind == "words" else "single_label_classification"
    # On the processor, so that a seed means the same weights wherever the model is.
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            # Short texts: the fused kernel's backward pass is several times slower than plain attention.
            hf = kind.from_config(config, attn_implementation="eager", dtype=torch.float32)
        except ValueError as error:
            name = type(source).__name__
            raise ValueError(
                f"model must be of an architecture that transformers has a {kind.__name__} of, got {name}"
            ) from error
    keeps = _keeps_head(model, task, type(hf), new_head=new_head)
    target, body = (hf, source) if keeps else (hf.base_model, source.base_model)
    prefix = "" if target is hf else f"{hf.base_model_prefix}."
    own = {name: tensor.to(torch.float32) if tensor.is_floating_point() else tensor
           for name, tensor in body.state_dict().items()}  # fmt: skip
    missing = set(target.load_state_dict(own, strict=False).missing_keys)
    lost = sorted(name for name in missing if "pooler" not in name)
    if lost:
        raise ValueError(
            f"model must be plain: {type(hf).__name__} needs {lost[0]}, which {type(source).__name__} does "
            "not have; merge its adapters, or load it in full precision"
        )
    kept = {f"{prefix}{name}" for name, _ in target.named_parameters() if name not in missing}
    new = {name for name, _ in hf.named_parameters()} - kept
    return hf.to(source.device).eval(), new


def _check_encoder(model: "Model") -> None:
    if model.is_encoder_decoder or model._trial.causal["encoder"]:
        what = "an encoder-decoder" if model.is_encoder_decoder else "a decoder"
        raise ValueError(f"model must be an encoder, such as BERT, got {what}, {type(model.hf).__name__}")


def _keeps_head(model: "Model", task: Task, wanted: type, *, new_head: bool) -> bool:
    """Whether the model has the task's head; refuses one that does not fit."""
    name = type(model.hf).__name__
    if new_head or not name.endswith(_HEADS):
        return False
    config: Any = model.hf.config
    labels = tuple(str(config.id2label[number]) for number in range(config.num_labels))
    if type(model.hf) is wanted and labels == task.label_names:
        return True
    shown = ", ".join(labels[:6]) + (f" and {len(labels) - 6} more" if len(labels) > 6 else "")
    raise ValueError(
        f"model has a head of another shape than task {task.name!r} needs: {name} for {shown}, where "
        f"{wanted.__name__} for {', '.join(task.label_names)} is needed; new_head=True puts a new one in its "
        "place"
    )
