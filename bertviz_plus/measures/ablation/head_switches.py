"""What does a model answer with heads switched off? Each alone at once, several when asked."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bertviz_plus.measures.ablation.head_ablation import each_ablated
from bertviz_plus.traces.trace import Trace

if TYPE_CHECKING:
    from torch import Tensor

_TOP = 5


class Answered(NamedTuple):
    """What a model answers.

    Attributes
    ----------
    answers : tuple of (str, float)
        The five likeliest answers and their probabilities; none of a model that predicts nothing here.
    moved : float or None
        Of such a model: how far its last hidden layer moved from that of the whole model, as a share of its
        length, in the mean over tokens.
    """

    answers: tuple[tuple[str, float], ...] = ()
    moved: float | None = None


class HeadSwitches:
    """A model on one text, whose heads can be switched off: ablated by zero.

    Parameters
    ----------
    model : Model
        Of one stack, with attention that can be changed.
    text, pair : str
        As in `Model.trace`.

    Attributes
    ----------
    asked : str
        What the model is asked: the first mask by its token, "next token" of a causal model, "class" of a
        classifier; "last hidden layer" of other models, and of a text without a mask.
    whole : Answered
        By all heads.
    shape : tuple of int
        Layers and heads.
    alone : tuple of Answered
        Without each head alone, layer by layer: few batched passes.

    Raises
    ------
    ValueError
        For an encoder–decoder, and an architecture whose attention cannot be changed.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> switches = HeadSwitches(bp.load("bert-tiny"), "A robin is a [MASK].")
    >>> switches.asked, len(switches.alone), len(switches.whole.answers)
    ('[MASK]', 4, 5)
    >>> switches.without([(0, 1)]).answers[0][0] == switches.alone[1].answers[0][0]
    True
    """

    def __init__(self, model: Any, text: str, pair: str | None = None) -> None:
        from bertviz_plus.models.passes.encoding import given
        from bertviz_plus.models.predictions.head import head_of
        from bertviz_plus.models.predictions.masks import find_gaps

        if model.is_encoder_decoder or not model.records_attention:
            why = "has two stacks" if model.is_encoder_decoder else "computes attention in its own way"
            raise ValueError(f"switches need heads that can be ablated: {model.info.architecture} {why}")
        self._model, self._text, self._pair = model, text, pair
        self.shape: tuple[int, int] = (model.n_layers, model.n_heads)
        what = given(text, pair, None, None)
        self._read: Any = model._encode(what, truncation=True, name="text")
        self._at: list[int] | None = None
        head = head_of(model)
        mask = model.tokenizer.mask_token_id
        if (head == "masked-LM" and mask in self._read.input_ids) or (head == "causal-LM" and pair is None):
            gaps = find_gaps(model, what, causal=head == "causal-LM")
            self._read, self._at = gaps.read, gaps.read_at[:1]
            self.asked = "next token" if head == "causal-LM" else str(model.tokenizer.mask_token)
        else:
            self.asked = "class" if head == "classes" else "last hidden layer"
        self._hidden: Any = None
        passes = [*each_ablated(model, len(self._read))]
        self.whole, *alone = (one for copies, change in passes for one in self._answered(copies, change))
        self.alone = tuple(alone)

    def without(self, off: Sequence[Sequence[int]]) -> Answered:
        """Return what the model answers without some heads, each a layer and a head."""
        with self._ablated(off):
            (found,) = self._answered(1, None)
        return found

    def trace(self, off: Sequence[Sequence[int]]) -> Trace:
        """Trace the text without some heads: their own weights are 0, and later layers follow."""
        with self._ablated(off):
            trace: Trace = self._model._trace_to_view(self._text, self._pair)
        return trace

    def _ablated(self, off: Sequence[Sequence[int]]) -> Any:
        from bertviz_plus.models.interventions.ablate import Ablate

        heads = [(int(layer), int(head)) for layer, head in off]
        return self._model.intervene(*([Ablate(heads)] if heads else []))

    def _answered(self, copies: int, change: Any) -> list[Answered]:
        from bertviz_plus.models.passes.head_pass import head_pass
        from bertviz_plus.models.predictions.head import logits_of

        at = None if self._at is None else [self._at] * copies
        outputs, hidden = head_pass(self._model, [self._read] * copies, at=at, change=change)
        if self.asked == "last hidden layer":
            self._hidden = hidden[:1] if self._hidden is None else self._hidden
            moved = (hidden - self._hidden).norm(dim=-1) / self._hidden.norm(dim=-1)
            return [Answered(moved=one) for one in moved.double().mean(dim=-1).tolist()]
        logits = logits_of(outputs).double()
        logits = logits if self._at is None else logits[:, 0]
        return [Answered(self._likeliest(one)) for one in logits]

    def _likeliest(self, logits: "Tensor") -> tuple[tuple[str, float], ...]:
        from bertviz_plus.models.predictions.frame import answers_of
        from bertviz_plus.models.predictions.predicting import class_answers

        if self._at is not None:
            found = answers_of(self._model, logits, _TOP)
        else:
            found = sorted(class_answers(self._model, logits), key=lambda one: -one.log_probability)[:_TOP]
        return tuple((str(one.text), math.exp(one.log_probability)) for one in found)
