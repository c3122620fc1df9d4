"""Vectors of numbers, and how exactly a linear probe tells the value of one that it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.one_thread import on_one_thread
from bertviz_plus.traces.model_info import ModelInfo

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

FOLDS = 5
# Penalties of the ridge, of which leave-one-out on the fold's own numbers chooses.
_PENALTIES = np.logspace(-3, 4, 8)
Floats = NDArray[np.float64]
Wholes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class NumberVectors:
    """The vector of the last wordpiece of each number, read alone.

    Attributes
    ----------
    numbers : ndarray [numbers], int
    vectors : ndarray [hidden layers, numbers, hidden]
    pieces : ndarray [numbers], int
        Into how many pieces the tokenizer cuts each.
    hidden_layers : tuple of int
    model : ModelInfo

    Examples
    --------
    >>> NumberVectors([7, 42], np.zeros((1, 2, 4)), [1, 1])
    NumberVectors: 2 numbers, 0 of them cut, at hidden layers 0
    """

    numbers: Wholes
    vectors: Floats
    pieces: Wholes
    hidden_layers: tuple[int, ...] = (0,)
    model: ModelInfo = field(default_factory=ModelInfo)

    def __post_init__(self) -> None:
        for name in ("numbers", "pieces"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.intp))
        object.__setattr__(self, "vectors", np.asarray(self.vectors, float))
        shape, n = self.vectors.shape, len(self.numbers)
        if len(shape) != 3 or shape[:2] != (len(self.hidden_layers), n) or self.pieces.shape != (n,):
            raise ValueError(
                f"vectors must be [hidden layers, {n} numbers, hidden] with as many pieces, got {list(shape)}"
            )

    def __repr__(self) -> str:
        return (
            f"NumberVectors: {len(self.numbers)} numbers, {int((self.pieces > 1).sum())} of them cut, "
            f"at hidden layers {', '.join(map(str, self.hidden_layers))}"
        )


def number_vectors(
    model: "Model",
    numbers: Sequence[int],
    *,
    hidden_layers: Sequence[int] | None = None,
    progress: bool = True,
) -> NumberVectors:
    """Read numbers, each alone, at some hidden layers (by default the last).

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> number_vectors(bp.load("bert-tiny"), [7, 6789], progress=False)
    NumberVectors: 2 numbers, 1 of them cut, at hidden layers 2
    """
    from bertviz_plus.models.vectors.span_vectors import span_vectors

    texts = [str(number) for number in numbers]
    read = span_vectors(
        model,
        texts,
        [[(0, len(text))] for text in texts],
        hidden_layers=[model.n_layers] if hidden_layers is None else hidden_layers,
        vector="last",
        progress=progress,
    )
    pieces = [len(model.tokenizer.tokenize(text)) for text in texts]
    return NumberVectors(
        np.asarray(numbers), read.vectors.astype(float), np.array(pieces), read.hidden_layers, model.info
    )


def digits(numbers: Sequence[int] | Wholes) -> Floats:
    """Return the digit at each place, ones first, ``[numbers, places × 11]``; none is a digit too.

    Examples
    --------
    >>> digits([5, 12]).reshape(2, 2, 11).argmax(-1).tolist()
    [[5, 10], [2, 1]]
    """
    texts = [str(number) for number in numbers]
    places = max(map(len, texts))
    found = np.zeros((len(texts), places, 11))
    for row, text in enumerate(texts):
        for place in range(places):
            found[row, place, int(text[-1 - place]) if place < len(text) else 10] = 1
    return found.reshape(len(texts), -1)


@on_one_thread
def told(vectors: Floats, numbers: Wholes, *, seed: int = 0) -> Floats:
    """Tell every number by a linear probe that was fitted on four fifths of the others.

    Parameters
    ----------
    vectors : ndarray [numbers, hidden]
    numbers : ndarray [numbers]
    seed : int, default 0
        Of the fifths.

    Returns
    -------
    ndarray [numbers]
        Ridge regression, whose penalty leave-one-out on its own four fifths chooses.

    References
    ----------
    Wallace et al. 2019, "Do NLP Models Know Numbers?", section 3: decoding by a linear model.

    Examples
    --------
    >>> numbers = np.arange(100)
    >>> bool(abs(told(digits(numbers), numbers) - numbers).max() < 0.1)
    True
    """
    from sklearn.linear_model import RidgeCV

    fold = np.random.default_rng(seed).permutation(len(numbers)) % FOLDS
    found = np.zeros(len(numbers))
    for own in range(FOLDS):
        test, train = fold == own, fold != own
        if not test.any():
            continue
        centre, scale = vectors[train].mean(axis=0), vectors[train].std(axis=0) + 1e-8
        probe = RidgeCV(_PENALTIES).fit((vectors[train] - centre) / scale, numbers[train])
        found[test] = probe.predict((vectors[test] - centre) / scale)
    return found
