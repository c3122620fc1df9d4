"""How much of a model can go before its task suffers? Heads in order of importance, and whole layers."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.ablation.head_importance import check_heads, gradient_scores, normalised
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.intervals import bootstrap_interval
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from bertviz_plus.models.passes.pass_change import PassChange
    from bertviz_plus.models.predictions.task_loss import Example

Floats = NDArray[np.float64]

_STEPS = 10
_TIMED = 5
LAYER_ORDERS = ("top", "bottom", "alternate")


@dataclass(frozen=True, eq=False)
class PruneCurve:
    """What is left of a task's score while heads, or layers, are taken away; `charts.pruning` draws it.

    Attributes
    ----------
    table : DataFrame
        A row for each step: ``removed`` ("heads" or "layers"), ``order`` ("importance", "random"; "top",
        "bottom", "alternate": which go first), ``number`` and ``share`` removed; ``score``, the share of
        right answers on the second half of the examples, ``loss`` in nats, and ``low`` and ``high`` of the
        score: a 95% bootstrap interval over examples, or of the random orders the lowest and highest of
        their seeds; ``parameters``, how many weights the removed part holds; ``seconds`` that a pass of the
        longest example takes without it, of whole layers alone: a head that is switched off costs as much.
    importance : ndarray [layers, heads]
        Michel's score on the first half, normalised within layers: the order in which heads go.
    model : ModelInfo
    """

    table: pd.DataFrame
    importance: Floats
    model: ModelInfo = field(default_factory=ModelInfo)


def prune_curve(model: Any, task: Any, *, seeds: int = 5, seed: int = 0, progress: bool = True) -> PruneCurve:
    """Take heads and layers away step by step, and score what is left.

    Importance is taken on one half of the examples and every score on the other, so that choosing the heads
    is not rewarded. Heads are ablated by zero; layers are skipped whole, their feed-forward part with them.

    Parameters
    ----------
    model : Model
        As in `head_importance`.
    task : sequence of str, or (texts, labels)
        As in `head_importance`, of at least two texts.
    seeds : int, default 5
        How many random orders heads are also taken in.
    seed : int, default 0
        Of the halves, the hidden words and the random orders.
    progress : bool, default True

    Returns
    -------
    PruneCurve

    Raises
    ------
    TypeError, ValueError
        As `head_importance`, and for fewer than two texts.

    References
    ----------
    Michel et al. 2019, "Are Sixteen Heads Really Better than One?", figure 3; Sajjad et al. 2023, "On the
    Effect of Dropping Layers of Pre-trained Transformer Models", section 3.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = ["The cat sat.", "A dog lay on the rug."]
    >>> curve = prune_curve(bp.load("bert-tiny"), texts, seeds=2, progress=False)
    >>> curve.table.groupby("removed")["order"].unique().map(list).to_dict()
    {'heads': ['importance', 'random'], 'layers': ['top', 'bottom', 'alternate']}
    """
    from bertviz_plus.models.predictions.task_loss import examples_of

    check_model(model, "prune_curve(model, texts)")
    check_heads(model)
    examples = examples_of(model, task, seed=seed)
    if len(examples) < 2:
        raise ValueError(f"task must have at least two texts, one for each half, got {len(examples)}")
    late = second_half(np.arange(len(examples)), seed)
    first, second = ([one for one, own in zip(examples, late, strict=True) if own == half] for half in (0, 1))
    importance = importance_of(model, first)
    orders = {"importance": [np.argsort(importance, axis=None, kind="stable")]}
    orders["random"] = [
        np.random.default_rng((seed, one)).permutation(importance.size) for one in range(seeds)
    ]
    numbers = sorted({round(step * importance.size / _STEPS) for step in range(_STEPS + 1)})
    rows: list[dict[str, Any]] = []
    steps = sum(map(len, orders.values())) * len(numbers) + len(LAYER_ORDERS) * (model.n_layers + 1)
    with tqdm(total=steps, delay=1, leave=False, disable=not progress) as bar:
        for name, several in orders.items():
            for number in numbers:
                found = []
                for order in several:
                    found.append(outcome(model, second, without_heads(model, order[:number])))
                    bar.update()
                row = _scores(found, seed) | {"parameters": number * head_parameters(model)}
                rows.append({"removed": "heads", "order": name, "number": number} | row)
        for name in LAYER_ORDERS:
            for number in range(model.n_layers + 1):
                gone = layers_in_order(name, model.n_layers)[:number]
                own = _scores([outcome(model, second, without_layers(gone))], seed)
                own |= {
                    "parameters": layer_parameters(model, gone),
                    "seconds": _seconds(model, second, gone),
                }
                rows.append({"removed": "layers", "order": name, "number": number} | own)
                bar.update()
    table = pd.DataFrame(rows)
    most = table["removed"].map({"heads": importance.size, "layers": model.n_layers})
    table.insert(3, "share", table["number"] / most)
    return PruneCurve(table, importance, model.info)


def importance_of(model: Any, examples: Sequence["Example"]) -> Floats:
    """Return Michel's score of each head over some examples, normalised within layers."""
    from bertviz_plus.models.predictions.task_loss import in_passes

    total = np.zeros((model.n_layers, model.n_heads))
    for batch in in_passes(model, examples):
        total += gradient_scores(model, [examples[place] for place in batch])[0].sum(axis=0)
    return normalised(total / len(examples))


