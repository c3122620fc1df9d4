"""What an alignment plate draws: one pair, its links at one layer by one method, and the map of both."""

from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.measures.alignment.scores import diagonal_links, link_scores
from bertviz_plus.traces.links import Gold, Link

_VERDICTS = section("words.verdicts")

PLAIN, HINT = "plain", "hint"
AGREED, AGREED_POSSIBLE, EXTRA = map(_VERDICTS.text, ("agreed", "allowed", "extra"))
MISSED, POSSIBLE = map(_VERDICTS.text, ("missed", "unlinked"))
# From the bottom up.
ORDER = (HINT, POSSIBLE, MISSED, PLAIN, AGREED, AGREED_POSSIBLE, EXTRA)


def two_digits(value: float | None) -> str:
    """Write a score with two digits, halves up as a browser does; a dash where there is none.

    Examples
    --------
    >>> two_digits(0.125), two_digits(0.07), two_digits(None)
    ('0.13', '0.07', '–')
    """
    return "–" if value is None or value != value else f"{floor(100 * value + 0.5 + 1e-9) / 100:.2f}"


@dataclass(frozen=True, eq=False)
class AlignmentData:
    """A pair as it is shown.

    Attributes
    ----------
    title : str
        The model's name; empty where no model has read the pairs.
    languages : tuple of (str, str) or None
    pair, pairs : int
        Which of how many.
    source, target : tuple of str
        Words.
    source_rtl, target_rtl : bool
        Whether they run from the right.
    links : tuple of Link
        Of the method at the layer in view, those over the threshold.
    hidden : int
        How many are not.
    threshold : float
    method : str
    methods : tuple of str
        All that there are, given ones at the end.
    hidden_layer : int
        -1 where no model has read the pairs.
    hidden_layers : tuple of int
    gold : Gold or None
        The true links, or those drawn by hand.
    stable : tuple of (int, int, float)
        Links that hold at many layers, and how much they weigh: long sentences are not cut across them.
    measure : {"aer", "confidence", ""}
        Which number the map shows.
    values : ndarray [methods, layers]
        The map.
    map_of : {"all", "pair"}
    note, fine_print : str
    similarity : ndarray [source words, target words] or None
        Cosines.
    drawing : bool
        Whether links are being drawn by hand.
    drawn : bool
        Whether gold was.
    cut_source, cut_target : frozenset of int
        Words that the model did not read.
    method_title : str
        Which words the method links.
    chance : ndarray [methods, layers] or None
        Mean confidence on random numbers: the baseline of a mean confidence.
    chance_note : str
        Over which pairs that is, where there are several.
    diagonal : float or None
        The error rate of the diagonal over the pairs of the map.
    """

    title: str
    languages: tuple[str, str] | None
    pair: int
    pairs: int
    source: tuple[str, ...]
    target: tuple[str, ...]
    source_rtl: bool
    target_rtl: bool
    links: tuple[Link, ...]
    hidden: int
    threshold: float
    method: str
    methods: tuple[str, ...]
    hidden_layer: int
    hidden_layers: tuple[int, ...]
    gold: Gold | None
    stable: tuple[tuple[int, int, float], ...]
    measure: str
    values: NDArray[np.floating[Any]]
    map_of: str = "all"
    note: str = ""
    fine_print: str = ""
    similarity: NDArray[np.floating[Any]] | None = None
    drawing: bool = False
    drawn: bool = False
    cut_source: frozenset[int] = frozenset()
    cut_target: frozenset[int] = frozenset()
    method_title: str = ""
    chance: NDArray[np.floating[Any]] | None = None
    chance_note: str = ""
    diagonal: float | None = None

    @property
    def is_given(self) -> bool:
        """Whether the links came with the pair, from elsewhere."""
        return self.method not in self.methods[: len(self.values)]

    @property
    def cut(self) -> int:
        """How many words the model did not read."""
        return len(self.cut_source) + len(self.cut_target)

    @staticmethod
    def count(said: list[tuple[Link, str]]) -> dict[str, int]:
        """Return how many links there are of each verdict."""
        counts = dict.fromkeys(ORDER, 0)
        for _, verdict in said:
            counts[verdict] += 1
        return counts

    def verdicts(self, *, gold: bool) -> list[tuple[Link, str]]:
        """Return each link with what gold says of it, and the links of gold that were not found.

        Parameters
        ----------
        gold : bool
            Whether gold is shown; without it every link is plain. While links are drawn, those that were
            found are hints.
        """
        if self.drawing:
            made = self.gold or Gold(frozenset())
            hints = [(link, HINT) for link in self.links if link[:2] not in made.possible]
            return hints + [
                (Link(i, j), AGREED if (i, j) in made.sure else AGREED_POSSIBLE)
                for i, j in sorted(made.possible)
            ]
        if not gold or self.gold is None:
            return [(link, PLAIN) for link in self.links]
        sure, possible = self.gold.sure, self.gold.possible
        found = {(link.source, link.target) for link in self.links}
        said = [
            (link, AGREED if link[:2] in sure else AGREED_POSSIBLE if link[:2] in possible else EXTRA)
            for link in self.links
        ]
        said += [(Link(i, j), MISSED) for i, j in sorted(sure - found)]
        return said + [(Link(i, j), POSSIBLE) for i, j in sorted(possible - sure - found)]

    def scores(self) -> tuple[float, float, float] | None:
        """Return AER, precision and recall of the links shown; `None` without gold, NaN where undefined."""
        if self.gold is None:
            return None
        scores = link_scores({(link.source, link.target) for link in self.links}, self.gold)
        return scores["aer"], scores["precision"], scores["recall"]

    def diagonal_aer(self) -> float | None:
        """Return the AER of links along the diagonal: what word order alone gives."""
        if self.gold is None:
            return None
        return link_scores(diagonal_links(len(self.source), len(self.target)), self.gold)["aer"]

    def by_chance(self, place: tuple[int, int] | None = None) -> str:
        """Name the baseline of a mean confidence; nothing where it is not known.

        Parameters
        ----------
        place : (int, int), optional
            Method and layer, by their places; those in view without it.
        """
        known = self.methods[: len(self.values)]
        if self.chance is None or (place is None and self.method not in known):
            return ""
        row, column = place or (known.index(self.method), self.hidden_layers.index(self.hidden_layer))
        value = float(self.chance[row, column])
        note = [self.chance_note, "nothing hidden" if self.threshold else "", two_digits(value)]
        return "" if value != value else " ".join(["by chance", *filter(None, note)])
