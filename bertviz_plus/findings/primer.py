"""The Primer: its 23 findings, by number and by key."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from bertviz_plus.findings.claims import CLAIMS
from bertviz_plus.findings.finding import Finding
from bertviz_plus.findings.registry import EXPERIMENTS
from bertviz_plus.findings.report import Entry, Report
from bertviz_plus.findings.tables import grid
from bertviz_plus.traces.progress import tqdm

# What data and models that do not fit raise. One finding that cannot go on is no reason to lose the others.
_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Primer:
    """The findings of *A Primer in BERTology* (Rogers, Kovaleva & Rumshisky 2020).

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer[1] is bp.primer["senses"]
    True
    >>> len(bp.primer), [finding.key for finding in bp.primer][:3]
    (23, ['senses', 'numbers', 'multi-step'])
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = tuple(findings)
        self._by_name: dict[int | str, Finding] = {}
        for finding in self._findings:
            for name in (finding.number, finding.key):
                if name in self._by_name:
                    raise ValueError(f"findings must have numbers and keys of their own, got {name!r} twice")
                self._by_name[name] = finding

    def __getitem__(self, which: int | str) -> Finding:
        """Return a finding by its number or its key.

        Raises
        ------
        KeyError
            For another name, with the nearest.
        """
        if isinstance(which, int | str) and not isinstance(which, bool) and which in self._by_name:
            return self._by_name[which]
        keys = [finding.key for finding in self._findings]
        near = get_close_matches(str(which).casefold(), keys, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise KeyError(f"finding must be 1..{len(keys)} or one of {', '.join(keys)}, got {which!r}.{hint}")

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __len__(self) -> int:
        return len(self._findings)

    def run(
        self,
        model: Any,
        findings: Sequence[int | str] | None = None,
        *,
        data: Mapping[int | str, Any] | None = None,
        progress: bool = True,
    ) -> Report:
        """Measure every finding on a model.

        An interrupt ends the run; what was measured by then is in the report, and the rest is listed as not
        run. A finding that stops with an error is listed with it.

        Parameters
        ----------
        model : Model
            From `load` or `wrap`.
        findings : sequence of int or str, optional
            Numbers or keys; by default all but those that train models, which take minutes each.
        data : dict, optional
            For findings, by number or key, what to measure on; by default data that come with the package.
        progress : bool, default True
            Show a progress bar.

        Returns
        -------
        Report
            With a line for each finding that was asked for, by default all 23; it says why one was not run.

        Raises
        ------
        TypeError, KeyError
            For a model that is none, and for names that no finding has.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> bp.primer.run(bp.load("bert-tiny"), [4], data={4: ["Too few."]}, progress=False)
        Report on bert-tiny: 1 of 1 findings ran, 1 inconclusive
        """
        info = getattr(model, "info", None)
        if info is None:
            raise TypeError(f"model must be from bp.load or bp.wrap, got {type(model).__name__}")
        if isinstance(findings, int | str):
            findings = [findings]
        asked = list(self) if findings is None else [self[which] for which in findings]
        given = {self[which].key: value for which, value in (data or {}).items()}
        entries: dict[str, Entry] = {finding.key: _before(finding) for finding in asked}
        named = findings is not None
        on_a_model = [one for one in asked if not one.trains or (named and not _trains_its_own(one))]
        bar = tqdm(on_a_model, disable=not progress, unit="finding")
        try:
            for finding in bar:
                bar.set_description(finding.key)
                entries[finding.key] = _measured(finding, model, given.get(finding.key), progress=progress)
        except KeyboardInterrupt:
            bar.close()
        return Report(info.id or info.architecture or "the model", tuple(entries.values()))

    def __repr__(self) -> str:
        lines = [f"Primer: {len(self)} findings, {self._training} of which train models"]
        lines += [
            f"  {finding.number:>2} {finding.key:<17}{finding.status:<8}{finding.claim}" for finding in self
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return grid(
            f"The Primer: {len(self)} findings, {self._training} of which train models",
            ["number", "key", "claim", "papers", "status"],
            [
                [finding.number, finding.key, finding.claim, "; ".join(finding.papers), finding.status]
                for finding in self
            ],
        )

    @property
    def _training(self) -> int:
        return sum(finding.trains for finding in self)


def _before(finding: Finding) -> Entry:
    call = f'bp.primer["{finding.key}"]'
    note = "interrupted before it"
    if _trains_its_own(finding):
        note = f"it trains models of its own: {call}.run(), or {call}.recorded()"
    elif finding.trains:
        note = f"it trains models, which takes minutes: {call}.run(model), or {call}.recorded()"
    return Entry(finding, "not run", note=note)


def _trains_its_own(finding: Finding) -> bool:
    return finding.experiment.own_model is not None


def _measured(finding: Finding, model: Any, data: Any, *, progress: bool) -> Entry:
    try:
        return Entry(finding, "ran", finding.run(model, data, progress=progress))
    except _ERRORS as error:
        return Entry(finding, "stopped by an error", note=f"{type(error).__name__}: {error}")


_MEASURED = {one.key: one for one in EXPERIMENTS}
primer = Primer([Finding(**vars(claim), experiment=_MEASURED[claim.key]) for claim in CLAIMS])
