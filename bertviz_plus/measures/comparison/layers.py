"""How differently do the layers of two models represent the same tokens? Accumulated text by text."""

from collections.abc import Sequence
from heapq import nsmallest
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.representations import LinearCKA, representational_similarity
from bertviz_plus.traces.trace import Trace

# Tokens that are multiplied at once: sums over them are large matrices, which each text alone would rewrite.
_TOGETHER = 1024
# Tokens whose distances to one another are compared.
_COMPARED = 400


class LayerDifferences:
    """How differently the hidden layers of two models represent the same tokens, accumulated over texts.

    Linear CKA is of all tokens, special ones included; RSA of 400 of them, which their texts and places
    choose, so that it does not depend on how a corpus is split.

    Parameters
    ----------
    pairs : sequence of (int, int)
        Which hidden layers of the two are compared, by their place in a trace.

    Examples
    --------
    >>> states = np.random.default_rng(0).normal(size=(2, 6, 4))
    >>> trace = Trace(tuple("abcdef"), hidden_states=states)
    >>> found = LayerDifferences([(0, 0), (1, 1)])
    >>> found.update(trace, trace)
    >>> found.table.round(6).values.tolist()
    [[0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    """

    def __init__(self, pairs: Sequence[tuple[int, int]]) -> None:
        self.pairs = tuple(pairs)
        self._alignments = [LinearCKA() for _ in self.pairs]
        self._waiting: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        self._n_waiting = 0
        self._compared: list[tuple[int, int, NDArray[np.float32], NDArray[np.float32]]] = []
        self._n_seen = 0
        # Tokens of larger keys are none of those that are kept.
        self._limit = 2**32

    def update(self, first: Trace, second: Trace) -> None:
        """Take one text into account, as both models read it: the same units, and hidden states."""
        states = [np.asarray(trace.hidden_states, np.float32) for trace in (first, second)]
        self._waiting.append((states[0], states[1]))
        self._n_waiting += first.n_tokens
        for token in range(first.n_tokens):
            # A text and a place have the same key in every part of a corpus.
            key = crc32(f"{token} {first.text} {first.pair}".encode())
            if key < self._limit:
                own, theirs = (
                    one[list(places), token]
                    for one, places in zip(states, zip(*self.pairs, strict=True), strict=True)
                )
                self._compared.append((key, self._n_seen, own, theirs))
                self._n_seen += 1
        self._choose()
        if self._n_waiting >= _TOGETHER:
            self._settle()

    def merge(self, other: "LayerDifferences") -> "LayerDifferences":
        """Take in the texts of another, as if they had followed one's own, and return this one.

        Raises
        ------
        ValueError
            Where it compares other layers.
        """
        if other.pairs != self.pairs:
            raise ValueError(f"other must compare the same layers, {self.pairs}, got {other.pairs}")
        self._settle()
        other._settle()
        for own, theirs in zip(self._alignments, other._alignments, strict=True):
            own.merge(theirs)
        self._compared += [(key, self._n_seen + at, own, theirs) for key, at, own, theirs in other._compared]
        self._n_seen += other._n_seen
        self._choose(always=True)
        return self

    def result(self) -> pd.DataFrame:
        """Return `table`."""
        return self.table

    @property
    def table(self) -> pd.DataFrame:
        """A row for each pair of hidden layers: `layer`, `other_layer`, `cka`, and `rsa`."""
        self._settle()
        self._choose(always=True)
        rows = []
        for at, (pair, alignment) in enumerate(zip(self.pairs, self._alignments, strict=True)):
            rsa = np.nan
            if len(self._compared) > 2:
                own = np.stack([states[at] for _, _, states, _ in self._compared])
                theirs = np.stack([states[at] for _, _, _, states in self._compared])
                rsa = representational_similarity(own, theirs)
            rows.append((*pair, alignment.result(), rsa))
        return pd.DataFrame(rows, columns=["layer", "other_layer", "cka", "rsa"])

    def _choose(self, *, always: bool = False) -> None:
        """Keep the tokens of the smallest keys, in order of these."""
        if always or len(self._compared) > 2 * _COMPARED:
            self._compared = nsmallest(_COMPARED, self._compared, key=lambda one: one[:2])
            if len(self._compared) == _COMPARED:
                self._limit = self._compared[-1][0]

    def _settle(self) -> None:
        """Take what waits into the sums."""
        if not self._waiting:
            return
        for pair, alignment in zip(self.pairs, self._alignments, strict=True):
            # One layer at a time stays in a core's cache.
            first, second = (
                np.concatenate([states[layer] for states in side])
                for layer, side in zip(pair, zip(*self._waiting, strict=True), strict=True)
            )
            alignment.update(first, second)
        self._waiting, self._n_waiting = [], 0
