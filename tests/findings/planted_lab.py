"""What the findings that pre-train models of their own are tried on."""

from itertools import product

import numpy as np

from bertviz_plus.findings.batch_size import BatchSize
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.dropout_twins import DropoutTwins
from bertviz_plus.findings.embeddings_only import EmbeddingsOnly
from bertviz_plus.findings.language_twins import LanguageTwins
from bertviz_plus.findings.runs import Runs

TEXTS = [
    f"the {size} {animal} {verb} in the {place} ."
    for size, animal, verb, place in product(
        ("old", "small", "red", "wet"),
        ("cat", "dog", "horse", "bird"),
        ("slept", "sang", "stood", "ate"),
        ("barn", "field", "sun", "rain"),
    )
]
_LONG = [" ".join([text] * 4) for text in TEXTS]


def _no_model(tiny):
    del tiny


TRAINED = {
    "texts": lambda: TEXTS,
    "failing": [(_no_model, lambda: _LONG)],
    "chooses": False,
    "options": {"budget": Budget(2, {"examples": 192, "texts": 200})},
}
REFUSED_BESIDE = [
    ({"data": "a text", "budget": "quick"}, TypeError, "data must be a list of texts, or Runs, got str"),
    ({"data": ["a text"], "budget": "quick"}, ValueError, "data must be at least 250 texts, got 1"),
    ({"data": ["a text", 3], "budget": "quick"}, ValueError, r"data\[1\] must be a text that is not empty"),
    ({"budget": "long"}, ValueError, "budget must be 'quick', 'full' or a Budget, got 'long'"),
]
REFUSED = REFUSED_BESIDE


def _runs(kind, seeds, numbers):
    shape = (len(kind.conditions), seeds, 3)
    curves = {"curve": np.broadcast_to([8.0, 6.0, 5.0], shape), "seen": np.broadcast_to([0, 50, 100], shape)}
    return Runs(kind.conditions, tuple(range(seeds)), {**numbers, **curves})


def batches(help_, *, seeds=4, items=60, spread=0.04, seed=0):
    """Losses that are so much lower with large batches."""
    random = np.random.default_rng(seed)
    said = random.normal(-5, 0.5, items) + random.normal(0, spread, (3, seeds, 1))
    said = said + random.normal(0, spread, said.shape)
    said[:2] += help_
    return _runs(BatchSize, seeds, {"said": said, "noise": random.uniform(50, 80, (3, seeds))})


def twin_heads(alike, *, seeds=4, items=60, seed=0):
    """Divergences within layers that go, as far as `alike` says, with some dropout."""
    random = np.random.default_rng(seed)
    within, between = random.uniform(0.9, 1.1, (2, 3, seeds, items))
    within[:2] *= 1 - alike
    pairs = np.ones_like(within)
    return _runs(DropoutTwins, seeds, {"divergence": np.stack([within, pairs, between, pairs], axis=3)})


def translations(without, told, *, seeds=4, items=80, seed=0):
    """Translations that twins find so often."""
    random = np.random.default_rng(seed)
    found = random.random((2, seeds, items)) < np.array([without, told])[:, None, None]
    # One text is like another for both twins: what is drawn for each is the same.
    found[:] = found[:1] if without == told else found
    return _runs(LanguageTwins, seeds, {"found": found.astype(float)})


def readers(known, *, seeds=4, items=60, seed=0):
    """What is known of a second language, where 2 nats are known of the first; a random body knows little."""
    random = np.random.default_rng(seed)
    noise = random.normal(0, 0.1, (3, seeds, items))
    own = np.array([known, 0.1, 2.0])[:, None, None] + noise
    first = np.array([2.0, 0.0, 2.0])[:, None, None] + random.normal(0, 0.1, noise.shape)
    found = random.random(noise.shape) < np.array([known * 0.45, 0.02, 0.02])[:, None, None]
    return _runs(EmbeddingsOnly, seeds, {"known": own, "first": first, "found": found.astype(float)})
