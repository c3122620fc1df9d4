"""Every occurrence of a word in a stream of texts, with its vector at every hidden layer."""

import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from bertviz_plus.data.sense_sentences import SenseSentences
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.models.passes.gathering import Pooling
from bertviz_plus.models.passes.windows import Window, read_windows
from bertviz_plus.models.vectors.searching import (
    Found,
    Searched,
    cut_around,
    found_in_sentences,
    length_of,
    quoted,
)
from bertviz_plus.models.vectors.span_vectors import checked_layers, gather_windows
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.checks import check_utf8, count_or_none
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_WORKS = 'occurrences(model, "bat", ["A bat flew."])'
# Windows are tokenised and sorted by length so many at a time.
_STRETCH = 2048


def occurrences(
    model: "Model",
    word: str | Sequence[str],
    texts: Iterable[str] | SenseSentences,
    *,
    senses: Iterable[str | None] | None = None,
    spans: Iterable[Any] | None = None,
    inflections: bool = False,
    hidden_layers: Sequence[int] | int | None = None,
    vector: Pooling = "mean",
    limit: int | None = None,
    window: int | None = None,
    seed: int = 0,
    batch_size: int | None = None,
    progress: bool = True,
) -> Occurrences:
    """Find every place where a word stands, and read its vectors from a model.

    Texts are read once, in order, and may be a generator. About equally long ones go through the model
    together, up to the deepest hidden layer that is asked for, and nothing but the word's own vectors is
    kept.

    Parameters
    ----------
    model : Model
    word : str or sequence of str
        A word or an expression of several; whole words, without regard to case (`WordFinder`). Several are
        found in one pass, and `Occurrences.of` takes them apart.
    texts : iterable of str, or SenseSentences
        `SenseSentences` bring their own spans and senses.
    senses : iterable of str or None, optional
        One for each text: the sense of the word there.
    spans : iterable, optional
        For each text where the word stands: (start, end) in characters, a list of these, or None to have it
        searched for. `word` must then be one word, which names what the spans hold.
    inflections : bool, default False
        Also the English inflections: "banks", "drew" (`traces.inflections`).
    hidden_layers : int or sequence of int, optional
        0 for the embeddings … the model's number of layers; all by default.
    vector : {"mean", "first", "last"}
        Over the tokens that the word is written in. `Occurrences.sum_of_last` sums layers.
    limit : int, optional
        Keep a uniform random sample of so many occurrences, drawn before the model runs: memory then does
        not grow with the texts.
    window : int, optional
        The most tokens, special ones counted, that the model reads around a word; by default what the model
        can read. The word is never cut.
    seed : int, default 0
        Of the sample.
    batch_size : int, optional
        The most texts in one pass; 64 by default, fewer where they are long.
    progress : bool, default True
        Show bars for what takes over a second.

    Returns
    -------
    Occurrences
        In the order of the texts.

    Raises
    ------
    TypeError, ValueError
        For a word that stands nowhere, with the closest that do; senses or spans that are not as many as
        texts; a tokenizer that does not say which characters its tokens cover; a word longer than the
        window.

    Warns
    -----
    UserWarning
        For texts that are empty, and words that the tokenizer does not know.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = ["We sat on the bank.", "The bank lent it; banks do."]
    >>> bank = bp.occurrences(bp.load(), "bank", texts, inflections=True, progress=False)
    >>> bank.vectors.shape, bank.sources
    ((7, 3, 384), (0, 1, 1))
    """
    check_model(model, _WORKS)
    words = _checked_words(word)
    if isinstance(texts, str) or not isinstance(texts, Iterable | SenseSentences):
        raise wrong_kind("texts", "an iterable of strings", texts, _WORKS)
    layers = checked_layers(hidden_layers, model.n_layers)
    if vector not in get_args(Pooling):
        raise ValueError(f"vector must be one of {', '.join(get_args(Pooling))}, got {vector!r}")
    limit, batch_size = count_or_none(limit, "limit"), count_or_none(batch_size, "batch_size")
    room = _checked_window(window, model)
    if isinstance(texts, SenseSentences):
        if senses is not None or spans is not None:
            raise ValueError("senses and spans must not be given with SenseSentences, which bring their own")
        chosen = [place for place, one in enumerate(texts.words) if one in words]
        if not chosen:
            raise ValueError(f"word must be one of {sorted(set(texts.words))}, got {', '.join(words)!r}")
        stream: Iterable[Found] = found_in_sentences(texts, chosen)
    else:
        stream = Searched(texts, senses, spans, words, inflected=inflections)
    sample = _Reservoir(limit, seed)
    total = len(texts.texts) if isinstance(texts, SenseSentences) else length_of(texts)
    # Nobody needs a bar for what is over before it can be read.
    with tqdm(total=total, desc="searching", unit=" texts", delay=1, disable=not progress) as bar:
        for found in stream:
            bar.update(found.source - bar.n)
            sample.add(cut_around(found, room))
    kept = sample.in_order()
    left_out: dict[str, int] = {}
    if isinstance(stream, Searched):
        stream.check()
        if stream.empty:
            left_out["empty texts"] = stream.empty
            warnings.warn(
                f"texts holds {stream.empty} empty ones, which were left out", UserWarning, stacklevel=2
            )
    return _read(
        model, kept, layers, vector, room, batch_size, seen=sample.seen, left_out=left_out, progress=progress
    )


