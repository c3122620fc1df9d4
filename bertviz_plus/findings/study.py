"""One run of an experiment: what was asked, and what was read for it, each read once."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.sample import Sample
from bertviz_plus.traces.model_info import ModelInfo


@dataclass(frozen=True, eq=False)
class Data:
    """What an experiment was given, in the one form that it reads.

    Attributes
    ----------
    content : object
    described : dict
        Its name, its hash and how much it is, for the provenance.
    reading : object, optional
        What a model has read in it already: no model is needed then.
    """

    content: Any
    described: Mapping[str, Any]
    reading: Any = None


@dataclass(eq=False)
class Study:
    """One run of an experiment.

    What it reads is read when it is first asked for: a precondition that concerns the data alone fails
    before the model is run.

    Attributes
    ----------
    model : Model or None
    data : Data
    read : callable
        From a model and this study to what the model reads in the data.
    taken : callable
        From this study to the sample of what was read.
    options : dict
        The experiment's own.
    budget : Budget, optional
        What an experiment that trains may spend.
    resamples, seed, untrained, progress
        As of `Finding.run`.
    remarks : list of str
        What was warned of while reading.
    """

    model: Any
    data: Data
    read: Callable[[Any, "Study"], Any]
    taken: Callable[["Study"], Sample]
    options: Mapping[str, Any] = field(default_factory=dict)
    resamples: int = 1000
    seed: int = 0
    untrained: bool = True
    progress: bool = False
    budget: Budget | None = None
    remarks: list[str] = field(default_factory=list)

    @property
    def info(self) -> ModelInfo | None:
        """The model that read, or reads, the data."""
        if self.data.reading is None and self.model is not None:
            info: ModelInfo = self.model.info
            return info
        return getattr(self.data.reading, "model", None)

    @cached_property
    def reading(self) -> Any:
        """What the model reads in the data."""
        if self.data.reading is not None:
            return self.data.reading
        reading, self.remarks = self._read(self.model)
        return reading

    @property
    def spending(self) -> Budget:
        """The budget of an experiment that trains.

        Raises
        ------
        ValueError
            Where it does not train.
        """
        if self.budget is None:
            raise ValueError("budget must be there to train, got None")
        return self.budget

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds to train with: as many as the budget has, from `seed` on."""
        return tuple(range(self.seed, self.seed + self.spending.seeds))

    @cached_property
    def sample(self) -> Any:
        """The `Sample` that is measured, of the experiment's own kind."""
        return self.taken(self)

    @cached_property
    def twin(self) -> Sample | None:
        """The same items read by an untrained twin, where one was asked for and there is a model."""
        if not self.untrained:
            return None
        if self.data.reading is not None:
            kept = getattr(self.data.reading, "twin", None)
            return None if kept is None else self.sample.read_by(kept)
        if self.model is None:
            return None
        from bertviz_plus.models.untrained import untrained_twin

        # What is warned of was said of the model already.
        reading, _ = self._read(untrained_twin(self.model, seed=self.seed))
        twin: Sample = self.sample.read_by(reading)
        return twin

    @property
    def twin_read(self) -> Sample | None:
        """The twin's sample where a baseline asked for it."""
        return self.__dict__.get("twin")

    def drop_twin(self) -> None:
        """Let go of the twin: only the baselines needed it."""
        self.__dict__.pop("twin", None)

    def _read(self, model: Any) -> tuple[Any, list[str]]:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            reading = self.read(model, self)
        remarks = [f"{one.message}." for one in said if issubclass(one.category, UserWarning)]
        for one in said:
            if not issubclass(one.category, UserWarning):
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        return reading, list(dict.fromkeys(remarks))
