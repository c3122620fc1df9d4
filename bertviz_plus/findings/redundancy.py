"""Finding 18: heads of one layer behave alike; why they do is not tested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.sample import CountedSample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.text_sample import TextReading, read_texts, take_texts
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.head_divergence import head_divergence

Floats = NDArray[np.float64]

_DEALS = 200


@dataclass(frozen=True, eq=False, kw_only=True)
class HeadPairs(CountedSample):
    """Texts, and how differently pairs of heads attend in them, within layers and between.

    Attributes
    ----------
    divergence : ndarray [texts, heads, heads]
    layer_of : ndarray [heads]
    """

    divergence: Floats
    layer_of: NDArray[np.intp]

    place_name = "model"
    halved = "texts"

    @classmethod
    def of(cls, reading: TextReading, seed: int) -> Self:
        """Take all texts."""
        layers, heads = reading.traces[0].n_layers, reading.traces[0].n_heads
        layer_of = np.repeat(np.arange(layers), heads)
        divergence, texts = _divergence(reading), np.arange(len(reading.traces))
        return cls(
            places=("all pairs of heads",),
            second_half=second_half(texts, seed),
            counts=_counts(divergence, layer_of),
            score=closer,
            groups=np.zeros_like(texts),
            sentences=texts,
            divergence=divergence,
            layer_of=layer_of,
        )

    def read_by(self, reading: TextReading) -> Self:
        """Return the same texts as another model reads them."""
        divergence = _divergence(reading)
        return replace(self, divergence=divergence, counts=_counts(divergence, self.layer_of))

    def dealt_at_random(self, seed: int) -> float:
        """Return the score that 1 in 20 ways of dealing the heads to layers reaches."""
        random = np.random.default_rng(seed)
        total = self.divergence.sum(axis=0, keepdims=True)
        dealt = [closer(_counts(total, random.permutation(self.layer_of))[0, 0]) for _ in range(_DEALS)]
        return float(np.quantile(dealt, 0.95))


def closer(sums: Floats) -> Floats:
    """Return by what share the mean of pairs within layers is below that of pairs between them.

    Examples
    --------
    >>> closer(np.array([2.0, 2.0, 8.0, 4.0])).tolist()
    0.5
    """
    within, pairs, between, others = np.moveaxis(np.asarray(sums, float), -1, 0)
    means = np.divide(within * others, between * pairs, out=np.ones_like(within), where=between * pairs > 0)
    return np.asarray(1 - means)


def _divergence(reading: TextReading) -> Floats:
    maps = [np.asarray(one.attention).reshape(-1, one.n_tokens, one.n_tokens) for one in reading.traces]
    return np.stack([head_divergence(one) for one in maps])


def _counts(divergence: Floats, layer_of: NDArray[np.intp]) -> Floats:
    first, second = np.triu_indices(len(layer_of), k=1)
    pairs = divergence[:, first, second]
    same = layer_of[first] == layer_of[second]
    columns = []
    for own in (same, ~same):
        columns += [pairs[:, own].sum(axis=1), np.full(len(pairs), float(own.sum()))]
    return np.stack(columns, axis=1)[np.newaxis]


WITHIN = Measured(
    name="alike within layers",
    gloss=(
        "By what share the Jensen–Shannon divergence of two heads of one layer is below that of heads of "
        "different layers."
    ),
    unit="share by which heads of one layer are closer than others",
    ends=("no closer", "the same"),
    margin=0.10,
    fewest=20,
    score=lambda sample, _: sample.tallies,
    baselines=(
        Baseline(
            "heads dealt to layers at random",
            "keeps the heads and takes away their layers: 1 in 20 ways to deal them reaches it",
            lambda study: study.sample.dealt_at_random(study.seed),
        ),
        UNTRAINED_TWIN,
    ),
)


class Redundancy(Experiment):
    """Finding 18: heads, of one layer above all, behave alike.

    The first half of the claim is measured: how much closer heads of one layer are than heads of different
    layers, by the Jensen–Shannon divergence of what they attend to. The second half, that attention dropout
    is the cause, takes twins that are trained with and without; it is not tested.

    Data are a list of texts, or of traces with attention; by default sentences of the package. `details` has
    a row for each pair of heads; `show()` draws the map of heads.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> from bertviz_plus.traces.trace import Trace
    >>> heads = np.repeat(np.stack([np.eye(6, k=k) for k in range(3)])[:, np.newaxis], 4, axis=1)
    >>> traces = [Trace(tuple("abcdef"), attention=heads) for _ in range(24)]
    >>> bp.primer["redundancy"].run(data=traces, resamples=100, progress=False).verdict
    'holds'
    """

    key = "redundancy"
    items = "texts"
    reading = "traces with attention"
    measures = (WITHIN,)
    needs = (
        Need(
            "it has one layer, or one head in each, and no pairs to compare",
            lambda study: min(study.reading.traces[0].attention.shape[:2]) > 1,
        ),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring texts or traces into one form."""
        del options
        return take_texts(data)

    def read(self, model: Any, study: Study) -> TextReading:
        """Trace every text."""
        return read_texts(model, study)

    def sample(self, study: Study) -> HeadPairs:
        """Take all texts."""
        return HeadPairs.of(study.reading, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return the divergence of each pair of heads, summed over texts."""
        trace, total = study.reading.traces[0], study.sample.divergence.sum(axis=0)
        first, second = np.triu_indices(len(total), k=1)
        columns = {"divergence": total[first, second]}
        for name, heads in (("first", first), ("second", second)):
            columns[f"{name}_layer"] = np.array(trace.layers)[heads // trace.n_heads]
            columns[f"{name}_head"] = heads % trace.n_heads
        return pd.DataFrame(columns)

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the map of heads."""
        from bertviz_plus.charts.heads import head_map
        from bertviz_plus.measures.head_accumulator import HeadStatistics

        del details
        statistics = HeadStatistics(similarity=True, contexts=0)
        for trace in study.reading.traces:
            statistics.update(trace)
        return head_map(statistics.table, statistics.similarity)

    def extent(self, comparisons: Sequence[Comparison]) -> str:
        """Say that half of the claim was not tested."""
        del comparisons
        return "heads of a layer are alike; why was not tested"

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say what of the claim cannot be tested."""
        del study, comparisons, details
        said = (
            "That attention dropout is the cause is not testable here: it takes twins that differ in nothing "
            "but the attention dropout they were trained with (0, .1, .3), several seeds each, and this "
            "package does not train them yet. Clark et al. did not test it either."
        )
        return (said,)
