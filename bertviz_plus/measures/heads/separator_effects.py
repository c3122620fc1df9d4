"""Does attention to a separator do anything? What it adds, and what changes where some of it is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.heads.places import find_places
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from bertviz_plus.models.passes.pass_change import Change

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SeparatorEffects:
    """What attention to separators does, by layer and text.

    Attributes
    ----------
    attention : ndarray [layers, texts]
        Share of attention that goes to separators, mean over heads and tokens.
    norms : ndarray [layers, texts]
        The same share of the norms of what each token adds (Kobayashi et al. 2020).
    even : ndarray [layers, texts]
        The share under even attention.
    changed, beside : ndarray [layers, texts]
        By how much the last hidden states of ordinary tokens move, relative to their length, where the same
        weight is taken from the separators, and from the ordinary token that is attended to most.
    model : ModelInfo
    texts : tuple of str
        Those that were measured; without a model none.
    separator : str
        The token, such as "[SEP]".
    """

    attention: Floats
    norms: Floats
    even: Floats
    changed: Floats
    beside: Floats
    model: ModelInfo = field(default_factory=ModelInfo)
    texts: tuple[str, ...] = ()
    separator: str = ""


def separator_effects(model: Any, texts: Sequence[str], *, progress: bool = True) -> SeparatorEffects:
    """Measure what attention to separators does, layer by layer.

    In each layer by itself, in every head and row, the same weight is taken away once from the separators and
    once from the ordinary token that has most of it: half of whichever weighs less. What attention is for is
    then compared weight for weight.

    Parameters
    ----------
    model : Model
        Of one stack, whose attention follows transformers' interface.
    texts : sequence of str
        Texts without a separator, or without an ordinary token, are left out.
    progress : bool, default True

    Returns
    -------
    SeparatorEffects
        With no text where the tokenizer gives no separator.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> found = separator_effects(bp.load("bert-tiny"), ["The cat sat."], progress=False)
    >>> found.attention.shape, bool((found.norms < found.attention).all())
    ((2, 1), True)
    """
    from bertviz_plus.models.passes.gathering import Tokens
    from bertviz_plus.models.passes.head_pass import head_pass

    rows: dict[str, list[Floats]] = {name: [] for name in ("attention", "norms", "even", "changed", "beside")}
    read: list[str] = []
    separator_name = ""
    for text in tqdm(texts, unit=" texts", delay=1, leave=False, disable=not progress):
        trace = model.trace(text, keep=("attention", "output_norms"))
        places = find_places(trace.tokens, trace.is_special, trace.segment_ids)
        separator = places.separator
        ordinary = ~np.array(trace.is_special, bool)
        if not separator.any() or not ordinary.any():
            continue
        separator_name = places.separator_name or ""
        read.append(text)
        n_layers = trace.n_layers
        rows["attention"].append(_share(trace.attention, separator))
        rows["norms"].append(_share(trace.output_norms, separator))
        rows["even"].append(np.full(n_layers, separator.mean()))
        # Read at once: as it is, with each layer's separators, and with each layer's other token.
        copies = [Tokens(trace.token_ids, None, ())] * (2 * n_layers + 1)
        _, hidden = head_pass(model, copies, change=_taking(separator, ordinary))
        plain, *others = hidden[:, ordinary].float()
        moved = [float(((one - plain).norm(dim=-1) / plain.norm(dim=-1)).mean()) for one in others]
        rows["changed"].append(np.array(moved[:n_layers]))
        rows["beside"].append(np.array(moved[n_layers:]))
    if not rows["attention"]:
        nothing = np.zeros((model.n_layers, 0))
        return SeparatorEffects(nothing, nothing, nothing, nothing, nothing, model.info)
    stacked = {name: np.stack(one, axis=1) for name, one in rows.items()}
    return SeparatorEffects(**stacked, model=model.info, texts=tuple(read), separator=separator_name)


def _share(weights: NDArray[np.float32], separator: NDArray[np.bool_]) -> Floats:
    total = weights.sum(axis=-1, dtype=np.float64)
    own = weights[..., separator].sum(axis=-1, dtype=np.float64)
    shares = np.divide(own, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(shares.mean(axis=(1, 2)))


def _taking(separator: NDArray[np.bool_], ordinary: NDArray[np.bool_]) -> "Change":
    """Return the change of a batch of copies of one text, each with weight taken away in one layer."""
    import torch

    def change(_kind: Any, layer: int, weights: torch.Tensor) -> torch.Tensor:
        n_layers = len(weights) // 2
        closing, words = (torch.from_numpy(one).to(weights.device) for one in (separator, ordinary))
        own = weights[0]
        to_separator = (own * closing).sum(-1, keepdim=True)
        most = own.masked_fill(~words, -1).max(-1, keepdim=True)
        taken = torch.minimum(to_separator, most.values) / 2
        kept = 1 - torch.where(to_separator > 0, taken / to_separator, 0)
        changed = weights.clone()
        changed[1 + layer] = torch.where(closing, own * kept, own)
        changed[1 + n_layers + layer] = own.scatter_add(-1, most.indices, -taken)
        return changed

    return change
