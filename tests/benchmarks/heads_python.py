"""What statistics of heads cost beside the model's own forward pass, both sides tokenising."""

import copy
from collections.abc import Iterator

import torch

import bertviz_plus as bp
from bertviz_plus.measures.heads.divergence import head_divergence
from tests.benchmarks.clock import best_of
from tests.benchmarks.table import Figure
from tests.benchmarks.texts import ALICE
from tests.benchmarks.traces import MINILM, model, random

TEXTS = 32
WORDS = 95
TOGETHER = 8


def figures(full: bool) -> Iterator[Figure]:
    used = model(MINILM)
    words = ALICE.split()
    texts = [" ".join(words[7 * number : 7 * number + WORDS]) for number in range(TEXTS)]
    hf = copy.deepcopy(used.hf).eval()
    hf.set_attn_implementation("eager")

    def plain() -> None:
        with torch.inference_mode():
            for start in range(0, TEXTS, TOGETHER):
                batch = used.tokenizer(texts[start : start + TOGETHER], return_tensors="pt", padding=True)
                hf(**batch, output_attentions=True)

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        ours, eager = best_of(
            10 if full else 4, lambda: bp.head_statistics(used, texts, progress=False), plain
        )
    finally:
        torch.set_num_threads(threads)
    yield Figure("head_statistics, MiniLM, a text", ours / TEXTS * 1000, "ms", None, eager / TEXTS * 1000)
    yield Figure("head_statistics / eager", ours / eager, "×", 1.333)
    heads = random(12, 12, 128).attention.reshape(144, 128, 128)
    (seconds,) = best_of(5, lambda: head_divergence(heads))
    yield Figure("divergence of all pairs of 144 heads, n=128", seconds, "s", 0.6)
