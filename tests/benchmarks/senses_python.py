"""What a sense view of many occurrences takes to open, and how large it is."""

import time
from collections.abc import Iterator

import numpy as np

from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.senses import SenseView
from tests.benchmarks.clock import best_of
from tests.benchmarks.table import Figure
from tests.benchmarks.wire import wire_bytes

LAYERS = 13
HIDDEN = 384
SENSES = 5


def planted(n: int) -> Occurrences:
    """Senses that part a little more at each layer, in sentences of about 20 words, each another one."""
    rng = np.random.default_rng(0)
    sense = rng.choice(SENSES, n, p=[0.4, 0.25, 0.15, 0.12, 0.08])
    centres = rng.standard_normal((SENSES, HIDDEN), np.float32)
    vectors = np.empty((LAYERS, n, HIDDEN), np.float32)
    own = rng.standard_normal((n, HIDDEN), np.float32)
    for layer in range(LAYERS):
        np.add(own, centres[sense] * np.float32(layer / 24), out=vectors[layer])
    letters = np.array(list("etaoinshrdlu"))
    vocabulary = ["".join(rng.choice(letters, 5)) for _ in range(3000)]
    words = rng.integers(0, len(vocabulary), (n, 20))
    texts = [
        " ".join([*(vocabulary[one] for one in row[:10]), "bank", *(vocabulary[one] for one in row[10:])])
        for row in words.tolist()
    ]
    senses = [f"sense {'abcde'[one]}" for one in sense]
    return Occurrences.from_vectors(vectors, texts=texts, senses=senses, word="bank")


def figures(full: bool) -> Iterator[Figure]:
    for n in (400, 10_000, 50_000):
        judged = n == 10_000
        occurrences = planted(n)
        name = f"{n:,} × {LAYERS} × {HIDDEN}"
        rounds = (3 if full else 2) if judged else 1
        taken = []
        for _ in range(rounds):
            start, wall = time.process_time(), time.monotonic()
            view = SenseView(occurrences, progress=False)
            taken.append((time.process_time() - start, time.monotonic() - wall))
        seconds = min(cpu for cpu, _ in taken)
        yield Figure(f"SenseView opens, {name}", seconds, "s", 5.0 if judged else None)
        pictures: list[bytes] = []

        def draw(view: SenseView = view, pictures: list[bytes] = pictures) -> None:
            pictures.append(view.plate().fallback())

        (drawn,) = best_of(3, draw)
        yield Figure(f"its data, {name}", wire_bytes(view) / 1e6, "MB", 2.0 if judged else None)
        yield Figure(f"its picture, {name}", len(pictures[-1]) / 1000, "kB", 60)
        yield Figure(f"drawing it, {name}", drawn * 1000, "ms", 50 if n == 400 else None)
        del occurrences, view
