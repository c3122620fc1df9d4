"""Which number of a model's output is to be explained, and what becomes of it when words are covered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.word_pieces import word_form, word_pieces

if TYPE_CHECKING:
    from torch import Tensor, nn

    from bertviz_plus.models.interventions.exchanging import Forward
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.passes.encoding import Encoded
    from bertviz_plus.models.passes.gathering import Tokens
    from bertviz_plus.models.passes.pass_change import Change, PassChange

# What may stand for a word where the tokenizer has no mask.
_BASELINES = ("mask", "pad", "unk", "eos")


@dataclass(frozen=True, eq=False)
class Explained:
    """One number of a model's output on one text.

    Attributes
    ----------
    model : Model
    encoded : Encoded
    read : Tokens
        What the model reads of the text.
    place : int or None
        Where a language model's head is read; `None` for a head of whole texts.
    target, against : int or None
        Ids of tokens or classes.
    names : tuple of (str, str or None)
        What they are called.
    of : str
        As in `Attribution`.
    baseline : int
        Id of the token that covers others.
    """

    model: "Model"
    encoded: "Encoded"
    read: "Tokens"
    place: int | None
    target: int
    against: int | None
    names: tuple[str, str | None]
    of: str
    baseline: int

    @cached_property
    def pieces(self) -> list[list[int]]:
        """The positions of each word's tokens."""
        return word_pieces(self.encoded.described)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words themselves."""
        return tuple(word_form(self.encoded.described, pieces) for pieces in self.pieces)

    @property
    def predicted(self) -> int | None:
        """Which word is the mask that is predicted."""
        causal = self.model._trial.causal["encoder"]
        if self.place is None or causal:
            return None
        return next(word for word, pieces in enumerate(self.pieces) if self.place in pieces)

    @cached_property
    def covered_words(self) -> list[int]:
        """The words that can be covered: all but the predicted one."""
        return [word for word in range(len(self.pieces)) if word != self.predicted]

    def covered(self, words: Collection[int]) -> "Tokens":
        """Return the text with some words covered, token by token."""
        from bertviz_plus.models.passes.gathering import Tokens

        places = {place for word in words for place in self.pieces[word]}
        ids = [self.baseline if place in places else token for place, token in enumerate(self.read.input_ids)]
        return Tokens(ids, self.read.token_type_ids, ())

    def tensor(
        self,
        texts: "Sequence[Tokens]",
        *,
        gradients: bool = False,
        forwards: "Mapping[nn.Module, Forward] | None" = None,
        change: "Change | PassChange | None" = None,
    ) -> "tuple[Tensor, Tensor]":
        """Run one pass.

        Returns
        -------
        values : torch.Tensor [texts], float64
        hidden : torch.Tensor [texts, tokens, hidden]
            The last hidden layer; of a language model at `place` alone.
        """
        import torch

        from bertviz_plus.models.passes.head_pass import head_pass
        from bertviz_plus.models.predictions.head import logits_of

        at = None if self.place is None else [[self.place]] * len(texts)
        outputs, hidden = head_pass(
            self.model, texts, at=at, gradients=gradients, forwards=forwards, change=change
        )
        with torch.set_grad_enabled(gradients):
            logits = logits_of(outputs).double()
            return self._chosen(logits if self.place is None else logits[:, 0]), hidden

    def _chosen(self, logits: "Tensor") -> "Tensor":
        if self.against is not None:
            return logits[:, self.target] - logits[:, self.against]
        if self.of == "log_probability":
            several = getattr(self.model.hf.config, "problem_type", None) == "multi_label_classification"
            if several and self.place is None:
                return logits[:, self.target].sigmoid().log()
            return logits.log_softmax(-1)[:, self.target]
        return logits[:, self.target]

    def values(self, texts: "Sequence[Tokens]") -> NDArray[np.float64]:
        """Return the number for texts as long as this one, several in a pass."""
        found = np.empty(len(texts))
        for batch in self.batches(len(texts)):
            found[batch] = self.tensor([texts[place] for place in batch])[0].cpu().numpy()
        return found

    def batches(self, n: int) -> list[list[int]]:
        """Cut so many copies of the text into passes."""
        from bertviz_plus.models.passes.gathering import in_batches

        together = None if self.model._reads_batches else 1
        return list(in_batches([len(self.read)] * n, together))


def explained(
    model: "Model",
    text: str,
    pair: str | None,
    target: Any,
    against: Any,
    of: str,
    baseline: str | None,
) -> Explained:
    """Check what is to be explained.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed.
    """
    from bertviz_plus.models.passes.encoding import given
    from bertviz_plus.models.passes.gathering import Tokens
    from bertviz_plus.models.passes.head_pass import head_pass
    from bertviz_plus.models.predictions.head import needed_head
    from bertviz_plus.models.predictions.masks import find_gaps, piece_of

    if of not in ("log_probability", "logit"):
        raise ValueError(f'of must be "log_probability" or "logit", got {of!r}')
    head = needed_head(model)
    what = given(text, pair, None, None)
    place = None
    if head in ("masked-LM", "causal-LM"):
        gaps = find_gaps(model, what, causal=head == "causal-LM")
        if len(gaps.places) > 1:
            raise ValueError(
                f"text must hold one mask, the one to explain, got {len(gaps.places)}; "
                "fill the others with model.predict(text)"
            )
        encoded, read, place = gaps.encoded, gaps.read, gaps.read_at[0]
        ids = [
            None if name is None else piece_of(model, gaps, 0, _word(name, argument), f"{argument} must")
            for name, argument in ((target, "target"), (against, "against"))
        ]
        labels = None
    else:
        encoded = model._encode(what, truncation=True)
        read = Tokens(encoded.input_ids, encoded.token_type_ids, ())
        config: Any = model.hf.config
        labels = [str(config.id2label.get(number, number)) for number in range(config.num_labels)]
        ids = [_label(target, "target", labels), _label(against, "against", labels)]
    if ids[0] is not None and ids[0] == ids[1]:
        raise ValueError(f"against must be another answer than target, got {against!r} for both")
    if ids[0] is None:
        at = None if place is None else [[place]]
        from bertviz_plus.models.predictions.head import logits_of

        logits = logits_of(head_pass(model, [read], at=at)[0])[0]
        scores = logits if place is None else logits[0]
        if ids[1] is not None:
            # Compared with the best of the others.
            scores = scores.clone()
            scores[ids[1]] = -float("inf")
        chosen = int(scores.argmax())
    else:
        chosen = ids[0]
    kind = "value" if head == "regression" else "logit difference" if ids[1] is not None else of
    return Explained(
        model, encoded, read, place, chosen, ids[1],
        (_name(model, chosen, labels), None if ids[1] is None else _name(model, ids[1], labels)),
        kind, _baseline(model, baseline),
    )  # fmt: skip


def _word(name: Any, argument: str) -> str:
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"{argument} must be a word of the vocabulary, got {name!r}")
    return name


def _label(name: Any, argument: str, labels: list[str]) -> int | None:
    if name is None:
        return None
    if isinstance(name, int) and not isinstance(name, bool) and 0 <= name < len(labels):
        return name
    if name not in labels:
        raise ValueError(f"{argument} must be one of the model's labels, {', '.join(labels)}, got {name!r}")
    return labels.index(name)


def _name(model: "Model", number: int, labels: list[str] | None) -> str:
    from bertviz_plus.models.predictions.frame import token_text

    return token_text(model, number) if labels is None else labels[number]


def _baseline(model: "Model", baseline: str | None) -> int:
    tokenizer = model.tokenizer
    if baseline is None:
        found = (getattr(tokenizer, f"{name}_token_id", None) for name in _BASELINES)
        known = next((token for token in found if token is not None), None)
        if known is None:
            raise ValueError("baseline must be a token, since the tokenizer has no mask, got None")
        return int(known)
    token = tokenizer.convert_tokens_to_ids(baseline) if isinstance(baseline, str) else None
    if token is None or tokenizer.convert_ids_to_tokens(token) != baseline:
        raise ValueError(f"baseline must be a token of the vocabulary, got {baseline!r}")
    return int(token)
