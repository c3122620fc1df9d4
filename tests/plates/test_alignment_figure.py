"""The alignment view's picture: where words stand, what is drawn and how small and quick it is."""

import io
import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bertviz_plus.plates.alignment import AlignmentFigure
from bertviz_plus.plates.alignment_bands import cut_bands
from bertviz_plus.plates.alignment_layout import lay_out
from bertviz_plus.plates.alignment_raster import Marks, Stroke, strokes_picture
from bertviz_plus.plates.alignment_sheet import (
    AGREED,
    AGREED_POSSIBLE,
    EXTRA,
    HINT,
    MISSED,
    PLAIN,
    POSSIBLE,
    AlignmentSheet,
)
from bertviz_plus.plates.figure import FALLBACK_BYTES
from bertviz_plus.plates.raster import rasterise
from bertviz_plus.traces.links import Gold, Link


def sheet_of(source: str, target: str, links: str = "", gold: str | None = None) -> AlignmentSheet:
    """A pair at layer 1 of 3, with two methods."""
    pairs = sorted(Gold.of(links).possible)
    return AlignmentSheet(
        title="model",
        languages=("en", "de"),
        pair=0,
        pairs=2,
        source=tuple(source.split()),
        target=tuple(target.split()),
        source_rtl=False,
        target_rtl=False,
        links=tuple(Link(i, j, 0.8) for i, j in pairs),
        hidden=0,
        threshold=0.0,
        method="inter",
        methods=("inter", "ot"),
        hidden_layer=1,
        hidden_layers=(0, 1, 2),
        gold=None if gold is None else Gold.of(gold),
        steady=tuple((i, j, 3.0) for i, j in pairs),
        measure="aer",
        values=np.array([[0.5, 0.1, 0.2], [0.6, 0.3, np.nan]]),
        method_title="words that are each most like the other",
        diagonal=0.625,
    )


@pytest.fixture
def house() -> AlignmentSheet:
    return sheet_of("the house is small", "das Haus ist klein", "0-0 1-1 2-3 3-2", "0-0 1?1 2-2 3?3")


def test_gold_judges_each_link(house: AlignmentSheet) -> None:
    said = {(link.source, link.target): verdict for link, verdict in house.verdicts(gold=True)}
    assert said == {
        (0, 0): AGREED,
        (1, 1): AGREED_POSSIBLE,
        (2, 3): EXTRA,
        (3, 2): EXTRA,
        (2, 2): MISSED,
        (3, 3): POSSIBLE,
    }
    assert {verdict for _, verdict in house.verdicts(gold=False)} == {PLAIN}
    drawing = {verdict for _, verdict in replace(house, drawing=True).verdicts(gold=True)}
    assert drawing == {HINT, AGREED, AGREED_POSSIBLE}


def test_scores_are_those_of_och_and_ney(house: AlignmentSheet) -> None:
    # Four found, two sure: one sure and two possible among them.
    assert house.scores() == (1 - 3 / 6, 2 / 4, 1 / 2)
    # The diagonal is 0-0 1-1 2-2 3-3: both sure ones, all possible ones.
    assert house.diagonal_aer() == 1 - 6 / 6


def test_two_lines_are_justified_to_one_width(house: AlignmentSheet) -> None:
    layout = lay_out(house, 960, 10)
    for boxes in (layout.source, layout.target):
        assert len({box.y for box in boxes}) == 1
        gaps = [b.x - a.x - a.width for a, b in itertools.pairwise(boxes)]
        assert max(gaps) - min(gaps) < 1e-6
        assert 7 <= gaps[0] <= 44
        assert boxes[0].x == pytest.approx(960 - boxes[-1].x - boxes[-1].width)


