"""Outputs while a kernel runs: two ways with Python, beside widget views, and against what disturbs."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.jupyterlab import PANEL, JupyterLab, NotebookPage
from tests.browser.network import Watched, watched
from tests.browser.outputs import CELLS, Outputs, answers, lay_beside
from tests.browser.shadow import ALL

pytestmark = pytest.mark.browser

TALL = {"width": 1100, "height": 2400}


@pytest.fixture(scope="module", autouse=True)
def beside(lab: JupyterLab) -> None:
    lay_beside(lab)


@pytest.fixture
def tall(browser: Browser) -> Iterator[Watched]:
    """A window in which every cell is in sight."""
    watch = watched(browser, viewport=TALL)
    yield watch
    watch.context.close()
    assert watch.refused == []
    assert watch.errors == []


def run(lab: JupyterLab, watch: Watched, name: str, *cells: str, live: int = 1) -> NotebookPage:
    """Open a notebook, run its cells and wait for the views."""
    lab.write(name, *cells)
    notebook = lab.open(watch.page(), name)
    notebook.run_all()
    Outputs(notebook.page).wait_live(live)
    return notebook


def test_one_view_displayed_twice_is_one_state(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(lab, tall, "twice.ipynb", CELLS["attention"], "heads", live=2)
    views = Outputs(notebook.page).views
    notebook.python("heads.layer = 3")
    for place in range(2):
        expect(views.nth(place)).to_contain_text("layer 3")
    views.nth(1).press("]")
    expect(views.nth(0)).to_contain_text("layer 4")
    notebook.wait_for("heads.layer", 4)


def test_containers_links_and_interact_stay_in_step_with_the_output(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(
        lab,
        tall,
        "containers.ipynb",
        CELLS["attention"],
        "import ipywidgets as w\nw.HBox([heads])",
        "w.Tab([heads], titles=['heads'])",
        "other = bp.AttentionView(heads.trace)\nw.link((heads, 'layer'), (other, 'layer'))\nother",
        "seen = []\nheads.observe(lambda change: seen.append(change['new']), 'layer')\n"
        "w.interact(lambda layer: setattr(heads, 'layer', layer), layer=(0, 5))",
        live=2,
    )
    views = notebook.page.locator(".bvp-attention")
    expect(views).to_have_count(4)
    notebook.python("heads.layer = 3")
    for place in range(4):
        expect(views.nth(place)).to_contain_text("layer 3")
    views.nth(1).press("]")
    for place in range(4):
        expect(views.nth(place)).to_contain_text("layer 4")
    notebook.wait_for("[other.layer, seen[-1]]", [4, 4])


def test_a_page_that_is_reloaded_joins_its_kernel_again(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(lab, tall, "reload.ipynb", CELLS["attention"])
    notebook.save()
    notebook.python("heads.layer = 5")
    again = lab.open(notebook.page, "reload.ipynb")
    view = Outputs(again.page).views
    expect(view).to_contain_text("layer 5", timeout=20_000)
    view.press("[")
    again.wait_for("heads.layer", 4)


def test_after_a_restart_the_view_lives_on_alone_and_joins_when_it_runs_again(
    lab: JupyterLab, tall: Watched
) -> None:
    notebook = run(lab, tall, "restart.ipynb", CELLS["attention"])
    notebook.page.evaluate(f"() => ({PANEL}).sessionContext.session.kernel.restart()")
    notebook.page.wait_for_function(f"() => ({PANEL}).sessionContext.session.kernel.status === 'idle'")
    view = Outputs(notebook.page).views
    view.press("]")
    expect(view).to_contain_text("layer 2")
    notebook.run(0)
    expect(view).to_contain_text("layer 1")
    view.press("]")
    notebook.wait_for("heads.layer", 2)


def test_a_cell_run_again_leaves_no_view_behind(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(lab, tall, "again.ipynb", CELLS["attention"])
    drawn = "() => globalThis[Symbol.for('bertviz_plus: the views of this page, 1')].drawn.size"
    for _ in range(3):
        notebook.run(0)
        notebook.page.wait_for_timeout(600)
        Outputs(notebook.page).wait_live(1)
    assert notebook.page.evaluate(drawn) == 1
    Outputs(notebook.page).views.press("]")
    notebook.wait_for("heads.layer", 2)


def test_a_view_that_python_closes_goes(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(lab, tall, "closed.ipynb", CELLS["attention"])
    notebook.python("heads.close()")
    expect(Outputs(notebook.page).views).to_have_count(0)


def test_of_thirty_views_those_in_sight_are_drawn(lab: JupyterLab, watch: Watched) -> None:
    cells = [f"v{i} = bp.AttentionView(heads.trace, layer={i % 6})\nv{i}" for i in range(29)]
    lab.write("thirty.ipynb", CELLS["attention"], *cells)
    notebook = lab.open(watch.page(), "thirty.ipynb")
    notebook.run_all()
    notebook.wait_for("'v28' in globals()", True)
    outputs = Outputs(notebook.page)
    expect(outputs.all).to_have_count(30, timeout=30_000)
    notebook.save()
    again = lab.open(notebook.page, "thirty.ipynb")
    expect(outputs.all.first).to_have_attribute("data-bertviz-plus", "live", timeout=20_000)
    again.page.wait_for_timeout(1500)
    assert outputs.states().count("waiting") > 15
    last = outputs.all.last.locator(".bvp")
    for _ in range(20):
        # The heights of cells that were never in sight are guesses, so one jump does not get there.
        outputs.all.last.evaluate("(one) => one.scrollIntoView()")
        again.page.wait_for_timeout(200)
        if last.count():
            break
    last.press("]")
    again.wait_for("v28.layer", 5)


def test_a_layer_that_was_not_stored_is_said_to_be_pythons(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(
        lab, tall, "sparse.ipynb", f"{CELLS['attention']}; s = bp.AttentionView(heads.trace, embed=[1])\ns"
    )
    notebook.shut_down_kernel()
    view = Outputs(notebook.page).views
    for _ in range(2):
        view.press("]")
    note = view.locator(".bvp-note")
    expect(note).to_contain_text('embed="all"', timeout=5000)
    expect(note).to_contain_text("run the cell")


def test_a_layer_fetched_from_python_is_saved_with_the_state_that_shows_it(
    lab: JupyterLab, tall: Watched
) -> None:
    code = f"{CELLS['attention']}; s = bp.AttentionView(heads.trace, embed=[1], layer=1)\ns"
    notebook = run(lab, tall, "fetched.ipynb", code)
    Outputs(notebook.page).views.press("]")
    notebook.wait_for("s.detail.get('layer')", 2)
    notebook.page.wait_for_timeout(300)
    notebook.save()
    notebook.shut_down_kernel()
    again = lab.open(notebook.page, "fetched.ipynb")
    again.shut_down_kernel()
    view = Outputs(again.page).views
    expect(view).to_contain_text("layer 2")
    again.page.wait_for_timeout(2500)
    expect(view.locator(".bvp-note")).to_have_text("")


def test_a_save_moves_the_view_and_loses_neither_focus_nor_place(lab: JupyterLab, tall: Watched) -> None:
    words = "['[CLS]', *[f'w{i}' for i in range(120)], '[SEP]']"
    code = (
        "import bertviz_plus as bp, numpy as np\n"
        f"long = bp.AttentionView(bp.Trace.from_attention(np.full((2, 4, 122, 122), 1 / 122), {words}))\nlong"
    )
    notebook = run(lab, tall, "focus.ipynb", code)
    view = Outputs(notebook.page).views
    view.press("]")
    notebook.wait_for("long.layer", 1)
    scroller = f"() => ({ALL})('.bvp *').find((one) => one.scrollHeight > one.clientHeight + 200)"
    notebook.page.evaluate(f"() => ({scroller})().scrollTo(0, 300)")
    view.locator(".bvp-token").nth(20).click()
    view.press("[")
    where = f"() => [({scroller})().scrollTop, document.activeElement.className]"
    before = notebook.page.evaluate(where)
    notebook.page.evaluate("() => { globalThis.kept = document.querySelector('.bvp-output') }")
    notebook.save()
    assert notebook.page.evaluate(where) == before
    assert (
        notebook.page.evaluate("() => kept.isConnected && document.querySelectorAll('.bvp-output').length")
        == 1
    )
    view.press("]")
    notebook.wait_for("long.layer", 1)


def test_saves_leave_every_view_where_it_is(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(lab, tall, "saves.ipynb", *CELLS.values(), live=len(CELLS))
    outputs = Outputs(notebook.page)
    for layer in (2, 3, 0):
        notebook.python(f"heads.layer = bank.hidden_layer = {layer}; house.hidden_layer = {min(layer, 2)}")
        notebook.page.wait_for_timeout(300)
        notebook.save()
        expect(outputs.views).to_have_count(len(CELLS))
        for place in range(3):
            expect(outputs.views.nth(place)).to_be_visible()
            caption = outputs.views.nth(place).locator(".bvp-caption")
            expect(caption).to_contain_text(f"layer {layer if place < 2 else min(layer, 2)}")
    outputs.of("senses").press("]")
    notebook.wait_for("bank.hidden_layer", 1)


def test_every_panel_of_one_notebook_shows_the_one_state(lab: JupyterLab, tall: Watched) -> None:
    name = "panels.ipynb"
    lab.write(name, *CELLS.values())
    notebook = lab.open(tall.page(), name, alone=False)
    notebook.run_all()
    outputs = Outputs(notebook.page)
    outputs.wait_live(len(CELLS))
    notebook.command("docmanager:clone")
    outputs.wait_live(2 * len(CELLS))
    notebook.python("heads.layer = 4")
    for place in range(2):
        expect(outputs.of("attention").nth(place)).to_contain_text("layer 4")
    outputs.of("attention").nth(1).press("]")
    notebook.wait_for("heads.layer", 5)
    notebook.save()
    expect(outputs.views).to_have_count(2 * len(CELLS))
    notebook.page.evaluate(f"() => {{ ({PANEL}).content.activeCellIndex = 0; }}")
    notebook.command("notebook:create-output-view")
    outputs.wait_live(2 * len(CELLS) + 1)
    notebook.python("heads.layer = 0")
    for place in range(3):
        expect(outputs.of("attention").nth(place)).to_contain_text("layer 0")


STRANGERS = """(id) => {
  const page = globalThis[Symbol.for("bertviz_plus: the views of this page, 1")];
  const model = (values) => ({
    get: (name) => values[name], set() { globalThis.written = (globalThis.written ?? 0) + 1; },
    save_changes() {}, on() {}, off() {}, widget_manager: {},
  });
  const huge = Array.from({ length: 1e6 }, (_, i) => i);
  const wrong = { view_id: id, version: null, layer: {}, heads: huge, data: 7 };
  for (const values of [{}, { version: "1" }, wrong])
    page.models.add({ id, model: model(values), notebook: null, draw() {} });
  for (const broken of [{ id }, { id, model: null, notebook: null }, { id, model: {}, notebook: {} }])
    page.models.add(broken);
}"""


def test_a_stranger_with_the_right_id_breaks_nothing(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(lab, tall, "stranger.ipynb", CELLS["attention"], "heads", live=2)
    page = notebook.page
    page.evaluate(STRANGERS, notebook.value("heads.view_id"))
    notebook.run(1)
    page.wait_for_timeout(800)
    outputs = Outputs(page)
    outputs.wait_live(2)
    for place in range(2):
        answers(outputs.views.nth(place))
    assert page.evaluate("() => globalThis.written") is None


def test_an_output_of_another_version_stays_alone_and_says_so(lab: JupyterLab, tall: Watched) -> None:
    notebook = run(lab, tall, "version.ipynb", CELLS["attention"])
    notebook.save()
    notebook.python("heads.version = 'another'")
    again = lab.open(notebook.page, "version.ipynb")
    expect(again.page.locator(".bvp-output")).to_contain_text("run the cell again", timeout=15_000)
    view = Outputs(again.page).views
    view.press("]")
    expect(view).to_contain_text("layer 2")
    again.page.wait_for_timeout(300)
    assert again.value("heads.layer") == 1


HOSTILE = [
    "</script><script>hacked = 1</script>",
    "<img src=x onerror='hacked=2'>",
    "$x^2$ `y`",
    "-->",
    "]]>",
]


def test_hostile_text_runs_nothing_in_a_drawn_output(lab: JupyterLab, tall: Watched) -> None:
    code = (
        "import bertviz_plus as bp, numpy as np\n"
        f"words = {HOSTILE!r}\n"
        "info = bp.Trace.from_attention(np.full((1, 2, 5, 5), .2), words)\n"
        "v = bp.AttentionView(info)\nv"
    )
    notebook = run(lab, tall, "hostile.ipynb", code)
    notebook.save()
    for page in (notebook.page, lab.open(notebook.page, "hostile.ipynb").page):
        Outputs(page).wait_live(1)
        page.wait_for_timeout(500)
        assert page.evaluate("() => globalThis.hacked") is None
        # The host's typesetter has left the tokens alone.
        expect(Outputs(page).views.locator(".bvp-from .bvp-token").nth(2)).to_have_text("$x^2$ `y`")


@pytest.mark.parametrize("kind", CELLS)
def test_the_output_follows_the_hosts_theme_while_it_is_open(
    lab: JupyterLab, tall: Watched, kind: str
) -> None:
    notebook = run(lab, tall, f"theme_{kind}.ipynb", CELLS[kind])
    with notebook.in_the_dark():
        paper = notebook.page.evaluate(f"() => getComputedStyle(({ALL})('.bvp')[0]).backgroundColor")
        assert json.loads(paper.replace("rgb(", "[").replace(")", "]"))[0] < 60
