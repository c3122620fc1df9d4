"""The view in a real JupyterLab whose network is blocked."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.attention_view import choose, tokens, wait_until_drawn
from tests.browser.jupyterlab import JupyterLab, NotebookPage
from tests.browser.network import Watched, watched
from tests.browser.samples import SAMPLES

# How often a fresh notebook is opened and run: once in a test run, ten times before a release.
TIMES = int(os.environ.get("BERTVIZ_PLUS_TIMES", "1"))

pytestmark = pytest.mark.browser


def cell(sample: str, name: str = "view", **arguments: object) -> str:
    """Code that shows a view of a sample and keeps it under a name."""
    given = "".join(f", {key}={value!r}" for key, value in arguments.items())
    return (
        "import bertviz_plus as bp\n"
        f"{name} = bp.AttentionView(bp.Trace.load('{sample}.trace'), layer=1{given})\n{name}"
    )


@pytest.fixture(scope="module", params=["small", pytest.param("grid", marks=pytest.mark.slow)])
def sample(request: pytest.FixtureRequest, lab: JupyterLab) -> str:
    """A trace that lies beside the notebooks."""
    SAMPLES[request.param]().save(lab.notebooks / f"{request.param}.trace")
    return str(request.param)


@pytest.mark.parametrize("attempt", range(TIMES))
def test_a_first_cell_draws_on_its_first_run(
    lab: JupyterLab, watch: Watched, sample: str, attempt: int
) -> None:
    lab.write("first.ipynb", cell(sample))
    notebook = lab.open(watch.page(), "first.ipynb")
    notebook.run_all()
    expect(wait_until_drawn(notebook.page)).to_contain_text("layer 1")


@dataclass(frozen=True)
class Desk:
    """A notebook in use: two views that carry everything, one that carries layer 1, and other cells."""

    notebook: NotebookPage
    view: Locator
    other: Locator
    sparse: Locator


@pytest.fixture(scope="module")
def opened(lab: JupyterLab, browser: Browser, sample: str) -> Iterator[Desk]:
    watch = watched(browser, viewport={"width": 1100, "height": 2400})
    cells = [cell(sample), cell(sample, "other"), cell(sample, "sparse", embed=[1])]
    lab.write("desk.ipynb", *cells, *["pass"] * 12)
    notebook = lab.open(watch.page(), "desk.ipynb")
    notebook.run_all()
    views = notebook.page.locator(".bvp")
    expect(views).to_have_count(3, timeout=30_000)
    yield Desk(notebook, views.nth(0), views.nth(1), views.nth(2))
    watch.context.close()
    assert watch.refused == []
    assert watch.errors == []


@pytest.fixture
def desk(opened: Desk) -> Desk:
    """The notebook with its views as they were at first."""
    for name in ("view", "other", "sparse"):
        opened.notebook.python(f"{name}.mode = 'heads'; {name}.layer = 1; {name}.selected_tokens = []")
    opened.notebook.page.mouse.move(0, 0)
    wait_until_drawn(opened.notebook.page)
    return opened


def test_the_view_follows_python(desk: Desk) -> None:
    desk.notebook.python("view.layer = 3")
    expect(desk.view).to_contain_text("layer 3")
    desk.notebook.python("view.mode = 'matrix'; view.heads = [2]")
    expect(desk.view.get_by_role("tab", name="matrix", selected=True)).to_be_visible()
    expect(desk.view).to_contain_text("head 2")


def test_python_follows_the_view(desk: Desk) -> None:
    desk.view.press("]")
    desk.notebook.wait_for("view.layer", 2)
    choose(desk.view, "overview")
    desk.notebook.wait_for("view.mode", "overview")


def test_python_hears_of_a_token_that_is_pinned(desk: Desk) -> None:
    tokens(desk.view).nth(2).click()
    desk.notebook.wait_for("view.selected_tokens", [2])
    desk.notebook.page.keyboard.press("Escape")
    desk.notebook.wait_for("view.selected_tokens", [])


def test_a_refused_value_changes_nothing(desk: Desk) -> None:
    refused = "try:\n    view.layer = 99\nexcept Exception as error:\n    said = str(error)"
    desk.notebook.python(refused)
    assert "99" in str(desk.notebook.value("said"))
    assert desk.notebook.value("view.layer") == 1
    expect(desk.view).to_contain_text("layer 1")


def test_a_layer_that_is_not_in_the_view_is_asked_for(desk: Desk) -> None:
    desk.sparse.press("]")
    expect(desk.sparse).to_contain_text("layer 2")
    desk.notebook.wait_for("sparse.detail.get('layer')", 2)


def test_two_views_in_a_notebook_go_their_own_ways(desk: Desk) -> None:
    choose(desk.view, "overview")
    desk.notebook.wait_for("view.mode", "overview")
    assert desk.notebook.value("other.mode") == "heads"
    expect(desk.other.get_by_role("tab", name="heads", selected=True)).to_be_visible()


def test_keys_stay_in_the_view(desk: Desk) -> None:
    """JupyterLab's own keys move between cells, insert and delete them."""
    tokens(desk.view).nth(2).click()
    before = desk.notebook.cells()
    for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "b", "a", "j", "Enter", "Escape"):
        desk.notebook.page.keyboard.press(key)
    desk.notebook.page.wait_for_timeout(200)
    assert desk.notebook.cells() == before


def test_the_dark_theme_reaches_the_view(desk: Desk) -> None:
    with desk.notebook.in_the_dark():
        wait_until_drawn(desk.notebook.page)


@pytest.fixture(scope="module")
def executed(lab: JupyterLab, sample: str) -> str:
    """A notebook that ran elsewhere and was saved with the state of its view."""
    name = f"saved_{sample}.ipynb"
    lab.run_elsewhere(name, cell(sample))
    return name


def test_an_untrusted_notebook_shows_a_picture(lab: JupyterLab, watch: Watched, executed: str) -> None:
    lab.open(watch.page(), executed).shows_a_picture_alone()


def test_a_trusted_notebook_is_alive_without_a_kernel(lab: JupyterLab, watch: Watched, executed: str) -> None:
    lab.trust(executed)
    notebook = lab.open(watch.page(), executed)
    view = wait_until_drawn(notebook.page)
    notebook.page.wait_for_timeout(1000)
    notebook.shut_down_kernel()
    for mode in ("overview", "matrix", "heads"):
        choose(view, mode)
        wait_until_drawn(notebook.page)
    view.press("]")
    expect(view).to_contain_text("layer 2")
