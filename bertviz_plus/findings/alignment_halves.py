"""Alignments counted against gold, in two halves: each is measured at the layer that is best on the other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.intervals import draw_resamples, interval
from bertviz_plus.measures.word_alignment import subword_links, to_words
from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Gold, pairs_of

Layers = tuple[int, int]
# Links, sure links, links that are sure, links that are possible.
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Pairs with gold.

    Attributes
    ----------
    pairs : tuple of SentencePair
    gold : tuple of Gold
    languages : tuple of str
        Names of the language pairs.
    language : ndarray [pairs]
        Place of each pair's among them.
    sentence : ndarray [pairs]
        Number of its source sentence: translations of one sentence are not independent.
    second_half : ndarray [pairs], bool
        Drawn by source sentence.
    places : tuple of int
        Where the pairs stood in what was given.
    """

    pairs: tuple[SentencePair, ...]
    gold: tuple[Gold, ...]
    languages: tuple[str, ...]
    language: NDArray[np.intp]
    sentence: NDArray[np.intp]
    second_half: NDArray[np.bool_]
    places: tuple[int, ...]

    @classmethod
    def of(cls, alignments: Alignments, languages: Sequence[str], *, seed: int) -> "Corpus":
        """Take the pairs that have gold with a sure link.

        Parameters
        ----------
        alignments : Alignments
        languages : sequence of str
            The name of each pair's languages.
        seed : int
            Of the halves.
        """
        places = [place for place, pair in enumerate(alignments) if pair.gold is not None and pair.gold.sure]
        pairs = tuple(alignments[place] for place in places)
        names = tuple(dict.fromkeys(languages[place] for place in places))
        numbers = {words: number for number, words in enumerate(dict.fromkeys(one.source for one in pairs))}
        order = np.random.default_rng(seed).permutation(len(numbers))
        sentence = np.array([numbers[one.source] for one in pairs], np.intp)
        return cls(
            pairs=pairs,
            gold=tuple(Gold.of(one.gold) for one in pairs),
            languages=names,
            language=np.array([names.index(languages[place]) for place in places], np.intp),
            sentence=sentence,
            second_half=order[sentence] % 2 == 1,
            places=tuple(places),
        )

    def __len__(self) -> int:
        return len(self.pairs)

    def count(self, found: Sequence[object]) -> Counts:
        """Count the links of each pair against its gold, ``[pairs, 4]``."""
        counts = np.zeros((len(self), 4), np.int64)
        for place, (links, gold) in enumerate(zip(found, self.gold, strict=True)):
            pairs = pairs_of(links)
            counts[place] = len(pairs), len(gold.sure), len(pairs & gold.sure), len(pairs & gold.possible)
        return counts

    def by_layer(self, alignments: Alignments, method: str) -> Counts:
        """Count what a model links at each layer, ``[hidden layers, pairs, 4]``.

        Parameters
        ----------
        alignments : Alignments
            What was given to `of`, or the same pairs read by another model.
        """
        read = [alignments[place] for place in self.places]
        return np.stack(
            [
                self.count([to_words(pair, subword_links(pair, at, method)) for pair in read])
                for at in range(len(alignments.hidden_layers))
            ]
        )

    def chosen_layers(self, counts: Counts, hidden_layers: Sequence[int]) -> Layers:
        """Choose the layer at which each half is measured: the best on the other half.

        Layer 0 is not chosen where there are others: it is a baseline.

        Returns
        -------
        (int, int)
            Places among the layers, for the first and the second half; the earlier of equals.
        """
        skipped = int(len(hidden_layers) > 1 and hidden_layers[0] == 0)
        best = []
        for half in (self.second_half, ~self.second_half):
            errors = [self.error(one, half) for one in counts[skipped:]]
            best.append(int(np.nanargmin(errors)) + skipped)
        return best[0], best[1]

    def at(self, counts: Counts, layers: Layers) -> Counts:
        """Return the counts of each half at its layer, ``[pairs, 4]``."""
        second: Counts = np.where(self.second_half[:, np.newaxis], counts[layers[1]], counts[layers[0]])
        return second

    def error(self, counts: Counts, chosen: NDArray[np.bool_] | None = None) -> float:
        """Return the alignment error rate, mean of the language pairs."""
        wanted = np.ones(len(self), bool) if chosen is None else chosen
        rates = [
            _rate(counts[wanted & (self.language == one)].sum(axis=0))
            for one in range(len(self.languages))
            if (wanted & (self.language == one)).any()
        ]
        return float(np.mean(rates)) if rates else float("nan")

    def interval(self, counts: Counts, *, resamples: int, seed: int) -> tuple[float, float]:
        """95% bootstrap of the error over source sentences."""
        drawn = draw_resamples(self.sentence, resamples=resamples, seed=seed)
        rates = [
            _rates(drawn.sums(counts * (self.language == one)[:, np.newaxis]))
            for one in range(len(self.languages))
        ]
        # A language that a resample leaves out says nothing there.
        known = np.array([np.isfinite(one) for one in rates])
        sums = np.nansum(rates, axis=0)
        return interval(
            np.divide(sums, known.sum(axis=0), out=np.full(resamples, np.nan), where=known.any(0))
        )


