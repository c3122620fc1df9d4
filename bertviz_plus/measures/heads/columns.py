"""Numbers of every head that were measured elsewhere, such as importance, in order of heads."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.traces.argument_kinds import wrong_kind

_WORKS = "statistics.with_columns(head_importance(model, texts))"
_KEYS = ["layer", "head"]


class HeadColumn(NamedTuple):
    """One number of each head, and its unit (of a share, none); and whether its sign is what matters."""

    values: NDArray[np.float64]
    unit: str
    signed: bool = False


def head_columns(
    table: Any,
    layers: Sequence[int],
    n_heads: int,
    *,
    unit: str,
    taken: Collection[str],
    signed: bool = False,
) -> dict[str, HeadColumn]:
    """Return the numbers of a table of heads by name, layer after layer.

    Parameters
    ----------
    table : DataFrame
        With ``layer`` and ``head``, one row for each head in any order, and numbers.
    layers : sequence of int
    n_heads : int
        In each layer.
    unit : str
        Of the numbers; empty for shares from 0 to 1.
    taken : collection of str
        Names that a column must not have.
    signed : bool, default False
        Whether numbers are drawn with their sign, from blue below 0 to orange above.

    Raises
    ------
    TypeError, ValueError
        For no such table, other heads, a name that is taken, no numbers, and shares beyond 0 to 1.

    Examples
    --------
    >>> table = pd.DataFrame({"layer": [0, 0], "head": [1, 0], "importance": [0.2, 0.1]})
    >>> head_columns(table, (0,), 2, unit="nats", taken=())
    {'importance': HeadColumn(values=array([0.1, 0.2]), unit='nats', signed=False)}
    """
    if not isinstance(table, pd.DataFrame):
        raise wrong_kind("table", "a DataFrame", table, _WORKS)
    if missing := [one for one in _KEYS if one not in table]:
        raise ValueError(f"table must have columns layer and head, got none called {missing[0]!r}")
    wanted = [(layer, head) for layer in layers for head in range(n_heads)]
    rows = table.set_index(_KEYS)
    if sorted(rows.index) != sorted(wanted):
        raise ValueError(
            f"table must have one row for each of {len(layers)} layers × {n_heads} heads, got {len(table)} "
            f"rows of {table['layer'].nunique()} layers × {table['head'].nunique()} heads"
        )
    numbers = rows.loc[wanted].select_dtypes("number")
    if numbers.empty:
        raise ValueError("table must have a column of numbers besides layer and head, got none")
    if twice := [name for name in numbers if name in taken]:
        raise ValueError(f"table must have other columns than the statistics, and both have {twice[0]!r}")
    found = {str(name): HeadColumn(column.to_numpy(float), unit, signed) for name, column in numbers.items()}
    for name, (values, *_) in found.items():
        if not (unit or signed) and ((values < 0) | (values > 1)).any():
            raise ValueError(f"unit must be given for {name!r}, whose values are no shares from 0 to 1")
    return found
