"""What the sense view draws from: pictures of each layer, groups, scores and sentences, within 2 MB."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.clusters import ProposedSenses, propose_senses
from bertviz_plus.measures.context_words import context_words
from bertviz_plus.measures.labelled import usable
from bertviz_plus.measures.projection import Projection, given_points, method_names, project
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.encoding import Tensor, encode, size_of
from bertviz_plus.views.senses_groups import Group, groups_of
from bertviz_plus.views.senses_near import NEAREST, Nearest, find_nearest, most_typical
from bertviz_plus.views.senses_scores import best_layer_of, drawn_scores, scores_of
from bertviz_plus.views.senses_texts import Window, pack_texts, text_tensor

# What a notebook and Colab take without complaint.
BUDGET = 2_000_000
_TEXT_BUDGET = 750_000
# Products that finding all neighbours of all layers ahead may take: about a second and a half.
_PRODUCTS = 5e10
# Above so many occurrences only the pinned one's neighbours are looked for on demand.
_ALL_NEIGHBOURS = 4000
# Above so many, clusters are not proposed unasked; nor where there are hardly any.
_CLUSTERED = 60_000
_LEAST_CLUSTERED = 6
_CLUSTER_SAMPLE = 1000
_CONTEXT_WORDS = 8
_CONTEXT_TEXTS = 2000
_MISSING = -32768

Embed = Literal["auto", "all"] | Sequence[int]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything that is computed once for a view.

    Attributes
    ----------
    occurrences : Occurrences
    groups : tuple of Group
        The first colours at first.
    projections : dict of str to Projection
    scores : DataFrame
        As `sense_scores` returns it; empty without senses.
    drawn : list of dict
        The scores that are drawn.
    fine_print : str
    best_layer : int
    typical : list of dict
        For each label of the first group: its most typical occurrences and context words.
    windows : tuple of (str, int, int)
        The sentences as they travel, and the word's place in characters.
    spans : ndarray [occurrences, 2], int32
        UTF-16 places of the word in them.
    packed_texts : bytes
    """

    occurrences: Occurrences
    groups: tuple[Group, ...]
    projections: dict[str, Projection]
    scores: pd.DataFrame
    drawn: list[dict[str, Any]]
    fine_print: str
    best_layer: int
    typical: list[dict[str, Any]]
    windows: tuple[Window, ...]
    spans: NDArray[np.int32]
    packed_texts: bytes

    def group(self, name: str) -> Group | None:
        """Return the colouring of a name."""
        return next((group for group in self.groups if group.name == name), None)


def prepare(
    occurrences: Occurrences,
    *,
    columns: Any = None,
    projection: Any = "pca",
    scores: Any = None,
    progress: bool = True,
    seed: int = 0,
) -> Prepared:
    """Compute what a view shows.

    Parameters
    ----------
    occurrences : Occurrences
    columns : DataFrame or mapping, optional
        What else may colour.
    projection : {"pca", "tsne", "umap"}, a list of them, or array_like
        Beside the PCA, which is always there; or the user's own points.
    scores : DataFrame or False, optional
    progress : bool, default True
    seed : int, default 0

    Returns
    -------
    Prepared

    Examples
    --------
    >>> bank = Occurrences.from_vectors(np.random.default_rng(0).normal(size=(2, 12, 4)))
    >>> prepare(bank, progress=False).projections["pca"].points.shape
    (2, 12, 2)
    """
    if not len(occurrences):
        raise ValueError("occurrences must hold at least one occurrence, got none")
    groups = groups_of(occurrences, columns)
    pca = project(occurrences.vectors, "pca", seed=seed, progress=progress)
    projections = _projections(occurrences, projection, pca, seed, progress)
    table = scores_of(occurrences, scores, progress=progress)
    drawn, fine_print = drawn_scores(table, occurrences, pca)
    best = best_layer_of(drawn, occurrences.hidden_layers)
    proposed = _proposed(occurrences, best)
    if proposed is not None:
        groups.insert(_place_of_clusters(groups), _cluster_group(proposed))
        if groups[0].name == "cluster":
            fine_print = proposed.note
    typical = _typical(occurrences, groups[0], best) if groups else []
    packed, spans, windows = pack_texts(occurrences.texts, occurrences.spans, _TEXT_BUDGET)
    return Prepared(
        occurrences, tuple(groups), projections, table, drawn, fine_print, best, typical, tuple(windows),
        spans, packed,
    )  # fmt: skip


