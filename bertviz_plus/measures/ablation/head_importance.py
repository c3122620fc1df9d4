"""How much does each head matter to a task? By its gradient, by its attention's, and by switching it off."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.ablation.head_ablation import ablation_losses
from bertviz_plus.measures.intervals import bootstrap_interval
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from bertviz_plus.models.predictions.task_loss import Example

Floats = NDArray[np.float64]

_WORKS = "head_importance(model, texts)"
_WAYS = ("importance", "gradient_attention", "ablation")


def head_importance(
    model: Any,
    task: Any,
    *,
    methods: Sequence[str] = _WAYS,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    r"""Say how much each head matters to a task.

    Parameters
    ----------
    model : Model
        Of one stack, whose attention follows transformers' interface and whose layers have as many heads;
        with a language-model or sequence-classification head.
    task : sequence of str, or (texts, labels)
        Texts whose own words are to be predicted, 15% of them hidden from a masked language model; or texts
        and the labels that a classifier is to give them.
    methods : sequence of str
        Any of ``"importance"``: Michel's :math:`E_x|\partial L(x)/\partial\xi_h|`, the gradient with respect
        to a factor on what a head gives, which is
        :math:`E_x|\mathrm{ctx}_h^\top\,\partial L/\partial\mathrm{ctx}_h|`; ``"gradient_attention"``: the sum
        of :math:`|\alpha\,\partial L/\partial\alpha|` over a head's weights; ``"ablation"``: by how much the
        loss rises, in nats, with the head ablated by zero.
    seed : int, default 0
        Of the words that are hidden, and of the bootstrap.
    progress : bool, default True

    Returns
    -------
    DataFrame
        A row for each head: ``layer``, ``head``; for each method its mean over examples with ``_low`` and
        ``_high`` (95% bootstrap interval over examples); and with ``"importance"`` ``normalised``, divided
        by the :math:`\ell_2` norm of its layer, as heads of different layers are compared.

    Raises
    ------
    TypeError, ValueError
        For another method, a model without the head that the task needs, a label that it does not have.

    References
    ----------
    Michel et al. 2019, "Are Sixteen Heads Really Better than One?", equation 2 and section 4.1.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> table = head_importance(bp.load("bert-tiny"), ["The cat sat."], progress=False)
    >>> list(table)[:5], len(table)
    (['layer', 'head', 'importance', 'importance_low', 'importance_high'], 4)
    """
    from bertviz_plus.models.predictions.task_loss import examples_of, in_passes

    check_model(model, _WORKS)
    chosen = list(methods)
    wrong = [one for one in chosen if one not in _WAYS]
    if wrong or not chosen:
        raise ValueError(f"methods must name some of {', '.join(_WAYS)}, got {wrong[0] if wrong else 'none'}")
    check_heads(model)
    examples = examples_of(model, task, seed=seed)
    found = {name: np.zeros((len(examples), model.n_layers, model.n_heads)) for name in chosen}
    with tqdm(total=len(examples), unit=" texts", delay=1, leave=False, disable=not progress) as bar:
        for batch in in_passes(model, examples):
            if set(chosen) - {"ablation"}:
                scores = gradient_scores(model, [examples[place] for place in batch])
                for name, values in zip(_WAYS, scores, strict=False):
                    if name in found:
                        found[name][batch] = values
            for place in batch:
                if "ablation" in found:
                    loss, ablated = ablation_losses(model, examples[place])
                    found["ablation"][place] = ablated - loss
                bar.update()
    layer, head = np.indices((model.n_layers, model.n_heads)).reshape(2, -1)
    columns: dict[str, Any] = {"layer": layer, "head": head}
    for name, of_examples in found.items():
        by_head = of_examples.reshape(len(examples), -1)
        intervals = np.array([bootstrap_interval(one.tolist(), seed=seed) for one in by_head.T])
        columns |= {name: by_head.mean(0), f"{name}_low": intervals[:, 0], f"{name}_high": intervals[:, 1]}
        if name == "importance":
            columns["normalised"] = normalised(by_head.mean(0).reshape(model.n_layers, -1)).ravel()
    return pd.DataFrame(columns)


def check_heads(model: Any) -> None:
    """Refuse a model whose heads cannot be switched off one by one.

    Raises
    ------
    ValueError
        Saying why.
    """
    from bertviz_plus.models.interventions.checked_heads import check_attention_changes

    check_attention_changes(model, "encoder")
    if not model.n_heads or not model._trial.alike or model.is_encoder_decoder:
        raise ValueError(
            f"model must be one stack whose layers have as many heads, and {model.info.architecture} is not"
        )


def normalised(importance: Floats) -> Floats:
    r"""Divide importance ``[layers, heads]`` by the :math:`\ell_2` norm of each layer.

    Examples
    --------
    >>> normalised(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    norms = np.linalg.norm(importance, axis=1, keepdims=True)
    return np.asarray(np.divide(importance, norms, out=np.zeros_like(importance), where=norms > 0))


def gradient_scores(model: Any, examples: "Sequence[Example]") -> tuple[Floats, Floats]:
    """Return Michel's score and gradient × attention of examples that one pass reads.

    Returns
    -------
    importance, gradient_attention : ndarray [examples, layers, heads]
    """
    import torch

    from bertviz_plus.models.passes.pass_change import AttentionCall, Composed, PassChange, ScaledHeads
    from bertviz_plus.models.predictions.task_loss import losses_of

    shape = (len(examples), model.n_layers, model.n_heads)
    # A factor for each example: their losses are summed, and no gradient of one reaches another.
    factors = torch.ones(shape, requires_grad=True)
    seen: dict[int, torch.Tensor] = {}

    class Watched(PassChange):
        def weights(self, call: AttentionCall, weights: torch.Tensor) -> torch.Tensor:
            own = seen[call.layer] = weights.detach().clone().requires_grad_()
            # Added as nothing, so that what weights themselves depend on is followed too.
            return weights + (own - own.detach())

    loss = losses_of(model, examples, change=Composed([Watched(), ScaledHeads(factors)]), gradients=True).loss
    layers = sorted(seen)
    by_factor, *by_weight = torch.autograd.grad(loss.sum(), [factors, *(seen[layer] for layer in layers)])
    attention = np.zeros(shape)
    for layer, gradient in zip(layers, by_weight, strict=True):
        attention[:, layer] = (seen[layer].detach() * gradient).abs().sum((2, 3)).double().cpu().numpy()
    return by_factor.abs().double().cpu().numpy(), attention
