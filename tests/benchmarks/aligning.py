"""A corpus aligned beside SimAlign's own package: the same model, method, layer and links.

SimAlign is no dependency of the tests. Where it cannot be imported the table says so:
``pip install --no-deps --target FOLDER simalign==0.4`` and ``PYTHONPATH=FOLDER`` give it to the benchmark
without changing the environment.
"""

import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import torch

from bertviz_plus.measures.align_corpus import align_corpus
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


def figures(full: bool) -> Iterator[Figure]:
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
