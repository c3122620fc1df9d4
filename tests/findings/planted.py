"""What every experiment is tried on: data with a signal, or with none, and models of random weights."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from transformers import (
    AlbertConfig,
    AlbertModel,
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    GPT2Config,
    GPT2Model,
    ModernBertConfig,
    ModernBertModel,
    RobertaConfig,
    RobertaModel,
    T5Config,
    T5ForConditionalGeneration,
)

import bertviz_plus as bp
from bertviz_plus.data.parallel_sentences import parallel_sentences
from bertviz_plus.data.sense_sentences import sense_sentences
from bertviz_plus.data.treebank import treebank
from bertviz_plus.measures.heads.separator_effects import SeparatorEffects
from bertviz_plus.models.model import Model
from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.trace import Trace
from tests.findings import planted_blanks as blanks
from tests.findings import planted_changes as changes
from tests.findings import planted_heads as half
from tests.findings import planted_knowledge as knowledge
from tests.findings import planted_lab as made
from tests.findings import planted_numbers as numbers
from tests.findings import planted_probes as probes
from tests.findings import planted_students as small
from tests.findings import planted_tuned as tuned
from tests.findings import planted_valleys as minima
from tests.made_parses import follows, heard, knows_nothing, parses

SMALL = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}
SPECIAL = {"bos_token_id": 101, "cls_token_id": 101, "eos_token_id": 102, "sep_token_id": 102}


def words(distance, *, n=80, senses=2, layers=3, seed=0, first=1, word="bank"):
    """Gaussian senses, `distance` standard deviations apart from layer `first` on."""
    random = np.random.default_rng(seed)
    names = [str(number % senses) for number in range(n)]
    vectors = random.normal(size=(layers, n, 16))
    centres = random.normal(size=(senses, 16))
    centres *= distance / np.linalg.norm(centres, axis=1, keepdims=True)
    vectors[first:] += centres[[int(name) for name in names]]
    return Occurrences.from_vectors(vectors, senses=names, word=word)


def square(seed=0):
    """Four clumps at the corners of a square, a sense at each diagonal: neighbours agree, and whichever way
    two clusters part the square, each has half of both senses."""
    random = np.random.default_rng(seed)
    corners = np.tile([[1, 1], [1, -1], [-1, -1], [-1, 1]], (40, 1))
    vectors = random.normal(size=(2, 160, 16)) * 0.1
    vectors[1, :, :2] += corners
    senses = ["even" if across == up else "odd" for across, up in corners]
    return Occurrences.from_vectors(vectors, senses=senses, word="bank")


def two_words(step=1):
    """Sentences of two words; with a step, every second or third of each sense's."""
    sentences = sense_sentences(["bank", "spring"])
    return sentences.take(range(0, len(sentences), step))


def pairs(signal, *, n=40, layers=3, seed=0, first=1):
    """Pairs of eight words in a random order, whose partners' cosines are `signal` higher from `first` on."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(n):
        order = random.permutation(8)
        cosines = random.normal(scale=0.1, size=(layers, 8, 8))
        cosines[first:, np.arange(8), order] += signal
        source = tuple(f"{number}a{place}" for place in range(8))
        target = tuple(f"zz{place}x" for place in range(8))
        gold = " ".join(f"{i}-{j}" for i, j in enumerate(order))
        made.append(SentencePair(source, target, gold, source, target, *[tuple(range(8))] * 2, cosines))
    return Alignments(tuple(made), hidden_layers=tuple(range(layers)))


def vectors(*, meaning=1.0, language=3.0, n=40, layers=2, noise=0.2, seed=0, names=("en", "de")):
    """Sentences that share a meaning, each language shifted; layer 0 knows nothing of either."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=(n, 16)) * meaning
    made = {}
    for name in names:
        made[name] = random.normal(scale=noise, size=(layers, n, 16))
        made[name][1:] += shared + random.normal(size=16) * language
    return made


def traced(simple, *, n=24, layers=2, heads=3, seed=0, tokens=14):
    """Texts of words whose heads attend to the next token with a weight of `simple`, each else at random."""
    random = np.random.default_rng(seed)
    to_next = np.eye(tokens)[np.minimum(np.arange(tokens) + 1, tokens - 1)]
    made = []
    for _ in range(n):
        attention = random.dirichlet(np.ones(tokens), (layers, heads, tokens))
        made.append(
            Trace(
                tuple(f"w{i}" for i in range(tokens)), attention=(1 - simple) * attention + simple * to_next
            )
        )
    return made


