"""Refuse an argument of the wrong kind, such as one that changed places with its neighbour."""

from typing import Any


def wrong_kind(name: str, allowed: str, given: Any, works: str) -> TypeError:
    """Return the error for an argument of the wrong kind.

    Parameters
    ----------
    name : str
        The argument.
    allowed : str
        What it may be, with its article.
    given
        What came.
    works : str
        A call that works: it shows the order of the arguments.

    Examples
    --------
    >>> print(wrong_kind("word", "a string", 3, 'occurrences(model, "bat", texts)'))
    word must be a string, got int 3. This works: occurrences(model, "bat", texts)
    """
    return TypeError(f"{name} must be {allowed}, got {kind_of(given)}. This works: {works}")


def kind_of(value: Any) -> str:
    """Name the class of a value, and the value itself where it is short.

    Examples
    --------
    >>> kind_of("bat"), kind_of(3), kind_of([1, 2]), kind_of(None)
    ("str 'bat'", 'int 3', 'list', 'None')
    """
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{name} {value!r:.40}" if isinstance(value, str | int | float) else name