def layers_in_order(order: str, n_layers: int) -> list[int]:
    """Return the layers in the order in which they go.

    Examples
    --------
    >>> [layers_in_order(order, 4) for order in LAYER_ORDERS]
    [[3, 2, 1, 0], [0, 1, 2, 3], [3, 1, 2, 0]]
    """
    down = list(range(n_layers - 1, -1, -1))
    return {"top": down, "bottom": down[::-1], "alternate": down[::2] + down[1::2]}[order]


def without_heads(model: Any, heads: NDArray[np.intp]) -> "PassChange":
    """Return the change of a pass without some heads, given as layer times heads in each plus head."""
    import torch

    from bertviz_plus.models.passes.pass_change import ScaledHeads

    factors = torch.ones(model.n_layers * model.n_heads)
    factors[torch.from_numpy(np.ascontiguousarray(heads))] = 0
    return ScaledHeads(factors.reshape(1, model.n_layers, model.n_heads))


def without_layers(layers: Sequence[int]) -> "PassChange":
    """Return the change of a pass without some layers."""
    from bertviz_plus.models.interventions.hidden import SkippedLayers

    return SkippedLayers(layers)


def outcome(model: Any, examples: Sequence["Example"], change: "PassChange | None" = None) -> Floats:
    """Return the loss and the share of right answers of each example, ``[examples, 2]``."""
    from bertviz_plus.models.predictions.task_loss import in_passes, losses_of

    found = np.zeros((len(examples), 2))
    for batch in in_passes(model, examples):
        losses = losses_of(model, [examples[place] for place in batch], change=change)
        found[batch] = np.stack([one.double().cpu().numpy() for one in losses], axis=1)
    return found


def _scores(found: Sequence[Floats], seed: int) -> dict[str, float]:
    by_order = np.stack(found).mean(axis=1)
    loss, score = by_order.mean(axis=0)
    low, high = by_order[:, 1].min(), by_order[:, 1].max()
    if len(found) == 1:
        low, high = bootstrap_interval(found[0][:, 1].tolist(), seed=seed)
    return {"score": float(score), "loss": float(loss), "low": float(low), "high": float(high)}


def head_parameters(model: Any) -> int:
    """Return how many weights of the query, key, value and output projections are one head's."""
    from bertviz_plus.models.stated import stated_number

    config = model._stacks[0].config
    width = stated_number(config, "head_dim") or model.hidden_size // model.n_heads
    groups = stated_number(config, "num_key_value_heads") or model.n_heads
    return int(model.hidden_size * width * (2 + 2 * groups / model.n_heads))


def layer_parameters(model: Any, layers: Sequence[int]) -> int:
    """Return how many weights are in some layers."""
    blocks = model._stacks[0].blocks
    if len(blocks) < model.n_layers:
        # Shared by all layers: taking one away saves none.
        return 0
    return sum(one.numel() for layer in layers for one in blocks[layer].parameters())


def _seconds(model: Any, examples: Sequence["Example"], layers: Sequence[int]) -> float:
    """Time a pass in which blocks do nothing at all; NaN where layers share a block."""
    from bertviz_plus.models.passes.head_pass import head_pass

    blocks = model._stacks[0].blocks
    if len(blocks) < model.n_layers:
        return float("nan")
    longest = max(examples, key=lambda one: len(one.read))
    at = [longest.at] if longest.at else None
    kinds: dict[Any, Any] = {}

    def note(own: Any, *given: Any, **named: Any) -> Any:
        returned = own(*given, **named)
        kinds.setdefault("rest", returned[1:] if isinstance(returned, tuple) else None)
        return returned

    def pass_on(_own: Any, *given: Any, **named: Any) -> Any:
        hidden = given[0] if given else named["hidden_states"]
        return hidden if kinds["rest"] is None else (hidden, *kinds["rest"])

    head_pass(model, [longest.read], at=at, forwards=dict.fromkeys(blocks, note))
    forwards = {blocks[layer]: pass_on for layer in layers}

    def timed() -> Iterator[float]:
        for _ in range(_TIMED):
            began = time.perf_counter()
            head_pass(model, [longest.read], at=at, forwards=forwards)
            yield time.perf_counter() - began

    return float(np.median(list(timed())))
