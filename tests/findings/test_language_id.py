"""Finding 21: the claim needs twins that are not there; what is measured beside it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bertviz_plus.data.parallel_sentences import parallel_sentences
from bertviz_plus.findings.language_sample import LanguageSample
from bertviz_plus.findings.primer import primer
from bertviz_plus.measures.alignment.retrieval import language_vectors, sentence_retrieval
from tests.findings.planted import parallel, vectors

FINDING = primer["language-id"]
QUICK = {"resamples": 100, "progress": False}


def test_the_claim_waits_for_twins_that_are_trained(tiny):
    result = FINDING.run(tiny, parallel(["en", "de"]), **QUICK)
    assert result.verdict == "not testable"
    assert result.number is None
    assert "twins that differ in nothing but language embeddings" in result.reason
    assert "Run the finding without a model to train them" in result.reason
    assert "Fake-English" in result.reason
    # What was measured all the same stands beside it.
    assert result.comparisons == ()
    assert len(result.related) == 2
    assert "the sentence spelled most alike" in result.related[1].baselines
    assert "speaks neither for the claim nor against it" in result.notes[0]
    assert "on 24 sentences in 2 languages" in result.notes[1]
    assert json.loads(result.to_json())["related"][1]["verdict"] in (
        "holds",
        "weak",
        "fails",
        "inconclusive",
    )
    assert "not testable" in repr(result)
    assert result.measure == ""


@pytest.mark.parametrize("seed", range(2))
def test_of_language_and_meaning_the_planted_one_alone_is_found(seed):
    apart = FINDING.run(data=vectors(meaning=0, seed=seed), seed=seed, **QUICK)
    assert [one.verdict for one in apart.related] == ["holds", "fails"], apart
    together = FINDING.run(data=vectors(language=0, seed=seed), seed=seed, **QUICK)
    assert together.related[0].verdict != "holds"
    assert together.related[1].verdict == "holds"


def test_centring_takes_a_planted_language_away():
    details = FINDING.run(data=vectors(), **QUICK).details
    probe = details[(details["measure"] == "probe") & (details["hidden_layer"] == 1)].set_index("centred")
    assert probe.loc[False, "value"] == 1
    assert probe.loc[True, "value"] < 0.6
    assert set(details["measure"]) == {"probe", "retrieval"}


def test_a_multilingual_model_retrieves_beyond_its_embeddings(multi):
    # Japanese shares hardly a subword with English: what layer 0 finds by spelling is little.
    texts = parallel_sentences().texts(["en", "ja"])
    read = language_vectors(multi, texts, pooling=["mean"], progress=False)["mean"]
    some = {name: one[[0, 5, 9]] for name, one in read.items()}
    retrieval = FINDING.run(data=some, **QUICK).related[1]
    assert retrieval.number > 0.8
    assert retrieval.number > retrieval.baselines["layer 0"]


def test_retrieval_is_that_of_the_measure():
    planted = vectors(noise=1.0, layers=3)
    table = sentence_retrieval(planted, resamples=10)
    sample = LanguageSample.of(planted, None, seed=0)
    found = [sample.fixed_at(layer).tallies.value for layer in range(3)]
    assert found == pytest.approx(table[table["centred"]]["value"].to_numpy())


def test_each_half_is_measured_at_the_layer_that_is_best_on_the_other():
    sample = LanguageSample.of(vectors(layers=4), None, seed=0)
    hits = np.zeros((4, 40))
    hits[0] = 1
    hits[3, ~sample.second_half] = 1
    hits[2, sample.second_half] = 1
    told = replace(sample, counts=np.stack([hits, np.ones_like(hits)], axis=2))
    assert told.chosen == [2, 3]
    assert told.tallies.value == 0


def test_it_says_where_everything_came_from(tiny):
    provenance = FINDING.run(tiny, parallel(["en", "de", "fr"]), untrained=False, seed=3, **QUICK).provenance
    assert provenance["model"]["id"] == "bert-tiny"
    assert provenance["data"]["languages"] == ["en", "de", "fr"]
    assert len(provenance["data"]["sha256"]) == 64
    assert provenance["seed"] == 3
    assert all(layer in (1, 2) for layer in provenance["hidden layers chosen"])
