"""Finding 1: what was planted holds, what knows nothing does not, and what cannot be answered says why."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import (
    AlbertConfig,
    AlbertModel,
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    ModernBertConfig,
    ModernBertModel,
    RobertaConfig,
    RobertaModel,
)

import bertviz_plus as bp
from bertviz_plus.data.sense_sentences import SenseSentences, sense_sentences
from bertviz_plus.findings.primer import primer
from bertviz_plus.findings.sense_halves import Sample, chosen_layers, majority_accuracy, sense_accuracy
from bertviz_plus.findings.verdicts import combined
from bertviz_plus.models.untrained import untrained_twin
from bertviz_plus.traces.occurrences import Occurrences

FINDING = primer["senses"]
QUICK = {"resamples": 100, "progress": False}
SMALL = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}
SPECIAL = {"bos_token_id": 101, "cls_token_id": 101, "eos_token_id": 102, "sep_token_id": 102}
TWIN = "an untrained twin"
PLACES = ["north", "south", "east", "west"]


def planted(distance, *, n=80, senses=2, layers=3, seed=0, word="bank"):
    """Gaussian senses, `distance` standard deviations apart from layer 1 on; layer 0 knows nothing."""
    random = np.random.default_rng(seed)
    names = [str(number % senses) for number in range(n)]
    vectors = random.normal(size=(layers, n, 16))
    centres = random.normal(size=(senses, 16))
    centres *= distance / np.linalg.norm(centres, axis=1, keepdims=True)
    vectors[1:] += centres[[int(name) for name in names]]
    return Occurrences.from_vectors(vectors, senses=names, word=word)


def two_words(step=1):
    """Sentences of two words; with a step, every second or third of each sense's."""
    sentences = sense_sentences(["bank", "spring"])
    return sentences.take(range(0, len(sentences), step))


def without_a_twin(result):
    """The verdict that the same run gives where no untrained twin is measured."""
    fewer = [
        replace(one, baselines={name: value for name, value in one.baselines.items() if name != TWIN})
        for one in result.comparisons
    ]
    return combined([one.verdict for one in fewer])


