"""The syntax view: its exported page in a browser that reaches nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bertviz_plus.traces.parse import Parse
from bertviz_plus.traces.parses_read import ParsesRead
from bertviz_plus.views.syntax import SyntaxView
from tests.browser.attention_view import wait_until_drawn
from tests.browser.network import Watched
from tests.views.syntax_samples import CATS, DOGS, parse_of, read_of

pytestmark = pytest.mark.browser

Show = Callable[..., Locator]
HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "بيت",
    "\u202eevil",
    "x" * 90,
    "👩‍👩‍👧",
    "' .",
    "a\u200db",
    "{0}",
)


@pytest.fixture
def show(watch: Watched, tmp_path: Path) -> Show:
    """Export a view and open the page."""

    def export_and_open(read: ParsesRead, width: int = 992, **state: object) -> Locator:
        path = tmp_path / "view.html"
        SyntaxView(read, **state).export_html(path)
        page = watch.page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        return wait_until_drawn(page)

    return export_and_open


def word(view: Locator, place: int) -> Locator:
    return view.locator(f'[data-word="{place}"]')


def test_a_word_that_is_pointed_at_names_its_head_and_dependents(show: Show) -> None:
    view = show(read_of(), layer=1, head=0)
    reading = view.locator(".bvp-reading")
    expect(reading).to_have_text("UUAS here 4 of 4 (chain 3), corpus 1.00 (chain .80)")
    word(view, 2).hover()
    expect(reading).to_have_text("dogs NOUN: nsubj of bark ✓ · over The (det) ✓, old (amod) ✓")
    expect(word(view, 3)).to_have_class("bvp-w bvp-partner")
    word(view, 2).click()
    word(view, 5).hover()
    expect(reading).to_contain_text("left out of the trees, punctuation")
    view.page.mouse.move(5, 890)
    expect(reading).to_contain_text("dogs NOUN")
    view.press("Escape")
    expect(reading).to_contain_text("UUAS here")


def test_layers_heads_sources_and_sentences_change_and_say_what_python_says(show: Show) -> None:
    read = read_of(*(parse_of(9, seed) for seed in range(4)))
    view = show(read, layer=1, head=1)
    reading, caption = view.locator(".bvp-reading"), view.locator(".bvp-caption")
    corpus, chain = read.uuas(), f"{float(read.uuas('chain')):.2f}".removeprefix("0")
    for layer in (0, 1, 2):
        view.locator('input[type="range"]').fill(str(layer))
        share = f"{corpus[layer, 1]:.2f}".removeprefix("0")
        expect(reading).to_contain_text(f"corpus {share} (chain {chain})")
        expect(caption).to_contain_text(f"layer {layer}, head 1: maximum spanning tree")
    word(view, 0).press("[")
    expect(caption).to_contain_text("layer 1, head 1")
    word(view, 0).press("ArrowRight")
    expect(word(view, 1)).to_be_focused()
    expect(reading).to_contain_text("word1 NOUN")
    view.get_by_role("button", name="probe").click()
    expect(caption).to_contain_text("a structural probe")
    view.get_by_role("button", name="offset").click()
    expect(caption).to_contain_text("each word’s head is 1 word after it")
    view.get_by_role("button", name="Next sentence").click()
    expect(caption).to_contain_text("sentence 1 of 0–3")


def test_hostile_words_and_narrow_columns_stay_inside(show: Show) -> None:
    view = show(read_of(parse_of(len(HOSTILE) * 4, words=HOSTILE * 4)), width=400)
    assert view.evaluate("(root) => root.scrollWidth - root.clientWidth") <= 0
    assert view.locator("img").count() == 0
    assert view.page.evaluate("() => document.documentElement.scrollWidth") <= 400
    # In rows, within a figure that scrolls by itself.
    assert len({box["y"] for one in view.locator(".bvp-w").all() if (box := one.bounding_box())}) > 3


def test_a_sentence_from_the_right_begins_there(show: Show) -> None:
    arabic = Parse(("قرأت", "البنت", "كتابا"), (-1, 0, 0))
    view = show(read_of(arabic), theme="dark")
    places = [box["x"] for k in range(3) if (box := word(view, k).bounding_box())]
    assert places == sorted(places, reverse=True)
    word(view, 0).focus()
    word(view, 0).press("ArrowLeft")
    expect(word(view, 1)).to_be_focused()


def test_one_word_a_dropped_word_and_a_sentence_that_is_not_here(show: Show) -> None:
    view = show(read_of(Parse(("Stop",), (-1,)), CATS, DOGS), embed=[0, 1])
    expect(view.locator(".bvp-reading")).to_contain_text("One word to link, so no link; UUAS corpus")
    view.locator(".bvp").or_(view).first.press("PageDown")
    expect(view.locator(".bvp-caption")).to_contain_text("1 word without a token, underdotted")
    word(view, 1).hover()
    expect(view.locator(".bvp-reading")).to_contain_text("the tokenizer makes nothing of it")
    view.press("PageDown")
    expect(view.locator(".bvp-reading")).to_contain_text("Sentence 2 is not stored with this view")
    expect(view.locator(".bvp-reading")).to_contain_text("What still works: sentences 0, 1")
    view.press("PageUp")
    expect(word(view, 0)).to_have_text("Cats")


def test_arcs_stand_still_where_the_reader_wants_no_motion(watch: Watched, tmp_path: Path) -> None:
    path = tmp_path / "view.html"
    SyntaxView(read_of(parse_of(12)), layer=0, head=0).export_html(path)
    page = watch.page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(path.as_uri())
    view = wait_until_drawn(page)
    # The picture right after a step is the one that stays.
    pixels = "(canvas) => canvas.toDataURL()"
    canvas = view.locator("canvas.bvp-rest").last
    before = canvas.evaluate(pixels)
    word(view, 0).press("]")
    after = canvas.evaluate(pixels)
    page.wait_for_timeout(400)
    assert before != after == canvas.evaluate(pixels)
