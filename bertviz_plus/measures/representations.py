"""How alike are two representations of the same items? CKA, canonical correlation, RSA; by streams too.

All compare what items are to one another, so the two may have any widths.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
# Of the radial kernel's width, in medians of the squared distance (Kornblith's notebook).
_WIDTH = 0.5


def linear_cka(x: ArrayLike, y: ArrayLike, *, debiased: bool = False) -> float:
    r"""Return linear centred kernel alignment: :math:`\|Y^T X\|_F^2 / (\|X^T X\|_F \|Y^T Y\|_F)`.

    Parameters
    ----------
    x, y : array_like [items, features]
        Of the same items in the same order; centred here.
    debiased : bool, default False
        By the unbiased estimates of each term (Székely & Rizzo 2014), which need four items. With few items
        and many features plain CKA is high for anything.

    Returns
    -------
    float
        From 0 to 1; debiased it may be negative. NaN where one of the two is constant.

    Raises
    ------
    ValueError
        For arrays that are not of the same items.

    References
    ----------
    Kornblith et al. 2019, "Similarity of Neural Network Representations Revisited", equation 4.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 4))
    >>> rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    >>> round(linear_cka(x, 3 * x @ rotation + 7), 6)
    1.0
    """
    first, second = _same_items(x, y, 4 if debiased else 2)
    return _alignment(first @ first.T, second @ second.T, debiased=debiased)


def radial_cka(x: ArrayLike, y: ArrayLike, *, width: float = _WIDTH, debiased: bool = False) -> float:
    r"""Return CKA with a radial kernel :math:`\exp(-d^2 / (2 w^2 m))`, m the median squared distance.

    Parameters
    ----------
    x, y : array_like [items, features]
    width : float, default 0.5
        w above, greater than 0.
    debiased : bool, default False
        As in `linear_cka`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        As `linear_cka`, and for a width that is not positive.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 4))
    >>> round(radial_cka(x, -x), 6)
    1.0
    """
    if not width > 0:
        raise ValueError(f"width must be greater than 0, got {width!r}")
    first, second = _same_items(x, y, 4 if debiased else 2)
    return _alignment(_radial(first, width), _radial(second, width), debiased=debiased)


def mean_squared_cca(x: ArrayLike, y: ArrayLike, *, centred: bool = True) -> float:
    """Return the mean squared canonical correlation, over as many as the narrower of the two has features.

    Parameters
    ----------
    x, y : array_like [items, features]
        With more items than features.
    centred : bool, default True
        Whether the mean of each feature is taken away first. Kornblith's notebook leaves it in.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        As `linear_cka`.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 4))
    >>> round(mean_squared_cca(x, x @ np.diag([1.0, 10, 100, 1000])), 6)
    1.0
    """
    first, second = _same_items(x, y, 2, centred=centred)
    axes = [np.linalg.qr(one)[0] for one in (first, second)]
    return float(np.square(axes[0].T @ axes[1]).sum() / min(first.shape[1], second.shape[1]))


def representational_similarity(x: ArrayLike, y: ArrayLike) -> float:
    """Return the rank correlation between the cosine distances of all pairs of items in the two (RSA).

    Parameters
    ----------
    x, y : array_like [items, features]

    Returns
    -------
    float
        From -1 to 1; NaN where all distances of one are the same.

    Raises
    ------
    ValueError
        As `linear_cka`, with at least three items.

    References
    ----------
    Kriegeskorte et al. 2008, "Representational similarity analysis".

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(20, 4))
    >>> round(representational_similarity(x, 5 * x), 6)
    1.0
    """
    from scipy.stats import rankdata

    first, second = _same_items(x, y, 3, centred=False)
    upper = np.triu_indices(len(first), 1)
    ranks = [rankdata(_cosines(one)[upper]) for one in (first, second)]
    spread = [one - one.mean() for one in ranks]
    scale = np.sqrt(np.square(spread[0]).sum() * np.square(spread[1]).sum())
    return float(spread[0] @ spread[1] / scale) if scale else np.nan


def cka_terms(x: ArrayLike, y: ArrayLike) -> Floats:
    """Return what debiased linear CKA is made of, item by item: an interval draws items of it.

    Parameters
    ----------
    x, y : array_like [items, features]
        As `linear_cka` takes them.

    Returns
    -------
    ndarray [items, 3]
        Each item's products of its similarities to all others: in the two, within x, within y. The sum of the
        first over the root of the product of the sums of the others is CKA.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 4))
    >>> both, own, other = cka_terms(x, x**3).sum(axis=0)
    >>> bool(np.isclose(both / np.sqrt(own * other), linear_cka(x, x**3, debiased=True)))
    True
    """
    first, second = (_centred(one @ one.T, debiased=True) for one in _same_items(x, y, 4))
    return np.stack([(a * b).sum(axis=1) for a, b in ((first, second), (first, first), (second, second))], 1)


class LinearCKA:
    """Linear CKA of items that come in parts: only sums over them are kept.

    Attributes
    ----------
    n_items : int

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 4))
    >>> streamed = LinearCKA()
    >>> streamed.update(x[:20], x[:20] ** 3)
    >>> streamed.update(x[20:], x[20:] ** 3)
    >>> bool(np.isclose(streamed.result(), linear_cka(x, x**3)))
    True
    """

    def __init__(self) -> None:
        self.n_items = 0
        self._sums: dict[str, Any] = {}

    def update(self, x: ArrayLike, y: ArrayLike) -> None:
        """Take in some items, ``[items, features]`` of each; single precision is multiplied as such."""
        first, second = (_floating(one) for one in (x, y))
        # What is near the first items' mean keeps sums of squares small beside what is subtracted in the end.
        if not self._sums:
            self._start = (first.mean(0), second.mean(0))
        first, second = first - self._start[0], second - self._start[1]
        parts = {
            "x": first.sum(0, dtype=float),
            "y": second.sum(0, dtype=float),
            "xx": first.T @ first,
            "yy": second.T @ second,
            "xy": first.T @ second,
        }
        for name, part in parts.items():
            if name in self._sums:
                self._sums[name] += part
            else:
                self._sums[name] = part.astype(float)
        self.n_items += len(first)

    def merge(self, other: "LinearCKA") -> "LinearCKA":
        """Take in the items of another, as if they had followed one's own, and return this one."""
        if not self.n_items or not other.n_items:
            filled = other if other.n_items else self
            self.n_items = filled.n_items
            self._sums = {name: part.copy() for name, part in filled._sums.items()}
            if filled.n_items:
                self._start = filled._start
            return self
        moves = dict(zip("xy", (b - a for a, b in zip(self._start, other._start, strict=True)), strict=True))
        theirs = dict(other._sums)
        for pair in ("xx", "yy", "xy"):
            first, second = pair
            theirs[pair] = (
                theirs[pair]
                + np.outer(moves[first], theirs[second])
                + np.outer(theirs[first], moves[second])
                + other.n_items * np.outer(moves[first], moves[second])
            )
        for one in "xy":
            theirs[one] = theirs[one] + other.n_items * moves[one]
        self._sums = {name: part + theirs[name] for name, part in self._sums.items()}
        self.n_items += other.n_items
        return self

    def result(self) -> float:
        """Return linear CKA of all items so far; NaN with fewer than two."""
        if self.n_items < 2:
            return np.nan
        sums = self._sums
        norms = {
            pair: float(np.square(sums[pair] - np.outer(sums[pair[0]], sums[pair[1]]) / self.n_items).sum())
            for pair in ("xx", "yy", "xy")
        }
        scale = np.sqrt(norms["xx"] * norms["yy"])
        return float(norms["xy"] / scale) if scale else np.nan


