"""Word alignments that need no model: what place and spelling alone give."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def diagonal(source: Sequence[str], target: Sequence[str]) -> NDArray[np.bool_]:
    """Link the words that stand at the same place, each being the other's nearest.

    Examples
    --------
    >>> diagonal("abc", "xyz").astype(int).tolist()
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    """
    return _mutual(_nearness(len(source), len(target)))


def same_words(source: Sequence[str], target: Sequence[str]) -> NDArray[np.bool_]:
    """Link the words that are spelled the same, whatever their case.

    Examples
    --------
    >>> same_words(["Berlin", "is", "."], ["berlin", "."]).astype(int).tolist()
    [[1, 0], [0, 0], [0, 1]]
    """
    return np.array([[one.casefold() == other.casefold() for other in target] for one in source], bool)


def alike_and_near(source: Sequence[str], target: Sequence[str]) -> NDArray[np.bool_]:
    """Link the words that look alike and stand at about the same place: what needs no model.

    The sum of Dice's coefficient of their letter pairs and of how near their places are, both 0 to 1; linked
    where each is the other's best.

    Examples
    --------
    >>> alike_and_near(["a", "big", "problem"], ["das", "Problem", "."]).astype(int).tolist()
    [[1, 0, 0], [0, 0, 0], [0, 1, 0]]
    """
    alike = [[_dice(one.casefold(), other.casefold()) for other in target] for one in source]
    return _mutual(np.array(alike) + _nearness(len(source), len(target)))


def _nearness(m: int, n: int) -> NDArray[np.float64]:
    rows, columns = np.arange(m) / max(m - 1, 1), np.arange(n) / max(n - 1, 1)
    near: NDArray[np.float64] = 1 - np.abs(rows[:, np.newaxis] - columns)
    return near


def _mutual(similarity: NDArray[np.float64]) -> NDArray[np.bool_]:
    links = np.zeros(similarity.shape, bool)
    rows = np.arange(len(similarity))
    best = similarity.argmax(axis=1)
    links[rows, best] = similarity.argmax(axis=0)[best] == rows
    return links


@lru_cache(maxsize=100_000)
def _dice(one: str, other: str) -> float:
    first, second = Counter(_letter_pairs(one)), Counter(_letter_pairs(other))
    return 2 * (first & second).total() / (first.total() + second.total())


def _letter_pairs(word: str) -> list[str]:
    # The ends count too, so that a word of one letter has some.
    edged = f"\0{word}\0"
    return [edged[place : place + 2] for place in range(len(edged) - 1)]