def alike(within, *, n=24, layers=3, heads=3, seed=0, tokens=10):
    """Texts in which the heads of a layer attend alike, as far as `within` says."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(n):
        shared, own = (
            random.dirichlet(np.full(tokens, 0.2), (layers, count, tokens)) for count in (1, heads)
        )
        made.append(
            Trace(tuple(f"w{i}" for i in range(tokens)), attention=within * shared + (1 - within) * own)
        )
    return made


def separators(nothing, *, n=24, layers=2, seed=0):
    """What separators do: as much as a word, or nothing, as far as `nothing` says, in the last layer."""
    random = np.random.default_rng(seed)
    even = np.full((layers, n), 0.1)
    attention, norms, changed, beside = random.uniform(0.09, 0.11, (4, layers, n))
    attention[-1] += 0.89 * nothing
    norms[-1] *= 1 - nothing
    changed[-1] *= 1 - nothing
    return SeparatorEffects(attention, norms, even, changed, beside)


def english(n=24):
    """Sentences of the package, of several words."""
    return list(sense_sentences(["bank", "spring"]).texts[:n])


def parallel(languages, n=24):
    """The first sentences in some languages."""
    texts = parallel_sentences().texts(languages)
    return {name: own[:n] for name, own in texts.items()}


def unnamed(trees):
    """The same trees without relations."""
    return bp.Parses([bp.Parse(one.words, one.heads) for one in trees])


def random_models(tokenizer, seed=0) -> Iterator[Model]:
    """Models of random weights."""
    torch.manual_seed(seed)
    vocabulary = {"vocab_size": len(tokenizer)}
    small = SMALL | vocabulary
    for hf in (
        BertModel(BertConfig(**small)),
        # Weights five times as large: attention is peaked, and much of the context gets through.
        BertModel(BertConfig(**small, initializer_range=0.1)),
        RobertaModel(RobertaConfig(**small, max_position_embeddings=130)),
        DistilBertModel(DistilBertConfig(dim=32, hidden_dim=64, n_layers=2, n_heads=2, **vocabulary)),
        AlbertModel(AlbertConfig(**small, embedding_size=16)),
        ModernBertModel(ModernBertConfig(**small, pad_token_id=0, max_position_embeddings=128, **SPECIAL)),
    ):
        yield bp.wrap(hf.eval(), tokenizer)


def encoder_and_decoder(tokenizer):
    sizes = {"d_model": 32, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2}
    config = T5Config(vocab_size=len(tokenizer), decoder_start_token_id=0, **sizes)
    return bp.wrap(T5ForConditionalGeneration(config), tokenizer)


class WithoutOffsets:
    """A tokenizer as a slow one: no alignment of tokens and characters."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def __getattr__(self, name):
        if name in ("is_fast", "backend_tokenizer"):
            return False
        return getattr(self.tokenizer, name)

    def __call__(self, *arguments, **options):
        if options.pop("return_offsets_mapping", False):
            raise NotImplementedError("return_offsets_mapping is not available for a slow tokenizer")
        return dict(self.tokenizer(*arguments, **options))


@dataclass
class Planted:
    """What an experiment is tried on.

    Attributes
    ----------
    signal, noise : callable
        From a seed to data in which the claim holds, and in which there is nothing.
    few : object
        Data with the signal, and too few items.
    texts : callable
        Data that a model has to read.
    failing : list of (callable, callable)
        For each precondition, in its order, a model (of `tiny`) and data with which it fails.
    refused : list of (dict, type, str)
        Arguments, the error and its message.
    beside : float
        What the numbers after the first exceed where the claim holds.
    chooses : bool
        Whether there are several layers or heads to choose among.
    models : callable
        From a tokenizer and a seed to models of random weights.
    options : dict
        Of every run; the small budget of one that trains.
    shuffled : callable, optional
        From a seed to data to train on whose labels say nothing, where there are labels.
    """

    signal: Callable[[int], Any]
    noise: Callable[[int], Any]
    few: Any
    texts: Callable[[], Any]
    failing: list[tuple[Callable[[Model], Any], Callable[[], Any]]]
    refused: list[tuple[dict[str, Any], type[Exception], str]] = field(default_factory=list)
    beside: float = 0.9
    chooses: bool = True
    models: Callable[[Any, int], Iterator[Model]] = random_models
    options: dict[str, Any] = field(default_factory=dict)
    shuffled: Callable[[int], Any] | None = None


