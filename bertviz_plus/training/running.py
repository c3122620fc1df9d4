"""A training from its beginning, or from where it stopped, to what comes of it."""

from collections.abc import Callable
from os import PathLike
from typing import Any, TypeVar

from bertviz_plus.training.fitting import Fit, NotFiniteError
from bertviz_plus.training.run_files import exists, resume, save_checkpoint

Made = TypeVar("Made")


class DivergedError(FloatingPointError):
    """The loss is no number any more.

    Attributes
    ----------
    tuned : Tuned or Distilled
        The last good state.
    """

    def __init__(self, said: str, tuned: Any) -> None:
        super().__init__(said)
        self.tuned = tuned


def run_fit(
    fit: Fit,
    run: dict[str, Any],
    checkpoint: str | PathLike[str] | None,
    make: Callable[[], Made],
    *,
    way: bool,
    progress: bool,
) -> Made:
    """Train to the end, and return what `make` makes of it.

    Parameters
    ----------
    fit : Fit
    run : dict
        What makes this run this one, for the checkpoint.
    checkpoint : path-like or None
        A file that is written after each epoch, and taken up where it is there.
    make : callable
        Makes the result of what `fit` has kept.
    way, progress : bool

    Raises
    ------
    ValueError
        For a checkpoint of another run.
    DivergedError
        When the loss is no number any more; FloatingPointError where it never was one.
    """
    if checkpoint is not None and exists(checkpoint):
        resume(fit, run, checkpoint)

    def after(fit: Fit) -> None:
        if checkpoint is not None:
            save_checkpoint(fit, run, checkpoint)

    try:
        fit.run(after, way=way, progress=progress)
    except NotFiniteError as error:
        if not fit.fitted.history:
            raise FloatingPointError(f"{error}: the model itself gives no number") from error
        made = make()
        raise DivergedError(
            f"{error}. The model as it was after epoch {fit.fitted.chosen} is in this error's `tuned`; a "
            "lower learning_rate may help",
            made,
        ) from error
    return make()
