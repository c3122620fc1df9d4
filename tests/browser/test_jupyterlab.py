"""The view in a real JupyterLab whose network is blocked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.attention_view import choose, tokens, wait_until_drawn
from tests.browser.jupyterlab import JupyterLab, NotebookPage
from tests.browser.network import Watched
from tests.browser.samples import SAMPLES

ROOT = Path(__file__).parents[2]
# How often a fresh notebook is opened and run: once in a test run, ten times before a release.
TIMES = int(os.environ.get("BERTVIZ_PLUS_TIMES", "1"))

SHOW = "import bertviz_plus as bp\nview = bp.AttentionView(bp.Trace.load('{}.trace'), layer=1)\nview"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def traces(lab: JupyterLab) -> None:
    for name, make in SAMPLES.items():
        make().save(lab.notebooks / f"{name}.trace")


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest, traces: None) -> str:
    return str(request.param)


def shown(lab: JupyterLab, watch: Watched, sample: str, *more_cells: str) -> tuple[NotebookPage, Locator]:
    """A notebook that shows a view in its first cell, run for the first time."""
    lab.write("shown.ipynb", SHOW.format(sample), *more_cells)
    notebook = lab.open(watch.page(), "shown.ipynb")
    notebook.run_all()
    return notebook, wait_until_drawn(notebook.page)


@pytest.mark.parametrize("attempt", range(TIMES))
def test_a_first_cell_draws_on_its_first_run(
    lab: JupyterLab, watch: Watched, sample: str, attempt: int
) -> None:
    _, view = shown(lab, watch, sample)
    expect(view).to_contain_text("layer 1")


def test_the_view_follows_python_and_python_follows_the_view(
    lab: JupyterLab, watch: Watched, sample: str
) -> None:
    notebook, view = shown(lab, watch, sample)
    notebook.python("view.layer = 3")
    expect(view).to_contain_text("layer 3")
    notebook.python("view.mode = 'matrix'; view.heads = [2]")
    expect(view.get_by_role("tab", name="matrix", selected=True)).to_be_visible()

    choose(view, "heads")
    wait_for(notebook, "view.mode", "heads")
    view.press("]")
    wait_for(notebook, "view.layer", 4)


def test_python_hears_of_a_token_that_is_pinned(lab: JupyterLab, watch: Watched, sample: str) -> None:
    notebook, view = shown(lab, watch, sample)
    tokens(view).nth(2).click()
    wait_for(notebook, "view.selected_tokens", [2])
    notebook.page.keyboard.press("Escape")
    wait_for(notebook, "view.selected_tokens", [])


def test_a_layer_that_is_not_in_the_view_is_asked_for(lab: JupyterLab, watch: Watched, sample: str) -> None:
    lab.write("asked.ipynb", SHOW.format(sample).replace("layer=1", "layer=1, embed=[1]"))
    notebook = lab.open(watch.page(), "asked.ipynb")
    notebook.run_all()
    view = wait_until_drawn(notebook.page)
    view.press("]")
    expect(view).to_contain_text("layer 2")
    assert notebook.value("view.detail['layer']") == 2


def test_keys_and_the_wheel_stay_in_the_view(lab: JupyterLab, watch: Watched, sample: str) -> None:
    notebook, view = shown(lab, watch, sample, *["pass"] * 12)
    page = notebook.page
    page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
    tokens(view).nth(2).click()
    before = where(page)
    for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "b", "a", "j", "Enter", "Escape"):
        page.keyboard.press(key)
    page.mouse.wheel(0, 60)
    page.wait_for_timeout(300)
    after = where(page)
    assert after["cells"] == before["cells"]
    assert after["active"] == before["active"]
    assert after["mode"] == before["mode"]


def where(page: Page) -> dict[str, object]:
    return page.evaluate(
        """() => {
            const { content } = [...jupyterapp.shell.widgets("main")].find((one) => one.sessionContext);
            return { cells: content.widgets.length, active: content.activeCellIndex, mode: content.mode };
        }"""
    )


def test_the_dark_theme_reaches_the_view(lab: JupyterLab, watch: Watched, sample: str) -> None:
    notebook, view = shown(lab, watch, sample)
    scheme = "(root) => getComputedStyle(root).colorScheme"
    assert "dark" not in view.evaluate(scheme)
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    try:
        page = notebook.page
        page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
        page.wait_for_function(f"() => ({scheme})(document.querySelector('.bvp')).includes('dark')")
        assert "dark" in view.evaluate(scheme)
    finally:
        notebook.command("apputils:change-theme", theme="JupyterLab Light")
        notebook.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")


def test_two_views_in_a_notebook_go_their_own_ways(lab: JupyterLab, watch: Watched, sample: str) -> None:
    notebook, _ = shown(lab, watch, sample, SHOW.format(sample).replace("view", "other"))
    views = notebook.page.locator(".bvp")
    expect(views).to_have_count(2)
    choose(views.nth(0), "overview")
    wait_for(notebook, "view.mode", "overview")
    assert notebook.value("other.mode") == "heads"


@pytest.fixture
def executed(lab: JupyterLab, sample: str) -> str:
    """A notebook that ran elsewhere and was saved with the state of its view."""
    name = f"saved_{sample}.ipynb"
    lab.write(name, SHOW.format(sample))
    subprocess.run(
        [sys.executable, str(ROOT / "demo_notebooks/run.py"), name, "--into", "."],
        check=True,
        cwd=lab.notebooks,
        capture_output=True,
    )
    return name


def test_a_trusted_notebook_is_alive_before_anything_runs(
    lab: JupyterLab, watch: Watched, executed: str
) -> None:
    lab.trust(executed)
    notebook = lab.open(watch.page(), executed)
    notebook.shut_down_kernel()
    view = wait_until_drawn(notebook.page)
    for mode in ("overview", "matrix", "heads"):
        choose(view, mode)
        wait_until_drawn(notebook.page)
    view.press("]")
    expect(view).to_contain_text("layer 2")


def test_an_untrusted_notebook_shows_a_picture(lab: JupyterLab, watch: Watched, executed: str) -> None:
    notebook = lab.open(watch.page(), executed)
    picture = notebook.page.locator(".jp-OutputArea img")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.naturalWidth") >= 600
    expect(notebook.page.locator(".bvp")).to_have_count(0)


def wait_for(notebook: NotebookPage, expression: str, wanted: object) -> None:
    """Wait until an expression has a value in the kernel."""
    for _ in range(50):
        value = notebook.value(expression)
        if value == wanted:
            return
        notebook.page.wait_for_timeout(100)
    raise AssertionError(f"{expression} is {value!r}, not {wanted!r}")
