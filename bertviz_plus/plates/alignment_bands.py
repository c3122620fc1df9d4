"""Where is a long pair cut, source over target? Where few links run from band to band."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section

Band = tuple[int, int, int, int]
Floats = NDArray[np.float64]

_BANDS = section("alignment.bands")

_GAP = _BANDS.number("space")
# A link across a cut; a cut; a cut after punctuation; a band twice as wide as its share.
_ACROSS, _CUT = _BANDS.number("across"), _BANDS.number("cut")
_AFTER_STOP, _UNEVEN = _BANDS.number("after_stop"), _BANDS.number("uneven")
# A band may be so much wider or narrower than its share.
_SLACK = _BANDS.number("slack")
# Finer cuts are made by length alone.
_MOST, _MORE = _BANDS.whole("most"), _BANDS.whole("more")
# So many sums are made at once.
_AT_ONCE = 300_000
_STOPS = frozenset(",;:.!?。、，；：！？،؛؟।")


def cut_bands(
    words: Sequence[Sequence[str]], widths: Sequence[Floats], links: Sequence[tuple[int, int]], width: float
) -> list[Band]:
    """Cut both sentences into the same number of bands.

    Parameters
    ----------
    words : (source, target)
    widths : (source, target)
        Of each word.
    links : sequence of (int, int)
        Those that should not run across a cut.
    width : float
        Of a band at most.

    Returns
    -------
    list of (int, int, int, int)
        First source word, one past the last; the same of the target.

    Examples
    --------
    >>> words = "a b , c d".split(), "w x , y z".split()
    >>> cut_bands(words, [np.full(5, 20.0)] * 2, [(0, 0), (4, 4)], 100)
    [(0, 3, 0, 3), (3, 5, 3, 5)]
    """
    counts = [len(one) for one in words]
    lengths = [_lengths(one) for one in widths]
    longest = max(float(one[0, -1]) for one in lengths)
    if longest <= width:
        return [(0, counts[0], 0, counts[1])]
    least = ceil(longest / width)
    best: tuple[float, list[Band]] | None = None
    crossing = _crossing(counts, links)
    for count in range(least, min(least + _MORE, _MOST, *counts) + 1):
        found = _cut_into(count, words, widths, lengths, crossing, width)
        if found is not None and (best is None or found[0] + _CUT * count < best[0]):
            best = (found[0] + _CUT * count, found[1])
    return best[1] if best is not None else _cut_by_length(widths, lengths, width)


def _lengths(widths: Floats) -> Floats:
    """Return how wide the words from one to another are, ``[first, one past the last]``."""
    ends = np.concatenate([[0.0], np.cumsum(widths + _GAP)])
    return np.asarray(ends - ends[:, np.newaxis] - _GAP)


def _cut_into(
    count: int,
    words: Sequence[Sequence[str]],
    widths: Sequence[Floats],
    lengths: Sequence[Floats],
    crossing: Floats,
    width: float,
) -> tuple[float, list[Band]] | None:
    """Find the cheapest cuts by a dynamic programme over how many words of each sentence are placed."""
    costs = [_costs(count, *one, width) for one in zip(words, widths, lengths, strict=True)]
    best = np.full(crossing.shape, np.inf)
    best[0, 0] = 0
    steps = []
    for band in range(count):
        last = band == count - 1
        middle, from_row = _relax(best, costs[0][last])
        after, from_column = _relax(middle.T, costs[1][last])
        best = after.T if last else after.T + crossing
        steps.append((from_row, from_column.T))
    if not np.isfinite(best[-1, -1]):
        return None
    bands: list[Band] = []
    i, j = (one - 1 for one in crossing.shape)
    for from_row, from_column in reversed(steps):
        before_j = int(from_column[i, j])
        before_i = int(from_row[i, before_j])
        bands.insert(0, (before_i, i, before_j, j))
        i, j = before_i, before_j
    return float(best[-1, -1]), bands


def _costs(
    count: int, words: Sequence[str], widths: Floats, lengths: Floats, width: float
) -> tuple[Floats, Floats]:
    """Return what a band from one word to another costs, and what the last one costs."""
    share = float(lengths[0, -1]) / count
    first, end = np.indices(lengths.shape)
    # One word may be wider than everything.
    fits = (end > first) & ((lengths <= width) | (end == first + 1))
    uneven = np.where(fits, lengths / share - 1, np.inf)
    own = np.concatenate([[0.0], widths])
    inner = np.abs(uneven) * share <= np.maximum(_SLACK * share, own)
    stops = np.array([0.0, *(_AFTER_STOP * (word in _STOPS) for word in words)])
    cost = np.where(inner & (end < len(words)), _UNEVEN * uneven**2 - stops, np.inf)
    return cost, np.where(end == len(words), _UNEVEN * uneven**2, np.inf)


def _relax(best: Floats, cost: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return the cheapest way to each row, and from which row it comes."""
    found = np.full(best.shape, np.inf)
    origin = np.zeros(best.shape, np.int64)
    starts = np.flatnonzero(np.isfinite(best).any(axis=1))
    ends = np.flatnonzero(np.isfinite(cost[starts]).any(axis=0))
    # Not many at once where sentences are long.
    for some in np.array_split(ends, 1 + len(starts) * len(ends) * best.shape[1] // _AT_ONCE):
        through = cost[np.ix_(starts, some)][:, :, np.newaxis] + best[starts][:, np.newaxis]
        if through.size:
            nearest = through.argmin(axis=0)
            found[some] = np.take_along_axis(through, nearest[np.newaxis], 0)[0]
            origin[some] = starts[nearest]
    return found, origin


def _crossing(counts: Sequence[int], links: Sequence[tuple[int, int]]) -> Floats:
    """Return what the links cost that a cut crosses, by how many words stand before it."""
    cells = np.zeros((counts[0] + 1, counts[1] + 1))
    for i, j in links:
        cells[i + 1, j + 1] += 1
    before = cells.cumsum(axis=0).cumsum(axis=1)
    return np.asarray(_ACROSS * (before[:, -1:] + before[-1:] - 2 * before))


def _cut_by_length(widths: Sequence[Floats], lengths: Sequence[Floats], width: float) -> list[Band]:
    count = 2
    while True:
        cuts = [_even_cuts(*one, count) for one in zip(widths, lengths, strict=True)]
        fits = all(
            end - start < 2 or length[start, end] <= width
            for length, edges in zip(lengths, cuts, strict=True)
            for start, end in pairwise(edges)
        )
        if fits or count > sum(map(len, widths)):
            source, target = cuts
            return [(source[k], source[k + 1], target[k], target[k + 1]) for k in range(count)]
        count += 1


def _even_cuts(widths: Floats, lengths: Floats, count: int) -> list[int]:
    middles = np.concatenate([[0.0], np.cumsum(widths + _GAP)])[:-1] + (widths + _GAP) / 2
    shares = np.arange(1, count) * float(lengths[0, -1]) / count
    return [0, *np.searchsorted(middles, shares).tolist(), len(widths)]
