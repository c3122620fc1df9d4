"""The characters and the word that each token stands for, as the tokenizer itself says.

Words come from the tokenizer's own alignment or from the caller, never from guessing at ``##``; where a
tokenizer has none they are absent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import SimpleNamespace
from typing import Any

from bertviz_plus.traces.joining import join_words, word_at, word_starts
from bertviz_plus.traces.tokens import byte_tokens, is_frame_name, legible_tokens


@dataclass(frozen=True)
class Described:
    """What is known about the tokens of one text or one pair.

    Attributes
    ----------
    tokens : tuple of str
        The text that each token covers; a special token by its name.
    words : tuple of str or None
        The words, those of the pair after those of the text; `None` where the tokenizer knows of none.
    word_ids : tuple of int or None
        For each token the place of its word in `words`, -1 for special tokens.
    offsets : tuple of (int, int) or None
        For each token the characters that it covers, in `text` or, where its segment is 1, in `pair`.
        ``(0, 0)`` for special tokens; `None` where the tokenizer knows of none.
    segment_ids : tuple of int
        0 for tokens of the text, 1 for those of the pair. A special token belongs to what precedes it.
    is_special : tuple of bool
        Tokens that frame the text: ``[CLS]``, ``</s>``, padding. A mask or an unknown token stands for
        a word and is none of them.
    text, pair : str or None
        What the offsets count in: the text as given, or the given words with a space between them.
    """

    tokens: tuple[str, ...]
    words: tuple[str, ...] | None
    word_ids: tuple[int, ...] | None
    offsets: tuple[tuple[int, int], ...] | None
    segment_ids: tuple[int, ...]
    is_special: tuple[bool, ...]
    text: str | None = None
    pair: str | None = None


def describe_encoding(
    tokenizer: Any,
    input_ids: Sequence[int],
    *,
    text: str | None = None,
    pair: str | None = None,
    words: Sequence[str] | None = None,
    pair_words: Sequence[str] | None = None,
    encoding: Any = None,
    index: int = 0,
) -> Described:
    """Say which characters and which word each token stands for.

    Parameters
    ----------
    tokenizer : transformers tokenizer
        Fast or slow. A slow one knows neither offsets nor words; words are then found only where the
        caller gives them.
    input_ids : sequence of int
        The tokens of one text or pair; padding may have been dropped.
    text, pair : str, optional
        What was tokenised.
    words, pair_words : sequence of str, optional
        What was tokenised, where it was given as words. They are kept as they are, also those for which
        no token stands (an empty string, a word that truncation cut).
    encoding : transformers.BatchEncoding, optional
        What the tokenizer returned; it carries the alignment.
    index : int, default 0
        Which text of a batch.

    Returns
    -------
    Described

    Raises
    ------
    ValueError
        Where `encoding` has another number of tokens than `input_ids`, or the tokens are not those of
        the given words.

    Examples
    --------
    >>> from tokenizers import Tokenizer, models, pre_tokenizers
    >>> from transformers import PreTrainedTokenizerFast
    >>> pieces = Tokenizer(models.WordPiece({"[UNK]": 0, "cat": 1, "##s": 2, "sit": 3}, unk_token="[UNK]"))
    >>> pieces.pre_tokenizer = pre_tokenizers.Whitespace()
    >>> tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces, unk_token="[UNK]")
    >>> encoding = tokenizer("cats sit")
    >>> described = describe_encoding(tokenizer, encoding["input_ids"], text="cats sit", encoding=encoding)
    >>> described.tokens, described.words, described.word_ids
    (('cat', 's', 'sit'), ('cats', 'sit'), (0, 0, 1))
    """
    input_ids = [int(i) for i in input_ids]
    if words is not None and text is None:
        text = join_words(words)
    if pair_words is not None and pair is None:
        pair = join_words(pair_words)
    given = None if words is None else (tuple(words), tuple(pair_words or ()))
    aligned = _fast_encoding(encoding, index)
    if aligned is not None:
        return _describe_fast(tokenizer, input_ids, text, pair, given, aligned)
    return _describe_slow(tokenizer, input_ids, text, pair, given, encoding, index)


def _fast_encoding(encoding: Any, index: int) -> Any:
    """Return the alignment of one text, or `None` where the tokenizer keeps none."""
    aligned = getattr(encoding, "encodings", None)
    if not aligned:
        return None
    # Each attribute of a tokenizers.Encoding makes its whole list anew when it is read.
    parts = ("ids", "tokens", "offsets", "word_ids", "sequence_ids", "special_tokens_mask", "attention_mask")
    return SimpleNamespace(**{part: getattr(aligned[index], part) for part in parts})


def _describe_fast(
    tokenizer: Any,
    input_ids: list[int],
    text: str | None,
    pair: str | None,
    given: tuple[tuple[str, ...], tuple[str, ...]] | None,
    aligned: Any,
) -> Described:
    places = _places(input_ids, aligned)
    frame = _frame_ids(tokenizer)
    is_special = tuple(bool(aligned.special_tokens_mask[p]) or aligned.ids[p] in frame for p in places)
    segments = _carry_segments([aligned.sequence_ids[p] for p in places])
    pieces = [aligned.tokens[p] for p in places]
    offsets = [aligned.offsets[p] for p in places]
    word_ids = [
        -1 if special or aligned.word_ids[p] is None else aligned.word_ids[p]
        for p, special in zip(places, is_special, strict=True)
    ]
    texts = (text or "", pair or "")
    words: tuple[str, ...] | None
    if given is not None:
        words = given[0] + given[1]
        word_ids, offsets = _align_given(given, segments, word_ids, offsets)
    shown, spans = _cover(texts, segments, is_special, pieces, offsets)
    if given is None:
        word_ids = _split_at_spaces(texts, segments, word_ids, spans)
        word_ids = _number_words(segments, word_ids)
        words = _word_texts(texts, segments, word_ids, spans, shown)
    known = spans if text is not None else None
    return Described(shown, words, tuple(word_ids), known, segments, is_special, text, pair)


def _places(input_ids: list[int], aligned: Any) -> list[int]:
    """Find the tokens in an encoding that may carry padding which the caller has dropped."""
    places = list(range(len(aligned.ids)))
    if len(places) != len(input_ids):
        places = [p for p in places if aligned.attention_mask[p]]
    if [aligned.ids[p] for p in places] != input_ids:
        raise ValueError(
            f"encoding must hold the same tokens as input_ids: it has {len(places)} without padding, "
            f"input_ids has {len(input_ids)}"
        )
    return places


def _frame_ids(tokenizer: Any) -> set[int]:
    names = ("cls_token_id", "sep_token_id", "bos_token_id", "eos_token_id", "pad_token_id")
    frame = {getattr(tokenizer, name, None) for name in names}
    stands_for_text = {getattr(tokenizer, name, None) for name in ("mask_token_id", "unk_token_id")}
    every = list(getattr(tokenizer, "all_special_ids", ()))
    spelled = tokenizer.convert_ids_to_tokens(every) if every else []
    # T5's sentinels are masks: each stands where a span of the text was.
    stands_for_text |= {i for i, token in zip(every, spelled, strict=True) if token.startswith("<extra_id_")}
    return {i for i in frame | (set(every) - stands_for_text) if i is not None}


def _carry_segments(segments: Sequence[int | None]) -> tuple[int, ...]:
    carried, last = [], 0
    for own in segments:
        last = last if own is None else own
        carried.append(last)
    return tuple(carried)


def _align_given(
    given: tuple[tuple[str, ...], tuple[str, ...]],
    segments: Sequence[int],
    word_ids: list[int],
    offsets: list[tuple[int, int]],
) -> tuple[list[int], list[tuple[int, int]]]:
    """Map tokens to the given words, and count their characters in the joined text."""
    starts = [word_starts(words) for words in given]
    tokens = list(zip(segments, word_ids, offsets, strict=True))
    first = (0, len(given[0]))
    # A tokenizer that was given words one by one counts characters anew in each.
    if _counts_anew(tokens) and all(
        w < len(given[s]) and end <= len(given[s][w]) for s, w, (_, end) in tokens if w >= 0
    ):
        shifted = [
            (starts[s][w] + start, starts[s][w] + end) if w >= 0 else (start, end)
            for s, w, (start, end) in tokens
        ]
        return [first[s] + w if w >= 0 else -1 for s, w, _ in tokens], shifted
    numbers = [first[s] + word_at(starts[s], given[s], span) if w >= 0 else -1 for s, w, span in tokens]
    return numbers, offsets


def _counts_anew(tokens: Sequence[tuple[int, int, tuple[int, int]]]) -> bool:
    """Whether a word begins before the one before it has ended."""
    words = [token for token in tokens if token[1] >= 0]
    return any(
        one[0] == two[0] and one[1] != two[1] and two[2][0] < one[2][1] for one, two in pairwise(words)
    )


def _cover(
    texts: tuple[str, str],
    segments: Sequence[int],
    is_special: Sequence[bool],
    pieces: Sequence[str],
    offsets: Sequence[tuple[int, int]],
) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Give each token the characters it covers, without the space before them."""
    spelled = legible_tokens(pieces)
    shown, spans = [], []
    for segment, special, piece, readable, span in zip(
        segments, is_special, pieces, spelled, offsets, strict=True
    ):
        text = texts[segment]
        start, end = span
        while start < end - 1 and text[start : start + 1].isspace():
            start += 1
        if special:
            start = end = 0
        elif readable.isspace() and not text[start:end].isspace():
            # SentencePiece's lone space claims the first character of what follows it.
            end = start
        shown.append(piece if special else text[start:end] or readable or piece)
        spans.append((start, end))
    return tuple(shown), tuple(spans)


