"""Where is the syntax? The structural probe at every hidden layer, with one pass over the texts."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from bertviz_plus.measures.syntax.probed_trees import (
    LAYER_0,
    UNTRAINED,
    Pair,
    checked_rank,
    in_a_chain,
    probe_table,
    read_parses,
)
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.parses import Parses, check_parses
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.word_vectors import WordVectors

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def structural_curve(
    model: "Model",
    train: Parses,
    test: Parses,
    *,
    hidden_layers: Sequence[int] | None = None,
    rank: int = 64,
    punctuation: bool = False,
    untrained: bool = True,
    resamples: int = 1000,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """Fit and score a structural probe at every hidden layer; each text is read once by the model.

    Parameters
    ----------
    model : Model
    train, test : Parses
    hidden_layers : sequence of int, optional
        Which; all by default. Layer 0 is probed always, as the baseline.
    rank, punctuation, resamples, seed
        As of `StructuralProbe` and its `score`.
    untrained : bool, default True
        Whether an untrained twin is probed too, which doubles the time.
    progress : bool, default True

    Returns
    -------
    DataFrame
        As of `StructuralProbe.score`, for every layer.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> from bertviz_plus.traces.parse import Parse
    >>> from bertviz_plus.traces.parses import Parses
    >>> trees = Parses((Parse(("the", "dog", "sees", "a", "cat"), (1, 2, -1, 4, 2)),) * 4)
    >>> curve = structural_curve(bp.load("bert-tiny"), trees, trees, rank=2, resamples=10, progress=False)
    >>> curve[curve["measure"] == "uuas"]["hidden_layer"].tolist()
    [0, 1, 2]
    """
    from bertviz_plus.models.untrained import untrained_twin
    from bertviz_plus.models.vectors.span_vectors import checked_layers

    works = "structural_curve(model, train, test)"
    check_model(model, works)
    for name, parses in (("train", train), ("test", test)):
        check_parses(parses, name, works)
    checked_rank(rank)
    wanted = checked_layers(hidden_layers, model.n_layers)
    layers = sorted({0, *wanted})
    readers = [model, untrained_twin(model, seed=seed)] if untrained else [model]
    frames: list[dict[int, pd.DataFrame]] = []
    chain = pd.DataFrame()
    with tqdm(total=len(readers) * len(layers), unit=" probes", disable=not progress) as bar:
        for reader in readers:
            # One model's vectors at a time.
            read = [read_parses(reader, one, layers, progress=progress) for one in (train, test)]
            if reader is model:
                chain = in_a_chain(read[1], test, punctuation=punctuation)
            own = {}
            for layer, pair in _fitted(read[0], train, layers, rank, seed):
                own[layer] = pair.scored(read[1], test, layer, punctuation=punctuation)
                bar.update()
            frames.append(own)
    tables = []
    for layer in wanted:
        rivals = {"chain": chain, LAYER_0: frames[0][0]}
        if untrained:
            rivals[UNTRAINED] = frames[1][layer]
        tables.append(probe_table(layer, frames[0][layer], rivals, resamples=resamples, seed=seed))
    return pd.concat(tables, ignore_index=True)


def _fitted(
    read: WordVectors, train: Parses, layers: Sequence[int], rank: int, seed: int
) -> Iterator[tuple[int, Pair]]:
    for layer in layers:
        yield layer, Pair.fit(read, train, layer, rank=rank, seed=seed)
