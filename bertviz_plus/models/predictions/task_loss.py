"""How well does a model do a task? The loss of each example: hidden words, next words, or labels."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from bertviz_plus.data.examples import Examples
from bertviz_plus.models.passes.encoding import Encoded, given
from bertviz_plus.models.passes.forward import Readable
from bertviz_plus.models.passes.gathering import in_batches
from bertviz_plus.models.passes.head_pass import head_pass
from bertviz_plus.models.passes.pass_change import PassChange
from bertviz_plus.models.predictions.head import logits_of, needed_head
from bertviz_plus.models.predictions.lm_loss import masked_text

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_EXAMPLES_IN_PASS = 16
_UNANSWERED = -100


class Example(NamedTuple):
    """One example: what is read, where the head is read (nowhere by a classifier), and what is right.

    Of what is right, -100 stands for an answer that does not count.
    """

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
    task : sequence of str, (texts, labels), or Examples
        Of texts alone, a masked language model is to predict 15% of the tokens, which are hidden from it, and
        a causal one each token after the first. Labels are names of the model's, or their numbers. Of words
        to tag, the head is read at each word's first token.
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
    if isinstance(task, Examples):
        return [_labelled(model, task, place) for place in range(len(task))]
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


def _labelled(model: "Model", examples: Examples, place: int) -> Example:
    text, label, name = examples.texts[place], examples.labels[place], f"texts[{place}]"
    if isinstance(text, str):
        needed_head(model, "classes")
        pair = None if examples.text_pairs is None else examples.text_pairs[place]
        encoded = model._encode(given(text, pair), truncation=True, name=name)
        return Example(encoded, (), (_label(model, label),))
    if not type(model.hf).__name__.endswith("ForTokenClassification"):
        raise ValueError(
            f"model must have a token-classification head to tag words, got {type(model.hf).__name__}"
        )
    encoded = model._encode(given(words=text), truncation=True, name=name)
    first = _first_tokens(encoded)
    asked = [word for word, own in enumerate(label) if own is not None]
    # A word that has no token, or was cut, is answered at the first token of all and not learned from.
    at = tuple(first.get(word, 0) for word in asked) or (0,)
    wanted = tuple(_label(model, label[word]) if word in first else _UNANSWERED for word in asked)
    return Example(encoded, at, wanted or (_UNANSWERED,))


def _first_tokens(encoded: Encoded) -> dict[int, int]:
    """Return where each word begins, by the word's number."""
    words = encoded.described.word_ids
    if words is None:
        raise ValueError("words can be tagged with a tokenizer alone that tells which word a token is of")
    return {word: token for token, word in reversed(list(enumerate(words))) if word >= 0}


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
    logits = answers_to(model, examples, change=change, gradients=gradients)
    with torch.set_grad_enabled(gradients):
        wanted = wanted_of(examples, logits.device)
        counted = wanted >= 0
        counts = counted.sum(1).clamp(min=1)
        each = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=_UNANSWERED, reduction="none"
        ).reshape(wanted.shape)
        right = (logits.argmax(-1) == wanted).to(each.dtype)
        return Losses(each.sum(1) / counts, (right * counted).sum(1) / counts)


def answers_to(
    model: "Model",
    examples: Sequence[Example],
    *,
    change: PassChange | None = None,
    gradients: bool = False,
) -> Tensor:
    """Return the scores that a head gives to some examples in one pass, ``[examples, places, answers]``.

    A classifier has one place. An example with fewer places than another is filled up with its first.
    """
    outputs, _ = head_pass(
        model,
        [one.read for one in examples],
        at=places_of(examples) if examples[0].at else None,
        change=change,
        gradients=gradients,
    )
    logits = logits_of(outputs)
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
    return logits if examples[0].at else logits[:, None]


def places_of(examples: Sequence[Example]) -> list[list[int]]:
    """Return where the head is read, as many places of each example, filled up with its first."""
    most = max(len(one.at) for one in examples)
    return [[*one.at, *one.at[:1] * (most - len(one.at))] for one in examples]


def wanted_of(examples: Sequence[Example], device: Any) -> Tensor:
    """Return what is right, ``[examples, places]``, filled up with what does not count."""
    most = max(len(one.wanted) for one in examples)
    rows = [[*one.wanted, *[_UNANSWERED] * (most - len(one.wanted))] for one in examples]
    return torch.tensor(rows, device=device)
