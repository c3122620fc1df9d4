"""A claim of the Primer, and how it is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.published import Published, folded_figures
from bertviz_plus.findings.result import Result
from bertviz_plus.findings.tables import facts_table
from bertviz_plus.findings.verdicts import Verdict


@dataclass(frozen=True)
class Finding:
    """One of the Primer's claims.

    A claim that can be measured is a subclass, whose docstring states the measure, the baselines and the rule
    of its verdict, and whose `run` measures it.

    Attributes
    ----------
    number : int
        1 … 23.
    key : str
        Its short name.
    claim : str
        What is claimed, of the models of the papers.
    papers : tuple of str
        Who claims it.
    published : tuple of Published
        What the papers or their code report.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["numbers"].papers
    ('Wallace et al. 2019',)
    >>> bp.primer["numbers"].run(bp.load("bert-tiny"))
    Traceback (most recent call last):
    ...
    NotImplementedError: finding 2, numbers, is not built yet; those that run: senses, alignment, language-id
    """

    number: int
    key: str
    claim: str
    papers: tuple[str, ...]
    published: tuple[Published, ...] = ()

    runs: ClassVar[bool] = False
    baseline: ClassVar[str] = ""
    rule: ClassVar[str] = ""

    @property
    def status(self) -> str:
        """`"runs"` or `"not built yet"`."""
        return "runs" if self.runs else "not built yet"

    def run(self, model: Any = None, data: Any = None, *, progress: bool = True) -> Result:
        """Measure the claim on a model.

        Parameters
        ----------
        model : Model
            From `load` or `wrap`.
        data : optional
            What to measure on; by default data that come with the package.
        progress : bool, default True
            Show progress bars. The finding's own `run` may take more.

        Returns
        -------
        Result

        Raises
        ------
        NotImplementedError
            Where the finding is not built yet.
        """
        from bertviz_plus.findings.primer import primer

        del model, data, progress
        built = ", ".join(finding.key for finding in primer if finding.runs)
        raise NotImplementedError(
            f"finding {self.number}, {self.key}, is not built yet; those that run: {built}"
        )

    def _compared(self, comparisons: Sequence[Comparison], **rest: Any) -> Result:
        """Make the result whose verdict follows from comparisons."""
        return Result.compared(self.number, self.key, self.claim, comparisons, **self._said() | rest)

    def _unanswered(self, verdict: Verdict, reason: str, provenance: dict[str, Any], **rest: Any) -> Result:
        """Make a result without a number: the precondition that failed, or the data that are too few."""
        return Result(
            self.number,
            self.key,
            self.claim,
            verdict,
            f"{reason[:1].upper()}{reason[1:]}.",
            **self._said() | {"provenance": provenance} | rest,
        )

    def _said(self) -> dict[str, Any]:
        return {"published": self.published, "papers": self.papers, "rule": self.rule}

    def __repr__(self) -> str:
        return (
            f"Finding {self.number}, {self.key} ({self.status})\n  {self.claim}\n  {'; '.join(self.papers)}"
        )

    def _repr_html_(self) -> str:
        rows = [("claim", self.claim), ("papers", "; ".join(self.papers)), ("status", self.status)]
        rows += [("baseline", self.baseline), ("verdict", self.rule)] if self.runs else []
        return facts_table(f"Finding {self.number}, {self.key}", rows) + folded_figures(self.published)


def chosen_note(hidden_layers: Sequence[int]) -> str:
    """Say at which layers two halves of the sentences were measured.

    Examples
    --------
    >>> chosen_note([4, 3]).endswith("half: hidden layers 4 and 3.")
    True
    """
    at = list(dict.fromkeys(hidden_layers))
    layers = f"hidden layer{'s' * (len(at) > 1)} {' and '.join(map(str, at))}"
    return f"Each half of the sentences was measured at the layer that is best on the other half: {layers}."
