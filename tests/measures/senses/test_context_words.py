"""Context words: what sets a group apart comes out, what is everywhere does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bertviz_plus.measures.senses.context_words import context_words, log_odds

WATER = [
    "The bank of the river was steep and the water was cold",
    "They sat on the bank and watched the river in the sun",
    "The river broke its bank after the rain and the water rose",
]
MONEY = [
    "The bank raised the interest on the loan of the firm",
    "A loan from the bank and the interest on it is the problem",
    "The interest that the bank paid was low and the loan was dear",
]


def found(texts, labels, **more):
    spans = [(text.lower().index("bank"), text.lower().index("bank") + 4) for text in texts]
    return context_words(texts, spans, labels, **more)


def test_words_of_one_group_come_first_and_stop_words_and_the_target_do_not_come():
    words = found(WATER + MONEY, ["water"] * 3 + ["money"] * 3)
    assert [word for word, _ in words["water"]][:2] == ["river", "water"]
    assert {word for word, _ in words["money"]} >= {"interest", "loan"}
    for group in words.values():
        assert not {word for word, _ in group[:2]} & {"the", "and", "bank", "of"}
        assert all(z > 0 for _, z in group)
        assert [z for _, z in group] == sorted((z for _, z in group), reverse=True)


def test_what_one_text_repeats_is_not_typical():
    texts = ["bank cat cat cat cat", "bank dog", "a bank dog", "bank owl", "a bank owl"]
    words = found(texts, ["a", "a", "a", "b", "b"])
    assert [word for word, _ in words["a"]] == ["dog"]


def test_the_formula_is_monroes():
    counts, other, prior = np.array([8.0, 2, 1]), np.array([1.0, 5, 9]), np.array([2.0, 3, 1])
    odds = [np.log((side + prior) / (side.sum() + prior.sum() - side - prior)) for side in (counts, other)]
    expected = (odds[0] - odds[1]) / np.sqrt(1 / (counts + prior) + 1 / (other + prior))
    np.testing.assert_allclose(log_odds(counts, other, prior), expected)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=20))
def test_the_other_side_has_the_opposite_sign(pairs):
    own, other = np.array(pairs, float).T
    prior = own + other + 1
    np.testing.assert_allclose(log_odds(own, other, prior), -log_odds(other, own, prior), atol=1e-12)


def test_one_group_has_no_context_of_its_own():
    assert found(WATER, [0, 0, 0]) == {0: ()}


def test_letters_of_all_writings_are_words():
    texts = ["банк у реки", "банк и реки", "банк дал кредит", "банк и кредит"]
    words = context_words(texts, [(0, 4)] * 4, [0, 0, 1, 1], most=1)
    assert [words[0][0][0], words[1][0][0]] == ["реки", "кредит"]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="texts, spans and labels must have one entry"):
        context_words(["bank"], [(0, 4)], [])
