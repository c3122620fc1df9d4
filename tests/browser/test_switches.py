"""Heads switched off in the attention view: in an exported page, and in a real JupyterLab."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

import bertviz_plus as bp
from tests.browser.attention_view import choose, wait_until_drawn
from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import Watched

pytestmark = pytest.mark.browser

ROBIN = "A robin is a [MASK]."


def test_without_a_kernel_one_head_at_a_time_is_answered(watch: Watched, tmp_path: Path) -> None:
    path = tmp_path / "view.html"
    made = bp.AttentionView.of(bp.load("bert-tiny"), ROBIN, switches=True, mode="overview")
    made.export_html(path)
    page = watch.page()
    page.goto(path.as_uri())
    view = wait_until_drawn(page)
    cells, lines = view.locator(".bvp-cell"), view.locator(".bvp-switches")
    cells.nth(1).hover()
    view.locator(".bvp-power").click()
    expect(lines).to_contain_text("switched off:0-1 ×")
    expect(lines).to_contain_text("without 0-1: ")
    expect(lines).to_contain_text("Attention stays as with all heads")
    expect(cells.nth(1)).to_have_class("bvp-cell bvp-off")
    cells.nth(2).focus()
    page.keyboard.press("x")
    expect(lines).to_contain_text("without 0-1, 1-0: needs a running kernel")
    lines.get_by_role("button", name="all on").click()
    expect(lines).to_contain_text("to switch a head off, point at it and press off; by key: arrows, then x")
    expect(view.locator(".bvp-off")).to_have_count(0)


def test_with_a_kernel_attention_and_prediction_follow(lab: JupyterLab, watch: Watched) -> None:
    code = (
        "import bertviz_plus as bp\n"
        f"view = bp.AttentionView.of(bp.load('bert-tiny'), {ROBIN!r}, switches=True, layer=1)\nview"
    )
    lab.write("switches.ipynb", code)
    notebook = lab.open(watch.page(), "switches.ipynb")
    notebook.run_all()
    view = wait_until_drawn(notebook.page)
    lines = view.locator(".bvp-switches")
    lines.get_by_role("button", name="Layer 1, heads on 0").click()
    expect(lines).to_contain_text("without 1-0: ")
    notebook.wait_for("view.off", [[1, 0]])
    choose(view, "overview")
    view.locator(".bvp-cell").nth(0).focus()
    notebook.page.keyboard.press("x")
    # Two heads are not stored: Python was asked.
    expect(lines).to_contain_text("without 0-0, 1-0: ")
    expect(lines).not_to_contain_text("kernel")
    expect(view.locator(".bvp-off")).to_have_count(2)
    # The focus stayed with the head, in a view that was built anew.
    notebook.page.keyboard.press("x")
    expect(view.locator(".bvp-off")).to_have_count(1)
    notebook.wait_for("view.off", [[1, 0]])
    notebook.python("view.off = []")
    expect(view.locator(".bvp-off")).to_have_count(0)
