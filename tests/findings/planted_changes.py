"""Numbers of models that were fine-tuned, and how much each of their layers changed."""

import numpy as np

from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.runs import Runs

SMALL_BUDGET = Budget(2, {"epochs": 1, "examples": 12, "tested": 40})
_COMPARED = ("cka", "rsa", "weights", "divergence")
_SPECIAL = ("change_to_sep", "change_to_cls")


def changed(final, others, *, between=0.02, shuffled=0.05, right=0.95, seeds=5, items=200, layers=6, seed=0):
    """Runs whose final layers change so much, the others so much, and by shuffled labels so much."""
    random = np.random.default_rng(seed)
    sizes = (seeds, items, layers)
    levels = np.full(layers, float(others))
    levels[-1] = final

    def around(means):
        return np.clip(means + 0.02 * random.normal(size=sizes), 0, 1)

    change = np.stack([around(levels), around(np.full(layers, shuffled))])
    apart = np.stack([around(np.full(layers, between)), np.full(sizes, np.nan)])
    answers = random.random((2, seeds, items)) < right
    numbers = {
        "change": change,
        "between": apart,
        "right": answers,
        "group": np.broadcast_to(np.arange(items), answers.shape),
        "right_without": np.repeat(answers[..., np.newaxis], layers, axis=-1),
    }
    numbers |= {name: random.normal(size=(2, seeds, layers)) for name in (*_SPECIAL, *_COMPARED)}
    return Runs(
        ("labels", "shuffled labels"),
        tuple(range(seeds)),
        numbers,
        data={"name": "planted", "baselines": {"most frequent label": 0.17}},
        budget={"name": "planted"},
    )
