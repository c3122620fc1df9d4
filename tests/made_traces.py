"""Traces with random weights, as fixtures: `make_trace` and `translation`."""

from collections.abc import Callable

import numpy as np
import pytest

from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import ModelInfo, Trace

MakeTrace = Callable[..., Trace]


def softmax(shape: tuple[int, ...], seed: int, sharpness: float = 2.0) -> np.ndarray:
    scores = sharpness * np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@pytest.fixture(scope="session")
def make_trace() -> MakeTrace:
    def make(layers: int = 2, heads: int = 4, n: int = 12, *, seed: int = 0, **other: object) -> Trace:
        tokens = ("[CLS]", *(f"token{i}" for i in range(n - 2)), "[SEP]")
        given = {
            "tokens": tokens,
            "is_special": (True, *(False,) * (n - 2), True),
            # Subwords in pairs make words.
            "word_ids": (-1, *(i // 2 for i in range(n - 2)), -1),
            "words": tuple(f"word{i}" for i in range((n - 1) // 2)),
            "segment_ids": tuple(int(i > n // 2) for i in range(n)),
            "attention": softmax((layers, heads, n, n), seed),
            "model": ModelInfo(id="a model"),
        }
        return Trace(**(given | other))

    return make


@pytest.fixture(scope="session")
def translation() -> Seq2SeqTrace:
    source = ("der", "Hund", "schläft", "</s>")
    target = ("<s>", "the", "dog", "sleeps", "</s>")
    causal = np.tril(softmax((2, 3, 5, 5), 2))
    causal /= causal.sum(axis=-1, keepdims=True)
    encoder = Trace(source, is_special=(False,) * 3 + (True,), attention=softmax((2, 3, 4, 4), 1))
    decoder = Trace(target, is_special=(True, False, False, False, True), attention=causal, causal=True)
    return Seq2SeqTrace(encoder, decoder, softmax((2, 3, 5, 4), 3))