def _read(
    model: "Model",
    kept: Sequence[Found],
    layers: tuple[int, ...],
    vector: Pooling,
    room: int | None,
    batch_size: int | None,
    *,
    seen: int,
    left_out: dict[str, int],
    progress: bool,
) -> Occurrences:
    vectors = np.empty((len(layers), len(kept), model.hidden_size), np.float32)
    read: list[Window | None] = [None] * len(kept)
    with tqdm(total=len(kept), desc="reading", unit=" words", delay=1, disable=not progress) as bar:
        for start in range(0, len(kept), _STRETCH):
            stretch = range(start, min(start + _STRETCH, len(kept)))
            windows = read_windows(model, [(kept[place].text, kept[place].span) for place in stretch], room)
            for place, window in zip(stretch, windows, strict=True):
                read[place] = window
            for places, array in gather_windows(model, stretch, windows, layers, vector, batch_size):
                vectors[:, places] = array
                bar.update(len(places))
    done = [window for window in read if window is not None]
    unknown = [one.word for one, window in zip(kept, done, strict=True) if window.is_unknown]
    if unknown:
        warnings.warn(
            f"the tokenizer does not know {quoted(unknown)}: {len(unknown)} of "
            f"{len(kept)} vectors are those of its token for unknown words",
            UserWarning,
            stacklevel=3,
        )
    labelled = any(one.sense is not None for one in kept)
    return Occurrences(
        vectors,
        tuple(window.text for window in done),
        tuple(window.span for window in done),
        tuple(one.word for one in kept),
        tuple(one.sense for one in kept) if labelled else None,
        layers,
        sources=tuple(one.source for one in kept),
        positions=tuple(window.tokens[0] for window in done),
        subwords=tuple(window.tokens[1] - window.tokens[0] for window in done),
        vector=vector,
        model=model.info,
        seen=seen,
        left_out=left_out,
    )


class _Reservoir:
    """A uniform sample of a stream of unknown length, each item with the same chance (Vitter 1985, R)."""

    def __init__(self, limit: int | None, seed: int) -> None:
        self._limit, self._random = limit, np.random.default_rng(seed)
        self._kept: list[tuple[int, Found]] = []
        self.seen = 0

    def add(self, found: Found) -> None:
        if self._limit is None or len(self._kept) < self._limit:
            self._kept.append((self.seen, found))
        else:
            place = int(self._random.integers(self.seen + 1))
            if place < self._limit:
                self._kept[place] = (self.seen, found)
        self.seen += 1

    def in_order(self) -> list[Found]:
        return [found for _, found in sorted(self._kept, key=lambda item: item[0])]


def _checked_words(word: Any) -> tuple[str, ...]:
    if not isinstance(word, Iterable):
        raise wrong_kind("word", "a word or a sequence of words", word, _WORKS)
    words = (word,) if isinstance(word, str) else tuple(word)
    for one in words:
        if not isinstance(one, str) or not one.strip():
            raise ValueError(f"word must be a word or a sequence of words, got {one!r:.40}")
        check_utf8(one, "word")
    if not words:
        raise ValueError("word must be a word or a sequence of words, got none")
    return tuple(dict.fromkeys(" ".join(one.split()) for one in words))


def _checked_window(window: int | None, model: "Model") -> int | None:
    if window is None:
        return model.max_tokens
    if not isinstance(window, int) or window < 3:
        raise ValueError(f"window must be a whole number of tokens from 3, got {window!r}")
    return window if model.max_tokens is None else min(window, model.max_tokens)
