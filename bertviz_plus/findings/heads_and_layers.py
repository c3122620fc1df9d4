"""Finding 15: many heads can go, and layers matter more than heads."""

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
from bertviz_plus.findings.text_sample import take_texts
from bertviz_plus.measures.ablation.halved import HalvedModel, halved_model
from bertviz_plus.measures.ablation.pruning import LAYER_ORDERS
from bertviz_plus.measures.intervals import bootstrap_interval
from bertviz_plus.measures.tallies import Score, Tallies

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class HalvedSample(CountedSample):
    """Texts, and what a model knows of their words with and without half of itself.

    Attributes
    ----------
    losses : HalvedModel
    """

    losses: HalvedModel

    place_name = "model"
    halved = "texts"

    @classmethod
    def of(cls, losses: HalvedModel) -> Self:
        """Take all texts."""
        texts = np.arange(len(losses.whole))
        return cls(
            places=("half of the model",),
            second_half=losses.late,
            counts=_known(losses)[np.newaxis],
            score=_heads_beyond_layers,
            groups=np.zeros_like(texts),
            sentences=texts,
            losses=losses,
        )

    def read_by(self, reading: HalvedModel) -> Self:
        """Return the same texts as another model reads them."""
        return replace(self, losses=reading, counts=_known(reading)[np.newaxis])

    def lost(self, score: Score) -> Tallies:
        """Score what the model loses; 0 where it has nothing to lose."""
        if not self.losses.learned:
            return Tallies.of_shares(np.zeros(len(self)))
        return replace(self.tallies, score=score)


def _known(losses: HalvedModel) -> Floats:
    """Return by how many nats the model, and what is left of it, beat frequency, ``[texts, 3]``."""
    best = np.zeros(len(losses.whole))
    for half in (losses.late, ~losses.late):
        # The order that leaves most of the other texts: the layers' best case.
        order = losses.layers[:, ~half].mean(axis=1).argmin() if (~half).any() else 0
        best[half] = losses.layers[order, half]
    return losses.chance[:, np.newaxis] - np.stack([losses.whole, losses.heads, best], axis=1)


def _kept(sums: Floats, column: int) -> Floats:
    own = np.asarray(sums, float)
    whole, left = own[..., 0], own[..., column]
    share = np.divide(left, whole, out=np.zeros_like(whole), where=whole > 0)
    return np.asarray(np.clip(share, 0, 1))


def _heads_left(sums: Floats) -> Floats:
    return _kept(sums, 1)


def _heads_beyond_layers(sums: Floats) -> Floats:
    return _kept(sums, 1) - _kept(sums, 2)


HEADS_BEYOND_LAYERS = Measured(
    name="heads rather than layers",
    gloss=(
        "Of what the model knows of words beyond their frequency, in nats, the share that is left without "
        "half of its heads, less the share that is left without half of its layers."
    ),
    unit="share of its knowledge that a model keeps without half of its heads and loses with half its layers",
    ends=("the same", "all"),
    margin=0.05,
    fewest=20,
    score=lambda sample, _: sample.lost(_heads_beyond_layers),
    baselines=(
        Baseline(
            "fewer weights",
            "is the difference if what is lost were in proportion to the weights that go",
            lambda study: study.sample.losses.lighter,
        ),
        UNTRAINED_TWIN,
    ),
)
HALF_THE_HEADS = Measured(
    name="half of the heads",
    gloss=(
        "The share that is left without the half of the heads that matters least on the other texts, by "
        "Michel's score."
    ),
    unit="share of its knowledge that a model keeps without half of its heads",
    ends=("nothing", "all"),
    margin=0.20,
    fewest=20,
    score=lambda sample, _: sample.lost(_heads_left),
    baselines=(
        Baseline("in proportion", "is half of it, as half of the heads go", lambda _: 0.5),
        UNTRAINED_TWIN,
    ),
)


class HeadsAndLayers(Experiment):
    """Finding 15: many heads can be removed at little cost, and layers matter more.

    What a language model knows is by how much its loss on hidden words is below that of the words' frequency.
    How much of that is left without the half of its heads that matters least, and without half of its layers,
    in the order (top, bottom, every other) that hurts least? Heads and order are chosen on the other half of
    the texts. Layers hold more weights than heads do, which a baseline takes into account.

    Data are a list of texts, or a `HalvedModel`; by default sentences of the package. `details` has a row for
    each half that goes; `show()` draws their losses. `bertviz_plus.prune_curve` draws every step.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> ones, late = np.ones(24), np.arange(24) % 2 == 1
    >>> losses = HalvedModel(ones, 1.1 * ones, 2 * ones, np.full((3, 24), 7.0), 8 * ones, late, 0.3)
    >>> bp.primer["heads-and-layers"].run(data=losses, resamples=100, progress=False).verdict
    'holds'
    """

    key = "heads-and-layers"
    items = "texts"
    reading = "HalvedModel"
    measures = (HEADS_BEYOND_LAYERS, HALF_THE_HEADS)
    needs = (
        Need(
            "{architecture} has no language-model head, whose loss tells what is lost",
            lambda study: study.data.reading is not None or _says_words(study.model),
        ),
        Need(
            "heads of {architecture} cannot be switched off; it takes one stack of at least two layers that "
            "follows transformers' AttentionInterface",
            lambda study: (
                study.data.reading is not None
                or (study.model.records_attention and study.model.n_layers > 1 and study.model._trial.alike)
            ),
        ),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring texts into one form."""
        del options
        if isinstance(data, HalvedModel):
            return Data(None, {"name": "losses", "texts": len(data.whole)}, data)
        taken = take_texts(data, fewer=2)
        if taken.reading is not None:
            raise TypeError("data must be a list of texts, or a HalvedModel; traces have no loss")
        return taken

    def read(self, model: Any, study: Study) -> HalvedModel:
        """Score every text with the model and its halves."""
        return halved_model(model, study.data.content, seed=study.seed, progress=study.progress)

    def sample(self, study: Study) -> HalvedSample:
        """Take all texts."""
        return HalvedSample.of(study.reading)

    def details(self, study: Study) -> pd.DataFrame:
        """Return the loss as it is and without each half, and the share of knowledge that is left."""
        own: HalvedModel = study.reading
        known = float((own.chance - own.whole).mean())
        halves = {("heads", "importance"): own.heads, ("heads", "random"): own.random}
        halves |= {("layers", name): loss for name, loss in zip(LAYER_ORDERS, own.layers, strict=True)}
        rows = []
        for (removed, order), left in halves.items():
            for share, losses in ((0.0, own.whole), (0.5, left))[: 1 + own.learned]:
                low, high = bootstrap_interval(losses, seed=study.seed)
                score = float((own.chance - losses).mean()) / known if known > 0 else 0.0
                rows.append((removed, order, share, float(losses.mean()), low, high, score))
        return pd.DataFrame(rows, columns=["removed", "order", "share", "loss", "low", "high", "score"])

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the losses with all and with half of the heads and layers."""
        del study
        from bertviz_plus.charts.pruning import pruning

        return pruning(details, measure="loss")

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say what heads in a random order leave, and where there was nothing to lose."""
        del comparisons
        if not study.reading.learned:
            return ("The model says words hardly better than their frequency: it has nothing to lose.",)
        random = details[(details["order"] == "random") & (details["share"] > 0)]["score"].iloc[0]
        return (f"Without half of its heads at random it keeps {max(0.0, random):.2f} of what it knows.",)


def _says_words(model: Any) -> bool:
    from bertviz_plus.models.predictions.head import has_language_model_head

    return has_language_model_head(model)
