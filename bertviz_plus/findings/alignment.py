"""Finding 20: the vectors of a multilingual model align the words of a sentence and its translation."""

import hashlib
import json
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences
from bertviz_plus.findings.alignment_halves import Corpus, Counts, alike_and_near, diagonal, same_words
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.finding import Finding, chosen_note
from bertviz_plus.findings.provenance import provenance_record
from bertviz_plus.findings.result import Result
from bertviz_plus.findings.tables import described
from bertviz_plus.measures.alignment import checked_method
from bertviz_plus.traces.alignments import Alignments
from bertviz_plus.traces.links import Gold

MARGIN = 0.10
FEWEST = 20
_MEASURE = "agreement of its word links with the gold links"
_GLOSS = (
    "How many of the gold's sure links are found, and how few links lie outside the gold: 1 − AER, the "
    "alignment error rate. Words are linked if any of their subwords are; mean of the language pairs."
)
_ENDS = ("no link is right", "as the gold")


class WordAlignment(Finding):
    """Finding 20: multilingual BERT's vectors align the words of a sentence and its translation well.

    **Measure.** Words are linked whose vectors are each other's most similar (`inter`), and the links
    compared with gold: 1 − AER, so that more is better, mean of the language pairs. The source sentences are
    cut in two halves at random (seeded), with all their translations. Each half is measured at the layer,
    other than layer 0, that is best on the other half, so that choosing a layer is never rewarded. The
    interval is a bootstrap over source sentences.

    **Baselines.** What needs no model: the diagonal; words spelled the same; words that look alike and stand
    at about the same place (letter pairs and position). Then layer 0; and an untrained twin, which is the
    same architecture with random weights, and chooses its layers in the same way.

    **Verdict.** The interval is compared with the strongest baseline by the rule of
    `bertviz_plus.findings.verdicts`, with a margin of .10. ``holds`` where it lies above by more than the
    margin. ``weak`` where it lies above, but not surely by the margin. ``fails`` where it is at best within
    the margin. ``inconclusive`` where it spans the baseline and the margin above it, or where fewer than 20
    pairs have gold. ``not testable`` where the model has an encoder and a decoder, where no layer but the
    embeddings is there, and where the data have no gold.
    """

    runs: ClassVar[bool] = True
    baseline: ClassVar[str] = (
        "the strongest of: the diagonal, words spelled the same, words that look alike and stand at about "
        "the same place, layer 0, an untrained twin"
    )
    rule: ClassVar[str] = (
        "holds where the 95% interval of the agreement, 1 − AER, lies wholly more than .10 above every "
        "baseline; weak where it lies wholly above, but not by .10; fails where it does not lie wholly "
        "above and nowhere by .10; inconclusive where it is too wide to tell, or with fewer than 20 pairs "
        "that have gold; not testable for an encoder with a decoder, and where the data have no gold"
    )

    def run(
        self,
        model: Any = None,
        data: Any = None,
        *,
        method: str = "inter",
        untrained: bool = True,
        resamples: int = 1000,
        seed: int = 0,
        progress: bool = True,
    ) -> Result:
        """Measure how well a model's vectors align words.

        Parameters
        ----------
        model : Model
            From `load` or `wrap`. May be None where `data` are Alignments.
        data : ParallelSentences, Alignments, or iterable of (source, target, gold), optional
            By default the sentences that come with the package, English with six languages.
        method : str, default "inter"
            One of `bertviz_plus.measures.alignment.METHODS`.
        untrained : bool, default True
            Measure an untrained twin as well. It needs `model`, and the time of a second pass.
        resamples : int, default 1000
            Of the bootstrap.
        seed : int, default 0
            Of halves, the bootstrap and the twin.
        progress : bool, default True
            Show progress bars.

        Returns
        -------
        Result
            `details` has a row for each language pair and layer; `show()` gives an `AlignmentView` at the
            layer that was chosen.

        Raises
        ------
        TypeError, ValueError
            Naming the argument that cannot be used.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> from bertviz_plus.data.parallel_sentences import parallel_sentences
        >>> few = parallel_sentences("de").take(range(24))
        >>> english_alone = bp.load("bert-tiny")
        >>> result = bp.primer["alignment"].run(english_alone, few, untrained=False, progress=False)
        >>> result.verdict, result.baseline_name
        ('fails', 'words that look alike and stand at about the same place')
        """
        if not isinstance(resamples, int) or isinstance(resamples, bool) or resamples < 10:
            raise ValueError(f"resamples must be a whole number from 10 on, got {resamples!r}")
        checked_method(method)
        given = _given(data)
        options = {"method": method, "untrained": untrained, "resamples": resamples}
        info = model.info if given.read is None and model is not None else getattr(given.read, "model", None)
        provenance = provenance_record(info, given.described(), seed=seed, options=options)
        missing = _missing(model, given)
        if missing:
            return self._unanswered("not testable", missing, provenance)
        read, remarks = (given.read, ()) if given.read else _read(model, given, progress=progress)
        if not any(layer > 0 for layer in read.hidden_layers):
            reason = (
                "the embeddings alone are there (hidden layer 0): nothing in them comes from the sentence"
            )
            return self._unanswered("not testable", reason, provenance)
        corpus = Corpus.of(read, given.languages, seed=seed)
        provenance["pairs measured"] = len(corpus)
        if len(corpus) < FEWEST or len(set(corpus.sentence.tolist())) < FEWEST // 2:
            return self._unanswered(
                "inconclusive",
                f"{len(corpus)} pairs of {len(set(corpus.sentence.tolist()))} source sentences have gold; "
                f"{FEWEST} of {FEWEST // 2} are needed",
                provenance,
            )
        counts = corpus.by_layer(read, method)
        layers = corpus.chosen_layers(counts, read.hidden_layers)
        twin = None
        if untrained and given.read is None:
            twin = _untrained(model, given, corpus, method=method, seed=seed, progress=progress)
        errors = {
            name: corpus.error(corpus.count([links(pair.source, pair.target) for pair in corpus.pairs]))
            for name, links in (
                ("the diagonal", diagonal),
                ("words spelled the same", same_words),
                ("words that look alike and stand at about the same place", alike_and_near),
            )
        }
        if read.hidden_layers[0] == 0:
            errors["layer 0"] = corpus.error(counts[0])
        if twin is not None:
            errors["an untrained twin"] = twin
        measured = corpus.at(counts, layers)
        low, high = corpus.interval(measured, resamples=resamples, seed=seed)
        comparison = Comparison(
            _MEASURE,
            1 - corpus.error(measured),
            (1 - high, 1 - low),
            {name: 1 - error for name, error in errors.items()},
            MARGIN,
            observations=len(corpus),
            at_least=FEWEST,
            name="links and gold",
            gloss=_GLOSS,
            ends=_ENDS,
        )
        shown = [read.hidden_layers[layer] for layer in layers]
        error = described(corpus.error(measured), 3)
        return self._compared(
            [comparison],
            notes=(
                *remarks,
                f"{len(corpus)} pairs ({', '.join(corpus.languages)}), AER {error}.",
                chosen_note(shown),
            ),
            provenance=provenance | {"hidden layers chosen": shown},
            details=_by_layer(corpus, counts, read.hidden_layers, resamples=resamples, seed=seed),
            view=partial(_view, read, shown[0], method),
        )


