"""The best tree over the words of a sentence, where each word has a weight for every other as its head."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.traces.parse import ROOT

Heads = NDArray[np.int16]


def maximum_spanning_trees(weights: ArrayLike, root: int) -> Heads:
    """Find the tree of greatest total weight in each of many directed graphs over the same words.

    Each graph is contracted, circle by circle, to a single node, and then taken apart from the root. All
    graphs take a step at a time together.

    Parameters
    ----------
    weights : array_like [..., words, words]
        How strongly a word (row) asks for another (column) as its head. The diagonal and the root's row do
        not matter.
    root : int
        The word that has no head.

    Returns
    -------
    ndarray [..., words] of int16
        The head of each word, -1 for the root.

    Raises
    ------
    ValueError
        For weights that are not square or not finite, and a root that is no word.

    References
    ----------
    Chu & Liu 1965; Edmonds 1967, "Optimum branchings"; contraction and expansion as in Tarjan 1977, "Finding
    optimum branchings", and Camerini et al. 1979.

    Examples
    --------
    >>> the_dog_barks = [[0, 9, 1], [8, 0, 2], [0, 0, 0]]
    >>> maximum_spanning_trees(the_dog_barks, root=2).tolist()
    [1, 2, -1]
    """
    given = _checked(weights, root)
    n = given.shape[-1]
    graphs = np.array(given, np.float64).reshape(-1, n, n)
    if n == 1:
        return np.full(given.shape[:-1], ROOT, np.int16)
    arcs, parents = _contracted(graphs)
    heads = np.array([_expanded(*one, root) for one in zip(arcs, parents, strict=True)], np.int16)
    return heads.reshape(given.shape[:-1])


def _checked(weights: ArrayLike, root: int) -> NDArray[Any]:
    array = np.asarray(weights)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or not array.shape[-1]:
        raise ValueError(f"weights must have the shape [..., words, words], got {list(array.shape)}")
    if not np.isfinite(array[..., ~np.eye(array.shape[-1], dtype=bool)]).all():
        raise ValueError("weights must be finite, got NaN or infinite ones")
    if not 0 <= root < array.shape[-1]:
        raise ValueError(f"root must be 0..{array.shape[-1] - 1}, a word's place, got {root!r}")
    return array


def _contracted(weights: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Contract each graph to one node, following from any node the best arc that enters it.

    Returns
    -------
    arcs : ndarray [graphs, 2n - 1]
        The arc that entered each node when it was contracted, as dependent times n plus head.
    parents : ndarray [graphs, 2n - 1]
        The node that each was contracted into, -1 for the last.
    """
    graphs, n, _ = weights.shape
    weights[:, np.arange(n), np.arange(n)] = -np.inf
    # Between two nodes the best arc; nodes live in places 0 … n - 1, a contracted one in that of a member.
    best = np.broadcast_to(np.arange(n * n).reshape(n, n), weights.shape).copy()
    node = np.tile(np.arange(n), (graphs, 1))
    depth = np.full((graphs, n), -1)  # on the path that is followed; -1 for places that are not on it
    last = np.zeros(graphs, np.intp)
    depth[:, 0] = 0
    made = np.full(graphs, n)
    entering = np.zeros((graphs, n))
    arcs = np.full((graphs, 2 * n - 1), -1)
    parents = np.full((graphs, 2 * n - 1), -1)
    alive = np.ones((graphs, n), bool)
    going = np.arange(graphs)
    while len(going):
        end = last[going]
        before = weights[going, end].argmax(axis=1)
        arcs[going, node[going, end]] = best[going, end, before]
        entering[going, end] = weights[going, end, before]
        closes = depth[going, before] >= 0
        onward, at = going[~closes], before[~closes]
        depth[onward, at] = depth[onward, end[~closes]] + 1
        last[onward] = at
        if not closes.any():
            continue
        these, into = going[closes], before[closes]
        circle = alive[these] & (depth[these] >= depth[these, into][:, np.newaxis])
        _merge(weights, best, these, into, circle, entering[these])
        rows, members = np.nonzero(circle)
        parents[these[rows], node[these[rows], members]] = made[these[rows]]
        kept = depth[these, into]
        alive[these] &= ~circle
        depth[these] = np.where(circle, -1, depth[these])
        alive[these, into], depth[these, into], last[these] = True, kept, into
        node[these, into] = made[these]
        made[these] += 1
        going = going[alive[going].sum(axis=1) > 1]
    return arcs, parents


def _merge(
    weights: NDArray[np.float64],
    best: NDArray[np.intp],
    these: NDArray[np.intp],
    into: NDArray[np.intp],
    circle: NDArray[np.bool_],
    entering: NDArray[np.float64],
) -> None:
    """Make one node of each graph's circle, in one member's place, in these graphs."""
    sizes = circle.sum(axis=1)
    # The members of each circle; short lists are filled with a member that is there already.
    listed = np.argsort(~circle, axis=1, kind="stable")[:, : sizes.max()]
    listed = np.where(np.arange(sizes.max()) < sizes[:, np.newaxis], listed, into[:, np.newaxis])
    every, at = np.arange(len(these)), (these[:, np.newaxis], listed)
    # An arc into the circle stands in for the one that entered the same member.
    gains = weights[at] - entering[every[:, np.newaxis], listed][..., np.newaxis]
    member = gains.argmax(axis=1)[:, np.newaxis]
    row, row_arcs = (np.take_along_axis(one, member, 1)[:, 0] for one in (gains, best[at]))
    leaving = weights[these[:, np.newaxis], :, listed]
    member = leaving.argmax(axis=1)[:, np.newaxis]
    column, column_arcs = (
        np.take_along_axis(one, member, 1)[:, 0] for one in (leaving, best[these[:, np.newaxis], :, listed])
    )
    weights[at] = -np.inf
    weights[these[:, np.newaxis], :, listed] = -np.inf
    weights[these, into], best[these, into] = np.where(circle, -np.inf, row), row_arcs
    weights[these, :, into], best[these, :, into] = np.where(circle, -np.inf, column), column_arcs


def _expanded(arcs: NDArray[np.intp], parents: NDArray[np.intp], root: int) -> NDArray[np.intp]:
    """Take contracted nodes apart from the root: what hangs on the way up is entered by its own arc."""
    n = (len(arcs) + 1) // 2
    above, entered = parents.tolist(), arcs.tolist()
    children: dict[int, list[int]] = {}
    for one, parent in enumerate(above):
        children.setdefault(parent, []).append(one)
    heads = np.full(n, ROOT)
    waiting = [(root, max(above))]
    while waiting:
        one, top = waiting.pop()
        while one != top:
            for sibling in children[above[one]]:
                if sibling != one:
                    dependent, head = divmod(entered[sibling], n)
                    heads[dependent] = head
                    waiting.append((dependent, sibling))
            one = above[one]
    return heads
