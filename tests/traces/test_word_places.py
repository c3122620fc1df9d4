"""A word is found as it is written, and never inside another."""

import pytest

from bertviz_plus.traces.word_places import WordFinder


def found(word: str, text: str) -> list[str]:
    return [text[start:end] for (start, end), _ in WordFinder([word]).find(text)]


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("Maß", "ein Maß; ein Mass", ["Maß", "Mass"]),
        ("Straße", "Die Straße, die STRASSE.", ["Straße", "STRASSE"]),
        ("İstanbul", "in İstanbul.", ["İstanbul"]),
        ("find", "to ﬁnd it", ["ﬁnd"]),
        ("ŉ", "so ŉ man", ["ŉ"]),
        ("k", "5 \u212a", ["\u212a"]),
        # Part of a letter is none.
        ("s", "ß s", ["s"]),
        ("café", "cafe\u0301 and café", ["cafe\u0301", "café"]),
        ("Straße", "é: Straße", ["Straße"]),
    ],
)
def test_letters_that_folding_lengthens_are_found_as_written(
    word: str, text: str, expected: list[str]
) -> None:
    assert found(word, text) == expected


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("sum", "re\u0301sum"),
        ("कर", "लाकर"),
        ("की", "कीमत"),
        ("café", "cafe\u0301s"),
        ("bank", "bank\u00ading"),
        ("ing", "bank\u00ading"),
        ("می", "می\u200cخواهم"),
        ("か", "か\u3099"),
        ("한", "한국"),
    ],
)
def test_a_word_is_not_found_inside_another(word: str, text: str) -> None:
    assert found(word, text) == []


def test_in_scripts_without_spaces_words_stand_side_by_side() -> None:
    assert found("บ้าน", "ที่บ้าน") == ["บ้าน"]
    assert found("猫", "私の猫が") == ["猫"]


def test_an_expression_wins_over_a_word_of_it() -> None:
    finder = WordFinder(["bank", "river bank"])
    assert [word for _, word in finder.find("Straße: river bank, bank")] == ["river bank", "bank"]


@pytest.mark.parametrize(
    ("text", "forms", "span"),
    [
        ("riverbank bank", ["bank"], (10, 14)),
        ("The BANK's", ["bank"], (4, 8)),
        ("a water bank", ["water bank", "water"], (2, 12)),
        ("banks", ["bank"], None),
        ("c++ is old", ["c++"], (0, 3)),
    ],
)
def test_the_first_whole_word_of_several_forms_is_found(text, forms, span):
    assert next((found for found, _ in WordFinder(forms).find(text)), None) == span
