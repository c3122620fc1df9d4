import numpy as np
import pytest

from bertviz_plus import Parse, Parses, ParsesRead

DOGS = Parse(("The", "dogs", "bark", "."), (1, 2, -1, 2), upos=("DET", "NOUN", "VERB", "PUNCT"))
STOP = Parse(("Stop",), (-1,))
OUT = Parse(("a", "b", "c"), (1, -1, 1))
GOLD = [1, 2, -1, -2, -1, 1, -1, 1]


def read(trees: list[list[list[int]]] | None = None, **given) -> ParsesRead:
    """Two heads: one has the gold trees, one links each word to the next."""
    each = np.array([[GOLD, [1, 2, -1, -2, -1, 1, 2, -1]]] if trees is None else trees)
    return ParsesRead(Parses((DOGS, STOP, OUT)), each, each[:, 0], each, each, **given)


def test_links_are_right_in_either_direction_and_a_root_has_none() -> None:
    one = read(trees=[[GOLD, [-1, 0, 1, -2, -1, -1, 2, 0]]])
    assert one.uuas().tolist() == [[1.0, 0.75]]
    assert one.right()[0, 1].astype(int).tolist() == [0, 1, 1, 0, 0, 0, 1, 0]


def test_a_link_is_counted_in_its_own_sentence() -> None:
    right, edges = read().counts()
    assert edges.tolist() == [2, 0, 2]
    assert right.tolist() == [[[2, 0, 2], [2, 0, 2]]]
    assert read().uuas(sentence=2).tolist() == [[1.0, 1.0]]
    assert np.isnan(read().uuas(sentence=1)).all()


def test_the_chain_links_neighbours_among_the_words_that_are_kept() -> None:
    assert read().chain.tolist() == [1, 2, -1, -2, -1, 1, -1, 1]
    out = np.array([[[-1, -2, 0]]])
    apart = ParsesRead(Parses((Parse(("a", "b", "c"), (-1, 0, 1)),)), out, out[0], out, out)
    assert apart.gold.tolist() == [-1, -2, 0]
    assert apart.chain.tolist() == [-1, -2, 0]


def test_a_probe_brings_trees_of_its_own() -> None:
    with pytest.raises(ValueError, match="with_probe_trees adds them"):
        read().uuas("probe_trees")
    probed = read().with_probe_trees(np.array([[1, 2, -1, 2, -1, 2, 2, -1]]), [3])
    assert probed.uuas("probe_trees").tolist() == [0.75]
    assert probed.probe_trees[0, 3] == -2
    with pytest.raises(
        ValueError, match="which must be trees, layer_trees, probe_trees or chain, got 'heads'"
    ):
        read().uuas("heads")


def test_what_is_saved_comes_back_whole_and_some_sentences_are_taken(tmp_path) -> None:
    probed = read(layers=(4,)).with_probe_trees(np.array([GOLD]), [3])
    probed.save(tmp_path / "a.read")
    back = ParsesRead.load(tmp_path / "a.read")
    for name in ("trees", "layer_trees", "attended", "attended_by", "probe_trees"):
        assert np.array_equal(getattr(back, name), getattr(probed, name))
    assert (back.layers, back.probed_layers, back.parses[0].words) == ((4,), (3,), DOGS.words)
    assert back.take([2, 0]).trees[0, 1].tolist() == [1, 2, -1, 1, 2, -1, -2]
    with pytest.raises(IndexError, match=r"sentence must be 0\.\.2, got 3"):
        back.take([3])
    with pytest.raises(ValueError, match="read-only"):
        back.trees[0] = 0


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"trees must have the shape \[1, 1, 8\], got \[1, 1, 3\]"):
        read(trees=[[[0, 1, 2]]])
    with pytest.raises(ValueError, match="whole numbers, got float64"):
        read(trees=[[[0.5] * 8]])
    with pytest.raises(ValueError, match=r"layers must name each of the 1 layers, got \(0, 1\)"):
        read(layers=(0, 1))
