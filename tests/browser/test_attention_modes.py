"""What each mode says and does under a hand: sentences, labels, the matrix of a long text, two fingers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import bertviz_plus as bp
from tests.browser.attention_view import choose, tokens, wait_until_drawn
from tests.browser.network import Watched
from tests.browser.samples import SAMPLES, weights

pytestmark = pytest.mark.browser
LONG = 512

Show = Callable[..., tuple[Page, Locator]]


@pytest.fixture
def show(watch: Watched, tmp_path: Path) -> Show:
    """Export a view and open the page."""

    def export_and_open(trace: bp.Trace, width: int = 960, **state: object) -> tuple[Page, Locator]:
        path = tmp_path / "view.html"
        bp.AttentionView(trace, embed="all", **state).export_html(path)
        page = watch.page()
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path.as_uri())
        return page, wait_until_drawn(page)

    return export_and_open


def long_trace() -> bp.Trace:
    names = ["[CLS]", *(f"t{place}" for place in range(1, LONG - 1)), "[SEP]"]
    return bp.Trace.from_attention(weights(1, 2, LONG), names)


def reading(view: Locator) -> Locator:
    return view.locator(".bvp-reading")


@pytest.mark.parametrize("width", [960, 400])
def test_a_pair_has_its_sentences_in_the_toolbar_and_one_text_has_none(show: Show, width: int) -> None:
    page, view = show(SAMPLES["grid"](), width=width)
    across = view.get_by_label("Sentences")
    across.select_option("A→B")
    expect(tokens(view, "from")).to_have_count(9)
    expect(view.locator(".bvp-caption")).to_contain_text("only A→B")
    across.focus()
    # A key of the menu is not one of the view.
    page.keyboard.press("ArrowDown")
    expect(view.locator(".bvp-caption")).to_contain_text("only B→A")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    _, single = show(SAMPLES["small"](), width=width)
    expect(single.get_by_label("Sentences")).to_have_count(0)


def test_the_caption_of_a_short_text_is_one_line(show: Show) -> None:
    _, view = show(SAMPLES["small"]())
    for mode in ("heads", "overview", "matrix"):
        choose(view, mode)
        assert view.locator(".bvp-under").evaluate("(one) => one.clientHeight") < 20, mode
    choose(view, "heads")
    tokens(view).nth(3).hover()
    assert view.locator(".bvp-under").evaluate("(one) => one.clientHeight") < 20


def test_the_overview_says_in_words_what_its_labels_say_in_short(show: Show) -> None:
    _, view = show(SAMPLES["small"](), mode="overview")
    expect(view.locator(".bvp-caption")).to_contain_text("prev.: token before, broad: everywhere")
    view.locator(".bvp-cell").nth(5).hover()
    expect(reading(view)).to_contain_text("layer 0, head 5: ")
    expect(reading(view)).to_contain_text("of its attention goes to")
    # The frame around a map holds its label, too.
    cell = view.locator(".bvp-cell").nth(5)
    assert cell.evaluate("(one) => one.scrollHeight <= one.clientHeight + 1")


@pytest.mark.parametrize("heads", [[3], [0, 4]])
def test_the_tab_key_enters_the_overview_where_the_other_modes_look(show: Show, heads: list[int]) -> None:
    _, view = show(SAMPLES["small"](), mode="overview", layer=2, heads=heads)
    stops = view.locator(".bvp-cell[tabindex='0']")
    expect(stops).to_have_count(1)
    assert (stops.get_attribute("aria-label") or "").startswith(f"layer 2, head {heads[0]}: ")


def test_heads_that_are_not_included_are_left_out_of_the_overview(show: Show) -> None:
    _, view = show(SAMPLES["small"](), mode="overview", include_heads=[1, 7])
    cells = view.locator(".bvp-cell")
    expect(cells).to_have_count(12)
    names = cells.evaluate_all("(all) => all.map((one) => one.ariaLabel.match(/head (\\d+)/)[1])")
    assert set(names) == {"1", "7"}
    expect(view.locator(".bvp-caption")).to_contain_text("6 layers × 2 heads")
    cells.first.click()
    expect(view.locator(".bvp-caption")).to_contain_text("head 1")


def test_the_first_column_of_512_tokens_can_be_seen_and_hit(show: Show) -> None:
    page, view = show(long_trace(), mode="matrix", heads=[0])
    plot = view.locator(".bvp-plot").bounding_box()
    assert plot is not None
    for x, column in ((0.5, "[CLS]"), (2.5, "[CLS]"), (plot["width"] - 2, "[SEP]")):
        page.mouse.move(plot["x"] + x, plot["y"] + 200)
        expect(reading(view)).to_contain_text(f"→ {column}: ")
        frame = view.locator(".bvp-spot").bounding_box()
        assert frame is not None
        assert frame["x"] <= plot["x"] + x <= frame["x"] + frame["width"]


def test_two_fingers_zoom_the_matrix_and_pin_nothing(show: Show) -> None:
    page, view = show(long_trace(), mode="matrix", heads=[0])
    plot = view.locator(".bvp-plot").bounding_box()
    assert plot is not None
    middle = plot["x"] + 100, plot["y"] + 100
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, *reach: float) -> None:
        points = [
            {"x": middle[0] + side * one, "y": middle[1], "id": side + 1} for one in reach for side in (-1, 1)
        ]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 10)
    for reach in (20, 60, 150):
        touch("touchMove", reach)
    touch("touchEnd")
    expect(view.locator(".bvp-caption")).to_contain_text("rows in view")
    expect(view.locator(".bvp-pin")).to_have_count(0)
    assert page.evaluate("() => visualViewport.scale") == 1


def test_the_columns_of_the_neuron_mode_say_what_they_are(show: Show) -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 12, 10, 8)).astype(np.float32)
    small = SAMPLES["small"]()
    trace = bp.Trace(small.tokens, attention=small.attention, queries=vectors, keys=vectors)
    _, view = show(trace, mode="neuron")
    for title in ("who looks", "looked at", "8 numbers", "what each token offers", "query × key", "softmax"):
        expect(view.locator(".bvp-titles")).to_contain_text(title)
    expect(reading(view)).to_contain_text("weights that sum to 1")


def test_a_mouse_that_rests_on_a_heads_number_changes_nothing(show: Show) -> None:
    page, view = show(SAMPLES["small"]())
    number = view.get_by_role("button", name="Heads 5", exact=True)
    caption = view.locator(".bvp-caption")
    number.click()
    expect(caption).to_contain_text("layer 0, head 5")
    number.click()
    expect(caption).to_contain_text("all 12 heads")
    # The row of heads goes and comes again under the mouse.
    for key in "21":
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    expect(caption).to_contain_text("all 12 heads")
    number.hover(position={"x": 4, "y": 4})
    expect(caption).to_contain_text("head 5")
    page.keyboard.press("2")
    page.mouse.move(5, 600)
    page.keyboard.press("1")
    expect(caption).to_contain_text("all 12 heads")


def test_a_long_text_shows_where_it_goes_on(show: Show) -> None:
    _, view = show(long_trace(), heads=[0])
    caption = view.locator(".bvp-caption")
    gaps = view.locator(".bvp-from .bvp-gap:visible")
    expect(gaps).to_have_text("… 489 more …")
    expect(caption).to_contain_text("3 strongest links a row, ")
    tokens(view).nth(5).hover()
    expect(reading(view)).to_contain_text("↓ ")
    expect(caption).to_contain_text("out of view: ↑ 0%, ↓ ")
    view.locator(".bvp-scroller").evaluate("(one) => one.scrollTo(0, 2000)")
    expect(gaps).to_have_count(2)


def test_links_are_paler_at_rest_alone_and_the_caption_says_so(show: Show) -> None:
    _, view = show(SAMPLES["small"](), layer=1)
    expect(view.locator(".bvp-caption")).to_contain_text("paler: [CLS], [SEP]")
    tokens(view).nth(3).hover()
    expect(view.locator(".bvp-caption")).to_contain_text("grey: mean, coloured: heads giving 0.10 or more")
    expect(view.locator(".bvp-caption")).not_to_contain_text("paler")


def test_the_lower_edge_changes_the_height_by_mouse_and_by_key(show: Show) -> None:
    page, view = show(long_trace(), heads=[0])
    edge, figure = view.locator(".bvp-edge"), view.locator(".bvp-figure")
    box, before = edge.bounding_box(), figure.bounding_box()
    assert box is not None
    assert before is not None
    page.mouse.move(box["x"] + 20, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 103)
    page.mouse.up()
    higher = figure.bounding_box()
    assert higher is not None
    assert higher["height"] == before["height"] + 100
    edge.focus()
    page.keyboard.press("ArrowUp")
    expect(edge).to_be_focused()
    lower = figure.bounding_box()
    assert lower is not None
    assert 0 < higher["height"] - lower["height"] <= 40


def test_where_there_are_no_queries_the_neuron_mode_says_how_to_get_them(show: Show) -> None:
    _, view = show(SAMPLES["small"](), mode="overview")
    height = view.locator(".bvp-figure").evaluate("(one) => one.clientHeight")
    choose(view, "neuron")
    expect(view.locator(".bvp-empty")).to_contain_text('"queries", "keys"')
    assert view.locator(".bvp-figure").evaluate("(one) => one.clientHeight") >= height


def test_at_500_pixels_nothing_is_left_unsaid(show: Show) -> None:
    _, view = show(SAMPLES["small"](), width=500, mode="overview")
    expect(view.locator(".bvp-caption")).to_contain_text("names of patterns left out")
    expect(view.locator(".bvp-caption")).to_contain_text("layers run across")
    line = reading(view)
    assert line.evaluate(
        "(one) => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight"
    )
    view.get_by_role("button", name="Help and keys").click()
    expect(view.get_by_role("dialog")).to_contain_text("Click")
    expect(view.get_by_role("dialog")).not_to_contain_text("ap again")


@pytest.mark.parametrize(("layers", "width"), [(6, 1000), (12, 1112)])
def test_the_toolbar_of_a_pair_is_one_line(show: Show, layers: int, width: int) -> None:
    names = ["[CLS]", "a", "[SEP]", "b", "[SEP]"]
    trace = bp.Trace.from_attention(weights(layers, 12, 5), names, pair_start=3)
    _, view = show(trace, width=width)
    assert view.locator(".bvp-bar").evaluate("(one) => one.clientHeight") <= 32
