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
    across = view.get_by_role("button", name="Sentences A→B")
    across.focus()
    page.keyboard.press("Enter")
    expect(across).to_have_attribute("aria-pressed", "true")
    expect(tokens(view, "from")).to_have_count(9)
    expect(view.locator(".bvp-caption")).to_contain_text("only A→B")
    page.keyboard.press("ArrowRight")
    expect(view.get_by_role("button", name="Sentences B→A")).to_be_focused()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    _, single = show(SAMPLES["small"](), width=width)
    expect(single.get_by_role("button", name="Sentences A→B")).to_have_count(0)


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
