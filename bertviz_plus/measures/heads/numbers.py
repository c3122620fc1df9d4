"""What each head does on one text, in numbers: where its attention goes, how evenly, how far.

The shares, entropies and denominators are those of Clark et al. 2019, "What Does BERT Look At?" (section 3,
and its `General_Analysis.ipynb`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.heads.patterns import present_weights, share_at_offset
from bertviz_plus.measures.heads.places import Places

# In the order of a table's columns. What says how regular a map is comes last: 0 for even attention, 1 at
# most.
NUMBERS = (
    "to_self",
    "to_next",
    "to_previous",
    "to_cls",
    "to_sep",
    "sep_to_sep",
    "rest_to_sep",
    "norm_to_sep",
    "to_punctuation",
    "entropy_nats",
    "cls_entropy_nats",
    "distance",
    "vertical",
    "diagonal",
    "block",
)
# Clark's smoothing of entropies; that of divergences is another.
SMOOTHING = 0.0001
# Weights that a core's cache holds: each is read several times.
_CACHED_CELLS = 200_000
# A column stands out where it gets so many times an even share, or this share whatever the length.
_TIMES_EVEN = 4.0
_STANDS_OUT = 0.25


def even_attention(n_tokens: int, *, causal: bool) -> NDArray[np.float64]:
    """Return attention that goes evenly to all that each token may see, ``[tokens, tokens]``.

    Examples
    --------
    >>> even_attention(2, causal=True).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    visible = np.tril(np.ones((n_tokens, n_tokens))) if causal else np.ones((n_tokens, n_tokens))
    return np.asarray(visible / visible.sum(axis=1, keepdims=True))


