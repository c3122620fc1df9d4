"""The pairs that finding 20 measures: their links counted against gold, at every layer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.measures.alignment.layers import links_by_layer
from bertviz_plus.measures.alignment.methods import Links
from bertviz_plus.measures.alignment.scores import COUNTS, link_counts, scores_of_counts
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.tallies import Floats
from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Gold, pairs_of


def agreement(counts: Floats) -> Floats:
    """Return 1 − AER of summed counts, so that more is better."""
    return 1 - scores_of_counts(counts)["aer"]


@dataclass(frozen=True, eq=False, kw_only=True)
class PairSample(CountedSample):
    """Pairs with gold, their links counted against it at every layer.

    Attributes
    ----------
    pairs : tuple of SentencePair
    languages : tuple of str
        Names of the language pairs; `groups` says which each pair's is.
    origins : tuple of int
        Where the pairs stand in the Alignments.
    method : str
    """

    pairs: tuple[SentencePair, ...]
    languages: tuple[str, ...]
    origins: tuple[int, ...]
    method: str

    @classmethod
    def of(cls, alignments: Alignments, languages: Sequence[str], *, method: str, seed: int) -> Self:
        """Take the pairs that have gold with a sure link; translations of one sentence stay together."""
        origins = tuple(
            place for place, pair in enumerate(alignments) if pair.gold is not None and pair.gold.sure
        )
        pairs = tuple(alignments[place] for place in origins)
        names = tuple(dict.fromkeys(languages[place] for place in origins))
        numbers = {words: number for number, words in enumerate(dict.fromkeys(one.source for one in pairs))}
        sentences = np.array([numbers[one.source] for one in pairs], np.intp)
        return cls(
            places=tuple(alignments.hidden_layers),
            second_half=second_half(sentences, seed),
            counts=_counted(pairs, [links_by_layer(pair, method) for pair in pairs]),
            score=agreement,
            groups=np.array([names.index(languages[place]) for place in origins], np.intp),
            sentences=sentences,
            pairs=pairs,
            languages=names,
            origins=origins,
            method=method,
        )

    def few(self, fewest: int, items: str) -> str:
        """Say that pairs, or source sentences, are too few for an answer; nothing where they are enough."""
        sentences = len(np.unique(self.sentences))
        if len(self) >= fewest and sentences >= fewest // 2:
            return ""
        asked = f"{fewest} of {fewest // 2} are needed"
        return f"{len(self)} {items} of {sentences} source sentences have gold; {asked}"

    def read_by(self, reading: Alignments) -> Self:
        """Return the same pairs as another model reads them."""
        found = [links_by_layer(reading[place], self.method) for place in self.origins]
        return replace(self, counts=_counted(self.pairs, found), places=tuple(reading.hidden_layers))

    def linked(self, links: Callable[[Sequence[str], Sequence[str]], Links]) -> Self:
        """Return the same pairs linked by a rule that needs no model."""
        found = [links(pair.source, pair.target)[np.newaxis] for pair in self.pairs]
        return replace(self, counts=_counted(self.pairs, found), places=(0,))


def _counted(pairs: Sequence[SentencePair], found: Sequence[Links]) -> NDArray[np.int64]:
    """Count links ``[layers, source words, target words]`` of each pair: ``[layers, pairs, 5]``."""
    counts = [
        np.array([link_counts(pairs_of(layer), Gold.of(pair.gold)) for layer in links])
        for pair, links in zip(pairs, found, strict=True)
    ]
    return np.stack(counts, axis=1) if counts else np.zeros((0, 0, len(COUNTS)), np.int64)
