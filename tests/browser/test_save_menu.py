"""What a reader saves without Python: the figure as SVG, the view as a page."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import bertviz_plus as bp
from bertviz_plus.views.alignment import AlignmentView
from bertviz_plus.views.base import View
from tests.browser.alignment_view import alignments, caption
from tests.browser.attention_view import wait_until_drawn
from tests.browser.network import Watched
from tests.browser.samples import small
from tests.browser.sense_samples import hard, parting

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"
VIEWS: dict[str, Callable[[], View]] = {
    "alignment": lambda: AlignmentView(alignments()),
    "cosines": lambda: AlignmentView(alignments(), show_similarity=True),
    "heads": lambda: bp.AttentionView(small()),
    "overview": lambda: bp.AttentionView(small(), mode="overview"),
    "senses": lambda: bp.SenseView(parting(), pinned=3),
    "hostile": lambda: bp.SenseView(hard()),
}


def save(page: Page, kind: str, folder: Path) -> Path:
    page.get_by_role("button", name="Save as a picture or a page").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=f"save as {kind}").click()
    path = folder / f"saved.{kind.lower()}"
    download.value.save_as(path)
    page.keyboard.press("Escape")
    return path


@pytest.mark.parametrize("name", VIEWS)
def test_the_svg_has_the_marks_and_texts_of_the_screen(watch: Watched, tmp_path: Path, name: str) -> None:
    VIEWS[name]().export_html(tmp_path / "view.html")
    page = watch.page()
    page.goto((tmp_path / "view.html").as_uri())
    view = wait_until_drawn(page)
    page.mouse.move(0, 0)
    painted = "(all) => all.map((c) => c.width * c.height && c.toDataURL().length)"
    before = view.locator(".bvp-page canvas").evaluate_all(painted)
    root = ET.parse(save(page, "SVG", tmp_path)).getroot()
    assert root.tag == f"{SVG}svg"
    words = "".join(text.text or "" for text in root.iter(f"{SVG}text"))
    shown = view.locator(".bvp-caption").inner_text()
    # Bold parts come after the text that they stand in.
    assert not Counter("".join(shown.split())) - Counter(words)
    marks = sum(1 for _ in root.iter(f"{SVG}path")) + sum(1 for _ in root.iter(f"{SVG}image"))
    assert marks > 8
    if name == "senses":
        fills = [one for one in root.iter(f"{SVG}path") if one.get("fill-opacity") == "0.82"]
        assert len(fills) == 40
    # What is on the screen stands as it stood.
    page.mouse.move(0, 0)
    expect(view).not_to_have_class("bvp-waiting")
    after = view.locator(".bvp-page canvas").evaluate_all(painted)
    assert len(after) == len(before)
    assert [bool(one) for one in after] == [bool(one) for one in before]


def test_the_saved_page_lives_and_has_what_was_changed(watch: Watched, tmp_path: Path) -> None:
    AlignmentView(alignments()).export_html(tmp_path / "view.html")
    page = watch.page()
    page.goto((tmp_path / "view.html").as_uri())
    view = wait_until_drawn(page)
    view.locator("select").select_option("mwmf")
    expect(caption(view)).to_contain_text("mwmf")
    saved = save(page, "HTML", tmp_path)
    assert saved.read_text().count("Content-Security-Policy") == 1
    page.goto(saved.as_uri())
    again = wait_until_drawn(page)
    expect(caption(again)).to_contain_text("layer 2, mwmf")
    # And a copy of the copy.
    page.goto(save(page, "HTML", tmp_path).as_uri())
    expect(caption(wait_until_drawn(page))).to_contain_text("layer 2, mwmf")


def test_without_python_no_line_of_python_is_offered(watch: Watched, tmp_path: Path) -> None:
    AlignmentView(alignments(), drawing=True, drawn={0: "0-0"}).export_html(tmp_path / "view.html")
    page = watch.page()
    page.goto((tmp_path / "view.html").as_uri())
    view = wait_until_drawn(page)
    page.get_by_role("button", name="Save as a picture or a page").click()
    menu = page.get_by_role("dialog", name="Save as a picture or a page")
    expect(menu).to_contain_text("PDF and sizes for print are written by Python")
    assert menu.locator(".bvp-code").count() == 0
    assert "to_pharaoh" not in (caption(view).text_content() or "")
