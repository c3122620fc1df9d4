"""What a masked language model still knows of hidden words when a label of theirs is erased."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.data.diagnostic import diagnostic
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.predictions.diagnosing import diagnose
from bertviz_plus.measures.probes.erasure import inlp, random_erasure
from bertviz_plus.measures.probes.linear_probe import linear_probe
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from torch import Tensor

    from bertviz_plus.models.model import Model
    from bertviz_plus.models.predictions.masks import Gaps

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
DRAWS = 3
"""How many times random directions are drawn."""
# Of blanks, and of vectors that the head reads in one pass.
_MOST, _AT_ONCE = 1200, 256
# Nats: a model that says words hardly better than without their sentence has nothing to lose.
_LEARNED = 0.1
# Of the penalty of probes that tell a label from a few hundred vectors.
_STRENGTH = 0.01


class HiddenWord(NamedTuple):
    """A word that was hidden in a sentence: ``text`` has ``[MASK]`` in its place."""

    text: str
    word: str
    sentence: int


@dataclass(frozen=True, eq=False, kw_only=True)
class ErasedKnowledge:
    """What a masked language model knows of hidden words, and still knows when a label of theirs is erased.

    Each half of the sentences is measured by what was fitted on the other. Of a model that knows nothing,
    nothing is erased.

    Attributes
    ----------
    labels : tuple of str
        Such as "part of speech".
    whole : ndarray [words]
        What the model knows of a word from its sentence, in nats: its log-probability, less that of the mean
        of the probabilities in the sentences of the other half.
    erased, random : ndarray [labels, words]
        The same after erasure of a label (INLP), and of as many random directions, mean of several draws.
    told, still, guessed : ndarray [labels, words], bool
        Whether a linear probe tells the label, whether a new one still does after its erasure, and whether
        it is the most frequent one.
    right : ndarray [1 + 2 labels, words]
        Whether the model's first answer is the word: as it is, after each erasure, and after random ones.
    rank : ndarray [labels]
        How many directions were erased, mean of both halves.
    sentences : ndarray [words]
    late : ndarray [words], bool
        Which words are of the second half.
    facts : ndarray [facts], bool
        Whether the model's first answer to each question of the diagnostic "facts" is right.
    left_out : int
        Words that are not one token of the model.
    model : ModelInfo
    """

    labels: tuple[str, ...]
    whole: Floats
    erased: Floats
    random: Floats
    told: Mask
    still: Mask
    guessed: Mask
    right: Floats
    rank: Floats
    sentences: NDArray[np.intp]
    late: Mask
    facts: Mask
    left_out: int = 0
    model: ModelInfo = field(default_factory=ModelInfo)

    @property
    def learned(self) -> bool:
        """Whether the model says words better in their own sentences than in others."""
        return bool(len(self.whole)) and float(self.whole.mean()) > _LEARNED


def erased_knowledge(
    model: "Model",
    words: Sequence[HiddenWord],
    labels: Mapping[str, Sequence[str]],
    *,
    seed: int = 0,
    progress: bool = True,
) -> ErasedKnowledge:
    """Ask a masked language model for hidden words, with labels of theirs erased from what its head reads.

    Parameters
    ----------
    model : Model
        With a masked-LM head.
    words : sequence of HiddenWord
        Of more than 1200, as many are taken at even distances.
    labels : mapping of str to sequence of str
        By name, a label of each word.
    seed : int, default 0
        Of the halves, and of the random directions.
    progress : bool, default True

    Returns
    -------
    ErasedKnowledge

    References
    ----------
    Elazar et al. 2021, "Amnesic Probing", sections 3 and 4. Petroni et al. 2019, for facts.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = ["The [MASK] sat.", "The cat [MASK].", "A [MASK] ran.", "A dog [MASK]."]
    >>> words = [HiddenWord(text, word, n // 2) for n, (text, word) in
    ...     enumerate(zip(texts, ["cat", "sat", "dog", "ran"]))]
    >>> found = erased_knowledge(bp.load("bert-tiny"), words, {"noun": "ynyn"}, progress=False)
    >>> found.whole.shape, found.told.shape
    ((4,), (1, 4))
    """
    from bertviz_plus.models.predictions.blank_vectors import blank_of, blank_vectors
    from bertviz_plus.models.predictions.masks import token_of

    blanks: list[Gaps] = []
    tokens: list[int] = []
    own: list[int] = []
    chosen = np.linspace(0, len(words) - 1, min(len(words), _MOST)).round().astype(int).tolist()
    for place in chosen:
        blank = blank_of(model, words[place].text, place)
        token = token_of(model, blank, words[place].word)
        if token is not None:
            blanks.append(blank)
            tokens.append(token)
            own.append(place)
    sentences = np.array([words[place].sentence for place in own], np.intp)
    late, n, ids = second_half(sentences, seed), len(own), np.array(tokens, np.intp)
    facts = diagnose(model, diagnostic("facts"), top=1, progress=progress)["hit"].dropna().to_numpy(bool)
    shape = (len(labels), n)
    found = ErasedKnowledge(
        labels=tuple(labels),
        whole=np.zeros(n),
        erased=np.zeros(shape),
        random=np.zeros(shape),
        told=np.zeros(shape, bool),
        still=np.zeros(shape, bool),
        guessed=np.zeros(shape, bool),
        right=np.zeros((1 + 2 * len(labels), n)),
        rank=np.zeros(len(labels)),
        sentences=sentences,
        late=late,
        facts=facts,
        left_out=len(chosen) - n,
        model=model.info,
    )
    if not n or late.all() or not late.any():
        return found
    vectors = blank_vectors(model, blanks, describing="reading blanks", progress=progress)
    head = _Head(model, blanks[0], ids)
    for half in (late, ~late):
        head.take_as_unread(half, vectors[~half])
        found.whole[half], found.right[0, half] = head.known(vectors, half)
    with tqdm(
        total=2 * len(labels), desc="erasing", unit=" halves", delay=1, leave=False, disable=not progress
    ) as bar:
        for number, given in enumerate(labels.values()):
            kinds = np.array([given[place] for place in own])
            for half in (late, ~late):
                names, counts = np.unique(kinds[~half], return_counts=True)
                found.guessed[number, half] = kinds[half] == names[counts.argmax()]
                found.told[number, half] = _told(vectors, kinds, half)
                if found.learned:
                    _erase(found, number, half, vectors, kinds, head, seed)
                bar.update()
    return found


class _Head:
    """The head of a model, which is given vectors to read in the place of what stands at the blanks."""

    def __init__(self, model: "Model", blank: "Gaps", tokens: NDArray[np.intp]) -> None:
        self._model, self._blank, self._tokens = model, blank, tokens
        self._unread = np.zeros(len(tokens))

    def take_as_unread(self, half: Mask, others: Floats) -> None:
        """Take the mean prediction from other vectors as what is known of a word without its sentence."""
        total: Any = sum(part.exp().sum(0).numpy() for _, part in self._predictions(others))
        self._unread[half] = np.log(total[self._tokens[half]] / len(others))

    def known(self, vectors: Floats, half: Mask) -> tuple[Floats, Floats]:
        """Return what is known of the words of a half, in nats, and whether each is the first answer."""
        tokens = self._tokens[half]
        said, right = np.zeros(len(tokens)), np.zeros(len(tokens))
        for part, every in self._predictions(vectors[half]):
            said[part] = every.numpy()[np.arange(len(every)), tokens[part]]
            right[part] = every.argmax(-1).numpy() == tokens[part]
        return said - self._unread[half], right

    def _predictions(self, vectors: Floats) -> "Iterator[tuple[slice, Tensor]]":
        from bertviz_plus.models.predictions.blank_vectors import predictions_from

        for start in range(0, len(vectors), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            yield part, predictions_from(self._model, self._blank, vectors[part])


def _erase(
    found: ErasedKnowledge,
    number: int,
    half: Mask,
    vectors: Floats,
    kinds: NDArray[Any],
    head: _Head,
    seed: int,
) -> None:
    """Erase a label from half of the vectors, by what tells it in the other half."""
    n = len(found.labels)
    erasure = random_erasure(vectors.shape[1], 0)
    if len(set(kinds[~half].tolist())) > 1:
        erasure = inlp(vectors[~half], kinds[~half], tolerance=1e-2, seed=seed)
    rank, own = erasure.rank, erasure(vectors)
    found.rank[number] += rank / 2
    found.still[number, half] = _told(own, kinds, half)
    found.erased[number, half], found.right[1 + number, half] = head.known(own, half)
    draws = [random_erasure(vectors.shape[1], rank, seed=seed + draw) for draw in range(DRAWS if rank else 1)]
    drawn = np.mean([head.known(one(vectors), half) for one in draws], axis=0)
    found.random[number, half], found.right[1 + n + number, half] = drawn


def _told(vectors: Floats, kinds: NDArray[Any], half: Mask) -> Mask:
    """Say of which vectors of a half a probe tells the label that was fitted on the other half."""
    names = np.unique(kinds[~half])
    if len(names) < 2:
        return np.asarray(kinds[half] == names[0])
    probe = linear_probe(vectors[~half], kinds[~half], strength=_STRENGTH, tolerance=1e-2)
    return np.asarray(probe.predict(vectors[half]) == kinds[half])
