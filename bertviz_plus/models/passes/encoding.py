"""From a text to what a model reads: token ids, cut where the text is longer than the model."""

import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from bertviz_plus.traces.checks import check_utf8
from bertviz_plus.traces.joining import join_words
from bertviz_plus.traces.words import Described, describe_encoding

# Fast tokenizers keep their truncation in themselves, so one call must not meet another's.
tokenizing = threading.Lock()


@dataclass(frozen=True)
class Encoded:
    """One text, or a text and its pair, as a model reads it.

    Attributes
    ----------
    input_ids : list of int
    token_type_ids : list of int or None
        As the tokenizer gives them; `None` where it gives none.
    described : Described
        What is known about each token.
    truncated : int
        Tokens that were cut.
    """

    input_ids: list[int]
    token_type_ids: list[int] | None
    described: Described
    truncated: int

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(frozen=True)
class Given:
    """What a caller gave, checked: a text or words, alone or as a pair."""

    text: str | None = None
    pair: str | None = None
    words: tuple[str, ...] | None = None
    pair_words: tuple[str, ...] | None = None


def given(
    text: Any = None,
    pair: Any = None,
    words: Any = None,
    pair_words: Any = None,
    *,
    pair_is_target: bool = False,
) -> Given:
    """Check what is to be traced.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed.
    """
    if text is not None and words is not None:
        raise ValueError("text and words cannot both be given: words is the text, already cut into words")
    if pair is not None and pair_words is not None:
        raise ValueError(
            "pair and pair_words cannot both be given: pair_words is the pair, already cut into words"
        )
    if text is None and words is None:
        raise ValueError("text must be a string that is not empty, got nothing; or give words=[...]")
    if (
        not pair_is_target
        and (words is None) != (pair_words is None)
        and (pair is not None or pair_words is not None)
    ):
        raise ValueError(
            "text and pair must both be strings, or both lists of words (words= and pair_words=)"
        )
    return Given(
        _checked_text("text", text),
        _checked_text("pair", pair),
        _checked_words("words", words),
        _checked_words("pair_words", pair_words),
    )


def encode(
    tokenizer: Any,
    what: Given,
    *,
    limit: int | None,
    truncation: bool,
    target: bool = False,
    name: str = "text",
    warn: bool = True,
) -> Encoded:
    """Tokenise one text or pair, in the target language's way where `target`.

    Parameters
    ----------
    tokenizer : transformers tokenizer
    what : Given
    limit : int or None
        The most tokens that the model reads.
    truncation : bool
        Whether a longer text is cut, with a warning, or refused.
    target : bool, default False
        Whether the text is what an encoder-decoder is to write.
    name : str
        How the text is called in messages.
    warn : bool, default True
        Whether a cut is announced.

    Raises
    ------
    ValueError
        Where the text is too long and may not be cut, or the tokenizer makes no token of it.
    """
    for side, text in (("", what.text), ("pair of ", what.pair)):
        check_utf8(text or "", f"{side}{name}")
    for side, words in (("words of ", what.words), ("pair_words of ", what.pair_words)):
        check_utf8("".join(words or ()), f"{side}{name}")
    # Words are read as the text that they make: a tokenizer of bytes that is given words one by one takes
    # each for the beginning of a text.
    joined = getattr(tokenizer, "is_fast", False)
    as_given = join_words if joined else list
    first: Any = what.text if what.words is None else as_given(what.words)
    second: Any = what.pair if what.pair_words is None else as_given(what.pair_words)
    options: dict[str, Any] = {"verbose": False}
    if what.words is not None and not joined:
        options["is_split_into_words"] = True
    if target:
        options["text_target"] = first
    else:
        options["text"] = first
        if second is not None:
            options["text_pair"] = second
    with tokenizing:
        encoding = tokenizer(**options)
        whole = len(encoding["input_ids"])
        if limit is not None and whole > limit and truncation:
            encoding = tokenizer(**options, truncation=True, max_length=limit)
    ids = [int(i) for i in encoding["input_ids"]]
    if whole > len(ids):
        if warn:
            warnings.warn(
                f"{name} has {whole} tokens and the model reads {limit}: {whole - len(ids)} were cut",
                UserWarning,
                stacklevel=4,
            )
    elif limit is not None and whole > limit:
        raise ValueError(
            f"{name} has {whole} tokens and the model reads {limit}; shorten it, or allow truncation"
        )
    if not ids:
        raise ValueError(f"{name} must hold at least one token, but the tokenizer makes none of {first!r}")
    described = describe_encoding(
        tokenizer,
        ids,
        text=what.text,
        pair=what.pair,
        words=what.words,
        pair_words=what.pair_words,
        encoding=encoding,
    )
    return Encoded(ids, _token_types(encoding), described, whole - len(ids))


def longest_input(model: nn.Module, configs: Sequence[Any], tokenizer: Any) -> int | None:
    """How many tokens a model reads at most; `None` where nothing says so.

    The tokenizer and the configurations both say; some models keep their first positions for padding.
    """
    says = []
    stated = getattr(tokenizer, "model_max_length", None)
    # A tokenizer that does not know says 10**30.
    if isinstance(stated, int) and 0 < stated < 10**9:
        says.append(stated)
    for config in configs:
        positions = getattr(config, "max_position_embeddings", None)
        if isinstance(positions, int) and positions > 0:
            says.append(positions - _reserved_positions(model))
    return min(says, default=None)


def _reserved_positions(model: nn.Module) -> int:
    for path, part in model.named_modules():
        if path.endswith("position_embeddings") and isinstance(part, nn.Embedding):
            return 0 if part.padding_idx is None else part.padding_idx + 1
    return 0


def _checked_text(name: str, text: Any) -> str | None:
    if text is None:
        return None
    if isinstance(text, list | tuple):
        raise TypeError(
            f"{name} must be one string, got a {type(text).__name__} of {len(text)}; "
            "for many texts call model.traces(texts), for one text cut into words give words=[...]"
        )
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a string, got {type(text).__name__}")
    if not text.strip():
        raise ValueError(f"{name} must be a string that is not empty, got {text!r}")
    return text


def _checked_words(name: str, words: Any) -> tuple[str, ...] | None:
    if words is None:
        return None
    if isinstance(words, str) or not isinstance(words, Sequence):
        raise TypeError(f"{name} must be a list of words, got {type(words).__name__}")
    wrong = next((word for word in words if not isinstance(word, str)), None)
    if wrong is not None:
        raise TypeError(f"{name} must be a list of strings, got a {type(wrong).__name__} in it")
    if not any(word.strip() for word in words):
        raise ValueError(f"{name} must hold at least one word, got {list(words)!r}")
    return tuple(words)


def _token_types(encoding: Any) -> list[int] | None:
    types = encoding.get("token_type_ids")
    return None if types is None else [int(i) for i in types]