def sense_data(
    prepared: Prepared, *, embed: Embed = "auto", layer: int | None = None, budget: int = BUDGET
) -> dict[str, Any]:
    """Pack what was prepared for the front end.

    Parameters
    ----------
    prepared : Prepared
    embed : {"auto", "all"} or list of int
        Which layers go along. "auto": as many as the budget allows, what is in view first.
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
    >>> bank = Occurrences.from_vectors(np.random.default_rng(0).normal(size=(2, 12, 4)), word="bank")
    >>> data = sense_data(prepare(bank, progress=False))
    >>> data["count"], data["projections"]["pca"]["points"]["shape"], data["neighbours"]["layers"]
    (12, [2, 12, 2], [0, 1])
    """
    occurrences = prepared.occurrences
    layers = occurrences.hidden_layers
    first = layer if layer in layers else prepared.best_layer
    groups = [_packed_group(group) for group in prepared.groups]
    spans = encode(prepared.spans, "int32", "zlib")
    used = len(prepared.packed_texts) + size_of(spans) + sum(size_of(one["codes"]) for one in groups)
    left = budget - used if embed == "auto" else float("inf")
    order = sorted(layers, key=lambda one: (one != first, one != prepared.best_layer, one != layers[-1], one))
    if embed not in ("auto", "all"):
        order = [one for one in order if one == first or one in embed]
    projections: dict[str, Any] = {}
    for name, picture in prepared.projections.items():
        # One layer at least is always there.
        room = max(1, int(min(left / (4 * len(occurrences)), len(layers))))
        here = sorted(order[:room])
        projections[name] = _packed_projection(picture, layers, here)
        left -= size_of(projections[name]["points"])
    return {
        "version": 1,
        "title": _title_of(occurrences),
        "word": occurrences.word,
        "words": list(dict.fromkeys(occurrences.words)),
        "dimensions": occurrences.hidden_size,
        "hidden_layers": list(layers),
        "count": len(occurrences),
        "texts": text_tensor(prepared.packed_texts),
        "spans": spans,
        "projections": projections,
        "groups": groups,
        "scores": prepared.drawn,
        "fine_print": prepared.fine_print,
        "neighbours": _packed_neighbours(
            occurrences, order, left, float("inf") if embed == "all" else _PRODUCTS
        ),
        "mean_cosine": [_number(one) for one in prepared.projections["pca"].mean_cosine],
        "typical": prepared.typical,
        "best_layer": prepared.best_layer,
    }


def detail_of(prepared: Prepared, projection: str, layer: int, *, pinned: int = -1) -> dict[str, Any]:
    """Pack one layer that did not go along.

    Parameters
    ----------
    prepared : Prepared
    projection : str
    layer : int
    pinned : int, default -1
        Whose neighbours are wanted; those of others come along where that is quick.

    Examples
    --------
    >>> bank = Occurrences.from_vectors(np.random.default_rng(0).normal(size=(2, 12, 4)), word="bank")
    >>> detail = detail_of(prepare(bank, progress=False), "pca", 1, pinned=3)
    >>> detail["points"]["shape"], detail["neighbours"]["shape"]
    ([12, 2], [12, 5])
    """
    occurrences = prepared.occurrences
    picture = prepared.projections[projection]
    place = occurrences.hidden_layers.index(layer)
    found: Nearest | None = None
    if pinned >= 0:
        rows = np.array([pinned]) if len(occurrences) > _ALL_NEIGHBOURS else None
        found = find_nearest(np.asarray(occurrences.vectors[place], np.float32), rows)
    return {
        "hidden_layer": layer,
        "projection": projection,
        "points": _points(picture.points[place], _scale_of(picture)),
        "neighbours": None if found is None else _indices(found.indices, len(occurrences)),
        "cosines": None if found is None else _cosines(found.cosines),
    }


