"""How long a reader waits for the predictions of another sentence, in a real JupyterLab."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.browser_side import percentile_95
from tests.benchmarks.table import Figure
from tests.browser.chromium import launch
from tests.browser.jupyterlab import JupyterLab

CELL = 'import bertviz_plus as bp\nbp.MaskedView(bp.load("distilbert-mlm"), "A robin is a [MASK].")'
THINGS = ("goose", "hammer", "violin", "rose", "salmon", "carrot", "dog", "taxi", "shirt", "chair")
# Between two sentences, so that what is worked out beside the first is done.
REST_MS = 2500

# From the key that ends an edit to the end of the frame that shows other predictions.
ANSWERED = """async (view) => {
  const rows = () => [...view.querySelectorAll(".bvp-row")];
  const shown = () => rows().map((row) => row.textContent).join();
  const before = shown();
  const start = performance.now();
  view.querySelector("textarea, input[type=text], [contenteditable]").dispatchEvent(
    new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true }));
  while (shown() === before || view.matches(".bvp-waiting")) {
    await new Promise(requestAnimationFrame);
    if (performance.now() - start > 10000) throw new Error("no other predictions after 10 s");
  }
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return performance.now() - start;
}"""


def figures(full: bool) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
        JupyterLab(Path(scratch)) as lab,
    ):
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        lab.write("masked.ipynb", CELL)
        lab.open(page, "masked.ipynb").run_all()
        page.locator(".bvp-sentence").wait_for(timeout=60_000)
        page.wait_for_timeout(REST_MS)
        waited = edits(page, THINGS * (1 + full))
        yield Figure(
            "sentence to predictions on screen, DistilBERT, median", statistics.median(waited), "ms", 150
        )
        yield Figure("… 95%", percentile_95(waited), "ms", None)
        browser.close()


def edits(page: Page, things: tuple[str, ...]) -> list[float]:
    """Milliseconds for each of some sentences that are written into the view."""
    view = page.locator(".bvp").first
    waited = []
    for thing in things:
        view.get_by_text("write another sentence").click()
        view.locator("textarea, input[type=text], [contenteditable]").first.fill(f"A {thing} is a [MASK].")
        waited.append(float(view.evaluate(ANSWERED)))
        page.wait_for_timeout(REST_MS)
    return waited
