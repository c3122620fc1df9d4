"""How is a number of an attention map drawn? A weight from paper to ink, a signed one from blue to orange."""

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.attention_state import AttentionState
from bertviz_plus.plates.palette import Palette
from bertviz_plus.plates.wording import signed_text, weight_text
from bertviz_plus.traces.attention_layer import AttentionLayer
from bertviz_plus.traces.weight_codes import quantise, quantise_signed

SIGNED_WORDS = section("words.signed").texts()


def codes_of(values: NDArray[np.floating], state: AttentionState) -> NDArray[np.uint8]:
    """Return codes of the ramp that `ramp_of` gives.

    Examples
    --------
    >>> codes_of(np.array([0.0, 0.5]), AttentionState()).tolist()
    [0, 127]
    >>> codes_of(np.array([-2.0, 0.5]), AttentionState(most=2)).tolist()
    [253, 128]
    """
    return quantise_signed(values, state.most) if state.signed else quantise(values)


def ramp_of(colours: Palette, state: AttentionState) -> NDArray[np.uint8]:
    """Return the colour of each code."""
    return colours.signed_ramp if state.signed else colours.ramp


def value_text(value: float, state: AttentionState) -> str:
    """Write a weight or a signed number.

    Examples
    --------
    >>> value_text(0.5, AttentionState()), value_text(0.5, AttentionState(most=2))
    ('0.50', '+0.5')
    """
    return signed_text(value) if state.signed else weight_text(value)


def fitting(state: AttentionState, layer: AttentionLayer) -> float:
    """Return what the colours end at: a word's sum may lie beyond every token's number."""
    finite = layer.weights[np.isfinite(layer.weights)] if state.signed else np.zeros(1)
    return max(state.most, float(np.abs(finite).max(initial=0)))


def relative(sizes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return sizes as parts of the largest.

    Examples
    --------
    >>> relative(np.array([0, 1, 4], np.float32)).tolist()
    [0.0, 0.25, 1.0]
    """
    largest = float(sizes.max(initial=0, where=np.isfinite(sizes))) or 1.0
    return sizes / np.float32(largest)
