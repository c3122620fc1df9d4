"""What comes of fine-tuning: a model, how it was trained, and how well it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from bertviz_plus.data.examples import Examples
from bertviz_plus.data.task import Task
from bertviz_plus.measures.intervals import bootstrap_interval
from bertviz_plus.measures.task_baselines import baselines_right, drawn_with
from bertviz_plus.models.loading.adapters import merge
from bertviz_plus.models.loading.weights import with_weights
from bertviz_plus.models.model import Model, wrap
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.models.predictions.task_loss import answers_to, examples_of, in_passes
from bertviz_plus.training.attaching import NAME
from bertviz_plus.training.fitting import Fitted
from bertviz_plus.training.low_rank import low_rank_of, stored
from bertviz_plus.training.preparing import as_loaded, prepared, trained_parameters
from bertviz_plus.training.run_files import check_run, describe_run, read_tuned, save_tuned
from bertviz_plus.training.tuning_settings import TuningSettings

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, eq=False)
class Tuned:
    """A fine-tuned model. Made by `fine_tune`, or read from a file by `load`.

    Frozen, compared by identity.

    Attributes
    ----------
    model : Model
        Like any other: it is traced, predicts labels, and is looked at.
    base : Model
        What it was made of; it is as it was.
    task : Task
    settings : TuningSettings
        How it was trained, with nothing left open.
    trained : tuple of str
        The names of the parameters that were trained.
    """

    model: Model
    base: Model
    task: Task
    settings: TuningSettings
    trained: tuple[str, ...]
    _fitted: Fitted

    @classmethod
    def of(cls, made: Model, base: Model, task: Task, settings: TuningSettings, fitted: Fitted) -> "Self":
        """Put what was kept into the model that was trained, and make it like any other."""
        parameters = trained_parameters(made)
        with torch.no_grad():
            for name, one in parameters.items():
                one.copy_(fitted.kept[name])
        as_loaded(made, base)
        return cls(made, base, task, settings, tuple(parameters), fitted)

    @property
    def history(self) -> pd.DataFrame:
        """A row for each epoch, 0 before training.

        The steps done (`step`); the mean loss of the epoch's steps, with dropout, and that of the dev set
        (`train_loss`, `dev_loss`, nats); the share of the dev set's labels that are right (`dev_accuracy`);
        and whether the model is of this epoch (`kept`).
        """
        return self._fitted.to_frame()

    @property
    def epoch(self) -> int:
        """The epoch that the model is of.

        With ``keep="best"`` the one of highest accuracy on the dev set, of several the one of lowest loss
        there.
        """
        return self._fitted.chosen

    @property
    def share_trained(self) -> float:
        """The share of the model's parameters that were trained."""
        counts = {name: one.numel() for name, one in self.model.hf.named_parameters()}
        return sum(counts[name] for name in self.trained) / sum(counts.values())

    @property
    def way(self) -> tuple[Mapping[str, Tensor], ...]:
        """The trained parameters at each row of `history`; empty unless ``fine_tune(way=True)``."""
        return tuple(self._fitted.way)

    def start(self) -> Model:
        """Return the model as it was before the first step: the base, with the new head."""
        made = prepared(self.base, self.task, self.settings)
        as_loaded(made, self.base)
        return made

    def answers(self, examples: Examples) -> tuple[str, ...]:
        """Return the model's label for each label of some examples.

        Parameters
        ----------
        examples : Examples
            Of words, labels of all sentences come in one row, without those that are None.
        """
        self._check_kind(examples)
        encoded = examples_of(self.model, examples)
        found: dict[int, list[int]] = {}
        for places in in_passes(self.model, encoded):
            best = answers_to(self.model, [encoded[place] for place in places]).argmax(-1).tolist()
            found |= dict(zip(places, best, strict=True))
        names = self.task.label_names
        wanted = [labels if examples.kind == "words" else (labels,) for labels in examples.labels]
        counts = [sum(label is not None for label in labels) for labels in wanted]
        return tuple(names[one] for place, count in enumerate(counts) for one in found[place][:count])

    def scores(
        self, examples: Examples | None = None, *, resamples: int = 1000, seed: int = 0
    ) -> pd.DataFrame:
        """Score the model beside what needs none: the most frequent label and a bag of words.

        Parameters
        ----------
        examples : Examples, optional
            ``task.test`` where it is not given; or one of ``task.other_languages``.
        resamples : int, default 1000
            Bootstrap resamples of `examples`, as in `task_baselines`, which describes the baselines.
        seed : int, default 0

        Returns
        -------
        DataFrame
            Indexed by what is scored, first the model: accuracy, low and high (the 95% interval), n, how many
            labels were scored; and by how much the model is above each baseline, with a paired interval
            (gain, gain_low, gain_high).
        """
        on = self.task.test if examples is None else examples
        own = right_of(self, on)
        sources = drawn_with(on)
        rows = {}
        for name, right in {"tuned model": own, **baselines_right(self.task, on)}.items():
            low, high = bootstrap_interval(right, sources, resamples=resamples, seed=seed)
            row = {"accuracy": float(right.mean()), "low": low, "high": high, "n": len(right)}
            if right is not own:
                gains = own.astype(float) - right
                gain_low, gain_high = bootstrap_interval(gains, sources, resamples=resamples, seed=seed)
                row |= {"gain": float(gains.mean()), "gain_low": gain_low, "gain_high": gain_high}
            rows[name] = row
        return pd.DataFrame.from_dict(rows, orient="index")

    def merged(self) -> Model:
        """Return a model of the plain architecture, with LoRA's changes added to its matrices.

        It answers as `model` does to within rounding, and `model.hf.save_pretrained` writes it whole.

        Raises
        ------
        ValueError
            With Houlsby's adapters, which no matrix can take in.
        """
        if self.settings.adapter == "houlsby":
            raise ValueError(
                "merged needs adapter='lora', or none: a Houlsby adapter is not linear, and no matrix can "
                "take it in"
            )
        hf: Any = self.model.hf
        # Copies: `with_weights` takes the tensors themselves.
        plain = {name: one.clone() for name, one in hf.state_dict().items() if f".{NAME}." not in name}
        whole = with_weights(type(hf), hf.config, plain).to(hf.device)
        merge(whole, stored(low_rank_of(hf)))
        return wrap(whole, self.model.tokenizer, info=self.model.info)

    def save(self, path: str | PathLike[str]) -> None:
        """Write what was trained to one file, safetensors without pickle: the base stays where it is.

        For a folder that `bp.load` reads, without history: ``tuned.model.hf.save_pretrained(folder)`` and
        ``tuned.model.tokenizer.save_pretrained(folder)``; with LoRA, of ``tuned.merged()``.
        """
        save_tuned(self._fitted, describe_run(self.base, self.task, self.settings), path)

    @classmethod
    def load(cls, path: str | PathLike[str], model: Model, task: Task) -> "Tuned":
        """Read a file that `save` wrote.

        Parameters
        ----------
        path : path-like
        model : Model
            What was fine-tuned.
        task : Task
            What it was fine-tuned on.

        Raises
        ------
        FileNotFoundError, ValueError
            For no such file, a damaged one, and one of another model or task.
        """
        check_model(model, "Tuned.load(path, model, task)")
        run, fitted = read_tuned(path)
        known = {name: value for name, value in run.items() if name not in ("model", "task")}
        settings = TuningSettings(**known)
        check_run(run, describe_run(model, task, settings), path, "path")
        return cls.of(prepared(model, task, settings), model, task, settings, fitted)

    def _check_kind(self, examples: Examples) -> None:
        if examples.kind != self.task.kind:
            raise ValueError(f"examples must hold {self.task.kind}, as the task does, got {examples.kind}")

    def __repr__(self) -> str:
        row = self._fitted.history[self.epoch]
        return (
            f"Tuned {self.model.info.id}: {self.share_trained:.1%} of the parameters trained, epoch "
            f"{self.epoch} of {self._fitted.epochs} kept, accuracy {row['dev_accuracy']:.3f} on the dev set"
        )


def right_of(tuned: Tuned, examples: Examples) -> NDArray[np.bool_]:
    """Return whether a model's answer is right, for each label of some examples, ``[labels]``."""
    gold = np.array([label for label in examples.flat_labels if label is not None])
    return np.asarray(np.array(tuned.answers(examples)) == gold)
