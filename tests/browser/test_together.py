"""Views of every kind on one page of a real JupyterLab: none changes how another looks."""

import pytest

from tests.browser.alignment_view import HOUSE, alignments, pair
from tests.browser.attention_view import wait_until_drawn
from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import Watched
from tests.browser.samples import SAMPLES
from tests.browser.sense_samples import parting

pytestmark = pytest.mark.browser

CELLS = (
    "import bertviz_plus as bp\nbp.AttentionView(bp.Trace.load('small.trace'), layer=1)",
    "bp.SenseView(bp.Occurrences.load('together.occurrences'), progress=False)",
    "bp.AlignmentView(bp.Alignments.load('together.alignments'))",
)
# Of every element: what it is, how large it is and how it is set. Canvases are measured, not read.
LOOKS = """(root) => [root, ...root.querySelectorAll("*")].map((one) => {
  const { width, height } = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const set = ["position", "display", "color", "fontSize", "overflow", "padding", "margin"];
  const sizes = [width, height].map(Math.round);
  return [one.tagName, one.className, ...sizes, ...set.map((name) => style[name])].join(" | ");
})"""


def test_styles_of_one_view_do_not_reach_into_another(lab: JupyterLab, watch: Watched) -> None:
    SAMPLES["small"]().save(lab.notebooks / "small.trace")
    parting().save(lab.notebooks / "together.occurrences")
    alignments(pair(*HOUSE)).save(lab.notebooks / "together.alignments")
    lab.write("together.ipynb", *CELLS)
    notebook = lab.open(watch.page(), "together.ipynb")
    notebook.page.set_viewport_size({"width": 1200, "height": 2400})
    alone = []
    for cell in range(len(CELLS)):
        notebook.run(cell)
        views = notebook.page.locator(".bvp")
        views.nth(cell).wait_for()
        wait_until_drawn(notebook.page)
        notebook.page.wait_for_timeout(800)
        alone.append(views.nth(cell).evaluate(LOOKS))
        # The first views are looked at again when others stand beside them.
        for before in range(cell):
            assert views.nth(before).evaluate(LOOKS) == alone[before]
