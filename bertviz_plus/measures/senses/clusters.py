"""Senses proposed without labels: groups of a word's occurrences, and what each is about."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.senses.agreement import Agreement, clustering_agreement
from bertviz_plus.measures.senses.context_words import context_words
from bertviz_plus.measures.senses.forms import without_forms, written_forms
from bertviz_plus.measures.senses.kmeans import Clustering, kmeans
from bertviz_plus.measures.senses.labelled import unit, usable
from bertviz_plus.measures.senses.silhouettes import centred_silhouettes, centred_units
from bertviz_plus.traces.occurrences import Occurrences, check_occurrences

ONE_SENSE = 0.1
"""Mean silhouette under which one sense is proposed: k-means cuts any cloud into groups of about so much.

It errs towards several: in this package's sentences (MiniLM, last hidden layer) no ambiguous word stays under
it, but of single senses, each taken alone, only about a fifth.
"""


@dataclass(frozen=True, eq=False)
class ProposedSenses:
    """Groups of occurrences that may be senses.

    Attributes
    ----------
    labels : ndarray [occurrences], intp
        Group of each occurrence, 0 being the largest; −1 where its vector is NaN or of length 0.
    number : int
        How many groups.
    hidden_layer : int
        Where they were found.
    silhouettes : DataFrame
        ``number`` of groups and their mean ``silhouette`` (cosine): what `number` was chosen by.
    threshold : float
        One sense is proposed where the best silhouette is under it.
    typical : tuple of tuple of int
        By group, the occurrences nearest to its centre, no two of the same text, nearest first.
    context_words : tuple of tuple of (str, float)
        By group, the words that set its texts apart, with log-odds in standard deviations.
    agreement : Agreement or None
        With the occurrences' own senses, over those that have one; None without.
    note : str
        How the number was chosen, and what was left out.
    occurrences : Occurrences
        What was grouped.
    """

    labels: NDArray[np.intp]
    number: int
    hidden_layer: int
    silhouettes: pd.DataFrame
    threshold: float
    typical: tuple[tuple[int, ...], ...]
    context_words: tuple[tuple[tuple[str, float], ...], ...]
    agreement: Agreement | None
    note: str
    occurrences: Occurrences

    def names(self) -> tuple[str, ...]:
        """Return a name for each group: its number and two or three context words that set it apart.

        A single word names nothing ("cluster 0: enough"), and so the number stands alone where there is no
        second one.

        Examples
        --------
        >>> found = propose_senses(Occurrences.from_vectors(np.eye(4), word="bank"), number=2)
        >>> found.names()
        ('cluster 0', 'cluster 1')
        """
        return tuple(
            f"cluster {group}" + (f": {', '.join(word for word, _ in words[:3])}" if len(words) > 1 else "")
            for group, words in enumerate(self.context_words)
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group: ``group``, ``occurrences``, ``context`` words, ``typical`` texts.

        Examples
        --------
        >>> found = propose_senses(Occurrences.from_vectors(np.eye(4), word="bank"), number=1)
        >>> found.to_frame()["occurrences"].tolist()
        [4]
        """
        rows = [
            {
                "group": group,
                "occurrences": int(np.count_nonzero(self.labels == group)),
                "context": ", ".join(word for word, _ in self.context_words[group]),
                "typical": [self.occurrences.texts[place] for place in self.typical[group]],
            }
            for group in range(self.number)
        ]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return f"ProposedSenses({self.occurrences.word!r}, hidden layer {self.hidden_layer}: {self.note})"


