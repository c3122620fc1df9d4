import pytest
import torch
from transformers import BertForSequenceClassification

import bertviz_plus as bp
from tests.made_traces import make_trace, translation

__all__ = ["make_trace", "translation"]


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


@pytest.fixture(scope="module")
def classifier(tiny):
    torch.manual_seed(0)
    hf = BertForSequenceClassification(tiny.hf.config)
    hf.config.id2label = {0: "dull", 1: "bright"}
    # As it is made, a classifier's loss hardly depends on anything.
    with torch.no_grad():
        for one in hf.parameters():
            one.add_(0.1 * torch.randn_like(one))
    return bp.wrap(hf.eval(), tiny.tokenizer)
