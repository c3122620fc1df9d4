"""Tie a click on a layer of a chart to a view."""

from collections.abc import Callable
from typing import Any


def shows_layer_in(view: Any) -> Callable[[Any], None]:
    """Return an observer that shows the layer that was clicked in a view.

    Parameters
    ----------
    view : SenseView or any other object with a ``hidden_layer``

    Returns
    -------
    callable
        For ``alt.JupyterChart(chart).selections.observe(…, "hidden_layer")``. Where the selection was
        cleared, the view stays as it is.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> view = SimpleNamespace(hidden_layer=0)
    >>> shows_layer_in(view)(SimpleNamespace(new=SimpleNamespace(value=[{"hidden_layer": 3}])))
    >>> view.hidden_layer
    3
    """

    def show(change: Any) -> None:
        chosen = getattr(change.new, "value", None) or []
        if chosen and "hidden_layer" in chosen[0]:
            view.hidden_layer = int(chosen[0]["hidden_layer"])

    return show
