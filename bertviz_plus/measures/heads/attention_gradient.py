"""How much would the output change if a weight of attention did? Its gradient with respect to attention."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.models.model_kind import check_model

if TYPE_CHECKING:
    import torch

_WORKS = "attention_gradient(model, text)"


@dataclass(frozen=True, eq=False)
class AttentionGradient:
    """The gradient of an output with respect to every weight of attention.

    Attributes
    ----------
    gradient : ndarray [layers, heads, queries, keys], float32
        By how much the output grows for each unit of weight.
    attention : ndarray [layers, heads, queries, keys], float32
        The weights at which it was taken.
    value : float
        The output itself; of a loss in nats.
    tokens : tuple of str
    masked : tuple of int
        Positions of tokens that were hidden from the model, where it is a masked language model's loss.
    """

    gradient: NDArray[np.float32]
    attention: NDArray[np.float32]
    value: float
    tokens: tuple[str, ...]
    masked: tuple[int, ...] = ()


def attention_gradient(
    model: Any,
    text: str,
    pair: str | None = None,
    *,
    of: "Literal['loss'] | Callable[[Any], torch.Tensor]" = "loss",
    seed: int = 0,
) -> AttentionGradient:
    """Return the gradient of a loss, or of a chosen output, with respect to every weight of attention.

    The weights of a layer are taken as variables: what they change in later layers counts, also in the
    weights there.

    Parameters
    ----------
    model : Model
        Of one stack, whose attention follows transformers' interface.
    text, pair : str
        As in `Model.trace`.
    of : "loss" or callable
        The loss of a language-model head: of 15% of the tokens, which are masked, or in a causal model of
        each token after the first. Or a function from the model's outputs to one number, such as ``lambda
        outputs: outputs.logits[0, 3, 42]``.
    seed : int, default 0
        Of the tokens that are masked.

    Returns
    -------
    AttentionGradient

    Raises
    ------
    TypeError, ValueError
        For a model without a language-model head where the loss is asked for, or whose attention cannot be
        changed; for a function that returns other than one number, or one that attention does not change.

    References
    ----------
    Clark et al. 2019, "What Does BERT Look At?", section 3.2, figure 3.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> found = attention_gradient(bp.load("bert-tiny"), "The cat sat on the mat.")
    >>> found.gradient.shape, len(found.masked)
    ((2, 2, 9, 9), 1)
    """
    import torch

    from bertviz_plus.models.passes.encoding import given
    from bertviz_plus.models.passes.gathering import Tokens
    from bertviz_plus.models.passes.head_pass import head_pass
    from bertviz_plus.models.predictions.head import has_language_model_head
    from bertviz_plus.models.predictions.lm_loss import language_model_loss, masked_text

    check_model(model, _WORKS)
    encoded = model._encode(given(text, pair, None, None), truncation=True)
    read = Tokens(encoded.input_ids, encoded.token_type_ids, ())
    predicted: list[int] = []
    if of == "loss":
        if not has_language_model_head(model):
            raise ValueError(
                f"of must be a function of the model's outputs, since {model.info.architecture} has no "
                "language-model head, such as lambda outputs: outputs.last_hidden_state[0, 1].norm()"
            )
        read, predicted = masked_text(model, encoded, seed)
    elif not callable(of):
        raise TypeError(f'of must be "loss" or a function of the model\'s outputs, got {of!r}')
    seen: dict[int, torch.Tensor] = {}
    added: dict[int, torch.Tensor] = {}

    def watch(_kind: Any, layer: int, weights: torch.Tensor) -> torch.Tensor:
        seen[layer] = weights.detach()
        added[layer] = torch.zeros_like(weights, requires_grad=True)
        return weights + added[layer]

    outputs, _ = head_pass(model, [read], change=watch, gradients=True)
    with torch.enable_grad():
        value = of(outputs) if callable(of) else language_model_loss(model, outputs, encoded, predicted)
    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        raise ValueError(f"of must return one number, a tensor, got {type(value).__name__}")
    layers = sorted(added)
    if not value.requires_grad:
        raise ValueError("of must return what attention changes, got a tensor without a gradient")
    found = torch.autograd.grad(value.squeeze(), [added[layer] for layer in layers], allow_unused=True)
    gradients = [
        torch.zeros_like(added[layer]) if one is None else one
        for layer, one in zip(layers, found, strict=True)
    ]
    causal = bool(model._trial.causal["encoder"])
    return AttentionGradient(
        _array(gradients),
        _array([seen[layer] for layer in layers]),
        float(value.detach()),
        encoded.described.tokens,
        () if causal else tuple(predicted),
    )


def _array(layers: "list[torch.Tensor]") -> NDArray[np.float32]:
    import torch

    stacked: NDArray[np.float32] = torch.stack(layers)[:, 0].detach().float().cpu().numpy()
    return stacked
