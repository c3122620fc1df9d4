"""Traces to measure on: real ones of the bundled models, and structured random ones of any size."""

from functools import cache

import numpy as np

import bertviz_plus as bp
from tests.benchmarks.texts import text_of

MINILM = "all-MiniLM-L6-v2"
E5 = "multilingual-e5-small"


@cache
def model(name: str) -> bp.Model:
    return bp.load(name)


@cache
def real(name: str, tokens: int) -> bp.Trace:
    """Attention of a bundled model on a real text of this many tokens."""
    used = model(name)
    return used.trace(text_of(used.tokenizer, tokens), keep=("attention",))


def random_weights(layers: int, heads: int, tokens: int) -> np.ndarray:
    """Rows that sum to 1, some of them even and some of them sharp, as heads are."""
    rng = np.random.default_rng(0)
    weights = np.empty((layers, heads, tokens, tokens), np.float32)
    for layer in range(layers):
        sharpness = rng.uniform(0.5, 4, (heads, 1, 1)).astype(np.float32)
        scores = rng.standard_normal((heads, tokens, tokens), np.float32) * sharpness
        exponents = np.exp(scores - scores.max(-1, keepdims=True))
        weights[layer] = exponents / exponents.sum(-1, keepdims=True)
    return weights


def random(layers: int, heads: int, tokens: int) -> bp.Trace:
    names = ["[CLS]", *(f"token{place}" for place in range(1, tokens - 1)), "[SEP]"]
    return bp.Trace.from_attention(random_weights(layers, heads, tokens), names)
