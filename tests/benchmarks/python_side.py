"""What happens before a browser has anything: bytes, seconds and memory."""

import base64
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import bertviz
import numpy as np
import torch

import bertviz_plus as bp
from bertviz_plus.views.wire import decode
from tests.benchmarks.clock import best_of, cpu_seconds
from tests.benchmarks.table import Figure
from tests.benchmarks.traces import E5, random, real

STATIC = Path(bp.__path__[0]) / "static"
NOT_RUN = "not run (make bench FULL=1)"


def peer_page(trace: bp.Trace) -> str:
    """What bertviz sends to the browser for the same attention."""
    attention = tuple(torch.tensor(layer[None]) for layer in trace.attention)
    return bertviz.head_view(attention, list(trace.tokens), html_action="return").data


def saved_bytes(view: bp.AttentionView) -> int:
    """What a notebook that is saved by default settings grows by: the output, its pictures among it."""
    bundle = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    return len(json.dumps(data, default=lambda raw: base64.b64encode(raw).decode()))


def largest_error(view: bp.AttentionView, trace: bp.Trace) -> float:
    """How far a weight that the view can show is from the one that was read."""
    (kind,) = view.data["kinds"].values()
    missing = set(trace.layers) - {int(layer) for layer in kind["embedded"]}
    if missing:
        raise AssertionError(f"layers {sorted(missing)} are not in the saved view")
    return max(
        float(np.abs(decode(tensor) - trace.attention_of(int(layer))).max())
        for layer, tensor in kind["embedded"].items()
    )


def unfolded(script: str) -> bytes:
    """The front end as it runs: it is stored deflated where that is how it was built."""
    folded = re.search(r'atob\("([^"]+)"\)', script)
    return zlib.decompress(base64.b64decode(folded[1]), wbits=-15) if folded else script.encode()


def size() -> Iterator[Figure]:
    trace = real(E5, 128)
    view = bp.AttentionView(trace)
    ours = saved_bytes(view) / 1e6
    yield Figure(
        "saved view, 12×12, n=128, every head", ours, "MB", 100, len(peer_page(trace)) / 1e6, at_least=True
    )
    yield Figure("largest error of a displayed weight", largest_error(view, trace), "", 0.002)
    script = (STATIC / "attention.js").read_text()
    style = (STATIC / "attention.css").stat().st_size
    yield Figure("bundle, minified, as each view stores it", (len(script) + style) / 1000, "kB", 60)
    yield Figure("bundle, minified, unfolded", (len(unfolded(script)) + style) / 1000, "kB", None)


def fallback() -> Iterator[Figure]:
    for name, trace in (("12×12, n=128", real(E5, 128)), ("24×16, n=128", random(24, 16, 128))):
        for mode in ("heads", "overview", "matrix"):
            view = bp.AttentionView(trace, mode=mode)
            pictures = []

            def draw(view: bp.AttentionView = view, pictures: list[bytes] = pictures) -> None:
                data = view._repr_mimebundle_()
                data = data[0] if isinstance(data, tuple) else data
                picture = data["image/png"]
                pictures.append(base64.b64decode(picture) if isinstance(picture, str) else picture)

            (seconds,) = best_of(5, draw)
            yield Figure(f"fallback picture, {mode}, {name}", len(pictures[-1]) / 1000, "kB", 60)
            yield Figure(f"drawing it, {mode}, {name}", seconds * 1000, "ms", 50)


def seconds(full: bool) -> Iterator[Figure]:
    for tokens, bar, rounds, peer_rounds in ((128, 0.05, 20, 2), (512, 0.6, 5, int(full))):
        trace = real(E5, tokens)
        # A copy has nothing ready that an earlier view may have left.
        fresh = [replace(trace) for _ in range(rounds)]
        ours = min(cpu_seconds(partial(bp.AttentionView, copy)) for copy in fresh)
        peer = [cpu_seconds(partial(peer_page, trace)) for _ in range(peer_rounds)]
        yield Figure(f"trace to view, 12×12, n={tokens}", ours, "s", bar, min(peer) if peer else NOT_RUN)


MEMORY = """
import sys
from tests.benchmarks.traces import random_weights
import bertviz_plus as bp
names = [f"token{place}" for place in range(512)]
trace = bp.Trace.from_attention(random_weights(12, 12, 512), names)
bp.AttentionView(bp.Trace.from_attention(random_weights(1, 2, 8), names[:8]))
if sys.argv[1] == "bertviz":
    from tests.benchmarks.python_side import peer_page as show
else:
    show = bp.AttentionView

def resident(name):
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith(name)).split()[1]) / 1000

with open("/proc/self/clear_refs", "w") as reset:
    reset.write("5")
before = resident("VmRSS")
shown = show(trace)
print(resident("VmHWM") - before)
"""


def memory(full: bool) -> Iterator[Figure]:
    if not Path("/proc/self/clear_refs").exists():
        return

    def extra(who: str) -> float:
        done = subprocess.run([sys.executable, "-c", MEMORY, who], check=True, capture_output=True, text=True)
        return float(done.stdout)

    peer = extra("bertviz") if full else NOT_RUN
    yield Figure("extra memory, 12×12, n=512", extra("bertviz_plus"), "MB", 150, peer)


IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def imports() -> Iterator[Figure]:
    def once(name: str) -> float:
        done = subprocess.run(
            [sys.executable, "-c", IMPORT.format(name)], check=True, capture_output=True, text=True
        )
        return float(done.stdout)

    taken = [(once("bertviz_plus"), once("anywidget")) for _ in range(8)]
    ours, anywidget = (min(times) for times in zip(*taken, strict=True))
    yield Figure("import bertviz_plus (peer: anywidget)", ours, "s", round(anywidget + 0.1, 3), anywidget)


def figures(full: bool) -> Iterator[Figure]:
    yield from size()
    yield from seconds(full)
    yield from memory(full)
    yield from fallback()
    yield from imports()
