"""A file that keeps each training as it ends, so that an interrupted experiment goes on where it was."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.findings.runs import numbers_of, plain_numbers


class KeptRuns:
    """The trainings that a file keeps, a line each.

    Parameters
    ----------
    path : str or path-like
        Made where it is not there.
    identity : mapping
        What was asked: finding, model, data, budget, versions.

    Raises
    ------
    ValueError
        For a file that keeps the trainings of something else.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "runs.jsonl"
    >>> kept = KeptRuns(path, {"finding": "flatness"})
    >>> kept.put("tuned, seed 0", {"loss": np.array([0.1, 0.2])}, seconds=3.0)
    >>> KeptRuns(path, {"finding": "flatness"}).get("tuned, seed 0")["loss"].tolist()
    [0.1, 0.2]
    """

    def __init__(self, path: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        self.path = Path(path)
        own = json.loads(json.dumps(dict(identity)))
        self._kept: dict[str, dict[str, NDArray[Any]]] = {}
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        # What stands after the last line break was cut short by an interrupt.
        *whole, torn = text.split("\n")
        if not whole:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text("", encoding="utf-8")
            self._append({"identity": own})
            return
        content = [self._read(line) for line in whole]
        found = content[0].get("identity")
        if found != own:
            other = [name for name in own if not isinstance(found, dict) or found.get(name) != own[name]]
            raise ValueError(
                f"resume must be a file of the same run, and {self.path.name} is of another one: "
                f"{', '.join(other) or 'more'} differs; name a new file"
            )
        if torn:
            self.path.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
        for one in content[1:]:
            numbers = {name: numbers_of(values) for name, values in one["numbers"].items()}
            self._kept[one["training"]] = numbers

    def get(self, training: str) -> dict[str, NDArray[Any]] | None:
        """Return the numbers of a training that has ended, None of another."""
        return self._kept.get(training)

    def put(self, training: str, numbers: Mapping[str, NDArray[Any]], seconds: float) -> None:
        """Keep the numbers of a training, with all their digits, and how long it took."""
        plain = {name: plain_numbers(np.asarray(array), None) for name, array in numbers.items()}
        self._append({"training": training, "seconds": round(seconds, 1), "numbers": plain})

    def _append(self, content: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(content, ensure_ascii=False) + "\n")

    def _read(self, line: str) -> dict[str, Any]:
        try:
            content = json.loads(line)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise ValueError(f"resume must be a file of trainings, and {self.path.name} is none")
        return content
