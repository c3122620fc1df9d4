"""Notebooks as pages: nbconvert's HTML is live with no network, a print shows the picture."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import expect

from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import Watched
from tests.browser.outputs import CELLS, Outputs, answers, lay_beside

pytestmark = pytest.mark.browser

# What nbconvert's page asks of networks itself, for formulas and for Jupyter's own widgets.
NBCONVERTS_OWN = ("cdnjs.cloudflare.com", "cdn.jsdelivr.net", "unpkg.com")


@pytest.fixture(scope="module")
def executed(lab: JupyterLab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with each view that was run with no front end at all."""
    lay_beside(lab)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS.values()])
    NotebookClient(
        notebook,
        kernel_name="python3",
        store_widget_state=False,
        resources={"metadata": {"path": str(lab.notebooks)}},
    ).execute()
    path = tmp_path_factory.mktemp("converted") / "executed.ipynb"
    nbformat.write(notebook, path)
    return path


def converted(executed: Path, *options: str) -> Path:
    target = executed.with_name(f"page{len(options)}.html")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(executed), "--output", str(target)]
    subprocess.run([*command, *options], check=True, capture_output=True)
    return target


def test_nbconverts_page_is_live_with_no_network(executed: Path, watch: Watched) -> None:
    page = watch.page()
    page.set_viewport_size({"width": 1100, "height": 4400})
    page.goto(converted(executed).as_uri(), wait_until="domcontentloaded")
    outputs = Outputs(page)
    outputs.wait_live(len(CELLS))
    for kind in CELLS:
        answers(outputs.of(kind))
    assert all(any(host in url for host in NBCONVERTS_OWN) for url in watch.refused)
    watch.refused.clear()
    assert all(any(host in error for host in NBCONVERTS_OWN) for error in watch.errors)
    watch.errors.clear()


def test_a_print_shows_the_pictures(executed: Path, watch: Watched) -> None:
    page = watch.page()
    page.set_viewport_size({"width": 1100, "height": 4400})
    page.goto(converted(executed).as_uri(), wait_until="domcontentloaded")
    outputs = Outputs(page)
    outputs.wait_live(len(CELLS))
    page.emulate_media(media="print")
    expect(page.locator("[data-bertviz-plus] img")).to_have_count(len(CELLS))
    for place in range(len(CELLS)):
        expect(page.locator("[data-bertviz-plus] img").nth(place)).to_be_visible()
        expect(outputs.views.nth(place)).to_be_hidden()
        expect(page.locator("figcaption").nth(place)).to_be_hidden()
    page.emulate_media(media="screen")
    outputs.of("attention").press("]")
    page.emulate_media(media="print")
    expect(page.locator("figcaption").first).to_have_text("A picture of the view as it was first shown.")
    expect(page.locator("figcaption").first).to_be_visible()
    watch.refused.clear()
    watch.errors.clear()


def test_a_page_that_is_to_be_sanitised_can_be_made_of_pictures(executed: Path, watch: Watched) -> None:
    """nbconvert's sanitiser turns whatever it does not know into text, an `<img>` too."""
    pictures = "--NbConvertBase.display_data_priority=image/png"
    page = watch.page()
    page.goto(
        converted(executed, pictures, "--HTMLExporter.sanitize_html=True").as_uri(),
        wait_until="domcontentloaded",
    )
    expect(page.locator("img")).to_have_count(len(CELLS))
    assert len(page.locator("body").inner_text()) < 5000
    watch.refused.clear()
    watch.errors.clear()
