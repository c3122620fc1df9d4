"""Vectors as points on a plane, layer by layer, and how faithful that picture is.

Every layer's vectors are brought to length 1, so that the picture's distances are those of cosines, and
centred; every layer's picture has the same spread, because those of vectors differ by orders of magnitude
between layers and would hide everything else. Each layer's picture is then turned or mirrored to match the
layer before: what moves between layers has moved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.linalg import eigsh

from bertviz_plus.measures.senses.labelled import unit, usable
from bertviz_plus.measures.senses.trustworthiness import trustworthiness
from bertviz_plus.traces.progress import tqdm

Method = Literal["pca", "tsne", "umap"]
Points = NDArray[np.float32]

# Under this spread unit vectors differ by rounding alone.
_IDENTICAL = 1e-5
# A plot is about so much wider than high.
_ASPECT = 1.45
_TURNS = 18
_EXTRAS = {"tsne": "openTSNE", "umap": "umap"}
_DENSE = 32


@dataclass(frozen=True, eq=False)
class Projection:
    """A picture of vectors at each layer.

    Attributes
    ----------
    method : str
        "pca", "tsne", "umap", or "given".
    points : ndarray [layers, items, 2], float32
        NaN where a vector is missing.
    explained : ndarray [layers, 2], float64
        Share of the variance along each axis, for "pca"; NaN where it is not defined: by other methods,
        and where all vectors are equal.
    trustworthiness : ndarray [layers], float64
        1 where all neighbours in the picture are neighbours in the full space, 0.5 expected for a picture
        at random; NaN where it is not defined.
    mean_cosine : ndarray [layers], float64
        Of all pairs of vectors, in the full space; NaN for fewer than two.
    note : str
        What must be known to read the picture.
    """

    method: str
    points: Points
    explained: NDArray[np.float64]
    trustworthiness: NDArray[np.float64]
    mean_cosine: NDArray[np.float64]
    note: str


def project(
    vectors: ArrayLike, method: Method = "pca", *, seed: int = 0, progress: bool = True
) -> Projection:
    """Draw vectors on a plane, layer by layer, each layer turned to match the one before.

    Parameters
    ----------
    vectors : array_like [layers, items, dimensions]
        Missing where not finite or of length 0.
    method : {"pca", "tsne", "umap"}
        The last two need ``pip install "bertviz-plus[projections]"``. They start from the PCA, so that
        neighbouring layers resemble each other; their distances between groups mean nothing.
    seed : int, default 0
        For t-SNE, UMAP and the sample of `trustworthiness`. PCA is exact and needs none.
    progress : bool, default True

    Returns
    -------
    Projection

    Raises
    ------
    ValueError
        For another method or shape.
    ImportError
        Where the extra is not installed; it says how to install it.

    References
    ----------
    Schönemann 1966, "A generalized solution of the orthogonal Procrustes problem". Venna & Kaski 2001
    (trustworthiness). van der Maaten & Hinton 2008 (t-SNE). McInnes et al. 2018 (UMAP).

    Examples
    --------
    >>> vectors = np.random.default_rng(0).normal(size=(3, 20, 8))
    >>> found = project(vectors)
    >>> found.points.shape, found.explained.shape
    ((3, 20, 2), (3, 2))
    """
    if method not in get_args(Method):
        raise ValueError(f"method must be one of {', '.join(get_args(Method))}, got {method!r}")
    given = np.asarray(vectors)
    if given.ndim != 3 or not given.shape[2]:
        raise ValueError(f"vectors must have the shape [layers, items, dimensions], got {list(given.shape)}")
    draw = None if method == "pca" else _drawer(method, seed)
    points = np.full((*given.shape[:2], 2), np.nan, np.float32)
    explained = np.full((len(given), 2), np.nan)
    trust = np.full(len(given), np.nan)
    cosines = np.full(len(given), np.nan)
    with tqdm(total=len(given), desc=method, delay=1, leave=False, disable=not progress) as bar:
        for place, layer in enumerate(given):
            here = usable(np.asarray(layer, np.float32))
            if here.any():
                units = unit(np.asarray(layer if here.all() else layer[here], np.float32))
                cosines[place] = _mean_cosine(units)
                points[place, here], shares = principal_axes(units)
                if draw is not None and np.isfinite(shares).all():
                    points[place, here] = draw(units, points[place, here])
                elif draw is None:
                    explained[place] = shares
                if np.isfinite(shares).all():
                    trust[place] = trustworthiness(units, points[place, here], seed=seed)
            bar.update()
    return Projection(method, turn_for_plot(align(points)), explained, trust, cosines, _note(method, seed))


def given_points(vectors: ArrayLike, points: ArrayLike, *, seed: int = 0) -> Projection:
    """Take somebody's own points, as they are, and measure how faithful they are.

    Parameters
    ----------
    vectors : array_like [layers, items, dimensions]
    points : array_like [layers, items, 2] or [items, 2]
        The second form stands for all layers.
    seed : int, default 0

    Returns
    -------
    Projection
        Of the method "given".

    Raises
    ------
    ValueError
        For another shape.

    Examples
    --------
    >>> given_points(np.ones((2, 3, 4)), [[0, 0], [0, 1], [1, 1]]).points.shape
    (2, 3, 2)
    """
    full = np.asarray(vectors)
    plane = np.asarray(points, np.float32)
    if plane.ndim == 2:
        plane = np.broadcast_to(plane, (len(full), *plane.shape))
    if plane.shape != (*full.shape[:2], 2):
        layers, items = full.shape[:2]
        raise ValueError(
            f"points must have the shape [{items}, 2] or [{layers}, {items}, 2], got {list(np.shape(points))}"
        )
    trust, cosines = np.full((2, len(full)), np.nan)
    for place, (layer, spots) in enumerate(zip(full, plane, strict=True)):
        here = usable(np.asarray(layer, np.float32)) & np.isfinite(spots).all(axis=1)
        units = unit(np.asarray(layer[here], np.float32))
        trust[place] = trustworthiness(units, spots[here], seed=seed)
        cosines[place] = _mean_cosine(units)
    unknown = np.full((len(full), 2), np.nan)
    return Projection("given", plane.copy(), unknown, trust, cosines, "points as given")


def _mean_cosine(units: NDArray[np.float32]) -> float:
    """Return the mean cosine of all pairs: the squared length of the sum holds them all."""
    n = len(units)
    if n < 2:
        return float("nan")
    total = units.sum(axis=0, dtype=np.float64)
    return float((total @ total - n) / (n * (n - 1)))


def principal_axes(vectors: NDArray[np.float32]) -> tuple[Points, NDArray[np.float64]]:
    """Return vectors on their two principal axes, by the exact decomposition of their covariance.

    Parameters
    ----------
    vectors : ndarray [items, dimensions], float32
        Finite.

    Returns
    -------
    points : ndarray [items, 2], float32
        Centred, and divided by their root mean squared length. The item farthest out along an axis is on
        its positive side. All 0 where the vectors are equal.
    shares : ndarray [2], float64
        Share of the variance along each axis; NaN where the vectors are equal.

    Examples
    --------
    >>> points, shares = principal_axes(np.array([[3, 0, 0], [-3, 0, 0], [0, 1, 0], [0, -1, 0]], np.float32))
    >>> shares.round(2).tolist(), abs(round(float(points[0, 0]), 2))
    ([0.9, 0.1], 1.34)
    """
    items, dimensions = vectors.shape
    centred = vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    total = float(np.vdot(centred, centred))
    spread = (total / items) ** 0.5
    if spread < _IDENTICAL:
        return np.zeros((items, 2), np.float32), np.full(2, np.nan)
    centred /= np.float32(spread)
    # The smaller of the two products has the same eigenvalues.
    wide = items < dimensions
    product = (centred @ centred.T if wide else centred.T @ centred).astype(np.float64) / items
    values, axes = _largest(product)
    if wide:
        points = axes * np.sqrt(values * items)
    else:
        points = centred.astype(np.float64) @ axes if items < 2000 else centred @ axes.astype(np.float32)
    farthest = points[np.abs(points).argmax(axis=0), [0, 1]]
    points = points * (np.where(farthest < 0, -1.0, 1.0) / np.sqrt(max(float(values.sum()), 1e-12)))
    return points.astype(np.float32), values


def _largest(product: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the two largest eigenvalues of a symmetric matrix, the largest first, and their vectors."""
    size = len(product)
    if size <= _DENSE:
        values, vectors = np.linalg.eigh(np.pad(product, (0, max(0, 2 - size))))
        values, vectors = values[-2:], vectors[:size, -2:]
    else:
        start = np.random.default_rng(0).normal(size=size)
        values, vectors = eigsh(product, k=2, which="LA", v0=start)
    order = np.argsort(-values)
    return np.maximum(values[order], 0), vectors[:, order]


