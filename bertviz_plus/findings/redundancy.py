"""Finding 18: heads of one layer behave alike; twins that differ in dropout ask why."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.dropout_twins import DropoutTwins
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.head_pairs import HeadPairs
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.text_sample import TextReading, read_texts, take_texts

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
        # Heads that attend to one token are closer to each other than to heads that attend evenly, wherever
        # they attend. Layers of random weights differ in that already, where weights are large.
        Baseline(
            "heads that attend elsewhere",
            "attend as evenly as the model's, each token to others at random",
            lambda study: study.sample.shuffled(study.seed),
        ),
        UNTRAINED_TWIN,
    ),
)


class Redundancy(Experiment):
    """Finding 18: heads, of one layer above all, behave alike.

    The first half of the claim is measured on a model: how much closer heads of one layer are than heads of
    different layers, by the Jensen–Shannon divergence of what they attend to. The second half, that attention
    dropout is the cause, takes twins that are trained with and without: `DropoutTwins`, which runs where no
    model is given.

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
    training = DropoutTwins()
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
        from bertviz_plus.measures.heads.accumulator import HeadStatistics

        del details
        statistics = HeadStatistics(similarity=True, contexts=0)
        for trace in study.reading.traces:
            statistics.update(trace)
        return head_map(statistics.table, statistics.similarity)

    def extent(self, comparisons: Sequence[Comparison]) -> str:
        """Say that half of the claim was not tested."""
        del comparisons
        return "heads of a layer are alike; why, no one model tells"

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say what of the claim cannot be tested."""
        del study, comparisons, details
        said = (
            "That attention dropout is the cause is not testable on one model: it takes twins that differ in "
            "nothing but the attention dropout they were trained with (0, .1, .3), several seeds each. Run "
            "the finding without a model to train them, or see recorded(). Clark et al. did not test it."
        )
        return (said,)