def _split_at_spaces(
    texts: tuple[str, str],
    segments: Sequence[int],
    word_ids: list[int],
    spans: Sequence[tuple[int, int]],
) -> list[int]:
    """Cut a "word" that has spaces inside, as Llama's tokenizer takes a whole text for one.

    Its character offsets say where the words are: a word begins with the token after a space, or with
    the token that is the space.
    """
    covers: dict[tuple[int, int], tuple[int, int]] = {}
    for segment, word, (start, end) in zip(segments, word_ids, spans, strict=True):
        low, high = covers.get((segment, word), (start, end))
        covers[segment, word] = (min(low, start), max(high, end))
    wide = {
        (segment, word)
        for (segment, word), (low, high) in covers.items()
        if word >= 0 and len(texts[segment][low:high].split()) > 1
    }
    if not wide:
        return word_ids
    numbers, number = [], -1
    before = (-1, -1, False)
    for segment, word, (start, end) in zip(segments, word_ids, spans, strict=True):
        text = texts[segment]
        is_space = not text[start:end].strip()
        after_space = start == 0 or text[start - 1].isspace()
        same = before[:2] == (segment, word)
        if not same or ((segment, word) in wide and (is_space or after_space) and not before[2]):
            number += 1
        numbers.append(number if word >= 0 else -1)
        before = (segment, word, is_space)
    return numbers


