"""Which interventions are in force in this thread and context, and what they change of a pass."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from transformers import PreTrainedModel

from bertviz_plus.models.passes.pass_change import AttentionKind, Composed, PassChange

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.passes.forward import Readable


@dataclass(frozen=True)
class Batch:
    """What one pass reads.

    Attributes
    ----------
    texts : sequence of Readable
        Padded to the longest.
    target : sequence of int or None
        What a decoder reads beside an encoder; `None` also while it writes.
    tokenizer : transformers tokenizer
    """

    texts: "Sequence[Readable]"
    target: Sequence[int] | None
    tokenizer: Any

    def tokens(self, kind: AttentionKind, *, queries: bool = False) -> list[tuple[str, ...]] | None:
        """Return the tokens that can be attended to in each row, or those that attend; `None` if unknown."""
        if kind == "decoder" or (kind == "cross" and queries):
            if self.target is None:
                return None
            return [self._names(self.target)]
        return [self._names(text.input_ids) for text in self.texts]

    def _names(self, ids: Sequence[int]) -> tuple[str, ...]:
        names: list[str] = self.tokenizer.convert_ids_to_tokens(list(ids))
        # SentencePiece and GPT-2 mark the space before a word.
        return tuple(name.lstrip("▁Ġ") or name for name in names)


MakeChange = Callable[[Batch], PassChange]


@runtime_checkable
class Intervention(Protocol):
    """Something that changes passes of a model; its `repr` tells what."""

    def prepared(self, model: "Model") -> MakeChange:
        """Check it against a model, and return a function from what a pass reads to what is changed of it.

        Raises
        ------
        ValueError
            For a layer, head or token that the model does not have.
        """


# Told only where they are not as usual.
_OPTIONS = ("layers", "renormalise", "attention_kind")


def told_by(intervention: Any) -> str:
    """Write an intervention, a dataclass, as the call that makes it.

    Examples
    --------
    >>> from bertviz_plus.models.interventions.attention import ScaleAttention
    >>> told_by(ScaleAttention("[SEP]", renormalise=True))
    "ScaleAttention(to='[SEP]', by=0.0, renormalise=True)"
    """
    told = (
        f"{one.name}={value!r}"
        for one in fields(intervention)
        if (value := getattr(intervention, one.name)) != one.default or one.name not in _OPTIONS
    )
    return f"{type(intervention).__name__}({', '.join(told)})"


@dataclass(frozen=True)
class _InForce:
    model: PreTrainedModel
    tokenizer: Any
    told: tuple[str, ...]
    makers: tuple[MakeChange, ...]


_in_force: ContextVar[tuple[_InForce, ...]] = ContextVar("bertviz_plus_interventions", default=())


@contextmanager
def intervening(model: "Model", interventions: Sequence[Any]) -> Iterator[None]:
    """Put interventions in force, in this thread and context only; `Model.intervene` describes them."""
    for place, one in enumerate(interventions):
        if isinstance(one, type) or not isinstance(one, Intervention):
            raise TypeError(
                f"interventions[{place}] must be an intervention, such as Ablate([(0, 3)]) or "
                f"ScaleAttention(to='[SEP]'), got {one!r:.60}"
            )
    before = _in_force.get()
    with as_it_is():
        # Means over a corpus are those of the model itself.
        makers = tuple(one.prepared(model) for one in interventions)
    own = _InForce(model.hf, model.tokenizer, tuple(map(repr, interventions)), makers)
    try:
        _in_force.set((*before, own))
        yield
    finally:
        _in_force.set(before)


@contextmanager
def as_it_is() -> Iterator[None]:
    """Put no intervention in force: what is found out about a model is about the model as it is."""
    before = _in_force.get()
    try:
        _in_force.set(())
        yield
    finally:
        _in_force.set(before)


def interventions_of(model: PreTrainedModel) -> tuple[str, ...]:
    """Tell which interventions on a model are in force, the outermost first."""
    return tuple(told for one in _in_force.get() if one.model is model for told in one.told)


def change_of(
    model: PreTrainedModel,
    texts: "Sequence[Readable]",
    *,
    target: Sequence[int] | None = None,
    own: PassChange | None = None,
) -> PassChange | None:
    """Return what is changed of a pass: by the interventions in force, then by `own`; `None` for nothing.

    Parameters
    ----------
    model : transformers.PreTrainedModel
    texts : sequence of Readable
    target : sequence of int, optional
        What a decoder reads beside an encoder.
    own : PassChange, optional
        What whoever runs the pass changes.
    """
    changes = [
        make(Batch(texts, target, one.tokenizer))
        for one in _in_force.get()
        if one.model is model
        for make in one.makers
    ]
    if own is not None:
        changes.append(own)
    return Composed(changes) if len(changes) > 1 else next(iter(changes), None)
