"""The alignment view's picture: where words stand, what is drawn and how small and quick it is."""

import io
import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bertviz_plus.plates.alignment import AlignmentPlate
from bertviz_plus.plates.alignment_bands import cut_bands
from bertviz_plus.plates.alignment_data import (
    AGREED,
    AGREED_POSSIBLE,
    EXTRA,
    HINT,
    MISSED,
    PLAIN,
    POSSIBLE,
    AlignmentData,
)
from bertviz_plus.plates.alignment_layout import lay_out
from bertviz_plus.plates.palette import mix, palette
from bertviz_plus.plates.plate import FALLBACK_BYTES
from bertviz_plus.plates.scene import Path, Text
from bertviz_plus.traces.links import Gold, Link


def data_of(source: str, target: str, links: str = "", gold: str | None = None) -> AlignmentData:
    """A pair at layer 1 of 3, with two methods."""
    pairs = sorted(Gold.of(links).possible)
    return AlignmentData(
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
        stable=tuple((i, j, 3.0) for i, j in pairs),
        measure="aer",
        values=np.array([[0.5, 0.1, 0.2], [0.6, 0.3, np.nan]]),
        method_title="words that are each most like the other",
        diagonal=0.625,
    )


@pytest.fixture
def house() -> AlignmentData:
    return data_of("the house is small", "das Haus ist klein", "0-0 1-1 2-3 3-2", "0-0 1?1 2-2 3?3")


def test_gold_judges_each_link(house: AlignmentData) -> None:
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


def test_scores_are_those_of_och_and_ney(house: AlignmentData) -> None:
    # Four found, two sure: one sure and two possible among them.
    assert house.scores() == (1 - 3 / 6, 2 / 4, 1 / 2)
    # The diagonal is 0-0 1-1 2-2 3-3: both sure ones, all possible ones.
    assert house.diagonal_aer() == 1 - 6 / 6


def test_two_lines_are_justified_to_one_width(house: AlignmentData) -> None:
    layout = lay_out(house, 960)
    for boxes in (layout.source, layout.target):
        assert len({box.y for box in boxes}) == 1
        gaps = [b.x - a.x - a.width for a, b in itertools.pairwise(boxes)]
        assert max(gaps) - min(gaps) < 1e-6
        assert 7 <= gaps[0] <= 44
        assert boxes[0].x == pytest.approx(960 - boxes[-1].x - boxes[-1].width)


def test_two_lines_stand_as_far_apart_as_their_links_run_aside() -> None:
    def gap(data: AlignmentData, height: float = 380) -> float:
        layout = lay_out(data, 960, height)
        return layout.target[0].y - layout.source[0].y - layout.source[0].height

    words = " ".join(["words"] * 12)
    straight = data_of(words, words, " ".join(f"{k}-{k}" for k in range(12)))
    crossed = data_of(words, words, "0-11 11-0")
    assert gap(straight) == gap(data_of("house", "Haus", "0-0")) == 96
    assert gap(crossed) == 180
    assert gap(crossed, 200) == 200 - 2 * (26 + 5)
    # Where nothing is known yet, what is to come needs some room.
    assert 96 < gap(data_of(words, words)) <= 180


def test_a_line_from_the_right_begins_there(house: AlignmentData) -> None:
    places = [box.x for box in lay_out(replace(house, target_rtl=True), 960).target]
    assert places == sorted(places, reverse=True)


def test_a_long_pair_stands_in_bands_that_links_do_not_leave() -> None:
    words = " ".join(f"word{i}" for i in range(40))
    links = " ".join(f"{i}-{i}" for i in range(40))
    layout = lay_out(data_of(words, words, links), 960)
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


def test_the_picture_is_small(house: AlignmentData) -> None:
    picture = AlignmentPlate(house).fallback()
    assert len(picture) <= FALLBACK_BYTES
    assert Image.open(io.BytesIO(picture)).width == 960


def test_every_word_of_hundreds_linked_with_every_other_still_fits() -> None:
    words = " ".join(f"word{i}" for i in range(60))
    data = data_of(words, words, " ".join(f"{i}-{j}" for i in range(60) for j in range(60)))
    assert len(AlignmentPlate(data).fallback()) <= FALLBACK_BYTES


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640, 960])
def test_every_width_and_theme(house: AlignmentData, theme: str, width: int) -> None:
    similar = replace(house, similarity=np.linspace(-1, 1, 16).reshape(4, 4), drawn=True, threshold=0.2)
    for shown in (False, True):
        figure = AlignmentPlate(similar, show_similarity=shown, theme=theme)  # type: ignore[arg-type]
        image = Image.open(io.BytesIO(figure.png(width=width)))
        assert image.width == width
        paper = (17, 17, 17) if theme == "dark" else (255, 255, 255)
        assert image.convert("RGB").getpixel((width - 1, image.height - 1)) == paper


def test_a_paper_has_text_links_and_no_toolbar(house: AlignmentData) -> None:
    text = AlignmentPlate(house).svg(width_cm=12, font_size=8)
    said = re.findall(r">([^<>]+)</text>", text)
    for word in (*house.source, *house.target, "agreed 1", "extra 2", "missed 1"):
        assert word in said
    assert "Save" not in said
    assert AlignmentPlate(house).pdf()[:4] == b"%PDF"


