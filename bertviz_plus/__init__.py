"""Look inside BERT-like models in a notebook: every attention head, fast, offline, and measured.

Layers and heads count from 0 everywhere; hidden layer 0 is the embeddings.
"""

from importlib import import_module
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bertviz_plus.data.sense_sentences import SenseSentences, sense_sentences
    from bertviz_plus.figures import charts
    from bertviz_plus.findings.primer import primer
    from bertviz_plus.measures.clusters import propose_senses
    from bertviz_plus.measures.geometry import geometry_scores
    from bertviz_plus.measures.patterns import attention_patterns
    from bertviz_plus.measures.senses import sense_scores
    from bertviz_plus.models.bundled import bundled_models
    from bertviz_plus.models.load import load
    from bertviz_plus.models.model import Model, wrap
    from bertviz_plus.models.occurrences import occurrences
    from bertviz_plus.traces.occurrences import Occurrences
    from bertviz_plus.traces.seq2seq import Seq2SeqTrace
    from bertviz_plus.traces.trace import Trace
    from bertviz_plus.views.attention import AttentionView
    from bertviz_plus.views.peer import head_view, model_view, neuron_view
    from bertviz_plus.views.senses import SenseView

__version__ = _version("bertviz-plus")

# Where each public name lives: it is imported when it is first asked for, so that
# `import bertviz_plus` costs neither torch nor altair.
_HOMES = {
    "AttentionView": "views.attention",
    "Model": "models.model",
    "Occurrences": "traces.occurrences",
    "SenseSentences": "data.sense_sentences",
    "SenseView": "views.senses",
    "Seq2SeqTrace": "traces.seq2seq",
    "Trace": "traces.trace",
    "attention_patterns": "measures.patterns",
    "bundled_models": "models.bundled",
    "charts": "figures",
    "geometry_scores": "measures.geometry",
    "head_view": "views.peer",
    "load": "models.load",
    "model_view": "views.peer",
    "neuron_view": "views.peer",
    "occurrences": "models.occurrences",
    "primer": "findings.primer",
    "propose_senses": "measures.clusters",
    "sense_scores": "measures.senses",
    "sense_sentences": "data.sense_sentences",
    "wrap": "models.model",
}

__all__ = [
    "AttentionView",
    "Model",
    "Occurrences",
    "SenseSentences",
    "SenseView",
    "Seq2SeqTrace",
    "Trace",
    "attention_patterns",
    "bundled_models",
    "charts",
    "geometry_scores",
    "head_view",
    "load",
    "model_view",
    "neuron_view",
    "occurrences",
    "primer",
    "propose_senses",
    "sense_scores",
    "sense_sentences",
    "wrap",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bertviz_plus' has no attribute {name!r}; it has {', '.join(__all__)}")
    home = f"bertviz_plus.{_HOMES[name]}"
    # A whole file of functions is public as a module.
    value = import_module(f"{home}.{name}") if name == "charts" else getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
