"""The links of a pair at every hidden layer at once: the same as one by one, several times as fast."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.methods import METHODS, Links, checked_method
from bertviz_plus.measures.alignment.probabilities import entmax_probabilities, softmax_probabilities
from bertviz_plus.measures.alignment.transport import plan_links
from bertviz_plus.traces.alignments import SentencePair

Floats = NDArray[np.floating[Any]]

# Softmax over cosines in units of their standard deviation, times this.
SHARPNESS = 2.0


def links_by_layer(pair: SentencePair, method: str) -> Links:
    """Link the words of a pair at each of its hidden layers, as `align_pair` does with no options.

    Parameters
    ----------
    pair : SentencePair
        Read by a model.
    method : str
        One of `bertviz_plus.measures.alignment.methods.METHODS`.

    Returns
    -------
    ndarray [hidden layers, source words, target words], bool
        A layer whose cosines are not all finite has none.

    Examples
    --------
    >>> cosines = np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.1, 0.9], [0.8, 0.2]]], np.float32)
    >>> a, b = ("a", "b"), ("x", "y")
    >>> pair = SentencePair(a, b, None, a, b, (0, 1), (0, 1), cosines)
    >>> links_by_layer(pair, "inter").astype(int).tolist()
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]
    """
    cosines = _cosines(pair)
    finite = np.isfinite(cosines).all(axis=(1, 2))
    similarity = _similarity(pair, cosines, METHODS[checked_method(method)].similarity)
    links = np.zeros(cosines.shape, bool)
    if finite.any():
        links[finite] = _linked(similarity[finite], method)
    return words_any(pair, links)


def confidence_by_layer(pair: SentencePair) -> NDArray[np.float64]:
    """Say how surely each two words of a pair belong together, at each hidden layer.

    What `bertviz_plus.measures.alignment.word_alignment.word_confidence` says of one.

    Returns
    -------
    ndarray [hidden layers, source words, target words]
        From 0 to 1; 0 for words that no subword stands for, and where cosines are not finite.
    """
    cosines = _cosines(pair).astype(np.float64)
    with np.errstate(invalid="ignore"):
        spread = cosines.std(axis=(1, 2), keepdims=True)
        scores = SHARPNESS * cosines / np.where(spread > 0, spread, 1)
        there = softmax_probabilities(scores)
        back = softmax_probabilities(scores.transpose(0, 2, 1)).transpose(0, 2, 1)
        return np.nan_to_num(_words_max(pair, np.sqrt(there * back), 0.0))


def similarity_by_layer(pair: SentencePair) -> NDArray[np.float64]:
    """Return the cosine of each two words at each hidden layer, that of their most similar subwords.

    Returns
    -------
    ndarray [hidden layers, source words, target words]
        NaN for words that no subword stands for.
    """
    return _words_max(pair, _cosines(pair).astype(np.float64), np.nan)


def words_any(pair: SentencePair, links: Links) -> Links:
    """Link words if any of their subwords are linked, in each of several layers."""
    words = np.zeros((len(links), len(pair.source), len(pair.target)), bool)
    layers, rows, columns = np.nonzero(links)
    source, target = np.array(pair.source_word_ids, int), np.array(pair.target_word_ids, int)
    words[layers, source[rows], target[columns]] = True
    return words


def _cosines(pair: SentencePair) -> Floats:
    if pair.cosines is None:
        raise ValueError(
            "this pair has been read by no model: alignments(model, pairs) has what a method needs"
        )
    return pair.cosines


def _similarity(pair: SentencePair, cosines: Floats, kind: str) -> Floats:
    if kind == "cosine":
        return cosines
    if kind == "scaled":
        scaled: Floats = (cosines + np.float32(1)) / np.float32(2)
        return scaled
    source, target = np.asarray(pair.source_norms), np.asarray(pair.target_norms)
    dot: Floats = cosines * source[:, :, np.newaxis] * target[:, np.newaxis]
    return dot


def _linked(similarity: Floats, method: str) -> Links:
    """Link subwords; what is an argmax or a probability is found for all layers together."""
    if method in ("fwd", "rev", "inter"):
        there, back = _best(similarity), _best(similarity.transpose(0, 2, 1)).transpose(0, 2, 1)
        return {"fwd": there, "rev": back, "inter": there & back}[method]
    if method in ("softmax", "entmax"):
        probabilities, least = {
            "softmax": (softmax_probabilities, 1e-3),
            "entmax": (entmax_probabilities, 0.0),
        }[method]
        there = probabilities(similarity) > least
        return there & (probabilities(similarity.transpose(0, 2, 1)) > least).transpose(0, 2, 1)
    if method == "ot":
        return np.stack([plan_links(plan) for plan in _transport_plans(similarity)])
    return np.stack([METHODS[method].links(one) for one in similarity])


def _transport_plans(
    similarity: Floats, *, epsilon: float = 0.05, iterations: int = 200, tolerance: float = 1e-6
) -> NDArray[np.float64]:
    """Return the balanced plans that `transport_plan` returns, each stopped where it would stop.

    With its default epsilon no kernel is below exp(-20), so that Sinkhorn's products need no logarithms:
    ten times as fast.
    """
    matrices = np.asarray(similarity, np.float64)
    highest, lowest = matrices.max(axis=(1, 2)), matrices.min(axis=(1, 2))
    span = np.where(highest > lowest, highest - lowest, 1)
    kernel = np.exp((matrices - highest[:, None, None]) / span[:, None, None] / epsilon)
    turned = np.ascontiguousarray(kernel.transpose(0, 2, 1))
    count, rows, columns = kernel.shape
    plans: NDArray[np.float64] = np.empty_like(kernel)
    running = np.arange(count)
    source = np.ones((count, rows, 1))
    for step in range(iterations):
        before = source
        target = 1 / columns / (turned @ source)
        source = 1 / rows / (kernel @ target)
        still = np.abs(np.log(source / before)).max(axis=(1, 2)) >= tolerance
        if step == iterations - 1:
            still[:] = False
        if not still.all():
            ended = ~still
            plans[running[ended]] = source[ended] * kernel[ended] * target[ended].transpose(0, 2, 1)
            running, source = running[still], source[still]
            kernel, turned = kernel[still], turned[still]
        if not len(running):
            break
    return plans


def _best(similarity: Floats) -> Links:
    best = similarity.argmax(axis=2)[:, :, np.newaxis]
    return np.asarray(np.arange(similarity.shape[2]) == best)


def _words_max(pair: SentencePair, subwords: Floats, empty: float) -> NDArray[np.float64]:
    """Return the largest value among the subwords of two words; those of a word stand side by side."""
    words = np.full((len(subwords), len(pair.source), len(pair.target)), empty)
    source, firsts = np.unique(np.array(pair.source_word_ids, int), return_index=True)
    target, lefts = np.unique(np.array(pair.target_word_ids, int), return_index=True)
    if len(source) and len(target):
        rows = np.maximum.reduceat(subwords, firsts, axis=1)
        words[:, source[:, np.newaxis], target] = np.maximum.reduceat(rows, lefts, axis=2)
    return words
