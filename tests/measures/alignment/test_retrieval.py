"""Retrieval and the language probe on planted languages, and on a real model."""

import itertools

import numpy as np
import pytest

from bertviz_plus.measures.alignment.retrieval import (
    language_neutrality,
    language_probe,
    language_vectors,
    sentence_retrieval,
)
from bertviz_plus.models.vectors.sentences import sentence_vectors
from tests.models.architectures import wrapped
from tests.models.needed import need

SENTENCES = {
    "en": ["The cat drinks milk.", "Where is the station?", "It rained all night.", "She reads a book.",
           "The train is late.", "My brother lives in Paris.", "We have no money.", "The soup is too hot."],
    "de": ["Die Katze trinkt Milch.", "Wo ist der Bahnhof?", "Es hat die ganze Nacht geregnet.",
           "Sie liest ein Buch.", "Der Zug hat Verspätung.", "Mein Bruder wohnt in Paris.",
           "Wir haben kein Geld.", "Die Suppe ist zu heiß."],
}  # fmt: skip


def planted(apart, noise=0.1, n=60, size=16):
    """Two layers: in the first nothing but noise, in the second meaning and, `apart` from it, language."""
    rng = np.random.default_rng(0)
    meaning = rng.normal(size=(n, size))
    made = {}
    for language in ("en", "de", "fr"):
        own = apart * rng.normal(size=size)
        second = meaning + own + noise * rng.normal(size=(n, size))
        made[language] = np.stack([rng.normal(size=(n, size)), second])
    return made


def value(table, layer, centred):
    return table.set_index(["hidden_layer", "centred"])["value"][layer, centred]


def test_translations_are_found_where_meaning_is_and_not_in_noise():
    table = sentence_retrieval(planted(apart=0))
    assert value(table, 0, False) < 0.1
    assert value(table, 1, False) == 1
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert (table["chance"] == 1 / 60).all()


def test_retrieval_of_vectors_that_say_nothing_is_chance_and_of_doubles_half():
    same = np.ones((1, 50, 8))
    assert sentence_retrieval({"en": same, "de": same})["value"].tolist() == [1 / 50] * 2
    half = np.random.default_rng(0).normal(size=(1, 25, 8))
    twice = np.concatenate([half, half], axis=1)
    assert sentence_retrieval({"en": twice, "de": twice})["value"].tolist() == [0.5] * 2


@pytest.mark.parametrize("seed", range(3))
def test_retrieval_is_what_two_loops_find(seed):
    rng = np.random.default_rng(seed)
    meaning = rng.normal(size=(20, 6))
    vectors = {name: meaning + rng.normal(size=(20, 6)) + rng.normal(size=6) for name in ("en", "de", "fr")}
    found = []
    for centred in (False, True):
        hits = []
        for own, other in itertools.permutations(vectors.values(), 2):
            source, target = (own - own.mean(0), other - other.mean(0)) if centred else (own, other)
            for place, one in enumerate(source):
                nearest = np.argmax([one @ there / np.linalg.norm(there) for there in target])
                hits.append(nearest == place)
        found.append(np.mean(hits))
    table = sentence_retrieval({name: one[np.newaxis] for name, one in vectors.items()}, resamples=2)
    assert table["value"].tolist() == pytest.approx(found)


def test_centring_finds_what_language_hid():
    far = planted(apart=20)
    table = sentence_retrieval(far)
    assert value(table, 1, False) < 0.7
    assert value(table, 1, True) == 1


def test_the_probe_tells_languages_apart_until_they_are_centred():
    table = language_probe(planted(apart=3), components=None, progress=False)
    assert value(table, 1, False) == 1
    # What the noise of the means leaves to it.
    assert value(table, 1, True) < 0.75
    assert value(table, 0, False) < 0.5
    assert table["majority"].tolist() == pytest.approx([1 / 3] * 4)


def test_neutrality_is_what_centring_moves():
    far = planted(apart=20)
    moved = language_neutrality(sentence_retrieval(far), language_probe(far, progress=False))
    assert moved.loc[1, "retrieval"] > 0.3
    assert moved.loc[1, "probe"] < -0.2
    near = planted(apart=0)
    moved = language_neutrality(sentence_retrieval(near), language_probe(near, progress=False))
    assert abs(moved.loc[1, "retrieval"]) < 0.05


def test_a_multilingual_model_finds_translations_and_knows_languages():
    vectors = language_vectors(need("multilingual-e5-small"), SENTENCES, progress=False)
    found = sentence_retrieval(vectors["mean"], resamples=50)
    assert value(found, 12, False) == 1
    assert value(found, 12, False) > value(found, 0, False)
    probed = language_probe(vectors["mean"], hidden_layers=[0, 12], folds=2, resamples=50, progress=False)
    assert value(probed, 0, False) > 0.8
    first = language_probe(vectors["first"], hidden_layers=[0], folds=2, resamples=50, progress=False)
    # The first token of the embeddings is the same everywhere.
    assert value(first, 0, False) == 0.5


