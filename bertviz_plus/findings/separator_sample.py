"""Texts, and what attention to their separators does in each layer."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.heads.separator_effects import SeparatorEffects
from bertviz_plus.measures.tallies import Tallies, share

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class SeparatorSample(CountedSample):
    """Texts, and what attention to their separators does in each layer.

    Attributes
    ----------
    effects : SeparatorEffects
    """

    effects: SeparatorEffects

    place_name = "attention layer"
    halved = "texts"

    @classmethod
    def of(cls, effects: SeparatorEffects, seed: int) -> Self:
        """Take all texts with a separator."""
        layers, n = effects.attention.shape
        texts = np.arange(n)
        return cls(
            places=tuple(f"{layer}" for layer in range(layers)),
            second_half=second_half(texts, seed),
            counts=np.stack([effects.changed, effects.beside], axis=2),
            score=_spared,
            groups=np.zeros_like(texts),
            sentences=texts,
            effects=effects,
        )

    def read_by(self, reading: SeparatorEffects) -> Self:
        """Return the same texts as another model reads them."""
        return replace(self, effects=reading, counts=np.stack([reading.changed, reading.beside], axis=2))

    def here(self, values: Floats) -> Floats:
        """Return values ``[layers, texts]`` of each text at its layer."""
        return np.asarray(values[self.at, np.arange(len(self))])

    @property
    def empty(self) -> Tallies:
        """By what share the norm-weighted share of separators is below their share of attention."""
        counts = np.stack([self.here(self.effects.norms), self.here(self.effects.attention)], axis=1)
        return replace(self.tallies, counts=counts)

    @property
    def attended(self) -> Tallies:
        """Share of attention that goes to separators."""
        return Tallies.of_shares(self.here(self.effects.attention))


def _spared(sums: Floats) -> Floats:
    return np.asarray(1 - share(sums))