def _number_words(segments: Sequence[int], word_ids: Sequence[int]) -> list[int]:
    """Count words on from the text to the pair, leaving out those for which no token stands."""
    numbers: dict[tuple[int, int], int] = {}
    for segment, word in zip(segments, word_ids, strict=True):
        if word >= 0:
            numbers.setdefault((segment, word), len(numbers))
    return [numbers.get((s, w), -1) for s, w in zip(segments, word_ids, strict=True)]


def _word_texts(
    texts: tuple[str, str],
    segments: Sequence[int],
    word_ids: Sequence[int],
    spans: Sequence[tuple[int, int]],
    shown: Sequence[str],
) -> tuple[str, ...]:
    words: dict[int, tuple[int, int, int, str]] = {}
    for segment, word, (start, end), piece in zip(segments, word_ids, spans, shown, strict=True):
        if word < 0:
            continue
        _, low, high, spelled = words.get(word, (segment, start, end, ""))
        words[word] = (segment, min(low, start), max(high, end), spelled + piece)
    return tuple(
        texts[segment][low:high].strip() or texts[segment][low:high] or spelled
        for segment, low, high, spelled in words.values()
    )


def _describe_slow(
    tokenizer: Any,
    input_ids: list[int],
    text: str | None,
    pair: str | None,
    given: tuple[tuple[str, ...], tuple[str, ...]] | None,
    encoding: Any,
    index: int,
) -> Described:
    frame = _frame_ids(tokenizer)
    is_special = tuple(i in frame for i in input_ids)
    # A model may write an id that is in no vocabulary: it is shown by its number.
    named = zip(input_ids, tokenizer.convert_ids_to_tokens(input_ids), strict=True)
    pieces = [f"<{number}>" if piece is None else piece for number, piece in named]
    spelled = byte_tokens(pieces) if _spells_bytes(tokenizer) else legible_tokens(pieces)
    shown = tuple(
        piece if special or is_frame_name(piece) else readable
        for piece, special, readable in zip(pieces, is_special, spelled, strict=True)
    )
    words = word_ids = None
    if given is not None:
        words, word_ids = given[0] + given[1], _match_words(tokenizer, input_ids, is_special, given)
    segments = _slow_segments(tokenizer, input_ids, is_special, pair, given, word_ids, encoding, index)
    return Described(shown, words, word_ids, None, segments, is_special, text, pair)


