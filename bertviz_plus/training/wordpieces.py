"""A vocabulary of wordpieces, made from texts, and a second language that has the same pieces anew."""

from collections.abc import Iterable
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

_SPECIAL = {role: f"[{role.upper()}]" for role in ("pad", "unk", "cls", "sep", "mask")}
_CONTINUES, _STARTS = "##", "▁"


def wordpieces(texts: Iterable[str], *, size: int = 4096) -> PreTrainedTokenizerFast:
    """Train a tokenizer as BERT's: lower case, words cut into pieces from the left.

    Parameters
    ----------
    texts : iterable of str
    size : int, default 4096
        Pieces of the vocabulary at most, five special ones among them, which come first.

    Returns
    -------
    transformers.PreTrainedTokenizerFast

    Raises
    ------
    ValueError
        Where the texts hold more characters than the vocabulary has room for, or none.

    References
    ----------
    Schuster & Nakajima 2012, "Japanese and Korean voice search"; Devlin et al. 2019, section 3.

    Examples
    --------
    >>> tokenizer = wordpieces(["the cat sat", "the dogs sat"] * 5, size=60)
    >>> tokenizer.convert_ids_to_tokens(tokenizer("The cat").input_ids)
    ['[CLS]', 'the', 'cat', '[SEP]']
    """
    normalizer, words = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    # The library's trainer of wordpieces numbers the pieces of one character as a hash has them, and breaks
    # ties by these numbers: two runs differ. Its trainer of merges, whose pieces wordpieces are, sorts them.
    merged = Tokenizer(models.BPE())
    merged.normalizer = normalizer
    merged.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.Metaspace(replacement=_STARTS)])
    merged.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=size, min_frequency=2, show_progress=False)
    )
    pieces = sorted(merged.get_vocab().items(), key=lambda one: one[1])
    characters = [piece for piece, _ in pieces if len(piece) == 1 and piece != _STARTS]
    every = [*_SPECIAL.values(), *characters, *(_CONTINUES + one for one in characters)]
    if not characters or len(every) > size:
        raise ValueError(
            f"size must have room for {len(every)} pieces, the special ones and each of the texts' "
            f"{len(characters)} characters at the start of a word and within, got {size}"
        )
    every += [
        piece.removeprefix(_STARTS) if piece.startswith(_STARTS) else _CONTINUES + piece
        for piece, _ in pieces
        if len(piece) > 1
    ]
    vocabulary = {piece: place for place, piece in enumerate(list(dict.fromkeys(every))[:size])}
    made = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token=_SPECIAL["unk"]))
    made.normalizer, made.pre_tokenizer, made.decoder = normalizer, words, decoders.WordPiece()
    return _fast(made, vocabulary, language=0)


def shifted(tokenizer: Any, *, by: int, language: int) -> PreTrainedTokenizerFast:
    """Return a tokenizer that reads the same texts as another language: all ids but special ones are moved.

    Fake-English is English so read (K et al. 2020): its grammar and its frequencies, and no piece in common.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerFast
        Of wordpieces.
    by : int
        How far ids move; at least the size of the vocabulary.
    language : int
        The token type that it gives to every token.

    Returns
    -------
    transformers.PreTrainedTokenizerFast

    Examples
    --------
    >>> english = wordpieces(["the cat sat", "the dogs sat"] * 5, size=60)
    >>> fake = shifted(english, by=60, language=1)
    >>> [b - a for a, b in zip(english("The cat").input_ids, fake("The cat").input_ids)]
    [0, 60, 60, 0]
    >>> fake("The cat").token_type_ids
    [1, 1, 1, 1]
    """
    special = set(tokenizer.all_special_tokens)
    moved = {piece: place + by * (piece not in special) for piece, place in tokenizer.get_vocab().items()}
    return with_vocabulary(tokenizer, moved, language=language)


def with_vocabulary(
    tokenizer: Any, vocabulary: dict[str, int], *, language: int = 0
) -> PreTrainedTokenizerFast:
    """Return a tokenizer of wordpieces whose pieces have other ids.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerFast
    vocabulary : dict of str to int
    language : int, default 0
        The token type that it gives to every token.

    Returns
    -------
    transformers.PreTrainedTokenizerFast
    """
    own = tokenizer.backend_tokenizer
    made = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token=_SPECIAL["unk"]))
    made.normalizer, made.pre_tokenizer, made.decoder = own.normalizer, own.pre_tokenizer, own.decoder
    return _fast(made, vocabulary, language)


def _fast(made: Tokenizer, vocabulary: dict[str, int], language: int) -> PreTrainedTokenizerFast:
    first, last = _SPECIAL["cls"], _SPECIAL["sep"]
    made.post_processor = processors.TemplateProcessing(
        single=f"{first}:{language} $A:{language} {last}:{language}",
        pair=f"{first}:{language} $A:{language} {last}:{language} $B:{language} {last}:{language}",
        special_tokens=[(piece, vocabulary[piece]) for piece in (first, last)],
    )
    roles = {f"{role}_token": piece for role, piece in _SPECIAL.items()}
    fast: Any = PreTrainedTokenizerFast
    return fast(  # type: ignore[no-any-return]
        tokenizer_object=made, model_input_names=["input_ids", "token_type_ids", "attention_mask"], **roles
    )
