"""What a view of points draws from: pictures of each layer, groups, scores and sentences, within 2 MB."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.senses.projection import Projection
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.sentences import Sentences
from bertviz_plus.views.embedding import BUDGET, Embed
from bertviz_plus.views.senses.groups import Group
from bertviz_plus.views.senses.nearest import Nearest, find_nearest
from bertviz_plus.views.senses.texts import Window, text_tensor
from bertviz_plus.views.wire import Tensor, encode, encode_rounded, size_of

# Products that finding all neighbours of all layers ahead may take: about a second and a half.
_PRODUCTS = 5e10
# Above so many points only the pinned one's neighbours are looked for on demand.
_ALL_NEIGHBOURS = 4000
# Codes of 16 bits.
_LARGEST, _MISSING = 32767, -32768


@dataclass(frozen=True, eq=False)
class Space:
    """Vectors among which neighbours are looked for.

    Attributes
    ----------
    vectors : ndarray [layers, points, dimensions]
    mean_cosine : tuple of float or None
        By layer, of all pairs.
    find : callable
        Takes ``[points, dimensions]`` and which of them are asked for (all, where that is None), and returns
        their `Nearest`.
    """

    vectors: NDArray[np.floating[Any]]
    mean_cosine: tuple[float | None, ...]
    find: Callable[[NDArray[np.float32], NDArray[np.intp] | None], Nearest] = find_nearest

    def nearest(self, place: int, rows: Sequence[int] | None = None) -> Nearest:
        """Return what is nearest at a layer's place to some points, or to all."""
        asked = None if rows is None else np.asarray(rows, np.intp)
        return self.find(np.asarray(self.vectors[place], np.float32), asked)


@dataclass(frozen=True)
class Wording:
    """What a view calls its points.

    Attributes
    ----------
    name : str
        The word, or the languages.
    words : tuple of str
        Each word or language, once.
    unit : str
        One of them: "occurrence".
    about : str
        What there is: "“spring”, 108 occurrences".
    near : str
        What a pinned one's neighbours are.
    kin : str
        What is said of a neighbour that belongs to the pinned one, where there are such; else empty.
    """

    name: str
    words: tuple[str, ...]
    unit: str
    about: str
    near: str
    kin: str = ""


@dataclass(frozen=True, eq=False)
class Payload:
    """Everything that is computed once for a view.

    Attributes
    ----------
    source : Occurrences or Sentences
        What is shown: a point for each.
    groups : tuple of Group
        The first colours at first.
    projections : dict of str to Projection
    spaces : dict of str to Space
        For each projection the vectors that it shows.
    wording : Wording
    kin : ndarray [points], optional
        Points of one number belong together: translations of one sentence.
    scores : DataFrame
        As `sense_scores` returns it; empty without senses.
    scores_with_forms : DataFrame
        The same where each written form's mean is kept; empty where the scores are those already.
    drawn : list of dict
        The scores that are drawn.
    group_scores : dict of str to list of dict
        Those that are drawn instead while this group colours: scores of senses say nothing of clusters.
    fine_print : str
    best_layer : int
    typical : dict of str to list of dict
        By colouring, for each label: its most typical occurrences and context words.
    windows : tuple of (str, int, int)
        The sentences as they travel, and the word's place in characters.
    spans : ndarray [occurrences, 2], int32
        UTF-16 places of the word in them.
    packed_texts : bytes
    """

    source: Occurrences | Sentences
    groups: tuple[Group, ...]
    projections: dict[str, Projection]
    spaces: dict[str, Space]
    wording: Wording
    scores: pd.DataFrame
    drawn: list[dict[str, Any]]
    fine_print: str
    best_layer: int
    typical: dict[str, list[dict[str, Any]]]
    windows: tuple[Window, ...]
    spans: NDArray[np.int32]
    packed_texts: bytes
    kin: NDArray[np.int64] | None = None
    scores_with_forms: pd.DataFrame = field(default_factory=pd.DataFrame)
    group_scores: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def space_name(self, projection: str) -> str:
        """Return the first projection that shows the same vectors."""
        own = self.spaces[projection]
        return next(name for name, space in self.spaces.items() if space is own)

    def group(self, name: str) -> Group | None:
        """Return the colouring of a name."""
        return next((group for group in self.groups if group.name == name), None)


