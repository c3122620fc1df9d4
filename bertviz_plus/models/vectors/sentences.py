"""One vector for each sentence, in each hidden layer of a model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.models.model import Model
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.models.passes.encoding import Encoded, Given
from bertviz_plus.models.passes.gathering import Tokens, gather, in_batches
from bertviz_plus.traces.checks import count_or_none
from bertviz_plus.traces.progress import tqdm

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
    check_model(model, 'language_vectors(model, {"en": ["A cat."], "de": ["Eine Katze."]})')
    wrong = [name for name in pooling if name not in ("mean", "first")]
    if wrong or isinstance(pooling, str) or not pooling:
        raise ValueError(f"pooling must be a list of 'mean' and 'first', got {wrong or pooling!r}")
    batch_size = count_or_none(batch_size, "batch_size")
    if isinstance(sentences, str):
        raise TypeError("sentences must be a list of strings, got one string")
    encoded = []
    for place, sentence in enumerate(sentences):
        if not isinstance(sentence, str) or not sentence.strip():
            raise ValueError(f"sentences[{place}] must be a string that is not empty, got {sentence!r:.40}")
        encoded.append(model._encode(Given(text=sentence), truncation=True, name=f"sentences[{place}]"))
    layers = range(model.n_layers + 1)
    vectors = {name: np.zeros((len(layers), len(encoded), model.hidden_size), np.float32) for name in pooling}
    with tqdm(total=len(encoded), disable=not progress, unit=" sentences") as bar:
        for places in in_batches(list(map(len, encoded)), batch_size or _SENTENCES_IN_PASS):
            # The first token, then what the mean is of.
            wanted = [[(0, 1), *_runs(encoded[place])] for place in places]
            batch = [
                Tokens(encoded[place].input_ids, encoded[place].token_type_ids, runs)
                for place, runs in zip(places, wanted, strict=True)
            ]
            gathered = gather(model, batch, layers)
            ends = np.cumsum([len(runs) for runs in wanted])
            for place, runs, own in zip(places, wanted, np.split(gathered, ends[:-1], axis=1), strict=True):
                if "mean" in vectors:
                    lengths = [end - start for start, end in runs[1:]]
                    vectors["mean"][:, place] = np.average(own[:, 1:], axis=1, weights=lengths)
                if "first" in vectors:
                    vectors["first"][:, place] = own[:, 0]
            bar.update(len(places))
    return vectors


def _runs(encoded: Encoded) -> list[tuple[int, int]]:
    """Return the stretches of tokens that are not special; of a sentence of special tokens all."""
    special = np.array(encoded.described.is_special)
    kept = ~special if not special.all() else special
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
