"""Sentences and their translations read by a model: how alike are their subwords in each hidden layer."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.models.model import Model
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.models.passes.encoding import Encoded, Given, tokenizing
from bertviz_plus.models.passes.gathering import Tokens, gather, in_batches
from bertviz_plus.traces.alignments import (
    Alignments,
    SentencePair,
    gold_of_pairs,
    listed,
    words_of_pair,
)
from bertviz_plus.traces.checks import check_utf8, count_or_none
from bertviz_plus.traces.joining import UNSPACED, join_words
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.words import describe_encoding

# Which hidden layer aligns best. multilingual-e5-small: measured on the first 100 Hansards pairs (en-fr);
# mBERT and XLM-R: the layer that SimAlign (Jalili Sabet et al. 2020) takes by default.
BEST_HIDDEN_LAYERS = {
    "multilingual-e5-small": 6,
    "bert-base-multilingual-cased": 8,
    "xlm-roberta-base": 8,
}
_ONE_LANGUAGE = re.compile(
    r"(all-(minilm|mpnet)|paraphrase-minilm-l3|bert-(tiny|mini|small|medium)|distilbert-(base-(un)?cased|tagger)"
    r"|bert-(base|large)-(un)?cased|roberta-(base|large)|electra-|mpnet-base|deberta)",
    re.IGNORECASE,
)
# Six letters in a row are hardly one word.
_UNSPACED = re.compile(UNSPACED + "{6}")
_SENTENCES_IN_PASS = 32
# Of a sentence in a message, so many characters.
_SHOWN = 40


def alignments(
    model: Model,
    pairs: Sequence[tuple[Any, Any]],
    *,
    gold: Sequence[Any] | None = None,
    languages: tuple[str, str] | None = None,
    hidden_layers: Sequence[int] | None = None,
    batch_size: int | None = None,
    progress: bool = True,
) -> Alignments:
    """Read pairs of sentences, so that they can be aligned at any layer by any method.

    Parameters
    ----------
    model : Model
        One that has read both languages.
    pairs : sequence of (source, target)
        Each a string, cut into words at white space, or a list of words. Chinese, Japanese and Thai put no
        space between words: give lists.
    gold : sequence, optional
        For each pair the true links: a string such as ``"0-0 1?2"``, `Gold`, or `None`.
    languages : tuple of (str, str), optional
        Of source and target, such as ``("en", "de")``.
    hidden_layers : sequence of int, optional
        Which to keep; all by default. The pass stops at the deepest one.
    batch_size : int, optional
        The most sentences in one pass.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    Alignments

    Raises
    ------
    TypeError, ValueError
        Naming the pair.

    Warns
    -----
    UserWarning
        Where a string is in a script that puts no space between words, where a sentence is longer than the
        model reads, where its tokenizer does not know a tenth of a
        sentence, and where the model is known to have read one language alone.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> multi = bp.load("multilingual-e5-small")
    >>> read = alignments(multi, [("The house", "Das Haus")], progress=False)
    >>> read[0].cosines.shape, read[0].source_subwords
    ((13, 2, 2), ('The', 'house'))
    """
    check_alignable(model, 'alignments(model, [("The house .", "Das Haus .")])')
    layers = checked_hidden_layers(hidden_layers, model)
    batch_size = count_or_none(batch_size, "batch_size")
    pairs = listed(pairs, "pairs")
    sides = [checked_pair(pair, f"pairs[{place}]") for place, pair in enumerate(pairs)]
    golds = gold_of_pairs(gold, sides)
    _warn_of_unspaced(pairs)
    sentences = list(dict.fromkeys(sentence for pair in sides for sentence in pair))
    encoded = dict(zip(sentences, read_sentences(model, sentences), strict=True))
    for place, pair in enumerate(sides):
        for side, sentence in zip(("source", "target"), pair, strict=True):
            check_read(encoded[sentence], f"pairs[{place}]: {side}")
    warn_of_one_language(model, list(encoded.values()))
    vectors: dict[tuple[str, ...], NDArray[np.float32]] = {}
    with tqdm(total=len(sentences), disable=not progress or len(sentences) < 8, unit=" sentences") as bar:
        for place, one in hidden_states(model, list(encoded.values()), layers, batch_size=batch_size):
            vectors[sentences[place]] = one
            bar.update()
    made = [
        _pair(source, target, encoded, vectors, one)
        for (source, target), one in zip(sides, golds, strict=True)
    ]
    return Alignments(
        tuple(made),
        hidden_layers=layers,
        languages=languages,
        best_layer=best_hidden_layer(model),
        model=model.info,
    )


def best_hidden_layer(model: Model) -> int | None:
    """Return the hidden layer that is documented to align best, `None` where nothing is known.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> best_hidden_layer(bp.load("multilingual-e5-small"))
    6
    """
    name = (model.info.id or "").rsplit("/", 1)[-1].lower()
    best = BEST_HIDDEN_LAYERS.get(name)
    return best if best is not None and best <= model.n_layers else None


def check_alignable(model: Any, works: str = 'align(model, "The house .", "Das Haus .")') -> None:
    """Refuse what is no model, or has an encoder and a decoder."""
    check_model(model, works)
    if model.is_encoder_decoder:
        raise ValueError(
            "model must be a single encoder or decoder to align words by its vectors; of an encoder-decoder "
            "wrap the encoder: wrap(model.hf.get_encoder(), model.tokenizer)"
        )


def checked_hidden_layers(
    hidden_layers: Sequence[int] | None, model: Model, name: str = "hidden_layers"
) -> tuple[int, ...]:
    """Return hidden layers, ascending; all where none are named."""
    if hidden_layers is None:
        return tuple(range(model.n_layers + 1))
    if not isinstance(hidden_layers, Iterable):
        raise TypeError(f"{name} must be a list of whole numbers, got {hidden_layers!r}")
    layers = list(hidden_layers)
    wrong = [
        layer
        for layer in layers
        if isinstance(layer, bool)
        or not isinstance(layer, int | np.integer)
        or not 0 <= layer <= model.n_layers
    ]
    if wrong or not layers:
        raise ValueError(
            f"{name} must be in 0..{model.n_layers} for this model, got {repr(wrong[0]) if wrong else 'none'}"
        )
    return tuple(sorted(set(map(int, layers))))


def checked_pair(pair: Any, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of both sentences of a pair, which a tokenizer can read: it takes UTF-8."""
    sides = words_of_pair(pair, name)
    for side, words in zip(("source", "target"), sides, strict=True):
        check_utf8("".join(words), f"{name}: {side}")
    return sides


