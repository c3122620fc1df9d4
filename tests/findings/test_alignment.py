"""Finding 20: what was planted holds, what knows nothing does not, and what cannot be answered says why."""

import json

import numpy as np
import pytest
import torch
from transformers import (
    AlbertConfig,
    AlbertModel,
    BertConfig,
    BertModel,
    RobertaConfig,
    RobertaModel,
    T5Config,
    T5ForConditionalGeneration,
)

import bertviz_plus as bp
from bertviz_plus.data.parallel_sentences import parallel_sentences
from bertviz_plus.findings.alignment_halves import Corpus, alike_and_near, diagonal, same_words
from bertviz_plus.findings.primer import primer
from bertviz_plus.measures.alignment_scores import evaluate_alignment
from bertviz_plus.measures.word_alignment import align_pair
from bertviz_plus.models.untrained import untrained_twin
from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Gold

FINDING = primer["alignment"]
QUICK = {"resamples": 200, "progress": False}
SMALL = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}


def planted(signal, *, n=40, layers=3, seed=0, first=1):
    """Pairs of eight words in a random order, whose partners' cosines are `signal` higher from `first` on."""
    random = np.random.default_rng(seed)
    pairs = []
    for number in range(n):
        order = random.permutation(8)
        cosines = random.normal(scale=0.1, size=(layers, 8, 8))
        cosines[first:, np.arange(8), order] += signal
        source = tuple(f"{number}a{place}" for place in range(8))
        target = tuple(f"zz{place}x" for place in range(8))
        gold = " ".join(f"{i}-{j}" for i, j in enumerate(order))
        pairs.append(
            SentencePair(source, target, gold, source, target, tuple(range(8)), tuple(range(8)), cosines)
        )
    return Alignments(tuple(pairs), hidden_layers=tuple(range(layers)))


@pytest.fixture(scope="module")
def german():
    return parallel_sentences("de")


@pytest.mark.parametrize("seed", range(3))
def test_planted_links_hold(seed):
    result = FINDING.run(data=planted(0.8, seed=seed), seed=seed, **QUICK)
    assert result.verdict == "holds", result
    assert result.number > 0.95
    assert result.baseline < 0.4


def test_the_view_opens_at_the_layer_that_was_chosen():
    result = FINDING.run(data=planted(0.8), **QUICK)
    view = result.show()
    assert view.hidden_layer == result.provenance["hidden layers chosen"][0]
    assert view.method == "inter"


@pytest.mark.parametrize("seed", range(8))
def test_vectors_that_know_nothing_do_not_hold(seed):
    result = FINDING.run(data=planted(0, seed=seed), seed=seed, **QUICK)
    assert result.verdict in ("fails", "inconclusive", "weak"), result


@pytest.mark.parametrize("seed", range(3))
def test_what_the_embeddings_know_already_does_not_hold(seed):
    result = FINDING.run(data=planted(0.8, seed=seed, first=0), seed=seed, **QUICK)
    assert result.baseline_name == "layer 0"
    assert result.verdict == "fails"


def test_spelling_and_place_in_disguise_do_not_hold(german):
    # Cosines that only say how alike words look, and how near they stand.
    random = np.random.default_rng(0)
    pairs = []
    for (source, target), gold in zip(german.pairs, german.gold, strict=True):
        alike = alike_and_near(source, target) + random.normal(scale=0.01, size=(len(source), len(target)))
        cosines = np.stack([random.normal(scale=0.1, size=alike.shape), np.clip(alike, -1, 1)])
        places = (tuple(range(len(source))), tuple(range(len(target))))
        pairs.append(SentencePair(source, target, gold, source, target, *places, cosines))
    result = FINDING.run(data=Alignments(tuple(pairs), hidden_layers=(0, 1)), **QUICK)
    assert result.baseline_name == "words that look alike and stand at about the same place"
    assert result.verdict != "holds", result


def random_models(tokenizer):
    vocabulary = {"vocab_size": len(tokenizer)}
    yield BertModel(BertConfig(**SMALL, **vocabulary))
    # Weights five times as large: attention is peaked, and much of the sentence gets through.
    yield BertModel(BertConfig(**SMALL, **vocabulary, initializer_range=0.1))
    yield RobertaModel(RobertaConfig(**SMALL, **vocabulary, max_position_embeddings=130))
    yield AlbertModel(AlbertConfig(**SMALL, **vocabulary, embedding_size=16))


