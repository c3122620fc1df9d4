"""How fast the syntax view answers in real Chromium: 40 words, the heads of the bundled model."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import bertviz_plus as bp
from bertviz_plus.views.syntax import SyntaxView
from tests.benchmarks.alignment_browser import REST_MS, WATCH_CAPTION, hover, measured, opened
from tests.benchmarks.browser_side import NODES, taken
from tests.benchmarks.table import Figure
from tests.benchmarks.wire import wire_bytes
from tests.browser.chromium import launch

WORDS = 40


def long_parse() -> bp.Parse:
    """Return sentences of the treebank in a row, under the root of the first, cut to forty words."""
    words: list[str] = []
    heads: list[int] = []
    for parse in bp.treebank():
        start, root = len(words), heads.index(-1) if heads else -1
        heads += [head + start if head >= 0 else root for head in parse.heads]
        words += parse.words
        if len(words) >= WORDS:
            break
    root = heads.index(-1)
    kept = [head if head < WORDS else root for head in heads[:WORDS]]
    return bp.Parse(tuple(words[:WORDS]), tuple(kept), ("dep",) * WORDS, ("NOUN",) * WORDS)


def figures(full: bool) -> Iterator[Figure]:
    view = SyntaxView.of(bp.load(), bp.Parses((long_parse(),)), progress=False)
    about = f"syntax, {WORDS} words:"
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        path = Path(scratch, "view.html")
        view.export_html(path)
        browser = launch(playwright)
        page = opened(browser, path)
        for name, ask in (("slider to frame", slide), ("hover to frame", hover)):
            middle, worst, script, thread = measured(page, ask, 2 + 2 * full)
            yield Figure(f"{about} {name}, median", middle, "ms", 33, script=script, thread=thread)
            yield Figure("… 95%", worst, "ms", 33)
        yield Figure(f"{about} DOM nodes", page.evaluate(NODES), "nodes", 5000)
        yield Figure(f"{about} its data", wire_bytes(view) / 1000, "kB", 2000)
        browser.close()


def slide(page: Page, count: int) -> list[float]:
    """Milliseconds for each step of the layer's slider."""
    page.locator('.bvp-layer input[type="range"]').focus()
    page.evaluate(WATCH_CAPTION, "keydown")
    for turn in range(count):
        page.keyboard.press("ArrowRight" if turn % 4 < 2 else "ArrowLeft")
        taken(page, turn + 1)
        page.wait_for_timeout(REST_MS)
    return taken(page, count)
