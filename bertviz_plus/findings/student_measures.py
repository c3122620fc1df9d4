"""What the finding about compression measures: what a student knows, and what it keeps."""

import numpy as np

from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline, fixed_place
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.seeded_sample import SeededSample
from bertviz_plus.findings.study import Study
from bertviz_plus.findings.tuned_sample import MOST_FREQUENT
from bertviz_plus.measures.seeded import SeededTallies
from bertviz_plus.measures.tallies import Floats

DISTILLED, COPIED, RANDOM, TEACHER, EIGHT = (
    "distilled",
    "copied layers",
    "random weights",
    "teacher",
    "teacher in 8 bits",
)
_LITTLE = 0.05
_STUDENTS = (
    fixed_place(COPIED, "is the same student before it was trained", COPIED),
    fixed_place(RANDOM, "is a model of the same size that has learnt nothing", RANDOM),
)


def _kept(sample: SeededSample, _: Study) -> SeededTallies:
    lost = sample.values("teacher_right").astype(float) - sample.values("right")
    return SeededTallies.of_values(1 - lost, sample.sentences)


def cka_of(sums: Floats) -> Floats:
    """Return CKA of sums of its terms, ``[..., 3]``."""
    own = np.asarray(sums, float)
    scale = np.sqrt(own[..., 1] * own[..., 2])
    return np.asarray(np.divide(own[..., 0], scale, out=np.zeros_like(scale), where=scale > 0))


def _level(study: Study) -> float:
    return float(study.sample.values("same", DISTILLED).mean())


KNOWS = Measured(
    name="what the student knows",
    gloss=(
        "The share of test sentences that are nearest to the mean vector of their label, in the last hidden "
        "layer of a student with half of the layers. The student has seen no label."
    ),
    unit="share of test sentences whose label the student's vectors tell",
    ends=("none", "all"),
    margin=0.05,
    fewest=40,
    score=lambda sample, _: sample.scored("right"),
    baselines=(*_STUDENTS, MOST_FREQUENT, UNTRAINED_TWIN),
)
KEPT = Measured(
    name="beside the teacher",
    gloss=(
        "1 less what is lost of that share from the teacher to the student, by seed and sentence. Little "
        "loss means less than 0.05: a bound of this package's own."
    ),
    unit="share that the student tells less that the teacher tells, plus 1",
    ends=("all is lost", "nothing is lost"),
    margin=0.0,
    fewest=40,
    score=_kept,
    baselines=(Baseline("a loss of 0.05", "is what counts as little", lambda _: 1 - _LITTLE), *_STUDENTS),
)
SAME = Measured(
    name="agreement with the teacher",
    gloss=(
        "The share of answers that are the teacher's: to hidden words or of labels where it has such a head, "
        "else which other test sentence is nearest."
    ),
    unit="share of the student's answers that are its teacher's",
    ends=("none", "all"),
    margin=0.05,
    fewest=40,
    score=lambda sample, _: sample.scored("same"),
    baselines=(*_STUDENTS, UNTRAINED_TWIN),
)
ALIKE = Measured(
    name="similarity of hidden states",
    gloss=(
        "Debiased linear CKA of sentences in the last hidden layers of student and teacher (Kornblith et al. "
        "2019). A resample draws sentences with their similarities to all others."
    ),
    unit="CKA of the student's hidden states and its teacher's",
    ends=("nothing in common", "the same"),
    margin=0.05,
    fewest=40,
    score=lambda sample, _: sample.counted(sample.values("alike"), cka_of),
    baselines=(*_STUDENTS, UNTRAINED_TWIN),
)
IN_EIGHT_BITS = Measured(
    name="agreement in 8 bits",
    gloss="The same share of answers for the teacher itself with its weights rounded to 8 bits.",
    unit="share of answers that stay when weights are rounded to 8 bits",
    ends=("none", "all"),
    margin=0.05,
    fewest=40,
    score=lambda sample, _: SeededTallies.of_values(sample.values("same", EIGHT), sample.sentences),
    baselines=(Baseline("the distilled student", "has half of the layers, in full precision", _level),),
)
