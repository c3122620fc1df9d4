"""Several tasks on the same texts: each stretch is read once, whichever tasks ask about it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.probe_task import ProbeTask


def joined(tasks: Sequence[ProbeTask]) -> list[tuple[str, Any]]:
    """Return every stretch of the tasks' texts once, text by text.

    Examples
    --------
    >>> one = ProbeTask.of([("A cat", (2, 5), "NOUN")])
    >>> joined([one, ProbeTask.of([("A cat", (0, 1), "DET"), ("A cat", (2, 5), "NOUN")])])
    [('A cat', (2, 5)), ('A cat', (0, 1))]
    """
    by_text: dict[str, dict[Any, None]] = {}
    for task in tasks:
        for source, span in zip(task.sources, task.spans, strict=True):
            by_text.setdefault(task.texts[source], {})[span] = None
    return [(text, span) for text, spans in by_text.items() for span in spans]


def places_in(tasks: Sequence[ProbeTask]) -> list[NDArray[np.intp]]:
    """Return for each task the places of its items among those of `joined`."""
    places = {one: number for number, one in enumerate(joined(tasks))}
    return [
        np.array(
            [places[task.texts[source], span] for source, span in zip(task.sources, task.spans, strict=True)]
        )
        for task in tasks
    ]
