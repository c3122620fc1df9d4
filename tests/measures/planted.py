"""Planted senses: Gaussian clouds whose labels are known."""

import numpy as np

from bertviz_plus.traces.occurrences import Occurrences


def clouds(sizes, dimensions=24, apart=8.0, seed=0):
    """Return vectors and labels of clouds, `apart` standard deviations from the middle."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    centres = np.eye(len(sizes), dimensions) * apart
    vectors = random.normal(size=(len(labels), dimensions)) + centres[labels]
    order = random.permutation(len(labels))
    return vectors[order].astype(np.float32), labels[order]


def planted(sizes=(40, 30, 20), word="bank", seed=0, **more):
    """Return occurrences with equal vectors at hidden layer 0, noise at 1, parted senses at 2."""
    vectors, labels = clouds(sizes, seed=seed)
    noise, _ = clouds(sizes, apart=0, seed=seed + 1)
    senses = [f"sense {label}" for label in labels]
    layers = np.stack([np.ones_like(vectors), noise, vectors])
    return Occurrences.from_vectors(layers, senses=senses, word=word, **more)
