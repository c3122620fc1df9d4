"""XLM-R's tokenizer from its pieces, their scores and its table of normalised characters."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from bertviz_plus.models.loading.weights import fast_tokenizer

_HAS_VALUE = 1 << 8
_IS_VALUE = 1 << 31


def build_tokenizer(
    pieces: Sequence[str],
    scores: Iterable[float],
    normalised: Mapping[str, str],
    *,
    max_tokens: int,
) -> PreTrainedTokenizerFast:
    """Build a fast tokenizer that cuts text as XLM-R's does, with offsets and word ids.

    What differs from the tokenizer on the hub: the table knows single characters, so that a letter followed
    by combining marks is composed by Unicode's NFC; where the two disagree (some rare sequences, characters
    younger than the table), so do the pieces.

    Parameters
    ----------
    pieces : sequence of str
        The vocabulary in the order of token ids, ``<s> <pad> </s> <unk>`` first, ``<mask>`` last.
    scores : iterable of float
        Log probability of each piece, in nats.
    normalised : mapping of str to str
        What a character is replaced with before the text is cut; characters that are not in it stay.
    max_tokens : int
        The longest text that the model reads.

    Returns
    -------
    transformers.PreTrainedTokenizerFast

    Examples
    --------
    >>> pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁ab", "c", "<mask>"]
    >>> tokenizer = build_tokenizer(pieces, [0, 0, 0, 0, -3, -2, -2, 0], {"Ａ": "a"}, max_tokens=8)
    >>> tokenizer.convert_ids_to_tokens(tokenizer("Ａbc c")["input_ids"])
    ['<s>', '▁ab', 'c', '▁', 'c', '</s>']
    """
    bos, pad, eos, unknown, mask = *pieces[:4], pieces[-1]
    if (bos, pad, eos, unknown, mask) != ("<s>", "<pad>", "</s>", "<unk>", "<mask>"):
        raise ValueError(
            f"pieces must begin with <s> <pad> </s> <unk> and end with <mask>, got "
            f"{list(pieces[:4])} … {mask!r}"
        )
    tokenizer: Any = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(precompiled_charsmap(normalised)), normalizers.NFC()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[bos, "$A", eos],
        pair=[bos, "$A", eos, eos, "$B", eos],
        special_tokens=[(bos, 0), (eos, 2)],
    )
    roles = {"bos": bos, "eos": eos, "cls": bos, "sep": eos, "pad": pad, "unk": unknown}
    return fast_tokenizer(
        tokenizer,
        # As in XLM-R, the mask takes the space before it.
        roles | {"mask": AddedToken(mask, lstrip=True, special=True)},
        max_tokens=max_tokens,
        model=models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=3, byte_fallback=False),
    )


def precompiled_charsmap(normalised: Mapping[str, str]) -> bytes:
    """Write a table of characters as the double array that sentencepiece and `Precompiled` read.

    The bytes are a little-endian uint32 (how long the array is), the array of uint32 units, and the
    replacements, each ended by a zero. From the unit at position `p` with offset `o`, the child along byte
    `b` is at ``p ^ o ^ b`` and carries `b` as its label; along byte 0 is the replacement's place. Nodes with
    children get 256 units each, so no free place has to be searched for.

    Parameters
    ----------
    normalised : mapping of str to str
        Neither side may contain the character 0.

    Returns
    -------
    bytes

    Examples
    --------
    >>> from tokenizers.normalizers import Precompiled
    >>> Precompiled(precompiled_charsmap({"ﬁ": "fi", "²": "2"})).normalize_str("ﬁx²")
    'fix2'
    """
    replacements, places = bytearray(), {}
    for character, replacement in normalised.items():
        places[character.encode()] = len(replacements)
        replacements += replacement.encode() + b"\0"
    inner = sorted({key[:length] for key in places for length in range(len(key))} | {b""})
    ends = sorted(places.keys() - set(inner))
    base = {node: 256 * i for i, node in enumerate(inner)}
    base |= {node: 256 * len(inner) + i for i, node in enumerate(ends)}

    units = np.zeros(-(-(256 * len(inner) + len(ends)) // 256) * 256, np.uint32)
    for node, start in base.items():
        # The root's own unit is the first one, whose offset is 0.
        position = base[node[:-1]] ^ node[-1] if node else 0
        units[position] = (node[-1] if node else 0) | (position ^ start) << 10
        if node in places:
            units[position] |= _HAS_VALUE
            units[start] = places[node] | _IS_VALUE
    array = units.astype("<u4").tobytes()
    return struct.pack("<I", len(array)) + array + bytes(replacements)