def read_sentences(model: Model, sentences: Sequence[tuple[str, ...]]) -> list[Encoded]:
    """Tokenise sentences that are cut into words, many at once where the tokenizer can.

    A sentence that is longer than the model is cut, with a warning.
    """
    if not sentences:
        return []
    if not getattr(model.tokenizer, "is_fast", False):
        return [_alone(model, words) for words in sentences]
    texts = [join_words(words) for words in sentences]
    with tokenizing:
        batch = model.tokenizer(texts, verbose=False)
    encoded = []
    types = batch.get("token_type_ids") or [None] * len(sentences)
    for place, words in enumerate(sentences):
        ids = batch["input_ids"][place]
        if _beyond(model, ids):
            encoded.append(_alone(model, words))
            continue
        described = describe_encoding(model.tokenizer, ids, words=words, encoding=batch, index=place)
        encoded.append(Encoded(ids, types[place], described, 0))
    return encoded


def _alone(model: Model, words: tuple[str, ...]) -> Encoded:
    """Tokenise one sentence on its own, which cuts it to what the model reads or says what is wrong."""
    text = " ".join(words)
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 2]} …"
    return model._encode(Given(words=words), truncation=True, name=repr(shown))


def _beyond(model: Model, ids: Sequence[int]) -> bool:
    too_long = model.max_tokens is not None and len(ids) > model.max_tokens
    return too_long or (model._vocabulary is not None and max(ids) >= model._vocabulary)


def check_read(encoded: Encoded, name: str) -> None:
    """Refuse a sentence of which the tokenizer makes nothing."""
    if not any(word >= 0 for word in encoded.described.word_ids or ()):
        words = " ".join(encoded.described.words or ())
        raise ValueError(f"{name} must hold something that the tokenizer reads, got {words!r:.40}")


