"""What applies to all views of a session."""

from typing import Literal, get_args

Saved = Literal["live", "picture"]


class Options:
    """Settings of a session, as `bertviz_plus.options`.

    Attributes
    ----------
    saved : {"live", "picture"}, default "live"
        What the output of a cell holds when the notebook is saved: the whole view, which lives on without a
        kernel, or its picture alone, which is some ten times smaller. Either is live while the kernel runs.

    Raises
    ------
    ValueError
        For another value.
    AttributeError
        For another option.

    Examples
    --------
    >>> options = Options()
    >>> options.saved = "picture"
    >>> options
    Options(saved='picture')
    >>> options.saved = "pictures"
    Traceback (most recent call last):
    ValueError: saved must be 'live' or 'picture', got 'pictures'
    """

    __slots__ = ("_saved",)

    def __init__(self) -> None:
        self._saved: Saved = "live"

    @property
    def saved(self) -> Saved:
        """What a saved output holds."""
        return self._saved

    @saved.setter
    def saved(self, value: Saved) -> None:
        if value not in get_args(Saved):
            raise ValueError(f"saved must be {' or '.join(map(repr, get_args(Saved)))}, got {value!r}")
        self._saved = value

    def __repr__(self) -> str:
        return f"Options(saved={self.saved!r})"


options = Options()
