"""The alignment view: its exported page in a browser that reaches nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bertviz_plus.traces.alignments import Alignments
from bertviz_plus.views.alignment import AlignmentView
from bertviz_plus.views.alignment.plate import map_values
from tests.browser.alignment_view import HOSTILE, HOUSE, LAYERS, alignments, caption, pair, word
from tests.browser.attention_view import wait_until_drawn
from tests.browser.network import Watched

pytestmark = pytest.mark.browser

Show = Callable[..., Locator]


@pytest.fixture
def show(watch: Watched, tmp_path: Path) -> Show:
    """Export a view and open the page."""

    def export_and_open(given: Alignments, width: int = 992, **state: object) -> Locator:
        path = tmp_path / "view.html"
        AlignmentView(given, **state).export_html(path)
        page = watch.page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        return wait_until_drawn(page)

    return export_and_open


def test_a_word_that_is_pointed_at_names_its_partner(show: Show) -> None:
    view = show(alignments())
    word(view, "source", 1).hover()
    expect(view.locator(".bvp-reading")).to_contain_text("Haus")
    expect(word(view, "target", 1)).to_have_class("bvp-w bvp-partner")


def test_layers_and_methods_change_by_key_list_and_map(show: Show) -> None:
    view = show(alignments())
    expect(caption(view)).to_contain_text("layer 2, inter")
    word(view, "source", 0).press("[")
    expect(caption(view)).to_contain_text("layer 1, inter")
    view.locator("select").select_option("mwmf")
    expect(caption(view)).to_contain_text("layer 1, mwmf")
    view.locator(".bvp-cells .bvp-cell").first.click()
    expect(caption(view)).to_contain_text("layer 0, fwd")


def test_the_error_rate_is_that_of_python(show: Show) -> None:
    given = alignments()
    view = AlignmentView(given)
    shown = show(given)
    for layer in range(LAYERS):
        view.hidden_layer = layer
        links = view.alignment_of(0).pairs
        gold = given[0].gold
        hits = len(links & gold.sure) + len(links & gold.possible)
        error = 1 - hits / (len(links) + len(gold.sure))
        shown.locator('input[type="range"]').first.fill(str(layer))
        expect(caption(shown)).to_contain_text(f"AER {error:.2f}")


def test_links_are_drawn_and_deleted_by_hand(show: Show) -> None:
    view = show(alignments(pair(*HOUSE)))
    view.get_by_role("button", name="Draw").click()
    word(view, "source", 0).click()
    word(view, "target", 3).click()
    word(view, "source", 0).hover()
    expect(word(view, "target", 3)).to_have_class("bvp-w bvp-partner")
    expect(view.locator(".bvp-reading")).to_contain_text("klein")


@pytest.mark.parametrize("kind", ["mouse", "touch", "pen"])
def test_a_drag_from_word_to_word_draws_a_link_and_the_map_follows(show: Show, kind: str) -> None:
    given = alignments(pair(*HOUSE), pair("a b c", "x y z", seed=1))
    shown = show(given, drawing=True)
    expect(shown.locator(".bvp-axis").first).to_have_text("confidence")
    drag(shown, word(shown, "source", 0), word(shown, "target", 2), kind)
    drag(shown, word(shown, "target", 1), word(shown, "source", 1), kind)
    word(shown, "source", 1).hover()
    expect(shown.locator(".bvp-reading")).to_contain_text("Haus sure")
    expect(shown.locator(".bvp-axis").first).to_have_text("AER")
    expect(shown.locator(".bvp-aside")).to_contain_text("over 1 pair, drawn here")
    view = AlignmentView(given, drawn={0: "0-2 1-1"})
    values = map_values(view._payload, view)[1].T.ravel()
    for cell, value in zip(shown.locator(".bvp-cell").all(), values, strict=True):
        said = f"alignment error rate {value:.3f}"
        assert said in (cell.get_attribute("aria-label") or "")


def test_a_line_follows_the_pointer_and_escape_lets_it_go(show: Show) -> None:
    shown = show(alignments(pair(*HOUSE)), drawing=True)
    page = shown.page
    lit = shown.locator(".bvp-lit")
    painted = "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v)"
    start = word(shown, "source", 0).bounding_box()
    end = word(shown, "target", 2).bounding_box()
    assert start is not None
    assert end is not None
    word(shown, "source", 4).click()
    page.keyboard.press("Escape")
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 30, start["y"] + 60)
    assert lit.evaluate(painted)
    page.keyboard.press("Escape")
    page.mouse.move(end["x"] + 5, end["y"] + 5)
    page.mouse.up()
    expect(caption(shown)).to_contain_text("nothing drawn yet")
    word(shown, "source", 0).click()
    word(shown, "target", 0).click()
    expect(caption(shown)).to_contain_text("links drawn by hand")


def drag(view: Locator, start: Locator, end: Locator, kind: str) -> None:
    """Press on a word, move to another, let go; with a finger or a pen by their events."""
    boxes = [one.bounding_box() for one in (start, end)]
    (x0, y0), (x1, y1) = [(box["x"] + box["width"] / 2, box["y"] + 8) for box in boxes if box]
    mouse = view.page.mouse
    if kind == "mouse":
        mouse.move(x0, y0)
        mouse.down()
        mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
        mouse.move(x1, y1)
        mouse.up()
        return
    session = view.page.context.new_cdp_session(view.page)
    places = [(x0, y0), ((x0 + x1) / 2, (y0 + y1) / 2), (x1, y1)]
    if kind == "touch":
        for name, (x, y) in zip(("touchStart", "touchMove", "touchMove"), places, strict=True):
            session.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return
    about = {"button": "left", "buttons": 1, "pointerType": "pen", "clickCount": 1}
    names = ("mousePressed", "mouseMoved", "mouseMoved", "mouseReleased")
    for name, (x, y) in zip(names, (*places, places[-1]), strict=True):
        session.send("Input.dispatchMouseEvent", {"type": name, "x": x, "y": y, **about})


def test_hostile_words_and_narrow_columns_stay_inside(show: Show) -> None:
    view = show(alignments(pair(*HOSTILE)), width=400)
    overflow = view.evaluate("(root) => root.scrollWidth - root.clientWidth")
    assert overflow <= 0
    assert view.locator("img").count() == 0
    texts = view.locator('[data-side="source"]').all_text_contents()
    assert "</script><img" in texts[0] or "…" in texts[0]


def test_the_pager_goes_through_the_pairs(show: Show) -> None:
    view = show(alignments(pair(*HOUSE), pair("a b c", "x y z", seed=1)))
    expect(word(view, "source", 0)).to_have_text("the")
    view.locator(".bvp-pager button").last.click()
    expect(word(view, "source", 0)).to_have_text("a")


def test_what_the_method_links_is_said_at_rest_and_to_screen_readers(show: Show) -> None:
    view = show(alignments())
    reading = view.locator(".bvp-reading")
    expect(reading).to_contain_text("inter links words that are each most like the other")
    view.locator("select").select_option("rev")
    expect(reading).to_contain_text("rev links each target word to the source word most like it")
    expect(view.locator(".bvp-live")).to_contain_text("rev links each target word")
    view.locator(".bvp-label").first.hover()
    expect(reading).to_contain_text("fwd links each source word")


def test_the_map_has_its_baseline_and_its_best_cells(show: Show) -> None:
    aside = show(alignments()).locator(".bvp-aside")
    expect(aside).to_contain_text("reached by")
    expect(aside).to_contain_text("diagonal 0.00 (word order alone)")
    bare = show(alignments(pair(*HOUSE)), methods=["inter", "rev"])
    expect(bare.locator(".bvp-aside")).to_contain_text("random numbers for cosines")
    expect(caption(bare)).to_contain_text("(by chance 0.")
    expect(bare.locator(".bvp-cell .bvp-best").first).to_have_text("•")


def test_a_short_pair_is_low_and_a_long_one_fits_a_narrow_column(show: Show) -> None:
    def height(view: Locator) -> float:
        return float(view.evaluate("(root) => root.getBoundingClientRect().height"))

    short = show(alignments(pair("house", "Haus")))
    assert short.locator(".bvp-main").evaluate("(main) => main.clientHeight") < 170
    long = show(
        alignments(pair("a house is here . " * 8, "ein Haus ist hier . " * 8, gold="0-0 1?1")), width=400
    )
    assert height(long) <= 565


def test_columns_of_a_sentence_from_the_right_begin_there(show: Show) -> None:
    given = alignments(pair("the girl read", "قرأت البنت كتابا"))
    view = show(given, show_similarity=True)
    matrix = view.locator(".bvp-matrix canvas")
    box = matrix.bounding_box()
    assert box is not None
    reading = view.locator(".bvp-reading")
    # From the left edge of the first row on: the first cell met is the last word's.
    for x in range(0, int(box["width"]), 8):
        matrix.hover(position={"x": x, "y": box["height"] - 8})
        said = reading.text_content() or ""
        if "cosine" in said:
            break
    assert "كتابا" in said
