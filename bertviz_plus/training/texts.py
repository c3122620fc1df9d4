"""Texts made ready for training: checked, parted from those held back, cut into pieces."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from bertviz_plus.training.pretrained import Recipe
from bertviz_plus.training.pretraining import Corpus

_FEWEST = 100


def checked_texts(texts: Iterable[str]) -> list[str]:
    """Return texts as a list; refuse what is none, and too few."""
    if isinstance(texts, str):
        raise TypeError(f"texts must be an iterable of texts, got one text, {texts!r:.60}")
    every = list(texts)
    for place, text in enumerate(every):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"texts[{place}] must be a text that is not empty, got {text!r:.60}")
    if len(every) < _FEWEST:
        raise ValueError(f"texts must be at least {_FEWEST}, got {len(every)}")
    return every


def parted(texts: Sequence[str], recipe: Recipe) -> tuple[list[str], list[str]]:
    """Return what is held back, and what is trained on; twins of one seed part alike."""
    order = np.random.default_rng(recipe.seed).permutation(len(texts))
    n = min(recipe.held_back, len(texts) // 10)
    return [texts[place] for place in order[:n]], [texts[place] for place in order[n:]]


def corpus_of(texts: Sequence[str], tokenizer: Any, recipe: Recipe) -> Corpus:
    """Read texts, every second one in the second language where there are two."""
    languages = [place % recipe.languages for place in range(len(texts))]
    special, size = set(tokenizer.all_special_ids), len(tokenizer)
    sequences = [
        [one if one in special else one + size * language for one in ids[: recipe.longest - 2]]
        for ids, language in zip(
            tokenizer(list(texts), add_special_tokens=False)["input_ids"], languages, strict=True
        )
    ]
    told = [language * recipe.language_embeddings for language in languages]
    return Corpus(sequences, told, tokenizer)


def described(
    texts: Sequence[str], held_back: Sequence[str], versions: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Say which texts were read, for the record."""
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    return {
        "texts": len(texts),
        "held_back": len(held_back),
        "sha256": digest,
        "versions": dict(versions or {}),
    }
