"""The card of a result where its HTML is cut down most: in a notebook that JupyterLab does not trust."""

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from bertviz_plus.findings.claims import Published
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.result import Result
from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import Watched

pytestmark = pytest.mark.browser

RESULT = Result.compared(
    1,
    "senses",
    "The vectors that BERT gives a word in context form clusters that correspond to its senses.",
    [
        Comparison(
            "share of occurrences whose nearest neighbour has the same sense",
            0.84,
            (0.79, 0.88),
            {"layer 0": 0.54, "most frequent sense": 0.44},
            0.05,
            gloss="Also called 1-NN accuracy.",
            ends=("never", "always"),
        )
    ],
    rule="holds where the interval lies above; fails where it does not",
    published=(Published(93.97, "1-NN accuracy", "bert-base-uncased", "Loureiro et al. 2021", "code", "%"),),
    provenance={"model": {"id": "all-MiniLM-L6-v2", "weights_hash": "ab" * 32}, "seed": 0},
    notes=("Each half was measured at the layer that is best on the other.",),
)
# The lowest contrast of any text in the card with the page, its opacity counted (WCAG 2).
CONTRAST = """(card) => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = (c) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  let paper = card;
  while (paper && rgb(getComputedStyle(paper).backgroundColor)[3] === 0) paper = paper.parentElement;
  const below = rgb(getComputedStyle(paper ?? document.body).backgroundColor);
  const contrasts = [];
  const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.data.trim()) continue;
    const own = rgb(getComputedStyle(walker.currentNode.parentElement).color);
    let alpha = own[3] ?? 1;
    for (let e = walker.currentNode.parentElement; e && e !== card.parentElement; e = e.parentElement)
      alpha *= getComputedStyle(e).opacity;
    const seen = [0, 1, 2].map((k) => own[k] * alpha + below[k] * (1 - alpha));
    const [low, high] = [light(seen), light(below)].sort((a, b) => a - b);
    contrasts.push((high + 0.05) / (low + 0.05));
  }
  return Math.min(...contrasts);
}"""


@pytest.fixture
def card(lab: JupyterLab, watch: Watched) -> Locator:
    """The card as somebody else's notebook brings it."""
    output = nbformat.v4.new_output("display_data", {"text/html": RESULT._repr_html_()})
    cell = nbformat.v4.new_code_cell("result", outputs=[output], execution_count=1)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(notebook, lab.notebooks / "card.ipynb")
    opened = lab.open(watch.page(), "card.ipynb")
    card = opened.page.locator(".jp-RenderedHTML > div").first
    expect(card).to_be_visible()
    return card


def across(card: Locator, mark: int) -> tuple[float, float]:
    """Left and right end of a mark of the picture, as shares of the line from 0 to 1."""
    drawn = card.locator("div[style*=absolute]")
    line, box = drawn.nth(0).bounding_box(), drawn.nth(mark).bounding_box()
    left = (box["x"] - line["x"]) / line["width"]
    return left, left + box["width"] / line["width"]


THEME = "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })"


def dark(page: Page) -> None:
    page.evaluate(THEME, "JupyterLab Dark")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")


def test_it_keeps_its_picture_its_folds_and_its_contrast(card: Locator) -> None:
    # Margin, strongest baseline, interval, and the dot around the number.
    assert across(card, 3) == pytest.approx((0.54, 0.59), abs=0.005)
    assert across(card, 4)[0] == pytest.approx(0.54, abs=0.005)
    assert across(card, 5) == pytest.approx((0.79, 0.88), abs=0.005)
    assert sum(across(card, 6)) / 2 == pytest.approx(0.84, abs=0.005)
    hidden = card.get_by_text("abababababab", exact=False)
    expect(hidden).to_be_hidden()
    card.get_by_text("Where this comes from").click()
    expect(hidden).to_be_visible()
    expect(hidden).not_to_contain_text("ab" * 7)
    expect(card.locator("abbr").first).to_have_attribute(
        "title", "one nearest neighbour: each point gets the label of the point nearest to it"
    )
    assert card.evaluate(CONTRAST) >= 4.5, "light"
    dark(card.page)
    try:
        assert card.evaluate(CONTRAST) >= 4.5, "dark"
    finally:
        # The server keeps the theme for the tests that come after.
        card.page.evaluate(THEME, "JupyterLab Light")