def propose_senses(
    occurrences: Occurrences,
    hidden_layer: int | None = None,
    *,
    number: int | None = None,
    most: int = 8,
    threshold: float = ONE_SENSE,
    by_form: bool = True,
    typical: int = 5,
    words: int = 8,
    sample: int = 3000,
    seed: int = 0,
) -> ProposedSenses:
    """Group a word's occurrences without labels, and say what each group is about.

    k-means (of unit vectors) with 2 to `most` groups; the number with the highest mean silhouette by cosine
    is taken, or one where even that is under `threshold`. A proposal, not a finding: groups may be topics or
    positions as well as senses. The first thing they would be is written forms ("bank" and "banks" lie
    further apart than two meanings), so each form's mean vector is taken off first.

    Parameters
    ----------
    occurrences : Occurrences
        Its senses, where it has any, are only used for `agreement`.
    hidden_layer : int, optional
        Where; the last by default.
    number : int, optional
        How many groups, instead of choosing by silhouette.
    most : int, default 8
        The largest number that is tried (at most n − 1).
    threshold : float, default 0.1
        Best silhouette under which one sense is proposed.
    by_form : bool, default True
        Take the mean vector of each written form off (where it occurs four times or more), and put the mean
        of all in its place.
    typical, words : int
        How many texts and context words to give for each group.
    sample : int, default 3000
        Above so many occurrences, groups are found on a uniform sample and the others assigned to the
        nearest centre.
    seed : int, default 0

    Returns
    -------
    ProposedSenses

    Raises
    ------
    ValueError
        For fewer than two usable occurrences, an absent hidden layer, or a number that cannot be.

    References
    ----------
    Rousseeuw 1987, "Silhouettes" (the choice of a number). Monroe, Colaresi & Quinn 2008, "Fightin'
    Words" (context words).

    Examples
    --------
    >>> vectors = np.random.default_rng(0).normal(size=(60, 8))
    >>> vectors[:40, 0] += 30
    >>> vectors[40:, 1] += 30
    >>> found = propose_senses(Occurrences.from_vectors(vectors, word="bank"))
    >>> found.number, np.bincount(found.labels).tolist()
    (2, [40, 20])
    """
    check_occurrences(occurrences, 'propose_senses(occurrences(model, "bank", texts))')
    layer = occurrences.hidden_layers[-1] if hidden_layer is None else hidden_layer
    if layer not in occurrences.hidden_layers:
        raise ValueError(
            f"hidden_layer must be among {', '.join(map(str, occurrences.hidden_layers))}, got {hidden_layer}"
        )
    vectors = np.asarray(occurrences.vectors[occurrences.hidden_layers.index(layer)], np.float32)
    good = np.flatnonzero(usable(vectors))
    if len(good) < 2:
        raise ValueError(f"occurrences must hold at least 2 with a usable vector, got {len(good)}")
    if number is not None and not 1 <= number <= len(good):
        raise ValueError(f"number must be 1..{len(good)} for {len(good)} occurrences, got {number}")
    if most < 2:
        raise ValueError(f"most must be 2 or more, got {most}")
    if by_form:
        vectors = without_forms(vectors, written_forms(occurrences))
        good = good[usable(vectors[good])]
    fitted, notes = good, []
    if len(good) > sample:
        fitted = np.sort(np.random.default_rng(seed).choice(good, sample, replace=False))
        notes.append(f"found on a seeded sample of {sample:,} of {len(good):,} occurrences")
    if len(good) < len(vectors):
        notes.append(f"{len(vectors) - len(good):,} vectors NaN or of length 0 left out")
    tried = range(2, min(most, len(fitted) - 1) + 1)
    if number is not None:
        tried = range(number, number + (number > 1))
    table, found = _by_number(vectors[fitted], tried, seed)
    chosen, why = _chosen(table, number, threshold)
    clustering = found.get(chosen) or kmeans(vectors[fitted], chosen, seed=seed)
    labels = np.full(len(vectors), -1, np.intp)
    labels[good] = clustering.assign(vectors[good])
    # Equal vectors can leave fewer groups than asked for.
    groups = len(clustering.centres)
    texts, spans = occurrences.texts, occurrences.spans
    context = context_words(
        [texts[place] for place in good],
        [spans[place] for place in good],
        labels[good].tolist(),
        most=words,
    )
    return ProposedSenses(
        labels,
        groups,
        layer,
        table,
        threshold,
        tuple(_typical(vectors, labels, group, clustering, texts, typical) for group in range(groups)),
        tuple(context.get(group, ()) for group in range(groups)),
        _agreement(occurrences.senses, labels),
        "; ".join([why, *notes]),
        occurrences,
    )


def _by_number(
    vectors: NDArray[np.float32], tried: range, seed: int
) -> tuple[pd.DataFrame, dict[int, Clustering]]:
    """Cluster with each number of groups, and take the silhouettes."""
    parts = centred_units(vectors)
    found: dict[int, Clustering] = {}
    rows = []
    for number in tried:
        found[number] = kmeans(vectors, number, seed=seed)
        groups = len(found[number].centres)
        value = float("nan")
        if groups > 1:
            value = float(centred_silhouettes(*parts, found[number].labels, groups).mean())
        rows.append({"number": number, "silhouette": value})
    return pd.DataFrame(rows, columns=["number", "silhouette"]), found


def _chosen(table: pd.DataFrame, number: int | None, threshold: float) -> tuple[int, str]:
    """Return the number of groups, and the reason in words."""
    if number is not None:
        return number, f"{number} as asked"
    defined = table.dropna()
    if defined.empty:
        return 1, "one sense: no two different vectors" if len(table) else "one sense: too few occurrences"
    best = int(defined["silhouette"].to_numpy().argmax())
    value, chosen = float(defined["silhouette"].iloc[best]), int(defined["number"].iloc[best])
    if value < threshold:
        return 1, f"one sense: best silhouette {value:.2f} ({chosen} groups) is under {threshold:g}"
    return chosen, f"{chosen} senses: best silhouette {value:.2f} of 2 to {int(table['number'].max())} groups"


def _typical(
    vectors: NDArray[np.float32],
    labels: NDArray[np.intp],
    group: int,
    clustering: Clustering,
    texts: tuple[str, ...],
    most: int,
) -> tuple[int, ...]:
    members = np.flatnonzero(labels == group)
    near = unit(vectors[members]) @ clustering.centres[group]
    ordered = members[np.argsort(-near, kind="stable")].tolist()
    distinct = {texts[place]: place for place in reversed(ordered)}
    return tuple(place for place in ordered if distinct[texts[place]] == place)[:most]


def _agreement(senses: tuple[str | None, ...] | None, labels: NDArray[np.intp]) -> Agreement | None:
    if senses is None:
        return None
    both = [
        (sense, label)
        for sense, label in zip(senses, labels, strict=True)
        if sense is not None and label >= 0
    ]
    if not both:
        return None
    gold, found = zip(*both, strict=True)
    return clustering_agreement(gold, found)
