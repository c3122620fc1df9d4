"""Files of links in every layout that is about; what cannot be told is refused."""

from pathlib import Path

import pytest

from bertviz_plus.traces.alignment_files import read_links, write_links
from bertviz_plus.traces.alignments import words_of

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside the project")


def written(tmp_path, text):
    path = tmp_path / "links.txt"
    path.write_text(text, encoding="utf-8")
    return path


def shown(golds):
    return [gold.to_pharaoh() for gold in golds]


def test_pharaoh_and_talp_with_possible_links_of_either_mark(tmp_path):
    path = written(tmp_path, "0-0 1?2 2p1 \n\n3-3\n")
    assert shown(read_links(path)) == ["0-0 1?2 2?1", "", "3-3"]


def test_a_number_and_a_tab_may_stand_first(tmp_path):
    assert shown(read_links(written(tmp_path, "0\t0-0\n1\t1-1\n"))) == ["0-0", "1-1"]


def test_links_may_be_apart_by_tabs(tmp_path):
    assert shown(read_links(written(tmp_path, "0-0\t1-1\n2-2\n"))) == ["0-0 1-1", "2-2"]


def test_only_a_line_break_ends_a_line(tmp_path):
    assert shown(read_links(written(tmp_path, "0-0\u20281-1\x0c2-2\r\n3-3"))) == ["0-0 1-1 2-2", "3-3"]


def test_a_naacl_file_that_links_0_with_0_counts_from_0_and_is_not_guessed_at(tmp_path):
    path = written(tmp_path, "1 0 0 S\n1 0 1 P\n")
    with pytest.raises(ValueError, match=r"line 1: 0 stands for no word.* say index_base=0"):
        read_links(path)
    assert shown(read_links(path, index_base=0)) == ["0-0 0?1"]


def test_a_broken_line_of_a_naacl_file_is_named_as_one(tmp_path):
    with pytest.raises(ValueError, match="line 2: a line must be 'sentence source target"):
        read_links(written(tmp_path, "1 1 1 S\n1 1\n"))
    assert shown(read_links(written(tmp_path, "1 1 1 s\n1 2 2 p\n"))) == ["0-0 1?1"]


def test_a_file_that_is_no_utf_8_is_named(tmp_path):
    (tmp_path / "links.txt").write_text("0-0\n", encoding="utf-16")
    with pytest.raises(ValueError, match=r"links.txt must be a text file in UTF-8"):
        read_links(tmp_path / "links.txt")


def test_an_entry_without_links_is_named_and_costs_no_file(tmp_path):
    path = written(tmp_path, "0-0\n")
    with pytest.raises(ValueError, match=r"alignments\[1\]: links must look like"):
        write_links(path, ["1-1", "zz"])
    with pytest.raises(TypeError, match="alignments must have one entry for each sentence"):
        write_links(path, None)
    with pytest.raises(ValueError, match=r"possible must be '\?' or 'p', got 'x'"):
        write_links(path, ["0?0"], possible="x")
    assert path.read_text() == "0-0\n"
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*none, so links.txt was not written"):
        write_links(tmp_path / "none" / "links.txt", ["0-0"])


def test_one_sentence_may_be_written_by_itself(tmp_path):
    write_links(tmp_path / "one.txt", "0-0 1-1")
    assert shown(read_links(tmp_path / "one.txt")) == ["0-0 1-1"]


def test_naacl_counts_from_one_and_may_leave_sentences_out(tmp_path):
    path = written(tmp_path, "0001 1 1 S\n0001 2 3 P\n0003 1 2\n0003 0 4\n")
    assert shown(read_links(path)) == ["0-0 1?2", "", "0-1"]
    assert len(read_links(path, sentences=[(3, 3)] * 4)) == 4


@pytest.mark.parametrize("layout", ["pharaoh", "naacl"])
@pytest.mark.parametrize("base", [0, 1])
def test_what_is_written_is_read_again(tmp_path, layout, base):
    path = tmp_path / "out"
    golds = ["0-0 1?2", "1-1"]
    write_links(path, golds, layout=layout, index_base=base)
    assert shown(read_links(path, index_base=base)) == golds


def test_a_link_to_word_0_shows_that_words_count_from_0(tmp_path):
    assert shown(read_links(written(tmp_path, "1-1\n0-1\n"))) == ["1-1", "0-1"]


def test_a_link_to_the_word_after_the_last_shows_that_words_count_from_1(tmp_path):
    path = written(tmp_path, "1-1\n2-3\n")
    assert shown(read_links(path, sentences=[("a b", "x y"), ("a b", ["x", "y", "z"])])) == ["0-0", "1-2"]


def test_an_ambiguous_file_is_refused_with_the_reason_and_index_base_solves_it(tmp_path):
    path = written(tmp_path, "1-1 2-2\n")
    with pytest.raises(
        ValueError, match=r"from 0 or from 1: no link names word 0, and there are no sentences"
    ):
        read_links(path)
    with pytest.raises(ValueError, match=r"none names the word after the last; say index_base=0"):
        read_links(path, sentences=[(4, 4)])
    assert shown(read_links(path, index_base=1)) == ["0-0 1-1"]
    assert shown(read_links(path, index_base=0)) == ["1-1 2-2"]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("0-0\n0-0 1_1\n", {}, "line 2: links must look like 0-0, 1.2 or 1p2, .* got '1_1'"),
        ("0-0 2-0\n", {"sentences": [(2, 2)]}, "sentence 1: the sentences have 2 and 2 words"),
        ("0-0\n", {"index_base": 1}, "must count from 1, got 0-0"),
        ("0-0\n", {"sentences": [(1, 1)] * 2}, "as many as links.txt has, 1; got 2"),
        ("0-0\n", {"index_base": 2}, "index_base must be 0 or 1"),
        ("0-0\n", {"layout": "giza"}, "layout must be"),
        ("1 1 1\n1 x\n", {"layout": "naacl"}, "line 2: a line must be"),
        ("0 1 1\n", {}, "sentences must count from 1"),
    ],
)
def test_broken_files_name_the_line(tmp_path, text, options, message):
    with pytest.raises(ValueError, match=message):
        read_links(written(tmp_path, text), **options)


@needs_shared
def test_the_hansards_show_that_they_count_from_1():
    folder = SHARED / "word-alignment"
    lines = (folder / "enfr.src-tgt").read_text(encoding="utf-8").splitlines()
    sentences = [tuple(map(words_of, line.split("|||"))) for line in lines]
    gold = read_links(folder / "enfr.gold", sentences=sentences)
    assert len(gold) == 447
    assert sorted(gold[1].sure) == [(0, 0), (1, 1)]
    with pytest.raises(ValueError, match="from 0 or from 1"):
        read_links(folder / "enfr.gold")


@needs_shared
def test_simaligns_sample_is_read():
    folder = SHARED / "simalign"
    sides = [
        [line.split("\t")[1] for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        for name in ("sample_eng.txt", "sample_deu.txt")
    ]
    gold = read_links(folder / "sample_eng_deu.gold", sentences=list(zip(*sides, strict=True)))
    assert len(gold) == 5
    assert (19, 25) in gold[2].possible - gold[2].sure
