"""Count the nats that labels cost someone who has the vectors: minimum description length.

The online, or prequential, code of Voita & Titov 2020, "Information-Theoretic Probing with Minimum
Description Length", section 2.2.2.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.probes.linear_probe import label_costs, linear_probe

SHARES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.0625, 0.125, 0.25, 0.5, 1.0)
"""Where the blocks end, as shares of the items; those of the paper."""
_FEWEST = 10


class CodeLength(NamedTuple):
    """What the labels cost.

    Attributes
    ----------
    nats : float
    uniform : float
        What they cost where every label is equally likely, n ln K nats.
    blocks : tuple of int
        How many items each probe had learnt from.
    """

    nats: float
    uniform: float
    blocks: tuple[int, ...]

    @property
    def compression(self) -> float:
        """How many times shorter than the uniform code; 1 where the vectors say nothing."""
        return self.uniform / self.nats


def online_code(
    vectors: NDArray[np.floating[Any]],
    labels: NDArray[Any],
    order: Sequence[int] | NDArray[np.intp],
    *,
    strength: float = 1e-2,
    shares: Sequence[float] = SHARES,
) -> CodeLength:
    """Send labels block by block, each block by a probe that was fitted on those before it.

    The first block is sent by the uniform code, and so is one before which all labels are the same; for
    labels that a probe has not met, see `label_costs`.

    Parameters
    ----------
    vectors : ndarray [items, hidden]
    labels : ndarray [items]
        Two kinds at least.
    order : sequence of int
        In which items are sent.
    strength : float
        See `linear_probe`.
    shares : sequence of float
        Where blocks end; those of fewer than 10 items, or fewer than there are labels, join the next.

    Returns
    -------
    CodeLength

    Examples
    --------
    >>> told = np.tile([0, 1], 50)
    >>> sure = online_code(told[:, np.newaxis] - 0.5, told, np.arange(100), strength=10)
    >>> blind = online_code(np.zeros((100, 1)), told, np.arange(100))
    >>> sure.compression > 4, round(blind.compression, 2)
    (True, 1.0)
    """
    places = np.asarray(order, np.intp)
    codes = np.unique(labels, return_inverse=True)[1][places]
    rows, kinds, n = vectors[places], int(codes.max()) + 1, len(places)
    least = max(_FEWEST, kinds)
    ends = [end for end in dict.fromkeys(round(share * n) for share in shares) if end >= least or end == n]
    nats = ends[0] * np.log(kinds)
    for start, end in pairwise(ends):
        if len(set(codes[:start].tolist())) < 2:
            nats += (end - start) * np.log(kinds)
            continue
        probe = linear_probe(rows[:start], codes[:start], strength=strength, tolerance=1e-3)
        nats += label_costs(probe, rows[start:end], codes[start:end], seen=start, kinds=kinds).sum()
    return CodeLength(float(nats), float(n * np.log(kinds)), tuple(ends[:-1]))
