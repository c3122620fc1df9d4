"""Finding 6: fine-tuning changes attention in the last layers most, and what it may teach."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.changed_layers import RIVALS, SHUFFLED, ChangedLayers, at_the_end
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.study import Study
from bertviz_plus.measures.seeded import SeededTallies

_SPECIAL = ("change_to_sep", "change_to_cls")


def _gain_without_a_layer(sample: Any, _: Study) -> SeededTallies:
    """Score by what is gained without the layer whose loss helped most on the other half of the examples."""
    without, right = sample.values("right_without").astype(float), sample.values("right").astype(float)
    gains = without - right[..., np.newaxis]
    chosen = np.zeros_like(right)
    for half in (sample.second_half, ~sample.second_half):
        # With a single example there is no other half to choose on.
        best = int(gains[:, ~half].mean(axis=(0, 1)).argmax()) if (~half).any() else 0
        chosen[:, half] = gains[:, half, best]
    return SeededTallies.of_values(chosen, sample.sentences)


ATTENTION = Measured(
    name="change of attention at the end",
    gloss=(
        "One less the cosine of a head's flattened attention before and after fine-tuning, its mean over the "
        "heads of the last sixth of the layers: of twelve layers, the last two."
    ),
    unit="change of attention in the final layers, one less the cosine",
    ends=("nothing changes", "all attention goes elsewhere"),
    margin=0.01,
    fewest=40,
    score=at_the_end,
    baselines=RIVALS,
)
WITHOUT = Measured(
    name="gain without a layer's heads",
    gloss=(
        "The accuracy gained by fixing all attention of one layer to be even, in the tuned model; the layer "
        "is chosen on the other half of the test examples."
    ),
    unit="accuracy gained by making one layer attend evenly",
    ends=("nothing is gained", "all is gained"),
    margin=0.01,
    fewest=40,
    score=_gain_without_a_layer,
    baselines=(Baseline("all heads on", "leaves the model as it was trained", lambda _: 0.0), UNTRAINED_TWIN),
)


class Unlearning(ChangedLayers):
    """Fine-tunes a classifier and compares every head's attention before and after, on test examples.

    The change of a head is one less the cosine of its flattened maps, a mean over its layer's heads. The
    final layers must have changed more than the others, more than two trainings end apart that differ in
    their seed alone, more than by labels that say nothing, and more than in an untrained twin. Beside it
    stands what the claim asks further: whether the tuned model gains where one layer attends evenly, as if
    it had not learned to; `details` has by how much more each layer attends to separators and to the first
    special token.

    Data are a `Task` of texts or pairs; without data, the topics of the package's own sentences. `details`
    has a row for each layer; `show()` draws its change beside that of two seeds and of shuffled labels.
    """

    key = "unlearning"
    numbers = ("change", "between", "right", "group", "right_without", *_SPECIAL)
    measures = (ATTENTION,)
    related = (WITHOUT,)

    def changes(self, first: Any, second: Any, texts: Sequence[Any]) -> NDArray[np.float64]:
        """Return one less the cosine of attention, the mean of each layer's heads."""
        from bertviz_plus.measures.comparison.heads import map_cosines

        traces = (model.traces(texts, keep=("attention",), progress=False) for model in (first, second))
        found = [map_cosines(*both).reshape(first.n_layers, -1) for both in zip(*traces, strict=True)]
        return np.asarray(1 - np.nanmean(found, axis=2))

    def beside(self, model: Any, tuned: Any, texts: Sequence[Any], study: Study) -> Mapping[str, Any]:
        """Return how attention to special tokens changes, and answers where one layer attends evenly."""
        from bertviz_plus.measures.comparison.compare import compare
        from bertviz_plus.models.interventions.ablate import Ablate
        from bertviz_plus.training.tuned import right_of

        heads = compare(model, tuned.model, texts, baseline=None, progress=False).heads
        # One model before and after training: its heads are paired.
        moved: Any = pd.DataFrame(heads).groupby("layer")[list(_SPECIAL)].mean()
        test = tuned.task.test.take(np.arange(len(texts)))
        without = []
        for layer in range(model.n_layers):
            every = [(layer, head) for head in range(model.n_heads)]
            with tuned.model.intervene(Ablate(every, by="uniform")):
                without.append(right_of(tuned, test))
        del study
        return {"right_without": np.stack(without, axis=1), **{name: moved[name] for name in _SPECIAL}}

    def details(self, study: Study) -> pd.DataFrame:
        """Return each layer's change, its attention to special tokens, and the accuracy without it."""
        found, sample = self.by_layer(study), study.sample
        for name in _SPECIAL:
            found[name] = sample.values(name).mean(axis=0)
        return found.assign(accuracy_without=sample.values("right_without").mean(axis=(0, 1)))

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say how attention to separators has changed, and that it changes under any labels."""
        moved = float(details["change_to_sep"].mean())
        more = "more" if moved > 0 else "less"
        said = f"Tuned heads attend {abs(moved):.3f} {more} to separators, a mean over all heads."
        known = SHUFFLED in study.sample.places
        rival = ("Shuffled labels show how much of the change any training makes.",) if known else ()
        return (*super().notes(study, comparisons, details), said, *rival)
