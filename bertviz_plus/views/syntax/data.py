"""What the syntax view draws from: sentences with all their trees, within 2 MB."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.parse import LEFT_OUT, ROOT
from bertviz_plus.traces.parses_read import ParsesRead
from bertviz_plus.traces.text_direction import sentence_from_right
from bertviz_plus.views.embedding import BUDGET, Embed
from bertviz_plus.views.syntax.traits import OFFSETS, Limits
from bertviz_plus.views.wire import encode, size_of

Heads = NDArray[np.int16]


@dataclass(eq=False)
class Payload:
    """All trees of some sentences in one order: gold, the heads', the layers', the probe's, the offsets'.

    Examples
    --------
    >>> from bertviz_plus.traces.parses import Parse, Parses
    >>> heads = np.array([[[1, -1]]])
    >>> read = ParsesRead(Parses((Parse(("dogs", "bark"), (1, -1)),)), heads, heads[0], heads, heads)
    >>> payload = Payload(read)
    >>> payload.trees.shape, payload.found.tolist()
    ((11, 2), [1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0])
    """

    read: ParsesRead

    @cached_property
    def trees(self) -> Heads:
        """The head of each word in each tree, ``[trees, words]``."""
        read = self.read
        words = read.trees.shape[-1]
        parts = [read.gold[np.newaxis], read.trees.reshape(-1, words), read.layer_trees]
        if read.probe_trees is not None:
            parts.append(read.probe_trees)
        return np.concatenate([*parts, self._offset_trees()])

    def _offset_trees(self) -> Heads:
        """Return the trees of fixed distances, ``[offsets, words]``."""
        trees = np.full((len(OFFSETS), self.read.trees.shape[-1]), LEFT_OUT, np.int16)
        for sentence in range(len(self.read)):
            own = self.read.places(sentence)
            words = np.flatnonzero(self.read.kept[own])
            for tree, offset in zip(trees[:, own], OFFSETS, strict=True):
                tree[words] = ROOT
                if offset > 0:
                    tree[words[:-offset]] = words[offset:]
                else:
                    tree[words[-offset:]] = words[:offset]
        return trees

    @cached_property
    def found(self) -> NDArray[np.intp]:
        """How many links of gold each tree finds, over all sentences; gold's own come first."""
        # Every tree is counted in the same way as a probe's.
        counted = self.read.with_probe_trees(self.trees, range(len(self.trees)))
        return np.asarray(counted.counts("probe_trees")[0].sum(axis=1))

    def tree_of(self, source: str, step: int, head: int, offset: int) -> int:
        """Return the place of a tree among `found`, by places of its layer, head and offset."""
        layers, heads, _ = self.read.trees.shape
        means = 1 + layers * heads
        probed = means + layers
        offsets = probed + len(self.read.probed_layers)
        places = {
            "head": 1 + step * heads + head,
            "mean": means + step,
            "probe": probed + step,
            "offset": offsets + offset,
        }
        return places[source]

    def heads_of(self, tree: int, sentence: int) -> tuple[int, ...]:
        """Return a sentence's heads in one tree."""
        return tuple(self.trees[tree, self.read.places(sentence)].tolist())

    def dropped(self, sentence: int) -> list[int]:
        """Return the words of which the tokenizer makes nothing."""
        parse, kept = self.read.parses[sentence], self.read.kept[self.read.places(sentence)]
        return [place for place, mark in enumerate(parse.punctuation) if not mark and not kept[place]]


def syntax_data(
    payload: Payload, *, embed: Embed = "auto", sentence: int = 0, budget: int = BUDGET
) -> dict[str, Any]:
    """Pack what was prepared for the front end.

    Parameters
    ----------
    payload : Payload
    embed : {"auto", "all"} or list of int
        Which sentences are embedded. "auto": as many as the budget allows, from the one in view on.
    sentence : int, default 0
        What is in view at first.
    budget : int
        Bytes.

    Returns
    -------
    dict
        JSON with bytes in it; `js/views/syntax/store.js` reads it.
    """
    read, limits = payload.read, Limits.of(payload.read)
    wanted = range(len(read)) if isinstance(embed, str) else embed
    embedded: dict[int, Any] = {}
    left = budget
    for place in sorted(wanted, key=lambda one: (one < sentence, one)):
        packed = packed_sentence(payload, place)
        left -= _weight(packed)
        # The one in view is always there.
        if embed == "auto" and left < 0 and embedded:
            break
        embedded[place] = packed
    return {
        "version": 1,
        "title": read.model.title,
        "sentences": len(read),
        "layers": list(read.layers),
        "heads": read.trees.shape[1],
        "probed_layers": list(read.probed_layers),
        "offsets": list(OFFSETS),
        "sources": list(limits.sources),
        "found": encode(payload.found, "int32"),
        "embedded": {str(place): embedded[place] for place in sorted(embedded)},
    }


def packed_sentence(payload: Payload, sentence: int) -> dict[str, Any]:
    """Pack one sentence with all its trees."""
    parse, own = payload.read.parses[sentence], payload.read.places(sentence)
    # A head's place is below the number of words.
    dtype = "int8" if len(parse) <= 128 else "int16"
    return {
        "id": _sendable(parse.id),
        "words": [_sendable(word) for word in parse.words],
        "upos": [_sendable(tag) for tag in parse.upos],
        "relations": [_sendable(one) for one in parse.relations],
        "rtl": sentence_from_right(parse.words),
        "dropped": payload.dropped(sentence),
        # The front end makes the offsets' trees itself.
        "heads": encode(payload.trees[: -len(OFFSETS), own], dtype, "zlib"),
    }


def _weight(packed: dict[str, Any]) -> int:
    """Return about how many bytes a sentence takes on the wire."""
    texts = (packed["id"], *packed["words"], *packed["upos"], *packed["relations"])
    return size_of(packed["heads"]) + 200 + sum(len(text.encode()) + 3 for text in texts)


def _sendable(text: str) -> str:
    """Replace what JSON cannot carry: halves of letters."""
    return text.encode("utf-8", "replace").decode()
