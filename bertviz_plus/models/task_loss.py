"""How well does a model do a task? The loss of each example: hidden words, next words, or labels."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from bertviz_plus.models.encoding import given
from bertviz_plus.models.forward import Readable
from bertviz_plus.models.gathering import in_batches
from bertviz_plus.models.head import logits_of, needed_head
from bertviz_plus.models.head_pass import head_pass
from bertviz_plus.models.lm_loss import masked_text
from bertviz_plus.models.pass_change import PassChange

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_EXAMPLES_IN_PASS = 16


class Example(NamedTuple):
    """One example: what is read, where the head is read (nowhere by a classifier), and what is right."""

    read: Readable
    at: tuple[int, ...]
    wanted: tuple[int, ...]


class Losses(NamedTuple):
    """Of each example: the mean loss in nats, and the share of answers that are right."""

    loss: Tensor
    right: Tensor


def examples_of(model: "Model", task: Any, *, seed: int = 0) -> list[Example]:
    """Bring a task into one form.

    Parameters
    ----------
    model : Model
        With a language-model head for texts, a sequence-classification head for texts with labels.
    task : sequence of str, or (texts, labels)
        Of texts alone, a masked language model is to predict 15% of the tokens, which are hidden from it, and
        a causal one each token after the first. Labels are names of the model's, or their numbers.
    seed : int, default 0
        Of the tokens that are hidden.

    Raises
    ------
    TypeError, ValueError
        For another form, a label that the model does not have, and a model without the head.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> [len(one.at) for one in examples_of(bp.load("bert-tiny"), ["The cat sat.", "A dog."])]
    [1, 1]
    """
    labelled = isinstance(task, tuple) and len(task) == 2 and not isinstance(task[0], str)
    texts, labels = task if labelled else (task, None)
    if isinstance(texts, str) or not isinstance(texts, Sequence) or not len(texts):
        raise TypeError(
            f"task must be a list of texts, or (texts, labels), at least one text, got {task!r:.60}"
        )
    if labels is None:
        head = needed_head(model, "masked-LM", "causal-LM")
    else:
        head = needed_head(model, "classes")
        if len(labels) != len(texts):
            raise ValueError(f"task must have a label for each of {len(texts)} texts, got {len(labels)}")
    before = int(head == "causal-LM")
    found = []
    for place, text in enumerate(texts):
        encoded = model._encode(given(text, None, None, None), truncation=True, name=f"texts[{place}]")
        if labels is not None:
            found.append(Example(encoded, (), (_label(model, labels[place]),)))
            continue
        read, predicted = masked_text(model, encoded, seed + place)
        wanted = tuple(encoded.input_ids[one] for one in predicted)
        found.append(Example(read, tuple(one - before for one in predicted), wanted))
    return found


def _label(model: "Model", label: Any) -> int:
    config: Any = model.hf.config
    names = {str(name): int(number) for number, name in config.id2label.items()}
    number: Any = names.get(label) if isinstance(label, str) else label
    if isinstance(number, bool) or number not in names.values():
        raise ValueError(f"labels must be among the model's, {', '.join(names)}, got {label!r}")
    return int(number)


def in_passes(model: "Model", examples: Sequence[Example]) -> Iterator[list[int]]:
    """Yield places of examples that one pass reads together, each place once.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> list(in_passes(model, examples_of(model, ["The cat sat.", "A dog."])))
    [[1, 0]]
    """
    lengths = [len(one.read) for one in examples]
    return in_batches(lengths, _EXAMPLES_IN_PASS if model._reads_batches else 1)


def losses_of(
    model: "Model",
    examples: Sequence[Example],
    *,
    change: PassChange | None = None,
    gradients: bool = False,
) -> Losses:
    """Run a model on some examples in one pass.

    Returns
    -------
    Losses
        Two tensors ``[examples]``.
    """
    labelled = not examples[0].at
    most = max(len(one.wanted) for one in examples)
    # Filled up with the first place, whose loss then counts nothing.
    at = [[*one.at, *one.at[:1] * (most - len(one.at))] for one in examples]
    outputs, _ = head_pass(
        model,
        [one.read for one in examples],
        at=None if labelled else at,
        change=change,
        gradients=gradients,
    )
    with torch.set_grad_enabled(gradients):
        logits = logits_of(outputs)
        logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
        logits = logits[:, None] if labelled else logits
        wanted = torch.tensor(
            [[*one.wanted, *[-100] * (most - len(one.wanted))] for one in examples], device=logits.device
        )
        counted = wanted >= 0
        counts = counted.sum(1)
        each = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=-100, reduction="none"
        ).reshape(wanted.shape)
        right = (logits.argmax(-1) == wanted).to(each.dtype)
        return Losses(each.sum(1) / counts, (right * counted).sum(1) / counts)
