import io
import re
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from bertviz_plus.plates.attention import AttentionPlate
from bertviz_plus.plates.palette import palette
from bertviz_plus.plates.plate import FALLBACK_BYTES, MARGIN
from bertviz_plus.plates.scene import Curves
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.weight_codes import LEAST_WEIGHT

MODES = ("heads", "overview", "matrix", "neuron")
HARD = (
    *("[CLS]", "</script><img src=x onerror=alert(1)>", "سلام", "👩‍👩‍👧‍👦", "日本語", "x" * 200),
    *("\u200b", "\x00\x1b", "a & b <c> \"d\" 'e'", "[SEP]"),
)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def hard_trace(make_trace) -> Trace:
    n = len(HARD)
    return make_trace(n=n, tokens=HARD, words=None, word_ids=None)


def with_vectors(trace: Trace) -> Trace:
    shape = (*trace.attention.shape[:3], 32)
    vectors = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    return replace(trace, queries=vectors, keys=vectors)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("layers", "heads", "n"), [(6, 12, 22), (12, 12, 128), (24, 16, 128), (2, 12, 512)])
def test_the_fallback_keeps_its_budget_whatever_the_size(make_trace, mode, layers, heads, n):
    trace = with_vectors(make_trace(layers, heads, n))
    picture = AttentionPlate(trace, mode=mode, layer=1).fallback()
    assert len(picture) <= FALLBACK_BYTES
    image = opened(picture)
    assert image.width == 960
    assert image.mode == "P"
    assert len(image.getcolors()) > 3, "a picture of something, not a placeholder"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("n", [2, 8])
def test_few_tokens_and_both_themes(make_trace, theme, mode, n):
    plate = AttentionPlate(with_vectors(make_trace(n=n)), mode=mode, theme=theme)
    image = opened(plate.png(width=400, scale=2)).convert("RGB")
    assert image.width == 800
    assert image.getpixel((799, image.height - 1)) == ((255,) * 3 if theme == "light" else (17,) * 3)


@pytest.mark.parametrize("mode", MODES)
def test_one_token_and_one_head(mode):
    trace = Trace(("hi",), attention=np.ones((1, 1, 1, 1), np.float32))
    plate = AttentionPlate(trace, mode=mode)
    assert opened(plate.png()).width == 960
    ElementTree.fromstring(plate.svg())


@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
@pytest.mark.parametrize("mode", ["heads", "overview", "matrix"])
def test_every_attention_of_a_translation(translation, kind, mode):
    plate = AttentionPlate(translation, attention_kind=kind, mode=mode)
    assert opened(plate.fallback()).width == 960
    assert plate.pdf().startswith(b"%PDF-")


@pytest.mark.parametrize("mode", MODES)
def test_svg_is_well_formed_and_refers_to_nothing_outside(make_trace, mode):
    svg = AttentionPlate(with_vectors(hard_trace(make_trace)), mode=mode).svg(width_cm=12)
    tree = ElementTree.fromstring(svg)
    assert {element.tag.split("}")[1] for element in tree.iter()} <= {
        *("svg", "title", "desc", "rect", "path", "text", "circle", "image")
    }
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name.endswith("href"):
                assert value.startswith("data:image/png;base64,")
    assert svg.count("http") == 1, "the namespace"
    assert tree.get("width") == "12cm"


def test_svg_text_is_real_text(make_trace):
    svg = AttentionPlate(hard_trace(make_trace)).svg()
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]
    for token in ("سلام", "日本語", "a & b <c> \"d\" 'e'"):
        assert texts.count(token) == 2, "in both columns"
    assert "layer 0, all 4 heads" in texts


def links_in(svg: str) -> int:
    paths = re.findall(r'class="(?:head-\d+|several)" d="([^"]*)"', svg)
    return sum(path.count("M") for path in paths)


def test_each_pair_of_tokens_is_one_link(make_trace):
    svg = AttentionPlate(make_trace(n=12)).svg()
    assert links_in(svg) == 144


