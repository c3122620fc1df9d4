"""A corpus aligned beside SimAlign's own package: the same model, method, layer and links.

SimAlign is no dependency of the tests. Where it cannot be imported the table says so:
``pip install --no-deps --target FOLDER simalign==0.4`` and ``PYTHONPATH=FOLDER`` give it to the benchmark
without changing the environment.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import torch

from bertviz_plus.measures.alignment.align_corpus import align_corpus
from bertviz_plus.traces.alignments import words_of
from bertviz_plus.traces.links import pharaoh
from tests.benchmarks.clock import best_of
from tests.benchmarks.table import Figure
from tests.benchmarks.traces import E5, model

HANSARDS = Path(__file__).parents[3] / "shared" / "data" / "word-alignment" / "enfr.src-tgt"
PAIRS = 400
LAYER = 5
NOT_RUN = "not run: pip install --no-deps --target DIR simalign==0.4"


def simalign(folder: Path) -> Callable[[list[tuple[list[str], list[str]]]], list[str]] | None:
    """SimAlign's package on the same model, as a folder; `None` where it is not installed."""
    if find_spec("simalign") is None:
        return None
    from simalign import SentenceAligner

    used = model(E5)
    used.hf.save_pretrained(folder)
    used.tokenizer.save_pretrained(folder)
    aligner = SentenceAligner(str(folder), matching_methods="i", layer=LAYER)
    return lambda pairs: [pharaoh(aligner.get_word_aligns(*pair)["itermax"]) for pair in pairs]


# The peak of what Python and NumPy hold; the model is a tiny one, since its own tensors are as many whatever
# the number of pairs. Every pair is another one, so that nothing is read once for several.
MEMORY = """
import sys
import tempfile
import tracemalloc
import torch
torch.set_num_threads(1)
import bertviz_plus as bp
from tests.models.architectures import wrapped
used, words = wrapped("BERT"), "the dog cat sat on mat and fell rain lay it while".split()

def stream(count):
    for number in range(count):
        first, second = (words[number // step % 12:] + words[: number // step % 7] for step in (1, 84))
        yield first, [*second, str(number)]

with tempfile.TemporaryDirectory() as folder:
    def align(count):
        bp.align_corpus(used, stream(count), out=f"{folder}/{count}.talp", hidden_layer=1, progress=False)

    # What is made once is there before it is measured.
    align(64)
    tracemalloc.start()
    align(int(sys.argv[1]))
    print(tracemalloc.get_traced_memory()[1] / 1e6)
"""


def memory(full: bool) -> Iterator[Figure]:
    peaks = []
    for count in (500, 50_000) if full else (500, 5_000):
        command = [sys.executable, "-c", MEMORY, str(count)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks.append(float(done.stdout))
        yield Figure(f"align_corpus, peak of Python's heap, {count:,} pairs", peaks[-1], "MB", None)
    yield Figure("… grows by", max(0.0, peaks[1] - peaks[0]), "MB", 20)


def figures(full: bool) -> Iterator[Figure]:
    yield from memory(full)
    if not HANSARDS.is_file():
        return
    lines = HANSARDS.read_text(encoding="utf-8").splitlines()[:PAIRS]
    pairs = [tuple(list(words_of(side)) for side in line.split("|||")) for line in lines]
    used = model(E5)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "out.talp")

            def ours() -> None:
                align_corpus(
                    used,
                    pairs,
                    out=out,
                    method="itermax",
                    hidden_layer=LAYER,
                    resume=False,
                    progress=False,
                )

            name = f"align_corpus, itermax, layer {LAYER}, {PAIRS} pairs"
            theirs = simalign(Path(folder, "model"))
            if theirs is None:
                yield Figure(name, best_of(2, ours)[0], "s", None, NOT_RUN)
                return
            links: list[list[str]] = []
            mine, peer = best_of(3 if full else 1, ours, lambda: links.append(theirs(pairs)))
            yield Figure(name, mine, "s", 3.0, peer, at_least=True)
            written = out.read_text().splitlines()
            different = sum(a != b for a, b in zip(written, links[-1], strict=True))
            yield Figure("pairs whose links are not simalign's", different, "pairs", 0)
    finally:
        torch.set_num_threads(threads)
