"""One vector for each word of many sentences, at every hidden layer: read once, probed many times."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.storage import SavedRecord


@dataclass(frozen=True, eq=False)
class WordVectors(SavedRecord):
    """The vectors of the words of sentences, or of other stretches of texts, at every hidden layer.

    Frozen, compared by identity. `bertviz_plus.word_vectors` reads them from a model.

    Attributes
    ----------
    vectors : ndarray [hidden layers, words, hidden], float32
        Of all sentences, one after the other; 0 for a word that was not read. Large ones lie in a temporary
        file, which goes with the object.
    sentences : tuple of tuple of str
        The words of each sentence.
    is_read : ndarray [words], bool
        Whether the tokenizer made a token of the word.
    hidden_layers : tuple of int
    model : ModelInfo

    Raises
    ------
    ValueError
        Where the parts do not fit together.

    Examples
    --------
    >>> read = WordVectors.from_vectors(np.ones((3, 4, 8)), [("A", "cat"), ("It", "sat")])
    >>> read.of(1, hidden_layer=2).shape, read
    ((2, 8), WordVectors: 4 words of 2 sentences at hidden layers 0..2, 8 numbers each)
    """

    vectors: NDArray[np.float32]
    sentences: tuple[tuple[str, ...], ...]
    is_read: NDArray[np.bool_]
    hidden_layers: tuple[int, ...]
    model: ModelInfo = field(default_factory=ModelInfo)

    def __post_init__(self) -> None:
        sentences = tuple(tuple(one) for one in self.sentences)
        object.__setattr__(self, "sentences", sentences)
        object.__setattr__(self, "hidden_layers", tuple(self.hidden_layers))
        n = sum(map(len, sentences))
        if self.vectors.ndim != 3 or self.vectors.shape[:2] != (len(self.hidden_layers), n):
            raise ValueError(
                f"vectors must have the shape [{len(self.hidden_layers)} hidden layers, {n} words, hidden], "
                f"got {list(self.vectors.shape)}"
            )
        if self.is_read.shape != (n,):
            raise ValueError(f"is_read must have one entry for each of the {n} words")
        self.vectors.flags.writeable = False

    @classmethod
    def from_vectors(
        cls, vectors: ArrayLike, sentences: Sequence[Sequence[str]], *, model: ModelInfo | None = None
    ) -> "WordVectors":
        """Put together vectors that were read elsewhere.

        Parameters
        ----------
        vectors : array_like [hidden layers, words, hidden]
            Finite.
        sentences : sequence of sequence of str
        model : ModelInfo, optional
        """
        array = np.array(vectors, np.float32)
        if not np.isfinite(array).all():
            raise ValueError("vectors must be finite numbers")
        n = array.shape[1] if array.ndim > 1 else 0
        own = tuple(tuple(one) for one in sentences)
        return cls(array, own, np.ones(n, bool), tuple(range(len(array))), model or ModelInfo())

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Where the words of each sentence begin, and where the last end, ``[sentences + 1]``."""
        return np.concatenate([[0], np.cumsum([len(one) for one in self.sentences])]).astype(np.intp)

    @cached_property
    def is_whole(self) -> NDArray[np.bool_]:
        """Of which sentences every word was read, ``[sentences]``."""
        return np.array([self.is_read[low:high].all() for low, high in self._ends], bool)

    def at(self, hidden_layer: int) -> NDArray[np.float32]:
        """Return the vectors of all words at one hidden layer, ``[words, hidden]``.

        Raises
        ------
        ValueError
            For a layer that was not read.
        """
        if hidden_layer not in self.hidden_layers:
            raise ValueError(
                f"hidden_layer must be one of {', '.join(map(str, self.hidden_layers))}, got {hidden_layer!r}"
            )
        own: NDArray[np.float32] = self.vectors[self.hidden_layers.index(hidden_layer)]
        return own

    def of(self, sentence: int, hidden_layer: int) -> NDArray[np.float32]:
        """Return the vectors of one sentence's words at one hidden layer, ``[words, hidden]``."""
        low, high = self._ends[sentence]
        return self.at(hidden_layer)[low:high]

    @property
    def _ends(self) -> list[tuple[int, int]]:
        return list(zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True))

    def __repr__(self) -> str:
        _, words, hidden = self.vectors.shape
        layers: Any = self.hidden_layers
        said = f"{layers[0]}..{layers[-1]}" if len(layers) > 1 else str(layers[0])
        return (
            f"WordVectors: {words:,} words of {len(self.sentences):,} sentences at hidden "
            f"layer{'s' * (len(layers) > 1)} {said}, {hidden} numbers each"
        )
