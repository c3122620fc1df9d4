"""What the finding about flat minima is tried on."""

import numpy as np
import torch
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

import bertviz_plus as bp
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.runs import Runs

CONDITIONS = ("pre-trained", "random start", "another random start")
SMALL_BUDGET = Budget(2, {"examples": 24, "steps": 2, "points": 5})
_PLACES = {"training": (1.0, np.linspace(-0.5, 2.5, 13)), "random": (0.0, np.linspace(-1, 1, 9))}


def valleys(steepness, *, seeds=3, items=40, spread=0.0, depth=0.15, seed=0):
    """Losses of trainings whose valleys rise so steeply, from pre-training and from two random starts."""
    random = np.random.default_rng(seed)
    numbers = {}
    for name, (tuned, places) in _PLACES.items():
        away = (places - tuned) ** 2
        steep = np.array(steepness)[:, None] * np.exp(spread * random.normal(size=(3, seeds)))
        line = depth * (1 + steep[..., None, None] * away)
        own = np.exp(0.1 * random.normal(size=(items, 1)))
        numbers[name] = line * own
        numbers[f"{name} places"] = np.broadcast_to(places, (3, seeds, len(places))).copy()
    return Runs(CONDITIONS, tuple(range(seeds)), numbers)


def random_models(tokenizer, seed=0):
    """Encoders of random weights."""
    torch.manual_seed(seed)
    sizes = {"vocab_size": len(tokenizer)}
    bert = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}
    for hf in (
        BertModel(BertConfig(**bert, **sizes)),
        DistilBertModel(DistilBertConfig(dim=32, hidden_dim=64, n_layers=2, n_heads=2, **sizes)),
    ):
        yield bp.wrap(hf.eval(), tokenizer)