def content_word_ids(encoded: Encoded) -> list[int]:
    """Return for each subword its word, special tokens left out."""
    return [word for word in encoded.described.word_ids or () if word >= 0]


def hidden_states(
    model: Model,
    encoded: Sequence[Encoded],
    hidden_layers: tuple[int, ...],
    *,
    batch_size: int | None = None,
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Run sentences of about the same length together, up to the deepest hidden layer.

    Yields
    ------
    place : int
        Which sentence; not in their order.
    vectors : ndarray [hidden layers, subwords, hidden], float32
        Special tokens left out.
    """
    for places in in_batches(list(map(len, encoded)), batch_size or _SENTENCES_IN_PASS):
        batch = []
        for place in places:
            one = encoded[place]
            content = [k for k, word in enumerate(one.described.word_ids or ()) if word >= 0]
            batch.append(Tokens(one.input_ids, one.token_type_ids, [(k, k + 1) for k in content]))
        vectors = gather(model, batch, hidden_layers)
        ends = np.cumsum([len(one.wanted) for one in batch])
        for place, own in zip(places, np.split(vectors, ends[:-1], axis=1), strict=True):
            yield place, own


def unit_vectors(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return vectors of length 1, and the lengths that they had; a vector of zeros stays one."""
    norms: NDArray[np.float32] = np.sqrt(np.einsum("...d,...d->...", vectors, vectors))
    lengths = np.where(norms > 0, norms, 1).astype(np.float32)
    units: NDArray[np.float32] = vectors / lengths[..., np.newaxis]
    return units, norms


def warn_of_one_language(model: Model, encoded: Sequence[Encoded]) -> None:
    """Say what to expect of a model that has read one language, or of a tokenizer that does not know one."""
    unknown = getattr(model.tokenizer, "unk_token_id", None)
    if unknown is not None:
        worst = max(encoded, key=lambda one: one.input_ids.count(unknown) / len(one), default=None)
        missing = 0 if worst is None else worst.input_ids.count(unknown)
        if worst is not None and missing * 10 > len(worst):
            warnings.warn(
                f"the tokenizer does not know {missing} of the {len(worst)} subwords of "
                f"{' '.join(worst.described.words or ())!r:.60}: what it does not know cannot be told apart",
                UserWarning,
                stacklevel=3,
            )
    warn_of_english_alone(model, stacklevel=4)


def warn_of_english_alone(model: Model, stacklevel: int = 3) -> None:
    """Say what to expect of a model that is known to have read English alone."""
    name = (model.info.id or "").rsplit("/", 1)[-1]
    if _ONE_LANGUAGE.match(name):
        warnings.warn(
            f"{name} was trained on English alone: across languages it links what is spelled alike (names, "
            "numbers, punctuation, cognates) and little else; a multilingual model, such as "
            "load('multilingual-e5-small'), links by meaning",
            UserWarning,
            stacklevel=stacklevel,
        )


def _warn_of_unspaced(pairs: Sequence[tuple[Any, Any]]) -> None:
    strings = (side for pair in pairs for side in pair if isinstance(side, str))
    found = next((match for side in strings if (match := _UNSPACED.search(side))), None)
    if found is not None:
        warnings.warn(
            f"a string is cut into words at white space, and {found.string!r:.40} has none where its words "
            "end: give a list of words",
            UserWarning,
            stacklevel=3,
        )


def _pair(
    source: tuple[str, ...],
    target: tuple[str, ...],
    encoded: dict[tuple[str, ...], Encoded],
    vectors: dict[tuple[str, ...], NDArray[np.float32]],
    gold: Any,
) -> SentencePair:
    sides: dict[str, Any] = {}
    units = []
    for name, words in (("source", source), ("target", target)):
        told = encoded[words].described
        kept = [place for place, word in enumerate(told.word_ids or ()) if word >= 0]
        unit, norms = unit_vectors(vectors[words])
        units.append(unit)
        sides[f"{name}_subwords"] = tuple(told.tokens[place] for place in kept)
        sides[f"{name}_word_ids"] = tuple((told.word_ids or ())[place] for place in kept)
        sides[f"{name}_norms"] = norms
    cosines = units[0] @ units[1].transpose(0, 2, 1)
    return SentencePair(source, target, gold=gold, cosines=cosines, **sides)
