"""How well, or how surely, does each method align at each layer? Over one pair and over all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.measures.alignment.scores import diagonal_links
from bertviz_plus.traces.alignments import SentencePair
from bertviz_plus.traces.links import Gold
from bertviz_plus.views.alignment.packing import FULL, PairLinks

if TYPE_CHECKING:
    from bertviz_plus.views.alignment.data import Payload

Measure = Literal["aer", "confidence"]
Floats = NDArray[np.float64]
# At so many layers.
_STABLE = section("alignment").whole("stable_layers")


@dataclass(frozen=True, eq=False)
class PairScores:
    """What a map counts in one pair.

    Attributes
    ----------
    links, links_sure, links_possible : ndarray [layers, methods]
        How many links there are, and how many of them gold calls sure, and possible.
    confidence : ndarray [layers, methods]
        Their sum.
    sure : int
        How many sure links gold has; -1 without gold.
    """

    links: Floats
    links_sure: Floats
    links_possible: Floats
    confidence: Floats
    sure: int

    def values(self, measure: Measure) -> NDArray[np.float32]:
        """Return the measure of this pair, ``[layers, methods]``; NaN where it is not defined."""
        return _values([self], measure)


@dataclass(frozen=True, eq=False)
class AlignmentMap:
    """A measure at each layer by each method.

    Attributes
    ----------
    measure : {"aer", "confidence"}
        The alignment error rate where any pair has gold, else the mean confidence of all links.
    all : ndarray [layers, methods]
        Over all pairs that were counted.
    pairs : dict of int to ndarray
        The same of each.
    note : str
        Which pairs were counted, where not all were.
    chance : ndarray [layers, methods] or None
        Mean confidence on random numbers (`bertviz_plus.views.alignment.chance`): the baseline of pairs
        without gold; `None` where each has some.
    chance_note : str
        Over which pairs, where there are several.
    """

    measure: Measure
    all: NDArray[np.float32]
    pairs: dict[int, NDArray[np.float32]]
    note: str
    chance: NDArray[np.float32] | None = None
    chance_note: str = ""


def scores_of(
    pair: SentencePair,
    found: PairLinks,
    shape: tuple[int, int],
    *,
    gold: Gold | None = None,
    threshold: float = 0.0,
) -> PairScores:
    """Count the links of a pair.

    Parameters
    ----------
    pair : SentencePair
    found : PairLinks
    shape : (int, int)
        How many layers and methods there are.
    gold : Gold, optional
    threshold : float, default 0
        Links of less confidence do not count.
    """
    cells = np.repeat(np.arange(len(found.starts) - 1), np.diff(found.starts))
    links = found.links
    if threshold > 0:
        sure_enough = links[:, 2] >= threshold * FULL
        cells, links = cells[sure_enough], links[sure_enough]

    def counted(weights: NDArray[Any] | None = None) -> Floats:
        return np.bincount(cells, weights, len(found.starts) - 1).reshape(shape).astype(np.float64)

    places = tuple(links[:, :2].T.astype(np.intp))
    by_kind = []
    for true in (gold.sure, gold.possible) if gold else ((), ()):
        cell = np.zeros((len(pair.source), len(pair.target)))
        for link in true:
            cell[link] = 1
        by_kind.append(counted(cell[places]))
    return PairScores(
        links=counted(),
        links_sure=by_kind[0],
        links_possible=by_kind[1],
        confidence=counted(links[:, 2] / FULL),
        sure=len(gold.sure) if gold else -1,
    )


def map_of(counted: Mapping[int, PairScores], measure: Measure, note: str = "") -> AlignmentMap:
    """Put pairs together, each link counting once."""
    return AlignmentMap(
        measure,
        _values(list(counted.values()), measure),
        {place: one.values(measure) for place, one in counted.items()},
        note,
    )


def diagonal_aer(pairs: Iterable[SentencePair], golds: Iterable[Gold | None] | None = None) -> float | None:
    """Return the alignment error rate of links along the diagonal: what word order alone gives.

    Parameters
    ----------
    pairs : iterable of SentencePair
        Those without gold do not count.
    golds : iterable of Gold or None, optional
        Other gold than their own.

    Returns
    -------
    float or None
        `None` where no pair has gold.

    Examples
    --------
    >>> diagonal_aer([SentencePair(("a", "b"), ("x", "y"), gold="0-0 1-0")])
    0.5
    """
    pairs = list(pairs)
    above = below = 0
    for pair, gold in zip(pairs, [pair.gold for pair in pairs] if golds is None else golds, strict=True):
        if gold is None:
            continue
        links = diagonal_links(len(pair.source), len(pair.target))
        above += len(links & gold.sure) + len(links & gold.possible)
        below += len(links) + len(gold.sure)
    return 1 - above / below if below else None


def stable_links(payload: "Payload", place: int) -> tuple[tuple[int, int, float], ...]:
    """Return the links that hold at several layers, and those of gold: cuts should spare them."""
    pair = payload.alignments[place]
    layers, methods = len(payload.alignments.hidden_layers), len(payload.methods)
    counts: Counter[tuple[int, int]] = Counter()
    if methods:
        found = payload.links_of(place)
        method = payload.methods.index("inter") if "inter" in payload.methods else 0
        for layer in range(layers):
            counts.update((i, j) for i, j, _ in found.at(layer, method, methods).tolist())
    gold = [pair.gold.possible] if pair.gold else []
    for links in (*gold, *(given.pairs for given in pair.given.values())):
        counts.update(dict.fromkeys(links, _STABLE))
    return tuple((i, j, float(count)) for (i, j), count in sorted(counts.items()) if count >= _STABLE)


def _values(pairs: list[PairScores], measure: Measure) -> NDArray[np.float32]:
    with np.errstate(invalid="ignore", divide="ignore"):
        links = np.sum([one.links for one in pairs], axis=0)
        if measure == "confidence":
            return np.asarray(np.sum([one.confidence for one in pairs], axis=0) / links, np.float32)
        agreed = np.sum([one.links_sure + one.links_possible for one in pairs], axis=0)
        if any(one.sure < 0 for one in pairs):
            return np.full(links.shape, np.nan, np.float32)
        return np.asarray(1 - agreed / (links + sum(one.sure for one in pairs)), np.float32)
