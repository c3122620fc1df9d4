"""Tokens written so that a reader recognises them.

A tokenizer's own spelling (``##ing``, ``Ġthe``, ``▁the``, ``ÃŃ``) is made for machines. Where character
offsets are known a token is the text that it covers; here is what to do where they are not.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

# Names that tokenizers give to the tokens that frame a text. A mask or an unknown token is not among
# them: it stands where a word stood, and what attends to it attends to that place in the sentence.
FRAME_NAMES = frozenset(
    {
        *("[CLS]", "[SEP]", "[PAD]", "[BOS]", "[EOS]"),
        *("<s>", "</s>", "<pad>", "<bos>", "<eos>", "<cls>", "<sep>"),
        *("<|endoftext|>", "<|begin_of_text|>", "<|end_of_text|>", "<|pad|>", "<|startoftext|>"),
        *("<|im_start|>", "<|im_end|>", "<|eot_id|>", "<start_of_turn>", "<end_of_turn>"),
    }
)

_MARKS = {" ": "␣", "\n": "⏎", "\t": "⇥"}
_METASPACE = "\u2581"
_BYTE_SPACE = "Ġ"
_BYTE_NEWLINE = "Ċ"


def is_frame_name(token: str) -> bool:
    """Whether a token's name says that it frames a text instead of covering some of it.

    Examples
    --------
    >>> [is_frame_name(token) for token in ("[CLS]", "</s>", "cat", "[MASK]")]
    [True, True, False, False]
    """
    return token in FRAME_NAMES


def legible_tokens(pieces: Sequence[str]) -> tuple[str, ...]:
    """Turn a tokenizer's pieces into text, where their spelling is clearly one of three.

    WordPiece's ``##ing`` becomes ``ing``, SentencePiece's ``▁the`` becomes ``the``, and where one piece
    shows byte-level spelling (``Ġthe``) all are read as bytes. Half a character, as byte-level
    tokenizers cut emoji, is written by its bytes: ``<F0><9F>``. A piece that is nothing but a space
    is a space.

    Parameters
    ----------
    pieces : sequence of str
        As ``tokenizer.convert_ids_to_tokens`` gives them.

    Returns
    -------
    tuple of str
        As many as there are pieces; none is empty unless the piece is.

    Examples
    --------
    >>> legible_tokens(["[CLS]", "the", "run", "##ning", "[SEP]"])
    ('[CLS]', 'the', 'run', 'ning', '[SEP]')
    >>> legible_tokens(["The", "Ġna", "ÃŃ", "ve"])
    ('The', 'na', 'í', 've')
    >>> legible_tokens(["▁the", "▁cat", "s"])
    ('the', 'cat', 's')
    """
    in_bytes = any(piece.startswith((_BYTE_SPACE, _BYTE_NEWLINE)) for piece in pieces)
    return tuple(_legible(piece, in_bytes=in_bytes) for piece in pieces)


def byte_tokens(pieces: Sequence[str]) -> tuple[str, ...]:
    """Write bytes that are spelled as letters: those of ASCII as themselves, others by their number.

    Examples
    --------
    >>> byte_tokens(["n", "a", "Ã", "¯", "</s>"])
    ('n', 'a', '<C3>', '<AF>', '</s>')
    """
    return tuple(
        f"<{ord(piece):02X}>" if len(piece) == 1 and 128 <= ord(piece) < 256 else piece for piece in pieces
    )


def visible_token(token: str) -> str:
    r"""Write a token that would show as nothing by marks: spaces, line breaks, zero-width characters.

    For labels in views and figures; a trace keeps the text itself. A token with anything to see in it
    is left as it is, joiners inside an emoji included.

    Examples
    --------
    >>> [visible_token(token) for token in (" ", "\n\n", "\u200b", "cat")]
    ['␣', '⏎⏎', 'U+200B', 'cat']
    """
    if any(unicodedata.category(letter)[0] not in "ZC" for letter in token):
        return token
    return "".join(_MARKS.get(letter, f"U+{ord(letter):04X}") for letter in token)


def _legible(piece: str, *, in_bytes: bool) -> str:
    if is_frame_name(piece):
        return piece
    if in_bytes:
        return _without_leading_space(_decode_bytes(piece))
    if piece.startswith(_METASPACE):
        return _without_leading_space(piece.replace(_METASPACE, " "))
    if piece.startswith("##") and len(piece) > 2:
        return piece[2:]
    return piece


def _without_leading_space(text: str) -> str:
    return text.lstrip(" ") or text


def _decode_bytes(piece: str) -> str:
    codes = _byte_of_letter()
    if not all(letter in codes for letter in piece):
        return piece
    raw = bytes(codes[letter] for letter in piece)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "".join(f"<{byte:02X}>" for byte in raw)


@cache
def _byte_of_letter() -> dict[str, int]:
    """Invert GPT-2's table, which writes each of the 256 bytes as one printable letter."""
    printable = [
        *range(ord("!"), ord("~") + 1),
        *range(ord("¡"), ord("¬") + 1),
        *range(ord("®"), ord("ÿ") + 1),
    ]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}
