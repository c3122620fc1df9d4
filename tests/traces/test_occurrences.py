"""Occurrences as data; where words stand in texts; which forms they take."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from bertviz_plus.traces.inflections import inflections
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.word_places import WordFinder


@pytest.fixture
def bank() -> Occurrences:
    return Occurrences(
        np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4),
        ("a bank", "the bank", "banks"),
        ((2, 6), (4, 8), (0, 5)),
        ("bank", "bank", "banks"),
        ("river", None, "money"),
        (0, 6),
        sources=(0, 4, 9),
        seen=12,
        left_out={"empty texts": 1},
    )


def test_vectors_cannot_be_written(bank: Occurrences) -> None:
    with pytest.raises(ValueError, match="read-only"):
        bank.vectors[0, 0, 0] = 1


def test_parts_agree_with_the_whole(bank: Occurrences) -> None:
    some = bank.take([2, 0])
    assert (some.words, some.senses, some.sources) == (("banks", "bank"), ("money", "river"), (9, 0))
    np.testing.assert_array_equal(some.vectors, bank.vectors[:, [2, 0]])
    assert bank.take(np.array([True, False, True])).texts == ("a bank", "banks")
    assert len(bank.take([])) == 0
    assert bank.of("banks").sources == (9,)
    np.testing.assert_array_equal(bank.at(6), bank.vectors[1])
    np.testing.assert_array_equal(bank.sum_of_last(2).vectors[0], bank.vectors.sum(axis=0))
    assert bank.sum_of_last(2).vector == "sum of last 2"
    frame = bank.to_frame()
    assert list(frame.columns) == ["word", "sense", "text", "start", "end", "source", "position", "subwords"]
    assert len(frame) == 3


def test_a_file_gives_back_what_was_saved(bank: Occurrences, tmp_path) -> None:
    bank.save(tmp_path / "bank")
    again = Occurrences.load(tmp_path / "bank")
    np.testing.assert_array_equal(again.vectors, bank.vectors)
    for name in (
        "texts",
        "spans",
        "words",
        "senses",
        "hidden_layers",
        "sources",
        "seen",
        "left_out",
        "model",
    ):
        assert getattr(again, name) == getattr(bank, name)


def test_other_files_are_refused(bank: Occurrences, tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no occurrences file"):
        Occurrences.load(tmp_path / "none")
    trace = tmp_path / "a.trace"
    Trace(("a",)).save(trace)
    with pytest.raises(ValueError, match=r"holds Trace; read it with Trace\.load"):
        Occurrences.load(trace)
    bank.save(tmp_path / "bank")
    whole = (tmp_path / "bank").read_bytes()
    (tmp_path / "bank").write_bytes(whole[:-5] + b"12345")
    with pytest.raises(ValueError, match="damaged"):
        Occurrences.load(tmp_path / "bank")
    save_file({"x": np.zeros(2)}, tmp_path / "x", metadata={"bertviz_plus": json.dumps({"layout": 1})})
    with pytest.raises(ValueError, match="damaged"):
        Occurrences.load(tmp_path / "x")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"texts": ["a"]}, "texts must have one entry for each of the 3"),
        ({"senses": ["a"]}, "senses must have"),
        ({"word": ["a"]}, "word must be one, or one for each of the 3"),
        ({"spans": [(0, 99)] * 3}, r"spans\[0\] must lie within its text"),
        ({"hidden_layers": [1, 2]}, "hidden_layers must name each of the 1 layers"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Occurrences.from_vectors(np.zeros((3, 4)), **change)


def test_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"vectors must have the shape \[occurrences, hidden\]"):
        Occurrences.from_vectors(np.zeros(3))
    one = Occurrences.from_vectors(np.zeros((1, 3)))
    for call, message in (
        (lambda: one.at(3), "hidden_layer must be one of"),
        (lambda: one.of("x"), "word must be one of"),
        (lambda: one.sum_of_last(4), "layers must be 1 to 1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("bank", [(0, 4)]),
        ("embankment banker banks", []),
        ("(bank), Bank; BANK's river-bank", [(1, 5), (8, 12), (14, 18), (27, 31)]),
        ("bank2 bank_3", []),
        ("bank\u0301", []),
    ],
)
def test_whole_words_are_found(text: str, spans: list[tuple[int, int]]) -> None:
    assert [span for span, _ in WordFinder(["bank"]).find(text)] == spans


@given(st.text(alphabet="ab nk.B-\u0301é", max_size=40))
def test_what_is_found_is_the_word_and_stands_alone(text: str) -> None:
    for (start, end), word in WordFinder(["bank", "a b"]).find(text):
        assert " ".join(text[start:end].casefold().split()) == word
        assert start == 0 or not text[start - 1].isalnum()
        assert end == len(text) or not text[end].isalnum()


def test_scripts_without_spaces_have_no_boundaries() -> None:
    assert [span for span, _ in WordFinder(["銀行"]).find("大銀行は銀行")] == [(1, 3), (4, 6)]


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("bank", {"banks", "banked", "banking"}),
        ("bat", {"bats", "batted", "batting"}),
        ("charge", {"charges", "charged", "charging"}),
        ("pitch", {"pitches", "pitched", "pitching"}),
        ("draw", {"draws", "drew", "drawn", "drawing"}),
        ("run", {"runs", "ran", "running"}),
        ("fly", {"flies", "flew", "flown", "flying"}),
        ("agree", {"agrees", "agreed", "agreeing"}),
        ("man", {"men"}),
        ("hero", {"heroes"}),
        ("travel", {"travelled", "traveled"}),
    ],
)
def test_english_inflections(word: str, forms: set[str]) -> None:
    assert forms <= set(inflections(word))
    assert inflections(word)[0] == word


def test_words_of_other_spellings_have_no_inflections() -> None:
    assert inflections("x") == ("x",)
    assert inflections("c-3") == ("c-3",)


@pytest.mark.parametrize("word", ["caf\u00e9", "cafe\u0301"])
@pytest.mark.parametrize("text", ["un caf\u00e9 noir", "un cafe\u0301 noir"])
def test_accents_are_found_however_they_are_written(word: str, text: str) -> None:
    ((start, end), found), *rest = WordFinder([word]).find(text)
    assert text[start:end] in ("caf\u00e9", "cafe\u0301")
    assert (found, rest) == (word, [])
    assert not list(WordFinder(["cafe"]).find(text))


def test_curly_apostrophes_are_apostrophes() -> None:
    assert [span for span, _ in WordFinder(["don't"]).find("don\u2019t, don't")] == [(0, 5), (7, 12)]
