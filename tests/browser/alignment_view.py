"""Sentence pairs whose links are known, and an alignment view of them on a page."""

import numpy as np
from playwright.sync_api import Locator

from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Gold

HOUSE = ("the house is small .", "das Haus ist klein .")
HOSTILE = (
    "</script><img src=x onerror=alert(1)> {0} a\u200db 👩‍👩‍👧 .",
    "بيت \u202eevil x" + "x" * 80 + " ' .",
)
LAYERS = 3


def pair(source: str, target: str, gold: str | None = None, seed: int = 0) -> SentencePair:
    """Words whose partners are those in the same place, the more surely the higher the layer."""
    ours, theirs = source.split(), target.split()
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (LAYERS, len(ours), len(theirs)))
    cosines = noise + np.eye(len(ours), len(theirs)) * np.array([0, 0.4, 1.0])[:, None, None]
    return SentencePair(
        tuple(ours),
        tuple(theirs),
        None if gold is None else Gold.of(gold),
        tuple(ours),
        tuple(theirs),
        tuple(range(len(ours))),
        tuple(range(len(theirs))),
        np.clip(cosines, -1, 1).astype(np.float32),
    )


def alignments(*pairs: SentencePair) -> Alignments:
    pairs = pairs or (pair(*HOUSE, gold="0-0 1-1 2-2 3?3 4-4"),)
    return Alignments(pairs, hidden_layers=(0, 1, 2), languages=("en", "de"), best_layer=2)


def word(view: Locator, side: str, place: int) -> Locator:
    return view.locator(f'[data-side="{side}"][data-word="{place}"]')


def caption(view: Locator) -> Locator:
    return view.locator(".bvp-caption")
