"""What a finding gives: a number beside its baseline, a verdict, and where everything came from."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from bertviz_plus.findings.tables import described, escaped, facts_table
from bertviz_plus.findings.verdicts import VERDICTS, Verdict, combined, verdict

Mark = Literal["code", "2nd"]
_MARKS = {
    "code": "read in the authors' own code, data or paper",
    "2nd": "as somebody else's summary reports it",
}


@dataclass(frozen=True)
class Published:
    """A figure that a paper, or its code, reports.

    Attributes
    ----------
    value : float
        In the unit of the paper.
    measure : str
        What was measured, on which data.
    model : str
        On which model.
    source : str
        The paper.
    mark : {"code", "2nd"}
        How it is known: read in the authors' own code, data or paper; or in somebody's summary.

    Examples
    --------
    >>> Published(71.1, "all-words F1, per cent", "bert-base", "Coenen et al. 2019", "code").value
    71.1
    """

    value: float
    measure: str
    model: str
    source: str
    mark: Mark

    def __post_init__(self) -> None:
        if self.mark not in get_args(Mark):
            raise ValueError(
                f"mark must be one of {', '.join(get_args(Mark))}, got {self.mark!r}: a remembered figure is "
                "never shown as published"
            )

    def __str__(self) -> str:
        return f"{self.value:g} ({self.measure}; {self.model}; {self.source}; {_MARKS[self.mark]})"


@dataclass(frozen=True)
class Comparison:
    """One number beside its baselines, and what follows.

    Attributes
    ----------
    measure : str
        What the number is, with its unit.
    number : float
    interval : (float, float)
        95% interval of the number.
    baselines : dict of str to float
        The interval is compared with the highest.
    margin : float
        By how much the strongest baseline must be beaten.
    observations, at_least : int
        How many there are, and how many are needed for any answer.

    Examples
    --------
    >>> accuracy = Comparison("accuracy", 0.9, (0.8, 0.95), {"layer 0": 0.5, "shuffled": 0.4}, 0.05)
    >>> accuracy.verdict, accuracy.baseline_name
    ('holds', 'layer 0')
    >>> print(accuracy)
    accuracy: .90 (95% interval .80 to .95); strongest baseline .50, layer 0; margin .05
    >>> accuracy.reason
    'surely more than .05 above layer 0 (.50)'
    """

    measure: str
    number: float
    interval: tuple[float, float]
    baselines: Mapping[str, float] = field(hash=False)
    margin: float
    observations: int | None = None
    at_least: int = 0

    def __post_init__(self) -> None:
        if not self.baselines:
            raise ValueError("baselines must hold one at least, got none")
        if not isfinite(self.number):
            raise ValueError(f"number must be finite, got {self.number}")
        # Raises for an interval, a baseline or a margin that cannot be compared.
        object.__setattr__(self, "interval", tuple(self.interval))
        _ = self.verdict

    @property
    def baseline_name(self) -> str:
        """The strongest baseline's name."""
        return max(self.baselines, key=lambda name: self.baselines[name])

    @property
    def baseline(self) -> float:
        """The strongest baseline."""
        return self.baselines[self.baseline_name]

    @property
    def verdict(self) -> Verdict:
        """What the rule of `bertviz_plus.findings.verdicts` gives."""
        return verdict(
            self.interval,
            self.baseline,
            self.margin,
            observations=self.observations,
            at_least=self.at_least,
        )

    @property
    def reason(self) -> str:
        """Why the verdict is what it is, in words."""
        if self.observations is not None and self.observations < self.at_least:
            return f"{self.observations} observations, where {self.at_least} are needed"
        beside = f"{self.baseline_name} ({described(self.baseline)})"
        margin = described(self.margin)
        return {
            "holds": f"surely more than {margin} above {beside}",
            "weak": f"surely above {beside}, but not surely by {margin}",
            "fails": f"at best {margin} above {beside}",
            "inconclusive": f"the interval spans {beside} and {margin} above it",
        }[self.verdict]

    def __str__(self) -> str:
        low, high = map(described, self.interval)
        return (
            f"{self.measure}: {described(self.number)} (95% interval {low} to {high}); strongest baseline "
            f"{described(self.baseline)}, {self.baseline_name}; margin {described(self.margin)}"
        )


