"""One pair of tokens in every head, for a front end that does not have all layers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bertviz_plus.measures.heads.pair_weights import pair_of_units
from bertviz_plus.traces.attention_layer import LayerChoice
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.wire import encode


def pair_detail(
    trace: Trace | Seq2SeqTrace, choice: LayerChoice, pair: Sequence[int], quantity: str = "weight"
) -> dict[str, Any]:
    """Pack the weights of one pair, there and back.

    Parameters
    ----------
    trace, choice, pair
        As in `pair_of_units`.
    quantity : str
        What the trace's attention is.

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((2, 3, 2, 2), 0.5), ["a", "b"])
    >>> pair_detail(trace, LayerChoice(), [0, 1])["pair"]["shape"]
    [2, 2, 3]
    """
    found, _ = pair_of_units(trace, choice, pair)
    weights = np.stack([found.weight, found.reverse]).astype(np.float32)
    return {
        "kind": choice.attention_kind,
        "of": [quantity, choice.units, *pair],
        "pair": encode(weights, "float32"),
    }
