"""The alignment view's picture: where words stand, what is drawn and how small and quick it is."""

import io
import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bertviz_plus.figures.alignment import AlignmentFigure
from bertviz_plus.figures.alignment_bands import cut_bands
from bertviz_plus.figures.alignment_layout import lay_out
from bertviz_plus.figures.alignment_raster import Stroke, strokes_picture
from bertviz_plus.figures.alignment_sheet import (
    AGREED,
    AGREED_POSSIBLE,
    EXTRA,
    HINT,
    MISSED,
    PLAIN,
    POSSIBLE,
    AlignmentSheet,
)
from bertviz_plus.figures.figure import FALLBACK_BYTES
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
        method_title="each the other's best",
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
    assert layout.target[0].at_y - layout.source[0].at_y == 180 - 6


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
