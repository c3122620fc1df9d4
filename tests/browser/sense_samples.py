"""The occurrences that the sense view's tests draw: two senses that part, and everything that is hard."""

import numpy as np

from bertviz_plus.traces.occurrences import Occurrences

SENSES = ("river", "money")
HOSTILE = (
    "</script><script>globalThis.hacked = 1</script>",
    "<img src=x onerror='globalThis.hacked = 2'>",
    "<svg onload=globalThis.hacked=3>",
    "\u2028${globalThis.hacked = 4}`",
    '"><iframe srcdoc="<script>parent.hacked=5</script>">',
    "{{globalThis.hacked=6}}",
)
# Text, and the word that stands in it.
HARD = (
    *((f"before {said} after", said) for said in HOSTILE),
    ("ישבנו על גדת הנהר ואכלנו לחם", "גדת"),
    ("جلسنا على ضفة النهر", "ضفة"),
    ("We 👩‍👩‍👧‍👦 sat 🏳️‍🌈 on the 🏦 all day", "🏦"),
    ("bank", "bank"),
    (f"{'word ' * 20}bank of a river{' word' * 20}", "bank"),
    (f"{'x' * 400} bank {'y' * 400}", "bank"),
    ("The bank\n\tlent\u00a0it \u200bout.", "bank"),
)


def parting(items: int = 40, layers: int = 4) -> Occurrences:
    """Two senses that lie together at layer 0 and part from layer to layer."""
    random = np.random.default_rng(0)
    kinds = np.arange(items) % 2
    vectors = random.normal(size=(layers, items, 8))
    vectors[:, :, 0] += 4 * np.arange(layers)[:, np.newaxis] * (2 * kinds - 1)
    texts = [f"Sentence {i} has the bank of a {SENSES[kind]} in it." for i, kind in enumerate(kinds)]
    return Occurrences.from_vectors(
        vectors,
        texts=texts,
        spans=[(text.index("bank"), text.index("bank") + 4) for text in texts],
        senses=[SENSES[kind] for kind in kinds],
        word="bank",
    )


def hard() -> Occurrences:
    """Texts and senses of all kinds, equal vectors, and one that is not there."""
    random = np.random.default_rng(1)
    rows = HARD * 3
    vectors = random.normal(size=(13, len(rows), 8))
    vectors[:, 1] = vectors[:, 2]
    vectors[:, 5] = np.nan
    return Occurrences.from_vectors(
        vectors,
        texts=[text for text, _ in rows],
        spans=[(text.index(word), text.index(word) + len(word)) for text, word in rows],
        senses=[(*HOSTILE[:3], None, "z" * 120, "משמעות")[i % 6] for i in range(len(rows))],
        word="<img src=x>",
    )


SAMPLES = {"parting": parting, "hard": hard}
