"""Small fits on one thread: several would wait for one another longer than they compute."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def on_one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Keep linear algebra, and torch where it is loaded, to one thread while a function runs.

    A fit of thousands of small steps starts and ends its threads at each; on a machine with other work it
    then takes up to ten times as long as on one.

    Examples
    --------
    >>> on_one_thread(len)("abc")
    3
    """

    @wraps(function)
    def limited(*arguments: P.args, **options: P.kwargs) -> R:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1):
            return function(*arguments, **options)

    return limited
