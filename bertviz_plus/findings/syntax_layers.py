"""Finding 7: syntax is easiest to read from the middle layers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bertviz_plus.data.treebank import treebank
from bertviz_plus.findings.baselines import LAYER_0, UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Option, at_least
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.middle_layers import HAS_A_MIDDLE, OUTER_LAYERS
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.tree_sample import FEWEST, MANY, TreeSample
from bertviz_plus.measures.syntax.probed_trees import read_parses
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.word_vectors import WordVectors

EDGES = Measured(
    name="edges found",
    gloss=(
        "A structural probe is a linear map under which the distance of two words is that in the syntax "
        "tree; the shortest distances make a tree (UUAS). Punctuation is left out; a sentence is scored by a "
        "probe that was fitted on others."
    ),
    unit="share of edges of the syntax tree that a structural probe of a middle layer finds",
    ends=("none", "all"),
    margin=0.02,
    fewest=FEWEST,
    score=lambda sample, _: sample.tallies,
    baselines=(
        Baseline("the chain", "links each word to the next", lambda study: study.sample.in_a_chain()),
        LAYER_0,
        OUTER_LAYERS,
        UNTRAINED_TWIN,
    ),
)


class SyntaxLayers(Experiment):
    """Finding 7: syntax is easiest to read from the middle layers.

    A structural probe (Hewitt & Manning 2019) is fitted at every hidden layer, on two thirds of the
    sentences for the other third. The middle layers are those from a third to two thirds of the way up; the
    best of them must find more edges than the best of the others, layer 0, an untrained twin, and the chain.

    Data are `Parses`, by default the treebank that comes with the package, which is small: a probe that is
    fitted on some 70 sentences finds fewer edges than the papers' on 40,000. Where it finds
    fewer than the chain, the claim is inconclusive: give a larger treebank. In place of a model
    ``(parses, word vectors)`` can be given. `details` has a row for each layer; `show()` draws the curve.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.primer["syntax-layers"].run(bp.load("bert-tiny"), bp.treebank().take(range(8)), progress=False)
    Finding 7, syntax-layers: inconclusive...
    """

    key = "syntax-layers"
    items = "sentences"
    reading = "(parses, word vectors)"
    measures = (EDGES,)
    needs = (HAS_A_MIDDLE,)
    options = (Option("rank", 64, "of the probe's map", at_least(1, "rank")),)

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Take parsed sentences, and vectors where they are given with them."""
        del options
        parses, reading = data if isinstance(data, tuple) and len(data) == 2 else (data, None)
        parses = treebank() if parses is None else parses
        if not isinstance(parses, Parses) or not (reading is None or isinstance(reading, WordVectors)):
            raise TypeError(f"data must be Parses, or (parses, word vectors), got {type(data).__name__}")
        if reading is not None and [len(one) for one in reading.sentences] != [len(one) for one in parses]:
            raise ValueError("data must be parses and the vectors of the same sentences")
        rows = [[one.words, one.heads, one.relations] for one in parses]
        return Data(parses, data_record(parses.name, rows, sentences=len(parses)), reading)

    def read(self, model: Any, study: Study) -> WordVectors:
        """Read the vectors of all words."""
        return read_parses(model, study.data.content, progress=study.progress)

    def sample(self, study: Study) -> TreeSample:
        """Fit and score a probe at every layer."""
        rank, parses = study.options["rank"], study.data.content
        return TreeSample.of(study.reading, parses, rank=rank, seed=study.seed, progress=study.progress)

    def details(self, study: Study) -> pd.DataFrame:
        """Return the share of edges found at every layer, with its interval, beside the chain's."""
        chain = study.sample.in_a_chain().tallies.value
        rows = []
        for place, layer in enumerate(study.sample.places):
            tallies = study.sample.tallies_at(place)
            low, high = tallies.interval(study.resamples, study.seed)
            row = {"hidden_layer": layer, "measure": "uuas", "value": tallies.value, "low": low}
            rows.append({**row, "high": high, "chain": chain, "layer_0": study.sample.tallies_at(0).value})
        return pd.DataFrame(rows)

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the curve of the layers."""
        del study
        from bertviz_plus.charts.probes import layer_profile

        return layer_profile(details)

    @property
    def rule(self) -> str:
        """When the claim holds, is weak, fails …, and when it fails for want of sentences."""
        return (
            f"{super().rule} Where probes that learnt from fewer than {MANY} sentences find fewer edges than "
            "the chain, the answer is inconclusive."
        )

    def doubt(self, study: Study, comparisons: Sequence[Comparison]) -> str:
        """Say that the probes may have had too little to learn from."""
        found, chain = comparisons[0].number, comparisons[0].baselines["the chain"]
        if len(study.sample) >= MANY or found >= chain:
            return ""
        return (
            f"each probe learnt from about {study.sample.learnt_from} sentences and finds fewer edges than "
            f"the chain, {found:.2f} beside {chain:.2f}; with so few this says nothing of the model, and "
            f"{MANY} sentences are needed"
        )

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say how much the probes had to learn from."""
        del comparisons
        best = details["hidden_layer"].to_numpy()[details["value"].to_numpy().argmax()]
        said = (f"Of all layers, hidden layer {best} of {study.sample.places[-1]} is the best.",)
        if len(study.sample) >= MANY:
            return said
        few = (
            f"Each probe learnt from about {study.sample.learnt_from} sentences, where the papers have "
            "40,000: all scores are lower than theirs."
        )
        return *said, few
