"""Timing that other work on the machine disturbs little: CPU time, the best of many, interleaved."""

import gc
import time
from collections.abc import Callable


def cpu_seconds(run: Callable[[], object]) -> float:
    """CPU time of one call, all threads of this process counted."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        run()
        return time.process_time() - start
    finally:
        gc.enable()


def best_of(rounds: int, *runs: Callable[[], object]) -> tuple[float, ...]:
    """Smallest CPU time of each, taken in turns so that a slow spell meets all of them."""
    for run in runs:
        run()
    taken = [[cpu_seconds(run) for run in runs] for _ in range(rounds)]
    return tuple(min(times) for times in zip(*taken, strict=True))
