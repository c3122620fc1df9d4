"""AER, precision, recall and F1 of an alignment against gold, and how far two aligners agree."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.intervals import check_resamples, interval
from bertviz_plus.traces.links import Alignment, Gold, check_index_base, entries_of, pairs_of

Interval = tuple[float, float]
COUNTS = ("links", "sure", "possible", "links_sure", "links_possible")
"""What scores are made of: links found, gold's sure and possible links, and how many found are each."""


@dataclass(frozen=True, eq=False)
class AlignmentScores:
    """Scores of an alignment over a corpus.

    Attributes
    ----------
    precision : float
        Of the links found, how many are possible.
    recall : float
        Of the sure links, how many were found.
    f1 : float
        Harmonic mean of the two; 0 where one of them is 0.
    aer : float
        Alignment error rate, 1 − (|A∩S| + |A∩P|) / (|A| + |S|) (Och and Ney 2003).
    intervals : dict of str to (float, float)
        Of each its bootstrap interval over sentences, 95%.
    per_sentence : DataFrame
        The same for each sentence, with its counts: ``links``, ``sure``, ``possible``, ``links_sure`` and
        ``links_possible`` (links found that are sure, and possible). NaN where a score is not defined.
    resamples, seed : int
        Of the bootstrap.
    """

    precision: float
    recall: float
    f1: float
    aer: float
    intervals: dict[str, Interval]
    per_sentence: pd.DataFrame
    resamples: int
    seed: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row a score, with its interval."""
        nothing = (float("nan"), float("nan"))
        return pd.DataFrame(
            [
                (name, getattr(self, name), *self.intervals.get(name, nothing))
                for name in ("precision", "recall", "f1", "aer")
            ],
            columns=["measure", "value", "low", "high"],
        )

    def __repr__(self) -> str:
        n = len(self.per_sentence)
        shown = [f"AlignmentScores over {n} sentence{'s' if n != 1 else ''}"]
        for name, title in (("precision", "precision"), ("recall", "recall"), ("f1", "F1"), ("aer", "AER")):
            bounds = self.intervals.get(name)
            between = "" if bounds is None else f"  ({bounds[0]:.3f} to {bounds[1]:.3f})"
            shown.append(f"  {title:<9} {getattr(self, name):.3f}{between}")
        return "\n".join(shown)


def evaluate_alignment(
    alignments: Any, gold: Any, *, index_base: int = 0, resamples: int = 1000, seed: int = 0
) -> AlignmentScores:
    """Compare alignments with gold.

    Precision is on possible links, recall on sure ones.

    Parameters
    ----------
    alignments : sequence of Alignment, str or links, or one
        One for each sentence; a string is read as Pharaoh links.
    gold : sequence of Gold, str or links, or one
        In a string ``i-j`` is sure, ``i?j`` and ``ipj`` are possible.
    index_base : {0, 1}
        What the first word is called in strings of `gold`. Those of `alignments` count from 0.
    resamples : int, default 1000
        For the intervals; 0 for none.
    seed : int, default 0

    Returns
    -------
    AlignmentScores

    Raises
    ------
    TypeError, ValueError
        Where their numbers differ, where an entry holds no links, or where gold names a word that an
        `Alignment` has not, with the sentence.

    References
    ----------
    Och and Ney 2003, "A Systematic Comparison of Various Statistical Alignment Models".

    Examples
    --------
    >>> scores = evaluate_alignment(["0-0 1-1", "0-1"], ["0-0 1?1", "0-0"])
    >>> round(scores.precision, 3), scores.recall, round(scores.aer, 3)
    (0.667, 0.5, 0.4)
    """
    check_index_base(index_base)
    check_resamples(resamples)
    found, golds = _matched(alignments, gold, index_base)
    counts = np.array([link_counts(*both) for both in zip(found, golds, strict=True)], np.int64)
    counts = counts.reshape(-1, len(COUNTS))
    corpus = scores_of_counts(counts.sum(axis=0))
    intervals = _intervals(counts, resamples, seed) if resamples and len(counts) else {}
    per_sentence = pd.DataFrame(counts, columns=list(COUNTS)).assign(**scores_of_counts(counts))
    per_sentence.index.name = "sentence"
    return AlignmentScores(
        **{name: float(value) for name, value in corpus.items()},
        intervals=intervals,
        per_sentence=per_sentence,
        resamples=resamples,
        seed=seed,
    )


def link_counts(found: frozenset[tuple[int, int]], gold: Gold) -> tuple[int, int, int, int, int]:
    """Count the links of a sentence against its gold: `COUNTS`.

    Examples
    --------
    >>> link_counts(frozenset({(0, 0), (1, 2)}), Gold.of("0-0 1?1"))
    (2, 1, 2, 1, 1)
    """
    both = len(found & gold.sure), len(found & gold.possible)
    return (len(found), len(gold.sure), len(gold.possible), *both)


def scores_of_counts(counts: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """Return precision, recall, F1 and AER of summed counts.

    Parameters
    ----------
    counts : ndarray [..., 5]
        `COUNTS`, of a sentence or summed over several.

    Returns
    -------
    dict of str to ndarray [...]
        ``precision``, ``recall``, ``f1`` and ``aer``; NaN where undefined.

    References
    ----------
    Och and Ney 2003, "A Systematic Comparison of Various Statistical Alignment Models".

    Examples
    --------
    >>> {name: float(value) for name, value in scores_of_counts(np.array([2, 1, 2, 1, 1])).items()}
    {'precision': 0.5, 'recall': 1.0, 'f1': 0.66..., 'aer': 0.33...}
    """
    links, sure, _, links_sure, links_possible = np.moveaxis(counts.astype(np.float64), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = links_possible / links, links_sure / sure
        f1 = 2 * precision * recall / (precision + recall)
        # Also where the other is not defined: a mean with 0 in it is 0, whatever it would be.
        f1 = np.where((precision == 0) | (recall == 0), 0.0, f1)
        aer = 1 - (links_sure + links_possible) / (links + sure)
    return {"precision": precision, "recall": recall, "f1": f1, "aer": aer}


@dataclass(frozen=True, eq=False)
class AlignmentAgreement:
    """How far two alignments of the same sentences agree.

    Attributes
    ----------
    f1 : float
        2·|A∩B| / (|A| + |B|): also Dice's coefficient, and the F1 of either against the other.
    jaccard : float
        |A∩B| / |A∪B|.
    both, first_only, second_only : int
        Links.
    interval : (float, float)
        Of `f1`, bootstrap over sentences, 95%.
    per_sentence : DataFrame
        ``both``, ``first_only``, ``second_only`` and ``f1`` of each; NaN where neither has a link.
    """

    f1: float
    jaccard: float
    both: int
    first_only: int
    second_only: int
    interval: Interval
    per_sentence: pd.DataFrame


def alignment_agreement(
    first: Any, second: Any, *, resamples: int = 1000, seed: int = 0
) -> AlignmentAgreement:
    """Say how far two aligners, or two annotators, agree.

    Parameters
    ----------
    first, second : sequence of Alignment, Gold, str or links, or one
        One for each sentence. Of gold the possible links count.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    AlignmentAgreement

    Raises
    ------
    TypeError, ValueError
        Where their numbers differ, or an entry holds no links, with the sentence.

    Examples
    --------
    >>> agreement = alignment_agreement(["0-0 1-1"], ["0-0 1-2"])
    >>> agreement.f1, agreement.both, agreement.first_only
    (0.5, 1, 1)
    """
    check_resamples(resamples)
    ours, theirs = entries_of(first, "first"), entries_of(second, "second")
    if len(ours) != len(theirs):
        raise ValueError(f"second must have as many entries as first, {len(ours)}, got {len(theirs)}")
    counts = np.zeros((len(ours), 3), np.int64)
    for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        a, b = _pairs(one, f"first[{place}]"), _pairs(other, f"second[{place}]")
        counts[place] = len(a & b), len(a - b), len(b - a)
    both, alone, other_alone = (int(number) for number in counts.sum(axis=0))
    sampled = np.array([_dice(total) for total in _resampled(counts, resamples, seed)])
    per_sentence = pd.DataFrame(counts, columns=["both", "first_only", "second_only"])
    per_sentence["f1"] = [_dice(row) for row in counts]
    per_sentence.index.name = "sentence"
    return AlignmentAgreement(
        f1=_dice(counts.sum(axis=0)),
        jaccard=both / (both + alone + other_alone) if both + alone + other_alone else float("nan"),
        both=both,
        first_only=alone,
        second_only=other_alone,
        interval=interval(sampled),
        per_sentence=per_sentence,
    )


def _matched(
    alignments: Any, gold: Any, index_base: int
) -> tuple[list[frozenset[tuple[int, int]]], list[Gold]]:
    given, true = entries_of(alignments, "alignments"), entries_of(gold, "gold")
    if len(given) != len(true):
        raise ValueError(f"gold must have as many entries as alignments, {len(given)}, got {len(true)}")
    found = [_pairs(one, f"alignments[{place}]") for place, one in enumerate(given)]
    golds = []
    for place, (one, links) in enumerate(zip(given, true, strict=True)):
        try:
            read = Gold.of(links, index_base=index_base)
            if isinstance(one, Alignment):
                read.check(len(one.source), len(one.target))
            golds.append(read)
        except (TypeError, ValueError) as error:
            raise type(error)(f"gold[{place}]: {error}") from error
    return found, golds


def _pairs(links: Any, name: str) -> frozenset[tuple[int, int]]:
    try:
        return pairs_of(links)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from error


def _intervals(counts: NDArray[np.int64], resamples: int, seed: int) -> dict[str, Interval]:
    sampled = scores_of_counts(_resampled(counts, resamples, seed))
    return {name: interval(values) for name, values in sampled.items()}


def _resampled(counts: NDArray[np.int64], resamples: int, seed: int) -> NDArray[np.int64]:
    """Return the sums of counts over sentences drawn with replacement, ``[resamples, counts]``."""
    rng = np.random.default_rng(seed)
    n = len(counts)
    totals = [counts[rng.integers(0, n, n)].sum(axis=0) for _ in range(resamples if n else 0)]
    return np.array(totals, np.int64).reshape(-1, counts.shape[1])


def _dice(counts: NDArray[np.int64]) -> float:
    both, alone, other_alone = (int(number) for number in counts)
    total = 2 * both + alone + other_alone
    return 2 * both / total if total else float("nan")


def link_scores(found: Collection[tuple[int, int]], gold: Gold) -> dict[str, float]:
    """Return precision, recall, F1 and AER of one sentence's links; NaN where a score is not defined.

    Examples
    --------
    >>> scores = link_scores({(0, 0), (1, 1)}, Gold.of("0-0 1?1 2-2"))
    >>> scores["precision"], scores["recall"], scores["aer"]
    (1.0, 0.5, 0.25)
    """
    counts = np.array(link_counts(frozenset(found), gold))
    return {name: float(value) for name, value in scores_of_counts(counts).items()}


def diagonal_links(sources: int, targets: int) -> set[tuple[int, int]]:
    """Return one link for each source word, along the diagonal: what word order alone would draw.

    Examples
    --------
    >>> sorted(diagonal_links(2, 4))
    [(0, 0), (1, 3)]
    """
    step = (targets - 1) / max(1, sources - 1)
    # Halves are rounded up, as the front end does.
    return {(i, int(i * step + 0.5)) for i in range(sources)}
