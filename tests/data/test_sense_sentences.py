"""Sentences with senses: checked at the door, and read from three layouts with errors that name the line."""

import json

import pytest

from bertviz_plus.data.sense_files import read_jsonl
from bertviz_plus.data.sense_sentences import SenseSentences

BANK = {
    "texts": ("We sat on the bank.", "The bank lent it.", "Banks fail; a bank did."),
    "spans": ((14, 18), (4, 8), (14, 18)),
    "senses": ("river", "money", "money"),
    "words": ("bank", "bank", "bank"),
}


@pytest.fixture
def coarse(tmp_path):
    """Two words in CoarseWSD-20's layout."""
    for word, tokens in (("bank", "the bank of the river"), ("spring", "a spring of water")):
        folder = tmp_path / "CoarseWSD" / word
        folder.mkdir(parents=True)
        names = {"0": f"{word}_{word}", "1": f"{word}_{word}_(other)"}
        (folder / "classes_map.txt").write_text(json.dumps(names))
        for split in ("train", "test"):
            (folder / f"{split}.data.txt").write_text(f"1\t{tokens} \n1\t{tokens} in {split} .\n")
            (folder / f"{split}.gold.txt").write_text("0\n1\n")
    return tmp_path / "CoarseWSD"


def words_at(sentences):
    return [text[start:end] for text, (start, end) in zip(sentences.texts, sentences.spans, strict=True)]


def test_lists_become_tuples_and_choosing_keeps_the_order():
    sentences = SenseSentences(**{name: list(value) for name, value in BANK.items()}, name="bank")
    assert sentences.texts == BANK["texts"]
    assert sentences.take([2, 0]).senses == ("money", "river")
    assert sentences.of("bank").texts == BANK["texts"]
    assert len(sentences) == 3
    assert words_at(sentences) == ["bank"] * 3
    assert list(sentences.to_frame().columns) == ["word", "sense", "text", "start", "end"]
    with pytest.raises(ValueError, match="word must be one of bank, got 'spring'"):
        sentences.of("spring")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"senses": ("river",)}, "senses must have one entry for each of the 3 texts, got 1"),
        ({"senses": "riv"}, "senses must be a sequence"),
        ({"texts": ("We sat on the bank.", " ", "a bank, a bank, a bank")}, r"texts\[1\] must be a text"),
        ({"spans": ((14, 18), (4, 99), (14, 18))}, r"spans\[1\] must be \(start, end\) within the 17"),
        ({"spans": ((14, 18), (4, 4), (14, 18))}, r"spans\[1\]"),
        ({"senses": ("river", None, "money")}, r"senses\[1\] must be a name, got None"),
        ({"words": ("bank", "", "bank")}, r"words\[1\] must be a name"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        SenseSentences(**BANK | changes)


def test_the_hash_is_that_of_the_content():
    sentences = SenseSentences(**BANK)
    assert sentences.sha256 == SenseSentences(**BANK, name="another name").sha256
    assert sentences.sha256 != SenseSentences(**BANK | {"senses": ("river", "money", "river")}).sha256
    assert sentences.sha256 != sentences.take([1, 0, 2]).sha256


def test_agreement_counts_only_what_was_labelled_twice():
    second = ("river", None, "river")
    found = SenseSentences(**BANK, second=second).agreement()
    assert (found.share, found.n) == (0.5, 2)
    with pytest.raises(ValueError, match="labelled twice, and there are none"):
        SenseSentences(**BANK).agreement()


def test_coarsewsd_is_read_whole_and_word_by_word(coarse):
    train = SenseSentences.read_coarsewsd(coarse)
    assert train.words == ("bank", "bank", "spring", "spring")
    assert train.senses[:2] == ("bank_bank", "bank_bank_(other)")
    assert words_at(train) == list(train.words)
    test = SenseSentences.read_coarsewsd(coarse / "spring", "test")
    assert test.texts[1] == "a spring of water in test ."


def test_an_n_shot_folder_is_called_by_its_word(coarse):
    (coarse / "bank").rename(coarse / "bank_10")
    assert SenseSentences.read_coarsewsd(coarse / "bank_10").words == ("bank", "bank")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train.data.txt", "1\ta b\nx\ta b\n", r"train\.data\.txt, line 2: the word's place"),
        ("train.data.txt", "1\ta b\n2\ta b\n", r"train\.data\.txt, line 2: the word's place"),
        ("train.data.txt", "1\ta b\n1 a b\n", r"train\.data\.txt, line 2"),
        ("train.gold.txt", "0\n7\n", r"train\.gold\.txt, line 2: the label must be one of 0, 1, got '7'"),
        ("train.gold.txt", "0\n", r"train\.gold\.txt has 1 labels for the 2 lines"),
        ("classes_map.txt", "{\n0: 1}", r"classes_map\.txt, line 2: a JSON object"),
        ("classes_map.txt", "[]", r"classes_map\.txt, line 1: a JSON object"),
    ],
)
def test_errors_of_coarsewsd_name_the_file_and_the_line(coarse, name, content, message):
    (coarse / "bank" / name).write_text(content)
    with pytest.raises(ValueError, match=message):
        SenseSentences.read_coarsewsd(coarse)


