"""Finding 12: the final layers are the most specific to the task."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.findings.changed_layers import RIVALS, ChangedLayers, at_the_end
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.study import Study

_COMPARED = ("cka", "rsa", "weights", "divergence")

VECTORS = Measured(
    name="change of vectors at the end",
    gloss=(
        "One less the correlation, before and after fine-tuning, of a text's cosine similarities to the "
        "other texts (RSA, a row at a time), its mean over the last sixth of the hidden layers. A text's "
        "vector is the mean of its tokens."
    ),
    unit="change of what texts are alike in the final layers, one less RSA",
    ends=("nothing changes", "other texts are alike"),
    margin=0.02,
    fewest=40,
    score=at_the_end,
    baselines=RIVALS,
)


class TaskLayers(ChangedLayers):
    """Fine-tunes a classifier and compares what texts are alike at every layer, before and after.

    The change of a hidden layer is one less the correlation of each test text's similarities to all others.
    The final layers must have changed more than the others, more than two trainings end apart that differ in
    their seed alone, more than by labels that say nothing, and more than in an untrained twin. Beside it
    stand linear CKA and RSA of all tokens, the divergence of attention, and the relative change of the
    weights.

    Data are a `Task` of texts or pairs; without data, the topics of the package's own sentences. `details`
    has a row for each hidden layer, 0 the embeddings; `show()` draws its change beside that of two seeds and
    of shuffled labels.
    """

    key = "task-layers"
    numbers = ("change", "between", "right", "group", *_COMPARED)
    measures = (VECTORS,)

    def changes(self, first: Any, second: Any, texts: Sequence[Any]) -> NDArray[np.float64]:
        """Return one less each text's correlation of similarities, by hidden layer."""
        from bertviz_plus.measures.item_similarity import similarity_by_item

        vectors = [
            np.stack([
                np.asarray(trace.hidden_states).mean(axis=1)
                for trace in model.traces(texts, keep=("hidden_states",), progress=False)
            ], axis=1)
            for model in (first, second)
        ]  # fmt: skip
        alike = [similarity_by_item(*layer) for layer in zip(*vectors, strict=True)]
        # What is as near to all others before and after has not moved.
        return np.nan_to_num(1 - np.stack(alike, axis=1), nan=0.0)

    def beside(self, model: Any, tuned: Any, texts: Sequence[Any], study: Study) -> Mapping[str, Any]:
        """Return what `compare` says of each layer."""
        from bertviz_plus.measures.comparison.compare import compare

        del study
        layers = compare(model, tuned.model, texts, baseline=None, progress=False).layers
        return {name: layers[name].to_numpy(float) for name in _COMPARED}

    def details(self, study: Study) -> pd.DataFrame:
        """Return each hidden layer's change, and what `compare` says of it, the mean over seeds."""
        found = self.by_layer(study)
        return found.assign(**{name: study.sample.values(name).mean(axis=0) for name in _COMPARED})
