import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bertviz_plus.plates.fonts import shorten, text_runs, text_width
from bertviz_plus.plates.palette import fewer_levels, palette
from bertviz_plus.plates.png import encode_png, encode_small
from bertviz_plus.plates.raster import rasterise
from bertviz_plus.plates.raster_links import draw_links
from bertviz_plus.plates.raster_strokes import draw_strokes
from bertviz_plus.plates.scene import Curves, Path, Picture, Scene, bezier, link_rise
from bertviz_plus.traces.weight_codes import quantise


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_ramp_has_the_stops_of_the_design_at_even_roots(theme):
    colours = palette(theme)
    assert tuple(colours.ramp[0]) == colours.paper
    middle = {"light": (89, 134, 219), "dark": (76, 120, 188)}[theme]
    # The code nearest to weight 1/4, where the root is 1/2.
    assert np.abs(colours.ramp[64].astype(int) - middle).max() <= 2


def test_heads_repeat_after_sixteen():
    assert palette("dark").head(17) == palette("dark").head(1)


@given(st.floats(0, 1, width=32))
def test_a_code_is_within_half_a_step_of_its_weight(weight):
    code = int(quantise(np.array([weight], np.float32))[0])
    assert abs(code / 254 - weight) <= 0.5 / 254 + 1e-6


def test_fewer_levels_keep_the_ends_and_what_is_missing():
    assert fewer_levels(8)[[0, 254, 255]].tolist() == [0, 254, 255]


def test_a_link_has_the_shape_of_its_bezier():
    share, _ = link_rise(200, 0.0, 200.0)
    x1, y1, x2, y2 = bezier(0, 0, 200, 100)
    t = np.linspace(0, 1, 4000)
    x = 3 * (1 - t) ** 2 * t * x1 + 3 * (1 - t) * t**2 * x2 + t**3 * 200
    y = 3 * (1 - t) ** 2 * t * y1 + 3 * (1 - t) * t**2 * y2 + t**3 * 100
    # A twentieth of a pixel: what the table of 1024 steps may be off.
    np.testing.assert_allclose(100 * share, np.interp(np.arange(200) + 0.5, x, y), atol=0.05)


def drawn(alpha: float, y0: float = 20.0, y1: float = 60.0, width: float = 1.4) -> np.ndarray:
    pixels = np.full((100, 120, 4), 255, np.uint8)
    ends = np.array([y0], np.float32), np.array([y1], np.float32)
    draw_links(pixels, [Curves(10, 110, *ends, (0, 0, 0), alpha, width)], 1.0)
    return 255 - pixels[..., 0].astype(int)


def test_a_link_lays_down_its_width_and_strength_in_every_column():
    level = drawn(0.5, 40.5, 40.5, width=2.0)
    # A two-pixel stroke of half strength: 255 in all, up to rounding of each pixel.
    np.testing.assert_allclose(level[:, 12:108].sum(axis=0), 255, atol=4)
    assert level[:, :10].sum() == level[:, 110:].sum() == 0


@pytest.mark.parametrize(("y0", "y1"), [(-500.0, -400.0), (600.0, 700.0), (-300.0, 400.0), (0.0, 99.0)])
def test_links_outside_the_picture_do_no_harm(y0, y1):
    assert drawn(1.0, y0, y1).shape == (100, 120)


def test_equal_links_do_not_add_up():
    ends = np.array([50.5, 50.5], np.float32)
    pixels = np.full((100, 120, 4), 255, np.uint8)
    draw_links(pixels, [Curves(10, 110, ends, ends, (0, 0, 0), 0.5, 1.0)], 1.0)
    assert pixels[50, 60, 0] == pytest.approx(128, abs=2)


def test_where_links_meet_none_rubs_out_another():
    starts = np.arange(5, 95, 3, dtype=np.float32)
    ends = np.full(len(starts), 50.5, np.float32)
    pixels = np.full((100, 400, 4), 255, np.uint8)
    draw_links(pixels, [Curves(0, 400, starts, ends, (0, 0, 0), 0.5, 1.4)], 1.0)
    level = 255 - pixels[50, 320:399, 0].astype(int)
    # All arrive in this row: half of black, where at least one covers the whole pixel.
    assert level.min() >= 120
    assert level.max() <= 130


def decoded(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def crowded(theme: str, heads: int = 16) -> Scene:
    """Bars of every head, a map of every weight, and thousands of links and letters between them."""
    scene = Scene(400, 300, palette(theme), small=True)
    random = np.random.default_rng(0)
    for head in range(heads):
        scene.rect(10 * head, 20, 8, 40, scene.colours.head(head))
        ends = random.uniform(100, 290, (2, 80)).astype(np.float32)
        scene.add(Curves(0, 300, ends[0], ends[1], scene.colours.head(head), 0.4, 1.4))
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16)
    scene.add(Picture(320, 20, 64, 64, codes, scene.colours.ramp))
    scene.rect(200, 20, 8, 40, scene.colours.positive)
    scene.rect(210, 20, 8, 40, scene.colours.link)
    scene.text(10, 90, "many letters in many shades of ink")
    return scene