def test_what_is_missing_of_coarsewsd_is_named(coarse, tmp_path):
    with pytest.raises(ValueError, match="split must be 'train' or 'test', got 'dev'"):
        SenseSentences.read_coarsewsd(coarse, "dev")
    with pytest.raises(FileNotFoundError, match="is no folder"):
        SenseSentences.read_coarsewsd(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"there is no train\.data\.txt in"):
        SenseSentences.read_coarsewsd(tmp_path)
    (coarse / "bank" / "classes_map.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"classes_map\.txt is missing"):
        SenseSentences.read_coarsewsd(coarse)


def test_a_table_is_read_whatever_its_line_ends_and_its_case(tmp_path):
    path = tmp_path / "bank.tsv"
    path.write_bytes("\ufeffThe Bank lent.\tmoney\r\n\r\nOur bank, a river bank.\triver\r\n".encode())
    for word in (None, "bank"):
        sentences = SenseSentences.read_table(path, word)
        assert sentences.words == ("bank", "bank")
        assert words_at(sentences) == ["Bank", "bank"]
        assert sentences.spans[1] == (4, 8)
        assert sentences.senses == ("money", "river")
    assert sentences.name == "bank.tsv"


def test_further_forms_of_a_word_are_found(tmp_path):
    path = tmp_path / "bank.tsv"
    path.write_text("Two banks lent.\tmoney\nA bank lent.\tmoney\n")
    assert words_at(SenseSentences.read_table(path, ("bank", "banks"))) == ["banks", "bank"]
    with pytest.raises(ValueError, match=r"bank\.tsv, line 1: 'bank' does not stand in .*further forms"):
        SenseSentences.read_table(path, "bank")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a bank lent\n", "line 1: sentence, tab, sense was expected"),
        ("a bank lent\tmoney\na bank\t\n", "line 2: sentence, tab, sense was expected"),
        ("", "holds no sentences"),
        ("a bank lent\tmoney\na bank lent more\tmoney\n", "word must be given: bank, lent stand in every"),
        ("banks lent\tmoney\nbankers fled\tmoney\n", "word must be given: no word stands in every sentence"),
    ],
)
def test_errors_of_a_table_name_the_line_or_ask_for_the_word(tmp_path, content, message):
    path = tmp_path / "bank.tsv"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        SenseSentences.read_table(path)


def test_a_table_that_is_not_utf8_is_refused_by_its_line(tmp_path):
    path = tmp_path / "bank.tsv"
    path.write_bytes("a bank\tmoney\nune bank fermée\tmoney\n".encode("latin-1"))
    with pytest.raises(ValueError, match="line 2: the text is not UTF-8"):
        SenseSentences.read_table(path)


@pytest.mark.parametrize(
    "line", ["{}", "[]", "{", '{"word": "bank", "sense": "x", "text": "bank", "start": 0}']
)
def test_a_line_of_the_packages_own_layout_that_does_not_fit_is_named(tmp_path, line):
    path = tmp_path / "senses.jsonl"
    row = {"word": "bank", "sense": "river", "text": "the bank", "start": 4, "end": 8}
    path.write_text(json.dumps(row) + "\n")
    assert read_jsonl(path, "bank")["spans"] == ((4, 8),)
    path.write_text(json.dumps(row) + "\n" + line + "\n")
    with pytest.raises(ValueError, match=r"senses\.jsonl, line 2"):
        read_jsonl(path, "bank")
