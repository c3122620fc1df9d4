"""What a number has to beat: what is reached without the thing that the claim speaks of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bertviz_plus.findings.sample import Sample
from bertviz_plus.findings.study import Study

Rival = Sample | float | None


@dataclass(frozen=True)
class Baseline:
    """A rival of what is measured.

    Attributes
    ----------
    name : str
        Such as "layer 0".
    gloss : str
        What it is, as words that follow the name.
    rival : callable
        From a `Study` to a `Sample`, which is then scored as the model's own is, choosing its places in the
        same way; to the score itself; or to None where the rival does not apply.

    Examples
    --------
    >>> chance = Baseline("chance", "is a sense drawn at random", lambda study: 0.5)
    >>> chance.score(lambda sample, study: None, study=None)
    0.5
    """

    name: str
    gloss: str
    rival: Callable[[Any], Rival]

    def score(self, measure: Callable[[Any, Study], Any], study: Any) -> float | None:
        """Return the score of the rival, None where it does not apply."""
        rival = self.rival(study)
        return float(measure(rival, study).value) if isinstance(rival, Sample) else rival


def fixed_place(name: str, gloss: str, place: Any) -> Baseline:
    """Return the baseline of the sample itself at one place, where it has that place.

    Examples
    --------
    >>> fixed_place("layer 0", "is the embeddings", 0).name
    'layer 0'
    """

    def rival(study: Study) -> Rival:
        return study.sample.fixed_at(place) if place in study.sample.places else None

    return Baseline(name, gloss, rival)


LAYER_0 = fixed_place("layer 0", "is the embeddings: nothing is read from the context yet", 0)
UNTRAINED_TWIN = Baseline(
    "an untrained twin", "has the same architecture and random weights", lambda study: study.twin
)