@dataclass(frozen=True, eq=False)
class Result:
    """What a finding measured on a model.

    Attributes
    ----------
    finding, key, claim : int, str, str
        Which claim this is about.
    verdict : {"holds", "weak", "fails", "inconclusive", "not testable"}
    reason : str
        Why, in words; of "not testable", the precondition that failed.
    number : float or None
        What the verdict rests on; None where nothing was measured.
    measure : str
        What the number is, with its unit.
    baseline, baseline_name : float or None, str
        The strongest baseline, which the interval is compared with.
    interval : (float, float) or None
        95% interval of the number.
    comparisons : tuple of Comparison
        Everything that the claim says, with every baseline that was measured; the first is `number`.
    published : tuple of Published
        What the papers report, on their data and models.
    provenance : dict
        Model, data, versions, seed and options.
    details : pandas.DataFrame
        What the number was made of.

    Examples
    --------
    >>> result = Result(
    ...     1, "senses", "Senses are clusters.", "holds", "Far above.",
    ...     0.9, "accuracy", 0.5, "layer 0", (0.8, 0.95),
    ... )
    >>> result
    Finding 1, senses: holds
      Senses are clusters.
      accuracy: .90 (95% interval .80 to .95); layer 0 .50
      Far above.
    >>> result.to_dict()["interval"]
    [0.8, 0.95]
    """

    finding: int
    key: str
    claim: str
    verdict: Verdict
    reason: str
    number: float | None = None
    measure: str = ""
    baseline: float | None = None
    baseline_name: str = ""
    interval: tuple[float, float] | None = None
    comparisons: tuple[Comparison, ...] = ()
    published: tuple[Published, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    details: pd.DataFrame = field(default_factory=pd.DataFrame)
    view: Callable[[], Any] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict must be one of {', '.join(VERDICTS)}, got {self.verdict!r}")
        if not self.reason:
            raise ValueError(f"reason must say why the verdict is {self.verdict!r}, got nothing")
        if self.verdict == "not testable" and (self.number is not None or self.interval is not None):
            raise ValueError("number and interval must be None where the verdict is 'not testable'")
        if self.verdict == "not testable" or (self.verdict == "inconclusive" and self.number is None):
            return
        for name in ("number", "baseline"):
            value = getattr(self, name)
            if value is None or not isfinite(value):
                raise ValueError(f"{name} must be finite where the verdict is {self.verdict!r}, got {value}")
        if self.interval is None or len(self.interval) != 2 or not all(map(isfinite, self.interval)):
            raise ValueError(f"interval must be two finite numbers, got {self.interval}")
        if self.interval[0] > self.interval[1]:
            raise ValueError(f"interval must be (low, high), got {self.interval}")

    @classmethod
    def compared(
        cls, finding: int, key: str, claim: str, comparisons: Sequence[Comparison], **rest: Any
    ) -> "Result":
        """Make a result whose verdict follows from comparisons, by the rule of `combined`.

        Parameters
        ----------
        finding, key, claim : int, str, str
        comparisons : sequence of Comparison
            What the claim says; the first is what it rests on, and gives the result its number.
        **rest
            The other fields.

        Returns
        -------
        Result
        """
        first = comparisons[0]
        said = ". ".join(f"{one.measure[:1].upper()}{one.measure[1:]}: {one.reason}" for one in comparisons)
        return cls(
            finding=finding,
            key=key,
            claim=claim,
            verdict=combined([one.verdict for one in comparisons]),
            number=first.number,
            measure=first.measure,
            baseline=first.baseline,
            baseline_name=first.baseline_name,
            interval=first.interval,
            comparisons=tuple(comparisons),
            **{"reason": f"{said}."} | rest,
        )

    def show(self) -> Any:
        """Return the view that shows what was measured.

        Raises
        ------
        ValueError
            Where nothing was measured.
        """
        if self.view is None:
            raise ValueError(f"there is nothing to show of finding {self.finding}, {self.key}: {self.reason}")
        return self.view()

    def to_dict(self) -> dict[str, Any]:
        """Return all but the view as plain values that `json.dumps` takes; what is not a number is None."""
        content = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in ("view", "details", "published", "comparisons")
        }
        content["published"] = [_fields(figure) for figure in self.published]
        content["comparisons"] = [
            _fields(one) | {"baseline_name": one.baseline_name, "verdict": one.verdict}
            for one in self.comparisons
        ]
        content["details"] = self.details.to_dict("records")
        plain: dict[str, Any] = _plain(content)
        return plain

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)

    def __repr__(self) -> str:
        lines = [f"Finding {self.finding}, {self.key}: {self.verdict}", f"  {self.claim}"]
        if self.comparisons:
            lines += [f"  {one}: {one.verdict}" for one in self.comparisons]
        elif self.number is not None and self.baseline is not None:
            lines.append(
                f"  {self.measure}: {described(self.number)} (95% interval {self._interval()}); "
                f"{self.baseline_name} {described(self.baseline)}"
            )
        return "\n".join([*lines, f"  {self.reason}"])

    def _repr_html_(self) -> str:
        rows = [("claim", self.claim), ("verdict", self.verdict), ("why", self.reason)]
        for one in self.comparisons or ():
            low, high = map(described, one.interval)
            rows.append(
                (one.measure, f"{one.verdict}: {described(one.number)}, 95% interval {low} to {high}")
            )
            ordered = sorted(one.baselines.items(), key=lambda named: -named[1])
            rows.append(("beside", ", ".join(f"{name} {described(value)}" for name, value in ordered)))
        if self.number is not None and self.baseline is not None and not self.comparisons:
            rows.append((self.measure, f"{described(self.number)}, 95% interval {self._interval()}"))
            rows.append(("beside", f"{self.baseline_name} {described(self.baseline)}"))
        rows += [("published, on other data", str(figure)) for figure in self.published]
        rows += [(str(name), _line(value)) for name, value in self.provenance.items()]
        return facts_table(f"Finding {self.finding}, {escaped(self.key)}", rows)

    def _interval(self) -> str:
        return "" if self.interval is None else " to ".join(described(bound) for bound in self.interval)


def _fields(record: Published | Comparison) -> dict[str, Any]:
    return {one.name: getattr(record, one.name) for one in fields(record)}


def _line(value: Any) -> str:
    """Write a provenance entry on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_line(part)}" for name, part in value.items() if part is not None)
    if isinstance(value, list | tuple):
        return ", ".join(map(_line, value))
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return None if value is pd.NA or value is pd.NaT else str(value)
