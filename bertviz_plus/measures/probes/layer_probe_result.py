"""What probes of every layer found, as one object that saves and loads."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.model_info import ModelInfo


@dataclass(frozen=True)
class Mixed:
    """What a probe that mixes all layers draws on (Tenney et al. 2019).

    Attributes
    ----------
    weights : list of float
        Of each layer; they sum to 1.
    centre : float
        Centre of gravity, in layers.
    divergence : float
        Of the weights from equal ones, in nats.
    centre_interval, divergence_interval : (float, float)
        95%, by a jackknife over ten groups of texts.
    cumulative : list of float
        Accuracy of the mix of the layers up to each.
    expected_layer : float
        Mean layer, weighted by what each adds to the accuracy.
    expected_interval : (float, float)
        95%, by a bootstrap over texts.
    strength : float
        Inverse strength of the penalty: that of the best layer's probe.
    """

    weights: list[float]
    centre: float
    centre_interval: tuple[float, float]
    divergence: float
    divergence_interval: tuple[float, float]
    cumulative: list[float]
    expected_layer: float
    expected_interval: tuple[float, float]
    strength: float

    @property
    def added(self) -> list[float]:
        """What each layer from 1 on adds to the accuracy of those below it."""
        return [float(one) for one in np.diff(self.cumulative)]

    @property
    def falls(self) -> bool:
        """Whether some layer takes accuracy away: the expected layer is then no expectation."""
        return min(self.added) < 0


@dataclass(frozen=True, eq=False)
class LayerProbes:
    """What every layer knows of one task.

    Attributes
    ----------
    task : str
    table : DataFrame
        A row for each hidden layer: ``accuracy`` with its 95% interval ``low`` and ``high``; ``majority``,
        ``control`` (accuracy on the control task), ``selectivity``, ``untrained`` (the twin's accuracy); the
        length of the online code in ``nats`` and its ``compression`` (the uniform code's length over it);
        ``strength``, the inverse strength of the penalty.
    search : DataFrame
        Mean cross-entropy in nats of each strength that was tried, on the items kept apart for it.
    mix : Mixed or None
    provenance : dict
        How many items were for what, and the seed.
    model : ModelInfo

    Examples
    --------
    >>> table = pd.DataFrame({"hidden_layer": [0, 1], "accuracy": [0.5, 0.9]})
    >>> LayerProbes("pos", table, pd.DataFrame()).best_layer
    1
    """

    task: str
    table: pd.DataFrame
    search: pd.DataFrame
    mix: Mixed | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    model: ModelInfo = field(default_factory=ModelInfo)

    @property
    def best_layer(self) -> int:
        """The hidden layer of the best accuracy, the lowest of equals."""
        return int(self.table["hidden_layer"][self.table["accuracy"].to_numpy().argmax()])

    def to_frame(self) -> pd.DataFrame:
        """Return the table with the task's name, and the mix's weights and cumulative accuracy."""
        frame = self.table.assign(task=self.task)
        if self.mix is not None:
            frame = frame.assign(weight=self.mix.weights, cumulative=self.mix.cumulative)
        return frame[["task", *(name for name in frame if name != "task")]]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one file: safetensors, with JSON for what is not an array.

        Examples
        --------
        >>> import tempfile
        >>> table = pd.DataFrame({"hidden_layer": [0, 1], "accuracy": [0.5, 0.9]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     LayerProbes("pos", table, pd.DataFrame()).save(f"{folder}/a.probes")
        ...     LayerProbes.load(f"{folder}/a.probes").table["accuracy"].tolist()
        [0.5, 0.9]
        """
        frames = {"table": self.table, "search": self.search}
        arrays = {
            f"{name}.{column}": frame[column].to_numpy() for name, frame in frames.items() for column in frame
        }
        content = {
            "task": self.task,
            "columns": {name: list(frame) for name, frame in frames.items()},
            "mix": None if self.mix is None else asdict(self.mix),
            "provenance": dict(self.provenance),
            "model": asdict(self.model),
        }
        write_arrays(path, "LayerProbes", arrays, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "LayerProbes":
        """Read a file that `save` wrote.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is damaged, written by a later version, or holds something else.
        """
        _, content, arrays = read_arrays(path, ("LayerProbes",), "layer probes")
        with building(path):
            table, search = (
                pd.DataFrame({column: arrays[f"{name}.{column}"] for column in content["columns"][name]})
                for name in ("table", "search")
            )
            parts: dict[str, Any] = {
                name: tuple(own) if "interval" in name else own
                for name, own in (content["mix"] or {}).items()
            }
            mix = Mixed(**parts) if parts else None
            model = ModelInfo(**content["model"])
            return cls(content["task"], table, search, mix, content["provenance"], model)

    def __repr__(self) -> str:
        best = self.table[self.table["hidden_layer"] == self.best_layer].iloc[0]
        lines = [f"LayerProbes of {self.task} in {self.model.id or 'a model'}:"]
        lines[0] += f" best hidden layer {self.best_layer}, accuracy {best['accuracy']:.3f}"
        beside = [
            f"{said} {best[name]:.3f}"
            for name, said in (
                ("majority", "majority"),
                ("control", "control task"),
                ("untrained", "untrained twin"),
            )
            if name in best
        ]
        if beside:
            lines.append(f"  beside {', '.join(beside)}")
        if self.mix is not None:
            lines.append(
                f"  mix of all layers: centre of gravity {self.mix.centre:.2f}, expected layer "
                f"{self.mix.expected_layer:.2f}"
                + (" (some layers take accuracy away: no true expectation)" if self.mix.falls else "")
            )
        return "\n".join(lines)