@pytest.mark.parametrize("seed", range(2))
def test_random_weights_never_hold(tiny, german, seed):
    torch.manual_seed(seed)
    for hf in random_models(tiny.tokenizer):
        result = FINDING.run(bp.wrap(hf, tiny.tokenizer), german, seed=seed, **QUICK)
        assert result.verdict in ("fails", "inconclusive", "weak"), (type(hf), result)
        assert "an untrained twin" in result.comparisons[0].baselines


def test_a_twin_of_a_multilingual_model_does_not_hold(multi, german):
    assert (
        FINDING.run(untrained_twin(multi), german.take(range(24)), untrained=False, **QUICK).verdict
        == "fails"
    )


def test_a_model_of_one_language_does_not_hold_and_is_said_to_be_one(german):
    result = FINDING.run(bp.load(), german, **QUICK)
    assert result.verdict != "holds", result
    assert "was trained on English alone" in result.notes[0]


def test_a_multilingual_model_holds(multi, german):
    result = FINDING.run(multi, german, untrained=False, **QUICK)
    assert result.verdict == "holds", result
    # Middle layers align best (Jalili Sabet et al. 2020, section 4), and the last does not.
    assert set(result.provenance["hidden layers chosen"]) <= set(range(2, 11))


def test_it_says_what_was_measured_and_where_everything_came_from(tiny, german):
    result = FINDING.run(tiny, german, seed=3, **QUICK)
    provenance = result.provenance
    assert provenance["model"]["id"] == "bert-tiny"
    assert provenance["data"]["name"] == german.name
    assert provenance["data"]["pairs"] == provenance["pairs measured"] == len(german)
    assert provenance["seed"] == 3
    assert provenance["options"]["method"] == "inter"
    assert set(provenance["hidden layers chosen"]) <= {1, 2}
    assert result.published == FINDING.published
    assert len(result.published) == 10
    assert json.loads(result.to_json())["verdict"] == result.verdict
    assert set(result.comparisons[0].baselines) == {
        "the diagonal",
        "words spelled the same",
        "words that look alike and stand at about the same place",
        "layer 0",
        "an untrained twin",
    }


def test_details_are_what_evaluation_gives(tiny):
    data = parallel_sentences(["de", "ja"])
    result = FINDING.run(tiny, data, untrained=False, **QUICK)
    details = result.details.set_index(["languages", "hidden_layer"])
    assert set(details.index.get_level_values(0)) == {"en-de", "en-ja", "all"}
    with pytest.warns(UserWarning, match="English alone"):
        read = bp.alignments(tiny, data.of("de").pairs, gold=data.of("de").gold, progress=False)
    found = [align_pair(read, place, hidden_layer=1) for place in range(len(read))]
    scores = evaluate_alignment(found, [pair.gold for pair in read], resamples=0)
    one = details.loc[("en-de", 1)]
    assert (one["aer"], one["precision"], one["recall"]) == pytest.approx(
        (scores.aer, scores.precision, scores.recall)
    )
    both = details.loc[[("en-de", 1), ("en-ja", 1)], "aer"]
    assert details.loc[("all", 1), "aer"] == pytest.approx(both.mean())


def test_sentences_in_several_languages_stay_in_one_half():
    corpus = Corpus.of(
        Alignments.from_words([("a b", "c d"), ("a b", "e f"), ("g h", "c d")] * 4, gold=["0-0"] * 12),
        ["en-de", "en-fr", "en-de"] * 4,
        seed=0,
    )
    assert corpus.languages == ("en-de", "en-fr")
    assert len(set(corpus.second_half[corpus.sentence == 0].tolist())) == 1
    assert set(corpus.second_half.tolist()) == {True, False}


def test_each_half_is_measured_at_the_layer_that_is_best_on_the_other():
    data = planted(0.8, layers=4)
    second = Corpus.of(data, ["pairs"] * len(data), seed=0).second_half
    random = np.random.default_rng(1)
    pairs = []
    for pair, late in zip(data, second, strict=True):
        cosines = random.normal(scale=0.1, size=(4, 8, 8))
        # Layer 3 knows the links of the first half only, layer 2 those of the second half only.
        cosines[2 if late else 3] = pair.cosines[1]
        pairs.append(
            SentencePair(
                pair.source, pair.target, pair.gold, pair.source, pair.target, *[tuple(range(8))] * 2, cosines
            )
        )
    told = Alignments(tuple(pairs), hidden_layers=(0, 1, 2, 3))
    corpus = Corpus.of(told, ["pairs"] * len(told), seed=0)
    assert corpus.chosen_layers(corpus.by_layer(told, "inter"), told.hidden_layers) == (2, 3)
    assert FINDING.run(data=told, **QUICK).verdict == "fails"


