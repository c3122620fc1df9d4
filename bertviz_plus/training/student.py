"""A student: a model of fewer layers, which begins as some layers of its teacher."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from torch import nn

from bertviz_plus.models.model import Model, wrap
from bertviz_plus.models.untrained import untrained_twin
from bertviz_plus.traces.model_info import ModelInfo


def student_layers(teacher: Model, layers: int | Sequence[int] | None) -> tuple[int, ...]:
    """Return the teacher's attention layer that each of a student's begins as and is compared with.

    Parameters
    ----------
    teacher : Model
    layers : int, sequence of int, or None
        How many, spread evenly so that the last is the teacher's last; which; or half of them.

    Raises
    ------
    ValueError
        For no layers, not fewer than the teacher has, and layers that it does not have or that are not in
        order.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> student_layers(bp.load(), 3), student_layers(bp.load(), [0, 5])
    ((1, 3, 5), (0, 5))
    """
    n = teacher.n_layers
    if n < 2:
        raise ValueError(f"teacher must have two layers at least, of which a student has fewer, got {n}")
    if layers is None:
        layers = n // 2
    allowed = f"layers must be a number from 1 to {n - 1}, or so many of 0..{n - 1} in rising order"
    if isinstance(layers, int) and not isinstance(layers, bool):
        if not 1 <= layers < n:
            raise ValueError(f"{allowed}, for a teacher of {n} layers; got {layers}")
        return tuple((place + 1) * n // layers - 1 for place in range(layers))
    chosen: tuple[Any, ...] = tuple(layers) if isinstance(layers, Sequence) else ()
    whole = all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one < n for one in chosen)
    if not (chosen and whole and len(chosen) < n and list(chosen) == sorted(set(chosen))):
        raise ValueError(f"{allowed}, for a teacher of {n} layers; got {layers!r}")
    return chosen


def student_of(teacher: Model, layers: Sequence[int], *, start: str = "teacher", seed: int = 0) -> Model:
    """Build a student, before it is trained.

    Parameters
    ----------
    teacher : Model
        Stays as it is.
    layers : sequence of int
        From `student_layers`.
    start : {"teacher", "random"}
        Whether it begins as the embeddings, these layers and the head of its teacher, or with random weights.
    seed : int, default 0
        Of the random weights.

    Returns
    -------
    Model
        In float32 and in evaluation mode, on the teacher's device.

    Raises
    ------
    ValueError
        For an encoder-decoder, and layers that share their weights.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> student_of(bp.load(), (1, 3, 5)).n_layers
    3
    """
    name = type(teacher.hf).__name__
    if teacher.is_encoder_decoder:
        raise ValueError(f"teacher must be one stack of layers, such as BERT, and {name} has two")
    blocks = list(teacher._stacks[0].blocks)
    if len(blocks) < teacher.n_layers:
        raise ValueError(f"teacher must have layers of their own weights, and those of {name} share theirs")
    path = next(
        path
        for path, part in teacher.hf.named_modules()
        if isinstance(part, nn.ModuleList) and list(part) == blocks
    )
    hf: Any = deepcopy(teacher.hf)
    hf.float()
    kept = [hf.get_submodule(path)[layer] for layer in layers]
    owner, _, own = path.rpartition(".")
    setattr(hf.get_submodule(owner), own, nn.ModuleList(kept))
    config: Any = hf.config
    config.num_hidden_layers = len(layers)
    if getattr(config, "layer_types", None):
        config.layer_types = [config.layer_types[layer] for layer in layers]
    what = f"{teacher.info.title}, {len(layers)} of {teacher.n_layers} layers"
    source = f"layers {', '.join(map(str, layers))} of {teacher.info.id or name}"
    student = wrap(hf.eval(), teacher.tokenizer, info=ModelInfo(id=what, source=source))
    return student if start == "teacher" else untrained_twin(student, seed=seed)
