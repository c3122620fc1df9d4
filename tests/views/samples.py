"""Traces with what a view may meet: words, pairs, three kinds of attention, queries and keys, long texts."""

import numpy as np

from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

# [CLS] un believ able tale s [SEP] : two words of several pieces, between specials.
PIECES = ("[CLS]", "un", "##believ", "##able", "tale", "##s", "[SEP]")
WORD_IDS = (-1, 0, 0, 0, 1, 1, -1)


def softmax(layers: int, heads: int, rows: int, columns: int | None = None, seed: int = 0) -> np.ndarray:
    """Random attention whose rows sum to 1: sharp heads and broad ones, as models have."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((layers, heads, rows, columns or rows), np.float32)
    weights *= np.linspace(0.5, 4, heads, dtype=np.float32)[:, np.newaxis, np.newaxis]
    np.exp(weights, out=weights)
    weights /= weights.sum(-1, keepdims=True)
    return weights


def of_words() -> Trace:
    return Trace.from_attention(softmax(3, 4, len(PIECES)), PIECES, word_ids=WORD_IDS)


def of_pair() -> Trace:
    tokens = ["[CLS]", "the", "cat", "[SEP]", "a", "rug", "[SEP]"]
    return Trace.from_attention(softmax(2, 4, 7), tokens, pair_start=4)


def of_length(n: int, layers: int, heads: int) -> Trace:
    tokens = ["[CLS]", *(f"token{place}" for place in range(n - 2)), "[SEP]"]
    return Trace.from_attention(softmax(layers, heads, n), tokens)


def of_translation() -> Seq2SeqTrace:
    """Fewer layers and heads in the decoder, so that a switch has something to fit."""
    causal = np.tril(softmax(2, 3, 4, seed=1))
    return Seq2SeqTrace.from_attention(
        encoder_attention=softmax(3, 4, 6),
        decoder_attention=causal / causal.sum(-1, keepdims=True),
        cross_attention=softmax(2, 3, 4, 6, seed=2),
        encoder_tokens=["the", "small", "cat", "sat", ".", "</s>"],
        decoder_tokens=["<pad>", "die", "Katze", "."],
    )


def of_queries(layers: int = 2, heads: int = 3, tokens: int = 5, size: int = 8) -> Trace:
    """Attention that its queries and keys give."""
    rng = np.random.default_rng(3)
    queries, keys = rng.standard_normal((2, layers, heads, tokens, size)).astype(np.float32)
    scores = np.exp(queries @ keys.swapaxes(-1, -2) * size**-0.5)
    return Trace(
        tokens=("[CLS]", *(f"t{place}" for place in range(tokens - 2)), "[SEP]"),
        is_special=(True, *(False,) * (tokens - 2), True),
        segment_ids=(0,) * tokens,
        layers=tuple(range(layers)),
        model=ModelInfo(id="folder/tiny"),
        attention=scores / scores.sum(-1, keepdims=True),
        queries=queries,
        keys=keys,
        scaling=(size**-0.5,) * layers,
    )
