"""What does a model lose with each of its heads? All heads switched off, one at a time, in few passes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bertviz_plus.models.passes.pass_change import PassChange
    from bertviz_plus.models.predictions.task_loss import Example

Floats = NDArray[np.float64]

# Enough to keep a processor busy, little enough for its memory.
_TOKENS_IN_PASS = 1024


def ablation_losses(model: Any, example: "Example") -> tuple[float, Floats]:
    """Return the loss of one example, and the loss with each head ablated by zero.

    Copies of the text run together, each without another head: of L layers of H heads, L · H + 1 copies in as
    few passes as memory allows.

    Parameters
    ----------
    model : Model
    example : Example

    Returns
    -------
    loss : float
    ablated : ndarray [layers, heads]

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> from bertviz_plus.models.predictions.task_loss import examples_of
    >>> model = bp.load("bert-tiny")
    >>> loss, ablated = ablation_losses(model, examples_of(model, ["The cat sat."])[0])
    >>> ablated.shape
    (2, 2)
    """
    from bertviz_plus.models.predictions.task_loss import losses_of

    found: list[float] = []
    for copies, change in each_ablated(model, len(example.read)):
        found += losses_of(model, [example] * copies, change=change).loss.tolist()
    return found[0], np.array(found[1:]).reshape(model.n_layers, model.n_heads)


def each_ablated(model: Any, tokens: int) -> "Iterator[tuple[int, PassChange]]":
    """Yield passes that together run copies of one text: the whole model, then each head ablated by zero.

    Parameters
    ----------
    model : Model
    tokens : int
        Of the text.

    Yields
    ------
    copies : int
        How many of the text are in the pass.
    change : PassChange
        Of that pass. Heads come layer by layer.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> [copies for copies, _ in each_ablated(bp.load("bert-tiny"), 512)]
    [2, 2, 1]
    """
    import torch

    from bertviz_plus.models.passes.pass_change import ScaledHeads

    shape = (model.n_layers, model.n_heads)
    each = torch.ones(shape[0] * shape[1] + 1, *shape)
    each[1:].view(shape[0] * shape[1], -1).fill_diagonal_(0)
    most = max(1, _TOKENS_IN_PASS // tokens) if model._reads_batches else 1
    for factors in torch.split(each, most):
        yield len(factors), ScaledHeads(factors)
