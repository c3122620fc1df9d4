"""How fast the alignment view answers in real Chromium: 40 by 40 words, 13 hidden layers, 9 methods."""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bertviz_plus.views.alignment import AlignmentView
from tests.benchmarks.alignment_pairs import joined_alignments
from tests.benchmarks.browser_side import NODES, WATCH_FRAMES, percentile_95, taken
from tests.benchmarks.table import Figure
from tests.benchmarks.wire import wire_bytes
from tests.browser.attention_view import DRAWN, wait_until_drawn
from tests.browser.chromium import launch
from tests.browser.network import watched

WORDS = (40, 40)
# Other work on the machine disturbs the best of these least.
ROUNDS = 3
# A multiple of 8: steps lead back to the layer that they began at.
COUNT = 32
OPENINGS = 5
# Links move for 220 ms after a step; the next begins when they stand.
REST_MS = 300

# Time from an event to the end of the frame in which the caption says something else.
WATCH_CAPTION = """(kind) => {
  globalThis.frames_taken = [];
  globalThis.watching?.abort();
  globalThis.watching = new AbortController();
  const { shadowRoot } = document.querySelector(".bvp-output");
  const said = () => shadowRoot.querySelector(".bvp-caption").textContent;
  addEventListener(kind, (event) => {
    const before = said();
    const look = () => requestAnimationFrame(() => {
      if (said() === before) return look();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => frames_taken.push(performance.now() - event.timeStamp);
      port2.postMessage(null);
    });
    look();
  }, { capture: true, signal: watching.signal });
}"""

# From the beginning of a page to the end of the first frame with links in it.
FIRST_PICTURE = f"""() => {{
  const drawn = {DRAWN};
  const look = () => requestAnimationFrame(() => {{
    if (!drawn()) return look();
    const {{ port1, port2 }} = new MessageChannel();
    port1.onmessage = () => {{ globalThis.first_picture = performance.now(); }};
    port2.postMessage(null);
  }});
  look();
}}"""


def figures(full: bool) -> Iterator[Figure]:
    view = AlignmentView(joined_alignments(*WORDS), progress=False)
    about = f"alignment, {WORDS[0]} × {WORDS[1]} words:"
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        path = Path(scratch, "view.html")
        view.export_html(path)
        browser = launch(playwright)
        yield Figure(f"{about} first picture of the page", first_picture(browser, path), "ms", None)
        page = opened(browser, path)
        for name, ask, bar in (
            ("layer switch to frame", layer_switch, 33),
            ("method switch to frame", method_switch, None),
            ("hover to frame", hover, 33),
        ):
            middle, worst, script, thread = measured(page, ask, ROUNDS + 2 * full)
            yield Figure(f"{about} {name}, median", middle, "ms", bar, script=script, thread=thread)
            yield Figure("… 95%", worst, "ms", None)
        nodes = page.evaluate(NODES)
        yield Figure(f"{about} DOM nodes", nodes, "nodes", 5000)
        yield Figure(f"{about} its data", wire_bytes(view) / 1000, "kB", 2000)
        browser.close()


def first_picture(browser: Browser, path: Path) -> float:
    """The median of several openings, in milliseconds."""
    waits = []
    for _ in range(OPENINGS):
        watch = watched(browser)
        page = watch.page()
        page.add_init_script(f"({FIRST_PICTURE})()")
        page.goto(path.as_uri())
        page.wait_for_function("() => globalThis.first_picture")
        waits.append(float(page.evaluate("() => first_picture")))
        watch.context.close()
    return statistics.median(waits)


def opened(browser: Browser, path: Path) -> Page:
    page = watched(browser).page()
    page.goto(path.as_uri())
    wait_until_drawn(page)
    page.wait_for_timeout(1000)
    return page


def layer_switch(page: Page, count: int) -> list[float]:
    """Milliseconds for each step to a neighbouring layer."""
    page.locator(".bvp").first.focus()
    page.evaluate(WATCH_CAPTION, "keydown")
    for turn in range(count):
        page.keyboard.press("]" if turn % 8 < 4 else "[")
        taken(page, turn + 1)
        page.wait_for_timeout(REST_MS)
    return taken(page, count)


def method_switch(page: Page, count: int) -> list[float]:
    """Milliseconds for each choice of another method: of one link a word, and of many."""
    names = ("softmax", "inter", "edge_cover", "fwd")
    methods = page.locator(".bvp-choose select")
    page.evaluate(WATCH_CAPTION, "change")
    for turn in range(count):
        methods.select_option(names[turn % 4])
        taken(page, turn + 1)
        page.wait_for_timeout(REST_MS)
    return taken(page, count)


def hover(page: Page, count: int) -> list[float]:
    """Milliseconds for each move onto another word."""
    boxes = [one.bounding_box() for one in page.locator(".bvp-w").all()]
    places = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box]
    page.evaluate(WATCH_FRAMES, "pointermove")
    for turn in range(count):
        # A stride that is prime to the number of places never stays where it is.
        page.mouse.move(*places[turn * 7 % len(places) if len(places) % 7 else turn % len(places)])
        taken(page, turn + 1)
    return taken(page, count)


def measured(
    page: Page, ask: Callable[[Page, int], list[float]], rounds: int
) -> tuple[float, float, float, float]:
    """Median and 95th percentile of the best rounds, and CPU time for one: of scripts, and of the thread."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    middle, worst, script, thread = [], [], [], []
    ask(page, 8)
    for _ in range(rounds):
        before = spent(session)
        waits = ask(page, COUNT)
        after = spent(session)
        middle.append(statistics.median(waits))
        worst.append(percentile_95(waits))
        script.append((after["ScriptDuration"] - before["ScriptDuration"]) / COUNT)
        thread.append((after["TaskDuration"] - before["TaskDuration"]) / COUNT)
    session.detach()
    return min(middle), min(worst), min(script), min(thread)


def spent(session: CDPSession) -> dict[str, float]:
    """CPU milliseconds of the page's thread since it began."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return {one["name"]: 1000 * float(one["value"]) for one in metrics}
