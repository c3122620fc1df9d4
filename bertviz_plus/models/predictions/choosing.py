"""How likely is each of some given answers? One token each, or several pieces by pseudo-log-likelihood."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bertviz_plus.models.passes.gathering import Tokens
from bertviz_plus.models.predictions.frame import Answer, Row, ranked
from bertviz_plus.models.predictions.hiding import PseudoLikelihood, hidden_in_turn
from bertviz_plus.models.predictions.masks import Gaps, pieces_of, with_pieces
from bertviz_plus.models.predictions.token_scores import token_scores

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def checked_choices(choices: Any) -> tuple[str, ...] | None:
    """Refuse what is not a list of different answers.

    Examples
    --------
    >>> checked_choices("tea")
    Traceback (most recent call last):
    ...
    TypeError: choices must be a list of answers, got str 'tea'. This works:
        model.predict(text, choices=["tea", "coffee"])
    """
    if choices is None:
        return None
    works = 'model.predict(text, choices=["tea", "coffee"])'
    if isinstance(choices, str) or not isinstance(choices, Sequence):
        from bertviz_plus.traces.argument_kinds import wrong_kind

        raise wrong_kind("choices", "a list of answers", choices, works)
    wrong = next((one for one in choices if not isinstance(one, str) or not one.strip()), None)
    if wrong is not None or not choices:
        raise ValueError(f"choices must hold answers, each a string that is not empty, got {wrong!r}")
    twice = next((one for place, one in enumerate(choices) if one in choices[:place]), None)
    if twice is not None:
        raise ValueError(f"choices must differ, got {twice!r} twice")
    return tuple(choices)


def choice_rows(
    model: "Model",
    gaps: Sequence[Gaps],
    choices: Sequence[str],
    pieces: PseudoLikelihood | None,
    *,
    causal: bool,
) -> Iterator[tuple[int, list[Row]]]:
    """Yield, for each text, the rows of all choices at each of its masks.

    An answer of one token has its log-probability and logit at the mask. One of several has the sum of its
    pieces' log-probabilities, by the method `pieces`, or in a causal model each after those before it.

    Raises
    ------
    ValueError
        For an answer of several pieces, where `pieces` is None and the model is masked.
    """
    reads: list[Tokens] = []
    at: list[list[int]] = []
    tokens: list[list[int]] = []
    owners: list[tuple[int, int, str]] = []
    for number, one in enumerate(gaps):
        for mask in range(len(one.places)):
            for choice in choices:
                found = pieces_of(model, one, mask, choice)
                for read, places, wanted in _reads(model, one, mask, choice, found, pieces, causal=causal):
                    reads.append(read)
                    at.append(places)
                    tokens.append(wanted)
                    owners.append((number, mask, choice))
    sums: dict[tuple[int, int, str], list[float]] = {}
    logits: dict[tuple[int, int, str], list[float]] = {}
    for place, scores in token_scores(model, reads, at):
        log_probabilities = scores.double().log_softmax(-1)
        for row, token in enumerate(tokens[place]):
            sums.setdefault(owners[place], []).append(float(log_probabilities[row, token]))
            logits.setdefault(owners[place], []).append(float(scores[row, token]))
    ids = {owner: wanted[0] for owner, wanted in zip(owners, tokens, strict=True)}
    for number, one in enumerate(gaps):
        rows = []
        for mask in range(len(one.places)):
            keys = [(number, mask, choice) for choice in choices]
            answers = [
                Answer(
                    key[2],
                    sum(sums[key]),
                    logits[key][0] if len(logits[key]) == 1 else float("nan"),
                    ids[key] if len(logits[key]) == 1 else -1,
                )
                for key in keys
            ]
            rows += ranked(answers, mask, shares=True)
        yield number, rows


def _reads(
    model: "Model",
    gaps: Gaps,
    mask: int,
    choice: str,
    found: tuple[int, ...],
    pieces: PseudoLikelihood | None,
    *,
    causal: bool,
) -> Iterator[tuple[Tokens, list[int], list[int]]]:
    """Yield what is read to score one answer: a text, places in it, and the token wanted at each."""
    place = gaps.places[mask]
    if causal:
        read = with_pieces(gaps, mask, found[:-1])
        yield read, [place - 1 + number for number in range(len(found))], list(found)
    elif len(found) == 1:
        yield gaps.read, [place], list(found)
    elif pieces is None:
        names = " ".join(model.tokenizer.convert_ids_to_tokens(list(found)))
        raise ValueError(
            f"choices must each be one token of the model, got {choice!r}, which is {names}; "
            'pieces="within_word_l2r" or pieces="original" scores several'
        )
    else:
        places = range(place, place + len(found))
        filled = with_pieces(gaps, mask, found)
        for read, at in hidden_in_turn(filled, [places], model.tokenizer.mask_token_id, pieces):
            yield read, [at], [found[at - place]]
