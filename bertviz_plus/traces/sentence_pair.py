"""One sentence and its translation: their words, how alike these are at each layer, and who links whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.checks import check_tokens, check_word_ids, read_only
from bertviz_plus.traces.links import Alignment, Gold


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


def _without_subword(n_words: int, word_ids: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(range(n_words)) - set(word_ids)))
