"""The alignment view in a real JupyterLab whose network is blocked."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.alignment_view import HOUSE, alignments, caption, pair, word
from tests.browser.attention_view import wait_until_drawn
from tests.browser.jupyterlab import JupyterLab, NotebookPage
from tests.browser.network import Watched, watched

pytestmark = pytest.mark.browser

SECOND = ("a b c", "x y z")
VIEW = """\
import bertviz_plus as bp
pairs = bp.Alignments.load("house.alignments")
view = bp.AlignmentView(pairs)
view"""
SPARSE = "sparse = bp.AlignmentView(pairs, embed=[0])\nsparse"


@pytest.fixture(scope="module", autouse=True)
def stored(lab: JupyterLab) -> None:
    """Two pairs that lie beside the notebooks, the first with gold."""
    gold = "0-0 1-1 2-2 3?3 4-4"
    alignments(pair(*HOUSE, gold=gold), pair(*SECOND, seed=1)).save(lab.notebooks / "house.alignments")


@dataclass(frozen=True)
class Desk:
    """A notebook in use: a view, and one that carries the first pair's links alone."""

    notebook: NotebookPage
    view: Locator
    sparse: Locator


@pytest.fixture(scope="module")
def opened(lab: JupyterLab, browser: Browser) -> Iterator[Desk]:
    watch = watched(browser, viewport={"width": 1200, "height": 1600})
    lab.write("alignment_desk.ipynb", VIEW, SPARSE)
    notebook = lab.open(watch.page(), "alignment_desk.ipynb")
    for cell in range(2):
        notebook.run(cell)
    views = notebook.page.locator(".bvp-alignment")
    for place in range(2):
        expect(views.nth(place).locator(".bvp-caption")).to_contain_text("layer", timeout=30_000)
    yield Desk(notebook, views.nth(0), views.nth(1))
    watch.context.close()
    assert watch.refused == []
    assert watch.errors == []


@pytest.fixture
def desk(opened: Desk) -> Desk:
    """The notebook with its views as they were at first."""
    for name in ("view", "sparse"):
        opened.notebook.python(f"{name}.drawing = False; {name}.drawn = {{}}; {name}.pair = 0")
        opened.notebook.python(f"{name}.hidden_layer = 2; {name}.method = 'inter'")
    for view in (opened.view, opened.sparse):
        expect(caption(view)).to_contain_text("layer 2, inter")
    return opened


def test_what_is_drawn_reaches_python(desk: Desk) -> None:
    desk.view.get_by_role("button", name="Draw").click()
    word(desk.view, "source", 0).click()
    word(desk.view, "target", 3).click()
    desk.notebook.wait_for("bool(view.drawn)", True)
    assert desk.notebook.value("(0, 3) in view.links_of(0).possible") is True
    desk.notebook.python("view.drawn = {0: '0-1'}")
    assert desk.notebook.value("view.to_pharaoh().splitlines()[0]") == "0-1"
    word(desk.view, "source", 0).hover()
    expect(word(desk.view, "target", 1)).to_have_class("bvp-w bvp-partner")


def test_the_view_follows_python_and_python_the_view(desk: Desk) -> None:
    desk.notebook.python("view.hidden_layer = 1; view.method = 'itermax'")
    expect(caption(desk.view)).to_contain_text("layer 1, itermax")
    word(desk.view, "source", 0).press("]")
    desk.notebook.wait_for("view.hidden_layer", 2)
    desk.view.locator(".bvp-pager button").last.click()
    desk.notebook.wait_for("view.pair", 1)
    expect(word(desk.view, "source", 0)).to_have_text("a")


def test_a_pair_that_is_not_in_the_view_is_asked_for(desk: Desk) -> None:
    desk.notebook.python("sparse.pair = 1")
    desk.notebook.wait_for("sparse.detail.get('pair')", 1)
    word(desk.sparse, "source", 1).hover()
    expect(word(desk.sparse, "target", 1)).to_have_class("bvp-w bvp-partner")


def test_a_refused_value_changes_nothing(desk: Desk) -> None:
    refused = "try:\n    view.method = 'best'\nexcept Exception as error:\n    said = str(error)"
    desk.notebook.python(refused)
    assert "'best'" in str(desk.notebook.value("said"))
    expect(caption(desk.view)).to_contain_text("layer 2, inter")


def test_keys_stay_in_the_view(desk: Desk) -> None:
    """JupyterLab's own keys move between cells, insert and delete them."""
    word(desk.view, "source", 0).focus()
    before = desk.notebook.cells()
    for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "b", "a", "j", "Enter", "x", "Escape"):
        desk.notebook.page.keyboard.press(key)
    desk.notebook.page.wait_for_timeout(200)
    assert desk.notebook.cells() == before


def test_the_dark_theme_reaches_the_view(desk: Desk) -> None:
    with desk.notebook.in_the_dark():
        wait_until_drawn(desk.notebook.page)


@pytest.fixture(scope="module")
def executed(lab: JupyterLab) -> str:
    lab.run_elsewhere("saved_alignment.ipynb", VIEW)
    return "saved_alignment.ipynb"


def test_an_untrusted_notebook_shows_a_picture(lab: JupyterLab, watch: Watched, executed: str) -> None:
    lab.open(watch.page(), executed).shows_a_picture_alone()


def test_a_trusted_notebook_is_alive_without_a_kernel(lab: JupyterLab, watch: Watched, executed: str) -> None:
    lab.trust(executed)
    notebook = lab.open(watch.page(), executed)
    view = wait_until_drawn(notebook.page)
    notebook.page.wait_for_timeout(1000)
    notebook.shut_down_kernel()
    word(view, "source", 0).press("[")
    expect(caption(view)).to_contain_text("layer 1, inter")
    view.locator("select").select_option("mwmf")
    expect(caption(view)).to_contain_text("layer 1, mwmf")
    view.locator(".bvp-pager button").last.click()
    expect(word(view, "source", 0)).to_have_text("a")
    view.get_by_role("button", name="Draw").click()
    word(view, "source", 2).click()
    word(view, "target", 0).click()
    word(view, "source", 2).hover()
    expect(word(view, "target", 0)).to_have_class("bvp-w bvp-partner")