def align(points: ArrayLike) -> Points:
    """Turn or mirror each layer's points to match the layer before as well as they can.

    Parameters
    ----------
    points : array_like [layers, items, 2]
        Centred; NaN where missing.

    Returns
    -------
    ndarray [layers, items, 2], float32
        Distances within a layer are as they were.

    Examples
    --------
    >>> square = np.array([[1, 0], [0, 2], [-1, 0], [0, -2]])
    >>> mirrored = square[:, ::-1] * [1, -1]
    >>> bool(np.abs(align([square, mirrored])[1] - square).max() < 1e-6)
    True
    """
    turned = np.array(points, np.float32)
    before: NDArray[np.float32] | None = None
    for layer in turned:
        if before is not None:
            both = np.isfinite(before).all(axis=1) & np.isfinite(layer).all(axis=1)
            left, _, right = np.linalg.svd(layer[both].astype(float).T @ before[both].astype(float))
            layer[:] = layer @ (left @ right).astype(np.float32)
        # A layer of equal vectors says nothing of directions.
        if np.nanmax(np.abs(layer), initial=0) > 0:
            before = layer
    return turned


def turn_for_plot(points: Points) -> Points:
    """Turn all layers by one angle, such that they waste least of a plot that is wider than high.

    Examples
    --------
    >>> upright = np.array([[[0, -3], [0, 3], [0.1, 0]]], np.float32)
    >>> bool(np.ptp(turn_for_plot(upright)[0, :, 0]) > 4)
    True
    """
    flat = points.reshape(-1, 2)
    flat = flat[np.isfinite(flat).all(axis=1)]
    if not flat.size:
        return points
    hull = flat[_outermost(flat)]
    least, best = np.inf, np.eye(2)
    for angle in np.pi / _TURNS * np.arange(_TURNS):
        cosine, sine = np.cos(angle), np.sin(angle)
        turn = np.array([[cosine, sine], [-sine, cosine]])
        width, height = np.ptp(hull @ turn, axis=0)
        size = max(width / _ASPECT, height)
        # Turns that are as good but for rounding count as equal: the first stays.
        if size < 0.999 * least:
            least, best = size, turn
    return np.asarray(points @ best.astype(np.float32), np.float32)


