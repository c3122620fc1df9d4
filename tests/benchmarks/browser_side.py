"""What a reader waits for: real JupyterLab and real Chromium, and bertviz's page in the same browser."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import bertviz_plus as bp
from tests.benchmarks import peer_scripts
from tests.benchmarks.clock import cpu_seconds
from tests.benchmarks.python_side import NOT_RUN, peer_page
from tests.benchmarks.table import Figure
from tests.benchmarks.traces import MINILM, random, real
from tests.browser.attention_view import DRAWN, wait_until_drawn
from tests.browser.chromium import launch
from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import watched
from tests.browser.shadow import ALL

SHOW = "bp.AttentionView(trace{})"
READY = "import bertviz_plus as bp\ntrace = bp.Trace.load('{}.trace')\nbp.AttentionView"
NEVER = "never draws"
NODES = f"() => ({ALL})('.bvp, .bvp *').length"

# The picture of an output, when there is something to be seen of it.
PICTURED = """() => [...document.querySelectorAll("[data-bertviz-plus] img")].some(
  (image) => image.complete && image.naturalWidth && image.checkVisibility())"""

# From running the second cell to the first frames with the picture, and with the view's marks in them.
FIRST_PIXELS = f"""async () => {{
  const panel = [...jupyterapp.shell.widgets("main")].find((widget) => widget.sessionContext);
  panel.content.activeCellIndex = 1;
  const start = performance.now();
  const seen = async (isThere) => {{
    while (!isThere()) {{
      await new Promise(requestAnimationFrame);
      if (performance.now() - start > 60000) throw new Error("nothing is drawn after 60 s");
    }}
    await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
    return performance.now() - start;
  }};
  jupyterapp.commands.execute("notebook:run-cell");
  const drawn = {DRAWN};
  const pictured = {PICTURED};
  return await Promise.all([seen(() => pictured() || drawn()), seen(drawn)]);
}}"""

# Time from each event of a kind to the end of the frame that follows it. A second watch ends the first.
WATCH_FRAMES = """(kind) => {
  globalThis.frames_taken = [];
  globalThis.watching?.abort();
  globalThis.watching = new AbortController();
  addEventListener(kind, (event) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => frames_taken.push(performance.now() - event.timeStamp);
    port2.postMessage(null);
  }), { capture: true, signal: watching.signal });
}"""

# Time from a key to the end of the frame in which the caption names another layer.
WATCH_LAYER = """() => {
  globalThis.frames_taken = [];
  const root = document.querySelector(".bvp-output").shadowRoot.querySelector(".bvp");
  const named = () => root.querySelector(".bvp-caption").textContent.match(/layer \\d+/)?.[0];
  addEventListener("keydown", (event) => {
    const before = named();
    const look = () => requestAnimationFrame(() => {
      if (named() === before) return look();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => frames_taken.push(performance.now() - event.timeStamp);
      port2.postMessage(null);
    });
    look();
  }, true);
}"""


# Centres of the tokens that can be hovered: neither scrolled away nor under another element.
VISIBLE = """(all) => all.map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left + width / 2, top + height / 2, one];
}).filter(([x, y, one]) => {
  const there = one.getRootNode().elementFromPoint(x, y);
  return there && (one.contains(there) || one.parentNode.contains(there));
}).map(([x, y]) => [x, y])"""


def percentile_95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def taken(page: Page, count: int) -> list[float]:
    page.wait_for_function(f"() => frames_taken.length >= {count}")
    return [float(value) for value in page.evaluate("() => frames_taken")]


def first_pixels(browser: Browser, lab: JupyterLab, name: str, arguments: str = "") -> tuple[float, float]:
    """Seconds to the picture and to the view, medians of three notebooks that have shown no view before."""
    lab.write(f"{name}.ipynb", READY.format(name), SHOW.format(arguments))
    waited = []
    for _ in range(3):
        watch = watched(browser)
        notebook = lab.open(watch.page(), f"{name}.ipynb")
        notebook.run(0)
        waited.append(notebook.page.evaluate(FIRST_PIXELS))
        # The next notebook gets a kernel that knows no views.
        notebook.shut_down_kernel()
        watch.context.close()
    picture, view = (statistics.median(one) / 1000 for one in zip(*waited, strict=True))
    return picture, view


def page_of(browser: Browser, folder: Path, trace: bp.Trace, **state: object) -> Page:
    """The exported page of a view that carries every layer."""
    path = folder / "view.html"
    bp.AttentionView(trace, embed="all", **state).export_html(path)
    page = watched(browser).page()
    page.goto(path.as_uri())
    wait_until_drawn(page, timeout=60_000)
    page.wait_for_timeout(1000)
    return page


def hover(page: Page, tokens: str, count: int) -> list[float]:
    """Milliseconds for each of `count` moves onto another token; the first is the first ever."""
    places = page.locator(tokens).evaluate_all(VISIBLE)
    page.evaluate(WATCH_FRAMES, "pointermove")
    for turn in range(count):
        # A stride that is prime to the number of places never stays where it is.
        x, y = places[turn * 7 % len(places) if len(places) % 7 else turn % len(places)]
        page.mouse.move(x, y)
        taken(page, turn + 1)
    return taken(page, count)


def layer_switch(page: Page, count: int) -> list[float]:
    """Milliseconds for each step to a neighbouring layer that is in the view."""
    view = page.locator(".bvp").first
    view.focus()
    page.evaluate(WATCH_LAYER)
    for turn in range(count):
        page.keyboard.press("]" if turn % 6 < 3 else "[")
        taken(page, turn + 1)
        page.wait_for_timeout(350)
    return taken(page, count)


def peer_figures(browser: Browser, folder: Path, trace: bp.Trace) -> dict[str, float]:
    """The same waits on bertviz's page for the same attention."""
    pages: list[str] = []
    python = cpu_seconds(lambda: pages.append(peer_page(trace)))
    path = folder / "peer.html"
    path.write_text(f"<!doctype html><meta charset='utf-8'><body>{pages[0]}")
    watch = watched(browser)
    peer_scripts.serve(watch.context)
    page = watch.page()
    page.goto(path.as_uri(), timeout=180_000)
    page.wait_for_function("() => document.querySelector('svg line')", timeout=180_000)
    drawn = page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
    )
    nodes = page.evaluate("() => document.querySelectorAll('#vis *').length")
    moves = hover(page, "#left text", 20)
    switched = page.evaluate(
        """() => new Promise((done) => {
          const layer = document.querySelector("#layer");
          const start = performance.now();
          layer.value = 1;
          layer.dispatchEvent(new Event("change"));
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
        })"""
    )
    watch.context.close()
    return {
        "first pixels": python + drawn / 1000,
        "first hover": moves[0],
        "hover": percentile_95(moves[1:]),
        "layer": switched,
        "nodes": nodes,
    }


