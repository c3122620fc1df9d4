"""What a language model predicts once something is erased from its last hidden layer: amnesic probing."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.erasure import Erasure, inlp, leace, random_erasure
from bertviz_plus.traces.diagnostic import MASK
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    import pandas as pd
    import torch

    from bertviz_plus.models.masks import Gaps
    from bertviz_plus.models.model import Model


def amnesic_probing(
    model: "Model", texts: Sequence[str], labels: Sequence[Any], *, seed: int = 0, progress: bool = True
) -> "pd.DataFrame":
    """Erase a property from the vectors that the head reads, and see what the model predicts without it.

    Parameters
    ----------
    model : Model
        With a masked-LM head.
    texts : sequence of str
        Each with one ``[MASK]``, or the model's own mask token.
    labels : sequence
        A property of each blank, such as the part of speech of the word that stood there.
    seed : int, default 0
        Of INLP's halves and of the random directions.
    progress : bool, default True

    Returns
    -------
    pandas.DataFrame
        Rows ``inlp``, ``leace``, and after each as many ``random`` directions (orthogonal). ``rank``;
        ``same``, the share of blanks whose most probable token stays; ``divergence``, the mean KL divergence
        of the predictions after erasure from those before, in nats. What a property is worth to the model
        is what its erasure changes beyond random directions of the same rank.

    Raises
    ------
    ValueError
        For a model without such a head, a text without one mask, labels that are not as many or of one kind.

    References
    ----------
    Elazar et al. 2021, "Amnesic Probing", sections 3 and 4. Belrose et al. 2023, "LEACE".

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> questions = bp.diagnostic("agreement").questions
    >>> plural = [one.answers[0] in ("are", "were", "have") for one in questions]
    >>> frame = amnesic_probing(bp.load("bert-tiny"), [one.text for one in questions], plural, progress=False)
    >>> frame["erased"].tolist()
    ['inlp', 'random', 'leace', 'random']
    """
    import pandas as pd

    from bertviz_plus.models.head import needed_head

    needed_head(model, "masked-LM")
    if len(labels) != len(texts):
        raise ValueError(f"labels must have one entry for each of the {len(texts)} texts, got {len(labels)}")
    gaps = [_gap(model, text, place) for place, text in enumerate(texts)]
    vectors = _vectors(model, gaps, progress=progress)
    kinds = np.asarray(labels)
    found: list[tuple[str, Erasure]] = []
    for name, own in (("inlp", inlp(vectors, kinds, seed=seed)), ("leace", leace(vectors, kinds))):
        found += [(name, own), ("random", random_erasure(vectors.shape[1], own.rank, seed=seed))]
    before = _predicted(model, gaps, vectors)
    rows = []
    for name, own in found:
        after = _predicted(model, gaps, own(vectors))
        divergence = (before.exp() * (before - after)).sum(-1)
        same = before.argmax(-1) == after.argmax(-1)
        rows.append(
            {
                "erased": name,
                "rank": own.rank,
                "same": float(same.double().mean()),
                "divergence": float(divergence.mean()),
            }
        )
    return pd.DataFrame(rows)


def _gap(model: "Model", text: str, place: int) -> "Gaps":
    from bertviz_plus.models.encoding import given
    from bertviz_plus.models.masks import find_gaps

    own = text.replace(MASK, str(model.tokenizer.mask_token))
    gaps = find_gaps(model, given(own, None, None, None), causal=False, name=f"texts[{place}]")
    if len(gaps.places) != 1:
        raise ValueError(f"texts[{place}] must hold one mask, got {len(gaps.places)}: {text!r:.80}")
    return gaps


def _vectors(model: "Model", gaps: "Sequence[Gaps]", *, progress: bool) -> NDArray[np.float64]:
    """Return what the head reads at each blank, ``[texts, hidden]``."""
    from bertviz_plus.models.gathering import in_batches
    from bertviz_plus.models.head_pass import head_pass

    found: dict[int, NDArray[np.float64]] = {}
    lengths = [len(one.read) for one in gaps]
    with tqdm(total=len(gaps), desc="amnesic probing", delay=1, unit=" texts", disable=not progress) as bar:
        for batch in in_batches(lengths, None if model._reads_batches else 1):
            kept: list[torch.Tensor] = []
            reads = [gaps[place].read for place in batch]
            at = [gaps[place].places[0] for place in batch]
            head_pass(model, reads, forwards={_root(model): partial(_kept, kept, at)})
            found |= dict(zip(batch, kept[0].double().cpu().numpy(), strict=True))
            bar.update(len(batch))
    return np.stack([found[place] for place in range(len(gaps))])


def _predicted(model: "Model", gaps: "Sequence[Gaps]", vectors: NDArray[np.float64]) -> "torch.Tensor":
    """Return the log-probabilities that the head gives to vectors, ``[texts, vocabulary]``."""
    import torch

    from bertviz_plus.models.head import logits_of
    from bertviz_plus.models.head_pass import head_pass

    # The body has nothing to do: the head reads what it is given.
    given_ = torch.as_tensor(vectors, dtype=next(model.hf.parameters()).dtype)
    outputs, _ = head_pass(model, [gaps[0].read], forwards={_root(model): partial(_giving, given_)})
    return logits_of(outputs)[0].double().log_softmax(-1)


def _root(model: "Model") -> Any:
    (stack,) = model._stacks
    return stack.root


def _kept(kept: "list[torch.Tensor]", at: Sequence[int], own: Any, *args: Any, **named: Any) -> Any:
    import torch

    returned = own(*args, **named)
    hidden = returned[0]
    kept.append(hidden[torch.arange(len(hidden)), torch.tensor(at)])
    return _with(returned, hidden[:, :1])


def _giving(vectors: "torch.Tensor", own: Any, *args: Any, **named: Any) -> Any:
    returned = own(*args, **named)
    return _with(returned, vectors[None].to(returned[0].device))


def _with(returned: Any, hidden: "torch.Tensor") -> Any:
    """Return what a body returned, with another last hidden layer."""
    if isinstance(returned, tuple):
        return (hidden, *returned[1:])
    returned[next(iter(returned))] = hidden
    return returned
