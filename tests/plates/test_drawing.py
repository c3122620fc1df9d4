import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bertviz_plus.plates.fonts import shorten, text_runs, text_width
from bertviz_plus.plates.link_raster import draw_links
from bertviz_plus.plates.palette import fewer_levels, palette, weight_codes
from bertviz_plus.plates.png import encode_png, reduce_colours
from bertviz_plus.plates.raster import rasterise
from bertviz_plus.plates.scene import Curves, Scene, bezier, link_rise


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
    code = int(weight_codes(np.array([weight], np.float32))[0])
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


@pytest.mark.parametrize("colours", [2, 16, 64])
def test_few_colours_keep_paper_and_stay_few(colours):
    scene = Scene(200, 100, palette("light"))
    for head in range(16):
        scene.rect(10 * head, 20, 8, 40, scene.colours.head(head))
    pixels = rasterise(scene)
    indices, table = reduce_colours(pixels, colours)
    assert len(table) <= colours
    assert (table[indices[0]] == 255).all()
    if colours == 64:
        assert np.abs(table[indices].astype(int) - pixels[..., :3]).max() <= 8


def test_all_colours_are_kept_where_no_number_is_given():
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 4), np.uint8)
    image = Image.open(io.BytesIO(encode_png(pixels)))
    np.testing.assert_array_equal(np.asarray(image), pixels[..., :3])


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
