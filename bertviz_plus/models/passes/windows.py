"""As much of a text around a word as a model reads, in tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bertviz_plus.models.passes.encoding import tokenizing
from bertviz_plus.traces.word_places import Span

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


@dataclass(frozen=True)
class Window:
    """What a model reads around one occurrence.

    Attributes
    ----------
    text : str
        The text, or the part of it that fits.
    span : (int, int)
        Characters of the word in it.
    input_ids, token_type_ids
        Special tokens included.
    tokens : (int, int)
        Which tokens the word is written in, end excluded.
    is_unknown : bool
        Whether one of them stands for words that the tokenizer does not know.
    """

    text: str
    span: Span
    input_ids: list[int]
    token_type_ids: list[int] | None
    tokens: tuple[int, int]
    is_unknown: bool


def read_windows(model: "Model", given: Sequence[tuple[str, Span]], room: int | None) -> list[Window]:
    """Tokenise texts, and cut those that are too long to a window around the word; see `try_windows`.

    Raises
    ------
    ValueError
        Also where the tokenizer makes no token of a word.
    """
    windows = try_windows(model, given, room)
    for (text, span), window in zip(given, windows, strict=True):
        if window is None:
            raise _dropped(text, span)
    return [window for window in windows if window is not None]


def try_windows(model: "Model", given: Sequence[tuple[str, Span]], room: int | None) -> list[Window | None]:
    """Tokenise texts, and cut those that are too long to a window around the word.

    Parameters
    ----------
    model : Model
    given : sequence of (text, span)
    room : int or None
        The most tokens, special ones counted.

    Returns
    -------
    list of Window or None
        None for a word that the tokenizer makes no token of.

    Raises
    ------
    ValueError
        Where the tokenizer does not say which characters its tokens cover, or a word alone is longer than the
        window.
    """
    if not getattr(model.tokenizer, "is_fast", False):
        raise ValueError(
            f"model must have a tokenizer that says which characters its tokens cover, and "
            f"{type(model.tokenizer).__name__} does not: load its fast version, or give spans of tokens' "
            "vectors yourself with Occurrences.from_vectors"
        )
    texts = list(dict.fromkeys(text for text, _ in given))
    encodings = dict(zip(texts, _encodings(model, texts), strict=True))
    return [
        _window(model, text, span, encodings[text], covered, room) if covered else None
        for text, span in given
        for covered in [_covered(encodings[text], span)]
    ]


def _encodings(model: "Model", texts: list[str]) -> list[Any]:
    with tokenizing:
        return list(model.tokenizer(texts, verbose=False).encodings)


def _window(
    model: "Model", text: str, span: Span, encoding: Any, covered: tuple[int, int], room: int | None
) -> Window:
    first, last = covered
    if room is None or len(encoding.ids) <= room:
        return _as_window(model, text, span, encoding, (first, last))
    special = sum(encoding.special_tokens_mask)
    spare = room - special - (last - first)
    while spare >= 0:
        low, high = _around(encoding, first, last, spare)
        offsets = encoding.offsets[low:high]
        start, end = min(offsets[0][0], span[0]), max(offsets[-1][1], span[1])
        start += len(text[start : span[0]]) - len(text[start : span[0]].lstrip())
        moved = (span[0] - start, span[1] - start)
        cut = text[start:end].rstrip() if end > span[1] else text[start:end]
        (again,) = _encodings(model, [cut])
        if len(again.ids) <= room:
            tokens = _covered(again, moved)
            if tokens is None:
                raise _dropped(cut, moved)
            return _as_window(model, cut, moved, again, tokens)
        # A cut may make more tokens of the word at its edge than there were.
        spare = spare // 2 if spare else -1
    raise ValueError(
        f"window must hold the word and {special} special tokens: {text[slice(*span)]!r:.40} is written in "
        f"{last - first} tokens, and the window is {room}"
    )


def _around(encoding: Any, first: int, last: int, spare: int) -> tuple[int, int]:
    """Return a stretch of tokens with the word in its middle, or nearer to an end that is near."""
    special = encoding.special_tokens_mask
    begin = next(place for place, mask in enumerate(special) if not mask)
    stop = len(special) - next(place for place, mask in enumerate(reversed(special)) if not mask)
    low = max(begin, first - spare // 2)
    high = min(stop, last + spare - (first - low))
    low = max(begin, first - (spare - (high - last)))
    return low, high


def _covered(encoding: Any, span: Span) -> tuple[int, int] | None:
    """Return the tokens that cover any character of a span, None where there are none."""
    start, end = span
    places = [
        place
        for place, ((low, high), special) in enumerate(
            zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
        )
        if not special and low < end and high > start
    ]
    return (places[0], places[-1] + 1) if places else None


def _dropped(text: str, span: Span) -> ValueError:
    return ValueError(f"the tokenizer makes no token of {text[slice(*span)]!r} in {text!r:.60}")


def _as_window(model: "Model", text: str, span: Span, encoding: Any, tokens: tuple[int, int]) -> Window:
    unknown = getattr(model.tokenizer, "unk_token_id", None)
    # Of a model that has none, GPT-2 would add them as tokens.
    typed = "token_type_ids" in getattr(model.tokenizer, "model_input_names", ())
    return Window(
        text,
        span,
        encoding.ids,
        encoding.type_ids if typed else None,
        tokens,
        unknown is not None and unknown in encoding.ids[slice(*tokens)],
    )
