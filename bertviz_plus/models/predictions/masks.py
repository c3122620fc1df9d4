"""Where the masks of a text are, and as which tokens an answer is read in the place of one."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bertviz_plus.models.passes.encoding import Encoded, Given
from bertviz_plus.models.passes.gathering import Tokens

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

# How models write their masks, in any case.
_MASKS = re.compile(r"\[MASK\]|<mask>|<extra_id_0>|<mask_1>|<\|mask\|>", re.IGNORECASE)


@dataclass(frozen=True)
class Gaps:
    """A text with places that a language model is to fill.

    Attributes
    ----------
    what : Given
        The text as given.
    encoded : Encoded
    read : Tokens
        What the model reads. Of a causal model, up to the place to fill: no closing special tokens.
    places : tuple of int
        Positions to predict: of the masks, or the one after the last token of a causal model.
    name : str
        How the text is called in messages.
    """

    what: Given
    encoded: Encoded
    read: Tokens
    places: tuple[int, ...]
    name: str

    @property
    def read_at(self) -> list[int]:
        """Positions at which the head is read: the masks, or the last token of a causal model."""
        return [min(place, len(self.read) - 1) for place in self.places]


def find_gaps(model: "Model", what: Given, *, causal: bool, name: str = "text") -> Gaps:
    """Find what a model is to fill in a text: its masks, or for a causal model what comes next.

    Raises
    ------
    ValueError
        For a text without a mask or with that of another model, and a causal model that is to fill a mask.
    """
    tokenizer = model.tokenizer
    mask: str | None = getattr(tokenizer, "mask_token", None)
    texts = [text for text in (what.text, what.pair) if text is not None]
    foreign = next((found[0] for text in texts for found in _MASKS.finditer(text) if found[0] != mask), None)
    if causal:
        _check_causal(
            model, what, foreign or next((mask for text in texts if mask and mask in text), None), name
        )
    elif mask is None:
        raise ValueError(
            f"model must have a mask token to fill gaps, and the tokenizer of {model.info.id} has none"
        )
    elif foreign is not None:
        right = texts[0].replace(foreign, mask)
        raise ValueError(
            f"{name} has {foreign!r}, which is no mask of this model; its mask is {mask!r}: {right!r}"
        )
    encoded = model._encode(what, truncation=True, name=name)
    if causal:
        special = encoded.described.is_special
        end = max((place + 1 for place, framing in enumerate(special) if not framing), default=len(encoded))
        types = encoded.token_type_ids
        read = Tokens(encoded.input_ids[:end], types and types[:end], ())
        return Gaps(what, encoded, read, (end,), name)
    places = tuple(place for place, token in enumerate(encoded.input_ids) if token == tokenizer.mask_token_id)
    if not places:
        raise ValueError(
            f"{name} must hold the mask token {mask!r} where the model is to predict, got {texts[0]!r}"
            + (", cut to what the model reads" if encoded.truncated else "")
        )
    return Gaps(what, encoded, Tokens(encoded.input_ids, encoded.token_type_ids, ()), places, name)


def _check_causal(model: "Model", what: Given, mask: str | None, name: str) -> None:
    if what.pair is not None:
        raise ValueError(f"pair must be left out for a causal model, which reads one text, got {what.pair!r}")
    if mask is not None:
        before = (what.text or "").split(mask)[0].rstrip()
        raise ValueError(
            f"{name} has the mask {mask!r}, and {model.info.architecture} is causal: it predicts what comes "
            f"next and cannot fill a middle. Give the text before the mask: {before!r}"
        )


def pieces_of(model: "Model", gaps: Gaps, mask: int, answer: str) -> tuple[int, ...]:
    """Return the ids of the tokens as which an answer is read in the place of a mask, or after the text.

    The text is tokenised with the answer in it, so that a tokenizer that cares for the space before a word
    sees it.

    Parameters
    ----------
    model : Model
    gaps : Gaps
    mask : int
        Which mask, from 0.
    answer : str

    Raises
    ------
    ValueError
        For an answer with a piece that is not in the vocabulary, or that changes how the text around it is
        read.
    """
    tokenizer = model.tokenizer
    place = gaps.places[mask]
    causal = place == len(gaps.read)
    filled = model._encode(
        _filled(tokenizer, gaps.what, mask, answer, causal=causal), truncation=False, warn=False
    )
    before = list(gaps.read.input_ids[:place])
    after = list(gaps.encoded.input_ids[place if causal else place + 1 :])
    ids = filled.input_ids
    end = len(ids) - len(after)
    pieces = tuple(ids[place:end])
    if not pieces or ids[:place] != before or ids[end:] != after:
        raise ValueError(
            f"{answer!r} cannot be scored in {gaps.name}: with it the words around it are tokenised otherwise"
        )
    unknown = getattr(tokenizer, "unk_token_id", None)
    if unknown is not None and unknown in pieces:
        raise ValueError(
            f"{answer!r} is not in the vocabulary of the model: it is read as {tokenizer.unk_token!r}"
        )
    return pieces


def piece_of(model: "Model", gaps: Gaps, mask: int, answer: str, argument: str) -> int:
    """Return the id of the one token as which an answer is read in the place of a mask.

    Raises
    ------
    ValueError
        As `pieces_of`; for an answer of several tokens. `argument` begins the sentence: "target must".
    """
    pieces = pieces_of(model, gaps, mask, answer)
    if len(pieces) > 1:
        raise ValueError(
            f"{argument} be one token of the model, got {answer!r}, which is "
            f"{' '.join(model.tokenizer.convert_ids_to_tokens(list(pieces)))}"
        )
    return pieces[0]


def token_of(model: "Model", gaps: Gaps, word: str) -> int | None:
    """Return the token of a word in the first blank; None where it is several, or none of the vocabulary."""
    try:
        pieces = pieces_of(model, gaps, 0, word)
    except ValueError:
        return None
    return pieces[0] if len(pieces) == 1 else None


def _filled(tokenizer: Any, what: Given, mask: int, answer: str, *, causal: bool) -> Given:
    text = what.text or ""
    if causal:
        apart = "" if text[-1:].isspace() or answer[:1].isspace() else " "
        return Given(text + apart + answer)
    own = tokenizer.mask_token
    parts = text.split(own)
    if mask < len(parts) - 1:
        return Given(own.join(parts[: mask + 1]) + answer + own.join(parts[mask + 1 :]), what.pair)
    rest = (what.pair or "").split(own)
    mask -= len(parts) - 1
    return Given(text, own.join(rest[: mask + 1]) + answer + own.join(rest[mask + 1 :]))


def with_pieces(gaps: Gaps, mask: int, pieces: tuple[int, ...]) -> Tokens:
    """Return a text with an answer's pieces in the place of a mask, or after it."""
    place = gaps.places[mask]
    ids, types = gaps.read.input_ids, gaps.read.token_type_ids
    kind = None if types is None else types[min(place, len(types) - 1)]
    return Tokens(
        [*ids[:place], *pieces, *ids[place + 1 :]],
        None if types is None else [*types[:place], *[kind or 0] * len(pieces), *types[place + 1 :]],
        (),
    )
