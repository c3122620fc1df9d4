"""What the finding about numbers is tried on: whole numbers that lie on a line, and cut ones that do not."""

import numpy as np

from bertviz_plus.measures.number_vectors import NumberVectors


def read(signal, *, n=160, seed=0, cut=0.5):
    """The vector of a whole number holds its value; that of a cut one, only that it is cut."""
    random = np.random.default_rng(seed)
    numbers = random.permutation(n * 2)[:n]
    is_cut = np.arange(n) < n * cut
    vectors = random.normal(size=(1, n, 12))
    planted = np.where(is_cut, 0.0, (numbers - n) / n)
    vectors[0, :, 0] += signal * 1000 * planted
    return NumberVectors(numbers, vectors, np.where(is_cut, 2, 1))


def some():
    """Numbers of which the tokenizer cuts about a half."""
    return range(300, 480)
