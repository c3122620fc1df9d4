"""Finding 21: the claim needs twins that are not there; what runs finds what was planted and no more."""

import json

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

import bertviz_plus as bp
from bertviz_plus.data.parallel_sentences import parallel_sentences
from bertviz_plus.findings.language_id import _at, _chosen, _hits, _second_half
from bertviz_plus.findings.primer import primer
from bertviz_plus.measures.retrieval import language_vectors, sentence_retrieval

FINDING = primer["language-id"]
QUICK = {"resamples": 100, "progress": False}


def planted(*, meaning=1.0, language=3.0, n=40, layers=2, seed=0, noise=0.2):
    """Sentences that share a meaning, each language shifted; layer 0 knows nothing of either."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=(n, 16)) * meaning
    vectors = {}
    for name in ("en", "de"):
        vectors[name] = random.normal(scale=noise, size=(layers, n, 16))
        vectors[name][1:] += shared + random.normal(size=16) * language
    return vectors


def few(languages, n=24):
    """The first sentences in some languages; 20 are needed for an answer."""
    texts = parallel_sentences().texts(["en", "de", "fr"][:languages])
    return {name: own[:n] for name, own in texts.items()}


def test_the_claim_waits_for_twins_that_are_trained(tiny):
    result = FINDING.run(tiny, few(2), **QUICK)
    assert result.verdict == "not testable"
    assert result.number is None
    assert "twins that differ in nothing but language embeddings" in result.reason
    assert "does not train them yet" in result.reason
    assert "Fake-English" in result.reason
    # What was measured all the same stands beside it.
    assert len(result.comparisons) == 2
    assert "the sentence spelled most alike" in result.comparisons[1].baselines
    assert "speaks neither for the claim nor against it" in result.notes[0]
    assert "on 24 sentences in 2 languages" in result.notes[1]
    assert json.loads(result.to_json())["comparisons"][1]["verdict"] in (
        "holds",
        "weak",
        "fails",
        "inconclusive",
    )
    assert "not testable" in repr(result)
    assert result.measure == ""


@pytest.mark.parametrize("seed", range(3))
def test_planted_languages_and_meanings_are_found(seed):
    result = FINDING.run(data=planted(seed=seed), seed=seed, **QUICK)
    probe, retrieval = result.comparisons
    assert (probe.verdict, retrieval.verdict) == ("holds", "holds"), result
    assert probe.number > 0.95
    assert retrieval.number > 0.95


@pytest.mark.parametrize("seed", range(5))
def test_what_was_not_planted_is_not_found(seed):
    nothing = FINDING.run(data=planted(meaning=0, language=0, seed=seed), seed=seed, **QUICK)
    assert [one.verdict for one in nothing.comparisons].count("holds") == 0, nothing


@pytest.mark.parametrize("seed", range(2))
def test_of_language_and_meaning_the_planted_one_alone_is_found(seed):
    apart = FINDING.run(data=planted(meaning=0, seed=seed), seed=seed, **QUICK)
    assert [one.verdict for one in apart.comparisons] == ["holds", "fails"], apart
    together = FINDING.run(data=planted(language=0, seed=seed), seed=seed, **QUICK)
    assert together.comparisons[0].verdict != "holds"
    assert together.comparisons[1].verdict == "holds"


@pytest.mark.parametrize("seed", range(2))
def test_random_weights_never_hold(tiny, seed):
    torch.manual_seed(seed)
    small = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}
    for spread in (0.02, 0.1):
        config = BertConfig(**small, vocab_size=len(tiny.tokenizer), initializer_range=spread)
        result = FINDING.run(bp.wrap(BertModel(config), tiny.tokenizer), few(2), seed=seed, **QUICK)
        assert all("an untrained twin" in one.baselines for one in result.comparisons)
        assert [one.verdict for one in result.comparisons].count("holds") == 0, result


def test_centring_takes_a_planted_language_away():
    details = FINDING.run(data=planted(), **QUICK).details
    probe = details[(details["measure"] == "probe") & (details["hidden_layer"] == 1)].set_index("centred")
    assert probe.loc[False, "value"] == 1
    assert probe.loc[True, "value"] < 0.6
    assert set(details["measure"]) == {"probe", "retrieval"}


def test_a_multilingual_model_retrieves_beyond_its_embeddings(multi):
    # Japanese shares hardly a subword with English: what layer 0 finds by spelling is little.
    texts = parallel_sentences().texts(["en", "ja"])
    read = language_vectors(multi, texts, pooling=["mean"], progress=False)["mean"]
    some = {name: vectors[[0, 5, 9]] for name, vectors in read.items()}
    retrieval = FINDING.run(data=some, **QUICK).comparisons[1]
    assert retrieval.number > 0.8
    assert retrieval.number > retrieval.baselines["layer 0"]


def test_retrieval_is_that_of_the_measure():
    vectors = planted(noise=1.0)
    table = sentence_retrieval(vectors, resamples=10)
    for centred in (False, True):
        own = table[table["centred"] == centred]["value"].to_numpy()
        assert _hits(vectors, centred=centred).mean(axis=1) == pytest.approx(own)


def test_each_half_is_measured_at_the_layer_that_is_best_on_the_other():
    second = _second_half(40, 0)
    hits = np.zeros((4, 40))
    hits[0] = 1
    hits[3, ~second] = 1
    hits[2, second] = 1
    assert _chosen(hits, 0) == (2, 3)
    assert _at(hits, (2, 3), 0).sum() == 0


def test_it_says_where_everything_came_from(tiny):
    provenance = FINDING.run(tiny, few(3), untrained=False, seed=3, **QUICK).provenance
    assert provenance["model"]["id"] == "bert-tiny"
    assert provenance["data"]["languages"] == ["en", "de", "fr"]
    assert len(provenance["data"]["sha256"]) == 64
    assert provenance["seed"] == 3
    assert all(layer in (1, 2) for layer in provenance["hidden layers chosen"])


@pytest.mark.parametrize("changes", [{"n": 10}, {"layers": 1}])
def test_what_is_too_little_is_said_beside_the_reason(changes):
    result = FINDING.run(data=planted(**changes), **QUICK)
    assert result.verdict == "not testable"
    assert "Nor was anything else measured" in result.reason
    assert result.comparisons == ()
    with pytest.raises(ValueError, match="there is nothing to show"):
        result.show()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"data": "en"}, TypeError, "data must be ParallelSentences, or a dict"),
        ({"data": {"en": ["a"]}}, ValueError, "data must hold at least two languages, got en"),
        ({"data": {"en": ["a"], "de": "b"}}, ValueError, r"data\['de'\] must be a list of sentences"),
        ({"data": {"en": ["a"], "de": ["b", "c"]}}, ValueError, "as many sentences in each language"),
        ({"data": {"en": ["a"], "de": ["b"]}}, TypeError, "model must be given where data are sentences"),
        ({"data": {"en": np.ones((2, 3)), "de": np.ones((2, 3))}}, ValueError, "one shape"),
        ({"data": planted(), "resamples": 1}, ValueError, "resamples must be a whole number from 10 on"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        FINDING.run(**arguments)