def _floating(values: ArrayLike) -> NDArray[Any]:
    given = np.asarray(values)
    return given if given.dtype == np.float32 else given.astype(float)


def _same_items(x: ArrayLike, y: ArrayLike, fewest: int, *, centred: bool = True) -> tuple[Floats, Floats]:
    first, second = (np.asarray(one, float) for one in (x, y))
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second) or len(first) < fewest:
        raise ValueError(
            f"x and y must be [items, features] of the same {fewest} or more items, got shapes "
            f"{list(first.shape)} and {list(second.shape)}"
        )
    if not centred:
        return first, second
    return first - first.mean(0), second - second.mean(0)


def _radial(features: Floats, width: float) -> Floats:
    products = features @ features.T
    squares = products.diagonal()
    distances = squares[:, np.newaxis] + squares - 2 * products
    return np.asarray(np.exp(-distances / (2 * width**2 * np.median(distances))))


def _alignment(first: Floats, second: Floats, *, debiased: bool) -> float:
    centred = [_centred(one, debiased=debiased).ravel() for one in (first, second)]
    scale = np.linalg.norm(centred[0]) * np.linalg.norm(centred[1])
    return float(centred[0] @ centred[1] / scale) if scale else np.nan


def _centred(gram: Floats, *, debiased: bool) -> Floats:
    if not debiased:
        means = gram.mean(0)
        return np.asarray(gram - means - means[:, np.newaxis] + means.mean())
    n = len(gram)
    hollow = gram - np.diag(gram.diagonal())
    means = hollow.sum(0) / (n - 2)
    means -= means.sum() / (2 * (n - 1))
    centred = hollow - means - means[:, np.newaxis]
    np.fill_diagonal(centred, 0)
    return np.asarray(centred)


def _cosines(features: Floats) -> Floats:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    directions = features / np.where(lengths == 0, 1, lengths)
    return np.asarray(1 - directions @ directions.T)
