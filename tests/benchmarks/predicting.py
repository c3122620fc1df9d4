"""Predictions, scores and attributions beside the plain loop that a user would write."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import torch
import transformers

import bertviz_plus as bp
from tests.benchmarks.clock import best_of
from tests.benchmarks.table import Figure
from tests.benchmarks.traces import MINILM, model

# Thirty tokens.
TEXT = (
    "The keys to the old cabinet in the kitchen of my grandmother's house [MASK] on the table beside the "
    "lamp, the letters and three photographs."
)
STEPS = 32


@cache
def minilm_sized() -> bp.Model:
    """MiniLM's size with a masked-LM head: its weights are random, which takes as long."""
    used = model(MINILM)
    torch.manual_seed(0)
    return bp.wrap(transformers.BertForMaskedLM(used.hf.config).eval(), used.tokenizer)


class Plain:
    """What a user would write: one pass for each word, step and head, the head of the model on all tokens."""

    def __init__(self, used: bp.Model) -> None:
        self.hf: Any = used.hf
        self.tokenizer = used.tokenizer
        self.inputs = self.tokenizer(TEXT, return_tensors="pt")
        self.ids = self.inputs["input_ids"]
        mask = self.tokenizer.mask_token_id
        self.place = self.ids[0].tolist().index(mask)
        self.are, self.other = self.tokenizer.convert_tokens_to_ids(["are", "is"])
        self.blocks = used._stacks[0].blocks
        self.width = used.hidden_size // used.n_heads
        self.n_heads = used.n_heads

    def difference(self, **inputs: Any) -> torch.Tensor:
        logits = self.hf(**inputs).logits[0, self.place]
        return logits[self.are] - logits[self.other]

    def score(self) -> float:
        total = 0.0
        with torch.no_grad():
            for place in range(1, self.ids.shape[1] - 1):
                hidden = self.ids.clone()
                hidden[0, place] = self.tokenizer.mask_token_id
                total += float(self.hf(hidden).logits[0, place].log_softmax(-1)[self.ids[0, place]])
        return total

    def lens(self) -> None:
        with torch.no_grad():
            states = self.hf(**self.inputs, output_hidden_states=True).hidden_states
            for state in states:
                self.hf.cls(state)[0, self.place].log_softmax(-1).topk(1)

    def occlusion(self) -> None:
        with torch.no_grad():
            for place in range(1, self.ids.shape[1] - 1):
                hidden = self.ids.clone()
                hidden[0, place] = self.tokenizer.mask_token_id
                self.difference(input_ids=hidden)

    def gradients(self) -> None:
        embed = self.hf.get_input_embeddings()
        text = embed(self.ids).detach()
        baseline = embed(torch.full_like(self.ids, self.tokenizer.mask_token_id)).detach()
        for step in range(STEPS + 1):
            here = (baseline + step / STEPS * (text - baseline)).requires_grad_()
            torch.autograd.grad(self.difference(inputs_embeds=here), here)

    def heads(self) -> None:
        with torch.no_grad():
            for block in self.blocks:
                projection = next(
                    part
                    for name, part in block.named_modules()
                    if name.endswith(("attention.output.dense", "out_lin"))
                )
                for head in range(self.n_heads):
                    off = slice(head * self.width, (head + 1) * self.width)

                    def without(_part: Any, given: Any, off: slice = off) -> Any:
                        context = given[0].clone()
                        context[..., off] = 0
                        return (context,)

                    hook = projection.register_forward_pre_hook(without)
                    try:
                        self.difference(**self.inputs)
                    finally:
                        hook.remove()

    def attribute(self) -> None:
        self.occlusion()
        self.gradients()
        self.heads()


def figures(full: bool) -> Iterator[Figure]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield from _figures(5 if full else 2)
    finally:
        torch.set_num_threads(threads)


def _figures(rounds: int) -> Iterator[Figure]:
    small = minilm_sized()
    plain = Plain(small)
    whole = TEXT.replace("[MASK]", "are")
    ours, theirs = best_of(rounds, lambda: small.score(whole, method="original", progress=False), plain.score)
    yield Figure("pseudo-log-likelihood of 30 tokens, MiniLM-sized", ours, "s", None, theirs)
    ours, theirs = best_of(rounds, lambda: small.lens(TEXT), plain.lens)
    yield Figure("logit lens, MiniLM-sized", ours, "s", None, theirs)
    for name, used, bar in (("MiniLM-sized", small, 2), ("DistilBERT", bp.load("distilbert-mlm"), 6)):
        loop = Plain(used)

        def attribute(used: bp.Model = used, **options: Any) -> None:
            bp.attribute(used, TEXT, target="are", against="is", **options)

        ours, theirs = best_of(rounds, attribute, loop.attribute)
        yield Figure(f"all attributions of 30 tokens, {name}", ours, "s", bar, theirs)
        ours, theirs = best_of(rounds, lambda: attribute(methods=["heads"]), loop.heads)
        yield Figure("    each of 6×12 heads switched off", ours, "s", 3, theirs)
