"""For each grammatical relation the head that follows it best, beside the best fixed offset."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.halves import best_on_the_other_half, second_half
from bertviz_plus.measures.intervals import check_resamples
from bertviz_plus.measures.tallies import Tallies
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.checks import whole_number
from bertviz_plus.traces.parse import LEFT_OUT, ROOT
from bertviz_plus.traces.parses_read import ParsesRead

if TYPE_CHECKING:
    import pandas as pd

DIRECTIONS = ("dependent to head", "head to dependent")
ALL = "all"
"""The row of all relations together, punctuation left out."""
# Clark et al. look no further either.
OFFSETS = tuple(offset for offset in range(-15, 16) if offset)

Found = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Dependents:
    """The words whose head can be looked for: all but roots, where the tokenizer kept both word and head.

    Attributes
    ----------
    words : ndarray [dependents] of int
        Their places in the arrays of a `ParsesRead`.
    heads : ndarray [dependents] of int
        The gold head of each, as its place in the sentence.
    relations : ndarray [dependents] of str
    sentences : ndarray [dependents] of int
    """

    words: NDArray[np.intp]
    heads: NDArray[np.intp]
    relations: NDArray[Any]
    sentences: NDArray[np.intp]

    @classmethod
    def of(cls, read: ParsesRead) -> "Dependents":
        """Take them from parses that a model has read."""
        heads = np.array([head for one in read.parses for head in one.heads], np.intp)
        relations = np.array([relation for one in read.parses for relation in one.relations], object)
        lengths = np.diff(read.ends)
        seen = (read.attended != LEFT_OUT).all(axis=(0, 1))
        starts = np.repeat(read.ends[:-1], lengths)
        words = np.flatnonzero((heads != ROOT) & seen & seen[np.where(heads == ROOT, 0, heads + starts)])
        sentences = np.repeat(np.arange(len(lengths)), lengths)
        return cls(words, heads[words], relations[words], sentences[words])

    @property
    def punctuation(self) -> Found:
        """Which of them stand in the relation punct, ``[dependents]``."""
        return np.asarray(self.relations == "punct")

    def take(self, chosen: Found) -> "Dependents":
        """Return some of them, ``[dependents]`` of bool."""
        return Dependents(
            self.words[chosen], self.heads[chosen], self.relations[chosen], self.sentences[chosen]
        )

    def found_by_heads(self, read: ParsesRead) -> Found:
        """Return which gold heads each head finds, in either direction.

        Returns
        -------
        ndarray [layers * heads * directions, dependents] of bool
            From the dependent, the word that it attends to most is its head; from the head, it attends to the
            dependent more than any other word does (Clark et al. 2019, section 4.2 and its code). The
            direction changes fastest.
        """
        every = [getattr(read, name)[..., self.words] == self.heads for name in ("attended", "attended_by")]
        layers, heads, _ = read.attended.shape
        return np.stack(every, axis=2).reshape(layers * heads * len(DIRECTIONS), -1)

    def found_by_offsets(self, read: ParsesRead) -> Found:
        """Return which gold heads stand at each of `OFFSETS` from their dependent.

        Returns
        -------
        ndarray [offsets, dependents] of bool
            An offset that leads out of the sentence means its first, or last, word.
        """
        starts, ends = read.ends[self.sentences], read.ends[self.sentences + 1]
        guesses = self.words - starts + np.array(OFFSETS)[:, np.newaxis]
        return np.asarray(np.clip(guesses, 0, ends - starts - 1) == self.heads)


def relation_scores(read: ParsesRead) -> "pd.DataFrame":
    """Return how often each head finds the heads of words, for each relation, in both directions.

    Parameters
    ----------
    read : ParsesRead
        From `bertviz_plus.syntax`.

    Returns
    -------
    DataFrame
        A row for each relation, layer, head and direction: ``n`` words, ``right`` ones, ``accuracy`` (NaN for
        ``"all"`` of sentences in which no word has a head to look for, such as those of one word). The
        most frequent relation comes first, after ``"all"``, which is all without punctuation. The best of
        these rows are chosen from many: `relation_heads` scores them where they were not chosen.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> one = bp.Parse(("Dogs", "chase", "cats"), (1, -1, 1), ("nsubj", "root", "obj"))
    >>> table = relation_scores(bp.syntax(bp.load(), bp.Parses((one,)), progress=False))
    >>> len(table), list(table)
    (432, ['relation', 'layer', 'head', 'direction', 'n', 'right', 'accuracy'])
    """
    import pandas as pd

    dependents = _dependents(read)
    found = dependents.found_by_heads(read)
    layers, heads, _ = read.attended.shape
    own = {ALL: ~dependents.punctuation, **_each_relation(dependents, 1)}
    right = np.stack([found[:, words].sum(axis=1) for words in own.values()])
    n = np.array([words.sum() for words in own.values()])
    index = pd.MultiIndex.from_product(
        [own, read.layers, range(heads), DIRECTIONS], names=["relation", "layer", "head", "direction"]
    )
    table = pd.DataFrame({"n": np.repeat(n, layers * heads * 2), "right": right.ravel()}, index=index)
    table["accuracy"] = table["right"] / table["n"]
    return table.reset_index()


def relation_heads(
    read: ParsesRead, *, fewest: int = 20, resamples: int = 1000, seed: int = 0
) -> "pd.DataFrame":
    """Return for each relation the head that follows it best, beside the best fixed offset.

    The sentences are cut in two halves. Head and direction are chosen on each half and scored on the other,
    and so is the offset, such as "the head is the word after": nothing is rewarded for having been chosen.

    Parameters
    ----------
    read : ParsesRead
        From `bertviz_plus.syntax`.
    fewest : int, default 20
        Relations of fewer words are left out.
    resamples : int, default 1000
        For the intervals: bootstrap over sentences.
    seed : int, default 0
        Of the halves and the resamples.

    Returns
    -------
    DataFrame
        ``relation`` (the most frequent first, after ``"all"``: all without punctuation), ``n`` words;
        ``layer``, ``head`` and ``direction`` of the head that is best on all of them, and whether both halves
        choose it (``agreed``); ``accuracy`` with its 95% interval ``low`` … ``high``; ``offset`` and
        ``baseline``, its accuracy; ``gain``, the accuracy minus the baseline, with its interval
        ``gain_low`` … ``gain_high``.

    References
    ----------
    Clark et al. 2019, "What Does BERT Look At?", section 4.2, table 1; there heads and offsets are chosen and
    scored on the same sentences.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> one = bp.Parse(("Dogs", "chase", "cats"), (1, -1, 1), ("nsubj", "root", "obj"))
    >>> read = bp.syntax(bp.load(), bp.Parses((one,) * 4), progress=False)
    >>> relation_heads(read, fewest=4, resamples=10)[["relation", "n", "offset", "baseline"]]
      relation  n  offset  baseline
    0      all  8      -1       0.5
    1    nsubj  4       1       1.0
    2      obj  4      -1       1.0
    """
    import pandas as pd

    check_resamples(resamples)
    least = whole_number(fewest)
    if least is None or least < 1:
        raise ValueError(f"fewest must be a whole number from 1 on, got {fewest!r}")
    dependents = _dependents(read)
    found, by_offset = dependents.found_by_heads(read), dependents.found_by_offsets(read)
    places = [
        (*place, direction) for place in np.ndindex(read.attended.shape[:2]) for direction in DIRECTIONS
    ]
    late = second_half(dependents.sentences, seed)
    rows = []
    for relation, own in {ALL: ~dependents.punctuation, **_each_relation(dependents, fewest)}.items():
        if own.sum() < fewest:
            continue
        sentences = dependents.sentences[own]
        (at, right), (_, guessed) = (_chosen(one[:, own], late[own], sentences) for one in (found, by_offset))
        layer, head, direction = places[found[:, own].mean(axis=1).argmax()]
        accuracy, gain = (Tallies.of_shares(one, sentences=sentences) for one in (right, right - guessed))
        low, high = accuracy.interval(resamples, seed)
        gain_low, gain_high = gain.interval(resamples, seed)
        rows.append(
            {
                "relation": relation,
                "n": int(own.sum()),
                "layer": read.layers[layer],
                "head": head,
                "direction": direction,
                "agreed": bool(len(set(at.tolist())) == 1 and places[at[0]] == (layer, head, direction)),
                "accuracy": accuracy.value,
                "low": low,
                "high": high,
                "offset": OFFSETS[by_offset[:, own].mean(axis=1).argmax()],
                "baseline": float(guessed.mean()),
                "gain": gain.value,
                "gain_low": gain_low,
                "gain_high": gain_high,
            }
        )
    if not rows:
        raise ValueError(f"no relation has {fewest} words whose heads the model reads; give more sentences")
    return pd.DataFrame(rows)


def _chosen(
    found: Found, late: Found, sentences: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return for each word the place that is best on the other half, and whether that finds its head."""
    scored = [Tallies.of_shares(one, sentences=sentences) for one in found]
    at = best_on_the_other_half(scored, late)
    return at, found[at, np.arange(len(at))].astype(float)


def _each_relation(dependents: Dependents, fewest: int) -> dict[str, Found]:
    names, counts = np.unique(dependents.relations.astype(str), return_counts=True)
    order = sorted(zip(-counts, names.tolist(), strict=True))
    return {name: dependents.relations == name for less, name in order if -less >= fewest}


def _dependents(read: Any) -> Dependents:
    if not isinstance(read, ParsesRead):
        works = "relation_heads(syntax(model, parses))"
        raise wrong_kind("read", "ParsesRead, which syntax(model, parses) returns", read, works)
    return Dependents.of(read)
