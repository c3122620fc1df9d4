"""What comes of distillation: a student, how it was trained, and how far it is from its teacher."""

from dataclasses import dataclass, replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch

from bertviz_plus.models.model import Model
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.training.fitting import Fitted
from bertviz_plus.training.preparing import as_loaded, trained_parameters
from bertviz_plus.training.run_files import DISTILLED, check_run, read_tuned, save_tuned, weights_sha256
from bertviz_plus.training.student import student_of
from bertviz_plus.training.tuning_settings import TuningSettings

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, eq=False)
class Distilled:
    """A student that was distilled. Made by `distil`, or read from a file by `load`.

    Frozen, compared by identity.

    Attributes
    ----------
    model : Model
        The student, a model like any other; in float32.
    teacher : Model
        As it was.
    layers : tuple of int
        The teacher's attention layer that each of the student's began as and was compared with.
    losses : tuple of str
        What they were compared in.
    start : {"teacher", "random"}
        What the student began as.
    settings : TuningSettings
        How it was trained, with nothing left open.
    """

    model: Model
    teacher: Model
    layers: tuple[int, ...]
    losses: tuple[str, ...]
    start: str
    settings: TuningSettings
    _fitted: Fitted
    _texts: str

    @classmethod
    def of(
        cls,
        student: Model,
        teacher: Model,
        run: dict[str, Any],
        settings: TuningSettings,
        fitted: Fitted,
    ) -> "Self":
        """Put what was kept into the student, and make it like any other model."""
        parameters = trained_parameters(student)
        with torch.no_grad():
            for name, one in parameters.items():
                one.copy_(fitted.kept[name])
        as_loaded(student, teacher)
        own = student._info
        student._info = replace(
            own, id=f"{own.id}, distilled (seed {settings.seed})", source=f"{own.source}, distilled here"
        )
        return cls(
            student,
            teacher,
            tuple(run["layers"]),
            tuple(run["losses"]),
            run["start"],
            settings,
            fitted,
            run["texts"],
        )

    @property
    def history(self) -> pd.DataFrame:
        """A row for each epoch, 0 before training.

        The steps done (`step`); the mean loss of the epoch's steps (`train_loss`); the loss of texts that
        were held back (`dev_loss`) and its parts, as `distil` describes them (`dev_logits` in nats,
        `dev_hidden`, `dev_attention`); and whether the student is of this epoch (`kept`).
        """
        return self._fitted.to_frame()

    @property
    def epoch(self) -> int:
        """The epoch that the student is of."""
        return self._fitted.chosen

    def untrained(self) -> Model:
        """Return the student as it was before the first step."""
        return student_of(self.teacher, self.layers, start=self.start, seed=self.settings.seed)

    def save(self, path: str | PathLike[str]) -> None:
        """Write what was trained to one file, safetensors without pickle; the teacher stays where it is.

        For a folder that `bp.load` reads, without history: ``distilled.model.hf.save_pretrained(folder)`` and
        ``distilled.model.tokenizer.save_pretrained(folder)``.
        """
        run = described(self.teacher, self._texts, self.layers, self.losses, self.start, self.settings)
        save_tuned(self._fitted, run, path, DISTILLED)

    @classmethod
    def load(cls, path: str | PathLike[str], teacher: Model) -> "Self":
        """Read a file that `save` wrote.

        Parameters
        ----------
        path : path-like
        teacher : Model
            Of which the student has its frozen embeddings.

        Raises
        ------
        FileNotFoundError, ValueError
            For no such file, a damaged one, and one of another teacher.
        """
        check_model(teacher, "Distilled.load(path, teacher)")
        run, fitted = read_tuned(path, DISTILLED)
        check_run(run, {"teacher": weights_sha256(teacher)}, path, "path")
        own = ("teacher", "texts", "layers", "losses", "start")
        settings = TuningSettings(**{name: value for name, value in run.items() if name not in own})
        student = made_student(teacher, run["layers"], run["start"], settings)
        return cls.of(student, teacher, run, settings, fitted)

    def __repr__(self) -> str:
        row, first = self._fitted.history[self.epoch], self._fitted.history[0]
        return (
            f"Distilled {self.model.info.id}: epoch {self.epoch} of {self._fitted.epochs} kept, loss "
            f"{row['dev_loss']:.3f} on texts held back, {first['dev_loss']:.3f} before"
        )


def described(
    teacher: Model,
    texts: str,
    layers: tuple[int, ...],
    losses: tuple[str, ...],
    start: str,
    settings: TuningSettings,
) -> dict[str, Any]:
    """Return what makes a run this run and no other; `texts` is the SHA-256 of the texts."""
    run = {"layers": list(layers), "losses": list(losses), "start": start}
    return {"teacher": weights_sha256(teacher), "texts": texts, **run, **vars(settings)}


def made_student(teacher: Model, layers: tuple[int, ...], start: str, settings: TuningSettings) -> Model:
    """Return a student ready to be trained; those of its parameters that require gradients are."""
    from bertviz_plus.training.freezing import freeze_bottom

    student = student_of(teacher, layers, start=start, seed=settings.seed)
    # The fused kernel's backward pass is several times slower than plain attention for short texts.
    student.hf.set_attn_implementation("eager")
    freeze_bottom(student, settings.freeze)
    return student
