"""Pairs of sentences in two languages: their words, how alike these are at each layer, and who links whom."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any, overload

from bertviz_plus.traces.alignment_storage import load_alignments, save_alignments
from bertviz_plus.traces.links import Gold
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.sentence_pair import SentencePair

__all__ = ["Alignments", "SentencePair"]


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
        save_alignments(self, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Alignments":
        """Read what `save` wrote."""
        return load_alignments(path, cls)

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
