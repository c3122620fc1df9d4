"""The notebooks in the repository run, stay small, and are alive for whoever opens them."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import Watched
from tests.browser.outputs import Outputs, answers

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parents[2] / "demo_notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
VIEW = "application/vnd.jupyter.widget-view+json"
LARGEST = 3_000_000


def shown(path: Path) -> list[dict[str, str]]:
    """The data of every output that shows something."""
    notebook = nbformat.read(path, as_version=4)
    return [out["data"] for cell in notebook.cells for out in cell.get("outputs", []) if "data" in out]


def views(path: Path) -> list[dict[str, str]]:
    """The outputs that show a view of this package."""
    return [data for data in shown(path) if "data-bertviz-plus" in data.get("text/html", "")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_saved_with_live_views_and_their_pictures(path: Path) -> None:
    assert views(path)
    for data in views(path):
        assert set(data) == {"text/html", "image/png", "text/plain"}
    # A widget's view without its model would be an error text.
    assert not any(VIEW in data for data in shown(path))
    assert path.stat().st_size < LARGEST


# Lessons that train take minutes.
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "path",
    # The first lesson each time; the longer ones with the broad checks.
    [pytest.param(path, marks=[pytest.mark.slow] * (place > 0)) for place, path in enumerate(NOTEBOOKS)],
    ids=lambda path: path.stem,
)
def test_a_notebook_runs_and_every_view_answers_when_it_is_opened(
    path: Path, tmp_path: Path, lab: JupyterLab, watch: Watched
) -> None:
    subprocess.run(
        [sys.executable, str(FOLDER / "run.py"), str(path), "--into", str(tmp_path)],
        check=True,
        capture_output=True,
        timeout=600,
    )
    run = tmp_path / path.name
    assert len(views(run)) == len(views(path))
    (lab.notebooks / path.name).write_bytes(run.read_bytes())
    lab.trust(path.name)
    page = watch.page()
    page.set_viewport_size({"width": 1100, "height": 2000})
    lab.open(page, path.name).shut_down_kernel()
    outputs = Outputs(page)
    # Of many views the last are there after some seconds, on a busy machine.
    expect(outputs.all).to_have_count(len(views(run)), timeout=20_000)
    for place in range(len(views(run))):
        output = outputs.all.nth(place)
        for _ in range(20):
            # The heights of cells that were never in sight are guesses, so one jump does not get there.
            output.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
            page.wait_for_timeout(200)
            if output.locator(".bvp").count():
                break
        expect(output).to_have_attribute("data-bertviz-plus", "live")
        if place in (0, len(views(run)) - 1):
            answers(output.locator(".bvp"))
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
