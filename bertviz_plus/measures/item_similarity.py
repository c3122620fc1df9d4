"""How alike do two representations place each single item among the others? RSA, a row at a time."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def similarity_by_item(x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Return for each item the correlation of its cosine similarities to all others in the two.

    Parameters
    ----------
    x, y : array_like [items, features]
        Of the same items, four at least.

    Returns
    -------
    ndarray [items]
        From -1 to 1; NaN for an item that is equally near to all others.

    Raises
    ------
    ValueError
        For arrays that are not of the same items.

    References
    ----------
    Merchant et al. 2020, "What Happens To BERT Embeddings During Fine-tuning?", section 3.2: RSA, a row at a
    time.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(20, 4))
    >>> float(similarity_by_item(x, 3 * x).round(6).min())
    1.0
    """
    first, second = (np.asarray(one, float) for one in (x, y))
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second) or len(first) < 4:
        raise ValueError(
            "x and y must be [items, features] of the same four or more items, got shapes "
            f"{list(first.shape)} and {list(second.shape)}"
        )
    rows = [_to_others(one) for one in (first, second)]
    products, own, theirs = (
        (one * other).sum(axis=1)
        for one, other in ((rows[0], rows[1]), (rows[0], rows[0]), (rows[1], rows[1]))
    )
    scale = np.sqrt(own * theirs)
    return np.asarray(np.divide(products, scale, out=np.full(len(scale), np.nan), where=scale > 1e-12))


def _to_others(items: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each item's cosines to the others less their mean, ``[items, items - 1]``."""
    lengths = np.linalg.norm(items, axis=1, keepdims=True)
    directions = items / np.where(lengths == 0, 1, lengths)
    cosines = directions @ directions.T
    others = cosines[~np.eye(len(items), dtype=bool)].reshape(len(items), -1)
    return np.asarray(others - others.mean(axis=1, keepdims=True))
