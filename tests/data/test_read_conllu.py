from pathlib import Path

import pytest

from bertviz_plus import Parses, read_conllu

SENTENCE = """\
# sent_id = a-1
# text = I don't know.
1	I	I	PRON	_	_	4	nsubj	_	_
2-3	don't	_	_	_	_	_	_	_	_
2	do	do	AUX	_	Mood=Ind	4	aux	_	_
3	n't	not	PART	_	_	4	advmod	_	_
4	know	know	VERB	_	_	0	root	0:root	SpaceAfter=No
4.1	it	it	PRON	_	_	_	_	4:obj	_
5	.	.	PUNCT	_	_	4	punct	_	_
"""


def read(tmp_path: Path, content: str | bytes) -> Parses:
    path = tmp_path / "a.conllu"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_conllu(path)


def word(number: int, head: int | str = 0, form: str = "w") -> str:
    return f"{number}\t{form}\t_\tX\t_\t_\t{head}\tdep\t_\t_\n"


def test_words_are_syntactic_words_without_multi_word_tokens_and_empty_nodes(tmp_path) -> None:
    (parse,) = read(tmp_path, SENTENCE)
    assert parse.words == ("I", "do", "n't", "know", ".")
    assert parse.heads == (3, 3, 3, -1, 3)
    assert parse.relations == ("nsubj", "aux", "advmod", "root", "punct")
    assert parse.upos == ("PRON", "AUX", "PART", "VERB", "PUNCT")
    assert parse.features == ("_", "Mood=Ind", "_", "_", "_")
    assert (parse.id, parse.text) == ("a-1", "I don't know.")


@pytest.mark.parametrize(
    "written",
    [
        SENTENCE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + SENTENCE.encode(),
        f"# a comment alone\n\n\n{SENTENCE}\n\n# and another\n".encode(),
        SENTENCE.rstrip().encode(),
    ],
    ids=["carriage returns", "byte order mark", "comments alone", "no line end at the end"],
)
def test_how_a_file_is_written_changes_nothing(tmp_path, written: bytes) -> None:
    (parse,) = read(tmp_path, written)
    assert (parse.words, parse.heads) == (("I", "do", "n't", "know", "."), (3, 3, 3, -1, 3))


def test_a_sentence_of_one_word_and_one_without_an_id(tmp_path) -> None:
    parses = read(tmp_path, f"{SENTENCE}\n{word(1)}")
    assert (parses[1].id, parses[1].heads) == ("2", (-1,))


@pytest.mark.parametrize(
    ("lines", "line", "said"),
    [
        (word(1, "_"), 3, "word 1 ('w') has no head"),
        ("1\tw\n", 3, "word 1 ('w') has no head"),
        (word(1, ""), 3, "word 1 ('w') has no head"),
        (word(1, "x"), 3, "word 1 ('w') must have a number as its head, got 'x'"),
        (word(1) + word(2, -1), 4, "word 2 ('w') must have a number as its head, got '-1'"),
        (word(1) + word(2, 1, ""), 4, "word 2 has no form"),
        (word(1, 2) + word(2, 1), 3, "word 1 ('w') never comes to the root"),
        (word(1) + word(2, 3) + word(3, 2), 4, "word 2 ('w') never comes to the root"),
        (word(1) + word(2, 2), 4, "its heads go in a circle, 2 -> 2"),
        (word(1) + word(2), 4, "word 2 ('w') is a second root beside word 1"),
        (word(1) + word(2, 3), 4, "word 2 ('w') has the head 3, where 0..2 are allowed"),
        (word(1) + word(3, 1), 4, "words must count on from 1, got 3 where 2 is next"),
        (word(1) + word(1, 1), 4, "words must count on from 1, got 1 where 2 is next"),
        ("The dogs bark.\n", 3, "line must contain either tabs or two spaces"),
        ("1.1\tw\t_\t_\t_\t_\t_\t_\t_\t_\n", 2, "no word is there"),
    ],
)
def test_a_fault_is_said_with_sentence_and_line(tmp_path, lines: str, line: int, said: str) -> None:
    with pytest.raises(ValueError, match="sentence bad, line") as caught:
        read(tmp_path, f"\n# sent_id = bad\n{lines}")
    assert f"sentence bad, line {line}: " in str(caught.value)
    assert said in str(caught.value)


def test_a_file_that_holds_nothing_is_refused(tmp_path) -> None:
    for content in ("", "# comments\n# alone\n"):
        with pytest.raises(ValueError, match="holds no sentences"):
            read(tmp_path, content)
    with pytest.raises(ValueError, match="must be UTF-8"):
        read(tmp_path, b"1\tM\xfcller")
    with pytest.raises(FileNotFoundError, match="it is a folder"):
        read_conllu(tmp_path)
    with pytest.raises(TypeError, match="path must be the path of a CoNLL-U file, got list"):
        read_conllu([SENTENCE])


@pytest.mark.parametrize(
    ("name", "sentences", "words"), [("en_pud_200", 200, 4284), ("de_pud_200", 200, 4321)]
)
def test_a_published_treebank_is_read_whole(name: str, sentences: int, words: int) -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "ud" / f"{name}.conllu"
    if not path.exists():
        pytest.skip("the treebanks of Universal Dependencies are not beside this checkout")
    parses = read_conllu(path)
    lines = [line.split("\t") for line in path.read_text().splitlines() if line[:1].isdigit()]
    own = [columns for columns in lines if columns[0].isdigit()]
    assert (len(parses), parses.n_words) == (sentences, words)
    assert [columns[1] for columns in own] == [form for one in parses for form in one.words]
    assert [int(columns[6]) - 1 for columns in own] == [head for one in parses for head in one.heads]
