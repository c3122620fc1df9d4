"""What a finding gives: a number beside its baseline, a verdict, and where everything came from."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.findings.card import all_in_words, card, in_words
from bertviz_plus.findings.claims import Published
from bertviz_plus.findings.comparison import Comparison, joint_reason
from bertviz_plus.findings.runs import Runs
from bertviz_plus.findings.tables import described
from bertviz_plus.findings.verdicts import VERDICTS, Verdict, combined


@dataclass(frozen=True, eq=False)
class Result:
    """What a finding measured on a model.

    Attributes
    ----------
    finding, key, claim : int, str, str
        Which claim this is about, as the papers put it: they speak of their own models.
    verdict : {"holds", "weak", "fails", "inconclusive", "not testable"}
    reason : str
        Why: what was compared with what; of "not testable", the precondition that failed.
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
    related : tuple of Comparison
        What was measured beside the claim and cannot decide it.
    published : tuple of Published
        What the papers report, on their data and models.
    provenance : dict
        Model, data, versions, seed and options.
    details : pandas.DataFrame
        What the number was made of.
    papers : tuple of str
        Who makes the claim.
    rule : str
        When the finding holds, is weak, fails …
    notes : tuple of str
        What else a reader should know, such as the layer, or what was left out.
    extent : str
        How far the verdict goes, such as "above chance, not clear"; it stands beside the verdict.
    runs : Runs or None
        The numbers of every training, of a finding that trains.
    recorded : str
        When it was recorded and how to remake it; empty where it was just measured.

    Examples
    --------
    >>> result = Result(
    ...     1, "senses", "Senses are clusters.", "holds", "Far above.",
    ...     0.9, "accuracy", 0.5, "layer 0", (0.8, 0.95), provenance={"model": {"id": "bert-tiny"}},
    ... )
    >>> print(result.title)
    Holds in bert-tiny
    >>> print(result.headline)
    In bert-tiny, the accuracy is .90 (95% interval .80 to .95). The strongest baseline, layer 0, reaches .50.
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
    related: tuple[Comparison, ...] = ()
    published: tuple[Published, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    details: pd.DataFrame = field(default_factory=pd.DataFrame)
    papers: tuple[str, ...] = ()
    rule: str = ""
    notes: tuple[str, ...] = ()
    extent: str = ""
    view: Callable[[], Any] | None = field(default=None, repr=False)
    runs: Runs | None = field(default=None, repr=False)
    recorded: str = ""

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
        verdicts = [one.verdict for one in comparisons]
        return cls(
            finding=finding,
            key=key,
            claim=claim,
            verdict=combined(verdicts),
            number=first.number,
            measure=first.measure,
            baseline=first.baseline,
            baseline_name=first.baseline_name,
            interval=first.interval,
            comparisons=tuple(comparisons),
            **{"reason": _why(comparisons)} | rest,
        )

    @property
    def model(self) -> str:
        """The model that was tested; empty where the data were vectors of an unnamed one."""
        info = self.provenance.get("model") or {}
        return str(info.get("id") or info.get("architecture") or "")

    @property
    def title(self) -> str:
        """The verdict, in which model, and how far it goes."""
        where = self.model or "the vectors that were given"
        extent = f": {self.extent}" if self.extent else ""
        return f"{self.verdict[:1].upper()}{self.verdict[1:]} in {where}{extent}"

    @property
    def headline(self) -> str:
        """What the verdict rests on, in a sentence or two; empty where nothing was measured for it."""
        if self.number is None or self.baseline is None or self.interval is None:
            return ""
        written = self.comparisons[0].written if self.comparisons else described
        low, high = map(written, self.interval)
        return (
            f"In {self.model or 'the vectors that were given'}, the {self.measure} is {written(self.number)} "
            f"(95% interval {low} to {high}). The strongest baseline, {self.baseline_name}, reaches "
            f"{written(self.baseline)}."
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
        """Return all but view and runs as plain values for `json.dumps`; what is not a number is None."""
        content = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in ("view", "runs", "details", "published", "comparisons", "related")
        }
        content["published"] = [_fields(figure) for figure in self.published]
        for name in ("comparisons", "related"):
            content[name] = [
                _fields(one) | {"baseline_name": one.baseline_name, "verdict": one.verdict}
                for one in getattr(self, name)
            ]
        content["details"] = self.details.to_dict("records")
        plain: dict[str, Any] = _plain(content)
        return plain

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)

    def to_text(self) -> str:
        """Return everything but the details as text, hashes and published figures in full."""
        return all_in_words(self)

    def __repr__(self) -> str:
        return in_words(self)

    def _repr_html_(self) -> str:
        return card(self)


def _why(comparisons: Sequence[Comparison]) -> str:
    """Say of each comparison what came out, and how they make one verdict."""
    if len(comparisons) == 1:
        return f"{comparisons[0].reason[:1].upper()}{comparisons[0].reason[1:]}."
    parts = [f"{one.name[:1].upper()}{one.name[1:]}, {one.verdict}: {one.reason}." for one in comparisons]
    return " ".join([*parts, joint_reason(comparisons)])


def _fields(record: Published | Comparison) -> dict[str, Any]:
    return {one.name: getattr(record, one.name) for one in fields(record)}


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
