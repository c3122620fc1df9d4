import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import shortest_path

from bertviz_plus import Parse, Parses

DOGS = Parse(
    ("The", "dogs", "bark", "."),
    (1, 2, -1, 2),
    ("det", "nsubj", "root", "punct"),
    ("DET", "NOUN", "VERB", "PUNCT"),
    ("_", "Number=Plur", "_", "_"),
    id="dogs",
    text="The dogs bark.",
)


@st.composite
def trees(draw: st.DrawFn) -> list[int]:
    """Heads of a random tree: each word hangs under one that comes before it in a random order."""
    order = draw(st.permutations(range(draw(st.integers(1, 12)))))
    heads = [-1] * len(order)
    for place in range(1, len(order)):
        heads[order[place]] = order[draw(st.integers(0, place - 1))]
    return heads


@given(trees())
def test_distances_are_shortest_paths_in_the_tree(heads: list[int]) -> None:
    parse = Parse([f"w{place}" for place in range(len(heads))], heads)
    graph = np.zeros((len(heads), len(heads)))
    for head, place in parse.edges:
        graph[head, place] = 1
    assert np.array_equal(parse.tree_distances(), shortest_path(graph, directed=False, unweighted=True))
    assert parse.depths[parse.root] == 0


def test_a_sentence_of_one_word_is_its_root() -> None:
    assert Parse(("Stop",), (-1,)).tree_distances().tolist() == [[0]]
    assert Parse(("Stop",), (-1,)).edges == ()


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        ((1, 2, 0), r"word 0 \('a'\) never comes to the root: its heads go in a circle, 0 -> 1 -> 2 -> 0"),
        ((-1, 1, 0), r"word 1 \('b'\) never comes to the root: its heads go in a circle, 1 -> 1"),
        ((-1, 0, -1), r"word 2 \('c'\) is a second root beside word 0"),
        ((-1, 3, 0), r"word 1 \('b'\) has the head 3, where -1..2 are allowed"),
        ((-2, -1, 0), r"word 0 \('a'\) has the head -2, where -1..2 are allowed"),
        ((-1, 0), "heads must have one entry for each of the 3 words, got 2"),
    ],
)
def test_heads_that_are_no_tree_are_refused_with_the_word(heads: tuple[int, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Parse(("a", "b", "c"), heads)


def test_no_words_and_parts_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="words must hold at least one word"):
        Parse((), ())
    with pytest.raises(ValueError, match="relations must have one entry for each of the 1 words, got 2"):
        Parse(("a",), (-1,), ("root", "det"))
    with pytest.raises(TypeError, match=r"sentences\[0\] must be a Parse, got str"):
        Parses(("a",))


def test_what_is_saved_comes_back_whole(tmp_path) -> None:
    parses = Parses((DOGS, Parse(("Stop",), (-1,))), name="mine")
    parses.save(tmp_path / "a.parses")
    back = Parses.load(tmp_path / "a.parses")
    assert [vars(one) for one in back] == [vars(one) for one in parses]
    assert back.name == "mine"
    Parses(()).save(tmp_path / "none.parses")
    assert len(Parses.load(tmp_path / "none.parses")) == 0


def test_a_text_file_is_not_loaded_and_the_reader_is_named(tmp_path) -> None:
    (tmp_path / "a.conllu").write_text("1\tDogs")
    with pytest.raises(ValueError, match=r"read with bertviz_plus\.read_conllu"):
        Parses.load(tmp_path / "a.conllu")


def test_some_of_the_sentences() -> None:
    parses = Parses((DOGS, Parse(("Stop",), (-1,))))
    assert parses[1].words == ("Stop",)
    assert [one.id for one in parses[:1]] == ["dogs"]
    assert parses.take([1, 0])[1] is DOGS
    assert parses.to_frame().loc[0, ["form", "head", "relation", "upos"]].tolist() == ["The", 1, "det", "DET"]
    assert DOGS.punctuation == (False, False, False, True)
