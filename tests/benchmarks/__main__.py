"""Speed and size beside bertviz 1.4.1, SimAlign and the plain model in the same run: `make bench`."""

import argparse
import os
import sys
import time

# Before numpy and torch are imported: what is timed runs on one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from tests.benchmarks import (
    aligning,
    alignment_browser,
    alignment_python,
    browser_side,
    comparing,
    heads_python,
    occurrences,
    predicting,
    predicting_browser,
    python_side,
    senses_browser,
    senses_python,
    syntax_browser,
    tracing,
)
from tests.benchmarks.table import table

PARTS = {
    "python": python_side.figures,
    "tracing": tracing.figures,
    "occurrences": occurrences.figures,
    "senses": senses_python.figures,
    "heads": heads_python.figures,
    "comparing": comparing.figures,
    "predicting": predicting.figures,
    "predicting browser": predicting_browser.figures,
    "aligning": aligning.figures,
    "alignment": alignment_python.figures,
    "browser": browser_side.figures,
    "senses browser": senses_browser.figures,
    "alignment browser": alignment_browser.figures,
    "syntax browser": syntax_browser.figures,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="run bertviz also where it takes minutes")
    parser.add_argument("--only", choices=PARTS, help="one part of the table")
    arguments = parser.parse_args()
    start = time.monotonic()
    figures = []
    for name, part in PARTS.items():
        if arguments.only in (None, name):
            for figure in part(arguments.full):
                print(f"    {time.monotonic() - start:4.0f} s  {figure.name.strip()}", flush=True)
                figures.append(figure)
    print(f"\n{table(figures)}\n")
    print("Seconds of Python are CPU time, one thread, the best of several, the peer's in turns with ours.")
    print("Own script, own thread: CPU time of the page for one, with its motion; the rest is other work.")
    print("Browser figures are in real Chromium; hover is the 95th percentile of 50, event to painted frame.")
    failing = [figure.name.strip() for figure in figures if not figure.passes]
    print(
        f"{len(figures)} figures, {len(failing)} over their bar"
        + (": " if failing else "")
        + "; ".join(failing)
    )
    return int(bool(failing))


if __name__ == "__main__":
    sys.exit(main())
