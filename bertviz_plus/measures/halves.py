"""Sentences in two halves, each measured where the other scores best, so that choosing is never rewarded."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.tallies import Tallies


def second_half(sentences: ArrayLike, seed: int) -> NDArray[np.bool_]:
    """Put half of the sentences, drawn at random, in the second half.

    Parameters
    ----------
    sentences : array_like [items]
        The sentence of each item. Items of one sentence stay together.
    seed : int

    Returns
    -------
    ndarray [items], bool

    Examples
    --------
    >>> late = second_half([0, 0, 1, 2, 3], seed=0)
    >>> bool(late[0] == late[1]), int(late[1:].sum())
    (True, 2)
    """
    names, numbers = np.unique(np.asarray(sentences), return_inverse=True)
    return np.asarray(np.random.default_rng(seed).permutation(len(names))[numbers] % 2 == 1)


def second_half_of_each(
    labels: NDArray[np.intp], sentences: NDArray[np.intp], random: np.random.Generator
) -> NDArray[np.bool_]:
    """Put every other sentence of each label, in a random order, in the second half.

    Parameters
    ----------
    labels, sentences : ndarray [items]
        A sentence with several labels goes with the first.
    random : numpy.random.Generator

    Returns
    -------
    ndarray [items], bool

    Examples
    --------
    >>> labels = np.array([0, 0, 0, 0, 1, 1])
    >>> late = second_half_of_each(labels, np.arange(6), np.random.default_rng(0))
    >>> int(late[:4].sum()), int(late[4:].sum())
    (2, 1)
    """
    assigned: dict[int, bool] = {}
    for label in np.unique(labels):
        fresh = [one for one in np.unique(sentences[labels == label]).tolist() if one not in assigned]
        order = random.permutation(len(fresh))
        assigned |= {fresh[place]: bool(number % 2) for number, place in enumerate(order)}
    return np.array([assigned[sentence] for sentence in sentences.tolist()], bool)


def best_on_the_other_half(
    scored: Sequence[Tallies], second: NDArray[np.bool_], kinds: NDArray[np.intp] | None = None
) -> NDArray[np.intp]:
    """Choose for each half the place (layer or head) that scores best on the other half.

    Parameters
    ----------
    scored : sequence of Tallies
        Of the same items, one for each place.
    second : ndarray [items], bool
        Which items are in the second half.
    kinds : ndarray [items], optional
        Where each kind of item, such as a grammatical relation, has a place of its own.

    Returns
    -------
    ndarray [items], int
        For each item its place among `scored`; the first of equals.

    Examples
    --------
    >>> second = np.array([False, False, True, True])
    >>> scored = [Tallies.of_shares(right) for right in ([1, 1, 0, 0], [0, 0, 1, 1])]
    >>> best_on_the_other_half(scored, second).tolist()
    [1, 1, 0, 0]
    """
    at = np.zeros(len(second), np.intp)
    kinds = np.zeros(len(second), np.intp) if kinds is None else kinds
    for kind in np.unique(kinds):
        for half in (False, True):
            other = (kinds == kind) & (second != half)
            values = np.array([one.only(other).value for one in scored])
            at[(kinds == kind) & (second == half)] = np.where(np.isnan(values), -np.inf, values).argmax()
    return at
