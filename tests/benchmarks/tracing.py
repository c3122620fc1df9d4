"""What `model.trace` costs beside the model's own forward pass, both sides tokenising."""

import copy
from collections.abc import Callable, Iterator

import torch

from tests.benchmarks.clock import best_of
from tests.benchmarks.table import Figure
from tests.benchmarks.texts import text_of
from tests.benchmarks.traces import MINILM, model


def plain(implementation: str, text: str, **outputs: bool) -> Callable[[], object]:
    """The forward pass as somebody writes it who has only transformers."""
    used = model(MINILM)
    hf = copy.deepcopy(used.hf)
    hf.set_attn_implementation(implementation)
    hf.eval()

    def run() -> object:
        with torch.inference_mode():
            return hf(**used.tokenizer(text, return_tensors="pt"), **outputs)

    return run


def figures(full: bool) -> Iterator[Figure]:
    used = model(MINILM)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for tokens, rounds in ((128, 20), (512, 4)):
            text = text_of(used.tokenizer, tokens)
            both, eager = best_of(
                rounds,
                lambda text=text: used.trace(text),
                plain("eager", text, output_attentions=True, output_hidden_states=True),
            )
            hidden, sdpa = best_of(
                rounds,
                lambda text=text: used.trace(text, keep=("hidden_states",)),
                plain("sdpa", text, output_hidden_states=True),
            )
            judged = tokens == 128
            yield Figure(f"model.trace, MiniLM, n={tokens}", both * 1000, "ms", None, eager * 1000)
            yield Figure(f"model.trace / eager, n={tokens}", both / eager, "×", 1.15 if judged else None)
            yield Figure(
                f"model.trace, hidden states alone, n={tokens}", hidden * 1000, "ms", None, sdpa * 1000
            )
            yield Figure(
                f"hidden states alone / sdpa, n={tokens}", hidden / sdpa, "×", 1.08 if judged else None
            )
    finally:
        torch.set_num_threads(threads)
