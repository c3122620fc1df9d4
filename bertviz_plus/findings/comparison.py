"""One number beside its baselines, and in words why it is, or is not, above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from bertviz_plus.findings.tables import described
from bertviz_plus.findings.verdicts import Verdict, combined, verdict


@dataclass(frozen=True)
class Comparison:
    """One number beside its baselines, and what follows.

    Attributes
    ----------
    measure : str
        What the number is, in plain words that can follow "the"; more is better.
    number : float
    interval : (float, float)
        95% interval of the number.
    baselines : dict of str to float
        The interval is compared with the highest.
    margin : float
        By how much the strongest baseline must be beaten.
    observations, at_least : int
        How many there are, and how many are needed for any answer.
    name : str
        A short name for the head of a column; `measure` by default.
    gloss : str
        How it is measured, and the field's own name of it.
    ends : (str, str)
        What 0 and 1 mean.
    glosses : dict of str to str
        What each baseline is, as words that follow its name.

    Examples
    --------
    >>> accuracy = Comparison("accuracy", 0.9, (0.8, 0.95), {"layer 0": 0.5, "shuffled": 0.4}, 0.05)
    >>> accuracy.verdict, accuracy.baseline_name
    ('holds', 'layer 0')
    >>> print(accuracy)
    accuracy: .90 (95% interval .80 to .95); strongest baseline .50, layer 0; margin .05
    >>> accuracy.reason.split(": ")[1]
    'the strongest baseline, .50 (layer 0), and a margin of .05'
    """

    measure: str
    number: float
    interval: tuple[float, float]
    baselines: Mapping[str, float] = field(hash=False)
    margin: float
    observations: int | None = None
    at_least: int = 0
    name: str = ""
    gloss: str = ""
    ends: tuple[str, str] = ("", "")
    glosses: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.baselines:
            raise ValueError("baselines must hold one at least, got none")
        if not isfinite(self.number):
            raise ValueError(f"number must be finite, got {self.number}")
        object.__setattr__(self, "interval", tuple(self.interval))
        object.__setattr__(self, "name", self.name or self.measure)
        # Raises for an interval, a baseline or a margin that cannot be compared.
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
    def needed(self) -> float:
        """What the whole interval must lie above for the claim to hold: strongest baseline and margin."""
        return self.baseline + self.margin

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
        """What was compared with what, and what came out, as a clause without a full stop."""
        return self.explained()

    def explained(
        self,
        interval: str = "its 95% interval",
        baseline: str = "the strongest baseline",
        margin: str = "a margin",
    ) -> str:
        """Return `reason` in words of one's own, such as those that name the marks of a picture."""
        if self.observations is not None and self.observations < self.at_least:
            return f"there are {self.observations} observations, where {self.at_least} are needed"
        low, high = map(self.written, self.interval)
        measured = f"{interval}, {low} to {high},"
        beside = f"{baseline}, {self.written(self.baseline)} ({self.baseline_name}),"
        needed, by = self.written(self.needed), f"{margin} of {described(self.margin)}"
        if self.verdict == "holds":
            return f"{measured} lies wholly above {needed}: {beside} and {by}"
        if self.verdict == "weak":
            return f"{measured} lies wholly above {beside} but not wholly above {needed}, {by} more"
        if self.verdict == "inconclusive":
            return (
                f"{measured} is too wide to tell: it holds {beside} or less, and also more than {needed}, "
                f"{by} above that"
            )
        if self.interval[1] < self.baseline:
            return f"{measured} lies wholly below {beside} where it should lie {by} above"
        return f"{measured} does not lie wholly above {beside} and nowhere above {needed}, {by} more"

    def written(self, value: float) -> str:
        """Write a value of this comparison with two decimals, or with as many as its verdict needs.

        Examples
        --------
        >>> narrow = Comparison("accuracy", 0.6, (0.5531, 0.65), {"layer 0": 0.5046}, 0.05)
        >>> narrow.written(narrow.interval[0]), narrow.written(narrow.needed), narrow.verdict
        ('.553', '.555', 'weak')
        """
        for digits in (2, 3, 4):
            # Two numbers that differ must not look alike where the verdict rests on which is larger.
            if all(
                bound == level or described(bound, digits) != described(level, digits)
                for bound in self.interval
                for level in (self.baseline, self.needed)
            ):
                break
        return described(value, digits)

    def __str__(self) -> str:
        low, high = map(self.written, self.interval)
        return (
            f"{self.measure}: {self.written(self.number)} (95% interval {low} to {high}); strongest baseline "
            f"{self.written(self.baseline)}, {self.baseline_name}; margin {described(self.margin)}"
        )


def joint_reason(comparisons: Sequence[Comparison]) -> str:
    """Say how the verdicts of several comparisons make the one of a finding; nothing for a single one.

    Examples
    --------
    >>> sure = Comparison("accuracy", 0.9, (0.8, 0.95), {"layer 0": 0.5}, 0.05)
    >>> joint_reason([sure, sure])
    'The finding holds, since both do.'
    """
    if len(comparisons) < 2:
        return ""
    verdicts = [one.verdict for one in comparisons]
    whole = combined(verdicts)
    every = "both" if len(verdicts) == 2 else "all"
    if whole == "holds":
        return f"The finding holds, since {every} do."
    said = "fails" if whole == "fails" else f"is {whole}"
    if verdicts[0] in ("fails", "inconclusive"):
        return f"The finding rests on the first of {every if every == 'all' else 'the two'}, and so {said}."
    return f"The finding {said}: it would hold if {every} did."
