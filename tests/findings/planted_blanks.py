"""What the findings about blanks are tried on: planted answers, and masked models of random weights."""

import numpy as np
import torch
from transformers import (
    AlbertConfig,
    AlbertForMaskedLM,
    BertConfig,
    BertForMaskedLM,
    DistilBertConfig,
    DistilBertForMaskedLM,
    RobertaConfig,
    RobertaForMaskedLM,
)

import bertviz_plus as bp

SMALL = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}
SPECIAL = {
    "bos_token_id": 101,
    "cls_token_id": 101,
    "eos_token_id": 102,
    "sep_token_id": 102,
    "pad_token_id": 0,
}


def first(name, n):
    questions = bp.diagnostic(name).questions
    return bp.Diagnostic(name, [questions[place % len(questions)] for place in range(n)])


def negation(signal, *, n=160, seed=0):
    """The true word wins, with "not" and without, whatever the order; elsewhere it is a toss-up."""
    random = np.random.default_rng(seed)
    said = {name: random.normal(size=n) for name in ("as written", "shuffled", "elsewhere")}
    for name in ("as written", "shuffled"):
        said[name] += signal * 10 * np.tile([1, -1], n // 2)
    return first("negation", n), said


def steps(signal, *, n=120, seed=0):
    """One step is always right, two are guessed among three."""
    random = np.random.default_rng(seed)
    oldest = first("oldest", n)
    guessed = np.where(random.permutation(n) % 3 == 0, 1.0, -1.0)
    one_step = 10 * signal + random.normal(size=n)
    return {"ages": (first("ages", n), oldest)}, {"ages, one step": one_step, "ages, two steps": guessed}


def without_a_head(tiny):
    del tiny
    return bp.load()


def random_models(tokenizer, seed=0):
    """Masked language models of four architectures."""
    torch.manual_seed(seed)
    shape = {"vocab_size": len(tokenizer), "max_position_embeddings": 128}
    yield bp.wrap(BertForMaskedLM(BertConfig(**SMALL, **shape)), tokenizer)
    roberta = RobertaConfig(**SMALL, **shape | SPECIAL)
    yield bp.wrap(RobertaForMaskedLM(roberta), tokenizer)
    yield bp.wrap(AlbertForMaskedLM(AlbertConfig(**SMALL, **shape, embedding_size=16)), tokenizer)
    distil = DistilBertConfig(n_layers=2, n_heads=2, dim=32, hidden_dim=64, **shape)
    yield bp.wrap(DistilBertForMaskedLM(distil), tokenizer)
