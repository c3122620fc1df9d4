"""The occurrences that finding 1 measures: nearest neighbours and clusters of each half of each word's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import Sample
from bertviz_plus.measures.halves import second_half_of_each
from bertviz_plus.measures.senses.agreement import adjusted_rand
from bertviz_plus.measures.senses.kmeans import kmeans
from bertviz_plus.measures.tallies import Floats, Tallies
from bertviz_plus.traces.occurrences import Occurrences

# In each half, a sense then has one neighbour to choose and one to be chosen.
FEWEST_OF_A_SENSE = 4
# With ten, which starts were drawn moves the agreement by .03; with fifty by .01.
_STARTS = 50
_LEFT_OUT = "no sense, a vector that is not finite, a sense in under 4 sentences, or more than the sample"


@dataclass(frozen=True, eq=False, kw_only=True)
class SenseSample(Sample):
    """Occurrences of words in known senses, word by word.

    Attributes
    ----------
    vectors : tuple of ndarray [layers, occurrences of the word, hidden], float32
        For each word, of length 1.
    names : tuple of str
        The words.
    words : ndarray [occurrences], int
        The number of each one's word; they stand word by word.
    senses : ndarray [occurrences], int
        Codes from 0 within the word.
    sentences : ndarray [occurrences], int
        The same text twice is one sentence, so that no copy is its own neighbour.
    contexts : tuple of str
        Each one's text without the word itself.
    origins : ndarray [occurrences], int
        Where they are in the Occurrences.
    """

    vectors: tuple[NDArray[np.float32], ...]
    names: tuple[str, ...]
    words: NDArray[np.intp]
    senses: NDArray[np.intp]
    sentences: NDArray[np.intp]
    contexts: tuple[str, ...]
    origins: NDArray[np.intp]

    @classmethod
    def of(cls, occurrences: Occurrences, *, at_most: int, seed: int) -> Self:
        """Take what can be measured of some occurrences, and cut it in halves.

        Left out are occurrences without a sense or with a vector that is not finite, senses in fewer than 4
        sentences, words with fewer than 2 senses, and what exceeds `at_most` of a word.
        """
        senses = np.array([sense or "" for sense in occurrences.senses or ()], dtype=object)
        words = np.array(occurrences.words, dtype=object)
        finite = np.isfinite(occurrences.vectors).all(axis=(0, 2))
        sentences = _sentences(occurrences)
        random = np.random.default_rng(seed)
        names, origins, codes, second = [], [], [], []
        for word in dict.fromkeys(occurrences.words):
            places = np.flatnonzero((words == word) & (senses != "") & finite)
            many = [
                sense
                for sense in dict.fromkeys(senses[places])
                if len(set(sentences[places[senses[places] == sense]])) >= FEWEST_OF_A_SENSE
            ]
            if len(many) < 2:
                continue
            places = places[np.isin(senses[places].astype(str), many)]
            if len(places) > at_most:
                places = np.sort(random.choice(places, at_most, replace=False))
            names.append(word)
            origins.append(places)
            codes.append(np.array([many.index(sense) for sense in senses[places]], np.intp))
            second.append(second_half_of_each(codes[-1], sentences[places], random))
        nothing = np.zeros(0, np.intp)
        every = np.concatenate([nothing, *origins])
        rest = len(words) - len(every)
        return cls(
            places=tuple(occurrences.hidden_layers),
            second_half=np.concatenate([nothing.astype(bool), *second]),
            notes=(f"{rest} of {len(words)} occurrences are left out ({_LEFT_OUT}).",) if rest else (),
            vectors=tuple(_unit(occurrences.vectors[:, places]) for places in origins),
            names=tuple(names),
            words=np.repeat(np.arange(len(names)), [len(places) for places in origins]).astype(np.intp),
            senses=np.concatenate([nothing, *codes]),
            sentences=sentences[every],
            contexts=tuple(_around(occurrences, int(place)) for place in every),
            origins=every,
        )

    def few(self, fewest: int, items: str) -> str:
        """Say that the occurrences are too few for an answer; nothing where they are enough."""
        if len(self) >= fewest and self.names:
            return ""
        return (
            f"{len(self)} {items} stand in senses that have 4 each, of words with 2 such senses; "
            f"{fewest} are needed"
        )

    def read_by(self, reading: Occurrences) -> Self:
        """Return the same occurrences with the vectors that another model gives them.

        Raises
        ------
        ValueError
            Where the other model was not given the same occurrences.
        """
        asked = [self.names[word] for word in self.words]
        if max(self.origins) >= len(reading) or [reading.words[place] for place in self.origins] != asked:
            raise ValueError("occurrences must be the same ones, read by another model")
        each = [self.origins[self.words == word] for word in range(len(self.names))]
        vectors = tuple(_unit(reading.vectors[:, places]) for places in each)
        return replace(self, vectors=vectors, places=tuple(reading.hidden_layers), notes=())

    def tallies_at(self, place: int) -> Tallies:
        """Give each occurrence the sense of its nearest neighbour in its own half, in another sentence."""
        right = np.zeros(len(self), bool)
        for own, _ in self._halves():
            vectors = self._at(place, own)
            cosines = vectors @ vectors.T
            cosines[self.sentences[own][:, np.newaxis] == self.sentences[own]] = -np.inf
            right[own] = self.senses[own][cosines.argmax(axis=1)] == self.senses[own]
        return self._shares(right)

    def neighbours(self, senses: NDArray[np.intp] | None = None) -> Tallies:
        """Give each occurrence the sense of its nearest neighbour in the other half, by cosine.

        Parameters
        ----------
        senses : ndarray [occurrences], optional
            Other senses for the neighbours than their own.
        """
        given = self.senses if senses is None else senses
        right = np.zeros(len(self), bool)
        for own, other in self._halves():
            place = self.at[own[0]]
            nearest = (self._at(place, own) @ self._at(place, other).T).argmax(axis=1)
            right[own] = self.senses[own] == given[other][nearest]
        return self._shares(right)

    def shuffled(self, random: np.random.Generator) -> NDArray[np.intp]:
        """Return the senses shuffled within each half of each word."""
        senses = self.senses.copy()
        for _, own in self._halves():
            senses[own] = random.permutation(senses[own])
        return senses

    def majority(self) -> Tallies:
        """Give each occurrence the most frequent sense of the other half."""
        right = np.zeros(len(self), bool)
        for own, other in self._halves():
            right[own] = self.senses[own] == np.bincount(self.senses[other]).argmax()
        return self._shares(right)

    def clusters(self, seed: int) -> Tallies:
        """Cluster each half of each word by k-means, with as many clusters as senses: adjusted Rand index."""
        kinds = int(self.senses.max()) + 1
        cells = np.zeros((len(self), kinds * kinds))
        for own, _ in self._halves():
            senses = self.senses[own]
            vectors = self._at(self.at[own[0]], own)
            found = kmeans(vectors, len(np.unique(senses)), starts=_STARTS, seed=seed).labels
            cells[own, senses * kinds + found] = 1
        halves = 2 * self.words + self.second_half
        return Tallies(
            cells, partial(_agreement, kinds=kinds), halves, self.sentences, apart=True, unbiased=True
        )

    def in_bags(self) -> Self | None:
        """Return the sample with bags of words for vectors: TF-IDF of each text without the word itself.

        None where no text has another word.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectors = []
        for word in range(len(self.names)):
            texts = [self.contexts[place] for place in np.flatnonzero(self.words == word)]
            try:
                bags = TfidfVectorizer().fit_transform(texts)
            except ValueError:
                return None
            vectors.append(np.asarray(bags.toarray(), np.float32)[np.newaxis])
        return replace(self, vectors=tuple(vectors), places=(0,))

    def _halves(self) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Give the occurrences of each half of each word, and those of its other half."""
        for word in range(len(self.names)):
            first, second = (
                np.flatnonzero((self.words == word) & (self.second_half == half)) for half in (False, True)
            )
            yield first, second
            yield second, first

    def _at(self, place: int, own: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the vectors of some occurrences of one word at a layer."""
        word = self.words[own[0]]
        vectors: NDArray[np.float32] = self.vectors[word][place][own - np.searchsorted(self.words, word)]
        return vectors

    def _shares(self, right: NDArray[np.bool_]) -> Tallies:
        return Tallies.of_shares(right, self.words, self.sentences, apart=True)


def _agreement(cells: Floats, kinds: int) -> Floats:
    return adjusted_rand(cells.reshape(*cells.shape[:-1], kinds, kinds))


def _sentences(occurrences: Occurrences) -> NDArray[np.intp]:
    """Give each sentence a number; a text that is the word alone is told apart by where it comes from."""
    names = [
        text if len(text) > end - start else source
        for text, (start, end), source in zip(
            occurrences.texts, occurrences.spans, occurrences.sources, strict=True
        )
    ]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], np.intp)


def _around(occurrences: Occurrences, place: int) -> str:
    start, end = occurrences.spans[place]
    text = occurrences.texts[place]
    return f"{text[:start]} {text[end:]}"


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0), np.float32)