def test_above_20_000_links_the_weakest_are_left_out_and_counted(make_trace):
    attention = np.full((1, 1, 150, 150), 0.25 / 149, np.float32)
    attention[0, 0][np.eye(150, dtype=bool)] = 0.75
    attention[attention < 0.5] = 0.004
    # As a poster, on which all of the text has room.
    svg = AttentionPlate(make_trace(1, 1, 150, attention=attention)).svg(width_cm=40)
    assert links_in(svg) == 20_000
    assert "2,500 faintest links left out" in svg


def test_a_threshold_hides_and_says_how_much(make_trace):
    attention = np.tile(np.array([0.9, 0.08, 0.02], np.float32), (1, 2, 3, 1))
    trace = Trace(("a", "b", "c"), attention=attention)
    svg = AttentionPlate(trace, threshold=0.05).svg()
    assert links_in(svg) == 6
    assert "weights under 0.05 hidden: 2.0% of attention" in svg


def test_selected_tokens_have_a_strand_a_head(make_trace):
    attention = np.full((1, 3, 4, 4), 0.25, np.float32)
    trace = make_trace(1, 3, 4, attention=attention)
    chosen = AttentionPlate(trace, selected_tokens=(2,)).svg()
    assert len(re.findall(r'class="head-\d', chosen)) == 12
    assert links_in(chosen) == 12 + 4, "a strand a head and target, a hairline a target"
    assert "only from “token1”" in chosen


def test_missing_weights_are_never_drawn_and_counted(make_trace):
    attention = make_trace(n=6).attention.copy()
    attention[:, :, 2, 3] = np.nan
    trace = make_trace(n=6, attention=attention)
    svg = AttentionPlate(trace).svg()
    assert links_in(svg) == 35
    assert "4 weights missing" in svg
    assert "missing" in AttentionPlate(trace, mode="matrix").svg()


@pytest.mark.parametrize("mode", MODES)
def test_grey_has_no_colour(make_trace, mode):
    plate = AttentionPlate(with_vectors(make_trace()), mode=mode, selected_tokens=[2])
    svg = plate.svg(grey=True)
    assert all(a == b == c for a, b, c in re.findall(r"#(..)(..)(..)", svg))


def test_grey_heads_differ_by_lightness_or_dash(make_trace):
    svg = AttentionPlate(make_trace(1, 16, 6), selected_tokens=[1]).svg(grey=True)
    look = r'class="head-(\d+)" d="[^"]*" fill="none" stroke="(#\w+)"[^/]*?(?:stroke-dasharray="([^"]*)")?/>'
    looks = {head: (stroke, dash) for head, stroke, dash in re.findall(look, svg)}
    assert len(looks) == len(set(looks.values())) > 8
    assert svg.count(">heads<") == 1, "the legend"


def pdf_streams(pdf: bytes) -> bytes:
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    content = []
    for stream in found:
        try:
            content.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(content)


def test_pdf_has_text_as_text_and_links_as_curves(make_trace):
    pdf = AttentionPlate(make_trace(n=12)).pdf(width_cm=10)
    content = pdf_streams(pdf)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb" c(?:\s|$)", content)) >= 144
    assert b" Tj" in content
    assert b"/ca " in pdf or b"/CA " in pdf, "opacity"
    width = float(re.search(rb"/MediaBox \[0 0 ([\d.]+)", pdf).group(1))
    assert width == pytest.approx(10 * 72 / 2.54, abs=0.01)


def test_pdf_counts_the_characters_that_no_font_has(make_trace):
    trace = make_trace(n=3, tokens=("[CLS]", "\U00012000", "[SEP]"), words=None, word_ids=None)
    with pytest.warns(UserWarning, match="no font of this machine has"):
        AttentionPlate(trace).pdf()


