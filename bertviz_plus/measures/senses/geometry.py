"""Where vectors lie: how alike they are, how that compares with any words, and which dimensions make it so.

Means over all pairs are taken from sums of unit vectors, in n products: a mean of cosines is a product of
means.
"""

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.intervals import draw_resamples, interval
from bertviz_plus.measures.senses.labelled import check_vectors, unit, usable
from bertviz_plus.traces.checks import numpy_array
from bertviz_plus.traces.occurrences import Occurrences, check_occurrences


def self_similarity(vectors: ArrayLike) -> float:
    """Return the mean cosine of all ordered pairs of different occurrences.

    Parameters
    ----------
    vectors : array_like [occurrences, dimensions]
        One word's vectors in different contexts.

    Returns
    -------
    float
        Over n(n−1) pairs: 1 where context changes nothing. Compare with `anisotropy`.

    References
    ----------
    Ethayarajh 2019, "How Contextual are Contextualized Word Representations?", definition 1.

    Examples
    --------
    >>> self_similarity([[1, 0], [0, 1], [1, 0]])
    0.33...
    """
    return float(cosine_contributions(vectors).sum())


def intra_sentence_similarity(vectors: ArrayLike) -> float:
    """Return the mean cosine of a sentence's tokens with their mean vector.

    Parameters
    ----------
    vectors : array_like [tokens, dimensions]

    Returns
    -------
    float

    References
    ----------
    Ethayarajh 2019, definition 2.

    Examples
    --------
    >>> round(intra_sentence_similarity([[1, 0], [0, 1]]), 3)
    0.707
    """
    array = check_vectors(vectors, "vectors", 1)
    mean = array.mean(axis=0, dtype=float)
    length = float(np.linalg.norm(mean))
    return float((unit(array).astype(float) @ mean).mean() / length) if length else 0.0


def anisotropy(vectors: ArrayLike) -> float:
    """Return the mean cosine of random words: what any two vectors have in common.

    Parameters
    ----------
    vectors : array_like [words, dimensions]
        Words drawn at random from different contexts.

    Returns
    -------
    float
        Over all n(n−1) ordered pairs; near 0 where directions are spread evenly.

    References
    ----------
    Ethayarajh 2019, section 4.1.

    Examples
    --------
    >>> isotropic = np.random.default_rng(0).normal(size=(2000, 50))
    >>> abs(anisotropy(isotropic)) < 0.001
    True
    """
    return self_similarity(vectors)


def cosine_contributions(vectors: ArrayLike, other: ArrayLike | None = None) -> NDArray[np.float64]:
    """Return what each dimension adds to the cosine; the sum over dimensions is the cosine itself.

    Parameters
    ----------
    vectors : array_like [items, dimensions]
    other : array_like [items, dimensions], optional
        Each the partner of one of `vectors`.

    Returns
    -------
    ndarray [dimensions] or [items, dimensions], float64
        With `other`, of each pair. Without, the mean over all ordered pairs of different items.

    Raises
    ------
    ValueError
        For wrong shapes, or vectors that are not finite or of length 0.

    References
    ----------
    Timkey & van Schijndel 2021, "All Bark and No Bite", equation 4.

    Examples
    --------
    >>> cosine_contributions([[3, 4]], [[4, 3]]).tolist()
    [[0.48, 0.48]]
    """
    units = _exact_units(vectors, "vectors", 2 if other is None else 1)
    if other is not None:
        partners = _exact_units(other, "other", 1)
        if partners.shape != units.shape:
            raise ValueError(f"other must have the shape {list(units.shape)}, got {list(partners.shape)}")
        return np.asarray(units * partners)
    n = len(units)
    return np.asarray((units.sum(axis=0) ** 2 - (units**2).sum(axis=0)) / (n * (n - 1)))


def rogue_dimensions(vectors: ArrayLike, most: int | None = 10) -> pd.DataFrame:
    """Return the dimensions that make random words alike, strongest first.

    Parameters
    ----------
    vectors : array_like [words, dimensions]
        Words drawn at random from different contexts.
    most : int or None, default 10
        How many; None for all, whose contributions sum to the mean cosine.

    Returns
    -------
    DataFrame
        ``dimension``, ``contribution`` to the mean cosine, ``share`` of it.

    References
    ----------
    Timkey & van Schijndel 2021, section 3.

    Examples
    --------
    >>> rogue_dimensions([[9, 1, 0], [9, 0, 1], [9, -1, 0]], most=1)["dimension"].tolist()
    [0]
    """
    contributions = cosine_contributions(vectors)
    total = contributions.sum()
    order = np.argsort(-contributions, kind="stable")[:most]
    shares = contributions[order] / total if total else np.full(len(order), np.nan)
    return pd.DataFrame({"dimension": order, "contribution": contributions[order], "share": shares})


