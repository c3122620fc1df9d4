"""How differently do the heads of two models attend? Accumulated text by text, head by head."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.heads.accumulator import HeadStatistics
from bertviz_plus.measures.heads.divergence import matched_divergence
from bertviz_plus.traces.trace import Trace

# What is said of each head's attention in both models, as `head_numbers` defines it.
CHANGES = ("to_sep", "to_cls", "to_self", "to_next", "to_previous", "entropy_nats")


class HeadDifferences:
    """How differently each head attends in two models, accumulated over texts.

    Attributes
    ----------
    first, second : HeadStatistics
        What the heads of each do.

    References
    ----------
    Kovaleva et al. 2019, "Revealing the Dark Secrets of BERT", section 4.3, for the cosine of flattened maps.

    Examples
    --------
    >>> one, other = (Trace(("a", "b"), attention=np.array([[[[w, 1 - w], [0, 1]]]])) for w in (1.0, 0.5))
    >>> found = HeadDifferences()
    >>> found.update(one, other)
    >>> found.table[["cosine", "divergence", "change_to_next"]].round(3).values.tolist()
    [[0.866, 0.107, 0.25]]
    """

    def __init__(self) -> None:
        self.first, self.second = (HeadStatistics(contexts=0) for _ in range(2))
        self._cosines = np.zeros((2, 0))
        self._divergence = np.zeros(0)

    def update(self, first: Trace, second: Trace) -> None:
        """Take one text into account, as both models read it: the same units, layers and heads."""
        self.first.update(first)
        self.second.update(second)
        maps = [present_maps(trace) for trace in (first, second)]
        cosines = map_cosines(*maps)
        defined = np.isfinite(cosines)
        divergence = matched_divergence(*maps)
        if not self._divergence.size:
            self._cosines, self._divergence = np.zeros((2, len(cosines))), np.zeros(len(cosines))
        self._cosines += defined, np.where(defined, cosines, 0)
        self._divergence += divergence

    def merge(self, other: "HeadDifferences") -> "HeadDifferences":
        """Take in the texts of another, as if they had followed one's own, and return this one."""
        self.first.merge(other.first)
        self.second.merge(other.second)
        if other._divergence.size:
            empty = not self._divergence.size
            self._cosines = other._cosines.copy() if empty else self._cosines + other._cosines
            self._divergence = other._divergence.copy() if empty else self._divergence + other._divergence
        return self

    def result(self) -> pd.DataFrame:
        """Return `table`."""
        return self.table

    @property
    def table(self) -> pd.DataFrame:
        """A row for each head.

        `cosine` of the flattened maps, a mean over texts; `divergence`, the Jensen–Shannon divergence in nats
        a token, at most ln 2; and by how much more the second model's head attends to separators
        (`change_to_sep`), the first special token, each token itself, the one after and the one before it,
        and how much more evenly (`change_entropy_nats`).
        """
        tables = [one.table for one in (self.first, self.second)]
        found = tables[0][["layer", "head"]].copy()
        count, total = self._cosines
        found["cosine"] = np.divide(total, count, out=np.full(len(found), np.nan), where=count > 0)
        found["divergence"] = self._divergence / max(self.first.n_tokens, 1)
        for name in CHANGES:
            found[f"change_{name}"] = tables[1][name] - tables[0][name]
        return found


def map_cosines(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
    """Return the cosine of each map ``[maps, queries, keys]`` and its counterpart, flattened; NaN of none.

    Examples
    --------
    >>> even = np.full((1, 2, 2), 0.5)
    >>> map_cosines(even, even).tolist()
    [1.0]
    """
    products, own, theirs = (
        np.einsum("hij,hij->h", *maps, dtype=np.float64)
        for maps in ((first, second), (first, first), (second, second))
    )
    scale = np.sqrt(own * theirs)
    cosines = np.divide(products, scale, out=np.full(len(scale), np.nan), where=scale > 0)
    # Of two maps that are the same, rounding may say more than 1.
    return np.asarray(np.minimum(cosines, 1))


def present_maps(trace: Trace) -> NDArray[Any]:
    """Return each head's map, missing weights as 0, in single precision at least."""
    attention = np.asarray(trace.attention)
    precise = attention.astype(np.float32) if attention.dtype == np.float16 else attention
    maps: NDArray[Any] = np.where(np.isfinite(precise), precise, 0)
    return maps.reshape(-1, *maps.shape[-2:])
