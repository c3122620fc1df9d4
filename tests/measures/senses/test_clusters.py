"""Proposed senses: planted groups are found and described, one cloud stays one."""

from dataclasses import replace

import numpy as np
import pytest

from bertviz_plus.measures.senses.clusters import propose_senses
from bertviz_plus.measures.senses.context_words import context_words
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.word_places import WordFinder
from tests.measures.planted import clouds, planted

CONTEXT = ("by a river", "lent money", "of cloud")


def described(sizes, **more):
    vectors, labels = clouds(sizes, **more)
    texts = [f"number {place} the bank {CONTEXT[label]}" for place, label in enumerate(labels)]
    return Occurrences.from_vectors(
        vectors[np.newaxis],
        texts=texts,
        spans=[(text.index("bank"), text.index("bank") + 4) for text in texts],
        senses=[CONTEXT[label] for label in labels],
        word="bank",
    )


@pytest.mark.parametrize("sizes", [(40, 20), (40, 30, 20)])
def test_planted_senses_are_proposed_with_their_number_texts_and_words(sizes):
    bank = described(sizes)
    proposed = propose_senses(bank)
    assert proposed.number == len(sizes)
    assert np.bincount(proposed.labels).tolist() == list(sizes)
    assert proposed.agreement.ari == proposed.agreement.v_measure == 1
    assert proposed.silhouettes["number"].tolist() == list(range(2, 9))
    best = proposed.silhouettes.set_index("number")["silhouette"].idxmax()
    assert best == len(sizes)
    assert f"{best} senses: best silhouette" in proposed.note
    for group in range(proposed.number):
        places = proposed.typical[group]
        assert len(set(places)) == 5
        gold = {bank.senses[place] for place in places}
        assert len(gold) == 1
        words = [word for word, _ in proposed.context_words[group]]
        assert words[0] in gold.pop().split()
    assert proposed.to_frame()["occurrences"].tolist() == list(sizes)


def test_a_cluster_is_named_by_two_or_three_context_words_or_by_its_number_alone():
    found = propose_senses(described((40, 20)))
    several = (("river", 4.0), ("mud", 3.0), ("boat", 2.0), ("rain", 1.0)), (("enough", 2.0),)
    assert replace(found, context_words=several).names() == ("cluster 0: river, mud, boat", "cluster 1")


def test_clusters_are_not_named_by_numerals_or_quantifiers():
    texts = [f"{('enough', 'three', 'last')[k % 3]} times the river bank was wet" for k in range(9)]
    texts += [f"{('half', 'many', 'ten')[k % 3]} times the bank paid money" for k in range(9)]
    labels = [0] * 9 + [1] * 9
    spans = [next(WordFinder(["bank"]).find(text))[0] for text in texts]
    found = context_words(texts, spans, labels)
    assert [word for word, _ in found[0]] == ["river", "wet"]
    assert [word for word, _ in found[1]] == ["money", "paid", "times"]


def test_typical_occurrences_are_the_nearest_to_the_centre():
    bank = described((30, 20))
    proposed = propose_senses(bank)
    own = bank.vectors[0][proposed.labels == 0]
    own = own / np.linalg.norm(own, axis=1, keepdims=True)
    near = own @ own.mean(axis=0)
    expected = np.flatnonzero(proposed.labels == 0)[np.argsort(-near)[:5]]
    assert list(proposed.typical[0]) == expected.tolist()


def test_one_text_is_typical_once():
    vectors, _ = clouds((10, 10))
    proposed = propose_senses(Occurrences.from_vectors(vectors[np.newaxis], texts=["a bank"] * 20))
    assert [len(places) for places in proposed.typical] == [1, 1]


def test_written_forms_are_not_taken_for_senses():
    vectors, labels = clouds((60, 60), apart=4)
    forms = np.arange(120) % 2
    vectors[:, 10] += 20 * forms
    texts = [f"{place} {'banks' if form else 'bank'}" for place, form in enumerate(forms)]
    spans = [(text.index("bank"), len(text)) for text in texts]
    bank = Occurrences.from_vectors(
        vectors[np.newaxis], texts=texts, spans=spans, senses=labels.astype(str).tolist(), word="bank"
    )
    assert propose_senses(bank, number=2).agreement.ari > 0.9
    assert abs(propose_senses(bank, number=2, by_form=False).agreement.ari) < 0.05


def test_one_cloud_is_one_sense_unless_a_number_is_asked_for():
    noise, _ = clouds((200,), dimensions=50, apart=0)
    bank = Occurrences.from_vectors(noise[np.newaxis])
    proposed = propose_senses(bank)
    assert proposed.number == 1
    assert "one sense: best silhouette" in proposed.note
    assert "under 0.1" in proposed.note
    assert set(proposed.labels) == {0}
    assert proposed.agreement is None
    assert propose_senses(bank, number=3).number == 3


def test_identical_vectors_are_one_sense():
    proposed = propose_senses(planted(), hidden_layer=0)
    assert proposed.number == 1
    assert proposed.hidden_layer == 0
    assert "no two different vectors" in proposed.note
    assert proposed.agreement.ari == 0


def test_beyond_the_sample_occurrences_are_assigned():
    proposed = propose_senses(described((300, 200)), sample=100)
    assert np.bincount(proposed.labels).tolist() == [300, 200]
    assert "sample of 100 of 500" in proposed.note


def test_what_has_no_vector_has_no_group():
    bank = planted((20, 20))
    vectors = bank.vectors.copy()
    vectors[2, 4] = np.nan
    proposed = propose_senses(Occurrences.from_vectors(vectors, senses=[None, *bank.senses[1:]]))
    assert proposed.labels[4] == -1
    assert (np.delete(proposed.labels, 4) >= 0).all()
    assert proposed.agreement.ari == 1
    assert "1 vectors NaN or of length 0 left out" in proposed.note


def test_two_occurrences_are_enough_and_one_is_not():
    assert propose_senses(planted((1, 1))).number == 1
    with pytest.raises(ValueError, match="occurrences must hold at least 2"):
        propose_senses(planted().take([0]))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"hidden_layer": 9}, "hidden_layer must be among 0, 1, 2, got 9"),
        ({"number": 0}, "number must be 1..90"),
        ({"most": 1}, "most must be 2 or more"),
    ],
)
def test_bad_input_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        propose_senses(planted(), **arguments)