@pytest.mark.parametrize("senses", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_planted_senses_hold(senses, seed):
    result = FINDING.run(data=planted(8, senses=senses, seed=seed), seed=seed, **QUICK)
    assert result.verdict == "holds", result
    assert result.number > 0.95
    assert result.comparisons[1].number > 0.9


@pytest.mark.parametrize("senses", [2, 4])
@pytest.mark.parametrize("seed", range(8))
def test_vectors_that_know_nothing_do_not_hold(senses, seed):
    result = FINDING.run(data=planted(0, senses=senses, seed=seed), seed=seed, **QUICK)
    assert result.verdict in ("fails", "inconclusive", "weak")
    assert result.comparisons[1].verdict != "holds"


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_without_clusters_do_not_hold(seed):
    # Four clumps at the corners of a square, a sense at each diagonal: neighbours agree, and whichever way
    # two clusters part the square, each has half of both senses.
    random = np.random.default_rng(seed)
    corners = np.tile([[1, 1], [1, -1], [-1, -1], [-1, 1]], (40, 1))
    vectors = random.normal(size=(2, 160, 16)) * 0.1
    vectors[1, :, :2] += corners
    senses = ["even" if across == up else "odd" for across, up in corners]
    data = Occurrences.from_vectors(vectors, senses=senses, word="bank")
    result = FINDING.run(data=data, seed=seed, **QUICK)
    assert result.comparisons[0].verdict == "holds"
    assert result.comparisons[1].number < 0.1
    assert result.verdict in ("weak", "inconclusive")


@pytest.mark.parametrize("seed", range(3))
def test_a_bag_of_words_in_disguise_does_not_hold(seed):
    # A layer that only sums random vectors of the words around says no more than the words do.
    sentences = two_words()
    vocabulary: dict[str, np.ndarray] = {}
    random = np.random.default_rng(seed)
    sums = []
    for text in sentences.texts:
        words = text.casefold().split()
        sums.append(sum(vocabulary.setdefault(word, random.normal(size=64)) for word in words))
    vectors = np.stack([random.normal(size=(len(sums), 64)), np.stack(sums)])
    data = Occurrences.from_vectors(
        vectors,
        texts=sentences.texts,
        spans=sentences.spans,
        senses=sentences.senses,
        word=sentences.words,
    )
    result = FINDING.run(data=data, seed=seed, **QUICK)
    assert "a bag of the words around" in result.comparisons[0].baselines
    assert result.verdict != "holds", result


def random_models(tokenizer):
    vocabulary = {"vocab_size": len(tokenizer)}
    small = SMALL | vocabulary
    yield BertModel(BertConfig(**small))
    # Weights five times as large: attention is peaked, and much of the context gets through.
    yield BertModel(BertConfig(**small, initializer_range=0.1))
    yield RobertaModel(RobertaConfig(**small, max_position_embeddings=130))
    yield DistilBertModel(DistilBertConfig(dim=32, hidden_dim=64, n_layers=2, n_heads=2, **vocabulary))
    yield AlbertModel(AlbertConfig(**small, embedding_size=16))
    yield ModernBertModel(ModernBertConfig(**small, pad_token_id=0, max_position_embeddings=128, **SPECIAL))


@pytest.mark.parametrize("seed", range(2))
def test_a_randomly_initialised_model_never_holds(tiny, seed):
    torch.manual_seed(seed)
    for hf in random_models(tiny.tokenizer):
        result = FINDING.run(bp.wrap(hf.eval(), tiny.tokenizer), two_words(2), seed=seed, **QUICK)
        for verdict in (result.verdict, without_a_twin(result)):
            assert verdict in ("fails", "inconclusive", "weak"), (type(hf).__name__, result)


def test_without_a_twin_the_other_baselines_and_numbers_stay(tiny):
    result = FINDING.run(tiny, two_words(3), **QUICK)
    alone = FINDING.run(tiny, two_words(3), untrained=False, **QUICK)
    assert alone.verdict == without_a_twin(result)
    assert alone.interval == result.interval
    assert TWIN in result.comparisons[0].baselines
    assert TWIN not in alone.comparisons[0].baselines


@pytest.fixture(scope="module")
def model():
    return bp.load()


def test_neighbours_of_a_model_beat_every_baseline(model):
    found = FINDING.run(model, sense_sentences("spring"), **QUICK).comparisons[0]
    assert found.verdict == "holds", found
    assert found.baselines[TWIN] < found.interval[0]


@pytest.mark.parametrize("seed", [1, 2])
def test_neighbours_of_its_twin_do_not(model, seed):
    # With no twin of its own beside it, it has less to beat.
    few = sense_sentences("spring").take(range(0, 108, 2))
    result = FINDING.run(untrained_twin(model, seed=seed), few, untrained=False, **QUICK)
    assert [one.verdict for one in result.comparisons].count("holds") == 0, result


def told_by_order(n):
    """Sentences with the same words in each sense: only the place before the word tells which it is."""
    random = np.random.default_rng(0)
    texts, spans, senses = [], [], []
    for number in range(n):
        first, second = random.permutation(4)[:2]
        lead = " ".join(random.choice(["the", "old", "man", "saw", "her"], size=random.integers(2, 6)))
        sense = number % 2
        # Places 0 and 1 before the word are one sense, 2 and 3 the other; the rest of the text has both.
        first, second = (random.integers(2), 2 + random.integers(2))[:: 1 if sense == 0 else -1]
        text = f"{lead} {number} {PLACES[first]} bank and {PLACES[second]}"
        start = text.index("bank")
        texts.append(text)
        spans.append((start, start + 4))
        senses.append(("left", "right")[sense])
    return SenseSentences(tuple(texts), tuple(spans), tuple(senses), ("bank",) * n)


def test_a_model_taught_two_senses_holds_and_its_twin_does_not(tiny):
    data = told_by_order(100)
    torch.manual_seed(0)
    hf = BertModel(BertConfig(vocab_size=len(tiny.tokenizer), **SMALL | {"hidden_size": 64}))
    read_out = torch.nn.Linear(64, 2)
    batch = tiny.tokenizer(list(data.texts), return_tensors="pt", padding=True)
    bank = batch["input_ids"] == tiny.tokenizer.convert_tokens_to_ids("bank")
    gold = torch.tensor([int(sense == "right") for sense in data.senses])
    learned = [*hf.embeddings.position_embeddings.parameters(), *hf.encoder.parameters()]
    optimiser = torch.optim.AdamW([*learned, *read_out.parameters()], lr=2e-3)
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(read_out(hf(**batch).last_hidden_state[bank]), gold)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    taught = bp.wrap(hf.eval(), tiny.tokenizer)
    assert FINDING.run(taught, data, **QUICK).verdict == "holds"
    assert FINDING.run(untrained_twin(taught, seed=3), data, untrained=False, **QUICK).verdict != "holds"


def test_the_same_seed_gives_the_same_result(tiny):
    few = two_words(3)
    first, second = (FINDING.run(tiny, few, seed=4, **QUICK) for _ in range(2))
    assert first.to_json() == second.to_json()
    other = FINDING.run(tiny, few, seed=5, untrained=False, **QUICK)
    assert other.interval != first.interval


def test_where_everything_came_from_is_said(tiny):
    data = two_words(3)
    result = FINDING.run(tiny, data, seed=3, **QUICK)
    provenance = json.loads(result.to_json())["provenance"]
    assert provenance["model"]["id"] == "bert-tiny"
    assert len(provenance["model"]["weights_hash"]) == 64
    assert "transformers" in provenance["model"]["versions"]
    assert provenance["data"]["name"] == data.name
    assert provenance["data"]["sha256"] == data.sha256
    assert provenance["data"]["texts"] == len(data)
    assert provenance["seed"] == 3
    assert provenance["options"]["resamples"] == 100
    assert provenance["versions"]["bertviz-plus"] == bp.__version__
    assert set(provenance["hidden layers chosen"]) <= {1, 2}
    assert result.published == FINDING.published


def test_details_have_a_row_for_each_word_layer_and_measure(tiny):
    details = FINDING.run(tiny, two_words(3), untrained=False, **QUICK).details
    assert set(details["word"]) == {"bank", "spring", "all"}
    assert set(details["hidden_layer"]) == {0, 1, 2}
    assert set(details["measure"]) == {"knn", "silhouette", "ari"}


def test_pairs_of_text_and_sense_are_taken(tiny):
    sentences = sense_sentences("bank")
    # A pair says where the word stands by the word alone, in the form that is asked for.
    rows = zip(sentences.texts, sentences.spans, strict=True)
    sentences = sentences.take([n for n, (text, (a, b)) in enumerate(rows) if text[a:b].lower() == "bank"])
    pairs = list(zip(sentences.texts, sentences.senses, strict=True))
    results = [
        FINDING.run(tiny, data, untrained=False, **QUICK, **word)
        for data, word in ((pairs, {"word": "bank"}), (sentences, {}))
    ]
    assert results[0].number == results[1].number


# --- what cannot be answered ---


def test_data_without_senses_are_not_testable():
    data = planted(8).with_senses(None)
    result = FINDING.run(data=data, **QUICK)
    assert (result.verdict, result.reason) == ("not testable", "The data name no senses.")
    assert result.number is None


def test_a_single_sense_is_not_testable():
    data = planted(8).with_senses(["river"] * 80)
    result = FINDING.run(data=data, **QUICK)
    assert (result.verdict, result.reason) == (
        "not testable",
        "Every word of the data stands in a single sense.",
    )


def test_embeddings_alone_are_not_testable():
    result = FINDING.run(data=planted(8, layers=1), **QUICK)
    assert result.verdict == "not testable"
    assert "nothing in them comes from the context" in result.reason


class WithoutOffsets:
    """bert-tiny's tokenizer as a slow one: no alignment of tokens and characters."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def __getattr__(self, name):
        if name in ("is_fast", "backend_tokenizer"):
            return False
        return getattr(self.tokenizer, name)

    def __call__(self, *arguments, **options):
        if options.pop("return_offsets_mapping", False):
            raise NotImplementedError("return_offsets_mapping is not available for a slow tokenizer")
        read = self.tokenizer(*arguments, **options)
        return dict(read)


def test_a_tokenizer_without_offsets_is_not_testable(tiny):
    model = bp.wrap(tiny.hf, WithoutOffsets(tiny.tokenizer))
    result = FINDING.run(model, two_words(), **QUICK)
    assert result.verdict == "not testable"
    assert "does not say which characters a token stands for" in result.reason


def test_few_occurrences_are_inconclusive():
    result = FINDING.run(data=planted(8, n=30), **QUICK)
    assert result.verdict == "inconclusive"
    assert result.reason.startswith("30 occurrences")
    assert result.number is None


def test_senses_with_few_sentences_are_left_out():
    data = planted(8, n=83)
    senses = ["rare"] * 3 + list(data.senses[3:])
    result = FINDING.run(data=data.with_senses(senses), **QUICK)
    assert result.provenance["occurrences measured"] == 80
    assert "3 of 83 occurrences are left out" in result.notes[-2]
    lone = ["rare"] * 3 + ["common"] * 80
    assert FINDING.run(data=data.with_senses(lone), **QUICK).verdict == "inconclusive"


def test_vectors_that_are_not_finite_are_left_out():
    data = planted(8)
    vectors = data.vectors.copy()
    vectors[1, 5, 0] = np.nan
    broken = Occurrences.from_vectors(vectors, senses=data.senses, word="bank")
    result = FINDING.run(data=broken, **QUICK)
    assert result.provenance["occurrences measured"] == 79
    assert result.verdict == "holds"


def test_a_sample_is_drawn_of_a_frequent_word():
    result = FINDING.run(data=planted(8, n=200), sample=60, **QUICK)
    assert result.provenance["occurrences measured"] == 60
    assert "140 of 200 occurrences are left out" in result.notes[-2]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"data": "bank"}, TypeError, "data must be SenseSentences, Occurrences or pairs"),
        ({"data": 3}, TypeError, "data must be SenseSentences, Occurrences or pairs"),
        ({"data": [("a bank", "river")]}, ValueError, "word must be given with pairs"),
        ({"data": [("a bank",)], "word": "bank"}, ValueError, r"data\[0\] must be a text and its sense"),
        ({"data": [("a bench", "seat")], "word": "bank"}, ValueError, r"data\[0\]: 'bank' does not stand in"),
        ({"word": "xylophone"}, ValueError, "word must be one of bank"),
        ({"model": None}, TypeError, "model must be given where data are sentences"),
        ({"data": planted(8), "resamples": 1}, ValueError, "resamples must be a whole number from 10 on"),
        ({"data": planted(8), "sample": "all"}, ValueError, "sample must be a whole number from 10 on"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        FINDING.run(**arguments)


# --- how it is measured ---


def test_copies_of_a_sentence_are_not_each_others_neighbours():
    # Every sentence twice, and nothing but its copy is near it: remembering texts must not look like senses.
    random = np.random.default_rng(0)
    vectors = np.repeat(random.normal(size=(2, 60, 32)), 2, axis=1)
    texts = [f"sentence {number // 2} has a bank" for number in range(120)]
    senses = [str(random.integers(2)) for _ in range(60) for _ in range(2)]
    data = Occurrences.from_vectors(vectors, texts=texts, senses=senses, word="bank")
    sample = Sample.of(data, at_most=1000, seed=0)
    word = sample.words[0]
    assert all(len(set(word.second_half[word.sentences == one])) == 1 for one in set(word.sentences))
    assert FINDING.run(data=data, **QUICK).verdict != "holds"
    assert sense_accuracy(sample, (1, 1)).mean < 0.75


def test_each_half_is_measured_at_the_layer_that_is_best_on_the_other():
    data = planted(8, layers=4)
    sample = Sample.of(data, at_most=1000, seed=0)
    second = np.zeros(len(data), bool)
    second[sample.words[0].places] = sample.words[0].second_half
    vectors = np.random.default_rng(1).normal(size=data.vectors.shape).astype(np.float32)
    # Layer 3 parts the senses in the first half only, layer 2 in the second half only.
    vectors[3, ~second] = data.vectors[1, ~second]
    vectors[2, second] = data.vectors[1, second]
    told = Occurrences.from_vectors(vectors, senses=data.senses, word="bank")
    assert chosen_layers(Sample.of(told, at_most=1000, seed=0)) == (2, 3)


def test_the_most_frequent_sense_is_that_of_the_other_half():
    data = planted(0, n=80).with_senses(["common"] * 60 + ["rare"] * 20)
    assert majority_accuracy(Sample.of(data, at_most=1000, seed=0)) == pytest.approx(0.75)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    # Right four times in five: 95% intervals of 150 draws of 100 occurrences each.
    from bertviz_plus.findings.sense_halves import Accuracy

    random = np.random.default_rng(0)
    covered = 0
    for seed in range(150):
        accuracy = Accuracy((random.random(100) < 0.8,), (np.arange(100),))
        low, high = accuracy.interval(300, seed)
        covered += low <= 0.8 <= high
    # Percentile intervals of a share are a little short; fewer than 88% in 150 would be a defect.
    assert covered / 150 > 0.88
