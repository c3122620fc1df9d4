"""Which texts find themselves in another language, as two readers see them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.retrieval import language_vectors, translations_found


def found_between(models: Sequence[Any], texts: Sequence[str], hidden_layer: int) -> NDArray[np.float64]:
    """Return how often each text, as one model reads it, is nearest to itself as the other does.

    By cosine of the means of tokens' vectors, after each language's own mean is taken away (centred), both
    ways.

    Parameters
    ----------
    models : two of Model
    texts : sequence of str
    hidden_layer : int

    Returns
    -------
    ndarray [texts]
        0, 0.5 or 1.
    """
    vectors = {
        str(number): language_vectors(model, {"own": texts}, pooling=["mean"], progress=False)["mean"]["own"]
        for number, model in enumerate(models)
    }
    return np.asarray(translations_found(vectors, centred=True)[hidden_layer], float)