@pytest.mark.parametrize("most", [60_000, 8_000, 1])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_however_small_the_file_colours_that_tell_something_are_exact(theme, most):
    scene = crowded(theme)
    pixels = rasterise(scene)
    drawn = decoded(encode_small(pixels, scene, most))
    for colour in scene.colours.exact:
        here = (pixels[..., :3] == colour).all(axis=-1)
        assert (drawn[here] == colour).all(), f"{colour} was rounded"
    paper = (pixels[..., :3] == scene.colours.paper).all(axis=-1)
    assert (drawn[paper] == scene.colours.paper).all()


def test_a_small_file_has_few_colours_near_the_true_ones():
    scene = crowded("light", heads=2)
    pixels = rasterise(scene)
    drawn = decoded(encode_small(pixels, scene, 60_000))
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) <= 256
    # A third of the way between two neighbouring shades of one colour, at most.
    assert np.abs(drawn.astype(int) - pixels[..., :3]).mean() < 6


def test_a_file_that_may_be_large_keeps_the_colour_of_every_weight():
    scene = Scene(64, 64, palette("light"))
    codes = np.arange(200, dtype=np.uint8).repeat(20)[:4000].reshape(50, 80)
    scene.add(Picture(0, 0, 64, 64, codes, scene.colours.ramp))
    pixels = rasterise(scene)
    np.testing.assert_array_equal(decoded(encode_small(pixels, scene, 60_000)), pixels[..., :3])


def test_all_colours_are_kept_where_no_number_is_given():
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 4), np.uint8)
    image = Image.open(io.BytesIO(encode_png(pixels)))
    np.testing.assert_array_equal(np.asarray(image), pixels[..., :3])


def lines_of(*strokes: Path, height: int = 20, width: int = 40) -> np.ndarray:
    pixels = np.full((height, width, 4), 255, np.uint8)
    draw_strokes(pixels, strokes, 1.0)
    return pixels[..., :3].astype(int)


def test_where_strokes_cross_the_stronger_is_seen():
    across, down = np.array([[2, 10], [38, 10]], np.float32), np.array([[20, 2], [20, 18]], np.float32)
    pixels = lines_of(Path(across, (0, 0, 0), 2.0, 0.9), Path(down, (0, 0, 0), 2.0, 0.3))
    assert pixels[10, 20, 0] == pixels[10, 8, 0]
    # Nine tenths of black.
    assert pixels[10, 8, 0] == pytest.approx(25, abs=4)


@pytest.mark.parametrize("angle", [0, 20, 45, 70, 90, 135])
def test_a_stroke_is_as_wide_whichever_way_it_runs_and_has_no_gaps(angle):
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    ends = np.array([[50.0, 50.0]]) + np.array([[-40], [40]]) * way
    pixels = lines_of(Path(ends.astype(np.float32), (0, 0, 0), 2.0), height=100, width=100)
    ink = 1 - pixels[..., 0] / 255
    # Pixels beside the ends are not looked at; 60 px of length, 2 px wide, and smooth rims.
    y, x = np.mgrid[:100, :100] + 0.5
    along = (x - 50) * way[0] + (y - 50) * way[1]
    assert ink[np.abs(along) < 30].sum() == pytest.approx(60 * 2, rel=0.05)
    for place in np.arange(-30, 30, 0.5):
        x, y = (50 + place * way).astype(int)
        assert ink[y, x] > 0.4


def test_dashes_have_gaps_of_their_length():
    line = np.array([[0, 5], [100, 5]], np.float32)
    drawn = lines_of(Path(line, (0, 0, 0), 2.0, dash=(6.0, 4.0)), height=10, width=100)[5, :, 0] < 128
    assert drawn.mean() == pytest.approx(0.6, abs=0.08)
    assert np.count_nonzero(np.diff(drawn.astype(int)) == 1) >= 9


def test_lines_in_the_colour_of_paper_wipe_out_what_is_under_them_alone():
    scene = Scene(80, 20, palette("light"))
    line = [(2, 10), (78, 10)]
    scene.path(line, (0, 0, 0), 5.0)
    scene.path(line, scene.colours.paper, 1.0)
    scene.path([(40, 2), (40, 18)], (255, 0, 0), 3)
    pixels = rasterise(scene)[..., :3]
    assert pixels[10, 20].min() >= 120, "half a pixel of paper"
    assert pixels[11, 20].max() <= 10, "the rest of the line stays"
    assert tuple(pixels[10, 40]) == (255, 0, 0)


@pytest.mark.parametrize("place", [-900.0, 900.0])
def test_lines_outside_the_picture_do_no_harm(place):
    away = np.array([[place, place], [place + 10, place]], np.float32)
    assert (lines_of(Path(away, (0, 0, 0), 2.0)) == 255).all()


@given(st.text(max_size=300), st.floats(20, 300))
def test_a_shortened_text_fits_and_keeps_both_ends(text, width):
    short = shorten(text, width, 13.0)
    if short != text:
        assert short.count("…") >= 1
        assert short[0] == text[0]
        assert text_width(short, 13.0) <= width or len(short) <= 3


@given(st.text(max_size=40))
def test_every_text_can_be_measured_and_drawn(text):
    scene = Scene(300, 30, palette("light"))
    scene.text(5, 20, text)
    scene.text(5, 20, text, angle=55)
    assert text_width(text, 13.0) >= 0
    assert rasterise(scene).shape == (30, 300, 4)


def test_joiners_without_a_picture_are_left_out():
    assert "".join(run.text for run in text_runs("a\u200db")) == "ab" or len(text_runs("a\u200db")) == 1
