"""Where in a corpus does a head attend most strongly? A few contexts a head, kept while texts go by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Context:
    """One link of a head, and the text in which it stands.

    Attributes
    ----------
    weight : float
    text : int
        Which text of the corpus, from 0.
    source, target : int
        Positions of the token that attends and of the one that is attended to.
    tokens : tuple of str
    """

    weight: float
    text: int
    source: int
    target: int
    tokens: tuple[str, ...]

    @property
    def order(self) -> tuple[float, int]:
        """The strongest first; of equals the earlier text."""
        return -self.weight, self.text


class StrongestContexts:
    """The texts in which each head attends most strongly from one ordinary token to another.

    Special tokens, punctuation, and a token's attention to itself are left out: they win wherever a head has
    nothing else to do. A text has one context a head.

    Parameters
    ----------
    n_heads : int
        Of all layers together.
    most : int
        How many are kept for each.

    Examples
    --------
    >>> kept = StrongestContexts(1, most=1)
    >>> for number, weight in enumerate([0.2, 0.9, 0.5]):
    ...     heads = np.array([[[1 - weight, weight], [0, 1]]])
    ...     kept.update(heads, ("a", "b"), np.array([True, True]), number)
    >>> kept.of[0]
    [Context(weight=0.9, text=1, source=0, target=1, tokens=('a', 'b'))]
    """

    def __init__(self, n_heads: int, most: int) -> None:
        self.most = most
        self.of: list[list[Context]] = [[] for _ in range(n_heads)]

    def update(
        self, heads: NDArray[Any], tokens: Sequence[str], ordinary: NDArray[np.bool_], text: int
    ) -> None:
        """Take one text into account.

        Parameters
        ----------
        heads : ndarray [heads, tokens, tokens]
        tokens : sequence of str
        ordinary : ndarray [tokens], bool
            Which tokens may be linked.
        text : int
            Its number.
        """
        places = np.flatnonzero(ordinary)
        if not self.most or len(places) < 2:
            return
        # Ordinary tokens mostly stand together: their rectangle is read without a copy.
        first, last = places[0], places[-1] + 1
        allowed = np.outer(ordinary, ordinary)[first:last, first:last] & ~np.eye(last - first, dtype=bool)
        kept = allowed.astype(heads.dtype)
        at, weights = np.zeros(len(heads), np.intp), np.zeros(len(heads))
        for head, weight in enumerate(heads[:, first:last, first:last]):
            inner = (weight * kept).ravel()
            at[head] = inner.argmax()
            weights[head] = inner[at[head]]
        for head in np.flatnonzero(weights > self._least()).tolist():
            source, target = divmod(int(at[head]), int(last - first))
            found = Context(
                float(weights[head]), text, int(first) + source, int(first) + target, tuple(tokens)
            )
            self._keep(head, [*self.of[head], found])

    def merge(self, other: "StrongestContexts", texts_before: int) -> None:
        """Take in the contexts of the texts that follow."""
        for head, own in enumerate(other.of):
            moved = [
                Context(one.weight, one.text + texts_before, one.source, one.target, one.tokens)
                for one in own
            ]
            self._keep(head, [*self.of[head], *moved])

    def packed(self) -> tuple[dict[str, NDArray[Any]], dict[str, tuple[str, ...]]]:
        """Return the contexts as arrays, and the tokens of each of their texts, written once."""
        kept = [(head, one) for head, own in enumerate(self.of) for one in own]
        arrays: dict[str, NDArray[Any]] = {
            "contexts.weight": np.array([one.weight for _, one in kept], np.float64)
        }
        places = [(head, one.text, one.source, one.target) for head, one in kept]
        arrays["contexts.places"] = np.array(places, np.int64).reshape(-1, 4)
        return arrays, {str(one.text): one.tokens for _, one in kept}

    def unpack(self, arrays: Mapping[str, NDArray[Any]], texts: Mapping[str, Sequence[str]]) -> None:
        """Take in what `packed` gave."""
        for weight, (head, text, source, target) in zip(
            arrays["contexts.weight"].tolist(), arrays["contexts.places"].tolist(), strict=True
        ):
            self.of[head].append(Context(weight, text, source, target, tuple(texts[str(text)])))

    def _keep(self, head: int, contexts: Iterable[Context]) -> None:
        self.of[head] = sorted(contexts, key=lambda one: one.order)[: self.most]

    def _least(self) -> NDArray[np.float64]:
        """Return what a weight must exceed to be kept, head by head."""
        return np.array([own[-1].weight if len(own) == self.most else 0.0 for own in self.of])
