"""How much a prediction rests on each head: what it loses when the head is switched off."""

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.predictions.explained import Explained


def head_effects(explained: Explained, value: float) -> NDArray[np.float64]:
    """Return by how much a value falls where one head is switched off, ``[layers, heads]``.

    A head gives nothing: its context is set to zero (Michel et al. 2019, equation 2). The heads of a layer
    are switched off in one pass, a copy of the text for each, which starts at that layer.

    Raises
    ------
    ValueError
        For an architecture whose attention cannot be changed.
    """
    import torch

    from bertviz_plus.models.passes.pass_change import ScaledHeads
    from bertviz_plus.models.passes.skipping import states_passed

    model = explained.model
    (stack,) = model._stacks
    texts = model._trial.manner.places[stack.name].axes[0]
    _, passed = states_passed(model, explained.read)
    effects = np.zeros((stack.n_layers, model.n_heads))
    for layer in range(stack.n_layers):
        for heads in explained.batches(model.n_heads):
            factors = torch.ones(len(heads), stack.n_layers, model.n_heads)
            factors[range(len(heads)), layer, heads] = 0
            repeated = passed.states[layer].repeat_interleave(len(heads), dim=texts)
            values, _ = explained.tensor(
                [explained.read] * len(heads),
                forwards=passed.starting_at(layer, repeated),
                change=ScaledHeads(factors),
            )
            effects[layer, heads] = value - values.cpu().numpy()
    return effects
