"""Parsed sentences: how many edges of each a structural probe finds, at every layer."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.middle_layers import MiddleSample
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.syntax.projections import fit_projection
from bertviz_plus.measures.syntax.tree_scores import chain_distances, score_sentence
from bertviz_plus.measures.tallies import share
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.word_vectors import WordVectors

FEWEST = 20
FOLDS = 3
# With fewer sentences, a probe that finds less than the chain may have had too little to learn from.
MANY = 1000


@dataclass(frozen=True, eq=False, kw_only=True)
class TreeSample(MiddleSample):
    """Parsed sentences: how many edges of each a probe finds that was fitted on other sentences."""

    parses: Parses
    rank: int
    seed: int
    progress: bool

    @classmethod
    def of(cls, reading: WordVectors, parses: Parses, *, rank: int, seed: int, progress: bool) -> Self:
        """Take the sentences that were read whole and have an edge between words."""
        usable = [
            place
            for place, whole in enumerate(reading.is_whole.tolist())
            if whole and sum(not one for one in parses[place].punctuation) > 1
        ]
        out = len(parses) - len(usable)
        notes = (f"{out} sentences were left out: they have one word, or words without a token.",)
        n = np.arange(len(usable))
        sample = cls(
            places=reading.hidden_layers,
            second_half=second_half(n, seed),
            notes=notes if out else (),
            counts=np.zeros((len(reading.hidden_layers), len(usable), 2)),
            score=share,
            groups=np.zeros_like(n),
            sentences=np.array(usable, np.intp),
            parses=parses,
            rank=rank,
            seed=seed,
            progress=progress,
        )
        return sample.read_by(reading) if len(usable) >= FEWEST else sample

    def read_by(self, reading: WordVectors) -> Self:
        """Fit and score a probe at every layer, each sentence by one that has not seen it."""
        counts = np.zeros((len(reading.hidden_layers), len(self), 2))
        fold = np.random.default_rng(self.seed).permutation(len(self)) % FOLDS
        gold = [self.parses[place] for place in self.sentences]
        distances = [one.tree_distances() for one in gold]
        bar = tqdm(reading.hidden_layers, desc="probing", unit=" layers", disable=not self.progress)
        for at, layer in enumerate(bar):
            own = [reading.of(place, layer) for place in self.sentences.tolist()]
            for number in range(FOLDS):
                learnt = np.flatnonzero(fold != number).tolist()
                probe = fit_projection(
                    [own[one] for one in learnt],
                    [distances[one] for one in learnt],
                    "distance",
                    rank=self.rank,
                    seed=self.seed,
                )
                for one in np.flatnonzero(fold == number).tolist():
                    counts[at, one] = _edges(gold[one], probe.distances(own[one]))
        return replace(self, counts=counts, places=reading.hidden_layers)

    @property
    def learnt_from(self) -> int:
        """How many sentences each probe was fitted on."""
        return round(len(self) * (FOLDS - 1) / FOLDS)

    def in_a_chain(self) -> Self:
        """Return the sample in which each word is linked to the next."""
        gold = [self.parses[place] for place in self.sentences]
        counts = np.array([_edges(one, chain_distances(len(one))[0]) for one in gold])
        return replace(self, counts=counts[np.newaxis], places=("chain",), fixed=0)


def _edges(parse: Any, distances: NDArray[Any]) -> tuple[float, float]:
    scored = score_sentence(parse, distances)
    return scored["right"], scored["edges"]
