"""The vectors of words, or of any stretches of many texts, at every hidden layer, in one pass."""

import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.models.model_kind import check_model
from bertviz_plus.models.passes.gathering import Pooling, Tokens, gather, in_batches
from bertviz_plus.models.passes.windows import Window, try_windows
from bertviz_plus.traces.checks import count_or_none
from bertviz_plus.traces.joining import join_words, word_starts
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.word_places import Span
from bertviz_plus.traces.word_vectors import WordVectors

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_WORKS = 'word_vectors(model, [["A", "cat"], ["It", "sat"]])'
# Stretches are tokenised and sorted by length about so many at a time.
_TOGETHER = 4096
# More bytes than this go to a temporary file.
_IN_MEMORY = 2**30


def word_vectors(
    model: "Model",
    sentences: Sequence[Sequence[str]],
    *,
    hidden_layers: Sequence[int] | None = None,
    vector: Pooling = "mean",
    batch_size: int | None = None,
    progress: bool = True,
) -> WordVectors:
    """Read the vector of every word, at every hidden layer, in one pass.

    Probes that share what they read can then be trained with no model. More than 1 GiB of vectors lie in a
    temporary file, so that memory does not grow with the corpus.

    Parameters
    ----------
    model : Model
    sentences : sequence of sequence of str
        The words of each; `Parses` too.
    hidden_layers : sequence of int, optional
        0 for the embeddings … the model's number of layers; all by default.
    vector : {"mean", "first", "last"}
        Over the tokens that the word is written in.
    batch_size : int, optional
        The most sentences in one pass.
    progress : bool, default True

    Returns
    -------
    WordVectors

    Raises
    ------
    TypeError, ValueError
        Naming the sentence; and for a tokenizer that does not say which characters its tokens cover.

    Warns
    -----
    UserWarning
        For words that the tokenizer makes no token of.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> word_vectors(bp.load(), [["A", "cat"], ["It", "sat", "."]], progress=False)
    WordVectors: 5 words of 2 sentences at hidden layers 0..6, 384 numbers each
    """
    check_model(model, _WORKS)
    if isinstance(sentences, str) or not hasattr(sentences, "__len__"):
        raise TypeError(
            f"sentences must be lists of words, got {type(sentences).__name__}. This works: {_WORKS}"
        )
    listed = [_words(one, place) for place, one in enumerate(sentences)]
    texts = [join_words(words) for words in listed]
    spans = [
        [(start, start + len(word)) for start, word in zip(word_starts(words), words, strict=True)]
        for words in listed
    ]
    return span_vectors(
        model,
        texts,
        spans,
        hidden_layers=hidden_layers,
        vector=vector,
        batch_size=batch_size,
        progress=progress,
    )


def span_vectors(
    model: "Model",
    texts: Sequence[str],
    spans: Sequence[Sequence[Span]],
    *,
    hidden_layers: Sequence[int] | None = None,
    vector: Pooling = "mean",
    batch_size: int | None = None,
    progress: bool = True,
) -> WordVectors:
    """Read the vector of every stretch of some texts, at every hidden layer, in one pass.

    Parameters
    ----------
    texts : sequence of str
    spans : sequence of sequence of (int, int)
        For each text the characters of its stretches.
    model, hidden_layers, vector, batch_size, progress
        As in `word_vectors`.

    Returns
    -------
    WordVectors
        Whose words are the stretches.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> span_vectors(bp.load(), ["A cat sat."], [[(2, 5), (6, 9)]], progress=False).sentences
    (('cat', 'sat'),)
    """
    check_model(model, _WORKS)
    layers = checked_layers(hidden_layers, model.n_layers)
    batch_size = count_or_none(batch_size, "batch_size")
    given = [(text, span) for text, own in zip(texts, spans, strict=True) for span in own]
    ends = np.cumsum([0, *map(len, spans)]).tolist()
    vectors = _room((len(layers), len(given), model.hidden_size))
    is_read = np.zeros(len(given), bool)
    with tqdm(total=len(given), desc="reading", unit=" words", delay=1, disable=not progress) as bar:
        for start, stop in _stretches(ends):
            windows = try_windows(model, given[start:stop], model.max_tokens)
            found = [(place, one) for place, one in enumerate(windows, start) if one is not None]
            places = [place for place, _ in found]
            is_read[places] = True
            own = [window for _, window in found]
            for order, array in gather_windows(model, places, own, layers, vector, batch_size):
                vectors[:, order] = array
                bar.update(len(order))
    if not is_read.all():
        dropped = [given[place] for place in np.flatnonzero(~is_read)[:3].tolist()]
        said = ", ".join(repr(text[slice(*span)]) for text, span in dropped)
        warnings.warn(
            f"the tokenizer makes no token of {int((~is_read).sum())} of {len(given)} words, such as {said}: "
            "they have no vector",
            UserWarning,
            stacklevel=2,
        )
    pieces = tuple(tuple(text[slice(*span)] for span in own) for text, own in zip(texts, spans, strict=True))
    return WordVectors(vectors, pieces, is_read, layers, model.info)


