"""Finding 3: facts are there, and are not chained into an inference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.data.diagnostic import Name, diagnostic
from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.blanks import MASKED_LM, Differences, asked, taken
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.sample import Sample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.tallies import Tallies
from bertviz_plus.traces.diagnostic import Diagnostic

STEPS = ("one step", "two steps")
_OWN: dict[str, tuple[Name, Name]] = {"ages": ("ages", "oldest"), "kinds": ("kinds", "shared kinds")}
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class StepSample(Sample):
    """Questions of one and of two steps, about the same things.

    Attributes
    ----------
    counts : ndarray [questions, steps, (right, guessed, questions)]
        Whether it is right, and how often a guess is.
    topics : ndarray [questions]
    content : dict of str to Diagnostic
        The questions.
    """

    counts: Floats
    topics: NDArray[np.intp]
    content: Mapping[str, Diagnostic]

    place_name = "model"
    halved = "questions"

    @classmethod
    def of(cls, reading: Differences, content: Mapping[str, Diagnostic], seed: int) -> Self:
        """Take all questions whose choices are one token each."""
        rows, topics = [], []
        names = list(dict.fromkeys(name.rpartition(", ")[0] for name in content))
        for name, own in content.items():
            topic, _, step = name.rpartition(", ")
            for guess, difference in zip(_guesses(own), reading[name], strict=True):
                if np.isfinite(difference):
                    row = np.zeros((2, 3))
                    row[STEPS.index(step)] = (difference > 0, guess, 1)
                    rows.append(row)
                    topics.append(names.index(topic))
        lost = sum(map(len, content.values())) - len(rows)
        return cls(
            places=("all layers",),
            second_half=second_half(np.arange(len(rows)), seed),
            counts=np.array(rows).reshape(len(rows), 2, 3),
            topics=np.array(topics, np.intp),
            content=content,
            notes=(f"{lost} questions are left out: a choice is not one token of the model.",) * bool(lost),
        )

    def read_by(self, reading: Differences) -> "StepSample":
        """Return the questions as another model answers them."""
        return StepSample.of(reading, self.content, 0)

    @property
    def one_step(self) -> Tallies:
        """How far accuracy at one step goes beyond that of a guess, of what is left to it."""
        return self._tallies(lambda gains: gains[..., 0])

    @property
    def lost(self) -> Tallies:
        """What of that is lost at two steps; what is below a guess there is not lost as well."""
        return self._tallies(lambda gains: gains[..., 0] - np.maximum(gains[..., 1], 0))

    def _tallies(self, score: Any) -> Tallies:
        flat = self.counts.reshape(len(self), -1)
        return Tallies(flat, lambda sums: score(_gains(sums)), self.topics, np.arange(len(self)))


def _guesses(own: Diagnostic) -> Floats:
    """Return how often the best guess is right, ``[questions]``: the most frequent answer, or any choice."""
    answers = [one.answers[0] for one in own.questions]
    most = max(sorted(set(answers)), key=answers.count)
    majority = np.array([answer == most for answer in answers], float)
    any_choice = np.array([1 / len(one.words) for one in own.questions])
    return majority if majority.mean() >= any_choice.mean() else any_choice


def _gains(sums: Floats) -> Floats:
    """Return, of summed counts ``[..., 6]``, (accuracy - guesses) / (1 - guesses) of both steps."""
    own = sums.reshape(*sums.shape[:-1], 2, 3)
    left = own[..., 2] - own[..., 1]
    return np.asarray(np.divide(own[..., 0] - own[..., 1], left, out=np.zeros(left.shape), where=left > 0))


ONE = Measured(
    name="one step",
    gloss=(
        "The choice whose log-probability is furthest above its mean over the questions that offer it is "
        "taken: none wins by being frequent. Accuracy less that of a guess (the most frequent "
        "answer, or any choice, whichever is better), as a share of what that leaves; mean over topics."
    ),
    unit="accuracy at questions of one step, beyond a guess",
    ends=("as a guess", "all right"),
    margin=0.05,
    fewest=60,
    score=lambda sample, _: sample.one_step,
    baselines=(
        Baseline("a guess", "is the most frequent answer, or any of the choices", lambda _: 0.0),
        UNTRAINED_TWIN,
    ),
)
LOST = Measured(
    name="lost at the second step",
    gloss="The same at questions of two steps, taken from that at one step.",
    unit="accuracy beyond a guess that is lost at a second step",
    ends=("nothing lost", "all lost"),
    margin=0.05,
    fewest=60,
    score=lambda sample, _: sample.lost,
    baselines=(Baseline("no loss", "is 0: both are answered as well", lambda _: 0.0), UNTRAINED_TWIN),
)


class MultiStep(Experiment):
    """Finding 3: facts are there, and are not chained into an inference.

    A masked language model chooses among a few words for a blank, with nothing trained. Questions of one step
    must be answered better than by a guess, and those of two steps on the same topics less well: who of two
    people is older, and who of three is the oldest; what kind two things of one kind are, and, in the same
    words, two things of different kinds. There the wrong choices are what one step gives, the kinds of either
    thing, which are probable whatever is asked; so choices are calibrated (Zhao et al. 2021).

    Data are ``{topic: (Diagnostic of one step, Diagnostic of two)}``, such as files of oLMpics; by default
    "ages" and "kinds", made with seed 0. In place of a model the differences that it gave, ``(data, {"ages,
    one step": …})``. `details` counts topics and steps, and what is right without calibration.

    References
    ----------
    Talmor et al. 2019, "oLMpics", zero-shot multiple choice.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> chained = {"one step": np.ones(120), "two steps": np.tile([1, -1, -1], 40)}
    >>> said = {f"ages, {step}": one for step, one in chained.items()}
    >>> data = {"ages": (bp.diagnostic("ages"), bp.diagnostic("oldest"))}
    >>> bp.primer["multi-step"].run(data=(data, said), progress=False).verdict
    'holds'
    """

    key = "multi-step"
    items = "questions"
    reading = "(data, differences)"
    measures = (ONE, LOST)
    needs = (
        Need(
            "a question has no wrong choice",
            lambda study: all(one.rivals for own in study.data.content.values() for one in own.questions),
        ),
        MASKED_LM,
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take questions of one and two steps by topic, and differences where they are given with them."""
        del options
        own, given = data if isinstance(data, tuple) and len(data) == 2 else (data, None)
        if own is None:
            own = {topic: (diagnostic(one), diagnostic(two)) for topic, (one, two) in _OWN.items()}
        if not isinstance(own, Mapping) or not own:
            raise TypeError(f"data must be a dict of topics, got {type(data).__name__}")
        for topic, pair in own.items():
            if len(pair) != 2 or not all(isinstance(one, Diagnostic) for one in pair):
                raise TypeError(f"data[{topic!r}] must be two diagnostics, of one step and of two")
        content = {
            f"{topic}, {step}": one
            for topic, pair in own.items()
            for step, one in zip(STEPS, pair, strict=True)
        }
        return taken(content, given, ", ".join(own))

    def read(self, model: Any, study: Study) -> Differences:
        """Ask the model all questions."""
        return asked(model, study.data.content, study, calibrated=True)

    def sample(self, study: Study) -> StepSample:
        """Take all questions whose choices are one token each."""
        return StepSample.of(study.reading, study.data.content, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return how many questions of each topic and step are right, and how many a guess gets."""
        sample, rows = study.sample, []
        plain = getattr(study.reading, "uncalibrated", {})
        for place, topic in enumerate(dict.fromkeys(one.rpartition(", ")[0] for one in study.data.content)):
            for step, sums in zip(STEPS, sample.counts[sample.topics == place].sum(axis=0), strict=True):
                right, guessed, compared = sums.tolist()
                row = {"asked": f"{topic}, {step}", "right": int(right), "compared": int(compared)}
                row["guessed"] = round(guessed, 1)
                if row["asked"] in plain:
                    row["uncalibrated"] = int((plain[row["asked"]] > 0).sum())
                rows.append(row)
        return pd.DataFrame(rows)

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a bar for each topic and step."""
        del study
        from bertviz_plus.charts.answers import right_by_condition

        return right_by_condition(details)
