# The public names, each written once: type checkers read this file, and `__init__.py` takes from it where to
# import a name from when it is first asked for.

from bertviz_plus import charts as charts
from bertviz_plus.data.parallel_sentences import ParallelSentences as ParallelSentences
from bertviz_plus.data.parallel_sentences import parallel_sentences as parallel_sentences
from bertviz_plus.data.sense_sentences import SenseSentences as SenseSentences
from bertviz_plus.data.sense_sentences import sense_sentences as sense_sentences
from bertviz_plus.export.options import options as options
from bertviz_plus.findings.primer import primer as primer
from bertviz_plus.measures.align_corpus import align_corpus as align_corpus
from bertviz_plus.measures.aligning import align as align
from bertviz_plus.measures.aligning import choose_layer as choose_layer
from bertviz_plus.measures.alignment_scores import alignment_agreement as alignment_agreement
from bertviz_plus.measures.alignment_scores import evaluate_alignment as evaluate_alignment
from bertviz_plus.measures.clusters import propose_senses as propose_senses
from bertviz_plus.measures.geometry import geometry_scores as geometry_scores
from bertviz_plus.measures.pair_weights import pair_weights as pair_weights
from bertviz_plus.measures.patterns import attention_patterns as attention_patterns
from bertviz_plus.measures.retrieval import language_neutrality as language_neutrality
from bertviz_plus.measures.retrieval import language_probe as language_probe
from bertviz_plus.measures.retrieval import language_vectors as language_vectors
from bertviz_plus.measures.retrieval import sentence_retrieval as sentence_retrieval
from bertviz_plus.measures.senses import sense_scores as sense_scores
from bertviz_plus.measures.word_alignment import alignment_map as alignment_map
from bertviz_plus.models.aligning import alignments as alignments
from bertviz_plus.models.bundled import bundled_models as bundled_models
from bertviz_plus.models.load import load as load
from bertviz_plus.models.model import Model as Model
from bertviz_plus.models.model import wrap as wrap
from bertviz_plus.models.occurrences import occurrences as occurrences
from bertviz_plus.traces.alignment_files import read_links as read_links
from bertviz_plus.traces.alignment_files import write_links as write_links
from bertviz_plus.traces.alignments import Alignments as Alignments
from bertviz_plus.traces.alignments import SentencePair as SentencePair
from bertviz_plus.traces.links import Alignment as Alignment
from bertviz_plus.traces.links import Gold as Gold
from bertviz_plus.traces.occurrences import Occurrences as Occurrences
from bertviz_plus.traces.sentences import Sentences as Sentences
from bertviz_plus.traces.seq2seq import Seq2SeqTrace as Seq2SeqTrace
from bertviz_plus.traces.trace import Trace as Trace
from bertviz_plus.views.alignment import AlignmentView as AlignmentView
from bertviz_plus.views.attention import AttentionView as AttentionView
from bertviz_plus.views.freeze import freeze_notebook as freeze_notebook
from bertviz_plus.views.peer import head_view as head_view
from bertviz_plus.views.peer import model_view as model_view
from bertviz_plus.views.peer import neuron_view as neuron_view
from bertviz_plus.views.senses import LanguageView as LanguageView
from bertviz_plus.views.senses import SenseView as SenseView

__version__: str
