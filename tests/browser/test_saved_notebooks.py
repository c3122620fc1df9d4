"""A notebook saved by JupyterLab's default settings is alive when it is opened again."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.jupyterlab import PANEL, JupyterLab, Notebook7, NotebookPage
from tests.browser.network import Watched, watched
from tests.browser.outputs import CELLS, LINE, Outputs, answers, lay_beside

pytestmark = pytest.mark.browser

# How often a notebook is opened again: once in a test run, ten times before a release.
TIMES = int(os.environ.get("BERTVIZ_PLUS_TIMES", "1"))
NAME = "saved.ipynb"


def outputs_in(lab: JupyterLab, name: str = NAME) -> list[dict[str, Any]]:
    """The data of the outputs of a notebook on the server."""
    cells = json.loads((lab.notebooks / name).read_text())["cells"]
    return [output["data"] for cell in cells for output in cell["outputs"]]


def html_of(data: dict[str, Any]) -> str:
    return "".join(data["text/html"])


@pytest.fixture(scope="module")
def saved(lab: JupyterLab, browser: Browser) -> str:
    """A notebook with a view of each kind that was run and saved in JupyterLab, and its kernel stopped."""
    lay_beside(lab)
    watch = watched(browser, viewport={"width": 1100, "height": 4400})
    lab.write(NAME, *CELLS.values())
    notebook = lab.open(watch.page(), NAME)
    notebook.run_all()
    Outputs(notebook.page).wait_live(len(CELLS))
    notebook.python("heads.layer = 3")
    expect(Outputs(notebook.page).of("attention")).to_contain_text("layer 3")
    notebook.save()
    notebook.shut_down_kernel()
    watch.context.close()
    assert watch.refused == []
    assert watch.errors == []
    return NAME


@pytest.fixture
def reopened(lab: JupyterLab, browser: Browser, saved: str) -> Iterator[NotebookPage]:
    """The notebook, opened again with no kernel behind it."""
    watch = watched(browser, viewport={"width": 1100, "height": 4400})
    notebook = lab.open(watch.page(), saved)
    notebook.shut_down_kernel()
    yield notebook
    watch.context.close()
    assert watch.refused == []
    assert watch.errors == []


def test_what_is_saved_needs_no_widget_state(lab: JupyterLab, saved: str) -> None:
    assert "widgets" not in json.loads((lab.notebooks / saved).read_text())["metadata"]
    for data in outputs_in(lab):
        assert set(data) == {"text/html", "image/png", "text/plain"}


@pytest.mark.parametrize("attempt", range(TIMES))
def test_every_view_answers_when_it_is_opened_again(reopened: NotebookPage, attempt: int) -> None:
    outputs = Outputs(reopened.page)
    outputs.wait_live(len(CELLS))
    assert outputs.pictures() == []
    expect(reopened.page.get_by_text("Error displaying widget")).to_have_count(0)
    for kind in CELLS:
        answers(outputs.of(kind))


def test_it_shows_the_state_of_the_time_it_was_saved(reopened: NotebookPage) -> None:
    expect(Outputs(reopened.page).of("attention")).to_contain_text("layer 3")


def test_nothing_moves_when_a_view_comes_alive(lab: JupyterLab, watch: Watched, saved: str) -> None:
    page = watch.page()
    page.set_viewport_size({"width": 1100, "height": 4400})
    page.add_init_script(
        """globalThis.heights = {};
        new MutationObserver(() => {
          for (const one of document.querySelectorAll("[data-bertviz-plus]"))
            (heights[one.dataset.token] ??= []).push([one.dataset.bertvizPlus, one.offsetHeight]);
        }).observe(document, { subtree: true, childList: true, attributeFilter: ["data-bertviz-plus"] });"""
    )
    lab.open(page, saved)
    Outputs(page).wait_live(len(CELLS))
    page.wait_for_timeout(300)
    heights = page.evaluate("() => Object.values(heights)")
    assert len(heights) == len(CELLS)
    for seen in heights:
        waiting = [height for state, height in seen if state == "waiting" and height]
        live = [height for state, height in seen if state == "live" and height]
        assert waiting
        assert abs(waiting[-1] - live[-1]) <= 4


def test_it_is_still_alive_after_a_second_save_without_running(
    lab: JupyterLab, watch: Watched, saved: str
) -> None:
    before = [html_of(data) for data in outputs_in(lab)]
    notebook = lab.open(watch.page(), saved)
    notebook.save()
    assert [html_of(data) for data in outputs_in(lab)] == before
    again = lab.open(notebook.page, saved)
    again.page.set_viewport_size({"width": 1100, "height": 4400})
    Outputs(again.page).wait_live(len(CELLS))
    answers(Outputs(again.page).of("attention"))


def test_untrusted_each_view_is_a_picture_that_says_so(lab: JupyterLab, watch: Watched, saved: str) -> None:
    name = "from_a_stranger.ipynb"
    text = (lab.notebooks / saved).read_text()
    (lab.notebooks / name).write_text(text.replace("import bertviz_plus", "import  bertviz_plus"))
    notebook = lab.open(watch.page(), name)
    outputs = Outputs(notebook.page)
    expect(notebook.page.locator(".jp-OutputArea img")).to_have_count(len(CELLS))
    # The attention view was changed before the save; a picture is of the display.
    changed = LINE.replace("A picture;", "A picture of the view as it was first shown;")
    assert outputs.pictures() == [changed, *[LINE] * (len(CELLS) - 1)]
    assert outputs.views.count() == 0


def test_a_copy_in_the_same_window_does_not_join_the_kernel(lab: JupyterLab, watch: Watched) -> None:
    lay_beside(lab)
    name = "original.ipynb"
    lab.write(name, CELLS["attention"])
    notebook = lab.open(watch.page(), name, alone=False)
    notebook.run_all()
    Outputs(notebook.page).wait_live(1)
    notebook.save()
    text = (lab.notebooks / name).read_text()
    (lab.notebooks / "copy.ipynb").write_text(text)
    notebook.command("docmanager:open", path="copy.ipynb", options={"mode": "split-right"})
    notebook.page.wait_for_function("() => document.querySelectorAll('.jp-NotebookPanel').length === 2")
    outputs = Outputs(notebook.page)
    outputs.wait_live(2)
    first, copy = (outputs.page.locator(".jp-NotebookPanel").nth(i).locator(".bvp") for i in range(2))
    in_original = PANEL.replace("widget.sessionContext)", "widget.context?.path === 'original.ipynb')")
    set_layer = (
        f"async (code) => {{ const {{ kernel }} = ({in_original}).sessionContext.session;"
        " await kernel.requestExecute({ code, silent: true }).done; }"
    )
    outputs.page.evaluate(set_layer, "heads.layer = 4")
    expect(first).to_contain_text("layer 4")
    expect(copy).to_contain_text("layer 1")
    copy.press("]")
    expect(copy).to_contain_text("layer 2")
    outputs.page.wait_for_timeout(300)
    expect(first).to_contain_text("layer 4")
    first.press("]")
    expect(first).to_contain_text("layer 5")
    outputs.page.wait_for_timeout(500)
    outputs.page.evaluate(set_layer, "assert heads.layer == 5; heads.layer = 0")
    expect(first).to_contain_text("layer 0")
    expect(copy).to_contain_text("layer 2")


DAMAGE = {
    "cut off": lambda html: (
        html[: html.index("data-packed>") + 4000]
        + html[html.index("</script>", html.index("data-packed>")) :]
    ),
    "edited": lambda html: (
        html[: html.index("data-packed>") + 20_000] + "AAAA" + html[html.index("data-packed>") + 20_004 :]
    ),
    "gone": lambda html: (
        html[: html.index("data-packed>") + 12] + html[html.index("</script>", html.index("data-packed>")) :]
    ),
    "cut off within a script": lambda html: html[: html.index("data-packed>") + 4000],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_data_leave_the_picture_and_a_word(
    lab: JupyterLab, watch: Watched, saved: str, damage: str
) -> None:
    content = json.loads((lab.notebooks / saved).read_text())
    data = content["cells"][0]["outputs"][0]["data"]
    data["text/html"] = DAMAGE[damage](html_of(data))
    name = "damaged.ipynb"
    (lab.notebooks / name).write_text(json.dumps(content))
    lab.trust(name)
    notebook = lab.open(watch.page(), name)
    notebook.page.set_viewport_size({"width": 1100, "height": 4400})
    outputs = Outputs(notebook.page)
    outputs.wait_live(len(CELLS) - 1)
    (line,) = outputs.pictures()
    said = "trust the notebook" if damage.endswith("script") else "cut off or were changed"
    assert said in line


def test_a_state_that_is_nonsense_does_not_keep_the_view_away(
    lab: JupyterLab, watch: Watched, saved: str
) -> None:
    content = json.loads((lab.notebooks / saved).read_text())
    data = content["cells"][0]["outputs"][0]["data"]
    before, after = html_of(data).split("data-changes>", 1)
    assert not after.startswith("<")
    data["text/html"] = f"{before}data-changes>AAAA{after[after.index('<') :]}"
    name = "nonsense.ipynb"
    (lab.notebooks / name).write_text(json.dumps(content))
    lab.trust(name)
    notebook = lab.open(watch.page(), name)
    expect(Outputs(notebook.page).of("attention")).to_contain_text("layer 1")


def test_a_browser_that_cannot_inflate_shows_the_picture_and_why(
    lab: JupyterLab, watch: Watched, saved: str
) -> None:
    page = watch.page()
    page.add_init_script("delete globalThis.DecompressionStream")
    lab.open(page, saved)
    expect(page.locator("figcaption").first).to_contain_text("cannot unpack")
    assert len(Outputs(page).pictures()) == len(CELLS)
    # JupyterLab's own code may miss it too.
    watch.errors.clear()


def test_a_picture_alone_is_stored_where_that_is_wanted(lab: JupyterLab, watch: Watched) -> None:
    lay_beside(lab)
    name = "small.ipynb"
    lab.write(name, "import bertviz_plus as bp\nbp.options.saved = 'picture'", CELLS["attention"])
    notebook = lab.open(watch.page(), name)
    notebook.run_all()
    outputs = Outputs(notebook.page)
    outputs.wait_live(1)
    outputs.views.press("]")
    notebook.wait_for("heads.layer", 2)
    notebook.save()
    (data,) = outputs_in(lab, name)
    assert len(html_of(data)) < 120_000
    notebook.shut_down_kernel()
    again = lab.open(watch.page(), name)
    expect(again.page.locator("figcaption")).to_have_text("A picture; run the cell to make it live.")
    assert len(Outputs(again.page).pictures()) == 1


def test_in_notebook_7_views_are_alive_with_a_kernel_and_when_opened_again(
    tmp_path: Path, watch: Watched
) -> None:
    with Notebook7(tmp_path / "server") as server:
        lay_beside(server)
        server.write(NAME, *CELLS.values())
        page = watch.page()
        page.set_viewport_size({"width": 1100, "height": 4400})
        notebook = server.open(page, NAME)
        outputs = Outputs(page)
        notebook.run_all()
        outputs.wait_live(len(CELLS))
        outputs.of("attention").press("]")
        notebook.wait_for("heads.layer", 2)
        notebook.python("heads.layer = 4")
        expect(outputs.of("attention")).to_contain_text("layer 4")
        notebook.save()
        notebook.shut_down_kernel()
        server.open(page, NAME).shut_down_kernel()
        outputs.wait_live(len(CELLS))
        expect(outputs.of("attention")).to_contain_text("layer 4")
        for kind in CELLS:
            answers(outputs.of(kind))
    # Notebook 7 looks for a schema that it does not have, whatever it opens.
    watch.errors[:] = [error for error in watch.errors if "'schema'" not in error]