def _by_layer(
    corpus: Corpus, counts: Counts, hidden_layers: tuple[int, ...], *, resamples: int, seed: int
) -> pd.DataFrame:
    """AER, precision and recall of each language pair, and of all, at every layer."""
    rows = []
    for name in (*corpus.languages, *(("all",) if len(corpus.languages) > 1 else ())):
        own = np.ones(len(corpus), bool) if name == "all" else _of_language(corpus, name)
        for layer, one in zip(hidden_layers, counts, strict=True):
            kept = one * own[:, np.newaxis]
            links, sure, links_sure, links_possible = kept.sum(axis=0).tolist()
            low, high = corpus.interval(kept, resamples=resamples, seed=seed)
            rows.append(
                {
                    "languages": name,
                    "hidden_layer": layer,
                    "aer": corpus.error(one, own),
                    "low": low,
                    "high": high,
                    "precision": links_possible / links if links else float("nan"),
                    "recall": links_sure / sure,
                    "pairs": int(own.sum()),
                }
            )
    return pd.DataFrame(rows)


def _of_language(corpus: Corpus, name: str) -> NDArray[np.bool_]:
    return np.asarray(corpus.language == corpus.languages.index(name))


@dataclass(frozen=True, eq=False)
class _Given:
    """Pairs with gold, and what a model reads in them where one has read them already."""

    pairs: list[Any]
    gold: list[Any]
    languages: list[str]
    name: str
    read: Alignments | None = None

    def described(self) -> dict[str, Any]:
        gold = [None if one is None else Gold.of(one).to_pharaoh() for one in self.gold]
        rows = zip(self.languages, self.pairs, gold, strict=True)
        content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        return {
            "name": self.name,
            "sha256": hashlib.sha256(content.encode()).hexdigest(),
            "pairs": len(self.pairs),
        }


