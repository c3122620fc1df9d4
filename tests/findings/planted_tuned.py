"""Numbers of models that were fine-tuned in several ways, and small tasks to fine-tune on."""

from dataclasses import replace

import numpy as np
import torch
from transformers import AlbertConfig, AlbertModel, BertConfig, BertModel, FNetConfig, FNetModel

import bertviz_plus as bp
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.runs import Runs

ADAPTERS_BUDGET = Budget(2, {"epochs": 1, "examples": 12})
FREEZING_BUDGET = Budget(2, {"epochs": 1, "examples": 12, "parts": 2})
_SIZES = {"num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}


def _right(shares, *, seeds, items, seed):
    """Right or not, ``[conditions, seeds, items]``, so often under each condition."""
    random = np.random.default_rng(seed)
    return np.stack([random.random((seeds, items)) < share for share in shares])


def adapted(adapters, *, everything=0.99, head=0.4, seeds=5, items=400, seed=0):
    """How often models are right whose adapters, all weights, and head alone were trained."""
    right = _right((adapters, everything, min(head, adapters)), seeds=seeds, items=items, seed=seed)
    shares = np.repeat([[0.02], [1.0], [0.001]], seeds, axis=1)
    group = np.broadcast_to(np.arange(items), right.shape)
    return Runs(
        ("adapters", "all weights", "head alone"),
        tuple(range(seeds)),
        {"right": right, "trained": shares, "group": group},
        data={"name": "planted", "baselines": {"most frequent label": 0.17, "bag of words": 0.4}},
        budget={"name": "planted"},
    )


def frozen(half, nothing, *, seeds=5, items=400, seed=0):
    """How often models are right in other languages, with half of the layers frozen, and with nothing."""
    right = _right((half, nothing), seeds=seeds, items=items, seed=seed)
    return Runs(
        ("half", "nothing"),
        tuple(range(seeds)),
        {
            "right": right,
            "right_at_home": right,
            "language": np.broadcast_to(np.arange(items) % 2, right.shape),
        },
        data={"name": "planted", "languages": ["de", "fr"], "baselines": {}},
        budget={"name": "planted"},
    )


def _some(examples, n):
    return examples.take(np.linspace(0, len(examples) - 1, n).astype(int))


def small_task():
    """A few examples, with test sets in two languages."""
    whole = bp.tasks["sentiment"]
    others = {name: _some(one, 20) for name, one in whole.other_languages.items()}
    sets = {name: _some(getattr(whole, name), n) for name, n in (("train", 12), ("dev", 6), ("test", 40))}
    return replace(whole, name="small", **sets, other_languages=others)


def in_one_language():
    return replace(small_task(), other_languages={})


def shuffled_task(seed):
    """The same with labels that say nothing."""
    task, random = small_task(), np.random.default_rng(seed)

    def shuffled(examples):
        return replace(examples, labels=tuple(random.permutation(examples.labels).tolist()))

    others = {name: shuffled(one) for name, one in task.other_languages.items()}
    sets = {name: shuffled(getattr(task, name)) for name in ("train", "dev", "test")}
    return replace(task, **sets, other_languages=others)


def random_models(tokenizer, seed=0):
    """Encoders of random weights whose layers are their own."""
    torch.manual_seed(seed)
    for spread in (0.02, 0.1):
        config = BertConfig(
            num_hidden_layers=2, vocab_size=len(tokenizer), initializer_range=spread, **_SIZES
        )
        yield bp.wrap(BertModel(config).eval(), tokenizer)


def shared_layers(tiny):
    config = AlbertConfig(num_hidden_layers=2, embedding_size=16, vocab_size=len(tiny.tokenizer), **_SIZES)
    return bp.wrap(AlbertModel(config).eval(), tiny.tokenizer)


def without_attention(tiny):
    sizes = {"hidden_size": 32, "intermediate_size": 64}
    config = FNetConfig(num_hidden_layers=2, vocab_size=len(tiny.tokenizer), **sizes)
    return bp.wrap(FNetModel(config).eval(), tiny.tokenizer)
