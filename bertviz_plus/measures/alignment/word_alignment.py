"""Which words of a pair are linked, at which layer, by which method, and how surely."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.layers import SHARPNESS, confidence_by_layer, links_by_layer
from bertviz_plus.measures.alignment.methods import METHODS, Links, checked_method, distort
from bertviz_plus.measures.alignment.probabilities import softmax_probabilities
from bertviz_plus.measures.alignment.scores import evaluate_alignment
from bertviz_plus.measures.alignment.similarities import checked_similarity
from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.links import Alignment, Link

# SimAlign defines its distortion for these.
_DISTORTED = tuple(name for name, method in METHODS.items() if method.similarity == "scaled")


def align_pair(
    alignments: Alignments | SentencePair,
    place: int = 0,
    *,
    method: str = "inter",
    hidden_layer: int | None = None,
    distortion: float = 0.0,
    **options: Any,
) -> Alignment:
    """Link the words of a pair that a model has read.

    Parameters
    ----------
    alignments : Alignments
    place : int, default 0
        Which pair.
    method : str, default "inter"
        One of `bertviz_plus.measures.alignment.methods.METHODS`.
    hidden_layer : int, optional
        The one that is documented to align best, by default.
    distortion : float, default 0
        SimAlign's κ; for fwd, rev, inter, itermax and mwmf.
    **options
        Of the method: ``n`` and ``alpha`` of itermax, ``threshold`` of softmax and entmax, ``epsilon``,
        ``unbalanced`` and ``threshold`` of ot.

    Returns
    -------
    Alignment

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> from bertviz_plus.models.vectors.aligning import alignments
    >>> read = alignments(bp.load("multilingual-e5-small"), [("The house", "Das Haus")], progress=False)
    >>> align_pair(read, hidden_layer=6).to_pharaoh()
    '0-0 1-1'
    """
    if not isinstance(alignments, Alignments):
        raise TypeError(f"alignments must be Alignments, got {type(alignments).__name__}")
    pair = alignments[place]
    layer = layer_of(alignments, hidden_layer)
    at = alignments.place_of(layer)
    links = subword_links(pair, at, checked_method(method), distortion=distortion, **options)
    linked = to_words(pair, links)
    confidence = word_confidence(pair, at)
    return Alignment(
        pair.source,
        pair.target,
        tuple(Link(i, j, float(confidence[i, j])) for i, j in linked),
        method,
        layer,
    )


def layer_of(alignments: Alignments, hidden_layer: int | None) -> int:
    """Return a hidden layer, or where none is named the one that is documented to align best."""
    if hidden_layer is not None:
        return hidden_layer
    if alignments.best_layer is None:
        raise ValueError(
            "hidden_layer must be given: which one aligns best is not known of "
            f"{alignments.model.id or 'this model'}; choose_layer(model, dev) finds it on pairs with gold"
        )
    return alignments.best_layer


def subword_links(
    pair: SentencePair, at: int, method: str, *, distortion: float = 0.0, **options: Any
) -> Links:
    """Link the subwords of a pair, in the layer at a place of its arrays."""
    if distortion and method not in _DISTORTED:
        raise ValueError(f"distortion is defined for {', '.join(_DISTORTED)}; got it with method={method!r}")
    similarity = distort(similarity_of(pair, at, METHODS[method].similarity), distortion)
    try:
        return METHODS[method].links(similarity, **options)
    except TypeError as error:
        if not options:
            raise
        raise TypeError(f"method {method!r} takes other options: {error}") from error


def similarity_of(
    pair: SentencePair, at: int, kind: Literal["scaled", "dot", "cosine"]
) -> NDArray[np.float32]:
    """Return the similarity of subwords that a method asks for: (cosine + 1)/2, dot product or cosine."""
    if pair.cosines is None or pair.source_norms is None or pair.target_norms is None:
        raise ValueError(
            "this pair has been read by no model: alignments(model, pairs) has what a method needs"
        )
    cosines: NDArray[np.float32] = pair.cosines[at]
    if kind == "cosine":
        return cosines
    if kind == "scaled":
        scaled: NDArray[np.float32] = (cosines + np.float32(1)) / np.float32(2)
        return scaled
    dot: NDArray[np.float32] = cosines * pair.source_norms[at][:, np.newaxis] * pair.target_norms[at]
    return dot


def to_words(pair: SentencePair, links: Links) -> list[tuple[int, int]]:
    """Link words if any of their subwords are linked."""
    rows, columns = np.nonzero(links)
    source, target = pair.source_word_ids, pair.target_word_ids
    return sorted({(source[i], target[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)})


def word_confidence(pair: SentencePair, at: int) -> NDArray[np.float64]:
    """Say how surely each two words of a pair belong together, whatever method links them.

    The geometric mean of two softmaxes of the cosines, one over the target and one over the source: near 1
    where each is clearly the other's best, lower where others come close. Cosines count in units of their
    standard deviation, so that a model whose vectors all point one way is no surer for it. Of two words the
    surest of their subwords count.

    Parameters
    ----------
    pair : SentencePair
    at : int
        A place in its arrays, `Alignments.place_of` a hidden layer.

    Returns
    -------
    ndarray [source words, target words]
        From 0 to 1; 0 for words that no subword stands for.
    """
    cosines = similarity_of(pair, at, "cosine").astype(np.float64)
    spread = cosines.std()
    scores = SHARPNESS * cosines / (spread if spread > 0 else 1)
    subwords = np.sqrt(softmax_probabilities(scores) * softmax_probabilities(scores.T).T)
    return _words_max(pair, subwords, 0.0)


def word_similarity(pair: SentencePair, at: int) -> NDArray[np.float64]:
    """Return the cosine of each two words, that of their most similar subwords.

    Parameters
    ----------
    pair : SentencePair
        Read by a model.
    at : int
        Place of the hidden layer among those that were read, as `Alignments.place_of` gives it.

    Returns
    -------
    ndarray [source words, target words]
        NaN for words that no subword stands for.

    Examples
    --------
    >>> cosines = np.array([[[0.9, 0.1], [0.2, 0.8]]])
    >>> pair = SentencePair(("a", "b"), ("x", "y"), None, ("a", "b"), ("x", "y"), (0, 1), (0, 1), cosines)
    >>> word_similarity(pair, 0).round(1).tolist()
    [[0.9, 0.1], [0.2, 0.8]]
    """
    similar = _words_max(pair, similarity_of(pair, at, "cosine").astype(np.float64), -np.inf)
    return np.where(np.isneginf(similar), np.nan, similar)


def _words_max(pair: SentencePair, subwords: NDArray[np.float64], empty: float) -> NDArray[np.float64]:
    words = np.full((len(pair.source), len(pair.target)), empty)
    at = np.ix_(np.array(pair.source_word_ids, int), np.array(pair.target_word_ids, int))
    np.maximum.at(words, tuple(at), subwords)
    return words


def alignment_map(
    alignments: Alignments, methods: Sequence[str] | None = None, *, measure: str | None = None
) -> pd.DataFrame:
    """Align every pair at every layer by every method.

    Parameters
    ----------
    alignments : Alignments
    methods : sequence of str, optional
        All by default.
    measure : {"aer", "confidence"}, optional
        What to tell: the alignment error rate over the pairs that have gold, the default where any has, or
        the mean confidence of all links.

    Returns
    -------
    DataFrame
        One row for each hidden layer, one column for each method.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> from bertviz_plus.models.vectors.aligning import alignments
    >>> multi = bp.load("multilingual-e5-small")
    >>> read = alignments(multi, [("The house", "Das Haus")], gold=["0-0 1-1"], progress=False)
    >>> float(alignment_map(read, ["inter"]).loc[6, "inter"])
    0.0
    """
    if not isinstance(alignments, Alignments):
        raise wrong_kind(
            "alignments",
            "Alignments, which alignments(model, pairs) returns",
            alignments,
            "alignment_map(alignments(model, pairs, gold=gold))",
        )
    names = [checked_method(method) for method in (METHODS if methods is None else methods)]
    with_gold = [place for place, pair in enumerate(alignments) if pair.gold is not None]
    if measure is None:
        measure = "aer" if with_gold else "confidence"
    if measure not in ("aer", "confidence"):
        raise ValueError(f"measure must be 'aer' or 'confidence', got {measure!r}")
    if measure == "aer" and not with_gold:
        raise ValueError("measure='aer' needs gold, and no pair has any; alignments.with_gold(...) adds it")
    counted = [alignments[place] for place in (with_gold if measure == "aer" else range(len(alignments)))]
    for pair in counted:
        _check_finite(pair)
    values = np.full((len(alignments.hidden_layers), len(names)), np.nan)
    if counted and values.size:
        values = (_error_rates if measure == "aer" else _mean_confidences)(counted, names)
    table = pd.DataFrame(values, list(alignments.hidden_layers), names)
    table.index.name = "hidden_layer"
    table.columns.name = "method"
    return table


def _check_finite(pair: SentencePair) -> None:
    """Refuse what no method can be asked about."""
    if pair.cosines is not None:
        for cosines in pair.cosines:
            checked_similarity(cosines)


def _error_rates(pairs: Sequence[SentencePair], methods: Sequence[str]) -> NDArray[np.float64]:
    """Return the alignment error rate over all pairs, ``[hidden layers, methods]``."""
    gold = [pair.gold for pair in pairs]
    columns = []
    for method in methods:
        found = [_listed(links_by_layer(pair, method)) for pair in pairs]
        columns.append(
            [evaluate_alignment(layer, gold, resamples=0).aer for layer in zip(*found, strict=True)]
        )
    return np.array(columns).T


def _mean_confidences(pairs: Sequence[SentencePair], methods: Sequence[str]) -> NDArray[np.float64]:
    """Return the mean confidence of all links, ``[hidden layers, methods]``; NaN where there are none."""
    shape = (len(confidence_by_layer(pairs[0])), len(methods))
    total, count = np.zeros(shape), np.zeros(shape)
    for pair in pairs:
        sure = confidence_by_layer(pair)
        links = np.stack([links_by_layer(pair, method) for method in methods], axis=1)
        total += np.where(links, sure[:, np.newaxis], 0).sum(axis=(2, 3))
        count += links.sum(axis=(2, 3))
    with np.errstate(invalid="ignore"):
        return np.asarray(total / count, np.float64)


def _listed(links: Links) -> list[list[tuple[int, int]]]:
    """Return the links of each layer."""
    return [list(zip(*(axis.tolist() for axis in layer.nonzero()), strict=True)) for layer in links]
