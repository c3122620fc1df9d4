"""Look inside BERT-like models in a notebook: every attention head, fast, offline, and measured.

Layers and heads count from 0 everywhere; hidden layer 0 is the embeddings.
"""

from importlib import import_module
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bertviz_plus import charts
    from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences
    from bertviz_plus.data.sense_sentences import SenseSentences, sense_sentences
    from bertviz_plus.export.options import options
    from bertviz_plus.findings.primer import primer
    from bertviz_plus.measures.align_corpus import align_corpus
    from bertviz_plus.measures.aligning import align, choose_layer
    from bertviz_plus.measures.alignment_scores import alignment_agreement, evaluate_alignment
    from bertviz_plus.measures.clusters import propose_senses
    from bertviz_plus.measures.geometry import geometry_scores
    from bertviz_plus.measures.patterns import attention_patterns
    from bertviz_plus.measures.retrieval import (
        language_neutrality,
        language_probe,
        language_vectors,
        sentence_retrieval,
    )
    from bertviz_plus.measures.senses import sense_scores
    from bertviz_plus.measures.word_alignment import alignment_map
    from bertviz_plus.models.aligning import alignments
    from bertviz_plus.models.bundled import bundled_models
    from bertviz_plus.models.load import load
    from bertviz_plus.models.model import Model, wrap
    from bertviz_plus.models.occurrences import occurrences
    from bertviz_plus.traces.alignment_files import read_links, write_links
    from bertviz_plus.traces.alignments import Alignments, SentencePair
    from bertviz_plus.traces.links import Alignment, Gold
    from bertviz_plus.traces.occurrences import Occurrences
    from bertviz_plus.traces.seq2seq import Seq2SeqTrace
    from bertviz_plus.traces.trace import Trace
    from bertviz_plus.views.alignment import AlignmentView
    from bertviz_plus.views.attention import AttentionView
    from bertviz_plus.views.freeze import freeze_notebook
    from bertviz_plus.views.languages import LanguageView
    from bertviz_plus.views.peer import head_view, model_view, neuron_view
    from bertviz_plus.views.senses import SenseView

__version__ = _version("bertviz-plus")

# Where each public name lives: it is imported when it is first asked for, so that
# `import bertviz_plus` costs neither torch nor altair.
_HOMES = {
    "Alignment": "traces.links",
    "AlignmentView": "views.alignment",
    "Alignments": "traces.alignments",
    "AttentionView": "views.attention",
    "Gold": "traces.links",
    "LanguageView": "views.languages",
    "Model": "models.model",
    "Occurrences": "traces.occurrences",
    "ParallelSentences": "data.parallel_sentences",
    "SenseSentences": "data.sense_sentences",
    "SenseView": "views.senses",
    "SentencePair": "traces.alignments",
    "Seq2SeqTrace": "traces.seq2seq",
    "Trace": "traces.trace",
    "align": "measures.aligning",
    "align_corpus": "measures.align_corpus",
    "alignment_agreement": "measures.alignment_scores",
    "alignment_map": "measures.word_alignment",
    "alignments": "models.aligning",
    "attention_patterns": "measures.patterns",
    "bundled_models": "models.bundled",
    "charts": "charts",
    "choose_layer": "measures.aligning",
    "evaluate_alignment": "measures.alignment_scores",
    "freeze_notebook": "views.freeze",
    "geometry_scores": "measures.geometry",
    "head_view": "views.peer",
    "language_neutrality": "measures.retrieval",
    "language_probe": "measures.retrieval",
    "language_vectors": "measures.retrieval",
    "load": "models.load",
    "model_view": "views.peer",
    "neuron_view": "views.peer",
    "occurrences": "models.occurrences",
    "options": "export.options",
    "parallel_sentences": "data.parallel_sentences",
    "primer": "findings.primer",
    "propose_senses": "measures.clusters",
    "read_links": "traces.alignment_files",
    "sense_scores": "measures.senses",
    "sense_sentences": "data.sense_sentences",
    "sentence_retrieval": "measures.retrieval",
    "wrap": "models.model",
    "write_links": "traces.alignment_files",
}

__all__ = [
    "Alignment",
    "AlignmentView",
    "Alignments",
    "AttentionView",
    "Gold",
    "LanguageView",
    "Model",
    "Occurrences",
    "ParallelSentences",
    "SenseSentences",
    "SenseView",
    "SentencePair",
    "Seq2SeqTrace",
    "Trace",
    "align",
    "align_corpus",
    "alignment_agreement",
    "alignment_map",
    "alignments",
    "attention_patterns",
    "bundled_models",
    "charts",
    "choose_layer",
    "evaluate_alignment",
    "freeze_notebook",
    "geometry_scores",
    "head_view",
    "language_neutrality",
    "language_probe",
    "language_vectors",
    "load",
    "model_view",
    "neuron_view",
    "occurrences",
    "options",
    "parallel_sentences",
    "primer",
    "propose_senses",
    "read_links",
    "sense_scores",
    "sense_sentences",
    "sentence_retrieval",
    "wrap",
    "write_links",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bertviz_plus' has no attribute {name!r}; it has {', '.join(__all__)}")
    home = f"bertviz_plus.{_HOMES[name]}"
    module = import_module(home)
    # A whole room of functions is public as a module.
    value = module if name == "charts" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
