"""How do the links of a pair travel, and in how many bytes? Never in more than a view may carry.

A method that links thousands of words with thousands, as a softmax over vectors that are all alike, has more
links than a view may carry, and than anybody could see. Then only the surest of them travel, and it is told
how many there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.layers import confidence_by_layer, links_by_layer
from bertviz_plus.traces.alignments import SentencePair
from bertviz_plus.traces.weight_codes import to_codes
from bertviz_plus.views.wire import Tensor, encode, size_of

FULL = 65_535


@dataclass(frozen=True, eq=False)
class PairLinks:
    """Links of a pair at every layer by every method.

    Attributes
    ----------
    links : ndarray [links, 3], uint16
        Source word, target word, and confidence times 65,535.
    starts : ndarray [layers x methods + 1], int32
        Where the links of each layer and method begin, methods next to each other.
    """

    links: NDArray[np.uint16]
    starts: NDArray[np.int32]

    def at(self, layer: int, method: int, methods: int) -> NDArray[np.uint16]:
        """Return the links of one layer and method, by their places."""
        cell = layer * methods + method
        return self.links[self.starts[cell] : self.starts[cell + 1]]


def pair_links(pair: SentencePair, methods: Sequence[str]) -> PairLinks:
    """Link the words of a pair at every layer by every method.

    Examples
    --------
    >>> a, b = ("a", "b"), ("x", "y")
    >>> pair = SentencePair(a, b, None, a, b, (0, 1), (0, 1), np.eye(2)[np.newaxis])
    >>> pair_links(pair, ["inter"]).at(0, 0, 1)[:, :2].tolist()
    [[0, 0], [1, 1]]
    """
    found = np.stack([links_by_layer(pair, method) for method in methods], axis=1)
    layers, methods_, rows, columns = np.nonzero(found)
    sure = to_codes(confidence_by_layer(pair)[layers, rows, columns], 1 / FULL)
    counts = np.bincount(layers * len(methods) + methods_, minlength=found.shape[0] * found.shape[1])
    return PairLinks(np.stack([rows, columns, sure], axis=1).astype(np.uint16), _starts(counts))


def packed_links(links: PairLinks, most_bytes: float | None = None) -> dict[str, Tensor]:
    """Return the links of a pair as they travel.

    Parameters
    ----------
    links : PairLinks
    most_bytes : float, optional
        Where all are more, only the surest go of each layer and method, as many of each as fit, but never
        fewer than the pair has words: a method that gives each word one partner loses none.

    Returns
    -------
    dict of str to Tensor
        ``links`` and ``starts`` as in `PairLinks`, and where some stay behind ``found``, how many there are
        of each layer and method.

    Examples
    --------
    >>> few = PairLinks(np.array([[0, 0, 9], [0, 1, 7], [1, 0, 8]], np.uint16), np.array([0, 3], np.int32))
    >>> sorted(packed_links(few)), packed_links(few, 1)["links"]["shape"]
    (['links', 'starts'], [3, 3])
    """
    packed = _packed(links)
    size = packed_size(packed)
    if most_bytes is None or size <= most_bytes:
        return packed
    found = np.diff(links.starts)
    for fewer in _surest(links, most_bytes / size):
        packed = {**_packed(fewer), "found": encode(found, "int32", "zlib")}
        if packed_size(packed) <= most_bytes:
            break
    return packed if packed["links"]["shape"][0] < len(links.links) else _packed(links)


def packed_size(packed: dict[str, Tensor]) -> int:
    """Return the bytes of all tensors of a pair."""
    return sum(map(size_of, packed.values()))


def _surest(links: PairLinks, share: float) -> Iterator[PairLinks]:
    """Yield fewer and fewer links, at first about that share of them."""
    counts = np.diff(links.starts)
    cells = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((-links.links[:, 2].astype(np.int32), cells))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - links.starts[cells[order]]
    words = int(links.links[:, :2].max(axis=0, initial=0).sum()) + 2
    while True:
        wanted = share * counts.sum()
        most = max(words, _most_of_each(counts, wanted))
        kept = rank < most
        yield PairLinks(links.links[kept], _starts(np.minimum(counts, most)))
        if most == words:
            return
        share *= 0.85


def _most_of_each(counts: NDArray[np.integer], wanted: float) -> int:
    """Return how many to take of each, at most, to have so many in all."""
    low, high = 0, int(counts.max(initial=0))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if np.minimum(counts, middle).sum() <= wanted else (low, middle - 1)
    return low


def _packed(links: PairLinks) -> dict[str, Tensor]:
    return {
        "links": encode(links.links, "uint16", "zlib"),
        "starts": encode(links.starts, "int32", "zlib"),
    }


def _starts(counts: NDArray[np.integer]) -> NDArray[np.int32]:
    return np.concatenate([[0], counts.cumsum()]).astype(np.int32)