def _without_separators(tiny):
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=len(tiny.tokenizer), n_embd=16, n_layer=2, n_head=2, n_positions=64)

    def plain(*arguments, **options):
        return tiny.tokenizer(*arguments, **options | {"add_special_tokens": False})

    class Without:
        def __getattr__(self, name):
            return getattr(tiny.tokenizer, name)

        def __call__(self, *arguments, **options):
            return plain(*arguments, **options)

    return bp.wrap(GPT2Model(config).eval(), Without())


def _nothing(tiny):
    return None


PLANTED = {
    "senses": Planted(
        signal=lambda seed: words(8, seed=seed, senses=2 + seed),
        noise=lambda seed: words(0, seed=seed, senses=2 + 2 * (seed % 2)),
        few=words(8, n=30),
        texts=lambda: two_words(2),
        failing=[
            (lambda tiny: bp.wrap(tiny.hf, WithoutOffsets(tiny.tokenizer)), two_words),
            (_nothing, lambda: words(8, layers=1)),
            (_nothing, lambda: words(8).with_senses(None)),
            (_nothing, lambda: words(8).with_senses(["river"] * 80)),
        ],
        refused=[
            ({"data": "bank"}, TypeError, "data must be SenseSentences, Occurrences or pairs"),
            ({"data": 3}, TypeError, "data must be SenseSentences, Occurrences or pairs"),
            ({"data": [("a bank", "river")]}, ValueError, "word must be given with pairs"),
            ({"data": [("a bank",)], "word": "bank"}, ValueError, r"data\[0\] must be a text and its sense"),
            (
                {"data": [("a bench", "x")], "word": "bank"},
                ValueError,
                r"data\[0\]: 'bank' does not stand in",
            ),
            ({"word": "xylophone"}, ValueError, "word must be one of bank"),
            ({"data": words(8), "sample": "all"}, ValueError, "sample must be a whole number from 10 on"),
        ],
    ),
    "syntax-heads": Planted(
        signal=lambda seed: heard(parses(seed=seed), follows, whole=1, seed=seed),
        noise=lambda seed: heard(parses(seed=seed), knows_nothing, seed=seed),
        few=heard(parses(10), follows),
        texts=lambda: treebank()[:40],
        failing=[
            (_nothing, lambda: heard(unnamed(parses()), knows_nothing)),
            (_nothing, lambda: heard(parses(), knows_nothing, layers=1, heads=1)),
        ],
        refused=[
            ({"data": ["a b"]}, TypeError, "data must be Parses, the path of a CoNLL-U file, or ParsesRead"),
            ({"data": "no.conllu"}, FileNotFoundError, r"there is no CoNLL-U file no\.conllu"),
            ({"data": bp.Parses(())}, ValueError, "data must hold at least one sentence"),
        ],
    ),
    "alignment": Planted(
        signal=lambda seed: pairs(0.8, seed=seed),
        noise=lambda seed: pairs(0, seed=seed),
        few=pairs(0.8, n=12),
        texts=lambda: parallel_sentences("de").take(range(40)),
        failing=[
            (lambda tiny: encoder_and_decoder(tiny.tokenizer), lambda: parallel_sentences("de")),
            (lambda tiny: tiny, lambda: [("a b", "c d", None)] * 30),
            (_nothing, lambda: pairs(0.8, layers=1, first=0)),
        ],
        refused=[
            ({"data": "de"}, TypeError, "data must be ParallelSentences, Alignments or"),
            ({"data": 3}, TypeError, "data must be ParallelSentences, Alignments or"),
            ({"data": [("a", "b")]}, ValueError, r"data\[0\] must be \(source, target, gold\)"),
            ({"data": [("a", "b", "0-7")]}, ValueError, "gold"),
            ({"data": [("a", "b", "0-0")]}, TypeError, "model must be given where data are sentences"),
            ({"data": pairs(1), "method": "outer"}, ValueError, "method must be one of"),
        ],
    ),
    "language-id": Planted(
        signal=lambda seed: vectors(seed=seed),
        noise=lambda seed: vectors(meaning=0, language=0, seed=seed),
        few=vectors(n=10),
        texts=lambda: parallel(["en", "de"]),
        failing=[(_nothing, lambda: vectors(layers=1))],
        refused=[
            ({"data": "en"}, TypeError, "data must be ParallelSentences, or a dict"),
            ({"data": {"en": ["a"]}}, ValueError, "data must hold at least two languages, got en"),
            ({"data": {"en": ["a"], "de": "b"}}, ValueError, r"data\['de'\] must be a list of sentences"),
            ({"data": {"en": ["a"], "de": ["b", "c"]}}, ValueError, "as many sentences in each language"),
            ({"data": {"en": np.ones((2, 3)), "de": np.ones((2, 3))}}, ValueError, "one shape"),
        ],
    ),
    "syntax-layers": Planted(
        signal=lambda seed: probes.trees(1, seed=seed),
        noise=lambda seed: probes.trees(0, n=24, seed=seed),
        few=probes.trees(1, n=12),
        texts=probes.some_trees,
        failing=[(_nothing, lambda: probes.trees(1, layers=2))],
        refused=[
            ({"data": "en.conllu"}, TypeError, "data must be Parses, or"),
            ({"data": (probes.trees(1)[0], probes.trees(1, n=3)[1])}, ValueError, "of the same sentences"),
            ({"data": probes.trees(1), "rank": 0}, ValueError, "rank must be a whole number from 1 on"),
        ],
    ),
    "transfer": Planted(
        signal=lambda seed: probes.tasks(5, seed=seed),
        noise=lambda seed: probes.tasks(0, seed=seed),
        few=probes.tasks(5, n=12),
        texts=probes.some_tasks,
        failing=[
            (_nothing, lambda: probes.tasks(5, kinds=1)),
            (_nothing, lambda: probes.tasks(5, layers=2)),
        ],
        refused=[
            ({"data": "pos"}, TypeError, "data must be Parses, or a list of ProbeTask"),
            ({"data": (probes.tasks(5)[0], probes.tasks(5, n=3)[1])}, ValueError, "a vector for each"),
        ],
    ),
    "semantics": Planted(
        signal=lambda seed: probes.sides(3, seed=seed),
        noise=lambda seed: probes.sides(0, seed=seed),
        few=probes.sides(3, n=12),
        texts=probes.both_sides,
        failing=[
            (_nothing, lambda: probes.sides(3, kinds=1)),
            (_nothing, lambda: probes.sides(3, layers=1)),
        ],
        refused=[
            ({"data": "pos"}, TypeError, "data must be Parses, or a dict of semantic and syntactic"),
            ({"data": {"semantic": 1, "syntactic": 2}}, TypeError, "a ProbeTask of each name"),
        ],
        # A difference of two evennesses, neither of which is quite 0 or 1.
        beside=0.4,
        chooses=False,
    ),
    "negation": Planted(
        signal=lambda seed: blanks.negation(1, seed=seed),
        noise=lambda seed: blanks.negation(0, seed=seed),
        few=blanks.negation(1, n=12),
        texts=lambda: blanks.first("negation", 80),
        failing=[(lambda tiny: tiny, lambda: bp.diagnostic("facts")), (blanks.without_a_head, lambda: None)],
        refused=[
            ({"data": ["a text"]}, TypeError, "data must be a Diagnostic, got list"),
            (
                {"data": (bp.diagnostic("negation"), {"as written": [1.0]})},
                ValueError,
                "data must hold a difference for each question",
            ),
        ],
        chooses=False,
        models=blanks.random_models,
    ),
    "numbers": Planted(
        signal=lambda seed: numbers.read(1, seed=seed),
        noise=lambda seed: numbers.read(0, seed=seed),
        few=numbers.read(1, n=24),
        texts=numbers.some,
        failing=[(_nothing, lambda: numbers.read(1, cut=False))],
        refused=[
            ({"data": "12"}, TypeError, "data must be whole numbers, or NumberVectors, got str"),
            ({"data": [1, 2.5]}, ValueError, r"data\[1\] must be a whole number from 0 on, got 2.5"),
            ({"data": [1, 1]}, ValueError, "data must be different numbers"),
        ],
        chooses=False,
    ),
    "knowledge": Planted(
        signal=lambda seed: knowledge.known(1, seed=seed),
        noise=lambda seed: knowledge.known(0, seed=seed),
        few=knowledge.known(1, n=40),
        texts=lambda: treebank()[:14],
        failing=[
            (lambda tiny: tiny, knowledge.unnamed),
            (blanks.without_a_head, lambda: None),
        ],
        refused=[({"data": ["a text"]}, TypeError, "data must be Parses, or ErasedKnowledge, got list")],
        beside=0.8,
        models=blanks.random_models,
    ),
    "multi-step": Planted(
        signal=lambda seed: blanks.steps(1, seed=seed),
        noise=lambda seed: blanks.steps(0, seed=seed),
        few=blanks.steps(1, n=12),
        texts=lambda: {"ages": (blanks.first("ages", 48), blanks.first("oldest", 48))},
        failing=[
            (lambda tiny: tiny, lambda: {"facts": (bp.diagnostic("facts"), bp.diagnostic("facts"))}),
            (blanks.without_a_head, lambda: None),
        ],
        refused=[
            ({"data": ["a text"]}, TypeError, "data must be a dict of topics, got list"),
            ({"data": {"ages": (bp.diagnostic("ages"),)}}, TypeError, "must be two diagnostics"),
        ],
        chooses=False,
        models=blanks.random_models,
    ),
    "patterns": Planted(
        signal=lambda seed: traced(1, seed=seed),
        noise=lambda seed: traced(0, seed=seed),
        few=traced(1, n=10),
        texts=english,
        failing=[(_nothing, lambda: traced(1, tokens=2))],
        refused=[
            ({"data": "a text"}, TypeError, "data must be a list of texts, or of traces"),
            ({"data": []}, ValueError, "data must hold at least one text"),
            ({"data": ["a", 3]}, TypeError, r"data\[1\] must be a text or a trace"),
            ({"data": [Trace(("a",))]}, ValueError, "data must be traces with attention"),
        ],
        chooses=False,
    ),
    "no-op": Planted(
        signal=lambda seed: separators(1, seed=seed),
        noise=lambda seed: separators(0, seed=seed),
        few=separators(1, n=10),
        texts=english,
        failing=[
            (lambda tiny: encoder_and_decoder(tiny.tokenizer), english),
            (_without_separators, english),
        ],
        refused=[
            ({"data": "a text"}, TypeError, "data must be a list of texts"),
            ({"data": traced(1, n=1)}, TypeError, "data must be a list of texts, or SeparatorEffects"),
        ],
    ),
    "redundancy": Planted(
        signal=lambda seed: alike(1, seed=seed),
        noise=lambda seed: alike(0, seed=seed),
        few=alike(1, n=10),
        texts=english,
        failing=[(_nothing, lambda: alike(1, layers=1))],
        refused=[({"data": 3}, TypeError, "data must be a list of texts, or of traces")],
        chooses=False,
    ),
    "heads-and-layers": Planted(
        signal=lambda seed: half.losses(1, seed=seed),
        noise=lambda seed: half.losses(0, seed=seed),
        few=half.losses(1, n=12),
        texts=english,
        failing=[(half.without_a_head, english), (half.off_the_interface, half.few_words)],
        refused=[
            ({"data": "a text"}, TypeError, "data must be a list of texts"),
            ({"data": traced(1, n=1)}, TypeError, "data must be a list of texts, or a HalvedModel"),
        ],
        chooses=False,
        models=half.random_models,
    ),
    "flatness": Planted(
        signal=lambda seed: minima.valleys((0, 1e6, 1e6), seed=seed),
        noise=lambda seed: minima.valleys((6, 6, 6), spread=0.5, seed=seed),
        few=minima.valleys((0, 1e6, 1e6), items=12),
        texts=lambda: bp.tasks["sentiment"],
        failing=[(lambda tiny: encoder_and_decoder(tiny.tokenizer), lambda: bp.tasks["sentiment"])],
        refused=[
            ({"data": ["a text"]}, TypeError, "data must be a Task, or Runs, got list"),
            ({"data": minima.valleys((1, 1, 1)), "budget": 3}, ValueError, "budget must be 'quick', 'full'"),
        ],
        chooses=False,
        models=minima.random_models,
        options={"budget": minima.SMALL_BUDGET},
    ),
    **{
        key: Planted(
            signal=lambda seed: changes.changed(0.99, 0.1, seed=seed),
            noise=lambda seed: changes.changed(0.1, 0.1, seed=seed),
            few=changes.changed(0.99, 0.1, items=12),
            texts=tuned.small_task,
            failing=[
                (lambda tiny: encoder_and_decoder(tiny.tokenizer), tuned.small_task),
                (tuned.shared_layers, tuned.small_task),
            ],
            refused=[
                ({"data": ["a text"]}, TypeError, "data must be a Task, or Runs, got list"),
                ({"data": bp.tasks["pos"]}, ValueError, "data must be a Task of texts or pairs"),
            ],
            beside=-1.0,
            chooses=False,
            models=tuned.random_models,
            options={"budget": changes.SMALL_BUDGET},
            shuffled=tuned.shuffled_task,
        )
        for key in ("unlearning", "task-layers")
    },
    "adapters": Planted(
        signal=lambda seed: tuned.adapted(0.99, seed=seed),
        noise=lambda seed: tuned.adapted(0.17, everything=0.17, seed=seed),
        few=tuned.adapted(0.99, items=12),
        texts=tuned.small_task,
        failing=[
            (lambda tiny: encoder_and_decoder(tiny.tokenizer), tuned.small_task),
            (tuned.without_attention, tuned.small_task),
        ],
        refused=[
            ({"data": ["a text"]}, TypeError, "data must be a Task, or Runs, got list"),
            ({"data": bp.tasks["pos"]}, ValueError, "data must be a Task of texts or pairs"),
        ],
        chooses=False,
        models=tuned.random_models,
        options={"budget": tuned.ADAPTERS_BUDGET},
        shuffled=tuned.shuffled_task,
    ),
    "compression": Planted(
        signal=lambda seed: small.students(0.99, seed=seed),
        noise=lambda seed: small.students(0.17, teacher=0.17, before=0.17, alike=0.17, seed=seed),
        few=small.students(0.99, items=12),
        texts=tuned.small_task,
        failing=[(tuned.shared_layers, tuned.small_task)],
        refused=[
            ({"data": ["a text"]}, TypeError, "data must be a Task, or Runs, got list"),
            ({"data": bp.tasks["entailment"]}, ValueError, "data must be a Task of texts, got one of pairs"),
        ],
        chooses=False,
        models=tuned.random_models,
        options={"budget": small.SMALL_BUDGET},
        shuffled=tuned.shuffled_task,
    ),
    "freezing": Planted(
        signal=lambda seed: tuned.frozen(0.99, 0.01, seed=seed),
        noise=lambda seed: tuned.frozen(0.5, 0.5, seed=seed),
        few=tuned.frozen(0.99, 0.01, items=12),
        texts=tuned.small_task,
        failing=[
            (lambda tiny: tiny, tuned.in_one_language),
            (lambda tiny: encoder_and_decoder(tiny.tokenizer), tuned.small_task),
            (tuned.shared_layers, tuned.small_task),
        ],
        refused=[({"data": ["a text"]}, TypeError, "data must be a Task, or Runs, got list")],
        beside=-1.0,
        chooses=False,
        models=tuned.random_models,
        options={"budget": tuned.FREEZING_BUDGET},
        shuffled=tuned.shuffled_task,
    ),
    "batch-size": Planted(
        signal=lambda seed: made.batches(1.2, seed=seed),
        noise=lambda seed: made.batches(0, seed=seed),
        few=made.batches(1.2, items=20),
        **made.TRAINED,
        refused=made.REFUSED,
    ),
    "redundancy, by training": Planted(
        signal=lambda seed: made.twin_heads(1, seed=seed),
        noise=lambda seed: made.twin_heads(0, seed=seed),
        few=made.twin_heads(1, items=20),
        **made.TRAINED,
        refused=made.REFUSED_BESIDE,
    ),
    "language-id, by training": Planted(
        signal=lambda seed: made.translations(0.9, 0.9, seed=seed),
        noise=lambda seed: made.translations(0.025, 0.025, seed=seed),
        few=made.translations(0.9, 0.9, items=20),
        **made.TRAINED,
        refused=made.REFUSED_BESIDE,
        beside=0.8,
    ),
    "embeddings-only": Planted(
        signal=lambda seed: made.readers(2.0, seed=seed),
        noise=lambda seed: made.readers(0.0, seed=seed),
        few=made.readers(2.0, items=20),
        **made.TRAINED,
        refused=made.REFUSED,
        beside=0.8,
    ),
}
