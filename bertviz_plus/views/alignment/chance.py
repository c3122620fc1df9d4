"""How sure would links be by chance? The same methods on random numbers, the baseline of mean confidence.

A method links the cells that stand out, so that its links look sure whatever they mean. What is left of that
on numbers that mean nothing is what a mean confidence is to be compared with. (On English and German
sentences that do not belong together the bundled multilingual model comes near it: .62 by `inter` at layer 6,
beside .53 on random numbers, and .83 on sentences that do.)
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.alignments import SentencePair
from bertviz_plus.views.alignment.map import PairScores, map_of

# So many pairs tell it, and of few pairs so many draws.
_PAIRS, _DRAWS = 20, 8
# Cells of a matrix, in all draws: long sentences have links enough in one.
_CELLS = 4_000


def confidence_by_chance(
    pairs: Sequence[SentencePair], count: Callable[[SentencePair], PairScores], *, seed: int = 0
) -> tuple[NDArray[np.float32], int]:
    """Return the mean confidence of links between random numbers.

    Parameters
    ----------
    pairs : sequence of SentencePair
        Read by a model.
    count : callable
        Aligns a pair and counts its links.
    seed : int, default 0

    Returns
    -------
    chance : ndarray [layers, methods]
        NaN where nothing is linked.
    drawn : int
        Over how many pairs: a sample, where there are more than 20.
    """
    rng = np.random.default_rng(seed)
    some = sorted(rng.choice(len(pairs), min(_PAIRS, len(pairs)), replace=False).tolist())
    cells = max(1, *(len(pairs[one].source) * len(pairs[one].target) for one in some))
    draws = min(ceil(_DRAWS / len(some)), max(1, _CELLS // cells))
    drawn = [random_pair(pairs[one], rng) for _ in range(draws) for one in some]
    return map_of(dict(enumerate(map(count, drawn))), "confidence").all, len(some)


def random_pair(pair: SentencePair, rng: np.random.Generator) -> SentencePair:
    """Return a pair of the same words whose cosines mean nothing.

    Parameters
    ----------
    pair : SentencePair
        Read by a model.
    rng : numpy.random.Generator

    Returns
    -------
    SentencePair
        Its cosines are normal, with the mean and the spread of each layer's own; the vectors keep their
        lengths.

    Examples
    --------
    >>> a, b = ("a", "b"), ("x", "y")
    >>> cosines = np.array([[[0.9, 0.1], [0.2, 0.8]]], np.float32)
    >>> pair = SentencePair(a, b, None, a, b, (0, 1), (0, 1), cosines)
    >>> random_pair(pair, np.random.default_rng(0)).cosines.shape
    (1, 2, 2)
    """
    cosines = np.asarray(pair.cosines)
    mean, spread = cosines.mean(axis=(1, 2), keepdims=True), cosines.std(axis=(1, 2), keepdims=True)
    # The same in each layer, so that layers differ by their own numbers only.
    drawn = mean + spread * rng.standard_normal(cosines.shape[1:], np.float32)
    return replace(pair, gold=None, cosines=drawn.astype(np.float32))
