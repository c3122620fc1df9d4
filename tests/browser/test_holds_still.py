"""What holds while others change: colours follow the host, keys are heard on, nothing moves on hover."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import bertviz_plus as bp
from tests.browser.attention_view import choose, tokens, wait_until_drawn
from tests.browser.network import Watched
from tests.browser.samples import small, weights

pytestmark = pytest.mark.browser

# The ink of a canvas is light on a dark paper: the mean of what is drawn, 0 to 255.
PAPER_AND_CANVAS = """(root) => {
  const canvas = [...root.querySelectorAll("canvas")].find((one) => one.width > 100 && one.checkVisibility());
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [sum, count] = [0, 0];
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] > 200) { sum += (data[i] + data[i + 1] + data[i + 2]) / 3; count++; }
  return [getComputedStyle(root).getPropertyValue("--bvp-paper").trim(), sum / Math.max(1, count)];
}"""

# As JupyterLab changes its theme: an attribute at once, the style sheet that has the colours later.
DARKEN = """(dark) => {
  document.body.dataset.jpThemeLight = String(!dark);
  const style = document.createElement("style");
  style.textContent = `:root { --jp-layout-color0: ${dark ? "#111111" : "#ffffff"}; }`;
  setTimeout(() => document.head.append(style), 250);
}"""


@pytest.fixture
def show(watch: Watched, tmp_path: Path) -> Callable[..., Page]:
    def export_and_open(view: object, width: int = 960) -> Page:
        path = tmp_path / "view.html"
        view.export_html(path)  # type: ignore[attr-defined]
        page = watch.page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        wait_until_drawn(page)
        return page

    return export_and_open


@pytest.mark.parametrize("mode", ["heads", "overview", "matrix"])
def test_canvases_follow_a_style_sheet_that_comes_late(show: Callable[..., Page], mode: str) -> None:
    page = show(bp.AttentionView(small(), mode=mode))
    view = page.locator(".bvp").first
    paper, light = view.evaluate(PAPER_AND_CANVAS)
    assert paper == "rgb(255,255,255)"
    page.evaluate(DARKEN, True)
    page.wait_for_timeout(1200)
    paper, dark = view.evaluate(PAPER_AND_CANVAS)
    assert paper == "rgb(17,17,17)"
    if mode != "heads":
        assert dark < light - 60
    page.evaluate(DARKEN, False)
    page.wait_for_timeout(1200)
    assert view.evaluate(PAPER_AND_CANVAS) == ["rgb(255,255,255)", light]


def test_keys_are_heard_on_after_the_mode_changed(show: Callable[..., Page]) -> None:
    page = show(bp.AttentionView(small(), layer=2))
    view = page.locator(".bvp").first
    tokens(view).nth(3).click()
    for key, mode in (("2", "overview"), ("3", "matrix"), ("1", "heads")):
        page.keyboard.press(key)
        expect(view).to_have_attribute("data-mode", mode)
    page.keyboard.press("]")
    expect(view.locator(".bvp-caption")).to_contain_text("layer 3")
    choose(view, "Matrix")
    view.locator(".bvp-plot").click(position={"x": 30, "y": 30})
    page.keyboard.press("2")
    expect(view).to_have_attribute("data-mode", "overview")
    page.keyboard.press("1")
    expect(view).to_have_attribute("data-mode", "heads")


@pytest.mark.parametrize("width", [960, 760, 520])
def test_nothing_moves_when_a_token_is_pointed_at(show: Callable[..., Page], width: int) -> None:
    words = ["[CLS]", *(f"word{i}" for i in range(67)), "[SEP]"]
    page = show(bp.AttentionView(bp.Trace.from_attention(weights(2, 12, 69), words)), width)
    view = page.locator(".bvp").first
    boxes = """(root) => [...root.querySelectorAll(".bvp-under, .bvp-figure, .bvp-page, .bvp-stage canvas")]
      .filter((one) => one.checkVisibility())
      .map((one) => { const { x, y, width, height } = one.getBoundingClientRect();
      return [x, y, width, height].join(); })"""
    strip = """(root) => { const one = root.querySelectorAll(".bvp-stage canvas")[2];
      return one.getBoundingClientRect().x; }"""
    before, at = view.evaluate(boxes), view.evaluate(strip)
    for side in ("from", "to"):
        tokens(view, side).nth(4).hover()
        page.wait_for_timeout(100)
        assert view.evaluate(strip) == at
        assert set(before) <= set(view.evaluate(boxes)), side
    page.mouse.move(2, 2)
    assert view.evaluate(boxes) == before
