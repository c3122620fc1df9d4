"""The frame of findings that pre-train small models from scratch: texts, the lab's models, curves."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.data.documentation import documentation
from bertviz_plus.findings.experiment import Need
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.training_experiment import TrainingExperiment
from bertviz_plus.traces.model_info import ModelInfo

Floats = NDArray[np.float64]
# A text that is tested on is read whole: fewer words than fit.
_WORDS = 20
_TESTED = 200
_FEWEST, _FEWEST_TESTED = 250, 40
_POINTS = 7
CURVE = ("curve", "seen")


class LabExperiment(TrainingExperiment):
    """What the file of a claim states that pre-trains models from scratch.

    A subclass trains in `train`, with the texts and the settings that `lab` gives it, and returns beside its
    own numbers those of `curve`. Data are texts, by default the sentences of `bertviz_plus.documentation`;
    200 short ones at most are held back to test on, the same for all seeds.
    """

    own_model = ModelInfo(
        id="lab", source="random weights, trained from scratch", architecture="BertForMaskedLM"
    )
    recipe: ClassVar[Mapping[str, Any]] = {"layers": 2, "width": 64, "heads": 4, "vocabulary": 1024}
    """The models that are trained, as `bertviz_plus.lab.Recipe` has them."""
    needs = (
        Need(
            f"fewer than {_FEWEST_TESTED} of the texts have {_WORDS} words at most, to be tested on whole",
            lambda study: study.data.reading is not None or len(_short(study)) >= _FEWEST_TESTED,
        ),
    )

    def take_data(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take texts."""
        del options
        if data is None:
            read = documentation()
            return Data(
                read.texts, data_record("documentation", read.texts, texts=len(read), **read.versions)
            )
        if isinstance(data, str) or not isinstance(data, Iterable):
            raise TypeError(f"data must be a list of texts, or Runs, got {type(data).__name__}")
        texts = tuple(data)
        for place, text in enumerate(texts):
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"data[{place}] must be a text that is not empty, got {text!r:.60}")
        if len(texts) < _FEWEST:
            raise ValueError(f"data must be at least {_FEWEST} texts, got {len(texts)}")
        return Data(texts, data_record("texts", texts, texts=len(texts)))

    def texts(self, study: Study) -> tuple[list[str], list[str]]:
        """Return the texts to train on, as many as the budget has, and those to test on."""
        every = study.data.content
        tested = _short(study)[: min(_TESTED, len(every) // 5)]
        trained = [place for place in _order(study) if place not in set(tested)][: study.spending["texts"]]
        return [every[place] for place in trained], [every[place] for place in tested]

    def lab(self, study: Study, seed: int, **more: Any) -> dict[str, Any]:
        """Return what `bertviz_plus.lab.pretrain` is called with."""
        return {
            **self.recipe,
            "examples": study.spending["examples"],
            "batch_size": 64,
            "points": _POINTS,
            "seed": seed,
            "progress": False,
            **more,
        }

    @staticmethod
    def curve(trained: Any) -> dict[str, Floats]:
        """Return the loss of a training's own texts held back, at points that all trainings share.

        A large batch goes past a point by less than its size: the loss there is interpolated.
        """
        history = trained.history
        seen = np.linspace(0, trained.recipe.examples, _POINTS).round()
        return {"curve": np.interp(seen, history["examples"], history["held_back"]), "seen": seen.astype(int)}

    def details(self, study: Study) -> pd.DataFrame:
        """Return the loss of every training at every point."""
        runs = study.reading
        rows = [
            (condition, seed, int(examples), float(loss))
            for (place, condition), (number, seed) in product(
                enumerate(runs.conditions), enumerate(runs.seeds)
            )
            for examples, loss in zip(
                *(runs.numbers[name][place, number] for name in ("seen", "curve")), strict=True
            )
        ]
        return pd.DataFrame(rows, columns=["condition", "seed", "examples", "loss"])

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the curves of all trainings."""
        from bertviz_plus.charts.curves import training_curves

        del study
        return training_curves(details)


def _order(study: Study) -> list[int]:
    order: list[int] = np.random.default_rng(study.seed).permutation(len(study.data.content)).tolist()
    return order


def _short(study: Study) -> list[int]:
    return [place for place in _order(study) if len(study.data.content[place].split()) <= _WORDS]
