"""Items of a task, split by text: some to learn from, some to choose by, some to test on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.probe_task import ProbeTask

TEST_SHARE, DEV_SHARE = 0.3, 0.2
"""Of the texts; the second of those that are not for the test."""


def check_task(task: ProbeTask) -> None:
    """Refuse a task that cannot be probed.

    Examples
    --------
    >>> check_task(ProbeTask.of([("a b", (0, 1), "x"), ("a b", (2, 3), "x")]))
    Traceback (most recent call last):
    ...
    ValueError: task 'task' must have two labels at least to be told apart, got 'x' alone
    """
    labels = set(task.labels)
    if len(labels) < 2:
        raise ValueError(
            f"task {task.name!r} must have two labels at least to be told apart, got {task.labels[0]!r} alone"
        )
    if len(set(task.sources)) < 4:
        raise ValueError(
            f"task {task.name!r} must have items in four texts at least, to be split by text, got "
            f"{len(set(task.sources))}"
        )


class Split:
    """Items of a task, split by text into those to learn from, to choose by, and to test on.

    Attributes
    ----------
    labels : ndarray [items]
    texts : ndarray [items]
    words : ndarray [items]
    train, dev, test : ndarray [items], bool
        `train` holds `dev`.
    """

    def __init__(
        self, labels: NDArray[Any], texts: NDArray[Any], words: NDArray[Any], parts: NDArray[Any]
    ) -> None:
        self.labels, self.texts, self.words, self.parts = labels, texts, words, parts
        self.train, self.dev, self.test = parts < 2, parts == 1, parts == 2
        kinds = len(set(labels.tolist()))
        if self.train.sum() < kinds:
            raise ValueError(
                "the task must have as many items to train on as labels at least, got "
                f"{int(self.train.sum())} for {kinds} labels"
            )
        learnt = len(set(labels[self.train].tolist()))
        if learnt < 2 or not self.test.any():
            raise ValueError(
                "the task's items to train on must have two labels, and some must be left to test on; "
                f"got {learnt} label{'s' * (learnt != 1)}, and {int(self.test.sum())} items to test on"
            )

    @classmethod
    def of(cls, task: ProbeTask, seed: int) -> "Split":
        """Split a task's texts at random."""
        texts = np.array(task.sources)
        names = np.unique(texts)
        order = np.random.default_rng(seed).permutation(len(names))
        n_test = max(1, round(TEST_SHARE * len(names)))
        n_dev = max(1, round(DEV_SHARE * (len(names) - n_test)))
        part = np.where(order < n_test, 2, np.where(order < n_test + n_dev, 1, 0))
        return cls(np.array(task.labels), texts, np.array(task.words), part[np.searchsorted(names, texts)])

    def only(self, kept: NDArray[np.bool_]) -> "Split":
        """Leave items out of every part."""
        return Split(self.labels, self.texts, self.words, np.where(kept, self.parts, 3))

    @property
    def majority(self) -> float:
        """The accuracy of the most frequent training label."""
        names, counts = np.unique(self.labels[self.train], return_counts=True)
        return float((self.labels[self.test] == names[counts.argmax()]).mean())

    def control(self, seed: int) -> NDArray[Any]:
        """Give every word type a label, drawn as often as the labels come."""
        words, numbers = np.unique(self.words, return_inverse=True)
        drawn = np.random.default_rng(seed + 1).choice(self.labels[self.train], len(words))
        return np.asarray(drawn[numbers])

    def shuffled(self, seed: int) -> NDArray[np.intp]:
        """Return the training items in a random order, text by text."""
        order = np.random.default_rng(seed + 2).permutation(int(self.texts.max()) + 1)
        places = np.flatnonzero(self.train)
        return places[np.argsort(order[self.texts[places]], kind="stable")]