def test_without_colour_verdicts_differ(house: AlignmentData) -> None:
    text = AlignmentPlate(house).svg(grey=True)
    shades = set(re.findall(r"#([0-9a-f]{6})", text))
    assert all(shade[:2] == shade[2:4] == shade[4:] for shade in shades)
    assert "stroke-dasharray" in text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"height": 3}, "height must be at least"), ({"theme": "blue"}, "theme must be")],
)
def test_what_cannot_be_drawn(house: AlignmentData, wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        AlignmentPlate(house, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="width must be"):
        AlignmentPlate(house).png(width=10)
    with pytest.raises(ValueError, match="font_size must be at most"):
        AlignmentPlate(house).svg(width_cm=2, font_size=30)


def words_in(figure: AlignmentPlate) -> str:
    """All texts of a page as they are read."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)<", figure.svg()))


def test_the_map_says_how_many_cells_are_best_and_what_word_order_reaches(house: AlignmentData) -> None:
    said = words_in(AlignmentPlate(house))
    assert "lower is better; • best" in said
    assert "diagonal 0.63 (word order alone)" in said
    tied = replace(house, values=np.zeros((2, 3)))
    assert "best 0.00, reached by 6 cells" in re.sub(" +", " ", words_in(AlignmentPlate(tied)))


def test_a_mean_confidence_stands_beside_chance(house: AlignmentData) -> None:
    chance = np.array([[0.1, 0.412, 0.3], [0.2, 0.2, np.nan]])
    bare = replace(house, gold=None, measure="confidence", diagonal=None, chance=chance)
    assert bare.by_chance() == "by chance 0.41"
    assert bare.by_chance((1, 2)) == ""
    assert replace(bare, threshold=0.5, chance_note="over 7 pairs").by_chance() == (
        "by chance over 7 pairs nothing hidden 0.41"
    )
    said = words_in(AlignmentPlate(bare))
    assert "(by chance 0.41)" in said
    assert "by chance 0.41 (random numbers for cosines)" in said


def test_what_the_method_links_is_said(house: AlignmentData) -> None:
    assert "links words that are each most like the other" in words_in(AlignmentPlate(house))


def test_columns_of_a_sentence_from_the_right_begin_there(house: AlignmentData) -> None:
    cosines = np.arange(16).reshape(4, 4) / 16

    def column(word: str, *, rtl: bool) -> float:
        data = replace(house, similarity=cosines, target_rtl=rtl)
        page = AlignmentPlate(data, show_similarity=True).svg()
        texts = re.findall(r"<text([^>]*)>([^<]*)<", page)
        places = [re.search(r"(?:x=.|translate\()([\d.]+)", about) for about, text in texts if text == word]
        return float(next(place for place in places if place)[1])

    assert column("das", rtl=False) < column("klein", rtl=False)
    assert column("das", rtl=True) > column("klein", rtl=True)


def test_there_is_nothing_to_press(house: AlignmentData) -> None:
    said = set(words_in(AlignmentPlate(house)).split())
    assert not {"Method", "Layer", "Cosines", "Draw", "Map", "Save", "?"} & said


def test_a_pair_that_is_too_high_is_cut_and_what_is_left_out_is_said() -> None:
    words = " ".join(f"word{i}" for i in range(120))
    links = " ".join(f"{i}-{i}" for i in range(120))
    plate = AlignmentPlate(data_of(words, words, links))
    scene = plate._scene(928.0)
    assert plate._draw(scene, plate._height)
    texts = [mark.text for mark in scene.marks if isinstance(mark, Text)]
    drawn = sum(text.startswith("word") and text != "word" for text in texts)
    said = re.sub(" +", " ", " ".join(texts))
    assert f"{240 - drawn} words left out at the end" in said
    lines = sum(isinstance(mark, Path) and not mark.filled for mark in scene.marks)
    # One of the lines is the legend's.
    assert f"{120 - (lines - 1)} links left out" in said


def test_links_that_a_small_file_leaves_out_are_counted() -> None:
    words = " ".join(f"word{i}" for i in range(20))
    plate = AlignmentPlate(data_of(words, words, " ".join(f"{i}-{j}" for i in range(20) for j in range(20))))
    scene = plate._scene(928.0, small=True)
    plate._draw(scene, plate._height)
    assert "100 links left out" in " ".join(mark.text for mark in scene.marks if isinstance(mark, Text))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_links_and_gold_have_their_exact_colours_in_the_fallback(house: AlignmentData, theme: str) -> None:
    image = Image.open(io.BytesIO(AlignmentPlate(house, theme=theme).fallback()))  # type: ignore[arg-type]
    colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 24) or []}
    drawn = palette(theme)  # type: ignore[arg-type]
    assert {drawn.positive, drawn.soft, drawn.ink} <= colours
    # A link is at most .96 opaque, and its ends have that colour too.
    sure = mix(drawn.paper, drawn.link, 0.14 + 0.82 * 0.8)
    assert sure in colours


def test_sixty_words_fit_a_page() -> None:
    words = " ".join(f"word{i}" for i in range(60))
    svg = AlignmentPlate(data_of(words, words, " ".join(f"{i}-{i}" for i in range(60)))).svg(width_cm=16)
    height = re.search(r'height="([\d.]+)cm"', svg)
    assert height
    assert float(height[1]) <= 24
    assert "left out" not in svg