def _projections(
    occurrences: Occurrences, wanted: Any, pca: Projection, seed: int, progress: bool
) -> dict[str, Projection]:
    names = method_names(wanted)
    if names is None:
        return {"given": given_points(occurrences.vectors, wanted, seed=seed), "pca": pca}
    found: dict[str, Projection] = {}
    for name in names:
        if name not in ("pca", "tsne", "umap"):
            raise ValueError(
                "projection must be 'pca', 'tsne', 'umap', a list of them, or points "
                f"[occurrences, 2] or [layers, occurrences, 2], got {name!r}"
            )
        found[name] = (
            pca if name == "pca" else project(occurrences.vectors, name, seed=seed, progress=progress)  # type: ignore[arg-type]
        )
    return found | {"pca": pca}


def _proposed(occurrences: Occurrences, layer: int) -> ProposedSenses | None:
    """Return groups that are found without labels, where there are enough occurrences."""
    few = np.count_nonzero(usable(np.asarray(occurrences.at(layer), np.float32))) < _LEAST_CLUSTERED
    if few or len(occurrences) > _CLUSTERED:
        return None
    return propose_senses(
        occurrences, hidden_layer=layer, typical=NEAREST, words=_CONTEXT_WORDS, sample=_CLUSTER_SAMPLE
    )


def _cluster_group(proposed: ProposedSenses) -> Group:
    names = proposed.names()
    codes = np.where(proposed.labels < 0, len(names), proposed.labels)
    return Group("cluster", "cluster", names, codes.astype(np.int64))


def _place_of_clusters(groups: list[Group]) -> int:
    return sum(group.name in ("sense", "word") for group in groups)


def _typical(occurrences: Occurrences, group: Group, layer: int) -> list[dict[str, Any]]:
    vectors = np.asarray(occurrences.at(layer), np.float32)
    items = most_typical(vectors, group.codes, len(group.labels))
    labelled = np.flatnonzero(group.codes < len(group.labels))
    labelled = labelled[:: 1 + (len(labelled) - 1) // _CONTEXT_TEXTS]
    words = context_words(
        [occurrences.texts[i] for i in labelled.tolist()],
        [occurrences.spans[i] for i in labelled.tolist()],
        group.codes[labelled].tolist(),
        most=_CONTEXT_WORDS,
    )
    return [
        {
            "group": code,
            "layer": layer,
            "items": own,
            "context": [[word, round(odds, 2)] for word, odds in words.get(code, ())],
        }
        for code, own in enumerate(items)
    ]


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
        "trustworthiness": [_number(value) for value in picture.trustworthiness],
        "note": picture.note,
    }


def _scale_of(picture: Projection) -> float:
    finite = np.abs(picture.points[np.isfinite(picture.points)])
    return float(finite.max(initial=0)) / 32767 or 1.0


def _points(points: NDArray[np.float32], scale: float) -> Tensor:
    codes = np.where(np.isfinite(points), np.rint(np.nan_to_num(points) / scale), _MISSING)
    return {**encode(codes, "int16"), "scale": scale, "missing": _MISSING}


def _packed_neighbours(
    occurrences: Occurrences, order: list[int], left: float, most: float
) -> dict[str, Any] | None:
    n = len(occurrences)
    size = n * NEAREST * (2 + (2 if n < 65535 else 4))
    products = max(1.0, float(n) * n * occurrences.hidden_size)
    room = int(min(left / size, most / products, len(order)))
    if room < 1:
        return None
    here = sorted(order[:room])
    found = [find_nearest(np.asarray(occurrences.at(layer), np.float32)) for layer in here]
    return {
        "layers": here,
        "indices": _indices(np.stack([one.indices for one in found]), n),
        "cosines": _cosines(np.stack([one.cosines for one in found])),
    }


def _indices(indices: NDArray[np.int64], n: int) -> Tensor:
    return encode(indices, "uint16" if n < 65535 else "uint32", "zlib")


def _cosines(cosines: NDArray[np.float32]) -> Tensor:
    scaled = np.rint(np.clip(np.nan_to_num(cosines), -1, 1) * 32767)
    codes = np.where(np.isfinite(cosines), scaled, _MISSING)
    return {**encode(codes, "int16", "zlib"), "scale": 1 / 32767, "missing": _MISSING}


def _number(value: float) -> float | None:
    return round(float(value), 5) if np.isfinite(value) else None


def _title_of(occurrences: Occurrences) -> str:
    known = occurrences.model.id or occurrences.model.architecture or "vectors"
    return known.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
