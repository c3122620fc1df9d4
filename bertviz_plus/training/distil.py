"""Distil a model: train one of fewer layers to do as it does, on texts without labels."""

import hashlib
import json
from collections.abc import Sequence
from os import PathLike
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from bertviz_plus.models.model import Model
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.models.passes.encoding import given
from bertviz_plus.models.predictions.head import has_language_model_head
from bertviz_plus.models.predictions.task_loss import Example, examples_of, in_passes
from bertviz_plus.training.distil_loss import LOSSES, distances, shown, summed
from bertviz_plus.training.distilled import Distilled, described, made_student
from bertviz_plus.training.fitting import Fit
from bertviz_plus.training.running import run_fit
from bertviz_plus.training.student import student_layers
from bertviz_plus.training.tuning_settings import TuningSettings

_WORKS = "distil(bp.load(), texts)"
_FEWEST = 10
_HELD_BACK = 0.1
_RATE = 5e-4


def distil(
    teacher: Model,
    texts: Sequence[str],
    *,
    layers: int | Sequence[int] | None = None,
    losses: Sequence[str] | None = None,
    start: str = "teacher",
    seed: int = 0,
    epochs: int = 8,
    steps: int | None = None,
    batch_size: int = 16,
    learning_rate: float | None = None,
    weight_decay: float = 0.01,
    warmup: float = 0.1,
    keep: str = "best",
    precision: str | None = None,
    threads: int = 1,
    checkpoint: str | PathLike[str] | None = None,
    progress: bool = True,
) -> Distilled:
    """Train a student of fewer layers to do as its teacher does, on texts without labels.

    The student begins as the teacher's embeddings, some of its layers, and its head (Sanh et al. 2019).
    Each of its layers is to give what the teacher's gives (Jiao et al. 2020). The loss is the sum of

    - ``"logits"``: the divergence KL(teacher ‖ student) of what the head answers, in nats;
    - ``"hidden"``: the squared difference of hidden states;
    - ``"attention"``: that of attention before the softmax, scaled products of queries and keys.

    The last two are means over layers, each as a share of the variance of the teacher's, so that no layer
    outweighs another; the papers do not scale them. Neither model drops anything out. A masked language model
    is asked for 15% of the tokens, which are hidden from both. A tenth of the texts is held back. Two runs
    with one seed on one machine give the same numbers bit for bit.

    Parameters
    ----------
    teacher : Model
        One stack of layers, such as BERT; it stays as it is.
    texts : sequence of str
        Ten at least; one that stands twice is read once.
    layers : int or sequence of int, optional
        How many layers the student has, spread evenly over the teacher's; or which of them it begins as.
        Half of them by default: of six the layers 1, 3 and 5.
    losses : sequence of {"logits", "hidden", "attention"}, optional
        All that the teacher has, by default: logits need a head, attention an architecture that follows
        transformers' AttentionInterface.
    start : {"teacher", "random"}, default "teacher"
        Begin as layers of the teacher, whose embeddings then stay as they are, or with random weights, which
        are all trained.
    seed : int, default 0
        Of which texts are held back, which tokens hidden, the order of the texts, and random weights.
    epochs : int, default 8
        Passes over the texts.
    steps : int, optional
        Batches in place of epochs: training ends after so many.
    batch_size, weight_decay, warmup, precision, threads, checkpoint
        As in `fine_tune`.
    learning_rate : float, optional
        The highest; 5e-4 by default.
    keep : {"best", "last"}, default "best"
        Which epoch's student is returned: the nearest to the teacher on the texts held back, or the last.
    progress : bool, default True

    Returns
    -------
    Distilled
        With `model`, `history`, `save`, `load`.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed: an encoder-decoder, layers that the teacher does
        not have, a loss that it does not have, too few texts, a checkpoint of another run.
    DivergedError
        When the loss or the gradient is no number any more, saying where; its `tuned` is the last good state.

    References
    ----------
    Sanh et al. 2019, "DistilBERT", section 3; Jiao et al. 2020, "TinyBERT", equations 7 to 10.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = bp.tasks["topic"].train.texts[:20]
    >>> small = distil(bp.load("bert-tiny"), texts, layers=1, epochs=2, progress=False)
    >>> small.model.n_layers, small.history["dev_loss"].is_monotonic_decreasing
    (1, True)
    """
    check_model(teacher, _WORKS)
    read = _checked_texts(texts)
    chosen = student_layers(teacher, layers)
    if start not in ("teacher", "random"):
        raise ValueError(f"start must be 'teacher' or 'random', got {start!r}")
    settings = TuningSettings(
        seed=seed,
        epochs=epochs,
        steps=steps,
        batch_size=batch_size,
        learning_rate=_RATE if learning_rate is None else learning_rate,
        weight_decay=weight_decay,
        warmup=warmup,
        freeze="embeddings" if start == "teacher" else None,
        precision=precision,
        threads=threads,
        keep=keep,
    ).of(teacher.hf.device, teacher.hidden_size)
    student = made_student(teacher, chosen, start, settings)
    compared = _checked_losses(teacher, losses)
    order = np.random.default_rng(seed).permutation(len(read))
    examples = _examples(teacher, [read[place] for place in order], compared, seed)
    held = max(1, round(_HELD_BACK * len(examples)))
    fit = _Distillation(student, teacher, settings, examples[held:], examples[:held], chosen, compared)
    digest = hashlib.sha256(json.dumps(read).encode()).hexdigest()
    run = described(teacher, digest, chosen, compared, start, settings)
    return run_fit(
        fit,
        run,
        checkpoint,
        lambda: Distilled.of(student, teacher, run, settings, fit.fitted),
        way=False,
        progress=progress,
    )


