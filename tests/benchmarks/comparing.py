"""What comparing two models costs beside their own forward passes, both sides tokenising."""

from collections.abc import Iterator
from typing import Any

import torch
import transformers

import bertviz_plus as bp
from tests.benchmarks.clock import best_of
from tests.benchmarks.table import Figure
from tests.benchmarks.traces import MINILM, model

TEXTS = 200
TOGETHER = 32


def base_sized(seed: int) -> bp.Model:
    """BERT-base's size with MiniLM's vocabulary: its weights are random, which takes as long."""
    tokenizer = model(MINILM).tokenizer
    torch.manual_seed(seed)
    config = transformers.BertConfig(vocab_size=len(tokenizer))
    return bp.wrap(transformers.BertModel(config).eval(), tokenizer)


def figures(full: bool) -> Iterator[Figure]:
    models = [base_sized(seed) for seed in range(2)]
    texts = bp.tasks["sentiment"].train.texts[:TEXTS]

    def plain() -> None:
        """Texts of about one length together, so that little is padded."""
        with torch.inference_mode():
            for one in models:
                hf: Any = one.hf
                hf.set_attn_implementation("eager")
                ordered = sorted(texts, key=lambda text: len(one.tokenizer(text)["input_ids"]))
                for start in range(0, TEXTS, TOGETHER):
                    batch = one.tokenizer(
                        ordered[start : start + TOGETHER], return_tensors="pt", padding=True
                    )
                    hf(**batch, output_attentions=True, output_hidden_states=True)

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        ours, eager = best_of(
            5 if full else 2, lambda: bp.compare(*models, texts, baseline=None, progress=False), plain
        )
    finally:
        torch.set_num_threads(threads)
    yield Figure(f"compare two 12×12 models, {TEXTS} sentences", ours, "s", None, eager)
    yield Figure("compare / both forward passes", ours / eager, "×", 1.3)