def corrected_cosine(
    vectors: ArrayLike,
    other: ArrayLike,
    reference: ArrayLike,
    how: Literal["standardise", "subtract"] = "standardise",
) -> NDArray[np.float64]:
    """Return cosines of pairs, corrected for what any two vectors have in common.

    Parameters
    ----------
    vectors, other : array_like [pairs, dimensions]
    reference : array_like [words, dimensions]
        Words drawn at random from different contexts.
    how : {"standardise", "subtract"}
        Subtract the reference's mean and divide by its standard deviation in each dimension, so that no
        dimension rules the cosine; or take the reference's mean cosine off the cosine.

    Returns
    -------
    ndarray [pairs], float64
        Near 0 for random words; NaN where a standardised vector has length 0.

    References
    ----------
    Timkey & van Schijndel 2021, section 5 (standardise). Ethayarajh 2019, section 4.1 (subtract).

    Examples
    --------
    >>> words = np.random.default_rng(0).normal(size=(500, 8)) + 5
    >>> plain = cosine_contributions(words[:100], words[100:200]).sum(axis=1).mean()
    >>> corrected = corrected_cosine(words[:100], words[100:200], words).mean()
    >>> bool(plain > 0.9), bool(abs(corrected) < 0.1)
    (True, True)
    """
    random = check_vectors(reference, "reference", 2)
    if how == "subtract":
        return np.asarray(cosine_contributions(vectors, other).sum(axis=1) - anisotropy(random))
    if how != "standardise":
        raise ValueError(f'how must be "standardise" or "subtract", got {how!r}')
    pair = [
        _standardised(check_vectors(side, name, 1), random)
        for side, name in ((vectors, "vectors"), (other, "other"))
    ]
    if pair[0].shape != pair[1].shape:
        raise ValueError(f"other must have the shape {list(pair[0].shape)}, got {list(pair[1].shape)}")
    lengths = np.linalg.norm(pair[0], axis=1) * np.linalg.norm(pair[1], axis=1)
    products = (pair[0] * pair[1]).sum(axis=1)
    return np.asarray(np.divide(products, lengths, out=np.full(len(lengths), np.nan), where=lengths > 0))


