"""Finding 8: single heads follow single grammatical relations, and none gives a whole tree."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bertviz_plus.data.read_conllu import read_conllu
from bertviz_plus.data.treebank import treebank
from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.relation_sample import FEWEST_OF_A_RELATION, RelationSample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.tables import described
from bertviz_plus.measures.syntax.relations import Dependents, relation_heads, relation_scores
from bertviz_plus.measures.syntax.words import syntax
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.parses_read import ParsesRead

FEWEST = 100

RELATIONS = Measured(
    name="head found, by relation",
    gloss=(
        "Each grammatical relation has one attention head, in one direction. Is the word that a word attends "
        "to most, itself and special tokens left out, its grammatical head? Or reversed: is the word that "
        "attends to it most? Mean of the relations."
    ),
    unit="share of words whose grammatical head the attention head of their relation finds",
    ends=("never", "always"),
    margin=0.10,
    fewest=FEWEST,
    score=lambda sample, _: sample.tallies,
    baselines=(
        Baseline(
            "a fixed offset for each relation",
            'is the best rule such as "the word after", which needs no model',
            lambda study: study.sample.at_offsets(study.reading),
        ),
        Baseline(
            "one head for all relations",
            "follows every relation by itself: a whole tree",
            lambda study: study.sample.by_one_head(),
        ),
        UNTRAINED_TWIN,
    ),
)
TREE = Measured(
    name="tree of the best head",
    gloss=(
        "The maximum spanning tree of one attention head, without punctuation, the gold root given. Which of "
        "the gold tree's links does it have, in either direction? Also called UUAS."
    ),
    unit="share of the gold tree's links that the tree of a single head has",
    ends=("none", "all"),
    margin=0.10,
    fewest=FEWEST,
    score=lambda sample, _: sample.trees.tallies,
    baselines=(
        Baseline("the chain of words", "links each word to the next one", lambda study: study.sample.chain),
        UNTRAINED_TWIN,
    ),
)


class SyntaxHeads(Experiment):
    """Finding 8: single heads follow single grammatical relations, but no head gives a whole parse tree.

    The sentences are cut in two halves. For each relation the attention head, and the direction, that is best
    on one half is measured on the other: how often it finds a word's grammatical head. The mean of the
    relations has to beat the best fixed offset of each relation and an untrained twin: heads then follow
    relations. And it has to beat the best single head for all relations: none then follows them all. Were a
    head to give whole trees, the claim would fail on that.

    Beside the claim stands the tree itself: the links of the gold tree that the spanning tree of the best
    head has (UUAS), with the chain of neighbouring words as baseline.

    Data are `Parses`, the path of a CoNLL-U file, or `ParsesRead` from `syntax`; by default `treebank`.
    `details` are the `relation_heads`; `show()` gives a chart of relations and heads.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> result = bp.primer["syntax-heads"].run(bp.load("bert-tiny"), resamples=100, progress=False)
    >>> result.verdict, result.details["relation"][:4].tolist()
    ('fails', ['all', 'punct', 'det', 'nsubj'])
    """

    key = "syntax-heads"
    items = "words"
    reading = "ParsesRead"
    measures = (RELATIONS,)
    related = (TREE,)
    needs = (
        Need(
            "the data name no relations between words",
            lambda study: any(name not in ("_", "root", "punct") for name in _parses(study).relations),
        ),
        Need(
            "one head alone is there, and none to choose",
            lambda study: study.reading.attended.shape[:2] != (1, 1),
        ),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring parses into one form; without data, the package's own."""
        del options
        if data is None:
            data = treebank()
        elif isinstance(data, str | os.PathLike):
            data = read_conllu(data)
        if not isinstance(data, Parses | ParsesRead):
            raise TypeError(
                "data must be Parses, the path of a CoNLL-U file, or ParsesRead, which syntax(model, parses) "
                f"returns, got {type(data).__name__}"
            )
        parses = data if isinstance(data, Parses) else data.parses
        if not len(parses):
            raise ValueError("data must hold at least one sentence, got none")
        rows = ([one.words, one.heads, one.relations] for one in parses)
        record = data_record(parses.name, rows, sentences=len(parses), words=parses.n_words)
        return Data(parses, record, data if isinstance(data, ParsesRead) else None)

    def read(self, model: Any, study: Study) -> ParsesRead:
        """Read every sentence."""
        return syntax(model, study.data.content, progress=study.progress)

    def sample(self, study: Study) -> RelationSample:
        """Take the words whose relation has words enough."""
        return RelationSample.of(study.reading, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Score every relation at its best head, beside its best offset."""
        return relation_heads(
            study.reading, fewest=FEWEST_OF_A_RELATION, resamples=study.resamples, seed=study.seed
        )

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return the chart of relations and heads."""
        from bertviz_plus.charts import relations_by_head

        return relations_by_head(relation_scores(study.reading), details)

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say what a single head's tree lacks, and which relations gain most."""
        del comparisons
        sample = study.sample
        best = sample.trees.tallies.value
        trees = (
            f"No head gives a whole tree: the best one's has {described(best)} of the gold links, the chain "
            f"of words {described(sample.chain)}."
            if best < 1
            else "The best head's tree has every link of the gold trees."
        )
        unread = study.reading.parses.n_words - len(study.reading) - len(Dependents.of(study.reading).words)
        dropped = (f"{unread} words, or their heads, have no token.",) if unread else ()
        gains = details[~details["relation"].isin(["all", "punct"])].nlargest(3, "gain")
        most = ", ".join(
            f"{row['relation']} {described(row['accuracy'])} at {row['layer']}-{row['head']} "
            f"(offset {described(row['baseline'])})"
            for row in gains.to_dict("records")
        )
        return (trees, f"Furthest above their offsets: {most}.", *dropped)


def _parses(study: Study) -> Parses:
    parses: Parses = study.data.content
    return parses
