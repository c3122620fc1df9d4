"""How well a language model likes a text: its log-probability, or pseudo-log-likelihood."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bertviz_plus.models.passes.encoding import Encoded, Given
from bertviz_plus.models.passes.gathering import Tokens
from bertviz_plus.models.predictions.head import needed_head
from bertviz_plus.models.predictions.hiding import checked_method, hidden_in_turn
from bertviz_plus.models.predictions.token_scores import token_scores
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.word_pieces import word_form, word_pieces

if TYPE_CHECKING:
    import pandas as pd

    from bertviz_plus.models.model import Model

By = Literal["text", "word"]
# One word of a text: its pieces' positions.
_Words = list[list[int]]


def text_scores(
    model: "Model",
    texts: Sequence[tuple[Given, str]],
    *,
    method: Any,
    by: By,
    batch_size: int | None,
    progress: bool,
) -> "pd.DataFrame":
    """Return `Model.score` of some texts, each with the name by which messages call it."""
    import pandas as pd

    if by not in ("text", "word"):
        raise ValueError(f'by must be "text" or "word", got {by!r}')
    method = _method_of(model, method)
    encoded = [model._encode(what, truncation=True, name=name) for what, name in texts]
    words = [_words_of(model, one, name) for one, (_, name) in zip(encoded, texts, strict=True)]
    logs = _log_probabilities(model, encoded, words, method, batch_size, progress=progress)
    rows = []
    for number, (one, (what, _), scored) in enumerate(zip(encoded, texts, logs, strict=True)):
        of_words = [
            {
                "text": number,
                "word": place,
                "form": word_form(one.described, pieces),
                "pieces": len(pieces),
                "log_probability": float(sum(scored[piece] for piece in pieces)),
            }
            for place, pieces in enumerate(words[number])
        ]
        if by == "word":
            rows += of_words
            continue
        known = np.array(list(scored.values()))
        known = known[np.isfinite(known)]
        total = float(known.sum())
        rows.append(
            {
                "text": what.text if what.pair is None else (what.text, what.pair),
                "words": len(of_words),
                "tokens": len(known),
                "log_probability": total,
                "per_token": total / len(known) if len(known) else float("nan"),
            }
        )
    frame = pd.DataFrame(rows)
    if by == "word":
        frame["surprisal"] = -frame["log_probability"]
    frame.attrs["method"] = method
    return frame


def _method_of(model: "Model", method: Any) -> str:
    head = needed_head(model, "masked-LM", "causal-LM")
    if head == "causal-LM":
        if method not in (None, "left_to_right"):
            raise ValueError(f'method must be "left_to_right" for a causal model, got {method!r}')
        return "left_to_right"
    if getattr(model.tokenizer, "mask_token_id", None) is None:
        raise ValueError(f"model must have a mask token, and the tokenizer of {model.info.id} has none")
    return checked_method("within_word_l2r" if method is None else method, "method")


def _words_of(model: "Model", encoded: Encoded, name: str) -> _Words:
    """Return the positions of each word's pieces, of a text that can be scored."""
    mask = getattr(model.tokenizer, "mask_token_id", None)
    if mask is not None and mask in encoded.input_ids:
        raise ValueError(
            f"{name} must be a whole text to score, got the mask {model.tokenizer.mask_token!r} in it; "
            "model.predict(text) fills masks"
        )
    words = word_pieces(encoded.described)
    if not words:
        raise ValueError(f"{name} must hold a token to score, and has special ones alone")
    return words


def _log_probabilities(
    model: "Model",
    encoded: Sequence[Encoded],
    words: Sequence[_Words],
    method: str,
    batch_size: int | None,
    *,
    progress: bool,
) -> list[dict[int, float]]:
    """Return, for each text, the log-probability of each scored token by its position."""
    reads: list[Tokens] = []
    at: list[list[int]] = []
    owners: list[tuple[int, list[int]]] = []
    found: list[dict[int, float]] = [{} for _ in encoded]
    for number, (one, of_text) in enumerate(zip(encoded, words, strict=True)):
        places = [place for pieces in of_text for place in pieces]
        # Rows come in the order of the text.
        found[number] = dict.fromkeys(places, float("nan"))
        text = Tokens(one.input_ids, one.token_type_ids, ())
        if method == "left_to_right":
            seen = [place for place in places if place > 0]
            if seen:
                reads.append(text)
                at.append([place - 1 for place in seen])
                owners.append((number, seen))
            continue
        mask = model.tokenizer.mask_token_id
        for read, place in hidden_in_turn(text, of_text, mask, checked_method(method, "method")):
            reads.append(read)
            at.append([place])
            owners.append((number, [place]))
    shown = tqdm(total=len(reads), unit=" passes", delay=1, leave=False, disable=not progress)
    with shown as bar:
        for place, scores in token_scores(model, reads, at, batch_size=batch_size):
            logs = scores.double().log_softmax(-1)
            number, tokens = owners[place]
            for row, token in enumerate(tokens):
                found[number][token] = float(logs[row, encoded[number].input_ids[token]])
            bar.update()
    return found


def pair_scores(model: "Model", pairs: Any, *, method: Any, progress: bool) -> "pd.DataFrame":
    """Return `Model.minimal_pairs` of some pairs of texts."""
    import pandas as pd

    wrong = isinstance(pairs, str) or not isinstance(pairs, Sequence) or not pairs
    if wrong or not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
        raise ValueError("pairs must be a list of (good, bad), each a text, got " + f"{pairs!r:.80}")
    texts = [text for pair in pairs for text in pair]
    frame = model.score(texts, method=method, progress=progress)
    logs = frame["log_probability"].to_numpy().reshape(-1, 2)
    found = pd.DataFrame(
        {
            "good": texts[::2],
            "bad": texts[1::2],
            "log_probability_good": logs[:, 0],
            "log_probability_bad": logs[:, 1],
            "difference": logs[:, 0] - logs[:, 1],
            "right": logs[:, 0] > logs[:, 1],
        }
    )
    found.attrs["method"] = frame.attrs["method"]
    return found
