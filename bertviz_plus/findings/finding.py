"""A claim of the Primer with the experiment that measures it."""

from dataclasses import dataclass, field
from typing import Any

from bertviz_plus.findings.card import folded_figures
from bertviz_plus.findings.claims import Claim
from bertviz_plus.findings.experiment import Experiment
from bertviz_plus.findings.recorded import Recorded, recorded_results
from bertviz_plus.findings.result import Result
from bertviz_plus.findings.runs import Runs
from bertviz_plus.findings.tables import facts_table


@dataclass(frozen=True)
class Finding(Claim):
    """One of the Primer's claims.

    Attributes
    ----------
    experiment : Experiment
        How it is measured. The other attributes are the `Claim`'s.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["numbers"].papers
    ('Wallace et al. 2019',)
    >>> bp.primer["senses"].status, bp.primer["freezing"].status
    ('runs', 'trains')
    """

    experiment: Experiment = field(kw_only=True)

    @property
    def claim(self) -> str:
        """What is claimed, of the models of the papers."""
        return self.sentence

    @property
    def trains(self) -> bool:
        """Whether models are trained for it, which takes minutes or hours."""
        return bool(self.experiment.budgets)

    @property
    def status(self) -> str:
        """`"runs"`, or `"trains"` where it `trains`."""
        return "trains" if self.trains else "runs"

    @property
    def baseline(self) -> str:
        """What a number is compared with."""
        return self.experiment.baseline

    @property
    def rule(self) -> str:
        """When the claim holds, is weak, fails, is inconclusive or not testable."""
        return self.experiment.rule

    def run(
        self,
        model: Any = None,
        data: Any = None,
        *,
        untrained: bool = True,
        resamples: int = 1000,
        seed: int = 0,
        progress: bool = True,
        **options: Any,
    ) -> Result:
        """Measure the claim on a model.

        Parameters
        ----------
        model : Model
            From `load` or `wrap`. May be None where `data` are what a model has read already, and for a
            finding, or the half of one, that trains models of its own from scratch.
        data : optional
            What to measure on; by default data that come with the package. The finding's `experiment` says
            which forms it takes.
        untrained : bool, default True
            Measure an untrained twin as well. It needs `model`, and the time of a second pass.
        resamples : int, default 1000
            Of the bootstrap.
        seed : int, default 0
            Of all that is drawn: halves, samples, shuffles, clusters, the bootstrap and the twin.
        progress : bool, default True
            Show progress bars.
        **options
            The finding's own, which it lists in a notebook.

        Returns
        -------
        Result
            `details` has what the numbers are made of, `show()` gives a view at the layer that was chosen.

        Raises
        ------
        TypeError, ValueError
            Naming the argument that cannot be used.
        """
        experiment = self.experiment
        trains = data is None or isinstance(data, Runs) or "budget" in options
        if experiment.training and model is None and trains:
            experiment = experiment.training
        return experiment.run(
            self,
            model,
            data,
            untrained=untrained,
            resamples=resamples,
            seed=seed,
            progress=progress,
            options=options,
        )

    def recorded(self) -> Recorded:
        """Return what was recorded of the finding, of every model that it was recorded with.

        Nothing is trained: verdicts are computed from the recorded numbers of every training.

        Returns
        -------
        Recorded
            A `Result` for each model.

        Raises
        ------
        LookupError
            Where the finding trains nothing, and where nothing is recorded.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> bp.primer["senses"].recorded()
        Traceback (most recent call last):
        ...
        LookupError: finding 1, senses, trains nothing, so nothing is recorded; run it on a model: ...
        """
        experiment = self.trained
        if experiment is None:
            raise LookupError(
                f"finding {self.number}, {self.key}, trains nothing, so nothing is recorded; run it on a "
                f'model: bp.primer["{self.key}"].run(model)'
            )
        return recorded_results(self, experiment)

    @property
    def trained(self) -> Experiment | None:
        """The experiment, or the half of it, that trains; None where nothing does."""
        return self.experiment if self.trains else self.experiment.training

    def __repr__(self) -> str:
        return (
            f"Finding {self.number}, {self.key} ({self.status})\n  {self.claim}\n  {'; '.join(self.papers)}"
        )

    def _repr_html_(self) -> str:
        rows = [("claim", self.claim), ("papers", "; ".join(self.papers)), ("status", self.status)]
        rows += [("baseline", self.baseline), ("verdict", self.rule)]
        rows += [(f"{one.name}={one.default!r}", one.gloss) for one in self.experiment.options]
        if self.experiment.training:
            rows += [("verdict without a model, by training", self.experiment.training.rule)]
        return facts_table(f"Finding {self.number}, {self.key}", rows) + folded_figures(self.published)
