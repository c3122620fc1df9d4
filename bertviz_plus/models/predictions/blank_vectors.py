"""The vectors that a head reads at the blanks of texts, and what it predicts from others in their place."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from bertviz_plus.models.passes.encoding import given
from bertviz_plus.models.passes.gathering import in_batches
from bertviz_plus.models.passes.head_pass import head_pass
from bertviz_plus.models.predictions.head import logits_of
from bertviz_plus.models.predictions.masks import Gaps, find_gaps
from bertviz_plus.traces.diagnostic import MASK
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def blank_of(model: "Model", text: str, place: int) -> Gaps:
    """Find the only blank of a text, ``[MASK]`` or the model's own mask; `place` names the text in errors.

    Raises
    ------
    ValueError
        For a text without one mask.
    """
    own = text.replace(MASK, str(model.tokenizer.mask_token))
    gaps = find_gaps(model, given(own, None, None, None), causal=False, name=f"texts[{place}]")
    if len(gaps.places) != 1:
        raise ValueError(f"texts[{place}] must hold one mask, got {len(gaps.places)}: {text!r:.80}")
    return gaps


def blank_vectors(
    model: "Model", gaps: Sequence[Gaps], *, describing: str, progress: bool
) -> NDArray[np.float64]:
    """Return what the head reads at the blank of each text, ``[texts, hidden]``, under a bar so described.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> blank = blank_of(model, "A robin is a [MASK].", 0)
    >>> vectors = blank_vectors(model, [blank], describing="reading", progress=False)
    >>> model.tokenizer.decode(predictions_from(model, blank, vectors).argmax(-1))
    'means'
    """
    found: dict[int, NDArray[np.float64]] = {}
    lengths = [len(one.read) for one in gaps]
    with tqdm(total=len(gaps), desc=describing, delay=1, unit=" texts", disable=not progress) as bar:
        for batch in in_batches(lengths, None if model._reads_batches else 1):
            kept: list[torch.Tensor] = []
            reads = [gaps[place].read for place in batch]
            at = [gaps[place].places[0] for place in batch]
            head_pass(model, reads, forwards={_root(model): partial(_kept, kept, at)})
            found |= dict(zip(batch, kept[0].double().cpu().numpy(), strict=True))
            bar.update(len(batch))
    return np.stack([found[place] for place in range(len(gaps))])


def predictions_from(model: "Model", blank: Gaps, vectors: NDArray[np.float64]) -> torch.Tensor:
    """Return the log-probabilities that the head gives to vectors, ``[vectors, vocabulary]``, as doubles.

    Parameters
    ----------
    model : Model
    blank : Gaps
        Any text with a blank: the head does not see it.
    vectors : ndarray [vectors, hidden]
    """
    # The body has nothing to do: the head reads what it is given.
    given_ = torch.as_tensor(vectors, dtype=next(model.hf.parameters()).dtype)
    outputs, _ = head_pass(model, [blank.read], forwards={_root(model): partial(_giving, given_)})
    return logits_of(outputs)[0].double().log_softmax(-1)


def _root(model: "Model") -> Any:
    (stack,) = model._stacks
    return stack.root


def _kept(kept: list[torch.Tensor], at: Sequence[int], own: Any, *args: Any, **named: Any) -> Any:
    returned = own(*args, **named)
    hidden = returned[0]
    kept.append(hidden[torch.arange(len(hidden)), torch.tensor(at)])
    return _with(returned, hidden[:, :1])


def _giving(vectors: torch.Tensor, own: Any, *args: Any, **named: Any) -> Any:
    returned = own(*args, **named)
    return _with(returned, vectors[None].to(returned[0].device))


def _with(returned: Any, hidden: torch.Tensor) -> Any:
    """Return what a body returned, with another last hidden layer."""
    if isinstance(returned, tuple):
        return (hidden, *returned[1:])
    returned[next(iter(returned))] = hidden
    return returned
