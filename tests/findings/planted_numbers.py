"""What the finding about numbers is tried on: whole numbers that lie on a line, and cut ones that do not."""

import numpy as np

from bertviz_plus.measures.probes.number_vectors import NumberVectors


def read(signal, *, n=320, seed=0, cut=True):
    """The vector of a whole number, even, holds its value; that of a cut one, odd, only that it is cut."""
    random = np.random.default_rng(seed)
    numbers = random.permutation(n)
    is_cut = (numbers % 2 == 1) & cut
    vectors = random.normal(size=(1, n, 4))
    vectors[0, :, 0] += signal * 1000 * np.where(is_cut, 0.0, numbers / n - 0.5)
    return NumberVectors(numbers, vectors, np.where(is_cut, 2, 1))


def some():
    """Numbers of which the tokenizer cuts about a half."""
    return range(300, 480)
