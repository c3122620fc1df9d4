"""The words that finding 8 measures: which heads find the head of each, and whose trees have its link."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.syntax.relations import DIRECTIONS, OFFSETS, Dependents
from bertviz_plus.measures.tallies import share
from bertviz_plus.traces.parses_read import ParsesRead

# A relation of fewer words has too few in each half to choose a head on.
FEWEST_OF_A_RELATION = 20


class HeadSample(CountedSample):
    """Counts at heads, all of which may be chosen."""

    place_name = "head"
    kind_name = "relation"

    @property
    def candidates(self) -> tuple[int, ...]:
        """All heads."""
        return tuple(range(len(self.places)))


@dataclass(frozen=True, eq=False, kw_only=True)
class RelationSample(HeadSample):
    """Words in relations that have words enough: whether each head, in each direction, finds their heads.

    Attributes
    ----------
    dependents : Dependents
    trees : CountedSample
        Of the same sentences: the links of the gold tree that each head's tree has.
    chain : float
        The share of these links that the chain of neighbouring words has.
    apart : bool
        Whether each relation has a head of its own.
    """

    dependents: Dependents
    trees: CountedSample
    chain: float
    apart: bool = True

    @classmethod
    def of(cls, read: ParsesRead, seed: int) -> Self:
        """Take all words but punctuation whose relation has words enough."""
        every = Dependents.of(read)
        names, counts = np.unique(every.relations[~every.punctuation].astype(str), return_counts=True)
        enough = names[counts >= FEWEST_OF_A_RELATION].tolist()
        own = every.take(np.isin(every.relations.astype(str), enough) & ~every.punctuation)
        late = second_half(np.arange(len(read)), seed)
        rare, words = len(names) - len(enough), int((~every.punctuation).sum()) - len(own.words)
        left_out = (
            f"Left out are {words} words in {rare} relations of fewer than {FEWEST_OF_A_RELATION} words."
        )
        return cls(
            places=_places(read, DIRECTIONS),
            second_half=late[own.sentences],
            notes=(left_out,) if rare else (),
            counts=_right(own.found_by_heads(read)),
            score=share,
            groups=np.unique(own.relations.astype(str), return_inverse=True)[1],
            sentences=own.sentences,
            dependents=own,
            trees=_trees(read, late),
            chain=float(read.uuas("chain")),
        )

    @property
    def kinds(self) -> NDArray[np.intp] | None:
        """The relation of each word."""
        return self.groups if self.apart else None

    @property
    def chosen(self) -> list[Any]:
        """The heads of each relation, for the first half and for the second."""
        halves = []
        for late in (False, True):
            own = self.second_half == late
            pairs = zip(self.dependents.relations[own], self.at[own].tolist(), strict=True)
            heads = {relation: self.places[place] for relation, place in sorted(set(pairs))}
            halves.append(", ".join(f"{relation} {head}" for relation, head in heads.items()))
        return halves

    def read_by(self, reading: ParsesRead) -> Self:
        """Return the same words as another model reads them."""
        counts, trees = (
            _right(self.dependents.found_by_heads(reading)),
            _trees(reading, self.trees.second_half),
        )
        return replace(self, counts=counts, places=_places(reading, DIRECTIONS), trees=trees)

    def at_offsets(self, read: ParsesRead) -> Self:
        """Return the sample where the head of a word is guessed by its distance."""
        return replace(self, counts=_right(self.dependents.found_by_offsets(read)), places=OFFSETS)

    def by_one_head(self) -> Self:
        """Return the sample where one head has to follow all relations."""
        return replace(self, apart=False)


def _right(found: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.stack([found, np.ones_like(found)], axis=2).astype(np.uint8)


def _places(read: ParsesRead, directions: tuple[str, ...]) -> tuple[str, ...]:
    """Name heads by layer and number, and say where attention is read from head to dependent."""
    marks = ["" if one == DIRECTIONS[0] else " reversed" for one in directions]
    heads = range(read.attended.shape[1])
    return tuple(f"{layer}-{head}{mark}" for layer in read.layers for head in heads for mark in marks)


def _trees(read: ParsesRead, late: NDArray[np.bool_]) -> CountedSample:
    right, edges = read.counts()
    each = right.reshape(-1, len(edges))
    sentences = np.arange(len(edges))
    return HeadSample(
        places=_places(read, DIRECTIONS[:1]),
        second_half=late,
        counts=np.stack([each, np.broadcast_to(edges, each.shape)], axis=2),
        score=share,
        groups=np.zeros_like(sentences),
        sentences=sentences,
    )
