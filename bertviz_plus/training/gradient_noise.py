"""How noisy gradients are: the batch size from which larger ones bring little."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from bertviz_plus.training.masked_lm_loss import masked_lm_loss
from bertviz_plus.training.masking import masking_of, padded

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def noise_scale(squares: ArrayLike, square_of_mean: float, batch_size: int) -> float:
    r"""Return the simple gradient noise scale, :math:`\operatorname{tr} \Sigma / |G|^2`, in examples.

    Parameters
    ----------
    squares : array_like [batches]
        The squared length of each batch's gradient; two batches at least.
    square_of_mean : float
        That of the mean of these gradients.
    batch_size : int
        Examples of each batch.

    Returns
    -------
    float
        Infinite where the mean gradient does not stand out from the noise.

    References
    ----------
    McCandlish et al. 2018, "An Empirical Model of Large-Batch Training", equation 2.9 and appendix A.1.

    Examples
    --------
    Two gradients, (1, 1) and (1, -1), of batches of 4: the mean is (1, 0).

    >>> noise_scale([2.0, 2.0], 1.0, 4)
    inf
    >>> round(noise_scale([1.25, 1.25], 1.0, 4), 3)
    2.667
    """
    each = np.asarray(squares, float)
    if each.ndim != 1 or len(each) < 2:
        raise ValueError(f"squares must be of two batches at least, got shape {list(each.shape)}")
    small, big = batch_size, batch_size * len(each)
    noise = (each.mean() - square_of_mean) / (1 / small - 1 / big)
    signal = (big * square_of_mean - small * each.mean()) / (big - small)
    return float(noise / signal) if signal > 0 else float("inf")


def gradient_noise_scale(
    model: "Model", texts: Sequence[str], *, batch_size: int = 16, seed: int = 0
) -> float:
    """Return the gradient noise scale of a masked language model at its weights.

    Batches much smaller than it waste little; much larger ones bring little.

    Parameters
    ----------
    model : Model
        A ``BertForMaskedLM``. Not changed.
    texts : sequence of str
        Two batches at least; what is left over is not used.
    batch_size : int, default 16
    seed : int, default 0
        Of the order of texts and of the masks.

    Returns
    -------
    float
        In examples; see `noise_scale`.
    """
    hf, tokenizer = model.hf, model.tokenizer
    n = len(texts) // batch_size
    if n < 2:
        raise ValueError(f"texts must fill two batches of {batch_size} at least, got {len(texts)}")
    order = np.random.default_rng(seed).permutation(len(texts))[: n * batch_size]
    read = tokenizer([texts[place] for place in order], add_special_tokens=False)["input_ids"]
    masking = masking_of(tokenizer, str(hf.device), seed)
    parameters = [one for one in hf.parameters() if one.requires_grad]
    total = [torch.zeros_like(one) for one in parameters]
    squares = []
    for start in range(0, len(read), batch_size):
        rows = [ids[: (model.max_tokens or 512) - 2] for ids in read[start : start + batch_size]]
        masked, truth = masking(padded(rows, tokenizer).to(hf.device))
        loss: Any = masked_lm_loss(hf, masked, truth)
        gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
        squares.append(sum(float(one.square().sum()) for one in gradients if one is not None))
        for mean, one in zip(total, gradients, strict=True):
            if one is not None:
                mean.add_(one, alpha=1 / n)
    return noise_scale(squares, sum(float(one.square().sum()) for one in total), batch_size)