def points_data(
    payload: Payload, *, embed: Embed = "auto", layer: int | None = None, budget: int = BUDGET
) -> dict[str, Any]:
    """Pack what was prepared for the front end.

    Parameters
    ----------
    payload : Payload
    embed : {"auto", "all"} or list of int
        Which layers are embedded. "auto": as many as the budget allows, what is in view first.
    layer : int, optional
        What is in view at first.
    budget : int
        Bytes.

    Returns
    -------
    dict
        JSON with bytes in it; `js/views/senses/store.js` reads it.

    Examples
    --------
    >>> from bertviz_plus.views.senses.occurrences import prepare
    >>> bank = Occurrences.from_vectors(np.random.default_rng(0).normal(size=(2, 12, 4)), word="bank")
    >>> data = points_data(prepare(bank, progress=False))
    >>> data["count"], data["projections"]["pca"]["points"]["shape"], data["neighbours"]["pca"]["layers"]
    (12, [2, 12, 2], [0, 1])
    """
    source = payload.source
    layers = source.hidden_layers
    first = layer if layer in layers else payload.best_layer
    groups = [_packed_group(group) for group in payload.groups]
    spans = encode(payload.spans, "int32", "zlib")
    used = len(payload.packed_texts) + size_of(spans) + sum(size_of(one["codes"]) for one in groups)
    left = budget - used if embed == "auto" else float("inf")
    order = sorted(layers, key=lambda one: (one != first, one != payload.best_layer, one != layers[-1], one))
    if embed not in ("auto", "all"):
        order = [one for one in order if one == first or one in embed]
    projections: dict[str, Any] = {}
    for name, picture in payload.projections.items():
        # One layer at least is always there.
        room = max(1, int(min(left / (4 * len(source)), len(layers))))
        here = sorted(order[:room])
        projections[name] = {
            **_packed_projection(picture, layers, here),
            "space": payload.space_name(name),
        }
        left -= size_of(projections[name]["points"])
    products = float("inf") if embed == "all" else _PRODUCTS
    neighbours: dict[str, Any] = {}
    spaces = {one["space"]: payload.spaces[one["space"]] for one in projections.values()}
    for name, space in spaces.items():
        packed = _packed_neighbours(space, layers, order, left, products / len(spaces))
        if packed is not None:
            neighbours[name] = packed
            left -= size_of(packed["indices"]) + size_of(packed["cosines"])
    wording = payload.wording
    return {
        "version": 2,
        "title": source.model.title or "vectors",
        "word": wording.name,
        "words": list(wording.words),
        "dimensions": source.hidden_size,
        "hidden_layers": list(layers),
        "count": len(source),
        "texts": text_tensor(payload.packed_texts),
        "spans": spans,
        "projections": projections,
        "groups": groups,
        "scores": payload.drawn,
        "group_scores": payload.group_scores,
        "fine_print": payload.fine_print,
        "neighbours": neighbours,
        "mean_cosine": {name: list(space.mean_cosine) for name, space in spaces.items()},
        "kin": None if payload.kin is None else encode(payload.kin, "int32", "zlib"),
        "wording": {
            "unit": wording.unit,
            "about": wording.about,
            "near": wording.near,
            "kin": wording.kin,
        },
        "typical": payload.typical,
        "best_layer": payload.best_layer,
    }


