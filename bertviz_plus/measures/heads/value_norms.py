"""Attention is not only a weight: the size of what each token adds (Kobayashi et al. 2020)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.trace import Trace

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.passes.forward import Readable

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ValueNorms:
    r"""How large is what each token adds to another.

    With :math:`f_h(x_j)` the value of token j after the part of the output projection that reads head h, its
    bias left out.

    Attributes
    ----------
    tokens : tuple of str
    attention : ndarray [layers, heads, queries, keys], float32
        The weights :math:`\alpha`.
    values : ndarray [layers, heads, keys], float32
        :math:`\|f_h(x_j)\|`.
    weighted : ndarray [layers, heads, queries, keys], float32
        :math:`\|\alpha_{ij} f_h(x_j)\|`.
    summed : ndarray [layers, queries, keys], float32, or None
        :math:`\|\sum_h \alpha_{ij} f_h(x_j)\|`; None where the norms come from a trace, which holds no
        vectors.
    """

    tokens: tuple[str, ...]
    attention: Floats
    values: Floats
    weighted: Floats
    summed: Floats | None


def value_norms(model: "Model | Trace", text: str | None = None, pair: str | None = None) -> ValueNorms:
    """Return how large is what each token adds to another, in each head and in all heads together.

    Parameters
    ----------
    model : Model, or Trace
        A model of one stack whose attention follows transformers' interface; or a trace with attention and
        output norms, which needs no text.
    text, pair : str
        As in `Model.trace`.

    Returns
    -------
    ValueNorms
        Of a trace, a value's norm is its largest weighted norm divided by the weight; NaN where no token
        attends to it.

    Raises
    ------
    TypeError, ValueError
        For a trace without output norms, and an architecture that does not show them.

    References
    ----------
    Kobayashi et al. 2020, "Attention is Not Only a Weight: Analyzing Transformers with Vector Norms", section
    2.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> norms = bp.value_norms(model, "The cat sat.")
    >>> norms.values.shape, norms.weighted.shape, norms.summed.shape
    ((2, 2, 6), (2, 2, 6, 6), (2, 6, 6))
    >>> of_trace = bp.value_norms(model.trace("The cat sat.", keep=("attention", "output_norms")))
    >>> bool(np.allclose(of_trace.values, norms.values, atol=1e-5))
    True
    """
    if isinstance(model, Trace):
        if text is not None or pair is not None:
            raise ValueError("text must not be given with a trace, which has its own")
        return _of_trace(model)
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.passes.encoding import given

    if not isinstance(model, Model):
        raise wrong_kind("model", "a bertviz_plus model or a Trace", model, "value_norms(model, text)")
    if model.is_encoder_decoder:
        raise ValueError("model must be one stack; an encoder–decoder's traces keep output_norms")
    encoded = model._encode(given(text, pair, None, None), truncation=True)
    return ValueNorms(tokens=encoded.described.tokens, **norms_of(model, encoded))


def norms_of(model: "Model", text: "Readable") -> dict[str, Floats]:
    """Return the arrays of `ValueNorms` for one text as a model of one stack reads it."""
    from bertviz_plus.models.passes.forward import record
    from bertviz_plus.models.passes.projection import output_norms, summed_norms, transformed_values

    keep = ("attention", "output_norms")
    layers = model._request(keep, None, "float32").layers
    recorder = record(model.hf, model._stacks, keep, layers, [text], model._trial.manner)
    found: dict[str, list[Any]] = {"attention": [], "values": [], "weighted": [], "summed": []}
    try:
        for attention, values, weight in recorder.projected("encoder"):
            transformed = transformed_values(values, weight)
            found["attention"].append(attention[0])
            found["values"].append(transformed.norm(dim=-1)[0])
            found["weighted"].append(output_norms(attention, values, weight)[0])
            found["summed"].append(summed_norms(attention, transformed)[0])
    except ValueError as error:
        raise ValueError(f"{error} (in {model.info.architecture})") from error
    return {
        name: np.stack([one.detach().float().cpu().numpy() for one in parts]) for name, parts in found.items()
    }


def _of_trace(trace: Trace) -> ValueNorms:
    if trace.attention is None or trace.output_norms is None:
        raise ValueError(
            'trace must hold attention and output norms; trace with keep=("attention", "output_norms")'
        )
    attention, weighted = (np.asarray(one, np.float32) for one in (trace.attention, trace.output_norms))
    # The largest weight makes the most exact quotient.
    most = np.nan_to_num(attention).argmax(axis=2)[:, :, np.newaxis]
    weight, norm = (np.take_along_axis(one, most, axis=2)[:, :, 0] for one in (attention, weighted))
    values = np.divide(norm, weight, out=np.full(norm.shape, np.nan, np.float32), where=weight > 0)
    return ValueNorms(trace.tokens, attention, values, weighted, None)
