"""Finding 4: most heads attend in a few simple ways."""

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
from bertviz_plus.measures.heads.accumulator import HeadStatistics
from bertviz_plus.measures.heads.numbers import even_attention
from bertviz_plus.measures.heads.places import find_places
from bertviz_plus.measures.tallies import Tallies, share
from bertviz_plus.traces.trace import Trace


def simple_shares(trace: Trace) -> NDArray[np.float64]:
    """Return the share of each head's attention that goes to simple places, beyond what even attention gives.

    Simple places are a token itself, its two neighbours, special tokens and punctuation.

    Returns
    -------
    ndarray [heads]
        0 for even attention, 1 for nothing else; NaN where every place of a text is simple.
    """
    n = trace.n_tokens
    places = find_places(trace.tokens, trace.is_special, trace.segment_ids)
    at = np.arange(n)
    simple = np.abs(at[:, np.newaxis] - at) <= 1
    simple = simple | places.punctuation | np.array(trace.is_special, bool)
    attention = np.nan_to_num(np.asarray(trace.attention, float), posinf=0, neginf=0)
    own = (attention * simple).sum(axis=(2, 3)).ravel() / n
    even = (even_attention(n, causal=trace.causal) * simple).sum() / n
    return (own - even) / (1 - even) if even < 1 - 1e-9 else np.full(own.shape, np.nan)


@dataclass(frozen=True, eq=False, kw_only=True)
class PatternSample(CountedSample):
    """Texts, and what share of attention goes to simple places, mean over all heads.

    Attributes
    ----------
    shares : ndarray [texts, heads]
    """

    shares: NDArray[np.float64]

    place_name = "model"
    halved = "texts"

    @classmethod
    def of(cls, reading: TextReading, seed: int) -> Self:
        """Take all texts in which some place is not simple."""
        shares = _shares(reading)
        texts = np.arange(len(shares))
        left_out = len(reading.traces) - len(shares)
        return cls(
            places=("all heads",),
            second_half=second_half(texts, seed),
            counts=_counts(shares),
            score=share,
            groups=np.zeros_like(texts),
            sentences=texts,
            shares=shares,
            notes=(f"{left_out} texts are too short to have a place that is not simple.",) * bool(left_out),
        )

    def read_by(self, reading: TextReading) -> Self:
        """Return the same texts as another model reads them."""
        shares = _shares(reading)
        return replace(self, shares=shares, counts=_counts(shares))

    @property
    def simple_heads(self) -> Tallies:
        """Share of heads that give simple places over half of what even attention leaves over."""
        return Tallies.of_shares((self.shares > 0.5).mean(axis=1))


def _shares(reading: TextReading) -> NDArray[np.float64]:
    shares = np.stack([simple_shares(trace) for trace in reading.traces])
    return np.asarray(shares[np.isfinite(shares).all(axis=1)])


def _counts(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([shares.mean(axis=1), np.ones(len(shares))], axis=1)[np.newaxis]


EVEN = Baseline("even attention", "gives all tokens the same weight", lambda _: 0.0)
SIMPLE = Measured(
    name="simple places",
    gloss=(
        "Share of attention to the token itself, its neighbours, special tokens and punctuation, as far as "
        "it goes beyond even attention; mean over heads."
    ),
    unit="share of attention to simple places, beyond even attention",
    ends=("as even attention", "nothing else"),
    margin=0.10,
    fewest=20,
    score=lambda sample, _: sample.tallies,
    baselines=(EVEN, UNTRAINED_TWIN),
)
MOST = Measured(
    name="heads",
    gloss="Share of heads that give simple places over half of what even attention leaves over.",
    unit="share of heads that attend mostly to simple places",
    ends=("no head", "all heads"),
    margin=0.0,
    fewest=20,
    score=lambda sample, _: sample.simple_heads,
    baselines=(Baseline("half of the heads", "is where most begins", lambda _: 0.5), UNTRAINED_TWIN),
)


class Patterns(Experiment):
    """Finding 4: most heads attend in a few simple ways.

    How much of all attention goes to the token itself, its neighbours, special tokens and punctuation,
    beyond what even attention gives them; and do more than half of the heads attend mostly there?

    Data are a list of texts, or of traces with attention; by default sentences of the package. `details` has
    a row for each head, as `head_statistics` gives; `show()` draws the shares by layer.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> heads = np.eye(12, k=1)[np.newaxis, np.newaxis]
    >>> traces = [Trace(tuple("abcdefghijkl"), attention=heads) for _ in range(24)]
    >>> bp.primer["patterns"].run(data=traces, resamples=100, progress=False).verdict
    'holds'
    """

    key = "patterns"
    items = "texts"
    reading = "traces with attention"
    measures = (SIMPLE, MOST)
    needs = (
        Need(
            "every text is too short to have a place that is not simple",
            lambda study: any(np.isfinite(simple_shares(one)).all() for one in study.reading.traces),
        ),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring texts or traces into one form."""
        del options
        return take_texts(data)

    def read(self, model: Any, study: Study) -> TextReading:
        """Trace every text."""
        return read_texts(model, study)

    def sample(self, study: Study) -> PatternSample:
        """Take all texts."""
        return PatternSample.of(study.reading, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return what each head does."""
        statistics = HeadStatistics(contexts=0)
        for trace in study.reading.traces:
            statistics.update(trace)
        return statistics.table

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a chart of where each layer's heads attend."""
        from bertviz_plus.charts.heads import heads_by_layer

        del study
        return heads_by_layer(
            details, ["to_self", "to_next", "to_previous", "to_cls", "to_sep", "to_punctuation"]
        )

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say how many heads are of which class."""
        del study, comparisons
        counts = details["pattern"].value_counts()
        classes = ", ".join(f"{number} {name}" for name, number in counts.items())
        said = (
            f"By rule, of {len(details)} heads: {classes}. Kovaleva et al. took classes from a network that "
            "was trained on maps labelled by hand."
        )
        return (said,)
