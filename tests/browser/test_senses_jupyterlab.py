"""The sense view in a real JupyterLab whose network is blocked."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.attention_view import wait_until_drawn
from tests.browser.jupyterlab import JupyterLab, NotebookPage
from tests.browser.network import Watched, watched
from tests.browser.sense_samples import parting
from tests.browser.sense_view import ShownSenses, shown_senses

pytestmark = pytest.mark.browser

VIEW = """\
import bertviz_plus as bp
bank = bp.Occurrences.load("bank.occurrences")
view = bp.SenseView(bank, hidden_layer=1, progress=False)
view"""
SPARSE = "sparse = bp.SenseView(bank, embed=[0], hidden_layer=0, progress=False)\nsparse"
CHART = """\
import altair as alt
bp.charts.draw_offline()
chart = alt.JupyterChart(bp.charts.by_layer(view.scores, ["knn"]))
chart.selections.observe(bp.charts.shows_layer_in(view), "hidden_layer")
chart"""
SELECTED = 'print("selected", view.selected)\nview.selected_frame()'


@pytest.fixture(scope="module", autouse=True)
def stored(lab: JupyterLab) -> None:
    """Occurrences that lie beside the notebooks."""
    parting().save(lab.notebooks / "bank.occurrences")


def test_a_first_cell_draws_on_its_first_run(lab: JupyterLab, watch: Watched) -> None:
    lab.write("first_senses.ipynb", VIEW)
    notebook = lab.open(watch.page(), "first_senses.ipynb")
    notebook.run_all()
    shown_senses(notebook.page).shows_layer(1)


@dataclass(frozen=True)
class Desk:
    """A notebook in use: a view, one that carries layer 0 alone, and a chart of the scores."""

    notebook: NotebookPage
    view: ShownSenses
    sparse: ShownSenses


@pytest.fixture(scope="module")
def opened(lab: JupyterLab, browser: Browser) -> Iterator[Desk]:
    watch = watched(browser, viewport={"width": 1200, "height": 2600})
    lab.write("senses_desk.ipynb", VIEW, SPARSE, CHART, SELECTED)
    notebook = lab.open(watch.page(), "senses_desk.ipynb")
    for cell in range(3):
        notebook.run(cell)
    expect(notebook.page.locator(".bvp-senses .bvp-points")).to_have_count(2, timeout=30_000)
    yield Desk(notebook, shown_senses(notebook.page), shown_senses(notebook.page, 1))
    watch.context.close()
    assert watch.refused == []
    assert watch.errors == []


@pytest.fixture
def desk(opened: Desk) -> Desk:
    """The notebook with its views as they were at first."""
    opened.notebook.python("view.hidden_layer = 1; sparse.hidden_layer = 0")
    for name in ("view", "sparse"):
        opened.notebook.python(f"{name}.search = ''; {name}.selected = []; {name}.pinned = -1")
        opened.notebook.python(f"{name}.muted = []")
    opened.view.settle()
    return opened


def test_a_lasso_reaches_python(desk: Desk) -> None:
    desk.notebook.python("view.hidden_layer = 3")
    desk.view.shows_layer(3)
    desk.view.settle()
    desk.view.lasso(0.5)
    # At the last layer each sense has a half of the plot to itself.
    desk.notebook.wait_for("len(view.selected)", 20)
    assert len(set(desk.notebook.value("view.selected_frame()['sense'].tolist()"))) == 1
    desk.notebook.run(3)
    output = desk.notebook.page.locator(".jp-OutputArea").last
    expect(output).to_contain_text("selected [")
    numbers = desk.notebook.value("view.selected")
    expect(output).to_contain_text(f"selected {numbers}")
    assert output.locator("tbody tr").count() == 20


def test_the_view_follows_python(desk: Desk) -> None:
    desk.notebook.python("view.hidden_layer = 2")
    desk.view.shows_layer(2)
    desk.notebook.python("view.selected = [0, 2, 4]")
    expect(desk.view.reading).to_contain_text("3 selected")
    desk.notebook.python("view.selected = []; view.pinned = 7")
    expect(desk.view.rows).to_have_count(5)
    desk.notebook.python("view.pinned = -1; view.muted = ['river']")
    off = desk.view.root.locator(".bvp-legend").get_by_role("button", pressed=False)
    expect(off).to_have_count(1)
    expect(off).to_contain_text("river")


def test_a_search_in_python_and_one_in_the_view_select_the_same(desk: Desk) -> None:
    desk.notebook.python("view.search = 'a RIVER'")
    expect(desk.view.reading).to_contain_text("20 selected")
    selected = desk.notebook.value("view.selected")
    desk.notebook.python("view.search = ''")
    desk.notebook.wait_for("view.selected", [])
    desk.view.search.fill("a RIVER")
    desk.notebook.wait_for("view.search", "a RIVER")
    desk.notebook.wait_for("view.selected", selected)


def test_python_hears_of_a_pin_and_of_a_layer(desk: Desk) -> None:
    desk.view.root.press("]")
    desk.notebook.wait_for("view.hidden_layer", 2)
    desk.view.settle()
    desk.view.page.mouse.click(*desk.view.marks()[0])
    desk.notebook.wait_for("view.pinned >= 0", True)
    desk.view.page.keyboard.press("Escape")
    desk.notebook.wait_for("view.pinned", -1)


def test_a_refused_value_changes_nothing(desk: Desk) -> None:
    refused = "try:\n    view.hidden_layer = 99\nexcept Exception as error:\n    said = str(error)"
    desk.notebook.python(refused)
    assert "99" in str(desk.notebook.value("said"))
    desk.view.shows_layer(1)


def test_a_layer_that_is_not_in_the_view_is_asked_for(desk: Desk) -> None:
    desk.sparse.root.press("]")
    desk.sparse.shows_layer(1)
    desk.notebook.wait_for("sparse.detail.get('hidden_layer')", 1)
    desk.sparse.settle()
    marks = desk.sparse.marks()
    assert len(marks) > 20
    desk.sparse.page.mouse.click(*marks[0])
    expect(desk.sparse.rows).to_have_count(5)


def test_a_click_in_the_chart_moves_the_view(desk: Desk) -> None:
    chart = desk.notebook.page.locator(".vega-embed canvas, .vega-embed svg").first
    expect(chart).to_be_visible(timeout=30_000)
    box = chart.bounding_box()
    assert box
    # The nearest point is taken: at the plot's right end the last layer's, at its left that of layer 0.
    for place, layer in ((0.75, 3), (0.15, 0)):
        chart.click(position={"x": place * box["width"], "y": box["height"] / 2})
        desk.notebook.wait_for("view.hidden_layer", layer)
        desk.view.shows_layer(layer)


def test_keys_stay_in_the_view(desk: Desk) -> None:
    """JupyterLab's own keys move between cells, insert and delete them."""
    desk.view.plot.focus()
    before = desk.notebook.cells()
    for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "b", "a", "j", "Enter", " ", " ", "Escape", "Escape"):
        desk.notebook.page.keyboard.press(key)
    desk.view.search.focus()
    desk.notebook.page.keyboard.type("abdd jk")
    desk.notebook.page.keyboard.press("Escape")
    desk.notebook.page.wait_for_timeout(200)
    assert desk.notebook.cells() == before


