"""A loss at points of a line or a plane through a model's weights."""

from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.files import building, read_arrays, write_arrays

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
_KIND = "LossSurface"


@dataclass(frozen=True, eq=False)
class LossSurface:
    """A loss at points of a line or a plane through a model's weights.

    Frozen, compared by identity.

    Attributes
    ----------
    losses : ndarray [points] or [points, points]
        In nats, on a line or a plane; of a plane the rows are steps along `axes[1]`.
    axes : tuple of ndarray [points]
        How far along each direction the points lie: 0 is where it starts, 1 the whole direction.
    names : tuple of str
        What the directions are.
    start, end : str
        What the weights at 0, and at 1 along the first direction, are; `end` may be empty.
    trajectory : ndarray [steps, axes]
        Where the weights went in training, projected; no steps where unknown.
    details : dict
        How it was computed: items, seeds, how much of the way the plane shows.

    Raises
    ------
    ValueError
        For losses that do not fit the axes.

    Examples
    --------
    >>> at = np.linspace(-1, 1, 5)
    >>> line = LossSurface(at**2 + 1, (at,), ("training",), "start", "end")
    >>> line
    LossSurface: a line of 5 points from start to end, losses 1.000 to 2.000
    """

    losses: Floats
    axes: tuple[Floats, ...]
    names: tuple[str, ...]
    start: str
    end: str = ""
    trajectory: Floats = field(default_factory=lambda: np.zeros((0, 1)))
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = tuple(len(axis) for axis in reversed(self.axes))
        if self.losses.shape != wanted or len(self.names) != len(self.axes) or len(self.axes) not in (1, 2):
            raise ValueError(
                f"losses must be one for each point of one or two axes, {list(wanted)}, got "
                f"{list(self.losses.shape)} with {len(self.names)} names"
            )

    def __repr__(self) -> str:
        shape = " × ".join(map(str, self.losses.shape))
        what = "a line" if len(self.axes) == 1 else "a plane"
        to = f" from {self.start}" + (f" to {self.end}" if self.end else "")
        low, high = np.nanmin(self.losses), np.nanmax(self.losses)
        return f"LossSurface: {what} of {shape} points{to}, losses {low:.3f} to {high:.3f}"

    @property
    def table(self) -> "pd.DataFrame":
        """A row for each point: how far along each direction (`x`; `y` on a plane), and its loss in nats."""
        import pandas as pd

        grids = np.meshgrid(*self.axes)
        columns = dict(zip("xy", (grid.ravel() for grid in grids), strict=False))
        return pd.DataFrame({**columns, "loss": self.losses.ravel()})

    def width(self, times: float = 2.0, at: float | None = None, *, bounded: bool = False) -> float:
        """Return how wide the valley is: the stretch around a point below `times` its loss.

        A measure of this package's own. Crossings are interpolated between points.

        Parameters
        ----------
        times : float, default 2
        at : float, optional
            The point, such as 1 for the tuned model; the lowest by default.
        bounded : bool, default False
            Let the valley end where the line does.

        Returns
        -------
        float
            In units of the direction. Infinite where the loss is still below at an end of the line that does
            not count; NaN for a plane.

        Examples
        --------
        >>> at = np.linspace(-2, 2, 81)
        >>> round(LossSurface(1 + at**2, (at,), ("random",), "start").width(), 3)
        2.0
        """
        if len(self.axes) != 1:
            return np.nan
        axis, bottom = self.axes[0], self._point(at)
        level = times * self.losses[bottom]
        right = _crossing(axis[bottom:], self.losses[bottom:], level)
        left = _crossing(-axis[bottom::-1], self.losses[bottom::-1], level)
        if bounded:
            right, left = min(right, axis[-1] - axis[bottom]), min(left, axis[bottom] - axis[0])
        return float(right + left)

    def curvature(self, at: float | None = None) -> float:
        """Return the second difference of a line's loss at an inner point; NaN for a plane.

        A measure of this package's own.

        Parameters
        ----------
        at : float, optional
            The point; the lowest by default.

        Returns
        -------
        float
            Nats per squared unit of the direction.

        Examples
        --------
        >>> at = np.linspace(-2, 2, 81)
        >>> round(LossSurface(1 + at**2, (at,), ("random",), "start").curvature(), 3)
        2.0
        """
        if len(self.axes) != 1 or len(self.losses) < 3:
            return np.nan
        middle = int(np.clip(self._point(at), 1, len(self.losses) - 2))
        before, here, after = self.losses[middle - 1 : middle + 2]
        step = (self.axes[0][middle + 1] - self.axes[0][middle - 1]) / 2
        return float((before - 2 * here + after) / step**2)

    def _point(self, at: float | None) -> int:
        if at is None:
            return int(np.nanargmin(self.losses))
        return int(np.abs(self.axes[0] - at).argmin())

    def save(self, path: str | PathLike[str]) -> None:
        """Write to one file, without pickle."""
        arrays = {"losses": self.losses, "trajectory": self.trajectory}
        arrays |= {f"axis{number}": axis for number, axis in enumerate(self.axes)}
        content = {
            "names": list(self.names),
            "start": self.start,
            "end": self.end,
            "details": self.details,
        }
        write_arrays(path, _KIND, arrays, content)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "LossSurface":
        """Read what `save` wrote."""
        _, content, arrays = read_arrays(path, (_KIND,), "loss surface")
        with building(path):
            names = tuple(content["names"])
            axes = tuple(arrays[f"axis{number}"] for number in range(len(names)))
            return cls(
                arrays["losses"],
                axes,
                names,
                content["start"],
                content["end"],
                arrays["trajectory"],
                content["details"],
            )


def _crossing(at: Floats, losses: Floats, level: float) -> float:
    """Return how far from the first point the losses reach a level."""
    over = np.flatnonzero(losses > level)
    if not over.size:
        return np.inf
    after = int(over[0])
    share = (level - losses[after - 1]) / (losses[after] - losses[after - 1])
    return float(at[after - 1] + share * (at[after] - at[after - 1]) - at[0])
