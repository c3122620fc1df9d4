"""Words of a semantic and a syntactic task, told from a mix of all layers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.probes.scalar_mix import (
    ScalarMix,
    fit_mix,
    jackknife_interval,
    standardised,
    without_each_group,
)
from bertviz_plus.measures.tallies import share
from bertviz_plus.traces.probe_task import ProbeTask
from bertviz_plus.traces.word_vectors import WordVectors

FEWEST = 40
STRENGTH = 0.1
SIDES = ("semantic", "syntactic")


def evenness(mix: ScalarMix) -> float:
    """Return 1 where all layers weigh the same, 0 where one has all the weight: entropy over its maximum."""
    return 1 - mix.divergence / float(np.log(len(mix.weights)))


@dataclass(frozen=True, eq=False, kw_only=True)
class MixSample(CountedSample):
    """Words of a semantic task, told from layer 0 or from a mix of all; and the mixes of both tasks."""

    tasks: Mapping[str, ProbeTask]
    reading: Mapping[str, WordVectors]
    from_layer_0: NDArray[np.float64]

    place_name = "mixture"

    @classmethod
    def of(cls, reading: Mapping[str, WordVectors], tasks: Mapping[str, ProbeTask], seed: int) -> Self:
        """Take the items of the semantic task."""
        own = tasks["semantic"]
        texts = np.array(own.sources)
        sample = cls(
            places=("all layers",),
            second_half=second_half(texts, seed),
            counts=np.ones((1, len(own), 2)),
            from_layer_0=np.ones((1, len(own), 2)),
            score=share,
            groups=np.zeros_like(texts),
            sentences=texts,
            tasks=tasks,
            reading=reading,
        )
        return sample.read_by(reading) if len(own) >= FEWEST else sample

    def read_by(self, reading: Mapping[str, WordVectors]) -> Self:
        """Tell each half by mixes that were fitted on the other."""
        vectors = reading["semantic"].vectors
        labels = np.array(self.tasks["semantic"].labels)
        codes = np.unique(labels, return_inverse=True)[1]
        counts = np.ones((2, len(self), 2))
        for half in (False, True):
            test = np.flatnonzero(self.second_half == half)
            train = np.flatnonzero(self.second_half != half)
            layers = standardised(vectors, train)
            for place, top in enumerate((1, len(layers))):
                mix = fit_mix(layers[:top, train], codes[train], strength=STRENGTH, kinds=codes.max() + 1)
                counts[place, test, 0] = mix.predict(layers[:top, test]) == codes[test]
        return replace(self, from_layer_0=counts[:1], counts=counts[1:], reading=reading)

    def at_layer_0(self) -> Self:
        """Return the sample told from the embeddings alone."""
        return replace(self, counts=self.from_layer_0, places=("layer 0",))

    def guessed(self) -> float:
        """Return how often the most frequent label is right."""
        return float(np.unique(self.tasks["semantic"].labels, return_counts=True)[1].max() / len(self))

    @cached_property
    def mixes(self) -> dict[str, tuple[ScalarMix, Any]]:
        """The mix of each side, fitted on all its items, and what fitted it."""
        found = {}
        for side in SIDES:
            codes = np.unique(np.array(self.tasks[side].labels), return_inverse=True)[1]
            layers = standardised(self.reading[side].vectors, np.arange(len(codes)))
            found[side] = (fit_mix(layers, codes, strength=STRENGTH), (layers, codes))
        return found

    @property
    def value(self) -> float:
        """How much more evenly the semantic mix weighs the layers."""
        semantic, syntactic = (evenness(self.mixes[side][0]) for side in SIDES)
        return semantic - syntactic

    def interval(self, resamples: int, seed: int) -> tuple[float, float]:
        """Return the interval of `value`: a jackknife over ten groups of texts of each side."""
        del resamples
        rest = []
        for side in SIDES:
            # The seed says which texts go together.
            order = np.random.default_rng(seed).permutation(len(self.tasks[side].texts))
            groups = order[np.array(self.tasks[side].sources)]
            layers, codes = self.mixes[side][1]
            mixes = without_each_group(layers, codes, groups, strength=STRENGTH)
            rest.append([evenness(one) for one in mixes])
        value = self.value
        semantic, syntactic = (jackknife_interval(0.0, one)[1] for one in rest)
        wide = float(np.hypot(semantic, syntactic))
        return value - wide, value + wide
