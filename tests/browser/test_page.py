"""The exported page, opened from a file in a browser that reaches nothing."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import bertviz_plus as bp
from tests.browser.attention_view import choose, tokens, wait_until_drawn
from tests.browser.network import Watched
from tests.browser.samples import SAMPLES

pytestmark = pytest.mark.browser
MODES = ("heads", "overview", "matrix", "neuron")

Show = Callable[..., tuple[Page, Locator]]


@pytest.fixture(params=SAMPLES)
def trace(request: pytest.FixtureRequest) -> bp.Trace:
    return SAMPLES[request.param]()


@pytest.fixture
def show(watch: Watched, tmp_path: Path) -> Show:
    """Export a view and open the page."""

    def export_and_open(trace: bp.Trace, width: int = 960, **state: object) -> tuple[Page, Locator]:
        path = tmp_path / "view.html"
        bp.AttentionView(trace, **state).export_html(path)
        page = watch.page()
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path.as_uri())
        return page, wait_until_drawn(page)

    return export_and_open


def test_every_mode_draws_and_leads_to_the_next(show: Show, trace: bp.Trace) -> None:
    page, view = show(trace)
    for mode in ("overview", "matrix", "heads"):
        choose(view, mode)
        wait_until_drawn(page)


def test_neuron_says_what_gives_it_where_nothing_was_kept(show: Show, trace: bp.Trace) -> None:
    _, view = show(trace)
    choose(view, "neuron")
    expect(view).to_contain_text("keep=")


def test_keys_change_the_layer_and_the_caption_says_so(show: Show, trace: bp.Trace) -> None:
    _, view = show(trace, layer=1)
    expect(view).to_contain_text("layer 1")
    view.press("]")
    expect(view).to_contain_text("layer 2")
    view.press("[")
    expect(view).to_contain_text("layer 1")


def test_every_token_is_there_to_be_read_and_found(show: Show, trace: bp.Trace) -> None:
    _, view = show(trace)
    for side in ("from", "to"):
        read = tokens(view, side).evaluate_all("(all) => all.map((one) => one.title || one.textContent)")
        assert len(read) == len(trace.tokens)
        for shown, token in zip(read, trace.tokens, strict=True):
            assert shown == token.removeprefix("##")


def test_at_400_pixels_nothing_sticks_out(show: Show, trace: bp.Trace) -> None:
    page, view = show(trace, width=400)
    for mode in MODES:
        choose(view, mode)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 400


def test_the_page_does_not_scroll_with_the_view(show: Show) -> None:
    names = [f"token{place}" for place in range(200)]
    weights = np.random.default_rng(0).dirichlet(np.ones(200), size=(1, 2, 200))
    page, view = show(bp.Trace.from_attention(weights, names))
    page.evaluate("() => { document.body.style.paddingBottom = '2000px' }")
    tokens(view).nth(3).hover()
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(300)
    assert page.evaluate("() => scrollY") == 0
    # At its end the wheel is the page's again.
    view.locator(".bvp-scroller").evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
    page.wait_for_timeout(700)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 0", timeout=3000)


HOSTILE = [
    "</script><script>globalThis.hacked = 1</script>",
    "<img src=x onerror='globalThis.hacked = 2'>",
    "<svg onload=globalThis.hacked=3>",
    "\u2028${globalThis.hacked = 4}`",
    '"><iframe srcdoc="<script>parent.hacked=5</script>">',
    "{{globalThis.hacked=6}}",
]


def test_a_token_is_text_whatever_it_says(show: Show) -> None:
    weights = np.full((2, 2, len(HOSTILE), len(HOSTILE)), 1 / len(HOSTILE))
    page, view = show(bp.Trace.from_attention(weights, HOSTILE))
    for mode in MODES:
        choose(view, mode)
        page.mouse.move(300, 300)
        page.mouse.move(320, 330)
    assert page.evaluate("() => globalThis.hacked") is None
    assert page.locator("iframe, .bvp img, .bvp svg[onload]").count() == 0


def test_nothing_can_be_fetched_from_the_page(watch: Watched, tmp_path: Path) -> None:
    path = tmp_path / "view.html"
    bp.AttentionView(SAMPLES["small"]()).export_html(path)
    page = watch.page()
    page.goto(path.as_uri())
    refused = page.evaluate(
        "() => fetch('http://127.0.0.1:9/').then(() => 'answered', (error) => String(error))"
    )
    assert "TypeError" in refused
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    # The refusal is what is wanted here.
    watch.errors.clear()


def test_the_dark_theme_is_chosen_by_the_trait(show: Show, trace: bp.Trace) -> None:
    _, view = show(trace, theme="dark")
    assert "dark" in view.evaluate("(root) => getComputedStyle(root).colorScheme")


def test_two_returned_pages_put_into_one_file_are_both_live(watch: Watched, tmp_path: Path) -> None:
    trace = SAMPLES["small"]()
    attention = [layer[None] for layer in trace.attention]
    pages = [bp.head_view(attention, list(trace.tokens), html_action="return").data for _ in range(2)]
    path = tmp_path / "both.html"
    path.write_text("\n".join(pages), "utf-8")
    page = watch.page()
    page.goto(path.as_uri())
    expect(page.locator("[data-bertviz-plus=live]")).to_have_count(2)
    for view in page.locator(".bvp-attention").all():
        reading = view.locator(".bvp-reading")
        before = reading.text_content()
        view.locator(".bvp-from .bvp-token").nth(2).hover()
        expect(reading).not_to_have_text(before or "nothing")
    # The second page's policy stands below the head, where a browser leaves it out and says so; the first
    # page's holds for both.
    assert [error for error in watch.errors if "The policy has been ignored" not in error] == []
    watch.errors.clear()
