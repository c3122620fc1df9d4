"""Finding 1: what the senses' numbers rest on, beside what holds of every experiment."""

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

import bertviz_plus as bp
from bertviz_plus.data.sense_sentences import SenseSentences, sense_sentences
from bertviz_plus.findings.primer import primer
from bertviz_plus.findings.sense_sample import SenseSample
from bertviz_plus.models.untrained import untrained_twin
from bertviz_plus.traces.occurrences import Occurrences
from tests.findings.planted import SMALL, square, two_words, words

FINDING = primer["senses"]
QUICK = {"resamples": 100, "progress": False}
TWIN = "an untrained twin"
PLACES = ["north", "south", "east", "west"]


def sample_of(data):
    return SenseSample.of(data, at_most=1000, seed=0)


@pytest.mark.parametrize("senses", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_planted_senses_hold(senses, seed):
    result = FINDING.run(data=words(8, senses=senses, seed=seed), seed=seed, **QUICK)
    assert result.verdict == "holds", result
    assert result.number > 0.95
    assert result.comparisons[1].number > 0.9


@pytest.mark.parametrize("senses", [2, 4])
@pytest.mark.parametrize("seed", range(8))
def test_neither_number_of_vectors_that_know_nothing_holds(senses, seed):
    result = FINDING.run(data=words(0, senses=senses, seed=seed), seed=seed, **QUICK)
    assert result.verdict in ("fails", "inconclusive", "weak")
    assert result.comparisons[1].verdict != "holds"


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_without_clusters_do_not_hold(seed):
    result = FINDING.run(data=square(seed), seed=seed, **QUICK)
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
        around = text.casefold().split()
        sums.append(sum(vocabulary.setdefault(word, random.normal(size=64)) for word in around))
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


# --- what is left out ---


def test_senses_with_few_sentences_are_left_out():
    data = words(8, n=83)
    senses = ["rare"] * 3 + list(data.senses[3:])
    result = FINDING.run(data=data.with_senses(senses), **QUICK)
    assert result.provenance["occurrences measured"] == 80
    assert "3 of 83 occurrences are left out" in result.notes[-2]
    lone = ["rare"] * 3 + ["common"] * 80
    assert FINDING.run(data=data.with_senses(lone), **QUICK).verdict == "inconclusive"


def test_vectors_that_are_not_finite_are_left_out():
    data = words(8)
    vectors = data.vectors.copy()
    vectors[1, 5, 0] = np.nan
    broken = Occurrences.from_vectors(vectors, senses=data.senses, word="bank")
    result = FINDING.run(data=broken, **QUICK)
    assert result.provenance["occurrences measured"] == 79
    assert result.verdict == "holds"


def test_a_sample_is_drawn_of_a_frequent_word():
    result = FINDING.run(data=words(8, n=200), sample=60, **QUICK)
    assert result.provenance["occurrences measured"] == 60
    assert "140 of 200 occurrences are left out" in result.notes[-2]


# --- how it is measured ---


def test_copies_of_a_sentence_are_not_each_others_neighbours():
    # Every sentence twice, and nothing but its copy is near it: remembering texts must not look like senses.
    random = np.random.default_rng(0)
    vectors = np.repeat(random.normal(size=(2, 60, 32)), 2, axis=1)
    texts = [f"sentence {number // 2} has a bank" for number in range(120)]
    senses = [str(random.integers(2)) for _ in range(60) for _ in range(2)]
    data = Occurrences.from_vectors(vectors, texts=texts, senses=senses, word="bank")
    sample = sample_of(data)
    assert all(len(set(sample.second_half[sample.sentences == one])) == 1 for one in set(sample.sentences))
    assert FINDING.run(data=data, **QUICK).verdict != "holds"
    assert sample.fixed_at(1).neighbours().value < 0.75


def test_each_half_is_measured_at_the_layer_that_is_best_on_the_other():
    data = words(8, layers=4)
    sample = sample_of(data)
    second = np.zeros(len(data), bool)
    second[sample.origins] = sample.second_half
    vectors = np.random.default_rng(1).normal(size=data.vectors.shape).astype(np.float32)
    # Layer 3 parts the senses in the first half only, layer 2 in the second half only.
    vectors[3, ~second] = data.vectors[1, ~second]
    vectors[2, second] = data.vectors[1, second]
    told = Occurrences.from_vectors(vectors, senses=data.senses, word="bank")
    assert sample_of(told).chosen == [2, 3]


def test_the_most_frequent_sense_is_that_of_the_other_half():
    data = words(0, n=80).with_senses(["common"] * 60 + ["rare"] * 20)
    assert sample_of(data).majority().value == pytest.approx(0.75)


def test_another_model_must_have_read_the_same_occurrences():
    with pytest.raises(ValueError, match="occurrences must be the same ones"):
        sample_of(words(8)).read_by(words(8, word="spring"))
    with pytest.raises(ValueError, match="occurrences must be the same ones"):
        sample_of(words(8)).read_by(words(8, n=40))
