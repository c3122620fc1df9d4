"""What does a model predict? Tokens for masks, the next token, or classes, in one frame."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor

from bertviz_plus.models.passes.encoding import Given
from bertviz_plus.models.passes.gathering import in_batches
from bertviz_plus.models.passes.head_pass import head_pass
from bertviz_plus.models.predictions.choosing import checked_choices, choice_rows
from bertviz_plus.models.predictions.filling import joint_choices, joint_rows
from bertviz_plus.models.predictions.frame import COLUMNS, Answer, Row, answers_of, ranked
from bertviz_plus.models.predictions.head import Head, logits_of, needed_head
from bertviz_plus.models.predictions.hiding import checked_method
from bertviz_plus.models.predictions.masks import find_gaps
from bertviz_plus.models.predictions.token_scores import token_scores
from bertviz_plus.traces.checks import count_or_none

if TYPE_CHECKING:
    import pandas as pd

    from bertviz_plus.models.model import Model


def predicted(
    model: "Model",
    texts: Sequence[tuple[Given, str]],
    *,
    top: int | None,
    choices: Any,
    joint: bool,
    pieces: Any,
) -> "pd.DataFrame":
    """Return `Model.predict` of some texts, each with the name by which messages call it.

    The column ``text`` counts them.
    """
    import pandas as pd

    head = needed_head(model)
    top = count_or_none(top, "top")
    if pieces is not None:
        checked_method(pieces, "pieces")
    if head in ("classes", "regression"):
        rows = _class_rows(model, texts, head, top, checked_choices(choices))
    else:
        causal = head == "causal-LM"
        gaps = [find_gaps(model, what, causal=causal, name=name) for what, name in texts]
        if joint and not causal and choices is not None:
            rows = ((number, joint_choices(model, one, choices)) for number, one in enumerate(gaps))
        elif joint and not causal:
            rows = ((number, joint_rows(model, one, top)) for number, one in enumerate(gaps))
        elif choices is not None:
            rows = choice_rows(model, gaps, checked_choices(choices) or (), pieces, causal=causal)
        else:
            at = [one.read_at for one in gaps]
            rows = (
                (
                    number,
                    [
                        row
                        for mask, one in enumerate(scores)
                        for row in ranked(answers_of(model, one, top), mask)
                    ],
                )
                for number, scores in token_scores(model, [one.read for one in gaps], at)
            )
    found = sorted(rows, key=lambda pair: pair[0])
    columns = ["text", *COLUMNS, *(["share"] if choices is not None else [])]
    frame = pd.DataFrame(
        [{"text": number} | row for number, of_text in found for row in of_text], columns=columns
    )
    frame.attrs["head"] = head
    if pieces is not None and head == "masked-LM":
        frame.attrs["pieces"] = pieces
    return frame


def _class_rows(
    model: "Model",
    texts: Sequence[tuple[Given, str]],
    head: Head,
    top: int | None,
    choices: Sequence[str] | None,
) -> Iterator[tuple[int, list[Row]]]:
    labels = _labels(model)
    if choices is not None and head == "regression":
        raise ValueError("choices must be left out: the model has a regression head, which gives a value")
    unknown = next((choice for choice in choices or () if choice not in labels), None)
    if unknown is not None:
        raise ValueError(f"choices must be among the model's labels, {', '.join(labels)}, got {unknown!r}")
    read = [model._encode(what, truncation=True, name=name) for what, name in texts]
    for batch in in_batches([len(one) for one in read], None if model._reads_batches else 1):
        outputs, _ = head_pass(model, [read[place] for place in batch])
        for place, scores in zip(batch, logits_of(outputs).double(), strict=True):
            if head == "regression":
                nan = float("nan")
                answers = [
                    Answer(f"{label} (regression)", nan, value, number)
                    for number, (label, value) in enumerate(zip(labels, scores.tolist(), strict=True))
                ]
            else:
                found = class_answers(model, scores)
                answers = [one for one in found if choices is None or one.text in choices]
            rows = ranked(answers, 0, shares=choices is not None)
            yield place, rows if choices is not None else rows[:top]


def _labels(model: "Model") -> list[str]:
    config: Any = model.hf.config
    return [str(config.id2label.get(number, number)) for number in range(config.num_labels)]


def class_answers(model: "Model", logits: Tensor) -> list[Answer]:
    """Return a classifier's labels, in its order, with their log-probabilities.

    Parameters
    ----------
    model : Model
    logits : torch.Tensor [labels]
    """
    config: Any = model.hf.config
    several = getattr(config, "problem_type", None) == "multi_label_classification"
    logs = logits.sigmoid().log() if several else logits.log_softmax(-1)
    found = zip(_labels(model), logs.tolist(), logits.tolist(), strict=True)
    return [Answer(label, log, logit, number) for number, (label, log, logit) in enumerate(found)]