def test_the_same_state_draws_the_same_picture(make_trace):
    trace = make_trace()
    assert AttentionPlate(trace).png() == AttentionPlate(trace).png()


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("mode", "tree", "mode must be one of heads, overview, matrix, neuron, got 'tree'"),
        ("layer", 9, r"layer must be one of \[0, 1\] for this trace, got 9"),
        ("heads", (4,), r"heads must be some of 0..3 for this trace, got \[4\]"),
        ("threshold", 2.0, "threshold must be between 0 and 1, got 2.0"),
        ("theme", "sepia", 'theme must be "light" or "dark"'),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(make_trace, argument, value, message):
    with pytest.raises(ValueError, match=message):
        AttentionPlate(make_trace(), **{argument: value})


@pytest.mark.parametrize("given", [{"width_cm": -1}, {"font_size": 0}, {"width_cm": 2, "font_size": 40}])
def test_impossible_paper_is_refused(make_trace, given):
    with pytest.raises(ValueError, match=r"width_cm|font_size"):
        AttentionPlate(make_trace()).svg(**given)


def test_a_trace_without_attention_says_what_to_keep():
    with pytest.raises(ValueError, match=r'keep=\("attention",\)'):
        AttentionPlate(Trace(("a",)))


def test_heads_that_are_not_included_are_left_out_of_the_overview(make_trace):
    trace = make_trace(2, 4, 6)
    svg = AttentionPlate(trace, mode="overview", include_heads=[1, 3]).svg()
    assert "2 layers × 2 heads" in svg
    assert "2 layers × 4 heads" in AttentionPlate(trace, mode="overview").svg()


def test_heads_under_an_even_spread_have_no_strand(make_trace):
    attention = np.full((1, 2, 4, 4), 0.25, np.float32)
    attention[0, 1] = [0.7, 0.1, 0.1, 0.1]
    svg = AttentionPlate(make_trace(1, 2, 4, attention=attention), selected_tokens=[2]).svg()
    strands = re.findall(r'class="head-(\d)"', svg)
    assert len(strands) == 4 + 1, "all of head 0, and of head 1 the one above 0.25"
    assert "grey: mean, coloured: heads giving 0.25 or more" in svg


def test_columns_of_special_tokens_are_seen_among_512(make_trace):
    n = 512
    attention = np.full((1, 1, n, n), 0.1 / (n - 1), np.float32)
    attention[..., 0] = 0.9
    plate = AttentionPlate(make_trace(1, 1, n, attention=attention), mode="matrix")
    pixels = np.asarray(opened(plate.png()).convert("L"))
    dark = (pixels < 80).sum(axis=1)
    assert np.median(dark[dark > 0][100:300]) >= 3


def test_a_plate_of_a_pair_says_which_sentences_it_is_of(make_trace):
    trace = replace(make_trace(n=6), segment_ids=(0, 0, 0, 1, 1, 1))
    for mode in ("heads", "matrix", "overview"):
        assert "A→B" in AttentionPlate(trace, mode=mode, segments="a→b").svg()
        assert "A→B" not in AttentionPlate(trace, mode=mode).svg()


def words_in(svg: str) -> str:
    return " ".join(element.text or "" for element in ElementTree.fromstring(svg).iter())


@pytest.mark.parametrize("mode", MODES)
def test_there_is_nothing_to_press(make_trace, mode):
    said = words_in(AttentionPlate(with_vectors(make_trace()), mode=mode).svg()).split()
    assert not {"Heads", "Overview", "Matrix", "Neuron", "Save", "View", "?"} & set(said)


def test_a_long_text_is_cut_and_what_is_left_out_is_said(make_trace):
    trace = with_vectors(make_trace(2, 4, 128))
    for plate in (AttentionPlate(trace), AttentionPlate(trace, mode="neuron")):
        # Of a PNG the figure is as high as the view, and the caption two lines.
        assert opened(plate.png()).height <= 484 + 2 * MARGIN + 60
        scene = plate._scene(900.0)
        assert plate._draw(scene, 484)
        said = " ".join(mark.text for mark in scene.marks if hasattr(mark, "text"))
        count = re.search(r"(?:tokens|keys) (\d+)–\d+ of 128 left out, with [\d.]+% of the attention", said)
        assert count
        drawn = {mark.text for mark in scene.marks if hasattr(mark, "text")}
        shown = int(count[1]) - 1
        assert f"token{shown - 1}" in drawn
        assert f"token{shown + 1}" not in drawn


