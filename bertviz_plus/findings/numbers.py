"""Finding 2: numbers that the tokenizer cuts into pieces are known less exactly."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.number_sample import FEWEST, NumberSample
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.measures.probes.number_vectors import NumberVectors, digits, number_vectors

_HIGHEST = 2999
CUT = Measured(
    name="lost by cutting",
    gloss=(
        "A linear probe tells the value of a number from its last wordpiece, at the last layer; it is fitted "
        "on four fifths of the numbers for the others. The share of the variance that it does not tell of "
        "numbers in several pieces, less that of numbers in one piece, which lie as near."
    ),
    unit="share of its value that a number loses where the tokenizer cuts it",
    ends=("told as well", "whole numbers told, cut ones not"),
    margin=0.05,
    fewest=FEWEST,
    score=lambda sample, _: sample.tallies,
    baselines=(
        Baseline(
            "digits",
            "are the same numbers told from their digits by place, which nothing cuts",
            lambda study: study.sample.told_from(digits(study.sample.numbers)),
        ),
        Baseline("random vectors", "know nothing of any number", lambda study: study.sample.at_random()),
        UNTRAINED_TWIN,
    ),
)


class Numbers(Experiment):
    """Finding 2: numbers that the tokenizer cuts into pieces are known less exactly.

    A linear probe tells the value of a number from the vector of its last wordpiece. It must be further off
    for numbers in several pieces than for numbers in one, of which as many are taken that lie as near. That
    digits by place tell numbers better is no evidence alone, since an untrained model is poor at them too;
    the notes say by how much they do. `bertviz_plus.number_probes` adds numbers, and finds the largest.

    Data are whole numbers from 0 on, or `NumberVectors`; by default 0 to 2999, without those that no number
    of the other kind lies near to. `details` has a row for each number; `show()` draws the number line.

    References
    ----------
    Wallace et al. 2019, "Do NLP Models Know Numbers?", section 3 and appendix on wordpieces.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["numbers"].run(bp.load("bert-tiny"), range(30), progress=False).verdict
    'not testable'
    """

    key = "numbers"
    items = "numbers"
    reading = "NumberVectors"
    measures = (CUT,)
    needs = (
        Need(
            "the tokenizer cuts all of the numbers, or none",
            lambda study: len(set((study.reading.pieces > 1).tolist())) == 2,
        ),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take numbers, or their vectors."""
        del options
        if isinstance(data, NumberVectors):
            numbers = data.numbers.tolist()
        elif isinstance(data, Iterable) and not isinstance(data, str):
            numbers = list(data)
        elif data is None:
            numbers = list(range(_HIGHEST + 1))
        else:
            raise TypeError(f"data must be whole numbers, or NumberVectors, got {type(data).__name__}")
        for place, one in enumerate(numbers):
            if not isinstance(one, int | np.integer) or isinstance(one, bool) or one < 0:
                raise ValueError(f"data[{place}] must be a whole number from 0 on, got {one!r:.40}")
        if len(set(numbers)) < len(numbers) or not numbers:
            raise ValueError(f"data must be different numbers, one at least, got {len(numbers)}")
        described = data_record("numbers", [[int(one)] for one in numbers], numbers=len(numbers))
        return Data(numbers, described, data if isinstance(data, NumberVectors) else None)

    def read(self, model: Any, study: Study) -> NumberVectors:
        """Read the numbers at the last layer."""
        return number_vectors(model, study.data.content, progress=study.progress)

    def sample(self, study: Study) -> NumberSample:
        """Take as many cut as whole numbers."""
        return NumberSample.of(study.reading, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return what the probe says of each number."""
        own = study.sample
        pieces = study.reading.pieces[own.rows]
        return pd.DataFrame({"number": own.numbers, "told": own.guesses, "pieces": pieces})

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the number line: what was told of each number, by its pieces."""
        del study
        from bertviz_plus.charts.number_line import number_line

        return number_line(details)

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say how much is told of both kinds, and from digits."""
        del comparisons, details
        own = study.sample
        by_digits = own.told_from(digits(own.numbers))
        said = [
            f"{1 - one.unexplained(cut=False):.2f} of whole and {1 - one.unexplained(cut=True):.2f} of cut"
            for one in (own, by_digits)
        ]
        return (f"Told of the variance: {said[0]} numbers; from digits by place, {said[1]}.",)