def _given(data: Any) -> _Given:
    if data is None:
        data = parallel_sentences()
    if isinstance(data, ParallelSentences):
        names = ["-".join(pair) for pair in data.languages]
        return _Given(list(data.pairs), list(data.gold), names, data.name)
    if isinstance(data, Alignments):
        name = "-".join(data.languages) if data.languages else "pairs"
        return _Given(
            [(pair.source, pair.target) for pair in data],
            [pair.gold for pair in data],
            [name] * len(data),
            name,
            data if data.hidden_layers else None,
        )
    if isinstance(data, str) or not isinstance(data, Iterable):
        raise TypeError(
            "data must be ParallelSentences, Alignments or (source, target, gold) triples, "
            f"got {type(data).__name__}"
        )
    triples = list(data)
    for place, one in enumerate(triples):
        if isinstance(one, str) or not isinstance(one, list | tuple) or len(one) != 3:
            raise ValueError(f"data[{place}] must be (source, target, gold), got {one!r:.60}")
    made = Alignments.from_words([one[:2] for one in triples], gold=[one[2] for one in triples])
    return _given(made)


def _missing(model: Any, given: _Given) -> str:
    """Say which precondition fails, or nothing."""
    if given.read is None and model is None:
        raise TypeError(
            "model must be given where data are sentences; without one, data must be Alignments that a model "
            "has read"
        )
    if given.read is None and getattr(model, "is_encoder_decoder", False):
        return (
            f"{model.info.architecture} is an encoder and a decoder, which do not read both sentences into "
            "one space; its encoder does: wrap(model.hf.get_encoder(), model.tokenizer)"
        )
    return "" if any(given.gold) else "the data have no gold links"


def _read(model: Any, given: _Given, *, progress: bool) -> tuple[Alignments, tuple[str, ...]]:
    """Read the pairs; what is to be said of a model that does not know a language comes with them."""
    from bertviz_plus.models.aligning import alignments

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        read = alignments(model, given.pairs, gold=given.gold, progress=progress)
    remarks = [str(one.message) for one in said if issubclass(one.category, UserWarning)]
    for one in said:
        if not issubclass(one.category, UserWarning):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return read, tuple(f"{remark}." for remark in dict.fromkeys(remarks))


def _untrained(model: Any, given: _Given, corpus: Corpus, *, method: str, seed: int, progress: bool) -> float:
    """Return the error of a twin with random weights on the same pairs."""
    from bertviz_plus.models.untrained import untrained_twin

    read, _ = _read(untrained_twin(model, seed=seed), given, progress=progress)
    counts = corpus.by_layer(read, method)
    return corpus.error(corpus.at(counts, corpus.chosen_layers(counts, read.hidden_layers)))


def _view(read: Alignments, hidden_layer: int, method: str) -> Any:
    from bertviz_plus.views.alignment import AlignmentView

    return AlignmentView(read, hidden_layer=hidden_layer, method=method)