def test_the_last_special_token_stays_where_a_text_is_cut(make_trace):
    scene = (plate := AttentionPlate(make_trace(2, 4, 128)))._scene(900.0)
    plate._draw(scene, 484)
    assert sum(getattr(mark, "text", "") == "[SEP]" for mark in scene.marks) == 2


def paper_size(svg: str) -> tuple[float, float]:
    tree = ElementTree.fromstring(svg)
    return tuple(float(tree.get(name).removesuffix("cm")) for name in ("width", "height"))


@pytest.mark.parametrize("n", [30, 60, 200])
@pytest.mark.parametrize("mode", MODES)
def test_a_column_of_a_page_is_no_higher_than_the_page(make_trace, n, mode):
    svg = AttentionPlate(with_vectors(make_trace(2, 12, n)), mode=mode).svg(width_cm=8)
    assert paper_size(svg)[1] <= 24


@pytest.mark.parametrize("n", [40, 60, 90])
def test_a_long_text_on_paper_is_whole_and_fits_a_page(make_trace, n):
    svg = AttentionPlate(make_trace(2, 4, n)).svg(width_cm=16)
    assert paper_size(svg)[0] == 16
    assert paper_size(svg)[1] <= 24
    assert "left out" not in svg
    assert words_in(svg).count(f"token{n - 3}") == 2


def test_what_does_not_fit_a_page_in_the_smallest_type_is_cut_and_said(make_trace):
    svg = AttentionPlate(make_trace(1, 2, 400)).svg(width_cm=16)
    assert paper_size(svg)[1] <= 24
    assert re.search(r"tokens \d+–398 of 400 left out", words_in(svg))


@pytest.mark.parametrize("width_cm", [8, 12, 16])
def test_an_overview_keeps_its_labels_or_says_that_they_are_left_out(make_trace, width_cm):
    said = words_in(AttentionPlate(make_trace(6, 12, 12), mode="overview").svg(width_cm=width_cm))
    assert ("broad: everywhere" in said) != ("names of patterns left out" in said)
    assert bool(re.search(r"\[CLS\] \d+%|broad|mixed|self \d+%", said)) or "left out" in said


def test_links_that_a_small_file_leaves_out_are_counted(make_trace):
    trace = make_trace(2, 4, 20)
    plate = AttentionPlate(trace)
    scene = plate._scene(928.0, small=True)
    plate._draw(scene, 484)
    drawn = sum(len(mark.y0) for mark in scene.marks if isinstance(mark, Curves))
    said = " ".join(mark.text for mark in scene.marks if hasattr(mark, "text"))
    all_links = int((trace.attention[0].max(axis=0) >= LEAST_WEIGHT).sum())
    left_out = re.search(r"([\d,]+) faintest links? left out", said)
    assert drawn + (int(left_out[1].replace(",", "")) if left_out else 0) == all_links


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_head_has_its_exact_colour_in_the_fallback(make_trace, theme):
    image = opened(AttentionPlate(make_trace(1, 16, 12), theme=theme).fallback()).convert("RGB")
    colours = {colour for _, colour in image.getcolors(1 << 24)}
    assert colours >= set(palette(theme).heads)


def test_a_png_has_a_margin(make_trace):
    pixels = np.asarray(opened(AttentionPlate(make_trace()).png()).convert("L"))
    around = int(MARGIN)
    for side in (pixels[:around], pixels[-around:], pixels[:, :around], pixels[:, -around:]):
        assert (side == 255).all()


def test_what_is_paler_is_said_where_it_is(make_trace):
    trace = make_trace(1, 4, 12)
    assert "paler: [CLS], [SEP]" in words_in(AttentionPlate(trace).svg())
    assert "paler" not in words_in(AttentionPlate(trace, selected_tokens=[3]).svg())
    hidden = AttentionPlate(trace, selected_tokens=[3], hide_special=True)
    assert "hidden: [CLS], [SEP]" in words_in(hidden.svg())
