"""The two views that every view test runs on: a small one, and a large one that has everything hard."""

from collections.abc import Callable

import numpy as np

import bertviz_plus as bp


def weights(layers: int, heads: int, tokens: int) -> np.ndarray:
    """Random heads: some nearly even, some that look at one neighbour, some at the first token."""
    rng = np.random.default_rng(7)
    scores = rng.normal(0, 1, (layers, heads, tokens, tokens)).astype(np.float32)
    places = np.arange(tokens)
    for layer in range(layers):
        for head in range(heads):
            shift = head % 4 - 1
            scores[layer, head, places, np.clip(places + shift, 0, tokens - 1)] += 3 * (head % 3)
            scores[layer, head, :, 0] += 2 * (layer % 2)
    exponents = np.exp(scores)
    return exponents / exponents.sum(-1, keepdims=True)


def small() -> bp.Trace:
    tokens = ["[CLS]", "the", "old", "river", "bank", "##s", "were", "full", ".", "[SEP]"]
    return bp.Trace.from_attention(weights(6, 12, len(tokens)), tokens)


def grid() -> bp.Trace:
    """24×16, a pair, text from right to left, a joined emoji and a token of 200 characters."""
    first = ["[CLS]", "החתול", "ישב", "על", "השטיח", "ליד", "הדלת", ".", "[SEP]"]
    second = ["القطة", "نامت", "على", "السجادة", "👩‍👩‍👧‍👦", "a\u200bb", "x" * 200, "!", "[SEP]"]
    tokens = first + second
    return bp.Trace.from_attention(weights(24, 16, len(tokens)), tokens, pair_start=len(first))


SAMPLES: dict[str, Callable[[], bp.Trace]] = {"small": small, "grid": grid}
