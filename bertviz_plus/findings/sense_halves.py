"""The numbers of finding 1: nearest neighbours and clusters on held-out halves of the sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.agreement import adjusted_rand, contingency
from bertviz_plus.measures.intervals import draw_resamples, interval
from bertviz_plus.measures.kmeans import kmeans
from bertviz_plus.traces.occurrences import Occurrences

# In each half, a sense then has one neighbour to choose and one to be chosen.
FEWEST_OF_A_SENSE = 4
_SHUFFLES = 20
# With ten, which starts were drawn moves the agreement by .03; with fifty by .01.
_STARTS = 50
Layers = tuple[int, int]


@dataclass(frozen=True, eq=False)
class WordSample:
    """The occurrences of one word that are measured.

    Attributes
    ----------
    word : str
    vectors : ndarray [layers, occurrences, hidden], float32
        Of length 1.
    senses : ndarray [occurrences], int
        Codes from 0.
    sentences : ndarray [occurrences], int
        Which sentence each stands in; those of one sentence stay in one half.
    second_half : ndarray [occurrences], bool
    texts : tuple of str
        Without the word itself.
    places : ndarray [occurrences], int
        Where they are in the Occurrences.
    """

    word: str
    vectors: NDArray[np.float32]
    senses: NDArray[np.intp]
    sentences: NDArray[np.intp]
    second_half: NDArray[np.bool_]
    texts: tuple[str, ...]
    places: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Sample:
    """What is measured, word by word.

    Attributes
    ----------
    words : tuple of WordSample
    hidden_layers : tuple of int
    notes : tuple of str
        What is not measured, and why.
    """

    words: tuple[WordSample, ...]
    hidden_layers: tuple[int, ...]
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """How many occurrences are measured."""
        return sum(len(one.senses) for one in self.words)

    @classmethod
    def of(cls, occurrences: Occurrences, *, at_most: int, seed: int) -> "Sample":
        """Choose what can be measured of some occurrences, and cut it in halves.

        Left out are occurrences without a sense or with a vector that is not finite, senses in fewer than 4
        sentences, words with fewer than 2 senses, and what exceeds `at_most` of a word.
        """
        senses = np.array([sense or "" for sense in occurrences.senses or ()], dtype=object)
        words = np.array(occurrences.words, dtype=object)
        finite = np.isfinite(occurrences.vectors).all(axis=(0, 2))
        sentences = _sentences(occurrences)
        random = np.random.default_rng(seed)
        samples = []
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
            codes = np.array([many.index(sense) for sense in senses[places]], np.intp)
            samples.append(
                WordSample(
                    word=word,
                    vectors=_unit(occurrences.vectors[:, places]),
                    senses=codes,
                    sentences=sentences[places],
                    second_half=_second_half(codes, sentences[places], random),
                    texts=tuple(_around(occurrences, int(place)) for place in places),
                    places=places,
                )
            )
        n = sum(len(one.senses) for one in samples)
        rest = len(words) - n
        reasons = (
            "no sense, a vector that is not finite, a sense in under 4 sentences, or more than the sample"
        )
        notes = (f"{rest} of {len(words)} occurrences are left out ({reasons}).",) if rest else ()
        return cls(tuple(samples), tuple(occurrences.hidden_layers), notes)

    def with_vectors(self, occurrences: Occurrences) -> "Sample":
        """Return the same sample with the vectors that another model gives to the same occurrences.

        Raises
        ------
        ValueError
            Where the other model was not given the same occurrences.
        """
        largest = max(int(one.places.max()) for one in self.words)
        if largest >= len(occurrences) or any(
            occurrences.words[place] != one.word for one in self.words for place in one.places
        ):
            raise ValueError("occurrences must be the same ones, read by another model")
        words = [replace(one, vectors=_unit(occurrences.vectors[:, one.places])) for one in self.words]
        return Sample(tuple(words), tuple(occurrences.hidden_layers))


@dataclass(frozen=True, eq=False)
class Accuracy:
    """Which occurrences were given their sense, word by word."""

    right: tuple[NDArray[np.bool_], ...]
    sentences: tuple[NDArray[np.intp], ...]

    @property
    def mean(self) -> float:
        """Mean of the words' shares."""
        return float(np.mean([one.mean() for one in self.right]))

    def interval(self, resamples: int, seed: int) -> tuple[float, float]:
        """95% bootstrap over the sentences of each word."""
        draws = [
            draw_resamples(sentences, resamples=resamples, seed=seed + number).means(right)
            for number, (right, sentences) in enumerate(zip(self.right, self.sentences, strict=True))
        ]
        return interval(np.mean(draws, axis=0))


@dataclass(frozen=True, eq=False)
class Clusters:
    """Senses, clusters and sentences of each half of each word's occurrences."""

    parts: tuple[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]], ...]

    @property
    def mean(self) -> float:
        """Mean adjusted Rand index of the words' halves."""
        return float(
            np.mean([adjusted_rand(contingency(senses, clusters)) for senses, clusters, _ in self.parts])
        )

    def interval(self, resamples: int, seed: int) -> tuple[float, float]:
        """95% bootstrap over the sentences of each half, the clusters as they are.

        A resample holds some sentences twice, which agree with themselves: the index's mean is a little too
        high there, and the draws are moved back by that much.
        """
        draws = np.zeros(resamples)
        for number, (senses, clusters, sentences) in enumerate(self.parts):
            table = contingency(senses, clusters)
            cell = np.unique(senses, return_inverse=True)[1] * table.shape[1]
            cell += np.unique(clusters, return_inverse=True)[1]
            drawn = draw_resamples(sentences, resamples=resamples, seed=seed + number)
            tables = drawn.sums(np.eye(table.size)[cell]).reshape(-1, *table.shape)
            scores = adjusted_rand(tables)
            draws += scores - scores.mean() + adjusted_rand(table)
        return interval(draws / len(self.parts))


