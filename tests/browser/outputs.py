"""Views in the outputs of cells, each within a shadow root of its own."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.alignment_view import HOUSE, alignments, pair
from tests.browser.jupyterlab import JupyterLab
from tests.browser.samples import SAMPLES
from tests.browser.sense_samples import parting
from tests.views.masked_samples import asked_of
from tests.views.syntax_samples import parse_of, read_of

# A cell for each view; what they load lies beside the notebooks.
CELLS = {
    "attention": "import bertviz_plus as bp\n"
    "heads = bp.AttentionView(bp.Trace.load('small.trace'), layer=1)\nheads",
    "senses": "import bertviz_plus as bp\n"
    "bank = bp.SenseView(bp.Occurrences.load('bank.occurrences'), hidden_layer=1, progress=False)\nbank",
    "alignment": "import bertviz_plus as bp\n"
    "house = bp.AlignmentView(bp.Alignments.load('house.alignments'))\nhouse",
    "masked": "import bertviz_plus as bp\nrobin = bp.MaskedView(bp.Asked.load('robin.asked'))\nrobin",
    "syntax": "import bertviz_plus as bp\n"
    "trees = bp.SyntaxView(bp.ParsesRead.load('trees.parses'), layer=1, head=1)\ntrees",
}
LINE = "A picture; trust the notebook or run the cell to make it live."


def lay_beside(lab: JupyterLab) -> None:
    """Put the data that the cells load beside the notebooks."""
    SAMPLES["small"]().save(lab.notebooks / "small.trace")
    parting().save(lab.notebooks / "bank.occurrences")
    asked_of().save(lab.notebooks / "robin.asked")
    read_of(*(parse_of(9, seed) for seed in range(3))).save(lab.notebooks / "trees.parses")
    alignments(pair(*HOUSE, gold="0-0 1-1 2-2 3?3 4-4")).save(lab.notebooks / "house.alignments")


@dataclass(frozen=True)
class Outputs:
    """The outputs of this package on a page."""

    page: Page

    @property
    def all(self) -> Locator:
        return self.page.locator("[data-bertviz-plus]")

    @property
    def views(self) -> Locator:
        """The drawn views, in the order of the page."""
        return self.page.locator(".bvp-output .bvp")

    def of(self, kind: str) -> Locator:
        return self.page.locator(f".bvp-output .bvp-{kind}")

    def states(self) -> list[str]:
        """Of each output: waiting, live, failed, picture, or nothing where its script did not run."""
        states: list[str] = self.all.evaluate_all("(all) => all.map((one) => one.dataset.bertvizPlus)")
        return states

    def wait_live(self, count: int, timeout: float = 30_000) -> None:
        """Wait until so many outputs are drawn; those far out of sight are not."""
        expect(self.page.locator("[data-bertviz-plus=live]")).to_have_count(count, timeout=timeout)

    def pictures(self) -> list[str]:
        """Of each picture that is seen, the line under it."""
        found: list[str] = self.page.locator("figure:has(> img)").evaluate_all(
            """(all) => all
              .filter((one) => one.checkVisibility() && one.querySelector("img").naturalWidth > 600)
              .map((one) => one.querySelector("figcaption").textContent)"""
        )
        return found


def answers(view: Locator) -> None:
    """See that a view answers to a hover and to a click."""
    view.scroll_into_view_if_needed()
    reading = view.locator(".bvp-reading")
    before = reading.text_content()
    if view.locator(".bvp-token").count():
        view.locator(".bvp-from .bvp-token").nth(2).hover()
    elif view.locator("[data-word]").count():
        view.locator("[data-word]").nth(1).hover()
    else:
        view.locator(".bvp-legend button").first.hover()
        view.locator(".bvp-list .bvp-row").first.hover()
    expect(reading).not_to_have_text(before or "nothing")
    view.page.mouse.move(0, 0)
    shown = view.get_by_role("group", name="Shown")
    changes = view.get_by_role("group", name="Change the sentence")
    if changes.count():
        button = changes.get_by_role("button", name="negate")
        pressed = button.get_attribute("aria-pressed")
        button.click()
        expect(button).not_to_have_attribute("aria-pressed", pressed or "")
    elif shown.count():
        switch = shown.get_by_role("button", disabled=False).first
        pressed = switch.get_attribute("aria-pressed")
        switch.click()
        expect(switch).not_to_have_attribute("aria-pressed", pressed or "")
    elif view.locator("label.bvp-layer input").count():
        for number in ("0", "1"):
            view.locator("label.bvp-layer input").fill(number)
            expect(view.locator(".bvp-caption")).to_contain_text(f"layer {number}")
    else:
        for number in ("0", "2"):
            view.get_by_role("group", name="Layer").get_by_text(number, exact=True).click()
            expect(view.locator(".bvp-caption")).to_contain_text(f"layer {number}")
