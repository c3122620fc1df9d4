"""What an experiment that trains reads: plain numbers of every training."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.model_info import ModelInfo

# Six digits tell more than seeds agree on, and make a recorded file half as large.
_DIGITS = 6


@dataclass(frozen=True, eq=False)
class Runs:
    """Numbers of trainings under several conditions with several seeds each.

    Frozen, compared by identity. It can be given as ``data=`` to the finding that made it.

    Attributes
    ----------
    conditions : tuple of str
        The first is what the claim speaks of.
    seeds : tuple of int
    numbers : mapping of str to ndarray [conditions, seeds, …]
        What each training gave. Where items are scored, such as test sentences, the third axis is theirs.
        What is called ``"group"`` numbers the items that belong together.
    model : ModelInfo
        Where all trainings started.
    data : mapping
        Name, hash and size of what was trained and tested on.
    budget : mapping
        What was spent: its name, seeds, and amounts.
    twin : Runs, optional
        Those of an untrained twin.

    Raises
    ------
    ValueError
        For a condition or a seed that stands twice, and numbers of another shape.

    Examples
    --------
    >>> runs = Runs(("tuned", "random"), (0, 1, 2), {"right": np.zeros((2, 3, 40))})
    >>> runs
    Runs: 2 conditions (tuned, random) × 3 seeds; right [40]
    >>> Runs.from_dict(runs.to_dict()).numbers["right"].shape
    (2, 3, 40)
    """

    conditions: tuple[str, ...]
    seeds: tuple[int, ...]
    numbers: Mapping[str, NDArray[Any]]
    model: ModelInfo = field(default_factory=ModelInfo)
    data: Mapping[str, Any] = field(default_factory=dict)
    budget: Mapping[str, Any] = field(default_factory=dict)
    twin: "Runs | None" = None

    def __post_init__(self) -> None:
        shape = (len(self.conditions), len(self.seeds))
        for name in ("conditions", "seeds"):
            values = getattr(self, name)
            if not values or len(set(values)) < len(values):
                raise ValueError(f"{name} must be one at least, each there once, got {values}")
        if not self.numbers:
            raise ValueError("numbers must hold one array at least, got none")
        for name, array in self.numbers.items():
            if array.shape[:2] != shape:
                raise ValueError(
                    f"numbers[{name!r}] must be [{shape[0]} conditions, {shape[1]} seeds, …], got shape "
                    f"{list(array.shape)}"
                )

    def __repr__(self) -> str:
        named = "; ".join(f"{name} {list(array.shape[2:])}" for name, array in self.numbers.items())
        return (
            f"Runs: {len(self.conditions)} conditions ({', '.join(self.conditions)}) × {len(self.seeds)} "
            f"seeds; {named}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all as plain values, with six digits, that `json.dumps` takes; NaN is None."""
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        return own | {
            "conditions": list(self.conditions),
            "seeds": list(self.seeds),
            "numbers": {name: plain_numbers(array) for name, array in self.numbers.items()},
            "model": asdict(self.model),
            "data": dict(self.data),
            "budget": dict(self.budget),
            "twin": self.twin and self.twin.to_dict(),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Runs":
        """Read what `to_dict` gave."""
        return cls(
            tuple(content["conditions"]),
            tuple(content["seeds"]),
            {name: numbers_of(values) for name, values in content["numbers"].items()},
            ModelInfo(**content["model"] | {"changed": tuple(content["model"]["changed"])}),
            content["data"],
            content["budget"],
            cls.from_dict(content["twin"]) if content["twin"] else None,
        )

    @property
    def sha256(self) -> str:
        """SHA-256 of `to_dict`."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def plain_numbers(array: NDArray[Any], digits: int | None = _DIGITS) -> Any:
    """Return an array as nested lists of whole numbers, or of numbers with some digits; NaN is None.

    Examples
    --------
    >>> plain_numbers(np.array([1 / 3, np.nan])), plain_numbers(np.array([[True], [False]]))
    ([0.333333, None], [[1], [0]])
    """
    if array.dtype.kind in "biu":
        return array.astype(int).tolist()
    if array.ndim:
        return [plain_numbers(one, digits) for one in array]
    value = float(array)
    if not np.isfinite(value):
        return None
    return value if digits is None else float(f"{value:.{digits}g}")


def numbers_of(values: Any) -> NDArray[Any]:
    """Return what `plain_numbers` gave as an array.

    Examples
    --------
    >>> numbers_of([0.5, None]).tolist(), numbers_of([1, 0]).dtype.kind
    ([0.5, nan], 'i')
    """
    array = np.array(values)
    return array.astype(float) if array.dtype == object else array
