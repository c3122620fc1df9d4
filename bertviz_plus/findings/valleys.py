"""How wide and how flat the valleys are that training from different starts ends in."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.baselines import Baseline, fixed_place
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.runs import Runs
from bertviz_plus.findings.seeded_sample import SeededSample
from bertviz_plus.findings.study import Study
from bertviz_plus.measures.seeded import SeededTallies
from bertviz_plus.traces.loss_surface import LossSurface

Floats = NDArray[np.float64]

RANDOM, OTHER = "random start", "another random start"
# The lines, where the tuned model is on each, and how far each goes.
LINES = {"training": (1.0, (-0.5, 2.5)), "random": (0.0, (-1.0, 1.0))}
_OWN = "The difference from a random start, as a share of both; a measure of this package's own."
_WIDE = "How far the weights can move from the tuned model, to both sides, until its loss is twice as high."
_FLAT = "The second difference of the loss at the tuned model."
_SCALED = "Each row of the direction is as long as the row of the weights."


def _wide(line: LossSurface, at: float) -> float:
    return line.width(at=at, bounded=True)


def _bent(line: LossSurface, at: float) -> float:
    return max(0.0, line.curvature(at))


def _beyond(name: str, number: Callable[[LossSurface, float], float], sign: int) -> Callable[..., Any]:
    """Score by how much more of a number there is than from a random start, as a share of both."""
    tuned, _ = LINES[name]

    def score(sample: SeededSample, _: Study) -> SeededTallies:
        lines = np.stack([sample.values(name), sample.values(name, RANDOM)], axis=2)
        places = sample.values(f"{name} places")[0]

        def of_sums(sums: Floats) -> Floats:
            single = np.reshape(sums, (-1, len(places)))
            found = [number(LossSurface(one, (places,), (name,), ""), tuned) for one in single]
            own, other = np.moveaxis(np.reshape(found, (*sums.shape[:-1], 2)), -1, 0)
            both = own + other
            return np.asarray(sign * np.divide(own - other, both, out=np.zeros_like(both), where=both > 0))

        return sample.counted(lines.reshape(*lines.shape[:2], -1), of_sums)

    return score


def measured_valley(name: str, line: str) -> Measured:
    """Return how much wider, or flatter, the valley along a line is than from a random start.

    Parameters
    ----------
    name : {"wider", "flatter"}
    line : {"training", "random"}

    Examples
    --------
    >>> measured_valley("wider", "training").name
    'wider along training'
    """
    wide, scaled = name == "wider", f" {_SCALED}" * (line == "random")
    along = "along training" if line == "training" else "in a random direction"
    said = f"the valley {along} is wider" if wide else f"the loss {along} is less curved"
    return Measured(
        name=f"{name} {along}",
        gloss=f"{_WIDE if wide else _FLAT}{scaled} {_OWN}",
        unit=f"share by which {said} after pre-training than after a random start",
        ends=("the same", "much more"),
        margin=0.05,
        fewest=24,
        score=_beyond(line, _wide, 1) if wide else _beyond(line, _bent, -1),
        baselines=(
            Baseline("no difference", "is what two minima of one shape give", lambda _: 0.0),
            fixed_place(OTHER, "puts another random start in the place of pre-training", OTHER),
        ),
    )


def valley_rows(runs: Runs) -> list[dict[str, Any]]:
    """Return a row for each training: the tuned model's loss, width and curvature along both lines."""
    rows = []
    for (place, condition), (number, seed) in product(enumerate(runs.conditions), enumerate(runs.seeds)):
        row: dict[str, Any] = {"condition": condition, "seed": seed}
        for name, (at, _) in LINES.items():
            places = runs.numbers[f"{name} places"][place, number]
            losses = runs.numbers[name][place, number].mean(axis=0)
            line = LossSurface(losses, (places,), (name,), "start")
            row |= {
                "loss": float(losses[np.abs(places - at).argmin()]),
                f"width_{name}": _wide(line, at),
                f"curvature_{name}": line.curvature(at),
            }
        rows.append(row)
    return rows