def geometry_scores(
    occurrences: Occurrences,
    random_vectors: Occurrences | ArrayLike | None = None,
    *,
    resamples: int = 1000,
    sample: int = 3000,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure at every hidden layer how alike a word's vectors are, beside random words.

    ===================== ============================================================== ===============
    measure               what it is                                                     baseline
    ===================== ============================================================== ===============
    ``self_similarity``   mean cosine of a word's occurrences                            anisotropy
    ``anisotropy``        mean cosine of the random words                                0
    ``corrected``         self-similarity of standardised vectors                        0
    ``rogue_share``       share of the random words' mean cosine from its largest        1 / dimensions
                          dimension
    ===================== ============================================================== ===============

    Parameters
    ----------
    occurrences : Occurrences
    random_vectors : Occurrences or array_like [hidden layers, words, dimensions], optional
        Words drawn at random, at the same hidden layers. Without them only ``self_similarity`` is given,
        without a baseline.
    resamples : int, default 1000
        Bootstrap resamples of sentences; 0 for no intervals.
    sample : int, default 3000
        Above so many occurrences of a word, a uniform sample of this size (``n``, ``note``).
    seed : int, default 0

    Returns
    -------
    DataFrame
        ``word``, ``hidden_layer``, ``measure``, ``value``, ``low``, ``high`` (95% bootstrap interval over
        sentences, pairs of an occurrence with itself left out), ``baseline``, ``n``, ``note``. The random
        words' own measures stand under the word "random words".

    Raises
    ------
    ValueError
        Where no word has two occurrences, or `random_vectors` do not fit.

    Examples
    --------
    >>> vectors = np.random.default_rng(0).normal(size=(2, 30, 8)) + 1
    >>> scores = geometry_scores(Occurrences.from_vectors(vectors, word="bank"), vectors, resamples=50)
    >>> scores["measure"].unique().tolist()
    ['self_similarity', 'corrected', 'anisotropy', 'rogue_share']
    """
    check_occurrences(occurrences, 'geometry_scores(occurrences(model, "bank", texts))')
    layers = occurrences.hidden_layers
    reference = None if random_vectors is None else _reference(random_vectors, occurrences)
    asked = np.array(occurrences.words, dtype=object)
    sources = np.array(occurrences.sources)
    counts = {word: int(np.count_nonzero(asked == word)) for word in dict.fromkeys(occurrences.words)}
    if max(counts.values(), default=0) < 2:
        raise ValueError(
            f"occurrences must hold at least 2 occurrences of a word, got {max(counts.values(), default=0)}"
        )
    rows: list[dict[str, Any]] = []
    random = np.random.default_rng(seed)
    for word, count in counts.items():
        chosen = np.flatnonzero(asked == word)
        note = ""
        if count > sample:
            chosen = np.sort(random.choice(chosen, sample, replace=False))
            note = f"on a seeded sample of {sample:,} of {count:,} occurrences"
        for place, layer in enumerate(layers):
            vectors = occurrences.vectors[place][chosen]
            base = np.nan if reference is None else _mean_cosine(reference[place])
            shared = (sources[chosen], resamples, seed)
            rows.append(_row((word, layer, "self_similarity"), vectors, shared, base, note))
            if reference is not None:
                known = reference[place][usable(reference[place])]
                standard = _standardised(vectors, known).astype(np.float32)
                rows.append(_row((word, layer, "corrected"), standard, shared, 0.0, note))
    for place, layer in enumerate(layers if reference is not None else ()):
        vectors = (reference if reference is not None else occurrences.vectors)[place]
        shared = (np.arange(len(vectors)), resamples, seed)
        rows.append(_row(("random words", layer, "anisotropy"), vectors, shared, 0.0, ""))
        rogue = rogue_dimensions(vectors[usable(vectors)], most=1)["share"].iloc[0]
        rows.append(
            rows[-1]
            | {"measure": "rogue_share", "value": float(rogue), "low": np.nan, "high": np.nan}
            | {"baseline": 1 / vectors.shape[1]}
        )
    columns = ["word", "hidden_layer", "measure", "value", "low", "high", "baseline", "n", "note"]
    return pd.DataFrame(rows, columns=columns)


def _row(
    key: tuple[str, int, str],
    vectors: NDArray[np.float32],
    shared: tuple[NDArray[np.intp], int, int],
    baseline: float,
    note: str,
) -> dict[str, Any]:
    sources, resamples, seed = shared
    vectors = vectors.astype(np.float32, copy=False)
    good = usable(vectors)
    notes = [note] if note else []
    if not good.all():
        notes.append(f"{np.count_nonzero(~good):,} vectors NaN or of length 0 left out")
    units = unit(vectors[good])
    value, low, high = np.nan, np.nan, np.nan
    if len(units) < 2:
        notes.append("undefined: fewer than two vectors")
    else:
        value = _mean_cosine(units)
        drawn = draw_resamples(sources[good], resamples=resamples, seed=seed)
        times = drawn.counts.astype(float)
        sums = drawn.sums(units)
        twice = (times**2).sum(axis=1)
        pairs = times.sum(axis=1) ** 2 - twice
        together = np.einsum("rd,rd->r", sums, sums) - twice
        low, high = interval(np.divide(together, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0))
    word, layer, measure = key
    return {
        "word": word,
        "hidden_layer": layer,
        "measure": measure,
        "value": value,
        "low": low,
        "high": high,
        "baseline": baseline,
        "n": len(units),
        "note": "; ".join(notes),
    }


def _mean_cosine(vectors: NDArray[np.float32]) -> float:
    """Return the mean cosine over ordered pairs; NaN for fewer than two usable vectors."""
    units = unit(vectors[usable(vectors)])
    if len(units) < 2:
        return float("nan")
    total = units.sum(axis=0, dtype=float)
    return float((total @ total - len(units)) / (len(units) * (len(units) - 1)))


def _standardised(vectors: NDArray[np.float32], reference: NDArray[np.float32]) -> NDArray[np.float64]:
    if vectors.shape[1] != reference.shape[1]:
        raise ValueError(f"reference must have {vectors.shape[1]} dimensions, got {reference.shape[1]}")
    deviations = reference.std(axis=0, dtype=float)
    return np.asarray(
        (vectors - reference.mean(axis=0, dtype=float)) / np.where(deviations > 0, deviations, 1)
    )


def _exact_units(vectors: ArrayLike, name: str, least: int) -> NDArray[np.float64]:
    array = check_vectors(vectors, name, least).astype(float)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError(f"{name} must have a length, got {np.count_nonzero(lengths == 0)} of zeros")
    return np.asarray(array / lengths)


def _reference(random_vectors: Occurrences | ArrayLike, occurrences: Occurrences) -> NDArray[np.float32]:
    if isinstance(random_vectors, Occurrences):
        if random_vectors.hidden_layers != occurrences.hidden_layers:
            raise ValueError(
                f"random_vectors must have the hidden layers {list(occurrences.hidden_layers)}, "
                f"got {list(random_vectors.hidden_layers)}"
            )
        random_vectors = random_vectors.vectors
    array: NDArray[np.float32] = numpy_array(random_vectors, "random_vectors")
    wanted = (len(occurrences.hidden_layers), occurrences.vectors.shape[-1])
    if array.ndim != 3 or (array.shape[0], array.shape[2]) != wanted or array.shape[1] < 2:
        raise ValueError(
            f"random_vectors must have the shape [{wanted[0]}, 2 or more, {wanted[1]}], "
            f"got {list(array.shape)}"
        )
    return array
