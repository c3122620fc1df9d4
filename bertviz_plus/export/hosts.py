"""Where a widget's model is made only when its view is displayed."""

import os
import sys

# Their widgets live in a frame for each output, or in a front end that sanitises HTML.
_VARIABLES = ("DATABRICKS_RUNTIME_VERSION", "KAGGLE_KERNEL_RUN_TYPE")


def needs_widget_view() -> bool:
    """Return whether this host must be shown the widget's view for Python and the view to talk.

    Elsewhere the output draws itself, and needs of the host no more than the widget's model. marimo has its
    own way to show an anywidget and never asks.

    Examples
    --------
    >>> needs_widget_view()
    False
    """
    return "google.colab.output" in sys.modules or any(map(os.environ.get, _VARIABLES))
