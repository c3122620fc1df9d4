"""What attention does beyond its weights, in the shape of attention: norms and rollout."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.rollout import rollout
from bertviz_plus.traces.array_names import ARRAYS
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

Quantity = Literal["weight", "norm", "rollout"]
_MEANS = {
    "norm": "norm: size of what each token adds, ‖αf(x)‖, as a share of its row",
    "rollout": "rollout: what reaches a token from the input through the layers so far",
}
# So many pairs of numbers tell a rank correlation to two digits.
_RANKED = 200_000


@dataclass(frozen=True, eq=False)
class Shown:
    """A quantity in place of a trace's weights.

    Attributes
    ----------
    trace : Trace
        Its attention is the quantity: rows sum to 1, so that every picture of weights draws it.
    words : str
        What it means, and its rank correlation with the weights.
    """

    trace: Trace
    words: str


def quantities_of(trace: Trace | Seq2SeqTrace, *, asked: bool) -> dict[Quantity, Shown]:
    """Return what a trace can show beside its weights.

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
        Of an encoder–decoder, nothing.
    asked : bool
        Whether a reader asked for a quantity; rollout is computed then, and where output norms are kept.

    Returns
    -------
    dict
        "norm" where the trace has output norms (Kobayashi et al. 2020), "rollout" where it has all layers
        from 0 on (Abnar & Zuidema 2020); the latter is of all heads together, and has one head.

    Examples
    --------
    >>> trace = Trace(("a", "b"), attention=np.full((2, 3, 2, 2), 0.5))
    >>> quantities_of(trace, asked=True)["rollout"].trace.attention[1, 0].tolist()
    [[0.625, 0.375], [0.375, 0.625]]
    """
    found: dict[Quantity, Shown] = {}
    if isinstance(trace, Seq2SeqTrace) or trace.attention is None or trace.units == "words":
        return found
    if trace.output_norms is not None:
        norms = np.asarray(trace.output_norms, np.float32)
        total = norms.sum(axis=-1, keepdims=True)
        shares = np.divide(norms, total, out=np.zeros_like(norms), where=total > 0)
        found["norm"] = _shown(trace, "norm", shares, trace.attention)
    if (asked or found) and trace.layers == tuple(range(trace.n_layers)):
        reached = rollout(trace).astype(np.float32)[:, np.newaxis]
        mean = np.asarray(trace.attention).mean(axis=1, keepdims=True)
        found["rollout"] = _shown(trace, "rollout", reached, mean)
    return found


def _shown(trace: Trace, name: str, values: NDArray[np.float32], weights: NDArray[np.floating]) -> Shown:
    others: dict[str, Any] = dict.fromkeys((*(one for one in ARRAYS if one != "attention"), "scaling"))
    pairs = np.stack([one.ravel()[:: one.size // _RANKED + 1] for one in (values, weights)])
    ranks = pd.DataFrame(pairs[:, np.isfinite(pairs).all(axis=0)]).rank(axis=1).to_numpy()
    varied = ranks.size > 0 and (np.ptp(ranks, axis=1) > 0).all()
    rho = f"{np.corrcoef(ranks)[0, 1]:.2f}" if varied else "undefined"
    words = f"{_MEANS[name]}; ρ with weight {rho}"
    return Shown(replace(trace, attention=values, **others), words)
