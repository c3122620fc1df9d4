"""An untrained twin: the same architecture with fresh random weights, which knows nothing."""

from typing import Any

import torch

from bertviz_plus.models.model import Model
from bertviz_plus.traces.model_info import ModelInfo


def untrained_twin(model: Model, *, seed: int = 0) -> Model:
    """Build a model of the same configuration whose weights are drawn as before training.

    What a twin does comes from the architecture, the tokenizer and the text; what a model does beyond its
    twin, it has learnt.

    Parameters
    ----------
    model : Model
        Stays as it is.
    seed : int, default 0
        Of the random weights. PyTorch's own random state is left as it was.

    Returns
    -------
    Model
        In evaluation mode, on the model's device and in its precision, with the same tokenizer.

    Raises
    ------
    TypeError
        Where the architecture cannot be built from its configuration alone.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> untrained_twin(bp.load("bert-tiny")).info.id
    'bert-tiny, untrained (seed 0)'
    """
    kind, config = type(model.hf), model.hf.config
    # On the processor, so that a seed means the same weights wherever the model is.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            hf: Any = kind(config)
        except (TypeError, AttributeError, ValueError, ImportError) as error:
            raise TypeError(
                f"{kind.__name__} cannot be built from its configuration alone: {error}"
            ) from error
    info = ModelInfo(
        id=f"{model.info.id or kind.__name__}, untrained (seed {seed})",
        source=f"random weights, seed {seed}",
        versions=dict(model.info.versions),
    )
    return Model(hf.to(device=model.hf.device, dtype=model.hf.dtype).eval(), model.tokenizer, info)
