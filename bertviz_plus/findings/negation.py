"""Finding 11: a negation changes nothing, and malformed input little."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.data.diagnostic import diagnostic
from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.blanks import MASKED_LM, Differences, asked, taken
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.sample import Sample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.tallies import Tallies
from bertviz_plus.traces.diagnostic import Diagnostic, Question

READ = ("as written", "shuffled", "elsewhere")
FEWEST = 30


@dataclass(frozen=True, eq=False, kw_only=True)
class NegationSample(Sample):
    """Pairs of an affirmative and a negative sentence.

    Attributes
    ----------
    differences : dict of ndarray [pairs, 2]
        By how much the right word beats the wrong one, affirmative and negative, by how it was read.
    """

    differences: Mapping[str, NDArray[np.float64]]

    place_name = "model"
    halved = "pairs"

    @classmethod
    def of(cls, reading: Differences, seed: int) -> Self:
        """Take all pairs whose words are one token each."""
        every = {name: own.reshape(-1, 2) for name, own in reading.items()}
        known = np.isfinite(np.stack([*every.values()])).all(axis=(0, 2))
        kept = {name: own[known] for name, own in every.items()}
        lost = int((~known).sum())
        return cls(
            places=("all layers",),
            second_half=second_half(np.arange(known.sum()), seed),
            differences=kept,
            notes=(f"{lost} pairs are left out: a word is not one token of the model.",) * bool(lost),
        )

    def read_by(self, reading: Differences) -> "NegationSample":
        """Return the pairs as another model reads them."""
        return NegationSample.of(reading, 0)

    def elsewhere(self) -> "NegationSample":
        """Return the pairs as the words do in the sentences of another item."""
        own = self.differences["elsewhere"]
        return replace(self, differences=dict.fromkeys(READ, own))

    @property
    def unmoved(self) -> Tallies:
        """Share of pairs whose true word wins, and wins still when negation has made it false."""
        own = self.differences["as written"]
        return Tallies.of_shares((own[:, 0] > 0) & (own[:, 1] < 0))

    @property
    def shuffled(self) -> Tallies:
        """Share of affirmative sentences whose true word wins with their words shuffled."""
        return Tallies.of_shares(self.differences["shuffled"][:, 0] > 0)


ELSEWHERE = Baseline(
    "another item's sentence",
    "is how often the same words do so in a sentence about something else",
    lambda study: study.sample.elsewhere(),
)
UNMOVED = Measured(
    name="unmoved by not",
    gloss=(
        "Share of pairs in which the true word is more probable than the false one in the affirmative "
        "sentence, and still is in the negated one, where it is false (sensitivity)."
    ),
    unit="share of pairs that are right when affirmative and the same, so wrong, when negated",
    ends=("never", "always"),
    margin=0.10,
    fewest=FEWEST,
    score=lambda sample, _: sample.unmoved,
    baselines=(ELSEWHERE, UNTRAINED_TWIN),
)
SHUFFLED = Measured(
    name="right when shuffled",
    gloss="Share of affirmative sentences whose true word wins although their words are shuffled.",
    unit="share of sentences that are right with their words in another order",
    ends=("never", "always"),
    margin=0.10,
    fewest=FEWEST,
    score=lambda sample, _: sample.shuffled,
    baselines=(ELSEWHERE, UNTRAINED_TWIN),
)


class Negation(Experiment):
    """Finding 11: a negation changes nothing, and malformed input little.

    Does a masked language model prefer the true word to a false one in "A shark is a …", and still prefer it
    in "A shark is not a …"? And does it find the true word although the words before the blank are shuffled?
    Both are compared with how often the same words win in the sentence of another item: some words are more
    frequent than others.

    Data are a `Diagnostic` of affirmative and negative sentences by turns, as `diagnostic("negation")` or
    `read_diagnostic` of NEG-136; in place of a model the differences that it gave, ``(diagnostic, {"as
    written": …, "shuffled": …, "elsewhere": …})``. `details` counts both conditions of all three readings.

    References
    ----------
    Ettinger 2019, "What BERT is not", sections 6 to 9. Her malformed sentences are those of CPRAG-102 and
    ROLE-88: `Diagnostic.perturbed`.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> never_moved = {name: np.tile([0.5, -0.5], 92) for name in ("as written", "shuffled")}
    >>> said = never_moved | {"elsewhere": np.tile([-0.5, 0.5], 92)}
    >>> bp.primer["negation"].run(data=(bp.diagnostic("negation"), said), progress=False).verdict
    'holds'
    """

    key = "negation"
    items = "pairs"
    reading = "(diagnostic, differences)"
    measures = (UNMOVED, SHUFFLED)
    needs = (
        Need(
            "the data are not affirmative and negative sentences by turns",
            lambda study: (
                all(
                    one.condition == ("affirmative", "negative")[place % 2]
                    for place, one in enumerate(study.data.content["as written"].questions)
                )
                and len(study.data.content["as written"]) % 2 == 0
            ),
        ),
        MASKED_LM,
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take a diagnostic, and differences where they are given with it."""
        del options
        own, given = data if isinstance(data, tuple) and len(data) == 2 else (data, None)
        own = diagnostic("negation") if own is None else own
        if not isinstance(own, Diagnostic):
            raise TypeError(f"data must be a Diagnostic, got {type(own).__name__}")
        content = {"as written": own, "shuffled": own.perturbed("shuffle"), "elsewhere": _elsewhere(own)}
        return taken(content, given, own.name)

    def read(self, model: Any, study: Study) -> Differences:
        """Ask the model all three."""
        return asked(model, study.data.content, study)

    def sample(self, study: Study) -> NegationSample:
        """Take all pairs whose words are one token each."""
        return NegationSample.of(study.reading, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return how often the right word wins, by reading and condition."""
        own = study.sample.differences
        rows = [
            {
                "asked": f"{name}, {condition}",
                "right": int((own[name][:, at] > 0).sum()),
                "compared": len(own[name]),
            }
            for name in READ
            for at, condition in enumerate(("affirmative", "negative"))
        ]
        return pd.DataFrame(rows)

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a bar for each reading and condition."""
        del study
        from bertviz_plus.charts.answers import right_by_condition

        return right_by_condition(details)


def _elsewhere(own: Diagnostic) -> Diagnostic:
    """Ask for the words of each question in the sentence of the next item that has neither."""
    every = own.questions

    def sentence(place: int, question: Question) -> str:
        for step in range(2, len(every), 2):
            other = every[(place + step) % len(every)]
            if not {*question.words} & {*other.words}:
                return other.text
        return question.text

    return Diagnostic(
        own.name, tuple(one._replace(text=sentence(place, one)) for place, one in enumerate(every))
    )