def test_sentence_vectors_are_the_mean_and_the_first_of_a_trace():
    model = wrapped("BERT")
    texts = ["the dog sat .", "a cat", "rain fell on the mat while it lay"]
    vectors = sentence_vectors(model, texts, progress=False)
    for place, text in enumerate(texts):
        states = model.trace(text, keep=("hidden_states",)).hidden_states
        # Batched arithmetic rounds differently.
        np.testing.assert_allclose(vectors["mean"][:, place], states[:, 1:-1].mean(axis=1), atol=1e-5)
        np.testing.assert_allclose(vectors["first"][:, place], states[:, 0], atol=1e-5)


def test_a_special_token_within_a_sentence_is_left_out_of_its_mean():
    model = wrapped("BERT")
    text = f"the dog {model.tokenizer.sep_token} sat"
    vectors = sentence_vectors(model, [text, "a cat"], pooling=["mean"], progress=False)
    trace = model.trace(text, keep=("hidden_states",))
    content = ~np.array(trace.is_special)
    assert content.tolist() == [False, True, True, False, True, False]
    expected = trace.hidden_states[:, content].mean(axis=1)
    np.testing.assert_allclose(vectors["mean"][:, 0], expected, atol=1e-5)


def test_what_does_not_fit_is_refused():
    model = wrapped("BERT")
    with pytest.raises(ValueError, match="as many in each language"):
        language_vectors(model, {"en": ["a"], "de": ["a", "the"]})
    with pytest.raises(ValueError, match=r"sentences\[1\] must be a string that is not empty, got ''"):
        sentence_vectors(model, ["the", ""])
    with pytest.raises(TypeError, match="got one string"):
        sentence_vectors(model, "the")
    with pytest.raises(ValueError, match="pooling must be a list"):
        sentence_vectors(model, ["the"], pooling=["last"])
    with pytest.raises(ValueError, match="at least two languages"):
        sentence_retrieval({"en": np.zeros((1, 3, 2))})
    with pytest.raises(ValueError, match="one shape"):
        sentence_retrieval({"en": np.zeros((1, 3, 2)), "de": np.zeros((1, 4, 2))})
    with pytest.raises(ValueError, match="finite"):
        sentence_retrieval({"en": np.full((1, 3, 2), np.nan), "de": np.zeros((1, 3, 2))})
    for wrong, message in [
        (["a"], "sentences must be a dict of each language's sentences"),
        ({}, "sentences must be a dict of each language's sentences"),
        ({"en": "abc", "de": "xyz"}, r"sentences\['en'\] must be a list of sentences, got 'abc'"),
        ({"en": ["a"], "de": [None]}, r"sentences\['de'\]\[0\] must be a string that is not empty, got None"),
        ({"en": [], "de": []}, r"sentences\['en'\] must hold at least one sentence, got none"),
    ]:
        with pytest.raises((TypeError, ValueError), match=message):
            language_vectors(model, wrong)
    two = planted(apart=0)
    with pytest.raises(ValueError, match=r"pairs must be \(from, to\) .*, got none"):
        sentence_retrieval(two, pairs=[])
    with pytest.raises(ValueError, match=r"pairs must be \(from, to\) .*, got 'en'"):
        sentence_retrieval(two, pairs=["en", "de"])
    for measure in (sentence_retrieval, language_probe):
        with pytest.raises(ValueError, match="resamples must be 0 or more"):
            measure(two, resamples=-1)
    with pytest.raises(ValueError, match="at least four sentences of each language, got 3"):
        language_probe({name: one[:, :3] for name, one in two.items()})
    with pytest.raises(ValueError, match=r"folds must be 2..30 .*, got 2.5"):
        language_probe(two, folds=2.5)
    with pytest.raises(ValueError, match="components must be a whole number from 1 on, or None, got 0"):
        language_probe(two, components=0)
    with pytest.raises(TypeError, match="retrieval must be the table that sentence_retrieval gives"):
        language_neutrality(None, None)
    with pytest.raises(ValueError, match="languages among en, de, fr, got 'xx'"):
        sentence_retrieval(two, pairs=[("en", "xx")])
    with pytest.raises(ValueError, match=r"folds must be 2..30 for 60 sentences"):
        language_probe(two, folds=31)
    with pytest.raises(ValueError, match=r"hidden_layers must be in 0..1, got 5"):
        language_probe(two, hidden_layers=[5])
