"""A linear map under which squared distances, or lengths, of word vectors are those of a tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.one_thread import on_one_thread

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float32]
Kind = Literal["distance", "depth"]
BATCH = 20
RATE = 1e-3
DEV_SHARE = 0.1
PATIENCE = 5
# Batches are as large when nothing is learnt from them.
_READ = 200


@dataclass(frozen=True, eq=False)
class Projection:
    """The map B of a structural probe, and how it was learnt.

    Attributes
    ----------
    matrix : ndarray [hidden, rank], float32
    epochs : int
        How many were run.
    best_epoch : int
        Whose map is kept: the one with the least loss on the dev sentences.
    train_loss, dev_loss : float
        Of that epoch.
    train_sentences, dev_sentences : int
    """

    matrix: Floats
    epochs: int = 0
    best_epoch: int = 0
    train_loss: float = float("nan")
    dev_loss: float = float("nan")
    train_sentences: int = 0
    dev_sentences: int = 0

    def distances(self, vectors: ArrayLike) -> Floats:
        """Return the squared distances between words, ``[words, words]``.

        Examples
        --------
        >>> Projection(np.eye(2, dtype=np.float32)).distances([[0, 0], [3, 4]]).tolist()
        [[0.0, 25.0], [25.0, 0.0]]
        """
        mapped = self._mapped(vectors)
        apart = mapped[:, np.newaxis] - mapped
        return np.asarray(np.einsum("ijr,ijr->ij", apart, apart))

    def depths(self, vectors: ArrayLike) -> Floats:
        """Return the squared lengths of words, ``[words]``.

        Examples
        --------
        >>> Projection(np.eye(2, dtype=np.float32)).depths([[0, 0], [3, 4]]).tolist()
        [0.0, 25.0]
        """
        mapped = self._mapped(vectors)
        return np.asarray(np.einsum("ir,ir->i", mapped, mapped))

    def _mapped(self, vectors: ArrayLike) -> Floats:
        given = np.asarray(vectors, np.float32)
        if given.shape[-1] != len(self.matrix):
            raise ValueError(
                f"vectors must have {len(self.matrix)} numbers each, like those the probe was fitted on, "
                f"got {given.shape[-1]}; give the model that it was fitted on"
            )
        return np.asarray(given @ self.matrix)


@on_one_thread
def fit_projection(
    vectors: Sequence[ArrayLike],
    gold: Sequence[ArrayLike],
    kind: Kind,
    *,
    rank: int = 64,
    epochs: int = 40,
    seed: int = 0,
) -> Projection:
    """Learn the map of a structural probe.

    ``d(i, j) = ‖B(h_i − h_j)‖²`` is brought near to the distances in the tree, or ``‖B h_i‖²`` to the depths:
    the loss is the mean over sentences of the absolute differences, summed over a sentence and divided by n²,
    or by n. B begins uniform in ±.05; Adam at .001, batches of 20 sentences. A tenth of the sentences is kept
    apart: where the loss on them does not fall, the rate is divided by ten, and after five such epochs the
    fit ends.

    Parameters
    ----------
    vectors : sequence of array_like [words, hidden]
        One for each sentence; at least two sentences.
    gold : sequence of array_like [words, words] or [words]
    kind : {"distance", "depth"}
    rank : int, default 64
    epochs : int, default 40
        The most.
    seed : int, default 0
        Of the beginning, the batches and the sentences kept apart. The global random states stay.

    Returns
    -------
    Projection

    References
    ----------
    Hewitt & Manning 2019, "A Structural Probe for Finding Syntax in Word Representations", and its code.

    Examples
    --------
    >>> line = [np.arange(4.0)[:, np.newaxis] * [1, 0] for _ in range(40)]
    >>> square = [(one[:, :1] - one[:, 0]) ** 2 for one in line]
    >>> fitted = fit_projection(line, square, "distance", rank=2, epochs=30)
    >>> fitted.matrix.shape, fitted.train_sentences, fitted.dev_sentences
    ((2, 2), 36, 4)
    """
    import torch

    if len(vectors) < 2:
        raise ValueError(f"vectors must hold two sentences at least, got {len(vectors)}")
    random = np.random.default_rng(seed)
    order = random.permutation(len(vectors))
    n_dev = max(1, round(DEV_SHARE * len(vectors)))
    dev, train = order[:n_dev], order[n_dev:]
    batches = _Batches([np.asarray(one, np.float32) for one in vectors], gold, kind)
    first = torch.empty(batches.hidden, rank)
    first.uniform_(-0.05, 0.05, generator=torch.Generator().manual_seed(seed))
    matrix = first.requires_grad_()
    rate, waited, epoch, best = RATE, 0, 0, (float("inf"), float("nan"), 0, first.detach().clone())
    optimiser = torch.optim.Adam([matrix], lr=rate)
    for epoch in range(1, epochs + 1):
        random.shuffle(train)
        total = 0.0
        for start in range(0, len(train), BATCH):
            chosen = train[start : start + BATCH]
            optimiser.zero_grad()
            loss = batches.loss(chosen, matrix)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += float(loss.detach()) * len(chosen)
        dev_loss = batches.mean_loss(dev, matrix.detach())
        # As in the authors' code: what hardly falls does not fall.
        if dev_loss < best[0] - 1e-4:
            best, waited = (dev_loss, total / len(train), epoch, matrix.detach().clone()), 0
            continue
        waited, rate = waited + 1, rate / 10
        if waited == PATIENCE:
            break
        optimiser = torch.optim.Adam([matrix], lr=rate)
    dev_loss, train_loss, at, kept = best
    return Projection(kept.numpy(), epoch, at, train_loss, dev_loss, len(train), n_dev)


class _Batches:
    """The sentences of a fit, and their loss under a map."""

    def __init__(self, vectors: Sequence[Floats], gold: Sequence[ArrayLike], kind: Kind) -> None:
        import torch

        self._all = torch.from_numpy(np.concatenate(vectors))
        self._lengths = np.array([len(one) for one in vectors])
        self._starts = np.concatenate([[0], np.cumsum(self._lengths)[:-1]])
        self._gold = [torch.from_numpy(np.array(one, np.float32)) for one in gold]
        self._error: Callable[..., Tensor] = _distance_error if kind == "distance" else _depth_error
        self.hidden = int(self._all.shape[1])

    def loss(self, sentences: NDArray[Any], matrix: Tensor) -> Tensor:
        import torch

        lengths = self._lengths[sentences]
        places = np.concatenate(
            [np.arange(s, s + n) for s, n in zip(self._starts[sentences], lengths, strict=True)]
        )
        mapped = self._all[torch.from_numpy(places)] @ matrix
        # Each sentence in a row, with zeros after its end.
        longest = int(lengths.max())
        padded = mapped.new_zeros(len(sentences), longest, matrix.shape[1])
        within = torch.from_numpy(np.arange(longest) < lengths[:, np.newaxis])
        padded = padded.masked_scatter(within[..., None].expand_as(padded), mapped)
        gold = [self._gold[one] for one in sentences.tolist()]
        return self._error(padded, gold, within, torch.from_numpy(lengths).float()).mean()

    def mean_loss(self, sentences: NDArray[Any], matrix: Tensor) -> float:
        parts = [sentences[start : start + _READ] for start in range(0, len(sentences), _READ)]
        return sum(float(self.loss(part, matrix)) * len(part) for part in parts) / len(sentences)


def _distance_error(padded: Tensor, gold: list[Tensor], within: Tensor, lengths: Tensor) -> Tensor:
    squares = (padded * padded).sum(-1)
    between = squares[:, :, None] + squares[:, None] - 2 * padded @ padded.transpose(1, 2)
    true = between.detach().new_zeros(between.shape)
    for row, one in zip(true, gold, strict=True):
        row[: len(one), : len(one)] = one
    both = within[:, :, None] & within[:, None]
    return ((between - true).abs() * both).sum((1, 2)) / lengths**2


def _depth_error(padded: Tensor, gold: list[Tensor], within: Tensor, lengths: Tensor) -> Tensor:
    squares = (padded * padded).sum(-1)
    true = squares.detach().new_zeros(squares.shape)
    for row, one in zip(true, gold, strict=True):
        row[: len(one)] = one
    return ((squares - true).abs() * within).sum(1) / lengths