class _Distillation(Fit):
    """Training of a student on what its teacher shows of texts."""

    does: ClassVar[str] = "Distilling"

    def __init__(
        self,
        student: Model,
        teacher: Model,
        settings: TuningSettings,
        train: Sequence[Example],
        dev: Sequence[Example],
        layers: tuple[int, ...],
        losses: tuple[str, ...],
    ) -> None:
        super().__init__(student, settings, train, dev)
        self.teacher, self.layers, self.losses = teacher, layers, losses

    def _loss(self, batch: Sequence[Example]) -> Tensor:
        half = self.settings.precision == "bfloat16"
        with torch.autocast(self.model.hf.device.type, torch.bfloat16, enabled=half):
            wanted = shown(self.teacher, batch, self.losses)
            own = shown(self.model, batch, self.losses, gradients=True)
        return summed(distances(own, wanted, self.layers))

    def _scored(self) -> dict[str, float]:
        sums = dict.fromkeys(self.losses, 0.0)
        for places in in_passes(self.model, self.dev):
            batch = [self.dev[place] for place in places]
            own, wanted = (shown(one, batch, self.losses) for one in (self.model, self.teacher))
            for name, value in distances(own, wanted, self.layers).items():
                sums[name] += float(value) * len(places) / len(self.dev)
        return {"dev_loss": sum(sums.values()), **{f"dev_{name}": value for name, value in sums.items()}}


def _checked_texts(texts: Any) -> list[str]:
    if isinstance(texts, str) or not isinstance(texts, Sequence):
        raise TypeError(f"texts must be a list of strings, got {type(texts).__name__}. This works: {_WORKS}")
    for place, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"texts[{place}] must be a text that is not empty, got {text!r:.60}")
    read = list(dict.fromkeys(texts))
    if len(read) < _FEWEST:
        raise ValueError(f"texts must be {_FEWEST} different ones at least, got {len(read)}")
    return read


def _checked_losses(teacher: Model, losses: Any) -> tuple[str, ...]:
    lacks = {}
    if not _answers(teacher):
        lacks["logits"] = "has no head"
    if not teacher.records_attention:
        lacks["attention"] = "does not follow transformers' AttentionInterface"
    if losses is None:
        return tuple(name for name in LOSSES if name not in lacks)
    named = () if isinstance(losses, str) else tuple(losses)
    if not named or len(set(named)) < len(named) or not set(named) <= set(LOSSES):
        raise ValueError(f"losses must be some of {', '.join(map(repr, LOSSES))}, each once, got {losses!r}")
    for name in named:
        if name in lacks:
            raise ValueError(f"losses must leave out {name!r}: {type(teacher.hf).__name__} {lacks[name]}")
    return named


def _answers(model: Model) -> bool:
    """Whether a model has a head: of a language model, for texts, or for tokens."""
    kinds = ("ForSequenceClassification", "ForTokenClassification")
    return has_language_model_head(model) or type(model.hf).__name__.endswith(kinds)


def _examples(teacher: Model, texts: Sequence[str], losses: Sequence[str], seed: int) -> list[Example]:
    """Bring texts into the form that both models read, with words hidden where a head is asked for them."""
    if "logits" in losses and has_language_model_head(teacher):
        return examples_of(teacher, texts, seed=seed)
    return [Example(teacher._encode(given(text), truncation=True), (), ()) for text in texts]
