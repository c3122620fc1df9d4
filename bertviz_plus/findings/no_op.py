"""Finding 5: attention to a separator is a no-op."""

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
from bertviz_plus.findings.tables import described
from bertviz_plus.findings.text_sample import take_texts
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.separator_effects import SeparatorEffects, separator_effects
from bertviz_plus.measures.tallies import Tallies, share

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class SeparatorSample(CountedSample):
    """Texts, and what attention to their separators does in each layer.

    Attributes
    ----------
    effects : SeparatorEffects
    """

    effects: SeparatorEffects

    place_name = "attention layer"
    halved = "texts"

    @classmethod
    def of(cls, effects: SeparatorEffects, seed: int) -> Self:
        """Take all texts with a separator."""
        layers, n = effects.attention.shape
        texts = np.arange(n)
        return cls(
            places=tuple(f"{layer}" for layer in range(layers)),
            second_half=second_half(texts, seed),
            counts=np.stack([effects.changed, effects.beside], axis=2),
            score=_spared,
            groups=np.zeros_like(texts),
            sentences=texts,
            effects=effects,
        )

    def read_by(self, reading: SeparatorEffects) -> Self:
        """Return the same texts as another model reads them."""
        return replace(self, effects=reading, counts=np.stack([reading.changed, reading.beside], axis=2))

    def here(self, values: Floats) -> Floats:
        """Return values ``[layers, texts]`` of each text at its layer."""
        return np.asarray(values[self.at, np.arange(len(self))])

    @property
    def empty(self) -> Tallies:
        """By what share the norm-weighted share of separators is below their share of attention."""
        counts = np.stack([self.here(self.effects.norms), self.here(self.effects.attention)], axis=1)
        return replace(self.tallies, counts=counts)

    @property
    def attended(self) -> Tallies:
        """Share of attention that goes to separators."""
        return Tallies.of_shares(self.here(self.effects.attention))


def _spared(sums: Floats) -> Floats:
    return np.asarray(1 - share(sums))


NO_DIFFERENCE = Baseline("no difference", "is attention that does as much as any other", lambda _: 0.0)
UNCHANGED = Measured(
    name="taken away",
    gloss=(
        "By what share the last hidden states move less where weight is taken from separators than where the "
        "same weight is taken from the word that has most, in one layer."
    ),
    unit="share by which taking attention from separators changes less than from a word",
    ends=("as much", "nothing"),
    margin=0.20,
    fewest=20,
    score=lambda sample, _: sample.tallies,
    baselines=(NO_DIFFERENCE, UNTRAINED_TWIN),
)
EMPTY = Measured(
    name="adds little",
    gloss=(
        "By what share the norms of what separators add (Kobayashi) are a smaller part of all norms than "
        "their attention is of all attention, in the same layer."
    ),
    unit="share of attention to separators that adds nothing",
    ends=("none of it", "all of it"),
    margin=0.10,
    fewest=20,
    score=lambda sample, _: sample.empty,
    baselines=(NO_DIFFERENCE, UNTRAINED_TWIN),
)
ATTENDED = Measured(
    name="attended",
    gloss="Share of attention that goes to separators, mean over heads and tokens, in the same layer.",
    unit="share of attention that goes to separators",
    ends=("none", "all"),
    margin=0.05,
    fewest=20,
    score=lambda sample, _: sample.attended,
    baselines=(
        Baseline(
            "even attention",
            "gives all tokens the same weight",
            lambda study: float(study.sample.effects.even.mean()),
        ),
        UNTRAINED_TWIN,
    ),
)


class NoOp(Experiment):
    """Finding 5: attention to a separator does nothing.

    In the attention layer that is chosen on the other half of the texts: does the output change less where
    weight is taken from separators than where the same weight is taken from a word; is what separators add
    smaller than their attention; and do they get more attention than an even spread gives?

    Data are a list of texts, or `SeparatorEffects`; by default sentences of the package. `details` has a row
    for each layer; `show()` draws attention and norm-weighted share by layer.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> ones = np.ones((2, 24))
    >>> effects = SeparatorEffects(ones * 0.9, ones * 0.05, ones * 0.1, ones * 0.01, ones)
    >>> bp.primer["no-op"].run(data=effects, resamples=100, progress=False).verdict
    'holds'
    """

    key = "no-op"
    items = "texts"
    reading = "SeparatorEffects"
    measures = (UNCHANGED, EMPTY, ATTENDED)
    needs = (
        Need(
            "attention of {architecture} cannot be changed; it takes one stack that follows transformers' "
            "AttentionInterface",
            lambda study: (
                study.data.reading is not None
                or (study.model.records_attention and not study.model.is_encoder_decoder)
            ),
        ),
        Need("the tokenizer puts no separator into a text", lambda study: study.reading.attention.size > 0),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring texts into one form."""
        del options
        if isinstance(data, SeparatorEffects):
            return Data(None, {"name": "effects", "texts": data.attention.shape[1]}, data)
        taken = take_texts(data, fewer=4)
        if taken.reading is not None:
            raise TypeError("data must be a list of texts, or SeparatorEffects; traces cannot be changed")
        return taken

    def read(self, model: Any, study: Study) -> SeparatorEffects:
        """Measure what separators do in every text."""
        return separator_effects(model, study.data.content, progress=study.progress)

    def sample(self, study: Study) -> SeparatorSample:
        """Take all texts."""
        return SeparatorSample.of(study.reading, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return each layer's shares and changes, mean over texts."""
        effects = study.reading
        names = ("attention", "norms", "even", "changed", "beside")
        return pd.DataFrame(
            {"layer": range(len(effects.attention))}
            | {name: getattr(effects, name).mean(axis=1) for name in names}
        )

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a chart of attention to separators and what it adds, by layer."""
        from bertviz_plus.charts.heads import heads_by_layer

        del study
        table = details.assign(head=0)
        table.attrs = {"baseline": {"attention": float(details["even"].mean())}}
        return heads_by_layer(table, ["attention", "norms"])

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say where separators get most attention, and what part of the norms that is."""
        del study, comparisons
        most = details.iloc[int(details["attention"].to_numpy().argmax())]
        said = (
            f"Separators get most attention in layer {int(most['layer'])}: {described(most['attention'])} "
            f"of it, and {described(most['norms'])} of the norms of what is added."
        )
        return (said,)