def test_the_mean_is_that_of_language_pairs():
    gold = ["0-0"] * 3
    corpus = Corpus.of(
        Alignments.from_words([("a", "x"), ("b", "y"), ("c", "z")], gold=gold), ["de", "de", "fr"], seed=0
    )
    counts = corpus.count(["0-0", "0-0", []])
    assert corpus.error(counts) == pytest.approx(0.5)
    low, high = corpus.interval(counts, resamples=100, seed=0)
    # A resample without one of the two languages is the mean of the other.
    assert (low, high) == (0, 1)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(0)
    covered = 0
    words = Alignments.from_words([(f"a{k}", "x") for k in range(60)], gold=["0-0"] * 60)
    for seed in range(150):
        corpus = Corpus.of(words, ["pairs"] * 60, seed=seed)
        found = ["0-0" if one else [] for one in random.random(60) < 0.7]
        low, high = corpus.interval(corpus.count(found), resamples=300, seed=seed)
        # Links found with .7: 1 − 2·.7/1.7 in the long run.
        covered += low <= 1 - 1.4 / 1.7 <= high
    assert covered / 150 > 0.88


def test_what_needs_no_model():
    assert same_words(["A", "b"], ["b", "a"]).astype(int).tolist() == [[0, 1], [1, 0]]
    assert diagonal("abcd", "xy").sum() == 2
    assert diagonal("a", "xyz").shape == (1, 3)
    found = alike_and_near(["the", "problem", "is"], ["ist", "das", "Problem"])
    assert np.argwhere(found).tolist() == [[0, 0], [1, 2]]


# --- what cannot be answered ---


def test_data_without_gold_are_not_testable(tiny):
    result = FINDING.run(tiny, [("a b", "c d", None)] * 30, **QUICK)
    assert (result.verdict, result.reason) == ("not testable", "The data have no gold links.")
    assert result.number is None
    with pytest.raises(ValueError, match="there is nothing to show"):
        result.show()


def test_an_encoder_and_decoder_is_not_testable(tiny, german):
    config = T5Config(vocab_size=len(tiny.tokenizer), d_model=32, d_kv=8, d_ff=32, num_layers=2, num_heads=2)
    config.decoder_start_token_id = 0
    model = bp.wrap(T5ForConditionalGeneration(config), tiny.tokenizer)
    result = FINDING.run(model, german, **QUICK)
    assert result.verdict == "not testable"
    assert "get_encoder()" in result.reason


def test_embeddings_alone_are_not_testable():
    result = FINDING.run(data=planted(0.8, layers=1, first=0), **QUICK)
    assert result.verdict == "not testable"
    assert "nothing in them comes from the sentence" in result.reason


@pytest.mark.parametrize("n", [1, 12])
def test_few_pairs_are_inconclusive(n):
    result = FINDING.run(data=planted(0.8, n=n), **QUICK)
    assert result.verdict == "inconclusive"
    assert f"{n} pairs" in result.reason
    assert result.number is None


def test_possible_links_alone_do_not_count(tiny):
    result = FINDING.run(tiny, [(f"a {k}", "c d", "0?0") for k in range(30)], **QUICK)
    assert result.verdict == "inconclusive"
    assert "0 pairs" in result.reason


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"data": "de"}, TypeError, "data must be ParallelSentences, Alignments or"),
        ({"data": 3}, TypeError, "data must be ParallelSentences, Alignments or"),
        ({"data": [("a", "b")]}, ValueError, r"data\[0\] must be \(source, target, gold\)"),
        ({"data": [("a", "b", "0-7")]}, ValueError, "gold"),
        ({"data": [("a", "b", "0-0")]}, TypeError, "model must be given where data are sentences"),
        ({"data": planted(1), "resamples": 1}, ValueError, "resamples must be a whole number from 10 on"),
        ({"data": planted(1), "method": "outer"}, ValueError, "method must be one of"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        FINDING.run(**arguments)


def test_gold_of_any_form_is_taken():
    data = planted(0.8)
    gold = [Gold.of(pair.gold).to_pharaoh() for pair in data]
    assert FINDING.run(data=data.with_gold(gold), **QUICK).verdict == "holds"
