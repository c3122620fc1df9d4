"""Which answers to several masks are likely together? They are filled in from left to right."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from bertviz_plus.models.passes.gathering import Tokens
from bertviz_plus.models.predictions.frame import Answer, Row, ranked, token_text
from bertviz_plus.models.predictions.masks import Gaps, piece_of
from bertviz_plus.models.predictions.token_scores import token_scores

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

# How many half-filled texts are carried on from one mask to the next, at least.
_BEAM = 20


class _Filled(NamedTuple):
    tokens: tuple[int, ...] = ()
    log_probability: float = 0.0
    logit: float = 0.0


def joint_rows(model: "Model", gaps: Gaps, top: int | None) -> list[Row]:
    """Return the rows of the best answers to all masks of a text together.

    The log-probability of an answer is the sum over its masks, each given the answers to those before it: the
    chain rule from left to right. The best are searched with a beam of `top`, at least 20.
    """
    wanted = top or _BEAM
    beam = [_Filled()]
    for _ in gaps.places:
        beam = _next(model, gaps, beam, None, max(wanted, _BEAM))
    return _rows(model, gaps, beam[:wanted], shares=False)


def joint_choices(model: "Model", gaps: Gaps, choices: Sequence[Sequence[str]]) -> list[Row]:
    """Return the rows of given answers to all masks of a text together, a word for each mask.

    Raises
    ------
    ValueError
        For answers of another number of words, or a word that is not one token.
    """
    wanted = [_ids(model, gaps, answer) for answer in choices]
    found = [_Filled()]
    for number in range(len(gaps.places)):
        starts = list(dict.fromkeys(ids[: number + 1] for ids in wanted))
        found = _next(model, gaps, found, starts, len(starts))
    return _rows(model, gaps, found, shares=True)


def _next(model: "Model", gaps: Gaps, beam: Sequence[_Filled], starts: Any, most: int) -> list[_Filled]:
    """Fill the next mask of each, with the best tokens or with those of `starts`."""
    reads = []
    for one in beam:
        ids = list(gaps.read.input_ids)
        for place, token in zip(gaps.places, one.tokens, strict=False):
            ids[place] = token
        reads.append(Tokens(ids, gaps.read.token_type_ids, ()))
    at = [[gaps.places[len(one.tokens)]] for one in beam]
    found = []
    for number, scores in token_scores(model, reads, at):
        one, logits = beam[number], scores[0].double()
        log_probabilities = logits.log_softmax(-1)
        if starts is None:
            tokens = torch.topk(log_probabilities, min(most, len(logits))).indices.tolist()
        else:
            tokens = [ids[-1] for ids in starts if ids[:-1] == one.tokens]
        found += [
            _Filled(
                (*one.tokens, token),
                one.log_probability + float(log_probabilities[token]),
                one.logit + float(logits[token]),
            )
            for token in tokens
        ]
    return sorted(found, key=lambda one: -one.log_probability)[:most]


def _ids(model: "Model", gaps: Gaps, answer: Any) -> tuple[int, ...]:
    n = len(gaps.places)
    if isinstance(answer, str) or not isinstance(answer, Sequence) or len(answer) != n:
        raise ValueError(
            f"choices must each hold {n} answers, one for each mask of {gaps.name}, got {answer!r}"
        )
    return tuple(piece_of(model, gaps, mask, word, "choices must each") for mask, word in enumerate(answer))


def _rows(model: "Model", gaps: Gaps, found: Sequence[_Filled], *, shares: bool) -> list[Row]:
    answers = [
        Answer(
            tuple(token_text(model, token) for token in one.tokens),
            one.log_probability,
            one.logit,
            one.tokens,
        )
        for one in found
    ]
    return ranked(answers, tuple(range(len(gaps.places))), shares=shares)
