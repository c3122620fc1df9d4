"""The claims that can be measured: one line for each."""

from bertviz_plus.findings.adapters import Adapters
from bertviz_plus.findings.alignment import WordAlignment
from bertviz_plus.findings.batch_size import BatchSize
from bertviz_plus.findings.compression import Compression
from bertviz_plus.findings.embeddings_only import EmbeddingsOnly
from bertviz_plus.findings.experiment import Experiment
from bertviz_plus.findings.flatness import Flatness
from bertviz_plus.findings.freezing import Freezing
from bertviz_plus.findings.heads_and_layers import HeadsAndLayers
from bertviz_plus.findings.knowledge import Knowledge
from bertviz_plus.findings.language_id import LanguageId
from bertviz_plus.findings.multi_step import MultiStep
from bertviz_plus.findings.negation import Negation
from bertviz_plus.findings.no_op import NoOp
from bertviz_plus.findings.numbers import Numbers
from bertviz_plus.findings.patterns import Patterns
from bertviz_plus.findings.redundancy import Redundancy
from bertviz_plus.findings.semantics import Semantics
from bertviz_plus.findings.senses import Senses
from bertviz_plus.findings.syntax_heads import SyntaxHeads
from bertviz_plus.findings.syntax_layers import SyntaxLayers
from bertviz_plus.findings.task_layers import TaskLayers
from bertviz_plus.findings.transfer import Transfer
from bertviz_plus.findings.unlearning import Unlearning

EXPERIMENTS: tuple[Experiment, ...] = (
    Senses(),
    Numbers(),
    MultiStep(),
    Negation(),
    SyntaxLayers(),
    SyntaxHeads(),
    Transfer(),
    Semantics(),
    WordAlignment(),
    LanguageId(),
    Patterns(),
    NoOp(),
    Redundancy(),
    Knowledge(),
    HeadsAndLayers(),
    BatchSize(),
    EmbeddingsOnly(),
    Unlearning(),
    TaskLayers(),
    Flatness(),
    Adapters(),
    Compression(),
    Freezing(),
)
