"""A claim of the Primer, and how it is measured."""

from dataclasses import dataclass
from typing import Any, ClassVar

from bertviz_plus.findings.result import Published, Result
from bertviz_plus.findings.tables import facts_table


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
        What is claimed.
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

    def __repr__(self) -> str:
        return (
            f"Finding {self.number}, {self.key} ({self.status})\n  {self.claim}\n  {'; '.join(self.papers)}"
        )

    def _repr_html_(self) -> str:
        rows = [("claim", self.claim), ("papers", "; ".join(self.papers)), ("status", self.status)]
        rows += [("baseline", self.baseline), ("verdict", self.rule)] if self.runs else []
        rows += [("published", str(figure)) for figure in self.published]
        return facts_table(f"Finding {self.number}, {self.key}", rows)