def head_numbers(
    attention: NDArray[Any],
    places: Places,
    *,
    segment_ids: NDArray[np.integer] | None = None,
    causal: bool = False,
    norms: NDArray[Any] | None = None,
) -> dict[str, NDArray[np.float64]]:
    r"""Return what each head does on one text.

    With :math:`a_{ij}` the weight that token i gives to token j, and n tokens: ``to_self``, ``to_next``,
    ``to_previous``, ``to_cls``, ``to_sep`` and ``to_punctuation`` are sums over the cells in question,
    divided by n; ``sep_to_sep`` is the mean over separators of what they give to separators,
    ``rest_to_sep`` that over all other tokens. ``norm_to_sep`` is the share of separators in the sum of
    :math:`\|a_{ij} f(x_j)\|`, the size of what each token adds (Kobayashi et al. 2020). ``entropy_nats``
    is the mean entropy of a row, of :math:`0.9999\,a + 0.0001/n`, and ``cls_entropy_nats`` that of the
    first special token's row. In a causal model n is there the number of tokens that the row sees.
    ``distance`` is the mean of :math:`\sum_j a_{ij} |i - j|`, in tokens.

    ``vertical``, ``diagonal`` and ``block`` are shares s made comparable between texts of any length, as
    :math:`(s - e) / (1 - e)` with e the share under even attention: of the columns that stand out (four times
    an even share, or a quarter of all attention), of each token and its two neighbours, and of each token's
    own text where there are two.

    Parameters
    ----------
    attention : ndarray [..., heads, tokens, tokens]
        Weights; missing ones (NaN, infinite) count as 0. Computed in their own precision.
    places : Places
    segment_ids : ndarray [tokens], optional
        Which text each token belongs to.
    causal : bool, default False
        Whether tokens see only what precedes them.
    norms : ndarray [..., heads, tokens, tokens], optional
        Output norms.

    Returns
    -------
    dict of str to ndarray [..., heads], float64
        One for each of `NUMBERS`. NaN where undefined: no separator, no norms, no first special token, fewer
        than three tokens (diagonal), one text alone (block).

    Examples
    --------
    >>> from bertviz_plus.measures.heads.places import find_places
    >>> to_next = np.eye(4, k=1)[None]
    >>> places = find_places(["a", "b", "c", "."], [False] * 4)
    >>> numbers = head_numbers(to_next, places)
    >>> [numbers[name].tolist() for name in ("to_next", "distance", "to_punctuation", "to_sep")]
    [[0.75], [0.75], [0.25], [nan]]
    """
    n = attention.shape[-1]
    heads = attention.reshape(-1, n, n)
    segments = np.zeros(n, int) if segment_ids is None else np.asarray(segment_ids)
    even = even_attention(n, causal=causal).astype(heads.dtype)
    own = (segments[:, np.newaxis] == segments).astype(heads.dtype)
    found = {name: np.full(len(heads), np.nan) for name in NUMBERS}
    together = max(1, _CACHED_CELLS // max(1, n * n))
    for start in range(0, len(heads), together):
        part = slice(start, start + together)
        weights, _ = present_weights(heads[part])
        to_column = np.full(n, 1 / n, heads.dtype) @ weights
        numbers = _shares(weights, to_column, places)
        entropies = _entropies(weights, even if causal else None)
        numbers["entropy_nats"] = entropies.mean(axis=1)
        if n and places.first[0]:
            numbers["cls_entropy_nats"] = entropies[:, 0]
        numbers["vertical"] = _vertical(to_column, even.mean(axis=0))
        if n > 2:
            numbers["diagonal"] = _beyond(_near(weights), _near(even[np.newaxis])[0])
        if segments.any() and not segments.all():
            inside = np.einsum("hij,ij->h", weights, own) / n
            numbers["block"] = _beyond(inside, (even * own).sum() / n)
        for name, values in numbers.items():
            found[name][part] = values
    if norms is not None and places.separator.any():
        found["norm_to_sep"] = _share_of(norms.reshape(-1, n, n), places.separator)
    return {name: values.reshape(attention.shape[:-2]) for name, values in found.items()}


def _shares(weights: NDArray[Any], to_column: NDArray[Any], places: Places) -> dict[str, NDArray[Any]]:
    n = weights.shape[-1]
    at = np.arange(n)
    apart = np.abs(at[:, np.newaxis] - at).astype(weights.dtype).ravel()
    found = {
        "to_self": share_at_offset(weights, 0),
        "to_next": share_at_offset(weights, 1),
        "to_previous": share_at_offset(weights, -1),
        "to_punctuation": to_column[:, places.punctuation].sum(axis=1),
        "distance": weights.reshape(len(weights), -1) @ apart / n,
    }
    if places.first.any():
        found["to_cls"] = to_column[:, places.first].sum(axis=1)
    if places.separator.any():
        to_separator = weights[:, :, places.separator].sum(axis=2)
        found["to_sep"] = to_separator.sum(axis=1) / n
        found["sep_to_sep"] = to_separator[:, places.separator].mean(axis=1)
        if not places.separator.all():
            found["rest_to_sep"] = to_separator[:, ~places.separator].mean(axis=1)
    return found


def _entropies(weights: NDArray[Any], even: NDArray[Any] | None) -> NDArray[Any]:
    """Return the entropy of each row, ``[heads, tokens]``, in nats."""
    smoothed = weights * weights.dtype.type(1 - SMOOTHING)
    if even is None:
        smoothed += weights.dtype.type(SMOOTHING / weights.shape[-1])
    else:
        # What a row does not see adds 1 · log 1.
        smoothed += even * even.dtype.type(SMOOTHING) + (even == 0)
    entropies: NDArray[Any] = -np.einsum("hij,hij->hi", smoothed, np.log(smoothed))
    return entropies


def _vertical(to_column: NDArray[Any], even: NDArray[Any]) -> NDArray[Any]:
    stands_out = to_column >= np.minimum(_TIMES_EVEN * even, _STANDS_OUT)
    chance = (stands_out * even).sum(axis=1)
    return _beyond((stands_out * to_column).sum(axis=1), chance)


def _share_of(norms: NDArray[Any], columns: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what some columns have of each map's sum; NaN where there is none."""
    present = np.where(np.isfinite(norms), norms, 0)
    received = present.sum(axis=1, dtype=np.float64)
    total = received.sum(axis=1)
    undefined = np.full(total.shape, np.nan)
    return np.asarray(np.divide(received[:, columns].sum(axis=1), total, out=undefined, where=total > 0))


def _near(weights: NDArray[Any]) -> NDArray[Any]:
    """Return the share of each token and its two neighbours."""
    before, itself, after = (share_at_offset(weights, offset) for offset in (-1, 0, 1))
    near: NDArray[Any] = before + itself + after
    return near


def _beyond(share: NDArray[Any], chance: Any) -> NDArray[Any]:
    """Return a share as far as it goes beyond chance, 0 to 1; NaN where chance gives all."""
    room = np.broadcast_to(1 - np.asarray(chance, float), share.shape)
    # Single precision may leave a trace of room where there is none.
    undefined = np.full(share.shape, np.nan)
    beyond = np.divide(share - chance, room, out=undefined, where=room > 1e-5)
    return np.asarray(np.clip(beyond, 0, 1))
