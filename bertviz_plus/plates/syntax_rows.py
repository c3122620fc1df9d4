"""Where is a long sentence cut into rows? The twin of `js/views/syntax/rows.js`."""

from collections.abc import Sequence
from math import ceil

from bertviz_plus.design import section
from bertviz_plus.traces.parse import LEFT_OUT

_ROWS = section("syntax.rows")
_MOST_WORDS = _ROWS.whole("most_words")
_ROW, _ACROSS, _AFTER_STOP, _UNEVEN = map(_ROWS.number, ("row", "across", "after_stop", "uneven"))
_LEAST_GAP, _ = section("syntax.words").limits("gap")


def cut_rows(widths: Sequence[float], gold: Sequence[int], room: float) -> list[tuple[int, int]]:
    """Cut a sentence into rows so that few arcs run from row to row.

    Parameters
    ----------
    widths : sequence of float
        Of the words.
    gold : sequence of int
        Their heads.
    room : float

    Returns
    -------
    list of (int, int)
        First word of each row, one past its last.

    Examples
    --------
    >>> cut_rows([40] * 20, [-1, *range(19)], 900)
    [(0, 10), (10, 20)]
    """
    n = len(widths)
    length = sum(widths) + (n - 1) * _LEAST_GAP
    least = ceil(max(n / _MOST_WORDS, length / room, 1))
    across = [0] * n
    for word, head in enumerate(gold):
        if head >= 0:
            for k in range(min(word, head) + 1, max(word, head) + 1):
                across[k] += 1
    costs, starts = [0.0], [0]
    for end in range(1, n + 1):
        best, at, long = float("inf"), 0, -_LEAST_GAP
        for start in range(end - 1, max(0, end - _MOST_WORDS) - 1, -1):
            long += widths[start] + _LEAST_GAP
            # A word that is wider by itself cannot be helped.
            if long > room and start < end - 1:
                break
            uneven = (end - start) * least / n - 1
            # What trees leave out is punctuation, with few exceptions.
            bonus = _AFTER_STOP if gold[end - 1] == LEFT_OUT else 0.0
            cutting = _ACROSS * across[end] - bonus if end < n else 0.0
            cost = costs[start] + _ROW + _UNEVEN * uneven * uneven + cutting
            if cost < best:
                best, at = cost, start
        costs.append(best)
        starts.append(at)
    rows: list[tuple[int, int]] = []
    end = n
    while end > 0:
        rows.insert(0, (starts[end], end))
        end = starts[end]
    return rows
