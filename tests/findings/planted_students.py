"""Numbers of students and their teachers, and a small task whose texts they are distilled on."""

import numpy as np

from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.runs import Runs

SMALL_BUDGET = Budget(2, {"texts": 12, "epochs": 1})
CONDITIONS = ("distilled", "copied layers", "random weights", "teacher", "teacher in 8 bits")


def students(knows, *, teacher=0.99, before=0.4, alike=0.99, seeds=5, items=400, seed=0):
    """How often the vectors of a student tell a label, and those of its teacher; the same for how alike."""
    random = np.random.default_rng(seed)
    shares = (knows, before, min(before, 0.2), teacher, teacher)
    right = np.stack([random.random((seeds, items)) < share for share in shares])
    likeness = (alike, before, 0.1, 1, 0.999)
    same = np.stack([random.random((seeds, items)) < share for share in likeness])
    terms = np.ones((5, seeds, items, 3))
    terms[..., 0] = np.array(likeness)[:, None, None]
    size = np.repeat(np.array([[60.0], [60.0], [60.0], [100.0], [26.0]]) * 1e6, seeds, axis=1)
    taken = np.repeat([[5.0], [5.0], [5.0], [10.0], [10.0]], seeds, axis=1)
    numbers = {
        "right": right,
        "teacher_right": np.broadcast_to(right[3], right.shape),
        "same": same,
        "alike": terms,
        "bytes": size,
        "milliseconds": taken,
        "teacher_milliseconds": np.full_like(taken, 10.0),
    }
    return Runs(
        CONDITIONS,
        tuple(range(seeds)),
        numbers,
        data={"name": "planted", "baselines": {"most frequent label": 0.17}},
        budget={"name": "planted"},
    )