def _spells_bytes(tokenizer: Any) -> bool:
    """Whether a token is a byte, spelled as the letter of its number (ByT5)."""
    return bool(tokenizer.tokenize("ï") == ["Ã", "¯"] and tokenizer.tokenize(" ") == [" "])


def _match_words(
    tokenizer: Any,
    input_ids: list[int],
    is_special: Sequence[bool],
    given: tuple[tuple[str, ...], tuple[str, ...]],
) -> tuple[int, ...]:
    """Find the words' own tokens, word by word, among the text's."""
    words = given[0] + given[1]
    owners = [
        (token, word)
        for word, spelling in enumerate(words)
        for token in tokenizer.convert_tokens_to_ids(tokenizer.tokenize(spelling))
    ]
    remaining = iter(owners)
    word_ids = []
    for token, special in zip(input_ids, is_special, strict=True):
        # Truncation may have cut the end of the first text: what is missing is passed over.
        word_ids.append(-1 if special else next((word for own, word in remaining if own == token), -1))
    missing = sum(word < 0 and not special for word, special in zip(word_ids, is_special, strict=True))
    if missing:
        raise ValueError(
            f"words cannot be found among the tokens: {type(tokenizer).__name__} keeps no alignment, and "
            f"{missing} of {len(input_ids)} tokens are not those of the words tokenised one by one. "
            "Pass the text instead of words."
        )
    return tuple(word_ids)


def _slow_segments(
    tokenizer: Any,
    input_ids: list[int],
    is_special: Sequence[bool],
    pair: str | None,
    given: tuple[tuple[str, ...], tuple[str, ...]] | None,
    word_ids: tuple[int, ...] | None,
    encoding: Any,
    index: int,
) -> tuple[int, ...]:
    if given is not None and word_ids is not None:
        return _carry_segments([None if w < 0 else int(w >= len(given[0])) for w in word_ids])
    if pair is None:
        return (0,) * len(input_ids)
    types = encoding.get("token_type_ids") if isinstance(encoding, Mapping) else None
    if types is not None:
        row = types if isinstance(types[0], int) else types[index]
        own = [int(t) for t in row][-len(input_ids) :]
        if len(own) == len(input_ids) and any(own):
            return tuple(own)
    of_pair = len(tokenizer.encode(pair, add_special_tokens=False))
    of_text = sum(not special for special in is_special) - of_pair
    seen = accumulate(not special for special in is_special)
    return _carry_segments(
        [None if special else int(n > of_text) for special, n in zip(is_special, seen, strict=True)]
    )
