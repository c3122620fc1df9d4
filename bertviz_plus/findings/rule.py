"""The rule of a finding's verdict in words, written from the margins that the verdict is reached with."""

from collections.abc import Sequence

from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.tables import described


def rule_in_words(
    measures: Sequence[Measured], items: str, untestable: Sequence[str], related: Sequence[Measured] = ()
) -> str:
    """Say when the verdict is which, by the rule of `bertviz_plus.findings.verdicts`.

    Parameters
    ----------
    measures : sequence of Measured
        The first decides.
    items : str
        What `fewest` counts.
    untestable : sequence of str
        The preconditions, as they fail.
    related : sequence of Measured
        What stands beside the claim.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> share = SimpleNamespace(unit="share of words", margin=0.05, fewest=40)
    >>> rule_in_words([share], "words", ["the data have no gold"]).split("; ")[0]
    'holds where the 95% interval of the share of words lies wholly more than .05 above every baseline'
    """
    first, others = measures[0], measures[1:]
    by = described(first.margin)
    also = "".join(f", and that of the {one.unit} more than {described(one.margin)}" for one in others)
    number, also_weak, also_wide = "it", "", ""
    if others:
        number = "the first"
        also_weak = ", or where the first holds and another is weak or fails"
        also_wide = ", or where the first holds and another is too wide to tell"
    few = f"fewer than {first.fewest} {items}"
    lines = [
        f"holds where the 95% interval of the {first.unit} lies wholly more than {by} above every baseline"
        + also,
        f"weak where {number} lies wholly above every baseline, but not by {by}{also_weak}",
        f"fails where {number} does not lie wholly above every baseline, and nowhere by {by}",
        f"inconclusive where {number} is too wide to tell{also_wide}, or with {few}",
    ]
    lines.append(f"not testable where {', or where '.join(untestable)}")
    return "; ".join([*lines, *_beside(related, items)])


def related_rule_in_words(undecided: str, measures: Sequence[Measured], items: str) -> str:
    """Say when each number beside an undecided claim is above its baselines.

    Examples
    --------
    >>> related_rule_in_words("it needs training", [], "sentences").split("; ")[0]
    'not testable: it needs training'
    """
    return "; ".join([f"not testable: {undecided}", *_beside(measures, items)])


def _beside(measures: Sequence[Measured], items: str) -> list[str]:
    lines = []
    for one in measures:
        by = described(one.margin)
        lines.append(
            f"by itself, the {one.unit} holds where its 95% interval lies wholly more than {by} above every "
            f"baseline, is weak where it lies wholly above, but not by {by}, fails where it does not and "
            f"nowhere by {by}, and is inconclusive where it is too wide to tell, or with fewer than "
            f"{one.fewest} {items}"
        )
    return lines
