"""The frame of findings that train: conditions, seeds, budgets, and trainings that are not done twice."""

import hashlib
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from time import monotonic
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.experiment import Experiment, Option
from bertviz_plus.findings.kept_runs import KeptRuns
from bertviz_plus.findings.provenance import provenance_record
from bertviz_plus.findings.runs import Runs
from bertviz_plus.findings.seeded_sample import SeededSample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.progress import tqdm


def _check_budget(value: Any) -> None:
    if not isinstance(value, Budget) and value not in ("quick", "full"):
        raise ValueError(f"budget must be 'quick', 'full' or a Budget, got {value!r}")


def _check_resume(value: Any) -> None:
    if value is not None and not isinstance(value, str | os.PathLike):
        raise TypeError(f"resume must be the path of a file, or None, got {type(value).__name__}")


BUDGET = Option(
    "budget",
    "quick",
    "'quick' takes at most three minutes on two cores and may well be inconclusive; 'full' takes what it "
    "takes; or a Budget of your own",
    _check_budget,
)
RESUME = Option(
    "resume",
    None,
    "a file that keeps each training as it ends; given again after an interrupt, those are not done twice",
    _check_resume,
    matters=False,
)


class TrainingExperiment(Experiment):
    """What the file of a claim about training states.

    A subclass names its `conditions`, of which the first is what the claim speaks of; says in `budgets` what
    may be spent; and trains one model under one condition with one seed in `train`, which returns plain
    numbers, those of items (test sentences) with the items as their first axis.

    The frame trains under every condition with every seed, each in PyTorch's random state of that seed, which
    is put back; shows the progress; keeps what has been trained in the file ``resume=``; and puts the numbers
    together as `Runs`, which can also be given as ``data=``. A measure scores a `SeededSample` of them: its
    interval is over seeds and items together. Where a single seed was trained the verdict is
    ``inconclusive``, whatever the numbers. ``python -m bertviz_plus.findings.record KEY`` records every
    number in ``data/recorded``, and `Finding.recorded` computes the results from there.

    Examples
    --------
    A finding that trains, whole but for `details`, `view`, `items`, `needs` and its docstring::

        RIGHT = Measured(
            ...,
            fewest=40,                                   # of items
            score=lambda sample, _: sample.scored("right"),
            baselines=(fixed_place("nothing frozen", "trains all weights", "nothing frozen"), ...),
        )

        class Freezing(TrainingExperiment):
            key = "freezing"
            conditions = ("half frozen", "nothing frozen")
            numbers = ("right",)
            budgets = {
                "quick": Budget(3, {"examples": 120, "steps": 40}),
                "full": Budget(5, {"examples": 600, "steps": 400}),
            }
            measures = (RIGHT,)

            def take_data(self, data, options):           # Data(content, described), as in any experiment
                ...

            def train(self, model, condition, seed, study):
                task = study.data.content
                tuned = fine_tune(model, task, steps=study.budget["steps"], seed=seed, ...)
                return {"right": tuned.right(task.test)}  # [items]

    """

    conditions: ClassVar[tuple[str, ...]]
    """What is trained; see `conditions_of` where they depend on the model."""
    numbers: ClassVar[tuple[str, ...]]
    """The names of what `train` returns."""
    reading: ClassVar[str] = "Runs"
    options: ClassVar[tuple[Option, ...]] = (BUDGET, RESUME)
    """One with options of its own writes ``(*TrainingExperiment.options, Option(…))``."""
    budgets: ClassVar[Mapping[str, Budget]]
    """``"quick"``, at most three minutes on two cores, and ``"full"``, of three seeds at least."""
    recorded_with: ClassVar[tuple[str, ...]] = ("bert-tiny", "all-MiniLM-L6-v2")
    """The bundled models that ``make experiments`` records it with."""

    def take_data(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring what was given, unless it is `Runs`, into the form that is trained on."""
        raise NotImplementedError

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, ArrayLike]:
        """Train under a condition with a seed, on a copy of the model, and return plain numbers.

        ``study.budget`` says how much, ``study.data.content`` on what. PyTorch's random state is that of the
        seed; other generators are to be made of the seed.
        """
        raise NotImplementedError

    def conditions_of(self, model: Any, study: Study) -> tuple[str, ...]:
        """Return the conditions to train under."""
        del model, study
        return self.conditions

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take runs as they are, and bring the rest into one form."""
        if not isinstance(data, Runs):
            return self.take_data(data, options)
        missing = [name for name in self.numbers if name not in data.numbers]
        if missing:
            raise ValueError(f"data must be Runs of finding {self.key!r}, and these have no {missing[0]!r}")
        return Data(None, data.data or {"name": "runs"}, data)

    def read(self, model: Any, study: Study) -> Runs:
        """Train under every condition with every seed."""
        kept = self._kept(study)
        conditions, seeds = self.conditions_of(model, study), study.seeds
        found = []
        info: ModelInfo = self.own_model or model.info
        name = info.id or type(model.hf).__name__
        with tqdm(
            total=len(conditions) * len(seeds), delay=1, leave=False, disable=not study.progress
        ) as bar:
            for condition in conditions:
                for seed in seeds:
                    bar.set_description(f"{condition}, seed {seed}")
                    training = f"{name}: {condition}, seed {seed}"
                    numbers = kept.get(training) if kept else None
                    if numbers is None:
                        start = monotonic()
                        numbers = self._trained(model, condition, seed, study)
                        if kept:
                            kept.put(training, numbers, monotonic() - start)
                    found.append(numbers)
                    bar.update()
        return Runs(
            conditions,
            seeds,
            {one: _together([each[one] for each in found], conditions, seeds, one) for one in self.numbers},
            info,
            study.data.described,
            {"name": _name_of(study.options["budget"]), **(study.budget.to_dict() if study.budget else {})},
        )

    def sample(self, study: Study) -> SeededSample:
        """Take all items."""
        spent = dict(study.reading.budget)
        amounts = ", ".join(f"{amount:g} {name}" for name, amount in spent.items() if name != "name")
        most = f": {amounts}, or as many as there are" if amounts else ""
        notes = [f"Trained with the budget {spent['name']!r}{most}."] if spent else []
        return SeededSample.of(study.reading, notes)

    def unsettled(self, study: Study) -> str:
        """Let a single seed decide nothing."""
        if len(study.reading.seeds) > 1:
            return ""
        return "a single seed was trained, which says nothing of how others would come out"

    def spent(self, study: Study, provenance: Mapping[str, Any]) -> dict[str, Any]:
        """Say what was spent, where, and with which version of PyTorch."""
        given: Runs | None = study.data.reading
        if given is not None:
            options = provenance["options"] | {"budget": given.budget.get("name")}
            return {"options": options, "budget": dict(given.budget), "seeds": list(given.seeds)}
        name = _name_of(study.options["budget"])
        return {
            "options": provenance["options"] | {"budget": name},
            "budget": study.budget.to_dict() if study.budget else {},
            "seeds": list(study.seeds),
            "machine": machine_record(_device_of(study.model)),
            "versions": provenance["versions"] | {"torch": version("torch")},
        }

    def runs(self, study: Study) -> Runs:
        """Return the numbers of all trainings, those of the twin too where it was measured."""
        own: Runs = study.reading
        twin = study.twin_read
        return replace(own, twin=twin.runs) if isinstance(twin, SeededSample) else own

    @property
    def rule(self) -> str:
        """The rule, and what the budgets are."""
        spent = [f'budget="{name}" trains with {budget}' for name, budget in self.budgets.items()]
        return "; ".join([super().rule, "inconclusive too where a single seed was trained", *spent])

    def budget(self, options: Mapping[str, Any]) -> Budget:
        """Return the budget that was asked for.

        Raises
        ------
        ValueError
            For a budget of one's own that lacks an amount, or has one that nothing asks for.
        """
        asked = options["budget"]
        if not isinstance(asked, Budget):
            return self.budgets[asked]
        wanted = self.budgets["quick"].amounts
        if set(asked.amounts) != set(wanted):
            raise ValueError(
                f"budget must say {', '.join(wanted)} for finding {self.key!r}, got "
                f"{', '.join(asked.amounts) or 'no amounts'}"
            )
        return asked

    def _trained(self, model: Any, condition: str, seed: int, study: Study) -> dict[str, np.ndarray]:
        import torch

        device = _device_of(model)
        devices = [device] if device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(seed)
            numbers = self.train(model, condition, seed, study)
        return {one: np.asarray(numbers[one]) for one in self.numbers}

    def _kept(self, study: Study) -> KeptRuns | None:
        path = study.options["resume"]
        if path is None:
            return None
        options = {one.name: study.options[one.name] for one in self.options if one.matters}
        options["budget"] = study.budget.to_dict() if study.budget else {}
        identity = provenance_record(None, dict(study.data.described), seed=study.seed, options=options)
        weights = None if self.own_model else _hashed(study.model.hf)
        return KeptRuns(path, {"finding": self.key, "weights": weights, **identity})


def machine_record(device: Any) -> dict[str, Any]:
    """Say on what kind of machine it was trained."""
    import torch

    gpu = device.type == "cuda"
    kind = torch.cuda.get_device_name(device) if gpu else f"CPU, {platform.machine()}"
    return {"kind": kind, "cores": os.cpu_count()}


def _device_of(model: Any) -> Any:
    import torch

    # What is trained from scratch is so on the processor.
    return torch.device("cpu") if model is None else model.hf.device


def _name_of(budget: str | Budget) -> str:
    return budget if isinstance(budget, str) else "your own"


def _hashed(hf: Any) -> str:
    digest = hashlib.sha256()
    for parameter in hf.parameters():
        digest.update(parameter.detach().float().cpu().numpy().tobytes())
    return digest.hexdigest()


def _together(found: Sequence[np.ndarray], conditions: Sequence[str], seeds: Sequence[int], name: str) -> Any:
    """Put the arrays of all trainings together, ``[conditions, seeds, …]``."""
    shapes = {one.shape for one in found}
    if len(shapes) > 1:
        raise ValueError(f"train must return {name!r} in one shape for all, got {sorted(shapes)}")
    return np.stack(found).reshape(len(conditions), len(seeds), *found[0].shape)
