"""The masked-word view: its exported page in a browser that reaches nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bertviz_plus.views.masked import MaskedView
from tests.browser.attention_view import wait_until_drawn
from tests.browser.network import Watched
from tests.views.masked_samples import ROBIN, asked_of

pytestmark = pytest.mark.browser

Show = Callable[..., Locator]


@pytest.fixture
def show(watch: Watched, tmp_path: Path) -> Show:
    """Export a view and open the page."""

    def export_and_open(text: str = ROBIN, width: int = 992, **state: object) -> Locator:
        path = tmp_path / "view.html"
        MaskedView(asked_of(text), **state).export_html(path)
        page = watch.page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        return wait_until_drawn(page)

    return export_and_open


def words(view: Locator) -> list[str]:
    return view.locator(".bvp-w").all_text_contents()


def test_a_button_changes_the_sentence_says_so_and_takes_it_back(show: Show) -> None:
    view = show()
    assert words(view) == ["A", "robin", "is", "not", "a", "bird", "."]
    expect(view.locator(".bvp-before .bvp-row")).to_have_count(0)
    view.get_by_role("button", name="negate").click()
    expect(view.locator(".bvp-chip")).to_have_text("“not” removed×")
    assert len(words(view)) == 6
    expect(view.locator(".bvp-before .bvp-row")).to_have_count(10)
    expect(view.locator(".bvp-caption")).to_contain_text("places moved")
    expect(view.locator(".bvp-live")).to_contain_text("“not” removed. first guess")
    view.get_by_role("button", name="Undo: “not” removed").click()
    assert len(words(view)) == 7


def test_what_cannot_be_done_is_said(show: Show) -> None:
    view = show()
    view.get_by_role("button", name="drop object").click(force=True)
    expect(view.locator(".bvp-reading")).to_have_text("no object to drop: the mask is in it")
    assert len(words(view)) == 7


def test_what_was_not_asked_goes_back_and_says_what_still_works(show: Show) -> None:
    view = show(edits=["shuffle"])
    before = words(view)
    view.locator('[data-word="1"]').click()
    expect(view.locator(".bvp-reading")).to_contain_text(
        "This was not asked before, and no Python is joined to this view to ask. What still works: negate"
    )
    assert words(view) == before
    expect(view.get_by_role("button", name="shuffle", exact=True)).to_have_attribute("aria-pressed", "true")


def test_what_cannot_be_asked_stays_in_its_field_and_why_stands_above(show: Show) -> None:
    view = show()
    view.get_by_role("button", name="write another sentence").click()
    field = view.get_by_role("textbox", name="Sentence")
    field.fill("No blank here.")
    field.press("Enter")
    expect(view.locator(".bvp-reading")).to_contain_text(
        "needs one [MASK] where the model is to predict, and has 0"
    )
    expect(field).to_have_value("No blank here.")
    field.press("Escape")
    expect(field).to_have_count(0)
    assert words(view) == ["A", "robin", "is", "not", "a", "bird", "."]


def test_words_and_choices_say_their_numbers_and_keys_move(show: Show) -> None:
    view = show(edits=["negate"])
    first = view.locator('[data-word="0"]')
    first.focus()
    first.press("ArrowRight")
    expect(view.locator('[data-word="1"]')).to_be_focused()
    expect(view.locator(".bvp-reading")).to_contain_text("robin: ")
    expect(view.locator('[data-word="1"]')).to_have_attribute("aria-label", r"robin, mattered " + mattered(1))
    view.locator(".bvp-after .bvp-row").nth(1).hover()
    expect(view.locator(".bvp-reading")).to_contain_text("place")
    view.press("u")
    assert len(words(view)) == 7


def mattered(word: int) -> str:
    value = asked_of().answer(["negate"]).attributions["occlusion"][word]
    size = abs(float(value))
    text = f"{size:.2f}" if size >= 0.1 else f"{size:.1g}"
    return f"{'+' if value > 0 else '−'}{float(text):g}"


def test_methods_switch_the_bars(show: Show) -> None:
    view = show()
    canvas = view.locator(".bvp-sentence canvas")
    before = canvas.evaluate("(canvas) => canvas.toDataURL()")
    view.get_by_role("radio", name="attention rollout").click()
    assert canvas.evaluate("(canvas) => canvas.toDataURL()") != before


@pytest.mark.parametrize("width", [400, 992])
def test_hostile_and_long_sentences_stay_inside(show: Show, width: int) -> None:
    hostile = (
        "</script><img src=x onerror=alert(1)> \u202eevil "
        + "x" * 90
        + " 👩‍👩‍👧 is not بيت [MASK] "
        + "and so on " * 20
    )
    view = show(hostile, width=width)
    assert view.locator("img").count() == 0
    assert view.page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert view.evaluate("(root) => root.scrollWidth - root.clientWidth") <= 0
