"""How a claim is measured: what an experiment states, and the frame that makes its numbers honest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import pandas as pd

from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.claims import Claim
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.provenance import provenance_record
from bertviz_plus.findings.result import Result
from bertviz_plus.findings.rule import related_rule_in_words, rule_in_words
from bertviz_plus.findings.sample import Sample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.verdicts import Verdict
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.model_info import ModelInfo


@dataclass(frozen=True)
class Need:
    """A precondition: where it fails, the claim is not testable.

    Attributes
    ----------
    failing : str
        What is wrong then, as a clause; ``{architecture}`` is the model's. What follows a semicolon says what
        to do instead.
    met : callable
        From a `Study`. What the study has not read yet is read when the test asks for it.
    """

    failing: str
    met: Callable[[Study], bool]

    def said(self, architecture: str = "the model") -> str:
        """Return what is wrong, of a model of some architecture."""
        return self.failing.replace("{architecture}", architecture)


@dataclass(frozen=True)
class Option:
    """What an experiment can be asked for besides what all can.

    Attributes
    ----------
    name : str
    default : object
    gloss : str
    check : callable, optional
        Raises for a value that cannot be used.
    matters : bool, default True
        Whether numbers depend on it: the provenance then has it.
    """

    name: str
    default: Any
    gloss: str
    check: Callable[[Any], object] = bool
    matters: bool = True


class Experiment:
    """What one claim's file states. The frame, `run`, does the rest.

    A subclass names the claim, states what it needs and measures, and says how its data are taken and read.
    The frame checks arguments; tests the preconditions; chooses a place (layer or head) for each half of the
    items on the other half; scores every baseline in the same way; bootstraps over items; applies the rule of
    `bertviz_plus.findings.verdicts`, and writes it out; and keeps where everything came from. One that
    trains models is a `TrainingExperiment`.
    """

    key: ClassVar[str]
    items: ClassVar[str]
    """What a sample counts, such as "sentences"."""
    reading: ClassVar[str]
    """What can be given in place of a model and what it reads."""
    needs: ClassVar[tuple[Need, ...]]
    measures: ClassVar[tuple[Measured, ...]] = ()
    """What decides the claim; the first is what it rests on."""
    related: ClassVar[tuple[Measured, ...]] = ()
    """What is measured beside the claim and cannot decide it."""
    undecided: ClassVar[str] = ""
    """Why nothing that is measured decides the claim, where nothing does."""
    options: ClassVar[tuple[Option, ...]] = ()
    budgets: ClassVar[Mapping[str, Budget]] = {}
    """What it may spend, by name, where it trains."""
    recorded_with: ClassVar[tuple[str, ...]] = ()
    """The bundled models that it is recorded with, where it trains."""
    own_model: ClassVar[ModelInfo | None] = None
    """What it trains from scratch, where it does: it then takes no model."""
    training: ClassVar["Experiment | None"] = None
    """The half of the claim that only models trained from scratch decide: run where no model is given."""

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring what was given into the form that is read; without data, the package's own."""
        raise NotImplementedError

    def read(self, model: Any, study: Study) -> Any:
        """Read the data with a model."""
        raise NotImplementedError

    def sample(self, study: Study) -> Sample:
        """Take the items that can be measured of what was read."""
        raise NotImplementedError

    def details(self, study: Study) -> pd.DataFrame:
        """Return what the numbers are made of, a row for each layer."""
        raise NotImplementedError

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the view, or the chart, of what was measured."""
        raise NotImplementedError

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say what else a reader should know."""
        del study, comparisons, details
        return ()

    def extent(self, comparisons: Sequence[Comparison]) -> str:
        """Say how far a claim that holds does so; it stands beside the verdict, so that none reads more."""
        return (
            "above every baseline by the margin" if all(one.verdict == "holds" for one in comparisons) else ""
        )

    def doubt(self, study: Study, comparisons: Sequence[Comparison]) -> str:
        """Say why a claim that fails might not with more data; nothing where there is no such doubt."""
        del study, comparisons
        return ""

    def unsettled(self, study: Study) -> str:
        """Say why no numbers could decide; nothing where they can."""
        del study
        return ""

    def spent(self, study: Study, provenance: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the provenance has besides what all have."""
        del study, provenance
        return {}

    def runs(self, study: Study) -> Any:
        """Return what was read, where a result keeps it."""
        del study

    @property
    def baseline(self) -> str:
        """The baselines in words."""
        every = [", ".join(rival.name for rival in one.baselines) for one in self._measured]
        if len(every) == 1:
            return f"the strongest of: {every[0]}"
        named = [f"for {one.name}: {rivals}" for one, rivals in zip(self._measured, every, strict=True)]
        return f"the strongest, {'; '.join(named)}"

    @property
    def rule(self) -> str:
        """When the claim holds, is weak, fails …, written from the margins."""
        if self.undecided:
            return related_rule_in_words(self.undecided, self.related, self.items)
        untestable = [need.said().split(";")[0] for need in self.needs]
        return rule_in_words(self.measures, self.items, untestable, self.related)

    def run(
        self,
        claim: Claim,
        model: Any,
        data: Any,
        *,
        untrained: bool,
        resamples: int,
        seed: int,
        progress: bool,
        options: Mapping[str, Any],
    ) -> Result:
        """Measure the claim; see `Finding.run`."""
        at_least(10, "resamples")(resamples)
        asked = self._checked(options)
        works = f'primer["{self.key}"].run(model)'
        if model is not None:
            if self.own_model:
                raise TypeError(f"model must be left out: finding {self.key!r} trains models of its own")
            check_model(model, works)
        given = self.take(data, asked)
        if model is None and given.reading is None and not self.own_model:
            raise TypeError(
                f"model must be given where data are sentences; without one, data must be {self.reading}"
            )
        study = Study(
            model, given, self.read, self.sample, asked, resamples, seed, untrained, progress=progress
        )
        study.budget = self.budget(asked)
        matters = {one.name: asked[one.name] for one in self.options if one.matters}
        provenance = provenance_record(
            study.info or self.own_model,
            dict(given.described),
            seed=seed,
            options=matters | {"untrained": untrained, "resamples": resamples},
        )
        provenance |= self.spent(study, provenance)
        architecture = study.info.architecture if study.info else None
        for need in self.needs:
            if not need.met(study):
                failing = need.said(architecture or "the model")
                return self._unanswered(claim, "not testable", failing, provenance)
        sample = study.sample
        provenance[f"{self.items} measured"] = len(sample)
        few = sample.few(self._measured[0].fewest, self.items)
        if few:
            return self._unanswered(claim, "inconclusive", few, provenance, sample.notes)
        comparisons, related = (
            [one.compared(study) for one in ones] for ones in (self.measures, self.related)
        )
        runs = self.runs(study)
        study.drop_twin()
        details = self.details(study)
        notes = (*study.remarks, *self.notes(study, comparisons or related, details), *sample.notes)
        rest = self._said(claim) | {
            "related": tuple(related),
            "notes": (*notes, *_chosen_note(sample)),
            "provenance": provenance | {f"{sample.place_name}s chosen": sample.chosen},
            "details": details,
            "view": partial(self.view, study, details),
            "runs": runs,
        }
        if self.undecided:
            return Result(verdict="not testable", reason=_sentence(self.undecided), **rest)
        result = Result.compared(comparisons=comparisons, extent=self.extent(comparisons), **rest)
        doubt = self.unsettled(study)
        if not doubt and result.verdict == "fails":
            doubt = self.doubt(study, comparisons)
        unclear = {"verdict": "inconclusive", "reason": _sentence(doubt), "extent": ""}
        return replace(result, **unclear) if doubt else result  # type: ignore[arg-type]

    @property
    def _measured(self) -> tuple[Measured, ...]:
        return (*self.measures, *self.related)

    def budget(self, options: Mapping[str, Any]) -> Budget | None:
        """Return what an experiment that trains may spend, None of another."""
        del options
        return None

    def _checked(self, options: Mapping[str, Any]) -> dict[str, Any]:
        known = {one.name: one for one in self.options}
        for name in options:
            if name not in known:
                raise TypeError(
                    f"finding {self.key!r} takes {', '.join(known) or 'no options of its own'}; got {name!r}"
                )
        values = {name: options.get(name, one.default) for name, one in known.items()}
        for name, value in values.items():
            known[name].check(value)
        return values

    def _unanswered(
        self,
        claim: Claim,
        verdict: Verdict,
        reason: str,
        provenance: dict[str, Any],
        notes: tuple[str, ...] = (),
    ) -> Result:
        """Return a result without a number: the precondition that failed, or the items that are too few."""
        if self.undecided:
            verdict = "not testable"
            reason = f"{self.undecided}. Nor was anything else measured: {reason}"
        return Result(
            verdict=verdict,
            reason=_sentence(reason),
            provenance=provenance,
            notes=notes,
            **self._said(claim),
        )

    def _said(self, claim: Claim) -> dict[str, Any]:
        return {
            "finding": claim.number,
            "key": claim.key,
            "claim": claim.sentence,
            "published": claim.published,
            "papers": claim.papers,
            "rule": self.rule,
        }


def at_least(least: int, name: str) -> Callable[[Any], None]:
    """Return the check of an option that is a whole number.

    Examples
    --------
    >>> at_least(10, "sample")("all")
    Traceback (most recent call last):
    ...
    ValueError: sample must be a whole number from 10 on, got 'all'
    """

    def check(value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} must be a whole number from {least} on, got {value!r}")

    return check


def _chosen_note(sample: Sample) -> tuple[str, ...]:
    if not sample.chooses:
        return ()
    if sample.kinds is None:
        at = list(dict.fromkeys(map(str, sample.chosen)))
        where = f"{sample.place_name}{'s' * (len(at) > 1)} {' and '.join(at)}"
    else:
        where = f"each {sample.kind_name} at its own, which the provenance lists"
    best = f"at the {sample.place_name.split()[-1]} that is best on the other half"
    return (f"Each half of the {sample.halved} was measured {best}: {where}.",)


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."
