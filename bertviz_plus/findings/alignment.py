"""Finding 20: the vectors of a multilingual model align the words of a sentence and its translation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences
from bertviz_plus.findings.baselines import LAYER_0, UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need, Option
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.pair_sample import PairSample
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.tables import described
from bertviz_plus.measures.alignment.baselines import alike_and_near, diagonal, same_words
from bertviz_plus.measures.alignment.methods import Links, checked_method
from bertviz_plus.measures.alignment.scores import scores_of_counts
from bertviz_plus.traces.alignments import Alignments
from bertviz_plus.traces.links import Gold

FEWEST = 20


def _rule_of_thumb(name: str, gloss: str, links: Callable[..., Links]) -> Baseline:
    return Baseline(name, gloss, lambda study: study.sample.linked(links))


LINKS = Measured(
    name="links and gold",
    gloss=(
        "How many of the gold's sure links are found, and how few links lie outside the gold: 1 − AER, the "
        "alignment error rate. Words are linked if any of their subwords are; mean of the language pairs."
    ),
    unit="agreement of its word links with the gold links",
    ends=("no link is right", "as the gold"),
    margin=0.10,
    fewest=FEWEST,
    score=lambda sample, _: sample.tallies,
    baselines=(
        _rule_of_thumb("the diagonal", "links words at the same place, and needs no model", diagonal),
        _rule_of_thumb("words spelled the same", "are linked, which needs no model", same_words),
        _rule_of_thumb(
            "words that look alike and stand at about the same place",
            "are linked, which needs no model",
            alike_and_near,
        ),
        LAYER_0,
        UNTRAINED_TWIN,
    ),
)


class WordAlignment(Experiment):
    """Finding 20: multilingual BERT's vectors align the words of a sentence and its translation well.

    Words are linked whose vectors are each other's most similar (`inter`), and the links compared with gold:
    1 − AER, so that more is better, mean of the language pairs. The source sentences are cut in two halves,
    with all their translations.

    Data are `ParallelSentences`, `Alignments`, or (source, target, gold) triples. `details` has a row for
    each language pair and layer; `show()` gives an `AlignmentView`.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> few = parallel_sentences("de").take(range(24))
    >>> english_alone = bp.load("bert-tiny")
    >>> result = bp.primer["alignment"].run(english_alone, few, untrained=False, progress=False)
    >>> result.verdict, result.baseline_name
    ('fails', 'words that look alike and stand at about the same place')
    """

    key = "alignment"
    items = "pairs"
    reading = "Alignments that a model has read"
    measures = (LINKS,)
    needs = (
        Need(
            "{architecture} is an encoder and a decoder, which do not read both sentences into one space; "
            "its encoder does: wrap(model.hf.get_encoder(), model.tokenizer)",
            lambda study: study.data.reading is not None or not study.model.is_encoder_decoder,
        ),
        Need("the data have no gold links", lambda study: any(gold for *_, gold, _ in study.data.content)),
        Need(
            "the embeddings alone are there (hidden layer 0): nothing in them comes from the sentence",
            lambda study: any(layer > 0 for layer in study.reading.hidden_layers),
        ),
    )
    options = (Option("method", "inter", "One of measures.alignment.methods.METHODS.", checked_method),)

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring pairs into rows (source, target, gold, languages); without data, the package's own."""
        del options
        data = parallel_sentences() if data is None else data
        if isinstance(data, ParallelSentences):
            names = ["-".join(pair) for pair in data.languages]
            return _data(list(zip(data.pairs, data.gold, names, strict=True)), data.name)
        if isinstance(data, str) or not isinstance(data, Iterable):
            raise TypeError(
                "data must be ParallelSentences, Alignments or (source, target, gold) triples, "
                f"got {type(data).__name__}"
            )
        if not isinstance(data, Alignments):
            triples = list(data)
            for place, one in enumerate(triples):
                if isinstance(one, str) or not isinstance(one, list | tuple) or len(one) != 3:
                    raise ValueError(f"data[{place}] must be (source, target, gold), got {one!r:.60}")
            data = Alignments.from_words([one[:2] for one in triples], gold=[one[2] for one in triples])
        name = "-".join(data.languages) if data.languages else "pairs"
        rows = [((pair.source, pair.target), pair.gold, name) for pair in data]
        return _data(rows, name, data if data.hidden_layers else None)

    def read(self, model: Any, study: Study) -> Alignments:
        """Read every pair."""
        from bertviz_plus.models.vectors.aligning import alignments

        pairs, gold, _ = zip(*study.data.content, strict=True)
        return alignments(model, pairs, gold=gold, progress=study.progress)

    def sample(self, study: Study) -> PairSample:
        """Take the pairs that have gold."""
        languages = [name for *_, name in study.data.content]
        return PairSample.of(study.reading, languages, method=study.options["method"], seed=study.seed)

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say how many pairs of which languages there are, and the error rate under its own name."""
        del details
        sample, error = study.sample, described(1 - comparisons[0].number, 3)
        return (f"{len(sample)} pairs ({', '.join(sample.languages)}), AER {error}.",)

    def details(self, study: Study) -> pd.DataFrame:
        """Return AER, precision and recall of each language pair, and of all, at every layer."""
        sample, rows = study.sample, []
        for name in (*sample.languages, *(("all",) if len(sample.languages) > 1 else ())):
            own = np.array([name in ("all", sample.languages[group]) for group in sample.groups])
            for place, layer in enumerate(sample.places):
                tallies = sample.tallies_at(place)
                # Resamples of all sentences, so that the languages' intervals are drawn together.
                tallies = replace(tallies, counts=tallies.counts * own[:, np.newaxis])
                low, high = tallies.interval(study.resamples, study.seed)
                scores = scores_of_counts(tallies.counts.sum(axis=0))
                rows.append(
                    {
                        "languages": name,
                        "hidden_layer": layer,
                        "aer": 1 - tallies.value,
                        "low": 1 - high,
                        "high": 1 - low,
                        "precision": float(scores["precision"]),
                        "recall": float(scores["recall"]),
                        "pairs": int(own.sum()),
                    }
                )
        return pd.DataFrame(rows)

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return an `AlignmentView` at the layer that was chosen."""
        from bertviz_plus.views.alignment import AlignmentView

        del details
        return AlignmentView(
            study.reading, hidden_layer=study.sample.chosen[0], method=study.options["method"]
        )


def _data(rows: list[tuple[Any, Any, str]], name: str, reading: Alignments | None = None) -> Data:
    pharaoh = [None if gold is None else Gold.of(gold).to_pharaoh() for _, gold, _ in rows]
    content = [(languages, pair, links) for (pair, _, languages), links in zip(rows, pharaoh, strict=True)]
    return Data(rows, data_record(name, content, pairs=len(rows)), reading)
