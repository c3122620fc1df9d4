"""Texts that a finding about heads reads, and traces of them in place of a model."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bertviz_plus.data.parallel_sentences import parallel_sentences
from bertviz_plus.data.sense_sentences import sense_sentences
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.trace import Trace

# Of the package's own texts.
_EVERY = 6


@dataclass(frozen=True)
class TextReading:
    """Traces with attention of some texts, of one model."""

    traces: tuple[Trace, ...]

    @property
    def model(self) -> ModelInfo:
        """Which model read them."""
        return self.traces[0].model


def take_texts(data: Any, *, fewer: int = 1) -> Data:
    """Bring texts, or traces with attention, into one form; without data, sentences of the package's own.

    Parameters
    ----------
    data : sequence of str or Trace, or None
    fewer : int, default 1
        Without data, one of so many sentences is taken, where each takes long.

    Raises
    ------
    TypeError, ValueError
        For anything else, and for no texts.

    Examples
    --------
    >>> take_texts(["A cat.", "A dog."]).described["texts"]
    2
    """
    if data is None:
        senses = sense_sentences()
        own = (*parallel_sentences().texts(["en"])["en"], *senses.texts[::_EVERY])[::fewer]
        return Data(own, data_record("sentences of the package", own, texts=len(own)))
    if isinstance(data, str) or not isinstance(data, Iterable):
        raise TypeError(f"data must be a list of texts, or of traces with attention, got {data!r:.60}")
    given = tuple(data)
    if not given:
        raise ValueError("data must hold at least one text, got none")
    if all(isinstance(one, Trace) for one in given):
        if any(one.attention is None for one in given):
            raise ValueError('data must be traces with attention; trace with keep=("attention",)')
        return Data(None, {"name": "traces", "texts": len(given)}, TextReading(given))
    for place, one in enumerate(given):
        if not isinstance(one, str):
            raise TypeError(f"data[{place}] must be a text or a trace, as all others, got {one!r:.60}")
    return Data(given, data_record("texts", given, texts=len(given)))


def read_texts(model: Any, study: Study) -> TextReading:
    """Trace the texts of a study."""
    traces = model.traces(study.data.content, keep=("attention",), progress=study.progress)
    return TextReading(tuple(traces))
