"""Pairs, links and gold as data: checked at the door, saved and loaded whole."""

import numpy as np
import pytest

from bertviz_plus.traces.alignments import Alignments, SentencePair, words_of
from bertviz_plus.traces.links import Alignment, Gold, Link, pairs_of


def pair(**changes):
    parts = {
        "source": ("the", "houses"),
        "target": ("Häuser",),
        "source_subwords": ("the", "house", "s"),
        "target_subwords": ("Häuser",),
        "source_word_ids": (0, 1, 1),
        "target_word_ids": (0,),
        "cosines": np.zeros((2, 3, 1), np.float32),
    }
    return SentencePair(**{**parts, **changes})


def read():
    rng = np.random.default_rng(0)
    one = pair(
        cosines=rng.random((2, 3, 1), np.float32),
        source_norms=rng.random((2, 3), np.float32),
        target_norms=rng.random((2, 1), np.float32),
        gold="1-0 0?0",
    ).with_given(giza="1-0")
    two = pair(gold=None, cosines=rng.random((2, 3, 1), np.float32))
    return Alignments((one, two), hidden_layers=(0, 6), languages=("en", "de"), best_layer=6)


def test_words_without_a_link_are_null_words():
    found = Alignment(("a", "b", "c"), ("x", "y"), ((2, 1, 0.5), (0, 1, 0.25)))
    assert found.links == (Link(0, 1, 0.25), Link(2, 1, 0.5))
    assert found.null_source == (1,)
    assert found.null_target == (0,)
    assert found.to_pharaoh() == "0-1 2-1"
    assert found.to_pharaoh(index_base=1) == "1-2 3-2"
    assert "a–y .25" in repr(found)


def test_no_links_at_all_are_an_alignment():
    found = Alignment(("a",), ("x",), ())
    assert found.to_pharaoh() == ""
    assert found.null_source == (0,)


@pytest.mark.parametrize(
    ("links", "message"),
    [
        (((0, 1, 1.0),), r"links must link words 0..0 with 0..0, got 0-1; .* index_base=1"),
        (((0, 0, 1.5),), "confidences from 0 to 1, got 1.5"),
        (((0, 0, 1.0), (0, 0, 0.5)), "each link once, got 1 twice"),
    ],
)
def test_impossible_links_are_refused(links, message):
    with pytest.raises(ValueError, match=message):
        Alignment(("a",), ("x",), links)


def test_links_come_in_many_forms():
    expected = {(0, 0), (1, 2)}
    matrix = np.zeros((2, 3), bool)
    matrix[0, 0] = matrix[1, 2] = True
    for links in ("0-0 1-2", [(0, 0), (1, 2)], ((0, 0, 0.1), (1, 2, 0.3)), matrix, Gold.of("0-0 1?2")):
        assert pairs_of(links) == expected
    with pytest.raises(TypeError, match="links must be"):
        pairs_of(3)
    with pytest.raises(ValueError, match="got 5"):
        pairs_of([5])
    with pytest.raises(ValueError, match="got '0_1'"):
        pairs_of("0-0 0_1")


def test_gold_knows_sure_from_possible_and_counts_from_where_it_is_told():
    gold = Gold.of("1-1 2?3 3p3", index_base=1)
    assert gold.sure == {(0, 0)}
    assert gold.possible == {(0, 0), (1, 2), (2, 2)}
    assert gold.to_pharaoh(index_base=1, possible="p") == "1-1 2p3 3p3"
    assert Gold.of(gold.to_pharaoh()) == gold
    with pytest.raises(ValueError, match="must count from 1, got '0-0'"):
        Gold.of("0-0", index_base=1)


