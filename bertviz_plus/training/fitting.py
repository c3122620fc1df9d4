"""The loop that trains: batches, steps, and after each epoch a look at the dev set.

Nothing random is carried from step to step. The order of an epoch comes from the seed and the epoch's number,
dropout from the seed and the step's: a run that is taken up again goes on as if it had never stopped.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil, isfinite
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from bertviz_plus.models.model import Model
from bertviz_plus.models.passes.forward import model_inputs
from bertviz_plus.models.predictions.head import logits_of
from bertviz_plus.models.predictions.task_loss import Example, in_passes, losses_of, places_of, wanted_of
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.training.preparing import trained_parameters
from bertviz_plus.training.tuning_settings import TuningSettings

Weights = dict[str, Tensor]
_LONGEST_GRADIENT = 1.0


class NotFiniteError(ArithmeticError):
    """A loss or gradient is no number any more."""


@dataclass
class Fitted:
    """How far training has come, at the end of an epoch.

    Attributes
    ----------
    history : list of dict
        A row for each look at the dev set, the first before training.
    kept : dict of str to torch.Tensor
        The trained parameters of the epoch that is kept.
    chosen : int
        That epoch.
    way : list of dict
        The trained parameters at each look, where they are asked for.
    """

    history: list[dict[str, Any]] = field(default_factory=list)
    kept: Weights = field(default_factory=dict)
    chosen: int = 0
    way: list[Weights] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """How many epochs are done."""
        return len(self.history) - 1

    def to_frame(self) -> pd.DataFrame:
        """Return the history, and which epoch is kept."""
        rows = [row | {"kept": at == self.chosen} for at, row in enumerate(self.history)]
        return pd.DataFrame(rows).rename_axis("epoch")


class Fit:
    """Training of one model on one task's examples.

    Parameters
    ----------
    model : Model
        What is trained, in place.
    settings : TuningSettings
        With nothing left open.
    train, dev : sequence of Example
    """

    does: ClassVar[str] = "Fine-tuning"

    def __init__(
        self, model: Model, settings: TuningSettings, train: Sequence[Example], dev: Sequence[Example]
    ) -> None:
        self.model, self.settings, self.train, self.dev = model, settings, train, dev
        self.trained = trained_parameters(model)
        self.fitted = Fitted()
        decays = [one for one in self.trained.values() if one.dim() > 1]
        rest = [one for one in self.trained.values() if one.dim() <= 1]
        groups: list[dict[str, Any]] = [
            {"params": decays, "weight_decay": settings.weight_decay},
            {"params": rest},
        ]
        self.optimizer = torch.optim.AdamW(
            [group for group in groups if group["params"]], weight_decay=0.0, fused=True
        )
        self.per_epoch = ceil(len(train) / settings.batch_size)
        self.steps = settings.steps or settings.epochs * self.per_epoch

    def run(self, after: Callable[["Fit"], None], *, way: bool, progress: bool) -> None:
        """Train to the end; `after` each epoch something may be saved.

        Raises
        ------
        NotFiniteError
            Saying where. What `fitted` holds is good.
        """
        hf: Any = self.model.hf
        epochs = ceil(self.steps / self.per_epoch)
        with (
            _own_random_numbers(hf.device),
            _on_threads(self.settings.threads),
            tqdm(
                total=self.steps,
                initial=min(self.steps, max(0, self.fitted.epochs) * self.per_epoch),
                desc=f"{self.does}, seed {self.settings.seed}",
                unit=" steps",
                delay=1,
                disable=not progress,
            ) as bar,
        ):
            if not self.fitted.history:
                self._look(0, float("nan"), way=way)
            for epoch in range(self.fitted.epochs, epochs):
                loss = self._epoch(epoch, bar)
                self._look(min(self.steps, (epoch + 1) * self.per_epoch), loss, way=way)
                after(self)
                bar.set_postfix(dev_loss=f"{self.fitted.history[-1]['dev_loss']:.3f}", refresh=False)

    def _epoch(self, epoch: int, bar: Any) -> float:
        """Train one epoch; return its mean loss in nats."""
        hf: Any = self.model.hf
        order = np.random.default_rng([self.settings.seed, epoch]).permutation(len(self.train))
        total, seen = 0.0, 0
        hf.train()
        try:
            for batch in range(self.per_epoch):
                step = epoch * self.per_epoch + batch
                if step == self.steps:
                    break
                places = order[batch * self.settings.batch_size :][: self.settings.batch_size]
                total += self._step(step, epoch, [self.train[place] for place in places]) * len(places)
                seen += len(places)
                bar.update()
        finally:
            hf.eval()
        return total / seen

    def _step(self, step: int, epoch: int, batch: Sequence[Example]) -> float:
        torch.manual_seed(int(np.random.SeedSequence([self.settings.seed, step]).generate_state(2)[0]))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(step)
        loss = self._loss(batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        length = nn.utils.clip_grad_norm_(self.trained.values(), _LONGEST_GRADIENT)
        value = float(loss.detach())
        if not (isfinite(value) and isfinite(float(length))):
            what = f"loss is {value}" if not isfinite(value) else f"gradient's length is {float(length)}"
            raise NotFiniteError(
                f"the {what} at step {step} (epoch {epoch + 1}), learning rate {self.rate(step):.2g}"
            )
        self.optimizer.step()
        return value

    def rate(self, step: int) -> float:
        """Return the learning rate of a step: up in a straight line, then down to 0."""
        rising = max(1, round(self.settings.warmup * self.steps))
        share = min((step + 1) / rising, (self.steps - step) / max(1, self.steps - rising))
        return float(self.settings.learning_rate or 0.0) * min(1.0, share)

    def _loss(self, batch: Sequence[Example]) -> Tensor:
        hf: Any = self.model.hf
        half = self.settings.precision == "bfloat16"
        with torch.autocast(hf.device.type, torch.bfloat16, enabled=half):
            logits = logits_of(hf(**model_inputs(hf, [one.read for one in batch])))
        if batch[0].at:
            columns = torch.tensor(places_of(batch), device=logits.device)
            logits = logits[torch.arange(len(batch), device=logits.device)[:, None], columns].flatten(0, 1)
        wanted = wanted_of(batch, logits.device).flatten()
        return nn.functional.cross_entropy(logits.float(), wanted)

    def _look(self, step: int, loss: float, *, way: bool) -> None:
        """Score the dev set, and keep the state where it is the one to keep."""
        fitted = self.fitted
        row = {"step": step, "train_loss": loss, **self._scored()}
        if not isfinite(row["dev_loss"]):
            raise NotFiniteError(f"the loss of the dev set is {row['dev_loss']} after step {step}")
        now = {name: one.detach().clone() for name, one in self.trained.items()}
        best = fitted.history[fitted.chosen] if fitted.history else None
        if best is None or self.settings.keep == "last" or _rank(row) > _rank(best):
            fitted.kept, fitted.chosen = now, len(fitted.history)
        if way:
            fitted.way.append(now)
        fitted.history.append(row)

    def _scored(self) -> dict[str, float]:
        """Return the loss of the dev set, and what else its look gives."""
        loss, accuracy = score(self.model, self.dev)
        return {"dev_loss": loss, "dev_accuracy": accuracy}


def _rank(row: dict[str, Any]) -> tuple[float, float]:
    return row.get("dev_accuracy", 0.0), -row["dev_loss"]


def score(model: Model, examples: Sequence[Example]) -> tuple[float, float]:
    """Return the mean loss in nats, and the accuracy, over all labels of some examples."""
    loss = right = total = 0.0
    for places in in_passes(model, examples):
        batch = [examples[place] for place in places]
        losses = losses_of(model, batch)
        counts = torch.tensor([sum(label >= 0 for label in one.wanted) for one in batch])
        loss += float((losses.loss.cpu() * counts).sum())
        right += float((losses.right.cpu() * counts).sum())
        total += float(counts.sum())
    return loss / total, right / total


@contextmanager
def _own_random_numbers(device: torch.device) -> Iterator[None]:
    """Leave PyTorch's own random state as it was."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield


@contextmanager
def _on_threads(threads: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
