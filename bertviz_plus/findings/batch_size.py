"""Finding 16: larger batches help, at the same number of examples."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bertviz_plus.findings.baselines import Baseline
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.lab_experiment import CURVE, LabExperiment
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.study import Study

LARGE, LINEAR, SMALL = "256 a batch", "256 a batch, rate in proportion", "32 a batch"
_SCALED = {LARGE: (256, "sqrt"), LINEAR: (256, "linear"), SMALL: (32, "sqrt")}
_GLOSS = (
    "On texts that no model was trained on, in nats a masked piece; all have seen the same examples in the "
    "same order."
)


def _helps(name: str, condition: str, rate: str) -> Measured:
    return Measured(
        name=name,
        gloss=f"{_GLOSS} The learning rate grows {rate}.",
        unit=f"nats by which the loss is lower with batches of 256 than of 32, the rate growing {rate}",
        ends=("no help", "a nat"),
        margin=0.05,
        fewest=40,
        score=lambda sample, _: sample.fixed_at(condition).difference("said", SMALL),
        baselines=(
            Baseline("no difference", "is what a batch size that does not matter gives", lambda _: 0.0),
        ),
    )


class BatchSize(LabExperiment):
    """Finding 16: training with larger batches helps, at the same number of examples.

    Models of two layers are pre-trained from scratch, from the same weights, on the same examples in the same
    order, in batches of 32 and of 256 texts; the learning rate grows with the square root of the batch size
    (You et al. 2020), and beside it in proportion. How much lower is the loss of texts held back with the
    larger batch? RoBERTa was trained far longer and with batches of thousands: what comes out here speaks of
    small models and short trainings. `notes` has the gradient noise scale (McCandlish et al. 2018), the batch
    size from which larger batches bring little.

    Data are texts, by default the sentences of `bertviz_plus.documentation`. It takes no model. `details` has
    a row for each training and point; `show()` draws the losses.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["batch-size"].run(budget="full")  # doctest: +SKIP
    """

    key = "batch-size"
    items = "texts"
    conditions = (LARGE, LINEAR, SMALL)
    numbers = ("said", "noise", *CURVE)
    budgets: ClassVar[Mapping[str, Budget]] = {
        "quick": Budget(3, {"examples": 16_000, "texts": 8_000}),
        "full": Budget(4, {"examples": 60_000, "texts": 30_000}),
    }
    measures = (_helps("larger batches", LARGE, "with the square root of the batch size"),)
    related = (_helps("larger batches, higher rate", LINEAR, "in proportion to the batch size"),)

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, ArrayLike]:
        """Pre-train with one batch size."""
        from bertviz_plus.training.gradient_noise import gradient_noise_scale
        from bertviz_plus.training.lab import pretrain
        from bertviz_plus.training.text_losses import MaskedTexts

        del model
        texts, tested = self.texts(study)
        size, scaling = _SCALED[condition]
        made = pretrain(texts, **self.lab(study, seed, batch_size=size, scaling=scaling))
        asked = MaskedTexts.of(made.model, tested, seed=study.seed)
        return {
            "said": -asked.losses(made.model.hf) / asked.pieces,
            "noise": gradient_noise_scale(made.model, texts[:2048], batch_size=32, seed=seed),
            **self.curve(made),
        }

    def extent(self, comparisons: Sequence[Comparison]) -> str:
        """Say of which models this speaks."""
        del comparisons
        return "in models of two layers, trained briefly"

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say how noisy gradients are, and how many steps each batch size had."""
        del comparisons, details
        runs = study.reading
        noise = np.nanmedian(runs.numbers["noise"][runs.conditions.index(SMALL)])
        said = [
            "Batches of 256 take an eighth of the steps that batches of 32 take for the same examples.",
        ]
        if np.isfinite(noise):
            said.append(
                f"At the end of training in batches of 32 the gradient noise scale is {noise:,.0f} texts "
                "(median of seeds): much smaller batches waste nothing, much larger ones bring little."
            )
        return tuple(said)
