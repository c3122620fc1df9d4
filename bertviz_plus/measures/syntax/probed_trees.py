"""Trees that probes find: the maps of one hidden layer, fitted, scored, and put beside their baselines."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.measures.syntax.projections import Projection, fit_projection
from bertviz_plus.measures.syntax.tree_scores import MEASURES, chain_distances, tree_scores, tree_tallies
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.word_vectors import WordVectors

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

OWN, LAYER_0, UNTRAINED = "own", "layer_0", "untrained"


@dataclass(frozen=True, eq=False)
class Pair:
    """The two maps of a structural probe: that of the distances and that of the depths."""

    distance: Projection
    depth: Projection

    @classmethod
    def fit(cls, vectors: WordVectors, parses: Parses, hidden_layer: int, *, rank: int, seed: int) -> "Pair":
        """Learn both from the sentences that were read whole and have more than one word."""
        usable = [
            place for place, whole in enumerate(vectors.is_whole.tolist()) if whole and len(parses[place]) > 1
        ]
        if len(usable) < 2:
            raise ValueError(
                f"train must hold two sentences of several words at least, got {len(usable)} of "
                f"{len(parses)} that can be used"
            )
        own = [vectors.of(place, hidden_layer) for place in usable]
        distances = [parses[place].tree_distances() for place in usable]
        depths = [parses[place].depths for place in usable]
        return cls(
            fit_projection(own, distances, "distance", rank=rank, seed=seed),
            fit_projection(own, depths, "depth", rank=rank, seed=seed),
        )

    def scored(
        self, vectors: WordVectors, parses: Parses, hidden_layer: int, *, punctuation: bool
    ) -> pd.DataFrame:
        """Score the sentences that were read whole, a row for each."""
        whole = np.flatnonzero(vectors.is_whole).tolist()
        if not whole:
            raise ValueError(
                f"test must hold a sentence whose words the tokenizer all keeps, got none among {len(parses)}"
            )
        own = [vectors.of(place, hidden_layer) for place in whole]
        predicted = [(self.distance.distances(one), self.depth.depths(one)) for one in own]
        return tree_scores(predicted, [parses[place] for place in whole], punctuation=punctuation)


def checked_rank(rank: Any) -> int:
    """Return the rank of a probe's maps, if it is one.

    Examples
    --------
    >>> checked_rank(0)
    Traceback (most recent call last):
    ValueError: rank must be a whole number from 1 on, got 0
    """
    if not isinstance(rank, int) or isinstance(rank, bool) or rank < 1:
        raise ValueError(f"rank must be a whole number from 1 on, got {rank!r}")
    return rank


def read_parses(
    model: "Model", parses: Parses, hidden_layers: Any = None, *, progress: bool = True
) -> WordVectors:
    """Read the words of parsed sentences, and say which sentences cannot be used whole."""
    from bertviz_plus.models.vectors.span_vectors import word_vectors

    with warnings.catch_warnings():
        # Said of sentences below.
        warnings.filterwarnings("ignore", "the tokenizer makes no token")
        read = word_vectors(
            model, [one.words for one in parses], hidden_layers=hidden_layers, progress=progress
        )
    if not read.is_whole.all():
        warnings.warn(
            f"{int((~read.is_whole).sum())} of {len(parses)} sentences have words that the tokenizer makes "
            "no token of, and are left out",
            UserWarning,
            stacklevel=3,
        )
    return read


def in_a_chain(reading: WordVectors, parses: Parses, *, punctuation: bool) -> pd.DataFrame:
    """Score the chain, in which each word hangs on the one before it, on sentences that were read whole."""
    whole = [parses[place] for place in np.flatnonzero(reading.is_whole).tolist()]
    return tree_scores([chain_distances(len(one)) for one in whole], whole, punctuation=punctuation)


def probe_table(
    hidden_layer: int, own: pd.DataFrame, rivals: Mapping[str, pd.DataFrame], *, resamples: int, seed: int
) -> pd.DataFrame:
    """Put a probe's scores beside its baselines': a row for each measure."""
    rows = []
    for measure in MEASURES:
        tallies = tree_tallies(own, measure)
        low, high = tallies.interval(resamples, seed) if len(tallies.counts) else (np.nan, np.nan)
        beside = {
            name: tree_tallies(rivals[name], measure).value if name in rivals else np.nan
            for name in ("chain", LAYER_0, UNTRAINED)
        }
        rows.append(
            {"hidden_layer": hidden_layer, "measure": measure, "value": tallies.value, "low": low}
            | {"high": high, **beside, "sentences": len(own)}
        )
    return pd.DataFrame(rows)
