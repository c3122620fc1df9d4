"""Score predicted distances and depths of words against gold trees.

UUAS, DSpr, root accuracy and NSpr as Hewitt & Manning (2019, "A Structural Probe for Finding Syntax in Word
Representations", section 3.2 and its code) define them.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bertviz_plus.measures.syntax.trees import maximum_spanning_trees
from bertviz_plus.measures.tallies import Tallies, share
from bertviz_plus.traces.parse import Parse

Floats = NDArray[np.float64]
LENGTHS = (5, 50)
"""DSpr and NSpr are means over the sentence lengths in this range, both ends included."""
MEASURES = ("uuas", "dspr", "root", "nspr")


def linked(distances: ArrayLike, kept: ArrayLike) -> NDArray[np.bool_]:
    """Link the words that are kept by the shortest distances that make a tree.

    Parameters
    ----------
    distances : array_like [words, words]
    kept : array_like [words], bool
        One at least.

    Returns
    -------
    ndarray [words, words], bool
        Both ways.

    Raises
    ------
    ValueError
        For a matrix that is not square, or not finite.

    Examples
    --------
    >>> linked([[0, 1, 5], [1, 0, 2], [5, 2, 0]], kept=[True, False, True]).astype(int).tolist()
    [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    """
    words = np.flatnonzero(np.asarray(kept, bool))
    given = np.asarray(distances, float)
    # Of a symmetric matrix, the best directed tree is the best undirected one.
    heads = maximum_spanning_trees(-given[np.ix_(words, words)], root=0)
    links = np.zeros(given.shape, bool)
    links[words[1:], words[heads[1:]]] = True
    return np.asarray(links | links.T)


def rank_correlations(predicted: ArrayLike, gold: ArrayLike) -> Floats:
    """Return Spearman's rank correlation of each two rows.

    Parameters
    ----------
    predicted, gold : array_like [rows, values]

    Returns
    -------
    ndarray [rows]
        0 where one of the two is constant: it ranks nothing.

    Examples
    --------
    >>> rank_correlations([[0, 2, 9], [1, 1, 1]], [[0, 1, 2], [0, 1, 2]]).tolist()
    [1.0, 0.0]
    """
    from scipy.stats import rankdata

    ours, theirs = (rankdata(np.atleast_2d(one), axis=1) for one in (predicted, gold))
    ours, theirs = (one - one.mean(axis=1, keepdims=True) for one in (ours, theirs))
    both = (ours * theirs).sum(axis=1)
    size = np.sqrt((ours**2).sum(axis=1) * (theirs**2).sum(axis=1))
    return np.asarray(np.divide(both, size, out=np.zeros_like(both), where=size > 0))


def score_sentence(
    parse: Parse,
    distances: ArrayLike | None = None,
    depths: ArrayLike | None = None,
    *,
    punctuation: bool = False,
) -> dict[str, float]:
    """Score what was predicted of one sentence.

    Parameters
    ----------
    parse : Parse
        The gold tree.
    distances : array_like [words, words], optional
        Predicted; squared or not makes no difference, since only their order counts.
    depths : array_like [words], optional
        Predicted; the least is the root's.
    punctuation : bool, default False
        Whether punctuation is linked too. Where it is not, the gold edges are the spanning tree of the gold
        distances between the other words, as in Hewitt & Manning's code.

    Returns
    -------
    dict of str to float
        ``words``, and of distances ``right`` and ``edges``, whose sums make the UUAS, and ``dspr``; of depths
        ``root`` (1 where it was found) and ``nspr``. The correlations take in all words.

    Raises
    ------
    ValueError
        For predictions of another number of words.

    Examples
    --------
    >>> parse = Parse(("the", "dog", "barks"), (1, 2, -1))
    >>> score_sentence(parse, parse.tree_distances(), parse.depths)
    {'words': 3.0, 'right': 2.0, 'edges': 2.0, 'dspr': 1.0, 'root': 1.0, 'nspr': 1.0}
    """
    n = len(parse)
    kept = np.ones(n, bool) if punctuation else ~np.array(parse.punctuation)
    kept = kept if kept.any() else ~kept
    scored = {"words": float(n)}
    if distances is not None:
        _check_shape("distances", distances, (n, n))
        gold = parse.tree_distances()
        found, wanted = (linked(one, kept) for one in (distances, gold))
        scored |= {"right": float((found & wanted).sum() / 2), "edges": float(wanted.sum() / 2)}
        scored["dspr"] = float(rank_correlations(distances, gold).mean())
    if depths is not None:
        _check_shape("depths", depths, (n,))
        scored["root"] = float(likely_root(depths, kept) == parse.root)
        scored["nspr"] = float(rank_correlations(depths, parse.depths)[0])
    return scored


def likely_root(depths: ArrayLike, kept: ArrayLike) -> int:
    """Return the word of the least depth among those that are kept; the first of equals.

    Examples
    --------
    >>> likely_root([0.5, 0.1, 2.0], kept=[True, False, True])
    0
    """
    return int(np.where(np.asarray(kept, bool), np.asarray(depths, float), np.inf).argmin())


def chain_distances(n: int) -> tuple[Floats, Floats]:
    """Return the distances and depths of a sentence in which each word hangs on the one before it.

    Examples
    --------
    >>> distances, depths = chain_distances(3)
    >>> distances[0].tolist(), depths.tolist()
    ([0.0, 1.0, 2.0], [0.0, 1.0, 2.0])
    """
    places = np.arange(n, dtype=float)
    return np.abs(places[:, np.newaxis] - places), places


def tree_tallies(scored: pd.DataFrame, measure: str) -> Tallies:
    """Make the tallies of one measure from what `score_sentence` gave of each sentence.

    Parameters
    ----------
    scored : DataFrame
        A row for each sentence.
    measure : {"uuas", "dspr", "root", "nspr"}
        UUAS is the share of all edges, the accuracy of the root that of all sentences; DSpr and NSpr are
        means over sentence lengths from 5 to 50, each of which has the same weight.

    Examples
    --------
    >>> scored = pd.DataFrame({"words": [5, 5, 6], "right": [2, 3, 0], "edges": [4, 4, 5], "dspr": [0, 1, 1]})
    >>> round(tree_tallies(scored, "uuas").value, 3), tree_tallies(scored, "dspr").value
    (0.385, 0.75)
    """
    if measure not in MEASURES:
        raise ValueError(f"measure must be one of {', '.join(MEASURES)}, got {measure!r}")
    sentences = np.arange(len(scored))
    if measure == "uuas":
        counts = scored[["right", "edges"]].to_numpy(float)
        return Tallies(counts, share, np.zeros(len(scored), np.intp), sentences)
    values = Tallies.of_shares(scored[measure])
    if measure == "root":
        return values
    lengths = scored["words"].to_numpy(np.intp)
    counted = (lengths >= LENGTHS[0]) & (lengths <= LENGTHS[1])
    return Tallies.of_shares(scored[measure], groups=lengths, sentences=sentences).only(counted)


def tree_scores(
    predicted: Sequence[tuple[ArrayLike | None, ArrayLike | None]],
    parses: Sequence[Parse],
    *,
    punctuation: bool = False,
) -> pd.DataFrame:
    """Score predicted distances and depths of sentences.

    Parameters
    ----------
    predicted : sequence of (distances, depths)
        For each sentence, either may be None.
    parses : Parses or sequence of Parse
    punctuation : bool, default False
        See `score_sentence`.

    Returns
    -------
    DataFrame
        A row for each sentence, with what `score_sentence` gives.

    Examples
    --------
    >>> parses = [Parse(("the", "dog", "barks"), (1, 2, -1))]
    >>> tree_scores([chain_distances(3)], parses)[["right", "edges", "root"]].values.tolist()
    [[2.0, 2.0, 0.0]]
    """
    if len(predicted) != len(parses):
        raise ValueError(
            f"predicted must have one entry for each of the {len(parses)} sentences, got {len(predicted)}"
        )
    return pd.DataFrame(
        [
            score_sentence(parse, *one, punctuation=punctuation)
            for one, parse in zip(predicted, parses, strict=True)
        ]
    )


def _check_shape(name: str, given: ArrayLike, shape: tuple[int, ...]) -> None:
    if np.shape(given) != shape:
        raise ValueError(f"{name} must have the shape {list(shape)}, got {list(np.shape(given))}")
