"""What the finding about knowledge is tried on: a label that is told and not used, and no knowledge."""

import numpy as np

from bertviz_plus.measures.predictions.erased_knowledge import ErasedKnowledge
from bertviz_plus.traces.parse import Parse
from bertviz_plus.traces.parses import Parses


def known(signal, *, n=240, seed=0, used=0.0, told=0.9):
    """Two labels: the first is used in full; the second, told as often, is used as far as `used` says."""
    random = np.random.default_rng(seed)
    whole = 4 * signal + random.normal(size=n)
    guessed = random.random((2, n)) < 0.5
    told = random.random((2, n)) < told
    costs = np.array([[1.0], [used]]) * 4 * signal
    return ErasedKnowledge(
        labels=("used", "not used"),
        whole=whole,
        erased=whole - costs + random.normal(scale=0.1, size=(2, n)),
        random=np.tile(whole, (2, 1)),
        told=told,
        still=guessed,
        guessed=guessed,
        right=np.tile(whole > 2, (5, 1)).astype(float),
        rank=np.ones(2),
        sentences=np.arange(n) // 4,
        late=np.arange(n) // 4 % 2 == 1,
        facts=np.ones(200, bool) if signal else np.arange(200) % 16 == 0,
    )


def unnamed():
    """Parsed sentences without parts of speech."""
    return Parses([Parse(("dogs", "bark"), (1, -1))] * 20)
