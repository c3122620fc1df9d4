"""What every head does over a corpus: each text is read once."""

from collections.abc import Iterable
from typing import Any

from bertviz_plus.measures.heads.accumulator import HeadStatistics
from bertviz_plus.models.model_kind import check_model

_WORKS = "head_statistics(model, texts)"


def head_statistics(
    model: Any,
    texts: Iterable[Any],
    *,
    similarity: bool = False,
    contexts: int = 5,
    norms: bool = False,
    words: bool = False,
    batch_size: int | None = None,
    progress: bool = True,
) -> HeadStatistics:
    """Say what every head does over a corpus: where its attention goes, how evenly, how far.

    Parameters
    ----------
    model : Model
        Of one stack.
    texts : iterable of str
        As `Model.traces` takes them; may be a generator. Each is read once.
    similarity : bool, default False
        Also the Jensen–Shannon divergence between all pairs of heads. It takes several times as long as all
        the rest.
    contexts : int, default 5
        How many of the strongest links to keep for each head, each of another text; 0 for none.
    norms : bool, default False
        Also ``norm_to_sep``: which share separators have of the size of what each token adds. Needs a model
        whose attention follows transformers' interface.
    words : bool, default False
        Whether the texts are already cut into words.
    batch_size : int, optional
        As in `Model.traces`.
    progress : bool, default True

    Returns
    -------
    HeadStatistics

    Raises
    ------
    TypeError, ValueError
        For what is no model, an encoder–decoder, texts that cannot be read, or no text at all.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> statistics = bp.head_statistics(bp.load("bert-tiny"), ["The cat sat.", "It slept."], progress=False)
    >>> statistics
    HeadStatistics of 2 texts, 2 layers × 2 heads (bert-tiny)
    >>> statistics.table[["layer", "head", "to_sep"]].shape
    (4, 3)
    """
    check_model(model, _WORKS)
    if model.is_encoder_decoder:
        raise ValueError("model must be one stack; of an encoder–decoder, update with its traces' encoder")
    found = HeadStatistics(similarity=similarity, contexts=contexts)
    keep = ("attention", "output_norms") if norms else ("attention",)
    for trace in model.traces(texts, words=words, keep=keep, batch_size=batch_size, progress=progress):
        found.update(trace)
    if not found.n_texts:
        raise ValueError("texts must hold at least one text, got none")
    return found
