"""Progress bars that a saved notebook can show: when a bar has ended, its output is a line of text."""

from typing import TYPE_CHECKING, Any

from tqdm.auto import tqdm as _tqdm

__all__ = ["tqdm"]

if TYPE_CHECKING:
    from tqdm.std import tqdm
else:
    _IN_NOTEBOOK = any(base.__module__ == "tqdm.notebook" for base in _tqdm.__mro__)

    class tqdm(_tqdm):  # noqa: N801, the name that everybody knows
        """`tqdm.auto.tqdm`, whose widget does not outlive it.

        A notebook that is saved by default settings keeps the output of a widget and not its model; opened
        again it says "Error displaying widget" in place of the bar.
        """

        _handle = None

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs, **({"display": False} if _IN_NOTEBOOK else {}))
            if _IN_NOTEBOOK and not self.disable and self.delay <= 0:
                self._show()

        def _show(self) -> None:
            from IPython.display import display

            self.displayed = True
            self._handle = display(self.container, display_id=True)

        def display(self, *args: Any, check_delay: bool = True, **kwargs: Any) -> Any:
            """Refresh the bar; show it when its delay is over."""
            if not _IN_NOTEBOOK:
                return super().display(*args, **kwargs)
            super().display(*args, check_delay=False, **kwargs)
            if check_delay and not self.displayed:
                self._show()
            return None

        def close(self) -> None:
            """End the bar and leave its last line, or nothing, as it was asked for."""
            line = repr(self.container) if self._handle and self.leave else ""
            super().close()
            if self._handle:
                self._handle.update({"text/plain": line}, raw=True)
                self._handle = None