def test_the_dark_theme_reaches_the_view(desk: Desk) -> None:
    with desk.notebook.in_the_dark():
        wait_until_drawn(desk.notebook.page)


@pytest.fixture(scope="module")
def executed(lab: JupyterLab) -> str:
    """A notebook that ran elsewhere and was saved with the state of its view."""
    name = "saved_senses.ipynb"
    lab.run_elsewhere(name, VIEW)
    return name


def test_an_untrusted_notebook_shows_a_picture(lab: JupyterLab, watch: Watched, executed: str) -> None:
    lab.open(watch.page(), executed).shows_a_picture_alone()


def test_a_trusted_notebook_is_alive_without_a_kernel(lab: JupyterLab, watch: Watched, executed: str) -> None:
    lab.trust(executed)
    notebook = lab.open(watch.page(), executed)
    view = shown_senses(notebook.page)
    notebook.page.wait_for_timeout(1000)
    notebook.shut_down_kernel()
    view.root.press("]")
    view.shows_layer(2)
    view.settle()
    view.page.mouse.click(*view.marks()[0])
    expect(view.rows).to_have_count(5)
    view.page.keyboard.press("Escape")
    view.lasso()
    expect(view.reading).to_contain_text("40 selected")
    view.search.fill("river")
    expect(view.reading).to_contain_text("20 selected: river 20")
