"""The sentences that finding 21 measures: which find their translation, and which tell their language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.measures.alignment.retrieval import Vectors, language_probe, translations_found
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.tallies import share


@dataclass(frozen=True, eq=False, kw_only=True)
class LanguageSample(CountedSample):
    """Parallel sentences: in how many of the pairs of languages each finds its translation, at every layer.

    Attributes
    ----------
    vectors : dict of str to ndarray [layers, sentences, hidden]
    texts : dict of str to tuple of str, or None
    """

    vectors: Vectors
    texts: Mapping[str, Sequence[str]] | None

    @classmethod
    def of(cls, vectors: Vectors, texts: Mapping[str, Sequence[str]] | None, seed: int) -> Self:
        """Take all sentences, cut in two halves."""
        layers, n, _ = next(iter(vectors.values())).shape
        return cls(
            places=tuple(range(layers)),
            second_half=second_half(np.arange(n), seed),
            counts=_found(vectors),
            score=share,
            groups=np.zeros(n, np.intp),
            sentences=np.arange(n),
            vectors=vectors,
            texts=texts,
        )

    def few(self, fewest: int, items: str) -> str:
        """Say that the sentences are too few for an answer; nothing where they are enough."""
        enough = len(self) >= fewest
        return "" if enough else f"{len(self)} {items} are there in all languages, where {fewest} are needed"

    def read_by(self, reading: Vectors) -> Self:
        """Return the same sentences as another model reads them."""
        layers = len(next(iter(reading.values())))
        return replace(self, vectors=reading, counts=_found(reading), places=tuple(range(layers)))

    def spelled(self) -> Self | None:
        """Return the sample with bags of two to four letters for vectors; None where there are no texts."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        if self.texts is None:
            return None
        joined = [text for own in self.texts.values() for text in own]
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=20_000)
        bags = np.asarray(letters.fit_transform(joined).toarray(), np.float64)
        each = np.split(bags[np.newaxis], len(self.texts), axis=1)
        return self.read_by(dict(zip(self.texts, each, strict=True)))


def _found(vectors: Vectors) -> NDArray[np.float64]:
    found = translations_found(vectors, centred=True)
    return np.stack([found, np.ones_like(found)], axis=2)


@dataclass(frozen=True)
class Probed:
    """The accuracy of a probe with its own interval, over the sentences that it did not take means from."""

    value: float
    bounds: tuple[float, float]

    def interval(self, resamples: int, seed: int) -> tuple[float, float]:
        """Return the interval that came with the probe."""
        del resamples, seed
        return self.bounds


def probed(sample: LanguageSample, *, resamples: int, seed: int) -> Probed:
    """Probe the language at the layer that is chosen for the first half, without centring."""
    layer = sample.at[~sample.second_half][0]
    table = language_probe(
        sample.vectors, hidden_layers=[layer], resamples=resamples, seed=seed, progress=False
    )
    value, low, high = table.loc[~table["centred"], ["value", "low", "high"]].to_numpy(float)[0].tolist()
    return Probed(value, (low, high))
