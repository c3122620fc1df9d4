"""What an experiment that trains may spend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Budget:
    """How many seeds an experiment trains with, and how much of everything else.

    Attributes
    ----------
    seeds : int
    amounts : mapping of str to int or float
        Such as examples and steps, which the experiment reads as ``budget["steps"]``.

    Examples
    --------
    >>> budget = Budget(3, {"examples": 200, "steps": 50})
    >>> print(budget)
    3 seeds, 200 examples, 50 steps
    >>> budget["steps"]
    50
    """

    seeds: int
    amounts: Mapping[str, int | float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.seeds, int) or isinstance(self.seeds, bool) or self.seeds < 1:
            raise ValueError(f"seeds must be a whole number from 1 on, got {self.seeds!r}")
        object.__setattr__(self, "amounts", MappingProxyType(dict(self.amounts)))
        for name, amount in self.amounts.items():
            if not isinstance(amount, int | float) or isinstance(amount, bool) or not amount > 0:
                raise ValueError(f"amounts must be numbers above 0, got {amount!r} for {name!r}")

    def __getitem__(self, name: str) -> Any:
        return self.amounts[name]

    def __str__(self) -> str:
        return ", ".join(f"{amount:g} {name}" for name, amount in self.to_dict().items())

    def to_dict(self) -> dict[str, int | float]:
        """Return all as plain values."""
        return {"seeds": self.seeds, **self.amounts}
