"""Words of several tasks: which of them a linear probe tells, at every layer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.joint_tasks import joined, places_in
from bertviz_plus.findings.middle_layers import MiddleSample
from bertviz_plus.measures.halves import second_half
from bertviz_plus.measures.probes.linear_probe import linear_probe
from bertviz_plus.measures.tallies import share
from bertviz_plus.traces.probe_task import ProbeTask
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.word_vectors import WordVectors

FEWEST = 40
FOLDS = 3
STRENGTH = 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class TaskSample(MiddleSample):
    """Words of several tasks, and which of them a probe tells that was fitted on other texts."""

    tasks: tuple[ProbeTask, ...]
    fold: NDArray[np.intp]
    seed: int
    progress: bool

    @classmethod
    def of(cls, reading: WordVectors, tasks: tuple[ProbeTask, ...], *, seed: int, progress: bool) -> Self:
        """Take all items; those of one text go together, whatever the task."""
        names = {text: number for number, text in enumerate(sorted({t for one in tasks for t in one.texts}))}
        texts = np.array([names[one.texts[source]] for one in tasks for source in one.sources])
        lengths = [len(one) for one in tasks]
        sample = cls(
            places=reading.hidden_layers,
            second_half=second_half(texts, seed),
            counts=np.zeros((len(reading.hidden_layers), len(texts), 2)),
            score=share,
            groups=np.repeat(np.arange(len(tasks)), lengths),
            sentences=texts,
            tasks=tasks,
            fold=(np.random.default_rng(seed).permutation(len(names)) % FOLDS)[texts],
            seed=seed,
            progress=progress,
        )
        return sample.read_by(reading) if len(texts) >= FEWEST else sample

    def read_by(self, reading: WordVectors) -> Self:
        """Fit and score a probe at every layer for every task."""
        return replace(self, counts=self._right(reading, self._labels()), places=reading.hidden_layers)

    def controlled(self, reading: WordVectors) -> Self:
        """Return the sample of the control task: a label drawn at random for each word type."""
        drawn = []
        for number, task in enumerate(self.tasks):
            words, of_item = np.unique(task.words, return_inverse=True)
            random = np.random.default_rng(self.seed + number)
            drawn.append(random.choice(np.array(task.labels), len(words))[of_item])
        return replace(self, counts=self._right(reading, drawn))

    def guessed(self) -> Self:
        """Return the sample in which the most frequent label of the other texts is always guessed."""
        blind = WordVectors.from_vectors(
            np.zeros((1, len(joined(self.tasks)), 1)), [("",) * len(joined(self.tasks))]
        )
        return replace(self, counts=self._right(blind, self._labels()), places=("majority",), fixed=0)

    def _labels(self) -> list[Any]:
        return [np.array(task.labels) for task in self.tasks]

    def _right(self, reading: WordVectors, labels: Sequence[Any]) -> Any:
        counts = np.ones((len(reading.hidden_layers), len(self), 2))
        where = places_in(self.tasks)
        bar = tqdm(reading.hidden_layers, desc="probing", unit=" layers", disable=not self.progress)
        for at, layer in enumerate(bar):
            for number, own in enumerate(labels):
                items = np.flatnonzero(self.groups == number)
                vectors, fold = reading.at(layer)[where[number]], self.fold[items]
                for part in range(FOLDS):
                    told = _told(vectors[fold != part], own[fold != part], vectors[fold == part])
                    counts[at, items[fold == part], 0] = told == own[fold == part]
        return counts


def _told(vectors: Any, labels: Any, asked: Any) -> Any:
    names, frequent = np.unique(labels, return_counts=True)
    if len(names) < 2 or np.ptp(vectors, axis=0).max(initial=0) <= 0:
        return np.full(len(asked), names[frequent.argmax()])
    return linear_probe(vectors, labels, strength=STRENGTH, tolerance=1e-2).predict(asked)