def diagonal(source: Sequence[str], target: Sequence[str]) -> NDArray[np.bool_]:
    """Link the words that stand at the same place, each being the other's nearest.

    Examples
    --------
    >>> diagonal("abc", "xyz").astype(int).tolist()
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    """
    return _mutual(_nearness(len(source), len(target)))


def same_words(source: Sequence[str], target: Sequence[str]) -> NDArray[np.bool_]:
    """Link the words that are spelled the same, whatever their case.

    Examples
    --------
    >>> same_words(["Berlin", "is", "."], ["berlin", "."]).astype(int).tolist()
    [[1, 0], [0, 0], [0, 1]]
    """
    return np.array([[one.casefold() == other.casefold() for other in target] for one in source], bool)


def alike_and_near(source: Sequence[str], target: Sequence[str]) -> NDArray[np.bool_]:
    """Link the words that look alike and stand at about the same place: what needs no model.

    The sum of Dice's coefficient of their letter pairs and of how near their places are, both 0 to 1; linked
    where each is the other's best.

    Examples
    --------
    >>> alike_and_near(["a", "big", "problem"], ["das", "Problem", "."]).astype(int).tolist()
    [[1, 0, 0], [0, 0, 0], [0, 1, 0]]
    """
    alike = [[_dice(one.casefold(), other.casefold()) for other in target] for one in source]
    return _mutual(np.array(alike) + _nearness(len(source), len(target)))


def _nearness(m: int, n: int) -> NDArray[np.float64]:
    rows, columns = np.arange(m) / max(m - 1, 1), np.arange(n) / max(n - 1, 1)
    near: NDArray[np.float64] = 1 - np.abs(rows[:, np.newaxis] - columns)
    return near


def _mutual(similarity: NDArray[np.float64]) -> NDArray[np.bool_]:
    links = np.zeros(similarity.shape, bool)
    rows = np.arange(len(similarity))
    best = similarity.argmax(axis=1)
    links[rows, best] = similarity.argmax(axis=0)[best] == rows
    return links


@lru_cache(maxsize=100_000)
def _dice(one: str, other: str) -> float:
    first, second = Counter(_letter_pairs(one)), Counter(_letter_pairs(other))
    return 2 * (first & second).total() / (first.total() + second.total())


def _letter_pairs(word: str) -> list[str]:
    # The ends count too, so that a word of one letter has some.
    edged = f"\0{word}\0"
    return [edged[place : place + 2] for place in range(len(edged) - 1)]


def _rate(counts: Counts) -> float:
    return float(_rates(counts[np.newaxis].astype(float))[0])


def _rates(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """AER of each row of links, sure links, links that are sure, links that are possible (Och & Ney 2003)."""
    links, sure, links_sure, links_possible = counts.T
    total = links + sure
    found = np.divide(links_sure + links_possible, total, out=np.full(len(counts), np.nan), where=total > 0)
    return np.asarray(1 - found)
