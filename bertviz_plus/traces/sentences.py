"""Sentences of several languages that translate each other, with their vectors at every hidden layer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.checks import read_only
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.storage import SavedRecord

if TYPE_CHECKING:
    import pandas as pd

_PER_SENTENCE = ("texts", "languages", "meanings")


@dataclass(frozen=True, eq=False)
class Sentences(SavedRecord):
    """Parallel sentences as plain data: what a `LanguageView` shows.

    Made by `LanguageView.of`, or from anybody's own vectors by `from_vectors`. Frozen, compared by identity,
    its vectors read-only.

    Attributes
    ----------
    vectors : ndarray [hidden layers, sentences of all languages, hidden], float32
    texts : tuple of str
    languages : tuple of str
        The language of each sentence.
    meanings : tuple of int
        Sentences of one number translate each other: each language has every number, once.
    hidden_layers : tuple of int
        Numbers of the hidden layers that are here; 0 is the embeddings.
    vector : str
        How a sentence's tokens were pooled.
    model : ModelInfo

    Examples
    --------
    >>> Sentences.from_vectors({"en": np.ones((2, 3, 4)), "de": np.ones((2, 3, 4))})
    Sentences of en, de: 3 in each, 2 hidden layers × 4 dimensions
    """

    vectors: NDArray[Any]
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    meanings: tuple[int, ...]
    hidden_layers: tuple[int, ...] = ()
    vector: str = "mean"
    model: ModelInfo = field(default_factory=ModelInfo)

    def __post_init__(self) -> None:
        vectors = read_only(self.vectors, "vectors", (None, None, None))
        put: dict[str, Any] = {
            "vectors": vectors,
            "texts": tuple(map(str, self.texts)),
            "languages": tuple(map(str, self.languages)),
            "meanings": tuple(map(int, self.meanings)),
            "hidden_layers": tuple(map(int, self.hidden_layers)) or tuple(range(len(vectors))),
        }
        n = vectors.shape[1]
        for name in _PER_SENTENCE:
            if len(put[name]) != n:
                raise ValueError(
                    f"{name} must have one entry for each of the {n} sentences, got {len(put[name])}"
                )
        if len(put["hidden_layers"]) != len(vectors):
            raise ValueError(
                f"hidden_layers must name each of the {len(vectors)} layers, got {self.hidden_layers}"
            )
        for name, value in put.items():
            object.__setattr__(self, name, value)
        self._check_translations()

    def _check_translations(self) -> None:
        places = self.places
        if len(places) < 2:
            raise ValueError(
                f"sentences must be of at least two languages, got {', '.join(places) or 'none'}"
            )
        numbers = np.array(self.meanings, np.int64)
        first = numbers[next(iter(places.values()))]
        for name, own in places.items():
            if len(set(numbers[own].tolist())) != len(own) or not np.array_equal(numbers[own], first):
                raise ValueError(
                    f"meanings must be the same in each language, each once; those of {name!r} differ"
                )

    @classmethod
    def from_vectors(
        cls,
        vectors: Mapping[str, NDArray[np.floating[Any]]],
        texts: Mapping[str, Sequence[str]] | None = None,
        *,
        hidden_layers: Sequence[int] | None = None,
        model: ModelInfo | None = None,
    ) -> "Sentences":
        """Wrap vectors of each language.

        Parameters
        ----------
        vectors : dict of str to ndarray [hidden layers, sentences, hidden]
            For each language, as `bertviz_plus.language_vectors` gives them; those at one place translate
            each other.
        texts : dict of str to sequence of str, optional
            For each language its sentences.
        hidden_layers : sequence of int, optional
            By default 0, 1, ….
        model : ModelInfo, optional

        Raises
        ------
        ValueError
            For fewer than two languages, and where shapes or lengths do not agree.

        Examples
        --------
        >>> made = Sentences.from_vectors({"en": np.ones((2, 3, 4)), "de": np.ones((2, 3, 4))})
        >>> made.languages, made.meanings
        (('en', 'en', 'en', 'de', 'de', 'de'), (0, 1, 2, 0, 1, 2))
        """
        if not isinstance(vectors, Mapping) or len(vectors) < 2:
            raise ValueError(
                "vectors must be a dict of at least two languages, each [hidden layers, sentences, hidden]"
            )
        arrays = {name: np.asarray(one, np.float32) for name, one in vectors.items()}
        shapes = {name: one.shape for name, one in arrays.items()}
        if len(set(shapes.values())) != 1 or any(len(one) != 3 for one in shapes.values()):
            raise ValueError(f"vectors must have one shape [hidden layers, sentences, hidden], got {shapes}")
        n = next(iter(shapes.values()))[1]
        if texts is not None and any(len(texts.get(name, ())) != n for name in arrays):
            raise ValueError(f"texts must have {n} sentences in each of {', '.join(arrays)}")
        return cls(
            np.concatenate(list(arrays.values()), axis=1),
            tuple(
                f"sentence {number}" if texts is None else texts[name][number]
                for name in arrays
                for number in range(n)
            ),
            tuple(name for name in arrays for _ in range(n)),
            tuple(range(n)) * len(arrays),
            tuple(hidden_layers or ()),
            model=model or ModelInfo(),
        )

    @property
    def places(self) -> dict[str, NDArray[np.intp]]:
        """For each language, in the order in which they come, where its sentences are, by their meaning.

        Examples
        --------
        >>> made = Sentences.from_vectors({"en": np.ones((1, 2, 4)), "de": np.ones((1, 2, 4))})
        >>> {name: places.tolist() for name, places in made.places.items()}
        {'en': [0, 1], 'de': [2, 3]}
        """
        languages, meanings = np.array(self.languages, object), np.array(self.meanings, np.int64)
        found: dict[str, NDArray[np.intp]] = {}
        for name in dict.fromkeys(self.languages):
            own = np.flatnonzero(languages == name)
            found[name] = own[np.argsort(meanings[own], kind="stable")]
        return found

    @property
    def hidden_size(self) -> int:
        """How many numbers a vector has."""
        return int(self.vectors.shape[2])

    def __len__(self) -> int:
        return int(self.vectors.shape[1])

    def __repr__(self) -> str:
        names, layers = list(dict.fromkeys(self.languages)), len(self.hidden_layers)
        return (
            f"Sentences of {', '.join(names)}: {len(self) // len(names):,} in each, {layers} hidden "
            f"layer{'s' * (layers != 1)} × {self.hidden_size} dimensions"
            + (f", from {self.model.id}" if self.model.id else "")
        )

    def at(self, hidden_layer: int) -> NDArray[np.float32]:
        """Return the vectors ``[sentences of all languages, hidden]`` at one hidden layer.

        Raises
        ------
        ValueError
            Where that layer is not here.
        """
        if hidden_layer not in self.hidden_layers:
            raise ValueError(f"hidden_layer must be one of {list(self.hidden_layers)}, got {hidden_layer!r}")
        vectors: NDArray[np.float32] = self.vectors[self.hidden_layers.index(hidden_layer)]
        return vectors

    def by_language(self) -> dict[str, NDArray[np.float32]]:
        """Return each language's ``[hidden layers, sentences, hidden]``, as the measures take them."""
        return {name: self.vectors[:, own] for name, own in self.places.items()}

    def centred(self) -> NDArray[np.float32]:
        """Return the vectors with the mean of each language taken away, layer by layer.

        Returns
        -------
        ndarray [hidden layers, sentences of all languages, hidden]
        """
        vectors = np.array(self.vectors, np.float32)
        for own in self.places.values():
            vectors[:, own] -= vectors[:, own].mean(axis=1, keepdims=True)
        return vectors

    def take(self, places: Iterable[int]) -> "Sentences":
        """Return some of the sentences, by number.

        Raises
        ------
        IndexError
            Where a number is out of range.
        ValueError
            Where not the same sentences of each language are taken.

        Examples
        --------
        >>> made = Sentences.from_vectors({"en": np.ones((1, 2, 4)), "de": np.ones((1, 2, 4))})
        >>> made.take([3, 1]).languages
        ('de', 'en')
        """
        kept = list(places)
        parts = {name: tuple(getattr(self, name)[place] for place in kept) for name in _PER_SENTENCE}
        return Sentences(
            self.vectors[:, kept],
            **parts,
            hidden_layers=self.hidden_layers,
            vector=self.vector,
            model=self.model,
        )

    def to_frame(self) -> "pd.DataFrame":
        """Return a row for each sentence: language, sentence (its meaning's number), text."""
        import pandas as pd

        return pd.DataFrame({"language": self.languages, "sentence": self.meanings, "text": self.texts})
