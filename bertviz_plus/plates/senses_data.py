"""What a plate of occurrences is drawn from: one picture of them, one colouring, and what is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Window = tuple[str, int, int]


@dataclass(frozen=True, eq=False)
class SenseData:
    """Occurrences as they are drawn: one picture, one colouring.

    Attributes
    ----------
    title, word : str
        The model, and what occurred.
    dimensions : int
        Of the full space.
    hidden_layers : tuple of int
    points : ndarray [layers, occurrences, 2], float32
        NaN where missing; y upwards.
    fitted : tuple of int
        The hidden layers that set the scale.
    method : str
        "pca", "tsne", "umap" or "given".
    explained : ndarray [layers, 2]
    trustworthiness : ndarray [layers]
    note, fine_print : str
    labels : tuple of str
    codes : ndarray [occurrences]
        Label of each; the number of labels where it has none.
    scores : sequence of mapping
        At most two: title, values and the like by layer, None where undefined.
    typical : sequence of mapping
        Group, layer and items of each label.
    typical_of : str
        Title of the colouring.
    windows : tuple of (str, int, int)
        The sentences, and the word's place in each, in characters.
    mean_cosine : tuple of float or None
        By layer, of all pairs.
    about, unit, near : str
        What there is, what one point is, and what a pinned one's neighbours are, in words.
    relative_name : str
        What a neighbour is called that belongs to the pinned point, such as a translation; empty where none
        does.
    relatives : ndarray [points], optional
        Points of one number belong together.
    clustered : bool
        Whether the labels are proposed clusters: their marks are hollow, in other colours.
    """

    title: str
    word: str
    dimensions: int
    hidden_layers: tuple[int, ...]
    points: Floats
    fitted: tuple[int, ...]
    method: str
    explained: NDArray[np.float64]
    trustworthiness: NDArray[np.float64]
    note: str
    fine_print: str
    labels: tuple[str, ...]
    codes: NDArray[np.int64]
    scores: Sequence[Mapping[str, Any]]
    typical: Sequence[Mapping[str, Any]]
    typical_of: str
    windows: tuple[Window, ...]
    mean_cosine: tuple[float | None, ...]
    about: str
    unit: str
    near: str
    relative_name: str = ""
    relatives: NDArray[np.int64] | None = None
    clustered: bool = False

    def relatives_of(self, item: int) -> set[int]:
        """Return the points that belong to one: its translations."""
        if self.relatives is None:
            return set()
        return set(np.flatnonzero(self.relatives == self.relatives[item]).tolist()) - {item}

    @property
    def count(self) -> int:
        """How many occurrences there are."""
        return len(self.codes)

    def name(self, code: int) -> str:
        """Return a label's name."""
        if code < len(self.labels):
            return self.labels[code]
        return "no label" if self.labels else f"{self.unit}s"


@dataclass(frozen=True)
class SenseState:
    """What a reader has chosen; the names are those of the view's traits.

    `step` is the layer's place; `nearest` and `cosines` are the pinned occurrence's neighbours in the full
    space.
    """

    step: int
    selected: tuple[int, ...] = ()
    pinned: int = -1
    muted: tuple[str, ...] = ()
    search: str = ""
    nearest: tuple[int, ...] = ()
    cosines: tuple[float, ...] = ()