def detail_of(
    payload: Payload, projection: str, layer: int, *, points: bool = True, pinned: int = -1
) -> dict[str, Any]:
    """Pack one layer that is not embedded.

    Parameters
    ----------
    payload : Payload
    projection : str
    layer : int
    points : bool, default True
        Whether the picture is wanted.
    pinned : int, default -1
        Whose neighbours are wanted; those of the others come too where that is quick.

    Examples
    --------
    >>> from bertviz_plus.views.senses.occurrences import prepare
    >>> bank = Occurrences.from_vectors(np.random.default_rng(0).normal(size=(2, 12, 4)), word="bank")
    >>> detail = detail_of(prepare(bank, progress=False), "pca", 1, pinned=3)
    >>> detail["points"]["shape"], detail["neighbours"]["shape"]
    ([12, 2], [12, 5])
    """
    source = payload.source
    picture = payload.projections[projection]
    place = source.hidden_layers.index(layer)
    found: Nearest | None = None
    if pinned >= 0:
        rows = [pinned] if len(source) > _ALL_NEIGHBOURS else None
        found = payload.spaces[projection].nearest(place, rows)
    return {
        "hidden_layer": layer,
        "projection": projection,
        "space": payload.space_name(projection),
        "points": _points(picture.points[place], _scale_of(picture)) if points else None,
        "neighbours": None if found is None else _indices(found.indices, len(source)),
        "cosines": None if found is None else _cosines(found.cosines),
    }


def _packed_group(group: Group) -> dict[str, Any]:
    wide = len(group.labels) >= 255
    missing = 65535 if wide else 255
    codes = np.where(group.codes < len(group.labels), group.codes, missing)
    return {
        "name": group.name,
        "title": group.title,
        "labels": list(group.labels),
        "codes": encode(codes, "uint16" if wide else "uint8", "zlib"),
        "missing": missing,
    }


def _packed_projection(picture: Projection, layers: tuple[int, ...], here: list[int]) -> dict[str, Any]:
    places = [layers.index(layer) for layer in here]
    shares = picture.explained
    return {
        "points": _points(picture.points[places], _scale_of(picture)),
        "layers": here,
        "explained": [
            [round(float(a), 5), round(float(b), 5)] if np.isfinite([a, b]).all() else None for a, b in shares
        ],
        "trustworthiness": [known_number(value) for value in picture.trustworthiness],
        "note": picture.note,
    }


def _scale_of(picture: Projection) -> float:
    finite = np.abs(picture.points[np.isfinite(picture.points)])
    return float(finite.max(initial=0)) / _LARGEST or 1.0


def _points(points: NDArray[np.float32], scale: float) -> Tensor:
    return encode_rounded(points, "int16", scale, missing=_MISSING, codec="raw")


def _packed_neighbours(
    space: Space, layers: tuple[int, ...], order: list[int], left: float, most: float
) -> dict[str, Any] | None:
    """Find and pack the neighbours of all points at as many layers as there is room and time for."""
    _, n, dimensions = space.vectors.shape
    first = space.nearest(layers.index(order[0]), [0])
    size = n * first.indices.shape[1] * (2 + (2 if n < 65535 else 4))
    products = max(1.0, float(n) * n * dimensions)
    room = int(min(left / size, most / products, len(order)))
    if room < 1:
        return None
    here = sorted(order[:room])
    found = [space.nearest(layers.index(layer)) for layer in here]
    return {
        "layers": here,
        "indices": _indices(np.stack([one.indices for one in found]), n),
        "cosines": _cosines(np.stack([one.cosines for one in found])),
    }


def _indices(indices: NDArray[np.int64], n: int) -> Tensor:
    return encode(indices, "uint16" if n < 65535 else "uint32", "zlib")


def _cosines(cosines: NDArray[np.float32]) -> Tensor:
    return encode_rounded(np.clip(cosines, -1, 1), "int16", 1 / _LARGEST, missing=_MISSING)


def known_number(value: float) -> float | None:
    """Return a number as JSON takes it; None where it is not finite."""
    return round(float(value), 5) if np.isfinite(value) else None