def gather_windows(
    model: "Model",
    places: Sequence[int],
    windows: Sequence[Window],
    layers: tuple[int, ...],
    vector: Pooling,
    batch_size: int | None,
) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
    """Run windows through the model; those of one text that are the same run once.

    Parameters
    ----------
    model : Model
    places : sequence of int
        What the caller calls each window.
    windows : sequence of Window
    layers : tuple of int
        Hidden layers, ascending.
    vector : {"mean", "first", "last"}
    batch_size : int or None

    Yields
    ------
    places : list of int
    vectors : ndarray [hidden layers, places, hidden], float32
    """
    same: dict[tuple[int, ...], list[int]] = {}
    for number, window in enumerate(windows):
        same.setdefault(tuple(window.input_ids), []).append(number)
    distinct = list(same.values())
    for batch in in_batches([len(windows[group[0]].input_ids) for group in distinct], batch_size):
        groups = [distinct[number] for number in batch]
        tokens = [
            Tokens(
                windows[group[0]].input_ids,
                windows[group[0]].token_type_ids,
                [windows[number].tokens for number in group],
            )
            for group in groups
        ]
        order = [places[number] for group in groups for number in group]
        yield order, gather(model, tokens, layers, vector)


def _stretches(ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield stretches of about equal size, no text of which is cut in two."""
    start = 0
    for end in ends[1:]:
        if end - start >= _TOGETHER or end == ends[-1]:
            if end > start:
                yield start, end
            start = end


def _room(shape: tuple[int, ...]) -> NDArray[np.float32]:
    if 4 * int(np.prod(shape)) <= _IN_MEMORY:
        return np.zeros(shape, np.float32)
    return np.memmap(tempfile.TemporaryFile(), np.float32, "w+", shape=shape)


def _words(words: Any, place: int) -> tuple[str, ...]:
    given = getattr(words, "words", words)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(f"sentences[{place}] must be a list of words, got {type(words).__name__}")
    wrong = [word for word in given if not isinstance(word, str) or not word.strip()]
    if wrong or not given:
        raise ValueError(
            f"sentences[{place}] must be words that are not empty, got {wrong[0] if wrong else 'none'!r:.40}"
        )
    return tuple(given)


def checked_layers(hidden_layers: Any, n_layers: int) -> tuple[int, ...]:
    """Return hidden layers in ascending order; all where none are named.

    Examples
    --------
    >>> checked_layers(None, 2), checked_layers([2, 0], 2), checked_layers(1, 2)
    ((0, 1, 2), (0, 2), (1,))
    """
    if hidden_layers is None:
        return tuple(range(n_layers + 1))
    given = hidden_layers if isinstance(hidden_layers, Iterable) else (hidden_layers,)
    try:
        layers = sorted({index(layer) for layer in given})
    except TypeError as error:
        raise TypeError(
            f"hidden_layers must be whole numbers in 0..{n_layers}, got {hidden_layers!r}"
        ) from error
    wrong = [layer for layer in layers if not 0 <= layer <= n_layers]
    if wrong or not layers:
        raise ValueError(
            f"hidden_layers must be in 0..{n_layers} for this model, 0 being the embeddings; "
            f"got {wrong[0] if wrong else 'none'}"
        )
    return tuple(layers)
