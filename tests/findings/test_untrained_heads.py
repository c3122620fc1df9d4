"""Findings 5 and 18 on random weights that are large: attention is peaked, and no twin is there to say so."""

import pytest
import torch
from transformers import BertConfig, BertModel

import bertviz_plus as bp
from bertviz_plus.models.model import Model
from tests.findings.planted import english


def peaked(tokenizer, seed: int) -> Model:
    torch.manual_seed(seed)
    sizes = {"num_hidden_layers": 4, "num_attention_heads": 4, "hidden_size": 64, "intermediate_size": 128}
    config = BertConfig(**sizes, vocab_size=len(tokenizer), initializer_range=0.3)
    return bp.wrap(BertModel(config).eval(), tokenizer)


@pytest.mark.parametrize("key", ["redundancy", pytest.param("no-op", marks=pytest.mark.slow)])
def test_large_random_weights_never_hold_without_a_twin_to_beat(tiny: Model, key: str) -> None:
    for seed in range(10):
        result = bp.primer[key].run(
            peaked(tiny.tokenizer, seed), english(), untrained=False, resamples=50, progress=False
        )
        assert result.verdict != "holds", (seed, result)
