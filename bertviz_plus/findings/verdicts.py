"""How an interval beside a baseline becomes a verdict: one rule for every finding.

With ``low``, ``high`` the 95% interval of a score for which more is better, ``b`` the strongest baseline and
``m`` the margin that the finding asks for:

============================  ================================================================
verdict                       when
============================  ================================================================
holds                         ``low > b + m``: surely above, and by more than the margin
weak                          ``b < low <= b + m``: surely above, not surely by the margin
fails                         ``low <= b`` and ``high <= b + m``: at best within the margin
inconclusive                  ``low <= b`` and ``high > b + m``: the interval, at least as wide as
                              the margin, spans both; or fewer observations than the finding asks for
not testable                  never by numbers: a precondition failed before anything was measured
============================  ================================================================
"""

from collections.abc import Sequence
from math import isfinite
from typing import Literal, get_args

Verdict = Literal["holds", "weak", "fails", "inconclusive", "not testable"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def verdict(
    interval: tuple[float, float],
    baseline: float,
    margin: float,
    *,
    observations: int | None = None,
    at_least: int = 0,
) -> Verdict:
    """Compare an interval with a baseline, by the rule of this module.

    Parameters
    ----------
    interval : (low, high)
        95% interval of a score; more is better.
    baseline : float
        The strongest baseline, in the score's unit.
    margin : float
        By how much the claim must beat the baseline, 0 or more, in the score's unit.
    observations, at_least : int
        How many observations there are, and how many are needed for any answer.

    Returns
    -------
    {"holds", "weak", "fails", "inconclusive"}

    Raises
    ------
    ValueError
        For an interval that is not ordered, a negative margin, or what is not finite.

    Examples
    --------
    >>> [verdict(interval, 0.5, 0.05) for interval in ((0.6, 0.7), (0.52, 0.6), (0.4, 0.54), (0.4, 0.9))]
    ['holds', 'weak', 'fails', 'inconclusive']
    >>> verdict((0.6, 0.7), 0.5, 0.05, observations=8, at_least=40)
    'inconclusive'
    """
    low, high = interval
    if not all(map(isfinite, (low, high, baseline, margin))):
        raise ValueError(
            f"interval, baseline and margin must be finite, got {(low, high)}, {baseline}, {margin}"
        )
    if low > high:
        raise ValueError(f"interval must be (low, high), got {(low, high)}")
    if margin < 0:
        raise ValueError(f"margin must be 0 or more, got {margin}")
    if observations is not None and observations < at_least:
        return "inconclusive"
    if low > baseline + margin:
        return "holds"
    if low > baseline:
        return "weak"
    return "fails" if high <= baseline + margin else "inconclusive"


def combined(verdicts: Sequence[Verdict]) -> Verdict:
    """Join the verdicts of the things that one claim says; the first is what the claim rests on.

    Where the first fails, or is inconclusive, so is the whole. All hold: holds. Any of the others weak or
    failing: weak, since only a part of the claim is borne out. What is left is a first that holds beside
    others that are inconclusive: inconclusive, and weak where the first is weak.

    Parameters
    ----------
    verdicts : sequence of {"holds", "weak", "fails", "inconclusive"}
        One at least.

    Returns
    -------
    {"holds", "weak", "fails", "inconclusive"}

    Raises
    ------
    ValueError
        For none, or one that no comparison gives.

    Examples
    --------
    >>> combined(["holds", "holds"]), combined(["holds", "fails"]), combined(["fails", "holds"])
    ('holds', 'weak', 'fails')
    >>> combined(["holds", "inconclusive"])
    'inconclusive'
    """
    measured = VERDICTS[:-1]
    if not verdicts or any(one not in measured for one in verdicts):
        raise ValueError(f"verdicts must be one or more of {', '.join(measured)}, got {list(verdicts)}")
    first, others = verdicts[0], verdicts[1:]
    if first in ("fails", "inconclusive"):
        return first
    if all(one == "holds" for one in verdicts):
        return "holds"
    if first == "weak" or any(one in ("weak", "fails") for one in others):
        return "weak"
    return "inconclusive"
