"""Work that can wait: done in a thread beside the kernel, and given up when newer work comes."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any


class Later:
    """Does pieces of work one after the other; what a newer list replaces is not begun any more.

    Where no event loop runs, as in a script, the work is done at once.

    Examples
    --------
    >>> done = []
    >>> Later().do([lambda: 1, lambda: 2], done.append)
    >>> done
    [1, 2]
    """

    def __init__(self) -> None:
        self._turn = 0
        self._thread: threading.Thread | None = None

    def stop(self) -> None:
        """Give up what has not begun."""
        self._turn += 1

    def do(self, pieces: Iterable[Callable[[], Any]], put: Callable[[Any], None]) -> None:
        """Do pieces of work, in place of those of before.

        Parameters
        ----------
        pieces : iterable of callable
        put : callable
            Is given each result, in the thread of the event loop; those of replaced work are dropped.
        """
        self.stop()
        turn, before = self._turn, self._thread
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            for piece in pieces:
                put(piece())
            return

        def give(result: Any) -> None:
            if turn == self._turn:
                put(result)

        def work() -> None:
            # One piece at a time, whoever asked for it.
            if before is not None:
                before.join()
            for piece in pieces:
                if turn != self._turn:
                    return
                result = piece()
                loop.call_soon_threadsafe(give, result)

        self._thread = threading.Thread(target=work, daemon=True, name="bertviz_plus: later")
        self._thread.start()
