"""Scores made into probabilities: softmax, and entmax, which gives most of them exactly 0."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Similarity = NDArray[np.floating[Any]]


def softmax_probabilities(scores: Similarity) -> NDArray[np.float64]:
    """Softmax over the last axis.

    Examples
    --------
    >>> softmax_probabilities([[0, 0], [1000, 0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    shifted = np.asarray(scores, np.float64)
    exponents = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
    return probabilities


def entmax_probabilities(scores: Similarity) -> NDArray[np.float64]:
    """1.5-entmax over the last axis, exact by sorting (Peters, Niculae and Martins 2019, algorithm 2).

    Examples
    --------
    >>> entmax_probabilities([[0, 0], [2, 0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    half = np.asarray(scores, np.float64) / 2
    half = half - half.max(axis=-1, keepdims=True)
    falling = -np.sort(-half, axis=-1)
    counts = np.arange(1, falling.shape[-1] + 1)
    mean = falling.cumsum(axis=-1) / counts
    spread = counts * ((falling**2).cumsum(axis=-1) / counts - mean**2)
    thresholds = mean - np.sqrt(np.maximum((1 - spread) / counts, 0))
    support = (thresholds <= falling).sum(axis=-1, keepdims=True)
    threshold = np.take_along_axis(thresholds, support - 1, axis=-1)
    probabilities: NDArray[np.float64] = np.maximum(half - threshold, 0) ** 2
    return probabilities
