"""Labels as people have them: strings, numbers, and what tables write where there is none."""

from typing import Any


def label_or_none(label: Any) -> str | None:
    """Return a label as a string; `None` for a missing one: None, NaN, pandas' NA and NaT.

    Examples
    --------
    >>> label_or_none("river"), label_or_none(3), label_or_none(float("nan"))
    ('river', '3', None)
    """
    return None if is_missing(label) else str(label)


def is_missing(label: Any) -> bool:
    """Whether a label stands for none.

    Examples
    --------
    >>> import pandas as pd
    >>> [is_missing(label) for label in (None, float("nan"), pd.NA, pd.NaT, "", 0)]
    [True, True, True, True, False, False]
    """
    # A missing number differs from itself. pandas' own are known by name: it need not be imported for that.
    if label is None or type(label).__name__ in ("NAType", "NaTType"):
        return True
    differs = label != label
    return differs is True or bool(getattr(differs, "ndim", 1) == 0 and differs)
