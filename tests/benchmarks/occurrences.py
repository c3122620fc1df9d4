"""What finding a word costs beside the plain forward pass over the same windows, and how much memory."""

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import torch

import bertviz_plus as bp
from tests.benchmarks.clock import cpu_seconds
from tests.benchmarks.table import Figure
from tests.benchmarks.traces import MINILM, model

WORD = "bank"
SENTENCES = 5000
# What is timed at once, so that both sides meet the same slow spells.
PART = 500
# Of a batch of the plain pass: as large as `occurrences` takes by default.
BATCH = 64
TEXTS = (1_000, 100_000)
LIMIT = 200


def sentences(count: int) -> list[str]:
    """The bundled sentences with a word put in the place of theirs, each text another one."""
    bundled = bp.sense_sentences()
    own = [
        text[:start] + WORD + text[end:]
        for text, (start, end) in zip(bundled.texts, bundled.spans, strict=True)
    ]
    return [f"{own[i % len(own)]} No {i}." if i >= len(own) else own[i] for i in range(count)]


def plain(texts: list[str]) -> None:
    """Tokenise and run in batches of about equally long texts, all hidden states kept: transformers alone."""
    used = model(MINILM)
    ids = used.tokenizer(texts)["input_ids"]
    order = np.argsort([len(one) for one in ids], kind="stable")
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            batch = {"input_ids": [ids[place] for place in order[start : start + BATCH]]}
            padded = used.tokenizer.pad(batch, return_tensors="pt")
            used.hf(**padded, output_hidden_states=True)


def throughput(full: bool) -> Iterator[Figure]:
    used = model(MINILM)
    texts = sentences(SENTENCES)
    parts = [texts[start : start + PART] for start in range(0, len(texts), PART)]

    def ours(part: list[str]) -> None:
        found = bp.occurrences(used, WORD, part, progress=False)
        if len(found) < len(part):
            raise AssertionError(f"{len(part)} sentences hold {len(found)} occurrences of {WORD!r}")

    rounds = 3 if full else 1
    ours(parts[0])
    plain(parts[0])
    mine, peer = [], []
    for part in parts:
        best = [float("inf"), float("inf")]
        for _ in range(rounds):
            best[0] = min(best[0], cpu_seconds(lambda part=part: ours(part)))
            best[1] = min(best[1], cpu_seconds(lambda part=part: plain(part)))
        mine.append(best[0])
        peer.append(best[1])
    total, beside = sum(mine), sum(peer)
    name = f"occurrences, MiniLM, {SENTENCES:,} sentences"
    yield Figure(f"{name} (peer: the plain pass)", total, "s", None, beside)
    # A ratio of two times: the median part is disturbed least by what else the machine does.
    share = float(np.median(np.array(mine) / np.array(peer)))
    yield Figure("… / plain forward pass (1 / .85)", share, "×", round(1 / 0.85, 3))


# The peak of what Python and NumPy hold. What the process holds besides swings by tens of megabytes with how
# its allocator lays out and gives back the model's tensors, which are as many whatever the number of texts.
MEMORY = """
import sys
import tracemalloc
import torch
torch.set_num_threads(1)
import bertviz_plus as bp
from tests.benchmarks.occurrences import LIMIT, WORD, sentences
used, seed = bp.load(), sentences(1000)

def stream(count):
    for number in range(count):
        yield f"{seed[number % len(seed)]} {number}"

# What the model needs for itself is there before it is measured.
bp.occurrences(used, WORD, stream(LIMIT), progress=False)

tracemalloc.start()
found = bp.occurrences(used, WORD, stream(int(sys.argv[1])), limit=LIMIT, progress=False)
assert len(found) == LIMIT and found.seen >= int(sys.argv[1])
print(tracemalloc.get_traced_memory()[1] / 1e6)
"""


def memory() -> Iterator[Figure]:
    extra = []
    for count in TEXTS:
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(count)], check=True, capture_output=True, text=True
        )
        extra.append(float(done.stdout))
        taken = time.monotonic() - start
        name = f"peak of Python's heap, {count:,} texts, limit={LIMIT} ({taken:.0f} s)"
        yield Figure(name, extra[-1], "MB", None)
    yield Figure("… grows by", max(0.0, extra[1] - extra[0]), "MB", 20)


def figures(full: bool) -> Iterator[Figure]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield from throughput(full)
        yield from memory()
    finally:
        torch.set_num_threads(threads)
