"""Pairs of sentences in two languages: their words, how alike these are at each layer, and who links whom."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.checks import check_tokens, check_word_ids, read_only
from bertviz_plus.traces.links import Alignment, Gold, Link
from bertviz_plus.traces.model_info import ModelInfo

__all__ = ["Alignment", "Alignments", "Gold", "Link", "SentencePair"]


@dataclass(frozen=True, eq=False)
class SentencePair:
    """One sentence and its translation.

    Frozen, compared by identity; its arrays cannot be written to.

    Attributes
    ----------
    source, target : tuple of str
        Their words.
    gold : Gold or None
        The true links, where they are known. Any form that `Gold.of` takes.
    source_subwords, target_subwords : tuple of str
        The text that each subword covers, special tokens left out; empty where no model has read the pair.
    source_word_ids, target_word_ids : tuple of int
        For each subword its word. A word that no subword has was cut, or the tokenizer makes nothing of it.
    cosines : ndarray [hidden layers, source subwords, target subwords] or None
        How alike subwords are, in each hidden layer that was kept.
    source_norms, target_norms : ndarray [hidden layers, subwords] or None
        Lengths of their vectors: cosine times both lengths is the dot product.
    given : dict of str to Alignment
        Links from elsewhere, by name: another aligner's, a person's.

    Raises
    ------
    ValueError
        Where the parts do not fit each other.

    Examples
    --------
    >>> pair = SentencePair(("the", "house"), ("das", "Haus"), gold="0-0 1-1")
    >>> sorted(pair.gold.sure)
    [(0, 0), (1, 1)]
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    gold: Gold | None = None
    source_subwords: tuple[str, ...] = ()
    target_subwords: tuple[str, ...] = ()
    source_word_ids: tuple[int, ...] = ()
    target_word_ids: tuple[int, ...] = ()
    cosines: NDArray[Any] | None = None
    source_norms: NDArray[Any] | None = None
    target_norms: NDArray[Any] | None = None
    given: Mapping[str, Alignment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for side in ("source", "target"):
            words = check_tokens(getattr(self, side), side)
            if not words:
                raise ValueError(f"{side} must hold at least one word, got none")
            subwords = check_tokens(getattr(self, f"{side}_subwords"), f"{side}_subwords")
            word_ids = tuple(map(int, getattr(self, f"{side}_word_ids")))
            if len(word_ids) != len(subwords):
                raise ValueError(
                    f"{side}_word_ids must have one entry for each of the {len(subwords)} "
                    f"{side}_subwords, got {len(word_ids)}"
                )
            check_word_ids(word_ids, len(words))
            for name, value in (("", words), ("_subwords", subwords), ("_word_ids", word_ids)):
                self._set(side + name, value)
        if self.gold is not None:
            gold = Gold.of(self.gold)
            gold.check(len(self.source), len(self.target))
            self._set("gold", gold)
        for name, alignment in self.given.items():
            alignment.check(len(self.source), len(self.target), f"given[{name!r}]")
        if self.cosines is not None:
            self._check_arrays()

    def _check_arrays(self) -> None:
        sizes = (len(self.source_subwords), len(self.target_subwords))
        self._set("cosines", read_only(self.cosines, "cosines", (None, *sizes)))
        layers = len(self.cosines) if self.cosines is not None else 0
        for side, size in zip(("source", "target"), sizes, strict=True):
            norms = getattr(self, f"{side}_norms")
            # Without lengths, vectors are taken to have length 1.
            norms = np.ones((layers, size), np.float32) if norms is None else norms
            self._set(f"{side}_norms", read_only(norms, f"{side}_norms", (layers, size)))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def cut_source(self) -> tuple[int, ...]:
        """Source words for which no subword stands, so that no method can link them."""
        return _without_subword(len(self.source), self.source_word_ids)

    @property
    def cut_target(self) -> tuple[int, ...]:
        """Target words for which no subword stands, so that no method can link them."""
        return _without_subword(len(self.target), self.target_word_ids)

    def with_gold(self, gold: Any) -> "SentencePair":
        """Return the pair with other gold: a `Gold`, a string such as ``"0-0 1?2"``, links, or `None`."""
        return replace(self, gold=gold)

    def with_given(self, **given: Any) -> "SentencePair":
        """Return the pair with links from elsewhere added, by name.

        Examples
        --------
        >>> pair = SentencePair(("the", "house"), ("das", "Haus")).with_given(giza="0-0")
        >>> pair.given["giza"].null_source
        (1,)
        """
        made = {
            name: links if isinstance(links, Alignment) else Alignment.of(links, self.source, self.target)
            for name, links in given.items()
        }
        return replace(self, given={**self.given, **made})

    def __repr__(self) -> str:
        kept = "no model has read it" if self.cosines is None else f"{len(self.cosines)} hidden layers"
        gold = "" if self.gold is None else f", gold of {len(self.gold.possible)} links"
        return (
            f"SentencePair of {len(self.source)} and {len(self.target)} words, {kept}{gold}\n"
            f"  {' '.join(self.source)}\n  {' '.join(self.target)}"
        )


@dataclass(frozen=True, eq=False)
class Alignments:
    """Pairs of sentences as a model reads them, ready to be aligned at any layer by any method.

    Attributes
    ----------
    pairs : tuple of SentencePair
    hidden_layers : tuple of int
        Which hidden layers the pairs' arrays hold, in their order; 0 is the embeddings. Empty where no model
        has read the pairs.
    languages : tuple of (str, str) or None
        Of source and target, such as ``("en", "de")``.
    best_layer : int or None
        The hidden layer that is documented to align best for this model.
    model : ModelInfo

    Raises
    ------
    ValueError
        Where a pair has not the layers.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> mine = Alignments.from_words([("the house", "das Haus")], gold=["0-0 1-1"])
    >>> len(mine), mine[0].source
    (1, ('the', 'house'))
    """

    pairs: tuple[SentencePair, ...]
    hidden_layers: tuple[int, ...] = ()
    languages: tuple[str, str] | None = None
    best_layer: int | None = None
    model: ModelInfo = field(default_factory=ModelInfo)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pairs", tuple(self.pairs))
        object.__setattr__(self, "hidden_layers", tuple(map(int, self.hidden_layers)))
        for place, pair in enumerate(self.pairs):
            layers = 0 if pair.cosines is None else len(pair.cosines)
            if layers != len(self.hidden_layers):
                raise ValueError(
                    f"hidden_layers names {len(self.hidden_layers)} layers, pairs[{place}] holds {layers}"
                )
        if self.languages is not None:
            languages = () if isinstance(self.languages, str) else tuple(self.languages)
            if len(languages) != 2 or not all(isinstance(name, str) for name in languages):
                raise ValueError(f"languages must be two strings, source and target, got {self.languages!r}")
            object.__setattr__(self, "languages", languages)

    @classmethod
    def from_words(
        cls,
        pairs: Sequence[tuple[Any, Any]],
        *,
        gold: Sequence[Any] | None = None,
        languages: tuple[str, str] | None = None,
    ) -> "Alignments":
        """Make pairs that no model has read: to draw gold by hand, or to look at another aligner's links.

        Parameters
        ----------
        pairs : sequence of (source, target)
            Strings, cut into words at white space, or lists of words.
        gold : sequence, optional
            For each pair what `Gold.of` takes.
        languages : tuple of (str, str), optional

        Raises
        ------
        TypeError, ValueError
            Naming the pair.

        Examples
        --------
        >>> Alignments.from_words([("a b", ["x", "y z"])])[0].target
        ('x', 'y z')
        """
        sides = [words_of_pair(pair, f"pairs[{place}]") for place, pair in enumerate(listed(pairs, "pairs"))]
        made = [
            SentencePair(source, target, gold=one)
            for (source, target), one in zip(sides, gold_of_pairs(gold, sides), strict=True)
        ]
        return cls(tuple(made), languages=languages)

    def place_of(self, hidden_layer: int) -> int:
        """Return where a hidden layer stands in the pairs' arrays.

        Raises
        ------
        ValueError
            Where it was not kept.
        """
        if hidden_layer not in self.hidden_layers:
            kept = ", ".join(map(str, self.hidden_layers)) or "none: no model has read these pairs"
            raise ValueError(f"hidden_layer must be one that was kept ({kept}), got {hidden_layer!r}")
        return self.hidden_layers.index(hidden_layer)

    def with_gold(self, gold: Sequence[Any]) -> "Alignments":
        """Return the same pairs with other gold, one entry for each; `None` where there is none."""
        golds = gold_of_pairs(gold, [(pair.source, pair.target) for pair in self.pairs])
        pairs = tuple(pair.with_gold(one) for pair, one in zip(self.pairs, golds, strict=True))
        return replace(self, pairs=pairs)

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything to one file: safetensors, with JSON for what is not an array."""
        from bertviz_plus.traces.alignment_storage import save_alignments

        save_alignments(self, path)

    @staticmethod
    def load(path: str | PathLike[str]) -> "Alignments":
        """Read what `save` wrote."""
        from bertviz_plus.traces.alignment_storage import load_alignments

        return load_alignments(path)

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[SentencePair]:
        return iter(self.pairs)

    @overload
    def __getitem__(self, place: int) -> SentencePair: ...
    @overload
    def __getitem__(self, place: slice) -> "Alignments": ...
    def __getitem__(self, place: int | slice) -> "SentencePair | Alignments":
        if isinstance(place, slice):
            return replace(self, pairs=self.pairs[place])
        return self.pairs[place]

    def __repr__(self) -> str:
        layers = (
            f"hidden layers {self.hidden_layers[0]}..{self.hidden_layers[-1]} of {self.model.id or 'a model'}"
            if self.hidden_layers
            else "no model has read them"
        )
        gold = sum(pair.gold is not None for pair in self.pairs)
        return (
            f"Alignments of {len(self.pairs)} pair{'s' if len(self.pairs) != 1 else ''}"
            f"{' ' + '–'.join(self.languages) if self.languages else ''}, {layers}"
            f"{f', {gold} with gold' if gold else ''}"
        )


def words_of(sentence: Any, name: str = "sentence") -> tuple[str, ...]:
    """Return the words of a sentence: a list as it is, a string cut at white space.

    Raises
    ------
    TypeError, ValueError
        For anything else, and for a sentence without words.

    Examples
    --------
    >>> words_of(" Das  Haus ist klein . ")
    ('Das', 'Haus', 'ist', 'klein', '.')
    >>> words_of(["New York", "is", "big"])
    ('New York', 'is', 'big')
    """
    if isinstance(sentence, str):
        words: tuple[Any, ...] = tuple(sentence.split())
    elif isinstance(sentence, list | tuple):
        words = tuple(sentence)
    else:
        raise TypeError(f"{name} must be a string or a list of words, got {type(sentence).__name__}")
    wrong = next((word for word in words if not isinstance(word, str)), None)
    if wrong is not None:
        raise TypeError(f"{name} must be a list of strings, got a {type(wrong).__name__} in it")
    if not any(map(str.strip, words)):
        raise ValueError(f"{name} must hold at least one word, got {sentence!r:.40}")
    return words


def words_of_pair(pair: Any, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of both sentences of a pair.

    Raises
    ------
    TypeError, ValueError
        Naming the pair.

    Examples
    --------
    >>> words_of_pair(("the house", ["das", "Haus"]), "pairs[0]")
    (('the', 'house'), ('das', 'Haus'))
    """
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise TypeError(f"{name} must be (source, target), got {pair!r:.60}")
    try:
        return words_of(pair[0], "source"), words_of(pair[1], "target")
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from error


def gold_of_pairs(gold: Any, sides: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[Gold | None]:
    """Return the gold of each pair, `None` where there is none.

    Raises
    ------
    TypeError, ValueError
        Naming the entry: where it holds no links, or one beyond the sentences.

    Examples
    --------
    >>> gold_of_pairs(["0-0 1-1"], [(("the", "house"), ("das",))])
    Traceback (most recent call last):
    ...
    ValueError: gold[0]: gold must link words 0..1 with 0..0, got 1-1; ...
    """
    golds = [None] * len(sides) if gold is None else listed(gold, "gold")
    if len(golds) != len(sides):
        raise ValueError(f"gold must have one entry for each of the {len(sides)} pairs, got {len(golds)}")
    checked: list[Gold | None] = []
    for place, (one, (source, target)) in enumerate(zip(golds, sides, strict=True)):
        try:
            checked.append(None if one is None else Gold.of(one))
            if checked[-1] is not None:
                checked[-1].check(len(source), len(target))
        except (TypeError, ValueError) as error:
            raise type(error)(f"gold[{place}]: {error}") from error
    return checked


def listed(given: Any, name: str) -> list[Any]:
    """Return what has one entry for each pair as a list.

    Examples
    --------
    >>> listed(None, "pairs")
    Traceback (most recent call last):
    ...
    TypeError: pairs must have one entry for each pair, in a list; got None
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(f"{name} must have one entry for each pair, in a list; got {given!r:.40}")
    return list(given)


def _without_subword(n_words: int, word_ids: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(range(n_words)) - set(word_ids)))