def test_gold_beyond_the_sentence_is_refused():
    with pytest.raises(ValueError, match=r"gold must link words 0..1 with 0..0, got 2-0"):
        pair(gold="2-0")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": ()}, "source must hold at least one word"),
        ({"source": "the houses"}, "source must be a sequence of strings"),
        ({"source_word_ids": (0, 1)}, "source_word_ids must have one entry for each of the 3"),
        ({"source_word_ids": (0, 1, 2)}, r"word_ids\[2\] must be"),
        ({"cosines": np.zeros((2, 2, 1))}, r"cosines must have the shape \[any, 3, 1\]"),
        ({"source_norms": np.zeros((1, 3))}, r"source_norms must have the shape \[2, 3\]"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        pair(**changes)


def test_a_word_without_subword_is_known():
    cut = pair(source=("the", "", "houses"), source_word_ids=(0, 2, 2))
    assert cut.cut_source == (1,)
    assert cut.cut_target == ()


def test_arrays_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        read()[0].cosines[0] = 1


def test_alignments_come_back_as_they_were_saved(tmp_path):
    mine = read()
    mine.save(tmp_path / "a.alignments")
    back = Alignments.load(tmp_path / "a.alignments")
    assert back.hidden_layers == (0, 6)
    assert back.languages == ("en", "de")
    assert back.best_layer == 6
    assert back.model == mine.model
    assert len(back) == 2
    for ours, theirs in zip(mine, back, strict=True):
        for name in ("source", "target", "gold", "given", "source_subwords", "source_word_ids"):
            assert getattr(ours, name) == getattr(theirs, name), name
        for name in ("cosines", "source_norms", "target_norms"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_damage_is_noticed(tmp_path):
    path = tmp_path / "a.alignments"
    read().save(path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        Alignments.load(path)
    path.write_bytes(bytes(content[:50]))
    with pytest.raises(ValueError, match="damaged"):
        Alignments.load(path)
    with pytest.raises(FileNotFoundError):
        Alignments.load(tmp_path / "none")


def test_a_trace_is_no_alignments(tmp_path):
    from bertviz_plus.traces.trace import Trace

    Trace(("a",)).save(tmp_path / "a.trace")
    with pytest.raises(ValueError, match="holds Trace; read it with Trace"):
        Alignments.load(tmp_path / "a.trace")


def test_slices_are_alignments_and_layers_have_places():
    mine = read()
    assert len(mine[:1]) == 1
    assert mine[1].gold is None
    assert mine.place_of(6) == 1
    with pytest.raises(ValueError, match=r"one that was kept \(0, 6\), got 3"):
        mine.place_of(3)
    with pytest.raises(ValueError, match=r"names 1 layers, pairs\[0\] holds 2"):
        Alignments(mine.pairs, hidden_layers=(0,))


def test_gold_can_be_put_on_afterwards():
    mine = Alignments.from_words([("a b", "x"), (["c d"], "y")]).with_gold(["0-0", None])
    assert mine[0].gold.sure == {(0, 0)}
    assert mine[1].source == ("c d",)
    with pytest.raises(ValueError, match="one entry for each of the 2"):
        mine.with_gold(["0-0"])


def test_what_is_wrong_with_a_pair_or_its_gold_is_named_with_its_place():
    two = [("a b", "x"), ("c", "y")]
    for wrong, message in [
        (
            {"gold": ["0-0", "9-0"]},
            r"gold\[1\]: gold must link words 0..0 with 0..0, got 9-0; links that count from 1 are",
        ),
        ({"gold": [None, "0_0"]}, r"gold\[1\]: links must look like"),
        ({"gold": ["0-0"]}, "gold must have one entry for each of the 2 pairs, got 1"),
        ({"gold": 3}, "gold must have one entry for each pair, in a list; got 3"),
        ({"languages": "en"}, "languages must be two strings, source and target, got 'en'"),
    ]:
        with pytest.raises((TypeError, ValueError), match=message):
            Alignments.from_words(two, **wrong)
    for pairs, message in [
        (None, "pairs must have one entry for each pair, in a list; got None"),
        ([("a", "x"), ("b", " ")], r"pairs\[1\]: target must hold at least one word"),
        ([("a", "x", "0-0")], r"pairs\[0\] must be \(source, target\)"),
    ]:
        with pytest.raises((TypeError, ValueError), match=message):
            Alignments.from_words(pairs)
    with pytest.raises(ValueError, match=r"gold\[0\]: gold must link words"):
        Alignments.from_words(two).with_gold(["0-5", None])
    assert len(Alignments.from_words(pair for pair in two)) == 2


@pytest.mark.parametrize(
    ("source", "links", "message"),
    [
        ("ab", (), "source must be a sequence of strings"),
        (("a", 3), (), r"source\[1\] must be a string"),
        (("a",), "0-0", r"links must be \(source, target\) pairs, got '0-0'"),
        (("a",), None, r"links must be \(source, target\) pairs, got None"),
        (("a", "b"), ((0.5, 0),), "links must name words by whole numbers, got"),
        (("a", "b"), ((-1, 0),), "links must name words from 0 on, got"),
    ],
)
def test_what_is_no_alignment_is_refused(source, links, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Alignment(source, ("x",), links)


def test_from_what_words_count_is_checked_wherever_it_is_said():
    for count in (
        lambda base: Gold.of("3-3", index_base=base),
        lambda base: Gold.of("0-0").to_pharaoh(index_base=base),
        lambda base: Alignment(("a",), ("x",), ((0, 0),)).to_pharaoh(index_base=base),
    ):
        with pytest.raises(ValueError, match="index_base must be 0 or 1, got 2"):
            count(2)
    with pytest.raises(ValueError, match="links must count from 1, got 0-1"):
        Gold.of([(0, 1)], index_base=1)


def test_sentences_are_strings_or_lists_of_words():
    assert words_of("a\tb  c\n") == ("a", "b", "c")
    # A zero-width space is no white space, and a list is taken as it is.
    assert words_of("a\u200bb c") == ("a\u200bb", "c")
    assert words_of(["a\tb", "c d"]) == ("a\tb", "c d")
    for empty in ("", "  \t", [], ["", " "]):
        with pytest.raises(ValueError, match="must hold at least one word"):
            words_of(empty)
    with pytest.raises(TypeError, match="string or a list of words, got int"):
        words_of(3)
    with pytest.raises(TypeError, match="list of strings, got a int in it"):
        words_of(["a", 3])
