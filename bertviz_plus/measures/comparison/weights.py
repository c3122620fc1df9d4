"""How far apart are the weights of two models? By layer and by module."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from torch import Tensor

    from bertviz_plus.models.model import Model

_COLUMNS = ["layer", "module", "parameters", "norm", "change", "relative"]


def weight_differences(first: "Model", second: "Model", pairs: Sequence[tuple[int, int]]) -> pd.DataFrame:
    r"""Compare the weights that two models both have, of one name and shape.

    Parameters
    ----------
    first, second : Model
        Of one stack.
    pairs : sequence of (int, int)
        Which attention layers are compared.

    Returns
    -------
    DataFrame
        A row for each module: `layer`, the hidden layer that it gives (0 for the embeddings); `module`;
        `parameters`; `norm`, :math:`\|\theta_a\|`; `change`, :math:`\|\theta_b - \theta_a\|`; and `relative`,
        the second by the first. Layers that share their weights share their rows' numbers.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> tiny = bp.load("bert-tiny")
    >>> found = weight_differences(tiny, tiny, [(0, 0), (1, 1)])
    >>> found["layer"].unique().tolist(), float(found["change"].max())
    ([0, 1, 2], 0.0)
    """
    rows = []
    for layer, modules in _parts(first, second, pairs):
        for module, weights in modules.items():
            sizes = [float(one.norm()) ** 2 for one, _ in weights]
            moved = [float(other.to(one).dist(one)) ** 2 for one, other in weights]
            norm, change = np.sqrt(sum(sizes)), np.sqrt(sum(moved))
            parameters = sum(one.numel() for one, _ in weights)
            rows.append((layer, module, parameters, norm, change, change / norm if norm else np.nan))
    return pd.DataFrame(rows, columns=_COLUMNS)


def by_layer(weights: pd.DataFrame) -> "pd.Series[float]":
    """Return the relative change of each hidden layer's weights as a whole.

    Examples
    --------
    >>> by_layer(pd.DataFrame({"layer": [1, 1], "norm": [3.0, 4.0], "change": [0.5, 0.0]})).tolist()
    [0.1]
    """
    squares = weights[["norm", "change"]].pow(2).groupby(weights["layer"]).sum()
    relative: pd.Series[float] = (squares["change"] / squares["norm"]).pow(0.5)
    return relative


def _parts(
    first: "Model", second: "Model", pairs: Sequence[tuple[int, int]]
) -> "Iterator[tuple[int, dict[str, list[tuple[Tensor, Tensor]]]]]":
    """Yield the weights of each layer by module, the embeddings first."""
    blocks = [model._stacks[0].blocks for model in (first, second)]
    embeddings = [_outside(model) for model in (first, second)]
    yield 0, _matched(*embeddings)
    for own, other in pairs:
        named = [
            # Of shared layers, the same block runs several times.
            dict(found[layer * len(found) // model.n_layers].named_parameters())
            for layer, found, model in zip((own, other), blocks, (first, second), strict=True)
        ]
        yield own + 1, _matched(*named)


def _outside(model: "Model") -> dict[str, Any]:
    """Return the parameters of the body that stand before its blocks: those of embeddings."""
    body = model.hf.base_model
    inside = {id(one) for block in model._stacks[0].blocks for one in block.parameters()}
    # What is no embedding and in no block, such as a pooler, is not a layer's.
    return {
        name: one
        for name, one in body.named_parameters()
        if id(one) not in inside and ("embed" in name or name.split(".")[0] in ("wte", "wpe"))
    }


def _matched(own: dict[str, Any], other: dict[str, Any]) -> "dict[str, list[tuple[Tensor, Tensor]]]":
    found: dict[str, list[tuple[Tensor, Tensor]]] = {}
    for name, one in own.items():
        if name in other and other[name].shape == one.shape:
            module = name.rpartition(".")[0] or name
            # Sums of single precision lose the small changes of many weights.
            found.setdefault(module, []).append((one.detach().float(), other[name].detach().float()))
    return found