def test_two_lines_stand_as_far_apart_as_their_links_run_aside() -> None:
    def gap(sheet: AlignmentSheet, height: float = 380) -> float:
        layout = lay_out(sheet, 960, 0, height)
        return layout.target[0].y - layout.source[0].y - layout.source[0].height

    words = " ".join(["words"] * 12)
    straight = sheet_of(words, words, " ".join(f"{k}-{k}" for k in range(12)))
    crossed = sheet_of(words, words, "0-11 11-0")
    assert gap(straight) == gap(sheet_of("house", "Haus", "0-0")) == 96
    assert gap(crossed) == 180
    assert gap(crossed, 200) == 200 - 2 * (26 + 5)
    # Where nothing is known yet, what is to come needs some room.
    assert 96 < gap(sheet_of(words, words)) <= 180


def test_a_line_from_the_right_begins_there(house: AlignmentSheet) -> None:
    places = [box.x for box in lay_out(replace(house, target_rtl=True), 960, 0).target]
    assert places == sorted(places, reverse=True)


def test_a_long_pair_stands_in_bands_that_links_do_not_leave() -> None:
    words = " ".join(f"word{i}" for i in range(40))
    links = " ".join(f"{i}-{i}" for i in range(40))
    layout = lay_out(sheet_of(words, words, links), 960, 0)
    assert layout.bands > 1
    for source, target in zip(layout.source, layout.target, strict=True):
        assert 0 < target.y - source.y < 160
    for box in (*layout.source, *layout.target):
        assert box.x >= 0
        assert box.x + box.width <= 960


def test_cuts_spare_links() -> None:
    widths = [np.full(8, 50.0)] * 2
    words = ["a"] * 8, ["b"] * 8
    even = cut_bands(words, widths, [], 260)
    assert even == [(0, 4, 0, 4), (4, 8, 4, 8)]
    # Words 3 and 4 belong together, so that the cut moves.
    moved = cut_bands(words, widths, [(3, 4), (4, 3), (4, 4), (3, 3)], 300)
    assert moved in ([(0, 3, 0, 3), (3, 8, 3, 8)], [(0, 5, 0, 5), (5, 8, 5, 8)])


def test_bands_cover_every_word_once_whatever_the_lengths() -> None:
    random = np.random.default_rng(0)
    for n, m in ((1, 300), (300, 1), (200, 150), (30, 41), (2, 2)):
        widths = [random.uniform(15, 300, n), random.uniform(15, 90, m)]
        bands = cut_bands((["a"] * n, ["b"] * m), widths, [], 400)
        for side, count in ((0, n), (2, m)):
            edges = [band[side : side + 2] for band in bands]
            assert edges[0][0] == 0
            assert edges[-1][1] == count
            assert all(a[1] == b[0] for a, b in itertools.pairwise(edges))


def test_a_narrow_view_has_columns(house: AlignmentSheet) -> None:
    layout = lay_out(house, 400, 0)
    assert layout.upright
    assert max(box.x + box.width for box in layout.source) < min(box.x for box in layout.target)


def test_the_picture_is_small(house: AlignmentSheet) -> None:
    picture = AlignmentFigure(house).fallback()
    assert len(picture) <= FALLBACK_BYTES
    assert Image.open(io.BytesIO(picture)).width == 960


def test_every_word_of_hundreds_linked_with_every_other_still_fits() -> None:
    words = " ".join(f"word{i}" for i in range(60))
    sheet = sheet_of(words, words, " ".join(f"{i}-{j}" for i in range(60) for j in range(60)))
    assert len(AlignmentFigure(sheet).fallback()) <= FALLBACK_BYTES


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640, 960])
def test_every_width_and_theme(house: AlignmentSheet, theme: str, width: int) -> None:
    similar = replace(house, similarity=np.linspace(-1, 1, 16).reshape(4, 4), drawn=True, threshold=0.2)
    for shown in (False, True):
        figure = AlignmentFigure(similar, show_similarity=shown, theme=theme)  # type: ignore[arg-type]
        image = Image.open(io.BytesIO(figure.png(width=width)))
        assert image.width == width
        paper = (17, 17, 17) if theme == "dark" else (255, 255, 255)
        assert image.convert("RGB").getpixel((width - 1, image.height - 1)) == paper


