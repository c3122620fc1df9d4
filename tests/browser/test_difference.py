"""How two models differ, looked at: in an exported page with no kernel, and in a real JupyterLab."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

import bertviz_plus as bp
from bertviz_plus.models.untrained import untrained_twin
from tests.browser.attention_view import wait_until_drawn
from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import Watched, watched
from tests.browser.outputs import Outputs

pytestmark = pytest.mark.browser

TEXT = "The cat sat on the mat."
NAMES = ["bert-tiny", "bert-tiny, untrained (seed 0)"]
# How many pixels of a canvas are clearly blue, and how many orange.
HUES = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [blue, orange] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const [red, , third, alpha] = data.subarray(at, at + 4);
    if (alpha && third - red > 20) blue++;
    if (alpha && red - third > 20) orange++;
  }
  return { blue, orange };
}"""
PAPER = "(canvas) => [...canvas.getContext('2d').getImageData(2, 2, 1, 1).data]"


@pytest.fixture(scope="module")
def view() -> bp.AttentionView:
    tiny = bp.load("bert-tiny")
    return bp.compare(tiny, untrained_twin(tiny), [TEXT], baseline=None, progress=False).view()


def is_signed(canvas: Locator) -> bool:
    found = canvas.evaluate(HUES)
    return found["blue"] > 50 and found["orange"] > 50


def shows_both_heads(view: Locator) -> None:
    """See the difference of one head, and beside it that head of both models, each by its name."""
    expect(view.get_by_role("tab", name="Matrix", selected=True)).to_be_visible()
    expect(view.locator(".bvp-both button")).to_have_text(NAMES)
    expect(view.locator(".bvp-caption")).to_contain_text("layer 1, head 0")
    for canvas in view.locator(".bvp-both canvas").all():
        expect(canvas).to_be_visible()
        found = canvas.evaluate(HUES)
        assert found["blue"] > 50
        # Weights have no sign.
        assert found["orange"] == 0


def test_a_click_in_the_signed_grid_shows_both_heads_with_no_kernel(
    view: bp.AttentionView, watch: Watched, tmp_path: Path
) -> None:
    page = watch.page()
    page.goto(view.export_html(tmp_path / "view.html").as_uri())
    shown = wait_until_drawn(page)
    assert is_signed(shown.locator(".bvp-overview canvas").first)
    expect(shown.locator(".bvp-reading")).to_contain_text("click for both models")
    expect(shown.locator(".bvp-cell").nth(2)).to_have_text(re.compile(r"^0\.\d+$"))
    shown.locator(".bvp-cell").nth(2).click()
    shows_both_heads(shown)
    assert is_signed(shown.locator(".bvp-matrix > .bvp-plot canvas"))
    own, theirs = (trace.attention[1, 0, 2, 3] for trace in (view.trace, view._other))
    shown.locator(".bvp-both .bvp-plot").first.focus()
    box = shown.locator(".bvp-both .bvp-plot").first.bounding_box()
    assert box is not None
    cell = box["width"] / view.trace.n_tokens
    page.mouse.move(box["x"] + 3.5 * cell, box["y"] + 2.5 * cell)
    reading = shown.locator(".bvp-reading").text_content() or ""
    told = re.search(r"cat → sat: difference [+−][\d.]+, from ([\d.]+) to ([\d.]+)$", reading)
    assert told, reading
    np.testing.assert_allclose([float(one) for one in told.groups()], [own, theirs], atol=0.007)
    shown.locator(".bvp-both button").last.click()
    expect(shown.locator(".bvp-caption")).to_contain_text("other: attention of bert-tiny, untrained")
    expect(shown.locator(".bvp-both")).to_have_count(0)
    expect(shown.locator(".bvp-profile")).to_contain_text("Attention received, mean over rows")


def test_a_model_compared_with_itself_draws_no_difference(watch: Watched, tmp_path: Path) -> None:
    trace = bp.load("bert-tiny").trace(TEXT, keep=("attention",))
    same = bp.AttentionView(trace, other=trace, quantity="difference", mode="overview")
    page = watch.page()
    page.goto(same.export_html(tmp_path / "same.html").as_uri())
    cells = page.locator(".bvp-cell")
    expect(cells).to_have_text(["0"] * 4)
    assert page.locator(".bvp-overview canvas").first.evaluate(HUES) == {"blue": 0, "orange": 0}


def test_a_finger_opens_both_heads_at_400_pixels(
    view: bp.AttentionView, browser: Browser, tmp_path: Path
) -> None:
    watch = watched(browser, viewport={"width": 400, "height": 900}, has_touch=True)
    page = watch.page()
    page.goto(view.export_html(tmp_path / "view.html").as_uri())
    shown = wait_until_drawn(page)
    shown.locator(".bvp-cell").nth(2).tap()
    expect(shown.locator(".bvp-reading")).to_contain_text("layer 1, head 0: mean size")
    shown.locator(".bvp-cell").nth(2).tap()
    shows_both_heads(shown)
    for box in (one.bounding_box() for one in shown.locator(".bvp-both canvas").all()):
        assert box is not None
        assert box["width"] > 80
        assert box["x"] + box["width"] <= 400
    watch.context.close()
    assert watch.refused == watch.errors == []


def test_in_jupyterlab_it_follows_the_theme_and_lives_when_opened_again(
    lab: JupyterLab, watch: Watched
) -> None:
    code = (
        "import bertviz_plus as bp\n"
        "from bertviz_plus.models.untrained import untrained_twin\n"
        "tiny = bp.load('bert-tiny')\n"
        f"found = bp.compare(tiny, untrained_twin(tiny), [{TEXT!r}], baseline=None, progress=False)\n"
        "view = found.view()\nview"
    )
    lab.write("difference.ipynb", code)
    notebook = lab.open(watch.page(), "difference.ipynb")
    notebook.run_all()
    shown = wait_until_drawn(notebook.page)
    grid = shown.locator(".bvp-overview canvas").first
    assert is_signed(grid)
    with notebook.in_the_dark():
        assert is_signed(grid)
    shown.locator(".bvp-cell").nth(2).focus()
    notebook.page.keyboard.press("Enter")
    shows_both_heads(shown)
    notebook.wait_for("[view.mode, view.layer, view.heads, view.quantity]", ["matrix", 1, [0], "difference"])
    small = shown.locator(".bvp-both canvas").last
    light = small.evaluate(PAPER)
    with notebook.in_the_dark():
        shows_both_heads(shown)
        assert small.evaluate(PAPER) != light
    notebook.page.keyboard.press("Escape")
    expect(shown.get_by_role("tab", name="Overview", selected=True)).to_be_visible()
    notebook.wait_for("view.mode", "overview")
    notebook.save()
    notebook.shut_down_kernel()

    again = lab.open(watch.page(), "difference.ipynb")
    again.shut_down_kernel()
    Outputs(again.page).wait_live(1)
    shown = Outputs(again.page).of("attention")
    assert is_signed(shown.locator(".bvp-overview canvas").first)
    shown.locator(".bvp-cell").nth(2).click()
    shows_both_heads(shown)
