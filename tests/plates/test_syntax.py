"""The syntax view's picture: where words and arcs stand, what is drawn and how small it is."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bertviz_plus.plates.plate import FALLBACK_BYTES
from bertviz_plus.plates.syntax import SyntaxPlate, lay_out
from bertviz_plus.plates.syntax_data import AGREED, EXTRA, MISSED, ROOTED, SyntaxData, share_text
from bertviz_plus.plates.syntax_layout import BETWEEN, HALF, pieces_of
from bertviz_plus.plates.syntax_rows import cut_rows
from bertviz_plus.traces.parse import LEFT_OUT
from tests.views.syntax_samples import CATS, DOGS, STOP, parse_of, read_of


def data_of(parse=DOGS, other=None, **given) -> SyntaxData:
    read = read_of(parse, probe=False)
    return SyntaxData(
        **{
            "title": "tiny",
            "name": "",
            "words": parse.words,
            "upos": parse.upos,
            "relations": parse.relations,
            "gold": tuple(read.gold.tolist()),
            "other": tuple(read.trees[0, 0].tolist() if other is None else other),
            **given,
        }
    )


def test_each_link_is_in_both_trees_or_in_one() -> None:
    # "old" is the head of "dogs" here: the link is the same.
    data = data_of(other=(3, -1, 1, 4, 1, LEFT_OUT))
    assert {(link.word, link.head): link.verdict for link in data.above} == {
        (0, 2): MISSED,
        (1, 2): AGREED,
        (2, 3): MISSED,
        (3, -1): ROOTED,
        (4, 3): AGREED,
    }
    assert {(link.word, link.head): link.verdict for link in data.below} == {
        (0, 3): EXTRA,
        (2, 1): AGREED,
        (3, 4): AGREED,
        (4, 1): EXTRA,
    }
    assert data.here == (2, 4, 3)


@given(st.integers(0, 400), st.integers(0, 400))
def test_shares_are_rounded_as_they_are_on_the_screen(right: int, more: int) -> None:
    edges = right + more
    said = share_text(right, edges)
    assert said == "–" if not edges else abs(float(said) - right / edges) <= 0.005 + 1e-12


@given(st.integers(1, 60), st.integers(0, 9), st.integers(200, 1200))
@settings(deadline=None)
def test_rows_hold_every_word_once_and_fit(n: int, seed: int, room: int) -> None:
    widths = [30 + 7 * (place % 5) for place in range(n)]
    rows = cut_rows(widths, parse_of(n, seed).heads, room)
    assert [word for start, end in rows for word in range(start, end)] == list(range(n))
    for start, end in rows:
        assert end - start <= 14
        assert sum(widths[start:end]) + 8 * (end - start - 1) <= room


def test_a_break_is_where_no_arc_runs() -> None:
    # Two clauses of eight words, each under its own head, joined by one link.
    gold = [-1, *([0] * 7), 0, *([8] * 7)]
    assert cut_rows([40] * 16, gold, 900) == [(0, 8), (8, 16)]


@pytest.mark.parametrize("rtl", [False, True])
def test_an_arc_over_a_break_leaves_to_the_margin_and_comes_back(rtl: bool) -> None:
    parse = parse_of(20)
    placed, _ = lay_out(data_of(parse, rtl=rtl), 928, 460)
    assert len(placed.rows) == 2
    last, first = placed.rows[0][1] - 1, placed.rows[1][0]
    out, back = pieces_of(placed, first, last, up=True)
    assert (out.starts, out.ends, back.starts, back.ends) == (True, False, False, True)
    # It leaves where the line ends, and comes back where the next begins.
    assert (out.x1, back.x0) == (placed.margins[::-1] if not rtl else placed.margins)
    assert back.x1 == placed.boxes[first].middle
    assert [box.x for box in placed.boxes[: last + 1]] == sorted(
        (box.x for box in placed.boxes[: last + 1]), reverse=rtl
    )


def test_agreement_is_symmetry() -> None:
    data = data_of(parse_of(30))
    placed, _ = lay_out(data, 928, 460)
    for link in data.above:
        if link.head < 0:
            continue
        over = pieces_of(placed, link.word, link.head, up=True)
        under = pieces_of(placed, link.word, link.head, up=False)
        for one, other in zip(over, under, strict=True):
            assert (one.x0, one.x1, one.rise) == (other.x0, other.x1, -other.rise)


def test_nested_arcs_do_not_touch() -> None:
    placed, _ = lay_out(data_of(parse_of(14)), 928, 460)
    for head in (0, 13):
        words = [word for word in range(14) if word != head]
        heights = [abs(pieces_of(placed, word, head, up=True)[0].rise) for word in words]
        ordered = heights if head == 0 else heights[::-1]
        assert all(inner < outer for inner, outer in itertools.pairwise(ordered))


@pytest.mark.parametrize("seed", range(6))
def test_every_arc_stays_in_its_row_and_labels_do_not_overlap(seed: int) -> None:
    data = data_of(parse_of(40, seed, reach=9))
    placed, labels = lay_out(data, 928, 460)
    tops = [0.0, *(bottom + BETWEEN for bottom in placed.bottoms)]
    pieces = [
        piece
        for up, links in ((True, data.above), (False, data.below))
        for link in links
        for piece in pieces_of(placed, link.word, link.head, up=up)
    ]
    assert len(pieces) > 80
    for piece in pieces:
        row = sum(piece.y > bottom for bottom in placed.bottoms)
        assert tops[row] <= piece.y + piece.rise <= placed.bottoms[row]
    free = [label for label in labels if label.free]
    assert len(free) > 20
    for one, other in itertools.combinations(free, 2):
        beside = abs(one.x - other.x) >= (one.width + other.width) / 2
        assert beside or abs(one.y - other.y) >= 2 * HALF


@pytest.mark.parametrize("parse", [DOGS, STOP, CATS, parse_of(40), parse_of(130)], ids=len)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_picture_is_small(parse, theme) -> None:
    picture = SyntaxPlate(data_of(parse), theme=theme).fallback()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) <= FALLBACK_BYTES


def test_what_is_drawn_is_written_under_it() -> None:
    text = SyntaxPlate(
        data_of(
            dropped=frozenset({1}),
            gold=(2, LEFT_OUT, 3, -1, 3, LEFT_OUT),
            other=(2, LEFT_OUT, -1, 2, 0, LEFT_OUT),
            source="layer 1, head 0",
            uuas=(5, 12),
            chain=(4, 12),
        )
    ).svg()
    for said in (
        "above: gold; below: layer 1, head 0",
        "1 punctuation mark left out",
        "1 word without a token, underdotted",
        "2 of 3",
        "corpus .42 (chain .33)",
        "agreed 2",
        "only gold, above 1",
        "only below 1",
        "nsubj",
    ):
        assert said in text, said


def test_one_word_has_no_link_and_says_so() -> None:
    assert "One word to link, so no link" in SyntaxPlate(data_of(STOP)).svg()


def test_a_long_sentence_is_cut_at_a_row_and_the_caption_says_so() -> None:
    long = SyntaxPlate(data_of(parse_of(60)), height=300)
    scene = long._scene(928, small=True)
    assert long._draw(scene, 330)
    texts = [mark.text for mark in scene.marks if hasattr(mark, "text")]
    assert any("not shown: the last" in text for text in texts)
    assert "word0" in texts
    assert "word59" not in texts


def test_a_height_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="height must be at least 160"):
        SyntaxPlate(data_of(), height=20)