def test_a_paper_has_text_links_and_no_toolbar(house: AlignmentSheet) -> None:
    text = AlignmentFigure(house).svg(width_cm=12, font_size=8)
    said = re.findall(r">([^<>]+)</text>", text)
    for word in (*house.source, *house.target, "agreed 1", "extra 2", "missed 1"):
        assert word in said
    assert "Save" not in said
    assert AlignmentFigure(house).pdf()[:4] == b"%PDF"


def test_without_colour_verdicts_differ(house: AlignmentSheet) -> None:
    text = AlignmentFigure(house).svg(grey=True)
    shades = set(re.findall(r"#([0-9a-f]{6})", text))
    assert all(shade[:2] == shade[2:4] == shade[4:] for shade in shades)
    assert "stroke-dasharray" in text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"height": 3}, "height must be at least"), ({"theme": "blue"}, "theme must be")],
)
def test_what_cannot_be_drawn(house: AlignmentSheet, wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        AlignmentFigure(house, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="width must be"):
        AlignmentFigure(house).png(width=10)
    with pytest.raises(ValueError, match="font_size must be at most"):
        AlignmentFigure(house).svg(width_cm=2, font_size=30)


def test_where_strokes_cross_the_stronger_is_seen() -> None:
    across, down = np.array([[2, 10], [38, 10]]), np.array([[20, 2], [20, 18]])
    strokes = [
        Stroke(across.astype(np.float32), 0, 2.0, 0.9),
        Stroke(down.astype(np.float32), 0, 2.0, 0.3),
    ]
    pixels = strokes_picture(strokes, [(0, 0, 0)], (255, 255, 255), (0, 20, 40)).pixels.astype(int)
    assert pixels[10, 20, 0] == pixels[10, 8, 0]
    # Nine tenths of black.
    assert pixels[10, 8, 0] == pytest.approx(25, abs=4)


def test_marks_lie_over_strokes_and_words_over_both() -> None:
    line = Stroke(np.array([[2, 10], [78, 10]], np.float32), 0, 2.0)
    arm = Stroke(np.array([[17, 10], [23, 10]], np.float32), 1, 1.7)
    marks = Marks(np.array([[20, 10]], np.float32), 6.0, [arm], [(50, 4, 60, 16)])
    inks = [(0, 0, 0), (255, 0, 0)]
    pixels = strokes_picture([line], inks, (255, 255, 255), (0, 20, 80), marks).pixels
    colour_at = {x: tuple(pixels[10, x].tolist()) for x in (8, 15, 20, 40, 55, 70)}
    assert colour_at[8] == colour_at[40] == colour_at[70] == (0, 0, 0)
    assert colour_at[15] == colour_at[55] == (255, 255, 255)
    # 1.7 px wide: the rows on either side of its middle are covered to .85.
    assert colour_at[20] == pytest.approx((255, 38, 38), abs=4)


@pytest.mark.parametrize("angle", [0, 20, 45, 70, 90, 135])
def test_a_stroke_is_as_wide_whichever_way_it_runs_and_has_no_gaps(angle: float) -> None:
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    ends = np.array([[50.0, 50.0]]) + np.array([[-40], [40]]) * way
    picture = strokes_picture(
        [Stroke(ends.astype(np.float32), 0, 2.0)], [(0, 0, 0)], (255, 255, 255), (0, 100, 100)
    )
    ink = 1 - picture.pixels[..., 0] / 255
    # What lies beside the ends is not looked at; 60 px of length, 2 px wide, and smooth rims.
    y, x = np.mgrid[:100, :100] + 0.5
    along = (x - 50) * way[0] + (y - 50) * way[1]
    assert ink[np.abs(along) < 30].sum() == pytest.approx(60 * 2, rel=0.05)
    for place in np.arange(-30, 30, 0.5):
        x, y = (50 + place * way).astype(int)
        assert ink[y, x] > 0.4


def test_dashes_have_gaps_of_their_length() -> None:
    line = Stroke(np.array([[0, 5], [100, 5]], np.float32), 0, 2.0, dash=(6.0, 4.0))
    pixels = strokes_picture([line], [(0, 0, 0)], (255, 255, 255), (0, 10, 100)).pixels
    drawn = pixels[5, :, 0] < 128
    assert drawn.mean() == pytest.approx(0.6, abs=0.08)
    assert np.count_nonzero(np.diff(drawn.astype(int)) == 1) >= 9


def test_the_quick_picture_is_the_careful_one() -> None:
    words = " ".join(f"word{i}" for i in range(24))
    links = " ".join(f"{i}-{(7 * i) % 24}" for i in range(24))
    sheet = sheet_of(words, words, links, " ".join(f"{i}-{i}" for i in range(0, 24, 2)) + " 1?4")
    figure = AlignmentFigure(sheet)
    tones = []
    for quick in (True, False):
        tone = rasterise(figure._at_rest(960, quick=quick))[:320, :, :3].mean(axis=2)
        # Over patches of 8 px: where an edge falls within a pixel does not matter.
        tones.append(tone.reshape(40, 8, 120, 8).mean(axis=(1, 3)).ravel())
    assert np.corrcoef(tones)[0, 1] > 0.98


def words_in(figure: AlignmentFigure) -> str:
    """All texts of a page as they are read."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)<", figure.svg()))


def test_the_map_says_how_many_cells_are_best_and_what_word_order_reaches(house: AlignmentSheet) -> None:
    said = words_in(AlignmentFigure(house))
    assert "lower is better; • best" in said
    assert "diagonal 0.63 (word order alone)" in said
    tied = replace(house, values=np.zeros((2, 3)))
    assert "best 0.00, reached by 6 cells" in re.sub(" +", " ", words_in(AlignmentFigure(tied)))


def test_a_mean_confidence_stands_beside_chance(house: AlignmentSheet) -> None:
    chance = np.array([[0.1, 0.412, 0.3], [0.2, 0.2, np.nan]])
    bare = replace(house, gold=None, measure="confidence", diagonal=None, chance=chance)
    assert bare.by_chance() == "by chance 0.41"
    assert bare.by_chance((1, 2)) == ""
    assert replace(bare, threshold=0.5, chance_note="over 7 pairs").by_chance() == (
        "by chance over 7 pairs nothing hidden 0.41"
    )
    said = words_in(AlignmentFigure(bare))
    assert "(by chance 0.41)" in said
    assert "by chance 0.41 (random numbers for cosines)" in said


def test_what_the_method_links_is_said(house: AlignmentSheet) -> None:
    assert "links words that are each most like the other" in words_in(AlignmentFigure(house))


def test_columns_of_a_sentence_from_the_right_begin_there(house: AlignmentSheet) -> None:
    cosines = np.arange(16).reshape(4, 4) / 16

    def column(word: str, *, rtl: bool) -> float:
        sheet = replace(house, similarity=cosines, target_rtl=rtl)
        page = AlignmentFigure(sheet, show_similarity=True).svg()
        texts = re.findall(r"<text([^>]*)>([^<]*)<", page)
        places = [re.search(r"(?:x=.|translate\()([\d.]+)", about) for about, text in texts if text == word]
        return float(next(place for place in places if place)[1])

    assert column("das", rtl=False) < column("klein", rtl=False)
    assert column("das", rtl=True) > column("klein", rtl=True)


def test_a_narrow_picture_folds_the_map_and_is_no_higher_than_a_wide_one(house: AlignmentSheet) -> None:
    words = " ".join(["words"] * 30)
    long = replace(sheet_of(words, words, " ".join(f"{k}-{k}" for k in range(30)), "0-0"), pairs=2)
    heights = [Image.open(io.BytesIO(AlignmentFigure(long).png(width=w, scale=1))).height for w in (960, 400)]
    assert max(heights) <= 560