def chosen_layers(sample: Sample) -> Layers:
    """Choose the layer at which each half is measured: the best one, leaving one out, on the other half.

    Layer 0 is not chosen where there are others: it is a baseline.

    Returns
    -------
    (int, int)
        Places among `hidden_layers`, for the first and the second half; the lower one where two are as good.
    """
    skipped = int(len(sample.hidden_layers) > 1 and sample.hidden_layers[0] == 0)
    best = []
    for second in (True, False):
        scores = [
            np.mean([_leave_one_out(one, layer, one.second_half == second).mean() for one in sample.words])
            for layer in range(skipped, len(sample.hidden_layers))
        ]
        best.append(int(np.argmax(scores)) + skipped)
    return best[0], best[1]


def sense_accuracy(sample: Sample, layers: Layers) -> Accuracy:
    """Give each occurrence the sense of its nearest neighbour in the other half, by cosine."""
    return _predicted(sample, layers, [one.senses for one in sample.words])


def shuffled_accuracy(sample: Sample, layers: Layers, *, seed: int) -> float:
    """Return the accuracy where the neighbours' senses are shuffled within each word, mean of 20 times."""
    random = np.random.default_rng(seed)
    means = []
    for _ in range(_SHUFFLES):
        shuffled = []
        for one in sample.words:
            senses = one.senses.copy()
            for half in (one.second_half, ~one.second_half):
                senses[half] = random.permutation(senses[half])
            shuffled.append(senses)
        means.append(_predicted(sample, layers, shuffled).mean)
    return float(np.mean(means))


def majority_accuracy(sample: Sample) -> float:
    """Return the accuracy of giving each occurrence the most frequent sense of the other half."""
    shares = []
    for one in sample.words:
        right = [
            one.senses[half] == np.bincount(one.senses[~half]).argmax()
            for half in (one.second_half, ~one.second_half)
        ]
        shares.append(np.concatenate(right).mean())
    return float(np.mean(shares))


def cluster_agreement(sample: Sample, layers: Layers, *, seed: int) -> Clusters:
    """Cluster each half of each word's occurrences by k-means, with as many clusters as senses."""
    parts = []
    for one in sample.words:
        for half, layer in zip((~one.second_half, one.second_half), layers, strict=True):
            senses = one.senses[half]
            clusters = kmeans(
                one.vectors[layer][half], len(np.unique(senses)), starts=_STARTS, seed=seed
            ).labels
            parts.append((senses, clusters, one.sentences[half]))
    return Clusters(tuple(parts))


def context_words(sample: Sample) -> Sample | None:
    """Return the sample with bags of words for vectors: TF-IDF of the text around, without the word itself.

    Returns
    -------
    Sample or None
        None where there is no text around the words.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = []
    for one in sample.words:
        try:
            bags = TfidfVectorizer().fit_transform(one.texts)
        except ValueError:
            # No text has a word.
            return None
        words.append(replace(one, vectors=np.asarray(bags.toarray(), np.float32)[np.newaxis]))
    return Sample(tuple(words), (0,))


def _predicted(sample: Sample, layers: Layers, neighbour_senses: Sequence[NDArray[np.intp]]) -> Accuracy:
    rights = []
    for one, senses in zip(sample.words, neighbour_senses, strict=True):
        right = np.zeros(len(one.senses), bool)
        for half, layer in zip((~one.second_half, one.second_half), layers, strict=True):
            vectors = one.vectors[layer]
            nearest = (vectors[half] @ vectors[~half].T).argmax(axis=1)
            right[half] = one.senses[half] == senses[~half][nearest]
        rights.append(right)
    return Accuracy(tuple(rights), tuple(one.sentences for one in sample.words))


def _leave_one_out(one: WordSample, layer: int, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    vectors, senses, sentences = one.vectors[layer][chosen], one.senses[chosen], one.sentences[chosen]
    cosines = vectors @ vectors.T
    cosines[sentences[:, np.newaxis] == sentences] = -np.inf
    right: NDArray[np.bool_] = senses[cosines.argmax(axis=1)] == senses
    return right


def _sentences(occurrences: Occurrences) -> NDArray[np.intp]:
    """Give each sentence a number; the same text twice is one, so that no copy is its own neighbour."""
    names = [
        text if len(text) > end - start else source
        for text, (start, end), source in zip(
            occurrences.texts, occurrences.spans, occurrences.sources, strict=True
        )
    ]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], np.intp)


def _second_half(
    senses: NDArray[np.intp], sentences: NDArray[np.intp], random: np.random.Generator
) -> NDArray[np.bool_]:
    """Put every other sentence of each sense, in a random order, in the second half."""
    assigned: dict[int, bool] = {}
    for sense in np.unique(senses):
        fresh = [one for one in np.unique(sentences[senses == sense]).tolist() if one not in assigned]
        order = random.permutation(len(fresh))
        assigned |= {fresh[place]: bool(number % 2) for number, place in enumerate(order)}
    return np.array([assigned[sentence] for sentence in sentences.tolist()], bool)


def _around(occurrences: Occurrences, place: int) -> str:
    start, end = occurrences.spans[place]
    text = occurrences.texts[place]
    return f"{text[:start]} {text[end:]}"


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0), np.float32)
