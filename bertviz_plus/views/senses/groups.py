"""What may colour the occurrences: their sense, their word, proposed clusters, a column of the user's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.traces.occurrences import Occurrences

# More kinds than a legend can list: the rarest become one.
MOST_LABELS = 48
# Numbers of more different values than this are cut into ranges.
_MOST_NUMBERS = 12
_RANGES = 5
CLUSTER = "cluster"
RESERVED = ("sense", "word", CLUSTER)


@dataclass(frozen=True, eq=False)
class Group:
    """One way to colour.

    Attributes
    ----------
    name, title : str
        What the trait `colour` calls it, and what the reader does.
    labels : tuple of str
    codes : ndarray [occurrences], int64
        Place of each one's label; the number of labels where it has none.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    codes: NDArray[np.int64]


def group_of(name: str, values: Sequence[Any], *, title: str | None = None) -> Group:
    """Make labels of values: the most frequent first, numbers in their order.

    Parameters
    ----------
    name : str
    values : sequence
        One for each occurrence; None and NaN have no label. Numbers of more than 12 different values are
        cut into five ranges of equal counts; above 48 labels the rarest are put together.
    title : str, optional

    Examples
    --------
    >>> group = group_of("year", [2001, None, 1999, 2001])
    >>> group.labels, group.codes.tolist()
    (('1999', '2001'), [1, 2, 0, 1])
    """
    known = [None if _is_missing(value) else value for value in values]
    present = [value for value in known if value is not None]
    numeric = bool(present) and all(isinstance(one, int | float | np.number) for one in present)
    numeric = numeric and not any(isinstance(one, bool | np.bool_) for one in present)
    if numeric and len(set(present)) > _MOST_NUMBERS:
        return _ranges(name, known, title or name)
    if numeric:
        labels = [f"{value:g}" for value in sorted(set(present))]
        written = [None if value is None else f"{value:g}" for value in known]
    else:
        written = [None if value is None else str(value) for value in known]
        counts = Counter(one for one in written if one is not None)
        labels = [label for label, _ in counts.most_common()]
    if len(labels) > MOST_LABELS:
        rest = f"{len(labels) - MOST_LABELS + 1} others"
        kept = set(labels[: MOST_LABELS - 1])
        written = [one if one is None or one in kept else rest for one in written]
        labels = [*labels[: MOST_LABELS - 1], rest]
    place = {label: code for code, label in enumerate(labels)}
    codes = [len(labels) if one is None else place[one] for one in written]
    return Group(name, title or name, tuple(labels), np.array(codes, np.int64))


def groups_of(occurrences: Occurrences, columns: Any = None) -> list[Group]:
    """Return the colourings that are known without clustering: sense, word, and the user's columns.

    Parameters
    ----------
    occurrences : Occurrences
    columns : DataFrame or mapping, optional
        Names and values, one for each occurrence.

    Raises
    ------
    ValueError
        Where a column has another length, or a name that is taken.

    Examples
    --------
    >>> import numpy as np
    >>> two = Occurrences.from_vectors(np.ones((1, 2, 3)), senses=["river", None])
    >>> [group.labels for group in groups_of(two, {"year": [1999, 2001]})]
    [('river',), ('1999', '2001')]
    """
    several = len(set(occurrences.words)) > 1
    groups = []
    if occurrences.senses is not None and any(sense is not None for sense in occurrences.senses):
        senses = [
            None if sense is None else f"{word}: {sense}" if several else str(sense)
            for word, sense in zip(occurrences.words, occurrences.senses, strict=True)
        ]
        groups.append(group_of("sense", senses))
    if several:
        groups.append(group_of("word", occurrences.words))
    n = len(occurrences.words)
    for name, values in _columns(columns).items():
        if name in RESERVED:
            raise ValueError(f"columns must not be named {', '.join(RESERVED)}, got {name!r}: rename it")
        if len(values) != n:
            raise ValueError(
                f"columns[{name!r}] must have one value for each of the {n} occurrences, got {len(values)}"
            )
        groups.append(group_of(name, values))
    return groups


def _columns(columns: Any) -> dict[str, list[Any]]:
    if columns is None:
        return {}
    if isinstance(columns, pd.Series):
        columns = columns.to_frame(columns.name or "column")
    if not isinstance(columns, pd.DataFrame | Mapping):
        raise ValueError(
            f"columns must be a DataFrame or a dict of names and values, got {type(columns).__name__}"
        )
    return {str(name): list(columns[name]) for name in columns}


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _ranges(name: str, values: Sequence[Any], title: str) -> Group:
    numbers = np.array([np.nan if value is None else float(value) for value in values])
    finite = numbers[np.isfinite(numbers)]
    edges = np.unique(np.quantile(finite, np.linspace(0, 1, _RANGES + 1)))
    labels = tuple(f"{low:.3g} – {high:.3g}" for low, high in pairwise(edges))
    codes = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(labels) - 1)
    codes[~np.isfinite(numbers)] = len(labels)
    return Group(name, title, labels, codes.astype(np.int64))
