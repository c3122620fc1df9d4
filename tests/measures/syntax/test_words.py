import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus import Parse, Parses, Trace, syntax
from bertviz_plus.measures.syntax.words import word_attention

PARSES = Parses(
    (
        Parse(("The", "unhappiest", "dogs", "bark", "."), (2, 2, 3, -1, 3), upos=("_",) * 4 + ("PUNCT",)),
        Parse(("Stop",), (-1,)),
        Parse(("!",), (-1,), upos=("PUNCT",)),
        Parse(("Cats", "\u200b", "sleep"), (2, 2, -1)),
    )
)


@pytest.fixture(scope="module")
def read() -> bp.ParsesRead:
    return syntax(bp.load(), PARSES, progress=False)


def test_words_are_read_as_the_trace_merges_them(read) -> None:
    trace = bp.load().trace(words=list(PARSES[0].words)).to_words()
    inner = np.array(trace.attention)[..., 1:-1, 1:-1]
    inner[..., np.arange(5), np.arange(5)] = -1
    assert np.array_equal(read.attended[..., :5], inner.argmax(axis=-1))
    assert np.array_equal(read.attended_by[..., :5], inner.argmax(axis=-2))


def test_punctuation_and_words_without_a_token_are_left_out_of_trees(read) -> None:
    assert read.kept.tolist() == [True] * 4 + [False, True, False, True, False, True]
    assert read.gold.tolist() == [2, 2, 3, -1, -2, -1, -2, 2, -2, -1]
    assert (read.trees[..., 7:] == [2, -2, -1]).all()
    # A word without a token attends to nothing; punctuation does.
    assert (read.attended[..., 8] == -2).all()
    assert (read.attended[..., 4] >= 0).all()


def test_a_single_word_attends_to_no_other(read) -> None:
    assert (read.attended[..., 5] == -1).all()
    assert (read.trees[..., 5] == -1).all()


def test_a_causal_model_gives_the_first_word_none_to_attend_to() -> None:
    weights = np.tril(np.ones((3, 3))) / np.arange(1, 4)[:, np.newaxis]
    trace = Trace(
        ("a", "b", "c"), words=("a", "b", "c"), word_ids=(0, 1, 2), causal=True, attention=weights[None, None]
    )
    attention, places = word_attention(trace)
    assert places.tolist() == [0, 1, 2]
    assert attention[0, 0, 0].tolist() == [1, 0, 0]


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(TypeError, match="parses must be Parses, which read_conllu returns, got list"):
        syntax(bp.load(), [("a", "b")])
    with pytest.raises(TypeError, match="model must be"):
        syntax(PARSES, PARSES)
    with pytest.raises(ValueError, match="parses must hold at least one sentence"):
        syntax(bp.load(), Parses(()))
