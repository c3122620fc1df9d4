"""The notebooks in the repository run, stay small, and are alive for whoever opens them."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.browser.attention_view import wait_until_drawn
from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import Watched

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parents[2] / "demo_notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
LARGEST = 3_000_000


def views(notebook: nbformat.NotebookNode) -> list[dict[str, object]]:
    """The outputs that show a view of this package; progress bars and Altair's widget are none."""
    states = notebook.metadata["widgets"][STATE]["state"]
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    shown = [output["data"] for output in outputs if VIEW in output.get("data", {})]
    return [
        data
        for data in shown
        if str(states[data[VIEW]["model_id"]]["state"].get("_anywidget_id")).startswith("bertviz_plus.")
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_saved_with_live_views_and_their_pictures(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert views(notebook)
    for data in views(notebook):
        assert "image/png" in data
        assert "text/plain" in data
    assert path.stat().st_size < LARGEST


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_is_alive_when_it_is_opened(
    path: Path, tmp_path: Path, lab: JupyterLab, watch: Watched
) -> None:
    subprocess.run(
        [sys.executable, str(FOLDER / "run.py"), str(path), "--into", str(tmp_path)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    (lab.notebooks / path.name).write_bytes((tmp_path / path.name).read_bytes())
    lab.trust(path.name)
    page = watch.page()
    lab.open(page, path.name)
    wait_until_drawn(page)
    run = nbformat.read(tmp_path / path.name, as_version=4)
    assert len(views(run)) == len(views(nbformat.read(path, as_version=4)))