def figures(full: bool) -> Iterator[Figure]:
    peer_scripts.install()
    with (
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
        JupyterLab(Path(scratch) / "lab") as lab,
    ):
        folder = Path(scratch)
        browser = launch(playwright)
        traces = {"n128": real(MINILM, 128), "n512": real(MINILM, 512), "grid": random(24, 16, 512)}
        for name, trace in traces.items():
            trace.save(lab.notebooks / f"{name}.trace")
        short, long = traces["n128"], traces["n512"]
        peer = peer_figures(browser, folder, short)
        late: dict[str, float | str] = dict.fromkeys(peer, NOT_RUN)
        if full:
            late = dict.fromkeys(peer, NEVER)

        for about, name, arguments, bars, beside in (
            ("6×12, n=128", "n128", "", (0.4, 0.7), peer),
            ("6×12, n=512", "n512", "", (None, 1.0), late),
            ("overview 24×16, n=512", "grid", ", mode='overview'", (None, 2), late),
        ):
            picture, view = first_pixels(browser, lab, name, arguments)
            yield Figure(f"picture in JupyterLab, {about}", picture, "s", bars[0])
            yield Figure(f"view in JupyterLab, {about}", view, "s", bars[1], beside["first pixels"])

        for name, trace, beside in (("n=128", short, peer), ("n=512", long, late)):
            page = page_of(browser, folder, trace)
            moves = hover(page, ".bvp-from .bvp-token", 50)
            nodes = page.evaluate(NODES)
            switches = layer_switch(page, 50 if name == "n=512" else 10)
            page.context.close()
            judged = name == "n=512"
            yield Figure(
                f"hover to frame, {name}, the first",
                moves[0],
                "ms",
                33 if judged else None,
                beside["first hover"],
            )
            yield Figure(
                f"hover to frame, {name}, 95%",
                percentile_95(moves[1:]),
                "ms",
                33 if judged else None,
                beside["hover"],
            )
            yield Figure(
                f"layer switch, {name}, 95%",
                percentile_95(switches),
                "ms",
                60 if judged else None,
                beside["layer"],
            )
            yield Figure(f"DOM nodes, {name}", nodes, "nodes", 5000 if judged else None, beside["nodes"])
        browser.close()
