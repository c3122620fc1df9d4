"""Finding 20: what the alignment's number rests on, beside what holds of every experiment."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.data.parallel_sentences import parallel_sentences
from bertviz_plus.findings.pair_sample import PairSample
from bertviz_plus.findings.primer import primer
from bertviz_plus.measures.alignment.baselines import alike_and_near
from bertviz_plus.measures.alignment.scores import evaluate_alignment
from bertviz_plus.measures.alignment.word_alignment import align_pair
from bertviz_plus.models.untrained import untrained_twin
from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Gold
from tests.findings.planted import pairs

FINDING = primer["alignment"]
QUICK = {"resamples": 200, "progress": False}


def sample_of(data, languages=None):
    return PairSample.of(data, languages or ["pairs"] * len(data), method="inter", seed=0)


def with_cosines(pair, cosines):
    places = (tuple(range(len(pair.source))), tuple(range(len(pair.target))))
    return SentencePair(pair.source, pair.target, pair.gold, pair.source, pair.target, *places, cosines)


def unlinked(words, gold):
    """Pairs that a model has read, in whose vectors nothing is alike."""
    pairs = Alignments.from_words(words, gold=gold)
    read = [with_cosines(pair, np.zeros((2, len(pair.source), len(pair.target)))) for pair in pairs]
    return Alignments(tuple(read), hidden_layers=(0, 1))


@pytest.mark.parametrize("seed", range(3))
def test_planted_links_are_far_above_what_needs_no_model(seed):
    result = FINDING.run(data=pairs(0.8, seed=seed), seed=seed, **QUICK)
    assert result.number > 0.95
    assert result.baseline < 0.4


@pytest.fixture(scope="module")
def german():
    return parallel_sentences("de")


@pytest.mark.parametrize("seed", range(3))
def test_what_the_embeddings_know_already_does_not_hold(seed):
    result = FINDING.run(data=pairs(0.8, seed=seed, first=0), seed=seed, **QUICK)
    assert result.baseline_name == "layer 0"
    assert result.verdict == "fails"


def test_spelling_and_place_in_disguise_do_not_hold(german):
    # Cosines that only say how alike words look, and how near they stand.
    random = np.random.default_rng(0)
    disguised = []
    for pair in Alignments.from_words(german.pairs, gold=german.gold):
        noise = random.normal(scale=0.01, size=(len(pair.source), len(pair.target)))
        alike = alike_and_near(pair.source, pair.target) + noise
        cosines = np.stack([random.normal(scale=0.1, size=alike.shape), np.clip(alike, -1, 1)])
        disguised.append(with_cosines(pair, cosines))
    result = FINDING.run(data=Alignments(tuple(disguised), hidden_layers=(0, 1)), **QUICK)
    assert result.baseline_name == "words that look alike and stand at about the same place"
    assert result.verdict != "holds", result


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


def test_it_says_what_was_measured(tiny, german):
    result = FINDING.run(tiny, german, **QUICK)
    assert result.provenance["data"]["name"] == german.name
    assert result.provenance["data"]["pairs"] == result.provenance["pairs measured"] == len(german)
    assert result.provenance["options"]["method"] == "inter"
    assert len(result.published) == 10
    assert set(result.comparisons[0].baselines) == {
        "the diagonal",
        "words spelled the same",
        "words that look alike and stand at about the same place",
        "layer 0",
        "an untrained twin",
    }


def test_the_view_opens_with_the_method_that_was_measured():
    assert FINDING.run(data=pairs(0.8), method="itermax", **QUICK).show().method == "itermax"
    assert FINDING.run(data=pairs(0.8), **QUICK).show().method == "inter"


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
    sample = sample_of(
        unlinked([("a b", "c d"), ("a b", "e f"), ("g h", "c d")] * 4, ["0-0"] * 12),
        ["en-de", "en-fr", "en-de"] * 4,
    )
    assert sample.languages == ("en-de", "en-fr")
    assert len(set(sample.second_half[sample.sentences == 0].tolist())) == 1
    assert set(sample.second_half.tolist()) == {True, False}


def test_each_half_is_measured_at_the_layer_that_is_best_on_the_other():
    data = pairs(0.8, layers=4)
    random = np.random.default_rng(1)
    told = []
    for pair, late in zip(data, sample_of(data).second_half, strict=True):
        cosines = random.normal(scale=0.1, size=(4, 8, 8))
        # Layer 3 knows the links of the first half only, layer 2 those of the second half only.
        cosines[2 if late else 3] = pair.cosines[1]
        told.append(with_cosines(pair, cosines))
    told = Alignments(tuple(told), hidden_layers=(0, 1, 2, 3))
    assert sample_of(told).chosen == [2, 3]
    assert FINDING.run(data=told, **QUICK).verdict == "fails"


def test_the_mean_is_that_of_language_pairs():
    data = unlinked([("a", "x"), ("b", "y"), ("c", "z")], ["0-0"] * 3)
    sample = sample_of(data, ["de", "de", "fr"])
    # The third pair's words are not linked.
    tallies = sample.linked(lambda source, _: np.array([[source != ("c",)]])).tallies
    assert 1 - tallies.value == pytest.approx(0.5)
    # A resample without one of the two languages is the mean of the other.
    assert tallies.interval(100, 0) == (0, 1)


def test_possible_links_alone_do_not_count(tiny):
    result = FINDING.run(tiny, [(f"a {k}", "c d", "0?0") for k in range(30)], **QUICK)
    assert result.verdict == "inconclusive"
    assert "0 pairs" in result.reason


def test_gold_of_any_form_is_taken():
    data = pairs(0.8)
    gold = [Gold.of(pair.gold).to_pharaoh() for pair in data]
    assert FINDING.run(data=data.with_gold(gold), **QUICK).verdict == "holds"
