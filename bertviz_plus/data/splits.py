"""Examples that come without splits, divided at random."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bertviz_plus.data.examples import Examples


def draw_splits(examples: Examples, shares: Mapping[str, float], seed: int) -> list[str]:
    """Divide examples at random, each label alike; equal texts, or those of one group, stay together.

    Parameters
    ----------
    examples : Examples
    shares : mapping of str to float
        The share of each split; they sum to 1.
    seed : int

    Returns
    -------
    list of str
        The split of each example.

    Examples
    --------
    >>> some = Examples(tuple("abcdefgh"), ("x", "y") * 4)
    >>> sorted(draw_splits(some, {"train": 0.75, "test": 0.25}, seed=0))
    ['test', 'test', 'train', 'train', 'train', 'train', 'train', 'train']
    """
    together: dict[Any, list[int]] = {}
    for place, said in enumerate(examples.content):
        together.setdefault(examples.groups[place] if examples.groups else said, []).append(place)
    strata: dict[Any, list[list[int]]] = {}
    for places in together.values():
        first = examples.labels[places[0]]
        strata.setdefault(first if isinstance(first, str) else None, []).append(places)
    random = np.random.default_rng(seed)
    names = list(shares)
    bounds = np.cumsum([shares[name] for name in names])
    drawn = [""] * len(examples)
    for own in strata.values():
        for rank, unit in enumerate(random.permutation(len(own))):
            # In the middle of its step, so that a few of a label are spread over the splits.
            split = names[int(np.searchsorted(bounds[:-1], (rank + 0.5) / len(own), side="right"))]
            for place in own[unit]:
                drawn[place] = split
    return drawn
