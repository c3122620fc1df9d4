"""What the finding about heads and layers is tried on."""

import numpy as np
import torch
from transformers import (
    AlbertConfig,
    AlbertForMaskedLM,
    BertConfig,
    BertForMaskedLM,
    DistilBertConfig,
    DistilBertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    RobertaConfig,
    RobertaForMaskedLM,
)

import bertviz_plus as bp
from bertviz_plus.measures.ablation.halved import HalvedModel
from tests.models.architectures import wrapped

_SMALL = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}


def losses(known, *, n=40, seed=0):
    """A model that knows `known` of its words, all of it without half its heads, none without half its
    layers."""
    random = np.random.default_rng(seed)
    chance = 8 + random.normal(scale=0.2, size=n)
    near = lambda: random.normal(scale=0.02, size=n)  # noqa: E731
    whole = chance - 6 * known + near()
    return HalvedModel(
        whole,
        whole + near(),
        whole + 3 * known + near(),
        np.stack([chance + 0.5 + near() for _ in range(3)]),
        chance,
        np.arange(n) % 2 == 1,
        0.33,
    )


def without_a_head(_):
    return bp.load()


def off_the_interface(_):
    return wrapped("MPNet", head=True)


def few_words():
    return ["the cat sat on the mat ."] * 24


def random_models(tokenizer, seed=0):
    """Language models of random weights."""
    torch.manual_seed(seed)
    vocabulary = {"vocab_size": len(tokenizer)}
    small = _SMALL | vocabulary
    for hf in (
        BertForMaskedLM(BertConfig(**small)),
        BertForMaskedLM(BertConfig(**small, initializer_range=0.1)),
        RobertaForMaskedLM(RobertaConfig(**small, max_position_embeddings=130)),
        DistilBertForMaskedLM(DistilBertConfig(dim=32, hidden_dim=64, n_layers=2, n_heads=2, **vocabulary)),
        AlbertForMaskedLM(AlbertConfig(**small, embedding_size=16)),
        GPT2LMHeadModel(GPT2Config(**vocabulary, n_embd=32, n_layer=2, n_head=2, n_positions=128)),
    ):
        yield bp.wrap(hf.eval(), tokenizer)
