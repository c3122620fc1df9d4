"""Retrieval of translations and the language probe in one table, by layer, centred and not."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.retrieval import language_probe, sentence_retrieval


def language_scores(
    vectors: Mapping[str, NDArray[np.floating[Any]]],
    *,
    folds: int = 5,
    resamples: int = 1000,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """Say at each layer how well sentences find their translation, and how well they tell their language.

    Parameters
    ----------
    vectors : dict of str to ndarray [hidden layers, sentences, hidden]
        For each language, as `language_vectors` gives them; at least four sentences.
    folds : int, default 5
        Of the probe.
    resamples, seed : int
        Of the bootstrap over sentences; the seed also draws the probe's halves and folds.
    progress : bool, default True

    Returns
    -------
    DataFrame
        One row for each measure ("retrieval", "probe"), hidden layer, and not centred and centred:
        ``measure``, ``hidden_layer``, ``centred``, ``value``, ``low``, ``high``, ``chance`` (of the probe the
        majority).

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> vectors = {"en": random.normal(size=(2, 12, 4)), "de": random.normal(size=(2, 12, 4))}
    >>> language_scores(vectors, folds=2, resamples=10, progress=False).shape
    (8, 7)
    """
    retrieval = sentence_retrieval(vectors, resamples=resamples, seed=seed)
    probe = language_probe(vectors, folds=folds, resamples=resamples, seed=seed, progress=progress)
    table = pd.concat(
        [
            retrieval.assign(measure="retrieval"),
            probe.rename(columns={"majority": "chance"}).assign(measure="probe"),
        ],
        ignore_index=True,
    )
    return table[["measure", "hidden_layer", "centred", "value", "low", "high", "chance"]]
