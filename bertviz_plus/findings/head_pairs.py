"""Texts, and how differently heads attend in them, within layers and between."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.findings.text_sample import TextReading
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.heads.divergence import head_divergence

Floats = NDArray[np.float64]

_DEALS = 200


@dataclass(frozen=True, eq=False, kw_only=True)
class HeadPairs(CountedSample):
    """Texts, and how differently pairs of heads attend in them, within layers and between.

    Attributes
    ----------
    divergence : ndarray [texts, heads, heads]
    layer_of : ndarray [heads]
    maps : tuple of ndarray [heads, queries, keys]
        Attention in each text.
    """

    divergence: Floats
    layer_of: NDArray[np.intp]
    maps: tuple[NDArray[Any], ...]

    place_name = "model"
    halved = "texts"

    @classmethod
    def of(cls, reading: TextReading, seed: int) -> Self:
        """Take all texts."""
        layers, heads = reading.traces[0].n_layers, reading.traces[0].n_heads
        layer_of = np.repeat(np.arange(layers), heads)
        maps, texts = _maps(reading), np.arange(len(reading.traces))
        divergence = _divergence(maps)
        return cls(
            places=("all pairs of heads",),
            second_half=second_half(texts, seed),
            counts=_counts(divergence, layer_of),
            score=closer,
            groups=np.zeros_like(texts),
            sentences=texts,
            divergence=divergence,
            layer_of=layer_of,
            maps=maps,
        )

    def read_by(self, reading: TextReading) -> Self:
        """Return the same texts as another model reads them."""
        return self._attending(_maps(reading))

    def shuffled(self, seed: int) -> Self:
        """Return heads that attend as evenly as these, each token to others at random."""
        random = np.random.default_rng(seed)
        return self._attending(tuple(_shuffled(one, random) for one in self.maps))

    def _attending(self, maps: tuple[NDArray[Any], ...]) -> Self:
        divergence = _divergence(maps)
        return replace(self, divergence=divergence, counts=_counts(divergence, self.layer_of), maps=maps)

    def dealt_at_random(self, seed: int) -> float:
        """Return the score that 1 in 20 ways of dealing the heads to layers reaches."""
        random = np.random.default_rng(seed)
        total = self.divergence.sum(axis=0, keepdims=True)
        dealt = [closer(_counts(total, random.permutation(self.layer_of))[0, 0]) for _ in range(_DEALS)]
        return float(np.quantile(dealt, 0.95))


def closer(sums: Floats) -> Floats:
    """Return by what share the mean of pairs within layers is below that of pairs between them.

    Examples
    --------
    >>> closer(np.array([2.0, 2.0, 8.0, 4.0])).tolist()
    0.5
    """
    within, pairs, between, others = np.moveaxis(np.asarray(sums, float), -1, 0)
    means = np.divide(within * others, between * pairs, out=np.ones_like(within), where=between * pairs > 0)
    return np.asarray(1 - means)


def _maps(reading: TextReading) -> tuple[NDArray[Any], ...]:
    return tuple(np.asarray(one.attention).reshape(-1, one.n_tokens, one.n_tokens) for one in reading.traces)


def _shuffled(attention: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """Deal each row's weights to the same tokens anew: those that it sees, where some are hidden from it."""
    rows = np.empty_like(attention)
    for query in range(attention.shape[1]):
        seen = np.flatnonzero((attention[:, query] > 0).any(axis=0))
        rows[:, query] = attention[:, query]
        rows[:, query, seen] = random.permuted(attention[:, query, seen], axis=-1)
    return rows


def _divergence(maps: tuple[NDArray[Any], ...]) -> Floats:
    return np.stack([head_divergence(one) for one in maps])


def _counts(divergence: Floats, layer_of: NDArray[np.intp]) -> Floats:
    first, second = np.triu_indices(len(layer_of), k=1)
    pairs = divergence[:, first, second]
    same = layer_of[first] == layer_of[second]
    columns = []
    for own in (same, ~same):
        columns += [pairs[:, own].sum(axis=1), np.full(len(pairs), float(own.sum()))]
    return np.stack(columns, axis=1)[np.newaxis]
