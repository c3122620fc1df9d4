"""Parsed sentences with planted trees, for the tests of the syntax view."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.parse import LEFT_OUT, ROOT, Parse
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.parses_read import ParsesRead

DOGS = Parse(
    ("The", "old", "dogs", "bark", "loudly", "."),
    (2, 2, 3, ROOT, 3, 3),
    ("det", "amod", "nsubj", "root", "advmod", "punct"),
    ("DET", "ADJ", "NOUN", "VERB", "ADV", "PUNCT"),
    id="dogs",
)
STOP = Parse(("Stop",), (ROOT,), ("root",), ("VERB",))
# The second word has no token.
CATS = Parse(("Cats", "\u200b", "sleep"), (2, 2, ROOT))
LAYERS, HEADS = 3, 2


def parse_of(n: int, seed: int = 0, *, words: Sequence[str] = (), reach: int = 4) -> Parse:
    """Return a sentence of `n` words with a random tree whose arcs are short."""
    random = np.random.default_rng(seed)
    heads = [ROOT, *(int(random.integers(max(0, place - reach), place)) for place in range(1, n))]
    return Parse(
        words or tuple(f"word{place}" for place in range(n)), tuple(heads), ("dep",) * n, ("NOUN",) * n
    )


def kept_words(parse: Parse) -> np.ndarray:
    return ~np.array(parse.punctuation) & (np.array(parse.words) != "\u200b")


def read_of(*parses: Parse, probe: bool = True, seed: int = 0, **given: Any) -> ParsesRead:
    """Trees of 3 layers of 2 heads: head 1-0 has gold's own, the others link words at random."""
    parses = parses or (DOGS, STOP, CATS)
    random = np.random.default_rng(seed)
    columns = []
    for parse in parses:
        kept = kept_words(parse)
        trees = np.full((LAYERS * HEADS + 2 * LAYERS, len(parse)), LEFT_OUT, np.int16)
        words = np.flatnonzero(kept)
        for tree in trees:
            order = [int(word) for word in random.permutation(words)]
            for k, word in enumerate(order):
                tree[word] = ROOT if k == 0 else order[int(random.integers(k))]
        trees[HEADS] = parse.heads_among(kept)
        columns.append(trees)
    trees = np.concatenate(columns, axis=1)
    each = trees[: LAYERS * HEADS].reshape(LAYERS, HEADS, -1)
    mean, probed = trees[LAYERS * HEADS :].reshape(2, LAYERS, -1)
    read = ParsesRead(Parses(parses), each, mean, each, each, model=ModelInfo(id="folder/tiny"), **given)
    return read.with_probe_trees(probed, (0, 2, 3)) if probe else read
