"""The sense view's exported page, opened from a file in a browser that reaches nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.senses import SenseView
from tests.browser.network import Watched
from tests.browser.sense_samples import HARD, HOSTILE, SAMPLES, SENSES, hard, parting
from tests.browser.sense_view import ShownSenses, shown_senses

pytestmark = pytest.mark.browser

Show = Callable[..., ShownSenses]
# Those that travel whole, and that a search field takes as they are.
SHORT = [(text, word) for text, word in HARD[len(HOSTILE) :] if len(text) < 240 and "\n" not in text]


@pytest.fixture
def show(watch: Watched, tmp_path: Path) -> Show:
    """Export a view and open the page."""

    def export_and_open(occurrences: Occurrences, width: int = 960, **state: object) -> ShownSenses:
        path = tmp_path / "view.html"
        SenseView(occurrences, progress=False, **state).export_html(path)
        page = watch.page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        return shown_senses(page)

    return export_and_open


@pytest.fixture(params=SAMPLES)
def occurrences(request: pytest.FixtureRequest) -> Occurrences:
    return SAMPLES[request.param]()


def test_a_mark_that_is_pointed_at_is_read_with_its_word_marked(show: Show) -> None:
    view = show(parting())
    for x, y in view.marks()[:5]:
        view.page.mouse.move(x, y)
        expect(view.reading.locator("b")).to_have_text("bank")
        expect(view.reading).to_contain_text("in it.")
    view.page.mouse.move(2, 2)
    expect(view.reading).to_contain_text("Point at a mark")


def test_a_click_pins_and_lists_the_nearest_in_the_full_space(show: Show) -> None:
    view = show(parting(), hidden_layer=3)
    view.page.mouse.click(*view.marks()[0])
    heading = view.root.get_by_role("heading", name="Nearest in all 8 dimensions")
    expect(heading).to_be_visible()
    expect(view.rows).to_have_count(5)
    cosines = [float(text.replace("−", "-")) for text in view.root.locator(".bvp-cosine").all_text_contents()]
    assert cosines == sorted(cosines, reverse=True)
    # Where the senses lie apart, the nearest are of the same one.
    names = {text.split(": ")[0].split(", ")[-1] for text in labels_of(view)}
    assert len(names) == 1
    expect(view.root.locator(".bvp-foot")).to_contain_text(f"5 of 5 {names.pop()}")
    view.page.keyboard.press("Escape")
    expect(heading).to_have_count(0)


def labels_of(view: ShownSenses) -> list[str]:
    return [row.get_attribute("aria-label") or "" for row in view.rows.all()]


def test_keys_and_the_slider_change_the_layer(show: Show) -> None:
    view = show(parting(), hidden_layer=1)
    view.shows_layer(1)
    view.root.press("]")
    view.shows_layer(2)
    view.root.press("[")
    view.root.press("[")
    view.shows_layer(0)
    box = view.root.get_by_role("slider").bounding_box()
    assert box
    view.page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] - 30)
    view.shows_layer(3)
    view.root.get_by_role("slider").press("Home")
    view.shows_layer(0)


def test_playing_goes_through_the_layers(show: Show) -> None:
    view = show(parting(), hidden_layer=0)
    view.root.get_by_role("button", name="Play the layers").click()
    expect(view.caption).to_contain_text("layer 2", timeout=10_000)


def test_the_layer_shows_in_the_marks(show: Show) -> None:
    """Smoothly moved or not, another layer is another picture, and the way back leads to the same."""
    view = show(parting(), hidden_layer=0)
    first = view.plot.screenshot()
    view.root.press("]")
    view.settle()
    assert view.plot.screenshot() != first
    view.root.press("[")
    view.settle()
    view.page.mouse.move(2, 2)
    assert view.plot.screenshot() == first


def test_a_search_selects_and_says_how_many(show: Show) -> None:
    view = show(parting())
    view.root.press("/")
    view.page.keyboard.type("bank of a RIVER")
    expect(view.reading).to_contain_text("20 selected: river 20")
    expect(view.rows).to_have_count(20)
    view.page.keyboard.press("Escape")
    expect(view.reading).to_contain_text("Point at a mark")
    view.search.fill("nowhere to be found")
    expect(view.reading).to_contain_text("No sentence has “nowhere to be found”")


def test_a_lasso_selects_what_it_holds(show: Show) -> None:
    view = show(parting(), hidden_layer=3)
    view.lasso()
    expect(view.reading).to_contain_text("40 selected")
    view.page.keyboard.press("Escape")
    expect(view.reading).not_to_contain_text("selected:")
    view.lasso(0.5)
    # At the last layer each sense has a half of the plot to itself.
    expect(view.reading).to_contain_text("20 selected")
    assert sum(f"{sense} 20" in (view.reading.text_content() or "") for sense in SENSES) == 1


def test_the_legend_switches_a_sense_off(show: Show) -> None:
    view = show(parting(), hidden_layer=3)
    before = len(view.marks())
    first = view.legend.first
    first.click()
    expect(first).to_have_attribute("aria-pressed", "false")
    view.settle()
    assert len(view.marks()) < 0.7 * before
    view.lasso()
    expect(view.reading).to_contain_text("20 selected")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")


def test_a_column_of_the_users_colours(show: Show) -> None:
    occurrences = parting()
    parity = ["even" if i // 2 % 2 else "odd" for i in range(len(occurrences))]
    view = show(occurrences, columns={"parity": parity})
    view.root.get_by_role("group", name="Colour").get_by_role("button", name="parity").click()
    expect(view.legend).to_have_count(2)
    expect(view.legend.first).to_contain_text("20")
    assert {"odd", "even"} == set(view.root.locator(".bvp-legend .bvp-name").all_text_contents())


def test_everything_can_be_done_with_the_keyboard(show: Show) -> None:
    view = show(parting(), hidden_layer=3)
    view.plot.press("ArrowRight")
    expect(view.reading.locator("b")).to_have_text("bank")
    view.page.keyboard.press("Enter")
    expect(view.rows).to_have_count(5)
    expect(view.root.locator(".bvp-live")).to_contain_text("Sentence")
    view.page.keyboard.press("Escape")
    view.page.keyboard.press("Escape")
    expect(view.reading).to_contain_text("Point at a mark")


def test_hard_texts_are_text_whatever_they_say(show: Show) -> None:
    columns = {HOSTILE[0]: [HOSTILE[i % 5] for i in range(3 * len(HARD))]}
    view = show(hard(), columns=columns)
    for x, y in view.marks():
        view.page.mouse.move(x, y)
    view.page.mouse.click(*view.marks()[0])
    view.root.press("Escape")
    view.lasso()
    expect(view.reading).to_contain_text("selected")
    view.legend.first.hover()
    view.search.fill(HOSTILE[1])
    expect(view.reading).to_contain_text("3 selected")
    for title in view.root.get_by_role("group", name="Colour").get_by_role("button").all():
        title.click()
    assert view.page.evaluate("() => globalThis.hacked") is None
    assert view.page.locator("iframe, .bvp img, .bvp svg").count() == 0


@pytest.mark.parametrize(("text", "word"), SHORT, ids=lambda text: ascii(text)[:20])
def test_a_hard_text_is_found_and_read_whole(show: Show, text: str, word: str) -> None:
    view = show(hard())
    view.search.fill(text)
    expect(view.reading).to_contain_text("selected")
    read = set()
    for row in view.rows.all():
        row.hover()
        expect(view.reading.locator("b")).to_have_text(word)
        read.add(" ".join((row.get_attribute("aria-label") or "").split(": ", 1)[1].split()))
    assert " ".join(text.split()) in read


def test_white_space_of_any_kind_is_found_and_read_as_a_space(show: Show) -> None:
    view = show(hard())
    view.search.fill("the bank lent it")
    expect(view.reading).to_contain_text("3 selected")
    view.rows.first.hover()
    expect(view.reading.locator(".bvp-last")).to_have_text(re.compile("lent it"))


def test_right_to_left_text_is_read_from_the_right(show: Show) -> None:
    view = show(hard())
    text, word = HARD[len(HOSTILE)]
    view.search.fill(text)
    expect(view.reading).to_contain_text("3 selected")
    view.rows.first.hover()
    first, last = text.split(f" {word} ")
    expect(view.reading.locator(".bvp-last")).to_contain_text(first)
    expect(view.reading.locator(".bvp-first")).to_contain_text(last)


def test_what_has_no_vector_is_counted_and_left_out(show: Show) -> None:
    view = show(hard())
    expect(view.caption).to_contain_text("1 without a vector, left out")


def test_at_400_pixels_nothing_sticks_out(show: Show, occurrences: Occurrences) -> None:
    view = show(occurrences, width=400)

    def fits() -> bool:
        return view.page.evaluate("() => document.documentElement.scrollWidth") <= 400

    assert fits()
    view.page.mouse.click(*view.marks()[0])
    expect(view.root.get_by_role("heading", name="Nearest in all 8 dimensions")).to_be_visible()
    assert fits()
    view.root.press("Escape")
    view.lasso()
    expect(view.reading).to_contain_text("selected")
    assert fits()


def test_a_finger_reads_first_and_pins_then(show: Show, watch: Watched) -> None:
    view = show(parting(), width=400)
    x, y = view.marks()[0]
    session = watch.context.new_cdp_session(view.page)
    for count in (0, 5):
        for kind in ("touchStart", "touchEnd"):
            points = [{"x": x, "y": y}] if kind == "touchStart" else []
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        expect(view.reading.locator("b")).to_have_text("bank")
        expect(view.root.locator(".bvp-cosine")).to_have_count(count)


def test_the_dark_theme_is_chosen_by_the_trait(show: Show, occurrences: Occurrences) -> None:
    view = show(occurrences, theme="dark")
    assert "dark" in view.root.evaluate("(root) => getComputedStyle(root).colorScheme")
    paper = "(root) => getComputedStyle(root).getPropertyValue('--bvp-paper')"
    assert view.root.evaluate(paper).strip() == "rgb(17,17,17)"


def test_nothing_can_be_fetched_from_the_page(show: Show, watch: Watched) -> None:
    view = show(parting())
    refused = view.page.evaluate(
        "() => fetch('http://127.0.0.1:9/').then(() => 'answered', (error) => String(error))"
    )
    assert "TypeError" in refused
    # The refusal is what is wanted here.
    watch.errors.clear()


def test_a_layer_that_is_not_in_the_page_says_what_still_works(show: Show) -> None:
    view = show(parting(), embed=[0, 3], hidden_layer=3)
    view.root.press("[")
    expect(view.root.get_by_role("status")).to_contain_text("What still works: layers 0, 3", timeout=5000)
    view.root.press("]")
    view.shows_layer(3)


@pytest.mark.parametrize("items", [1, 2, 3])
def test_few_occurrences_draw(show: Show, items: int) -> None:
    view = show(parting(items))
    expect(view.caption).to_contain_text(f"{items} occurrence")
    view.root.press("]")


def test_occurrences_without_senses_are_coloured_by_proposed_clusters(show: Show) -> None:
    occurrences = parting()
    bare = Occurrences.from_vectors(
        occurrences.vectors, texts=occurrences.texts, spans=occurrences.spans, word="bank"
    )
    view = show(bare)
    expect(view.reading).to_contain_text("No senses were given")
    assert view.legend.count() >= 1