def _outermost(points: Points) -> NDArray[np.intp]:
    """Return the points that reach farthest in each of the directions that are tried."""
    angles = np.pi / _TURNS * np.arange(2 * _TURNS)
    along = points @ np.stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    return np.unique(along.argmax(axis=0))


def _drawer(method: str, seed: int) -> Callable[[NDArray[np.float32], Points], Points]:
    module = _extra(method)

    def draw(units: NDArray[np.float32], start: Points) -> Points:
        if len(units) < 4:
            return start
        spread = max(float(start.std()), 1e-9)
        if method == "tsne":
            embedding = module.TSNE(
                perplexity=min(30.0, (len(units) - 1) / 3),
                metric="euclidean",
                initialization=(start / spread * 1e-4).astype(np.float64),
                random_state=seed,
                n_jobs=1,
            ).fit(units)
        else:
            embedding = module.UMAP(
                n_neighbors=min(15, len(units) - 1),
                init=start / spread * 10,
                random_state=seed,
                n_jobs=1,
            ).fit_transform(units)
        plane = np.asarray(embedding, np.float32)
        plane = plane - plane.mean(axis=0)
        scale = float(np.sqrt((plane**2).sum(axis=1).mean())) or 1.0
        return np.asarray(plane / scale, np.float32)

    return draw


def _extra(method: str) -> Any:
    try:
        return import_module(_EXTRAS[method])
    except ImportError as error:
        name, package = ("t-SNE", "openTSNE") if method == "tsne" else ("UMAP", "umap-learn")
        raise ImportError(
            f"{method!r} ({name}) needs the package {package}, which is not installed: "
            'pip install "bertviz-plus[projections]". Without it: projection="pca"'
        ) from error


def _note(method: str, seed: int) -> str:
    if method == "pca":
        return ""
    return f"started from the PCA, seed {seed}; distances between groups mean nothing"


def method_names(projection: object) -> Sequence[str] | None:
    """Return the methods that a `projection` argument names, or None where it holds points.

    Examples
    --------
    >>> method_names("pca"), method_names(["pca", "umap"]), method_names([[0.0, 1.0]])
    (['pca'], ['pca', 'umap'], None)
    """
    if isinstance(projection, str):
        return [projection]
    if isinstance(projection, list | tuple) and all(isinstance(one, str) for one in projection):
        return list(projection)
    return None
