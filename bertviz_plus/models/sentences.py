"""One vector for each sentence, in each hidden layer of a model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from bertviz_plus.models.encoding import Given
from bertviz_plus.models.forward import run_pass
from bertviz_plus.models.model import Model

_SENTENCES_IN_PASS = 32


def sentence_vectors(
    model: Model,
    sentences: Sequence[str],
    *,
    pooling: Sequence[str] = ("mean", "first"),
    batch_size: int | None = None,
    progress: bool = True,
) -> dict[str, NDArray[np.float32]]:
    """Read sentences and keep one vector for each, in each hidden layer.

    Parameters
    ----------
    model : Model
    sentences : sequence of str
    pooling : sequence of {"mean", "first"}
        The mean over the sentence's tokens, special ones left out, or the first token, which most encoders
        keep for the whole.
    batch_size : int, optional
        The most sentences in one pass.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    dict of str to ndarray [hidden layers, sentences, hidden], float32
        For each pooling.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> sentence_vectors(bp.load(), ["A cat.", "It sat."], pooling=["mean"], progress=False)["mean"].shape
    (7, 2, 384)
    """
    wrong = [name for name in pooling if name not in ("mean", "first")]
    if wrong or isinstance(pooling, str) or not pooling:
        raise ValueError(f"pooling must be a list of 'mean' and 'first', got {wrong or pooling!r}")
    if isinstance(sentences, str):
        raise TypeError("sentences must be a list of strings, got one string")
    encoded = []
    for place, sentence in enumerate(sentences):
        if not isinstance(sentence, str) or not sentence.strip():
            raise ValueError(f"sentences[{place}] must be a string that is not empty, got {sentence!r:.40}")
        encoded.append(model._encode(Given(text=sentence), truncation=True, name=f"sentences[{place}]"))
    request = model._request(("hidden_states",), None, "float32")
    shape = (model.n_layers + 1, len(encoded), model.hidden_size)
    vectors = {name: np.zeros(shape, np.float32) for name in pooling}
    order = sorted(range(len(encoded)), key=lambda place: len(encoded[place]))
    size = batch_size or _SENTENCES_IN_PASS
    with tqdm(total=len(encoded), disable=not progress, unit=" sentences") as bar:
        for start in range(0, len(order), size):
            places = order[start : start + size]
            shown = run_pass(model.hf, model._stacks, request, [encoded[place] for place in places])
            states = shown.arrays["encoder"]["hidden_states"]
            for row, place in enumerate(places):
                special = np.array(encoded[place].described.is_special)
                kept = np.flatnonzero(~special) if not special.all() else np.arange(len(special))
                if "mean" in vectors:
                    vectors["mean"][:, place] = states[:, row, kept].mean(axis=1)
                if "first" in vectors:
                    vectors["first"][:, place] = states[:, row, 0]
            bar.update(len(places))
    return vectors
