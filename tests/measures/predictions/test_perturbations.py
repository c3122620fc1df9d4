"""Each perturbation does what it says to a sentence, or says what it did not find."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_plus.measures.predictions.perturbations import PERTURBATIONS, NothingToChangeError, perturb
from bertviz_plus.traces.sentence_words import text_of, word_spans, words_of

CHANGED = [
    ("A robin is a [MASK].", "negate", "A robin is not a [MASK].", "“not” added"),
    ("A robin is not a [MASK].", "negate", "A robin is a [MASK].", "“not” removed"),
    ("He can't see the [MASK].", "negate", "He can see the [MASK].", "“not” removed"),
    ("We won't go [MASK].", "negate", "We will go [MASK].", "“not” removed"),
    ("I drank a cup of [MASK].", "negate", "I never drank a cup of [MASK].", "“never” added"),
    ("The cat sits on the [MASK].", "negate", "The cat never sits on the [MASK].", "“never” added"),
    ("The old dogs never barked.", "negate", "The old dogs barked.", "“never” removed"),
    ("A dull film was cut.", "negate", "A dull film was not cut.", "“not” added"),
    ("A robin is a [MASK].", "swap roles", "A [MASK] is a robin.", "“A robin” and “a [MASK]” swapped"),
    ("Mary gave him a [MASK].", "swap roles", "He gave Mary a [MASK].", "“Mary” and “him” swapped"),
    ("I saw the dog.", "swap roles", "The dog saw me.", "“I” and “the dog” swapped"),
    (
        "The owner forgot which customer the waitress had [MASK].",
        "swap roles",
        "The owner forgot which waitress the customer had [MASK].",
        "customer and waitress swapped",
    ),
    (
        "The keys to the cabinet [MASK] there.",
        "truncate",
        "The cabinet [MASK] there.",
        "3 words before the mask cut",
    ),
    ("A dull but honest film.", "truncate", "A dull but", "2 words at the end cut"),
    ("The old dogs barked at me.", "drop subject", "Barked at me.", "subject “The old dogs” dropped"),
    ("He never ate the last piece of cake today.", "drop object", "He never ate today.", None),
    ("the film was dull.", "negate", "the film was not dull.", "“not” added"),
]


@pytest.mark.parametrize(("text", "name", "expected", "said"), CHANGED)
def test_it_does_what_it_says(text: str, name: str, expected: str, said: str | None) -> None:
    done = perturb(text, name)
    assert done.text == expected
    assert said is None or done.said == said


REFUSED = [
    ("Good morning!", "negate", "nothing to negate: no verb was found"),
    ("The keys to the cabinet [MASK] on the table.", "negate", "no verb was found"),
    ("The cat sits on the [MASK].", "swap roles", "no roles to swap: no object was found"),
    ("On Monday it was [MASK].", "drop subject", "no subject was found before the verb"),
    ("[MASK] is a bird.", "drop subject", "no subject to drop: the mask is in it"),
    ("A robin is a [MASK].", "drop object", "no object to drop: the mask is in it"),
    ("A [MASK].", "truncate", "two words or fewer stand before the mask"),
    ("[MASK]!", "shuffle", "fewer than two different words"),
    ("", "shuffle", "fewer than two different words"),
]


@pytest.mark.parametrize(("text", "name", "says"), REFUSED)
def test_what_a_sentence_has_not_is_said(text: str, name: str, says: str) -> None:
    with pytest.raises(NothingToChangeError, match=re.escape(says)):
        perturb(text, name)


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"name must be one of 'negate', .*, got 'reverse'"):
        perturb("A robin is a bird.", "reverse")


ENGLISH = st.lists(
    st.sampled_from(
        [
            "the",
            "a",
            "robin",
            "is",
            "not",
            "was",
            "saw",
            "him",
            "of",
            "which",
            "old",
            "never",
            "[MASK]",
            ",",
            "sits",
        ]
    ),
    max_size=9,
)


@given(ENGLISH, st.sampled_from(list(PERTURBATIONS)))
def test_the_mask_stays_whatever_is_done(words: list[str], name: str) -> None:
    text = text_of(words)
    try:
        done = perturb(text, name)
    except NothingToChangeError:
        return
    assert words_of(done.text, "[MASK]").count("[MASK]") <= words.count("[MASK]")
    if words.count("[MASK]") == 1:
        assert "[MASK]" in done.text
    assert done.said


@given(ENGLISH)
def test_shuffling_keeps_every_word_and_the_masks_place(words: list[str]) -> None:
    text = text_of(words)
    try:
        done = perturb(text, "shuffle")
    except NothingToChangeError:
        return
    before, after = words_of(text, "[MASK]"), words_of(done.text, "[MASK]")
    assert sorted(word.lower() for word in before) == sorted(word.lower() for word in after)
    assert [place for place, word in enumerate(before) if word == "[MASK]"] == [
        place for place, word in enumerate(after) if word == "[MASK]"
    ]
    assert done.text == perturb(text, "shuffle").text


@given(
    st.lists(st.sampled_from(["a", "isn't", "[MASK]", ",", ".", "(", ")", "it", "猫", "two-way"]), max_size=8)
)
def test_the_words_of_a_written_sentence_are_those_it_was_written_from(words: list[str]) -> None:
    assert list(words_of(text_of(words), "[MASK]")) == words


@given(st.text(max_size=40))
def test_words_leave_out_nothing_but_space(text: str) -> None:
    spans = word_spans(text)
    assert "".join(text[start:end] for start, end in spans) == re.sub(r"\s", "", text)
