"""What each method of attribution says about the tokens or words of a text."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.predictions.explained import Explained

if TYPE_CHECKING:
    from torch import Tensor, nn

    from bertviz_plus.models.interventions.exchanging import Forward

Floats = NDArray[np.float64]


def embedded(explained: Explained) -> "tuple[nn.Module, Tensor, Tensor]":
    """Return the word embeddings, and those of the text and of the baseline, ``[tokens, hidden]``.

    The baseline has every word covered; special tokens stay.
    """
    import torch

    hf: Any = explained.model.hf
    embeddings: nn.Module = hf.get_input_embeddings()
    covered = explained.covered(explained.covered_words)
    ids = torch.tensor([explained.read.input_ids, covered.input_ids], device=hf.device)
    with torch.no_grad():
        text, baseline = embeddings(ids)
    return embeddings, text, baseline


def gradients_at(explained: Explained, embeddings: "nn.Module", points: "Tensor") -> "Tensor":
    """Return the gradient of what is explained at some word embeddings, ``[points, tokens, hidden]``."""
    import torch

    found = []
    for batch in explained.batches(len(points)):
        here = points[batch].clone().requires_grad_()

        def given(_own: "Forward", *_ids: Any, here: "Tensor" = here, **_named: Any) -> "Tensor":
            return here

        texts = [explained.read] * len(batch)
        values, _ = explained.tensor(texts, gradients=True, forwards={embeddings: given})
        found.append(torch.autograd.grad(values.sum(), here)[0])
    return torch.cat(found)


def gradient_x_input(explained: Explained) -> Floats:
    """Return the gradient of each token's embedding times the embedding, ``[tokens]``."""
    embeddings, text, _ = embedded(explained)
    gradient = gradients_at(explained, embeddings, text[None])[0]
    return _numbers((gradient * text).sum(-1))


def integrated_gradients(explained: Explained, steps: int) -> Floats:
    """Return integrated gradients of each token from the baseline to the text, ``[tokens]``.

    Sundararajan et al. 2017, equation 1, on word embeddings, by Gauss–Legendre quadrature.
    """
    import torch

    embeddings, text, baseline = embedded(explained)
    places, weights = np.polynomial.legendre.leggauss(steps)
    along = torch.tensor((1 + places) / 2, dtype=text.dtype, device=text.device)[:, None, None]
    shares = torch.tensor(weights / 2, dtype=torch.float64, device=text.device)[:, None, None]
    gradients = gradients_at(explained, embeddings, baseline + along * (text - baseline)).double()
    return _numbers(((gradients * shares).sum(0) * (text - baseline)).sum(-1))


def occlusion(explained: Explained, value: float) -> Floats:
    """Return by how much the value falls where a word is covered, ``[words]``; 0 for the predicted one."""
    found = np.zeros(len(explained.pieces))
    words = explained.covered_words
    if words:
        found[words] = value - explained.values([explained.covered([word]) for word in words])
    return found


def read_from(explained: Explained) -> Floats:
    """Return the tokens from which the head reads, ``[tokens]``: shares that sum to 1.

    A language model's head reads one. A head of whole texts reads those of the last hidden layer to which its
    output has a gradient; its share is the norm of that.
    """
    import torch

    n = len(explained.read)
    if explained.place is not None:
        only: Floats = np.eye(n)[explained.place]
        return only
    embeddings, text, _ = embedded(explained)
    here = text[None].clone().requires_grad_()
    forwards: dict[nn.Module, Forward] = {embeddings: lambda *_: here}
    values, hidden = explained.tensor([explained.read], gradients=True, forwards=forwards)
    norms = _numbers(torch.autograd.grad(values.sum(), hidden)[0][0].norm(dim=-1))
    return norms / norms.sum() if norms.sum() > 0 else np.full(n, 1 / n)


def attention_norms(norms: NDArray[Any], read: Floats) -> Floats:
    """Return the share of each token in what the tokens that are read are made of, ``[tokens]``.

    In each layer the norm of what a token adds to another, over all heads (Kobayashi et al. 2020, section 5),
    of a row each divided by its sum; the mean over layers.

    Parameters
    ----------
    norms : ndarray [layers, queries, keys]
    read : ndarray [tokens]
        Shares of the queries.
    """
    rows = np.asarray(norms, np.float64)[:, : len(read), : len(read)]
    rows = rows / rows.sum(-1, keepdims=True)
    shares: Floats = np.einsum("q,lqk->k", read, rows) / len(rows)
    return shares


def _numbers(values: "Tensor") -> Floats:
    found: Floats = values.detach().double().cpu().numpy()
    return found
